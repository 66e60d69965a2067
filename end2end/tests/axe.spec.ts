// A3: axe-core finds nothing on any page, in either gear: as it is opened, and with something wrong in it.
import { findsNothing } from './axe';
import { png, text } from './files';
import { test, memberTest, guestbookTest, expect, unchecked, unique } from './fixtures';
import { uploadSpeed } from './network';
import { ReportPage } from './report.page';
import { TicketPage } from './ticket.page';

const FOR_MEMBERS = ['/profile', '/tickets/new', '/tickets/import', '/tickets/1/edit', '/incidents/new'];
for (const path of ['/sign-in', '/tickets', '/tickets/1', '/no/such/page', ...FOR_MEMBERS]) {
  test(`A3 axe finds nothing on ${path} for a stranger`, async ({ page, visit, gear }) => {
    await visit(page, path);
    await findsNothing(page, gear);
  });
}

test('A3 axe finds nothing on the sign-in page with the wrong password', async ({ page, visit, gear }) => {
  await visit(page, '/sign-in');
  await page.getByLabel('E-mail address').fill('demo@example.org');
  await page.getByLabel('Password').fill('not this one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText("don't belong together");
  await findsNothing(page, gear);
});

const PATHS = ['/tickets', '/tickets?text=vpn&status=open', '/tickets?text=nothing+is+like+that&status=lost', '/tickets/1', '/tickets/2'];
for (const path of [...PATHS, '/tickets/1/edit', '/tickets/new', '/tickets/import', '/profile', '/tickets/none']) {
  memberTest(`A3 axe finds nothing on ${path} for a member`, async ({ page, visit, gear }) => {
    await visit(page, path);
    await findsNothing(page, gear);
  });
}

memberTest('A3 axe finds nothing on a form with mistakes', async ({ page, visit, gear }) => {
  await visit(page, '/tickets/new');
  await unchecked(page);
  await page.getByRole('button', { name: 'Open ticket' }).click();
  await expect(page.locator('.issue:visible').first()).toBeVisible();
  await findsNothing(page, gear);
});

memberTest('A3 axe finds nothing on the profile with a row and mistakes in it', async ({ page, visit, gear }) => {
  await visit(page, '/profile');
  await page.getByRole('button', { name: /Add/ }).first().click();
  await expect(page.locator('[name^="phones["]').first()).toBeAttached();
  await unchecked(page);
  await page.getByRole('button', { name: /^Save/ }).click();
  await expect(page.locator('.issue:visible').first()).toBeVisible();
  await findsNothing(page, gear);
});

memberTest('A3 axe finds nothing on a ticket with a comment, its form unfolded, and a notice', async ({ page, visit, gear }) => {
  const ticket = await TicketPage.open(page, visit, unique('Axe'));
  await ticket.say('A comment to edit');
  await page.locator('.comments').getByText('Edit', { exact: true }).click();
  await findsNothing(page, gear);
});

memberTest('A3 axe finds nothing on a ticket with attachments, a picture among them, nor on the notice that they came', async ({ page, visit, gear }) => {
  memberTest.slow();
  await TicketPage.open(page, visit, unique('Axe, files'));
  await page.getByLabel('Your comment', { exact: true }).fill('See there');
  await page.getByLabel('Files (optional)').setInputFiles([png('dot.png'), text('log.txt', 2_500)]);
  await page.getByRole('button', { name: 'Post comment' }).click();
  await expect(page.locator('.comments .attachments img')).toBeVisible();
  await expect(page.locator('.notice')).toHaveText('Comment added.');
  await findsNothing(page, gear);
});

memberTest('A3 axe finds nothing on a form with files that are not taken', async ({ page, visit, gear }) => {
  await visit(page, '/tickets/new');
  await page.getByLabel('Subject').fill('Axe, no file');
  await page.getByLabel('What happened?').fill('It is too large.');
  await page.getByLabel('Files (optional)').setInputFiles([1, 2, 3, 4, 5, 6].map((n) => text(`${n}.txt`, 3)));
  await page.getByRole('button', { name: 'Open ticket' }).click();
  await expect(page.locator('#files-error')).toBeVisible();
  await findsNothing(page, gear);
});

memberTest('A3 axe finds nothing while files are being sent', async ({ page, visit, gear }) => {
  memberTest.skip(gear === 'native', 'without JavaScript the browser shows it');
  memberTest.slow();
  const ticket = await TicketPage.open(page, visit, unique('Axe, slowly'));
  await ticket.comment.fill('A long file');
  await page.getByLabel('Files (optional)').setInputFiles(text('long.txt', 3_000_000));
  const sendSlowly = await uploadSpeed(page);
  await sendSlowly(30_000);
  await ticket.post.click();
  const bar = page.getByRole('progressbar', { name: 'Sending the files' });
  await expect.poll(() => bar.evaluate((bar: HTMLProgressElement) => bar.value > 0)).toBe(true);
  await findsNothing(page, gear);
  await expect(bar, 'it was there all the time').toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(bar).toHaveCount(0);
  await findsNothing(page, gear);
});

memberTest('A3 axe finds nothing on a ticket that two have edited', async ({ page, visit, gear }) => {
  await TicketPage.open(page, visit, unique('Axe, twice'));
  const address = `${new URL(page.url()).pathname}/edit`;
  const other = await page.context().newPage();
  for (const editor of [other, page]) {
    await visit(editor, address);
    await editor.getByLabel('Subject').fill(unique('Edited'));
  }
  for (const editor of [other, page]) {
    await editor.getByRole('button', { name: 'Save ticket' }).click();
    await expect(editor.locator('.ticket-body, .theirs')).toBeVisible();
  }
  await findsNothing(page, gear);
});

memberTest('A3 axe finds nothing on any step of an incident, nor with mistakes in it', async ({ page, visit, gear }) => {
  // Six pages are looked at.
  test.slow();
  const report = await ReportPage.open(page, visit);
  await findsNothing(page, gear);
  await unchecked(page);
  await report.button('Continue').click();
  await expect(page.locator('.issue:visible').first()).toBeVisible();
  await findsNothing(page, gear);

  await report.sayWhat('Axe');
  await report.shows('Who is affected');
  await findsNothing(page, gear);
  await unchecked(page);
  await report.button('Continue').click();
  await expect(page.locator('.issue:visible').first()).toBeVisible();
  await findsNothing(page, gear);

  await report.sayWho();
  await report.shows('Contact and review');
  await findsNothing(page, gear);
  await unchecked(page);
  await report.button('Report it').click();
  await expect(page.locator('.issue:visible').first()).toBeVisible();
  await findsNothing(page, gear);
});

memberTest('A3 axe finds nothing on the step that only some incidents have, nor on its review', async ({ page, visit, gear }) => {
  memberTest.slow();
  const report = await ReportPage.open(page, visit);
  await report.kind('data or accounts').check();
  await report.summary.fill('Axe, exposed');
  await report.story.fill('From far away');
  await report.button('Continue').click();
  await expect(report.heading).toHaveText('What was exposed');
  await findsNothing(page, gear);
  await unchecked(page);
  await report.button('Continue').click();
  await expect(page.locator('.issue:visible').first()).toBeVisible();
  await findsNothing(page, gear);
  await page.getByLabel('Which data or accounts?').fill('The address book');
  await report.button('Continue').click();
  await report.sayWho();
  await expect(report.heading).toHaveText('Contact and review');
  await expect(page.locator('.review')).toHaveCount(3);
  await findsNothing(page, gear);
});

guestbookTest('A3 axe finds nothing in the guestbook, nor with mistakes in its form', async ({ page, visit, gear }) => {
  await visit(page, '/');
  await findsNothing(page, gear);
  await unchecked(page);
  await page.getByRole('button', { name: 'Post' }).click();
  await expect(page.locator('[aria-invalid=true]').first()).toBeVisible();
  await findsNothing(page, gear);
});
