// Searching: a form whose answer is an address, with and without the router.
import { memberTest as test, expect, unique } from './fixtures';
import { countDocuments, countRequests } from './network';
import { TicketPage } from './ticket.page';
import type { Page } from '@playwright/test';

const words = (page: Page) => page.getByLabel('Words or #number');
const search = (page: Page) => page.getByRole('button', { name: 'Search' });
const rows = (page: Page) => page.locator('ul.tickets > li');
/** The query string, by name. */
const asked = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);
/** The same without what was left empty. */
const said = (page: Page) => Object.fromEntries(Object.entries(asked(page)).filter(([, value]) => value));

test('a search finds by words, status and priority, and its address says so', async ({ page, visit, gear }) => {
  const subject = unique('Gamma 100% & more');
  await TicketPage.open(page, visit, subject);
  await visit(page, '/tickets');
  const [documents, requests] = [countDocuments(page), countRequests(page)];

  await words(page).fill(subject.toUpperCase());
  await page.getByLabel('Status').selectOption('Open');
  await words(page).press('Enter');
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText(subject);
  await expect(page.getByText('1 ticket found')).toBeVisible();
  expect(said(page)).toEqual({ text: subject.toUpperCase(), status: 'open' });
  if (gear === 'enhanced') {
    expect(documents).toEqual([]);
    expect(requests, 'one for what the page reads').toHaveLength(1);
    expect(asked(page), 'what is empty is left out').toEqual(said(page));
    await expect(words(page)).toBeFocused();
  } else {
    expect(documents).toHaveLength(1);
    expect(asked(page), 'a browser sends what is empty').toHaveProperty('priority', '');
  }

  await page.getByLabel('Priority').selectOption('Urgent');
  await search(page).click();
  await expect(page.getByText('No ticket is like that.')).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  expect(said(page)).toEqual({ text: subject.toUpperCase(), status: 'open', priority: 'urgent' });

  // The address is all there is to it.
  await visit(page, page.url());
  await expect(page.getByText('No ticket is like that.')).toBeVisible();
  await expect(words(page)).toHaveValue(subject.toUpperCase());
  await expect(page.getByLabel('Status')).toHaveValue('open');
  await expect(page.getByLabel('Priority')).toHaveValue('urgent');

  await page.getByRole('link', { name: 'Show all tickets' }).click();
  await expect(words(page)).toHaveValue('');
  await expect(page.getByLabel('Status')).toHaveValue('');
  await expect.poll(() => rows(page).count()).toBeGreaterThan(7);
});

test('going back shows the search before, in the form as well', async ({ page, visit }) => {
  await visit(page, '/tickets');
  await words(page).fill('vpn');
  await search(page).click();
  await expect(page).toHaveURL(/text=vpn/);
  await words(page).fill('no such word');
  await page.getByLabel('Status').selectOption('Closed');
  await search(page).click();
  await expect(page.getByText('No ticket is like that.')).toBeVisible();

  await page.goBack();
  await expect(page).toHaveURL(/text=vpn/);
  await expect(words(page)).toHaveValue('vpn');
  await expect(page.getByLabel('Status')).toHaveValue('');
  await expect(page.getByText('No ticket is like that.')).toHaveCount(0);
  await page.goForward();
  await expect(words(page)).toHaveValue('no such word');
  await expect(page.getByLabel('Status')).toHaveValue('closed');
  await expect(page.getByText('No ticket is like that.')).toBeVisible();
});

test('an address that nobody could have searched for is a page, with what is wrong beside its field', async ({ page, visit }) => {
  const response = await visit(page, `/tickets?status=lost&text=vpn&priority=&other=1`);
  expect(response!.status()).toBe(200);
  await expect(page.getByLabel('Status')).toHaveAccessibleDescription('Choose one of the options');
  await expect(words(page)).toHaveValue('vpn');
  await expect(rows(page).first()).toBeVisible();
});

test('a search that breaks a rule is not begun', async ({ page, visit, gear }) => {
  await visit(page, '/tickets');
  const before = page.url();
  await words(page).evaluate((input: HTMLInputElement) => input.removeAttribute('maxlength'));
  await words(page).fill('x'.repeat(101));
  await search(page).click();
  await expect(words(page)).toHaveAccessibleDescription('Enter at most 100 characters');
  if (gear === 'enhanced') {
    expect(page.url()).toBe(before);
    await expect(words(page)).toBeFocused();
    await expect(page.getByRole('alert')).toHaveCount(1);
    await words(page).fill('x');
    await search(page).click();
    await expect(page).toHaveURL(/text=x$/);
    await expect(page.getByRole('alert')).toHaveCount(0);
  }
  await expect(words(page).and(page.locator('[aria-invalid]'))).toHaveCount(gear === 'enhanced' ? 0 : 1);
});

test.describe('while one types', () => {
  test.skip(({ gear }) => gear === 'native', 'about the enhanced gear');

  test('a pause searches, the focus and the caret stay, and it is one step of the history', async ({ page, visit }) => {
    const subject = unique('Typed');
    await TicketPage.open(page, visit, subject);
    await visit(page, '/tickets');
    const [documents, requests] = [countDocuments(page), countRequests(page)];
    await words(page).focus();
    const [first, rest] = [subject.slice(0, 9), subject.slice(9)];
    await page.keyboard.type(first, { delay: 20 });
    await expect(page).toHaveURL(/text=/);
    expect(requests.length, 'not for each letter').toBe(1);
    await page.keyboard.type(rest, { delay: 20 });
    await expect.poll(() => said(page).text).toBe(subject);
    await expect(rows(page)).toHaveCount(1);
    await expect(words(page)).toBeFocused();
    await expect(words(page)).toHaveValue(subject);
    expect(await words(page).evaluate((input: HTMLInputElement) => input.selectionStart)).toBe(subject.length);
    expect(requests).toHaveLength(2);
    expect(documents).toEqual([]);

    await page.goBack();
    await expect(page).toHaveURL(/\/tickets$/);
    await expect(words(page)).toHaveValue('');
  });

  test('what is typed and taken back asks for nothing', async ({ page, visit }) => {
    await visit(page, '/tickets');
    const requests = countRequests(page);
    await words(page).pressSequentially('ab');
    await words(page).fill('');
    await page.waitForTimeout(600);
    expect(requests).toEqual([]);
    await expect(page).toHaveURL(/\/tickets$/);
  });

  test('the same search again reads again what it found', async ({ page, visit }) => {
    await visit(page, '/tickets?text=vpn');
    const requests = countRequests(page);
    await search(page).click();
    await expect.poll(() => requests.length).toBe(1);
    await expect(page).toHaveURL(/\/tickets\?text=vpn$/);
  });
});
