// A3: axe-core finds nothing on any page, in either gear: as it is opened, and with something wrong in it.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { test, memberTest, guestbookTest, expect, unchecked, unique, type Gear } from './fixtures';
import { ReportPage } from './report.page';
import { TicketPage } from './ticket.page';

/** axe is a script: a page whose scripts are off is looked at as it is, in another one where only axe runs. */
async function findsNothing(page: Page, gear: Gear) {
  const { violations } = gear === 'enhanced' ? await new AxeBuilder({ page }).analyze() : await asItIs(page);
  const told = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}`));
  expect(told).toEqual([]);
}

async function asItIs(page: Page) {
  const html = await page.content();
  const storageState = await page.context().storageState();
  const context = await page.context().browser()!.newContext({ javaScriptEnabled: true, bypassCSP: true, storageState });
  const copy = await context.newPage();
  await copy.route('**/*', async (route) => {
    const kind = route.request().resourceType();
    if (kind === 'document') {
      await route.fulfill({ contentType: 'text/html', body: html });
    } else if (kind === 'stylesheet' || kind === 'image') {
      await route.continue();
    } else {
      await route.abort();
    }
  });
  await copy.goto(page.url());
  const found = await new AxeBuilder({ page: copy }).analyze();
  await context.close();
  return found;
}

const FOR_MEMBERS = ['/profile', '/tickets/new', '/tickets/1/edit', '/incidents/new'];
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
for (const path of [...PATHS, '/tickets/1/edit', '/tickets/new', '/profile', '/tickets/none']) {
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

guestbookTest('A3 axe finds nothing in the guestbook, nor with mistakes in its form', async ({ page, visit, gear }) => {
  await visit(page, '/');
  await findsNothing(page, gear);
  await unchecked(page);
  await page.getByRole('button', { name: 'Post' }).click();
  await expect(page.locator('[aria-invalid=true]').first()).toBeVisible();
  await findsNothing(page, gear);
});
