// A form in steps: an incident is reported step by step, and becomes a ticket once.
import { DEMO, memberTest as test, expect, hydrated, signIn, unchecked, unique } from './fixtures';
import { countDocuments, countPosts, nextAnswer } from './network';
import { ReportPage, STEPS } from './report.page';

const focusedText = (page: import('@playwright/test').Page) => page.evaluate(() => document.activeElement?.textContent);

test('an incident is reported in three steps, each one request, and is one ticket', async ({ page, visit, gear }) => {
  await visit(page, '/tickets');
  await page.getByRole('main').getByRole('link', { name: 'Report an incident' }).click();
  const report = new ReportPage(page);
  await report.shows('What happened');
  await expect(report.button('Back')).toHaveCount(0);
  const [documents, posts] = [countDocuments(page), countPosts(page)];
  const summary = unique('No mail');

  await report.sayWhat(summary);
  await report.shows('Who is affected');
  await expect(page.getByRole('alert')).toHaveCount(0);
  if (gear === 'enhanced') {
    await expect.poll(() => focusedText(page), 'A1').toBe('Who is affected');
  }
  await report.sayWho();
  await report.shows('Contact and review');
  await expect(page.locator('.review')).toContainText([summary, 'My team']);
  await expect(page.locator('.review dd')).toContainText(['not work at all', summary, 'Line one\n<b>Line two</b>', 'My team', '7']);

  await report.looked.check();
  await page.getByLabel('Phone').fill('112');
  await report.button('Report it').click();
  await expect(page.getByRole('heading', { level: 1, name: summary })).toBeVisible();
  await expect(page).toHaveURL(/\/tickets\/\d+$/);
  await expect(page.locator('.ticket-body')).toHaveText(
    'Something does not work at all\n\nLine one\n<b>Line two</b>\n\nAffected: My team\nPhone: 112',
    { useInnerText: true },
  );
  await expect(page.locator('.ticket-head')).toContainText('High');
  await expect(page.locator('.ticket-head')).toContainText('7 people affected');
  expect(posts).toHaveLength(3);
  expect(documents).toHaveLength(gear === 'native' ? 4 : 0);

  await page.getByRole('link', { name: 'Tickets', exact: false }).first().click();
  await expect(page.locator('ul.tickets').getByText(summary)).toHaveCount(1);
  await page.getByRole('main').getByRole('link', { name: 'Report an incident' }).click();
  await report.shows('What happened');
  await expect(report.summary, 'another one begins anew').toHaveValue('');
});

test('a step is left forward when it is sound, and back as it is, with nothing lost', async ({ page, visit, gear }) => {
  const report = await ReportPage.open(page, visit);
  await unchecked(page);
  const posts = countPosts(page);
  await report.summary.fill('ab');
  await report.button('Continue').click();
  await expect(report.summary).toHaveAccessibleDescription('Enter at least 3 characters');
  await expect(page.getByRole('alert')).toHaveCount(1);
  await report.shows('What happened');
  expect(posts, 'E5').toHaveLength(gear === 'native' ? 1 : 0);

  await report.sayWhat('Printers print blank pages');
  await report.shows('Who is affected');
  await expect(page.locator('[aria-invalid=true]'), 'what was not shown yet is not judged').toHaveCount(0);
  await report.people.fill('very many');
  await report.button('Back').click();
  await report.shows('What happened');
  await expect(report.summary).toHaveValue('Printers print blank pages');
  await expect(report.story).toHaveValue('Line one\n<b>Line two</b>');
  await expect(report.kind('not work at all')).toBeChecked();
  await expect(page.getByRole('alert')).toHaveCount(0);

  await report.button('Continue').click();
  await report.shows('Who is affected');
  await expect(report.people, 'what is wrong stays, too').toHaveValue('very many');
  await unchecked(page);
  await report.reach('Everybody').check();
  await report.button('Continue').click();
  await expect(report.people).toHaveAccessibleDescription(/whole number/);
  await report.people.fill('30');
  await report.button('Continue').click();
  await report.shows('Contact and review');

  // Straight back, and every step in between is still as it was.
  await page.getByLabel('Phone').fill('112');
  await report.button('Change What happened').click();
  await report.shows('What happened');
  await report.summary.fill('Printers print black pages');
  await report.button('Continue').click();
  await expect(report.reach('Everybody')).toBeChecked();
  await report.button('Continue').click();
  await expect(page.locator('.review').first()).toContainText('Printers print black pages');
  await expect(page.getByLabel('Phone')).toHaveValue('112');
});

test('what is answered decides what is asked', async ({ page, visit }) => {
  const report = await ReportPage.open(page, visit);
  await report.kind('data or accounts').check();
  await report.summary.fill('A stranger was signed in');
  await report.story.fill('From far away');
  await report.button('Continue').click();
  const steps = [STEPS[0], 'What was exposed', ...STEPS.slice(1)];
  await report.shows('What was exposed', steps);
  await page.getByLabel('Which data or accounts?').fill('The address book');
  await page.getByLabel('It is still going on').check();
  await report.button('Continue').click();
  await report.shows('Who is affected', steps);
  await report.sayWho();
  await report.shows('Contact and review', steps);
  await expect(page.locator('.review').nth(1)).toContainText('The address book');

  await report.button('Change What happened').click();
  await report.kind('badly or slowly').check();
  await report.button('Continue').click();
  await report.shows('Who is affected');
  await report.button('Continue').click();
  await report.shows('Contact and review');
  await expect(page.locator('.review')).toHaveCount(2);
});

test('Enter goes on, and does not go back', async ({ page, visit }) => {
  const report = await ReportPage.open(page, visit);
  await report.sayWhat('Enter');
  await report.shows('Who is affected');
  await report.reach('Just me').check();
  await report.people.fill('1');
  await report.people.press('Enter');
  await report.shows('Contact and review');
});

test("the browser's own Back and Forward lead from step to step", async ({ page, visit, gear }) => {
  test.skip(gear === 'native', 'the browser asks its visitor there before it sends a form again');
  const report = await ReportPage.open(page, visit);
  const documents = countDocuments(page);
  await report.sayWhat('Back and forth');
  await report.shows('Who is affected');
  await report.reach('Everybody').check();
  await page.goBack();
  await report.shows('What happened');
  await expect(report.summary).toHaveValue('Back and forth');
  await report.summary.fill('Back and forth again');
  await page.goForward();
  await report.shows('Who is affected');
  await expect(report.reach('Everybody')).toBeChecked();
  await report.button('Continue').click();
  await report.shows('Contact and review');
  await expect(page.locator('.review').first()).toContainText('Back and forth again');

  // Elsewhere, and back to it.
  await page.getByRole('link', { name: 'Profile' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Your profile' })).toBeVisible();
  await page.goBack();
  await report.shows('Contact and review');
  await expect(page.locator('.review').first()).toContainText('Back and forth again');
  expect(documents).toEqual([]);
});

test('a refresh shows the step where it was, and another tab begins anew', async ({ page, visit, gear }) => {
  const report = await ReportPage.open(page, visit);
  await report.sayWhat('Refreshed');
  await report.shows('Who is affected');
  await report.sayWho();
  await report.shows('Contact and review');
  await page.reload();
  if (gear === 'enhanced') {
    await hydrated(page);
  }
  await report.shows('Contact and review');
  await expect(page.locator('.review').first()).toContainText('Refreshed');

  const tab = await page.context().newPage();
  const other = await ReportPage.open(tab, visit);
  await other.shows('What happened');
  await expect(other.summary).toHaveValue('');
  await other.sayWhat('The other tab');
  await other.shows('Who is affected');

  await report.button('Back').click();
  await report.shows('Who is affected');
  await expect(report.people).toHaveValue('7');
  await report.button('Back').click();
  await expect(report.summary).toHaveValue('Refreshed');
  await other.button('Back').click();
  await expect(other.summary).toHaveValue('The other tab');
});

test('O1 the last step sent twice is one ticket, also from a page that was come back to', async ({ page, visit, gear }) => {
  const summary = unique('Sent twice');
  const report = await ReportPage.open(page, visit);
  await report.sayWhat(summary);
  await report.shows('Who is affected');
  await report.sayWho();
  await report.shows('Contact and review');
  await report.looked.check();
  await report.button('Report it').dblclick();
  await expect(page.getByRole('heading', { level: 1, name: summary })).toBeVisible();
  const ticket = page.url();
  if (gear === 'enhanced') {
    // The step before is still in the history: sent on unchanged, it is the same report.
    await page.goBack();
    await report.shows('What happened');
    await expect(report.summary).toHaveValue('');
    await page.goBack();
    await report.shows('Who is affected');
    await expect(report.people).toHaveValue('7');
    await report.button('Continue').click();
    await report.looked.check();
    await report.button('Report it').click();
    await expect(page).toHaveURL(ticket);
  }
  await visit(page, '/tickets');
  await expect(page.locator('ul.tickets').getByText(summary)).toHaveCount(1);
});

test('T12 a session that ended half way leads back to the step with all answers', async ({ page, visit, gear }) => {
  const summary = unique('Signed out half way');
  const report = await ReportPage.open(page, visit);
  await report.sayWhat(summary);
  await report.shows('Who is affected');
  await page.context().clearCookies();
  await report.sayWho();
  await expect(page.getByRole('heading', { name: 'Please sign in' })).toBeVisible();
  await signIn(page, DEMO.email, DEMO.password);
  await report.shows('Who is affected');
  await expect(report.people).toHaveValue('7');
  if (gear === 'enhanced') {
    await hydrated(page);
  }
  const answered = nextAnswer(page);
  await report.button('Continue').click();
  expect((await answered).status()).toBe(200);
  await report.shows('Contact and review');
  await expect(page.locator('.review').first()).toContainText(summary);
});

test('T6 answers that were changed on their way are refused, and the step keeps what was typed', async ({ page, visit, gear }) => {
  const report = await ReportPage.open(page, visit);
  await report.sayWhat('Changed on its way');
  await report.shows('Who is affected');
  await report.reach('My team').check();
  await report.people.fill('7');
  await page.locator('input[name=_steps]').evaluate((input: HTMLInputElement) => (input.value = `${input.value.slice(0, -4)}AAAA`));
  const answered = nextAnswer(page);
  await report.button('Continue').click();
  expect((await answered).status()).toBe(400);
  await expect(page.getByRole('alert')).toContainText('fill in the others again');
  await report.shows('Who is affected');
  await expect(report.people).toHaveValue('7');
  await report.button('Continue').click();
  await expect(page.locator('.issue:visible').first().or(report.looked)).toBeVisible();
});
