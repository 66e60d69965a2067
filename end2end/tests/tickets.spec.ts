// The list of tickets, opening one, and addresses where there is none.
import { memberTest as test, expect, unchecked, unique } from './fixtures';
import { countDocuments, countPosts, nextAnswer, onPost } from './network';
import { TicketPage } from './ticket.page';

test('N12 data under Suspense is readable with JavaScript off', async ({ page, visit, gear }) => {
  test.skip(gear === 'enhanced', 'about the native gear');
  await visit(page, '/tickets');
  const tickets = page.locator('ul.tickets > li');
  expect(await tickets.count()).toBeGreaterThanOrEqual(8);
  await expect(page.getByText('Loading')).toHaveCount(0);
  await expect(page.getByRole('banner')).toContainText(/\d+ open/);

  const subject = await tickets.last().locator('.subject').innerText();
  await tickets.last().getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
  await expect(page.locator('.comments h2')).toBeVisible();
});

test('N1, E2, E5 all issues of a form at once, each at its field, and every other value kept', async ({ page, visit, gear }) => {
  await visit(page, '/tickets/new');
  await unchecked(page);
  const posts = countPosts(page);
  await page.getByLabel('Subject').fill('ab');
  await page.getByLabel('What happened?').fill(' \n ');
  await page.getByLabel('Priority').selectOption('High');
  await page.getByLabel('People affected').fill('many');
  await page.getByRole('button', { name: 'Open ticket' }).click();

  for (const [label, message, value] of [
    ['Subject', 'Enter at least 3 characters', 'ab'],
    ['What happened?', 'Enter something other than spaces', ' \n '],
    ['People affected', 'Enter a whole number from 0 to 4294967295', 'many'],
  ]) {
    await expect(page.getByLabel(label)).toHaveAccessibleDescription(message);
    await expect(page.getByLabel(label)).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByLabel(label)).toHaveValue(value);
    await expect(page.getByText(message)).toBeVisible();
  }
  await expect(page.getByLabel('Priority')).toHaveValue('high');
  await expect(page.getByLabel('Priority')).not.toHaveAttribute('aria-invalid');
  await expect(page).toHaveURL(/\/tickets\/new$/);
  await expect(page.getByLabel('Subject'), 'A1').toBeFocused();
  expect(posts).toHaveLength(gear === 'native' ? 1 : 0);
});

test('the browser holds back by itself what it can judge, without JavaScript', async ({ page, visit, gear }) => {
  test.skip(gear === 'enhanced', 'the page judges, once it is hydrated');
  await visit(page, '/tickets/new');
  const posts = countPosts(page);
  await page.getByLabel('Subject').fill('ab');
  await page.getByRole('button', { name: 'Open ticket' }).click();
  await expect(page.getByLabel('Subject')).toBeFocused();
  expect(await page.getByLabel('Subject').evaluate((input: HTMLInputElement) => input.validity.tooShort)).toBe(true);
  expect(posts).toEqual([]);
});

test('E4, E6 nothing is said of a field before it was touched; what is mended is said no more', async ({ page, visit, gear }) => {
  test.skip(gear === 'native', 'about the enhanced gear');
  await visit(page, '/tickets/new');
  const [subject, body] = [page.getByLabel('Subject'), page.getByLabel('What happened?')];
  const [ofSubject, ofBody] = [page.locator('#subject-error'), page.locator('#body-error')];
  await subject.focus();
  await body.focus();
  await expect(ofSubject, 'left, but not touched').toBeHidden();

  await subject.fill('ab');
  await expect(ofSubject, 'while it is typed').toBeHidden();
  await body.focus();
  await expect(ofSubject).toHaveText('Enter at least 3 characters');
  await expect(ofBody).toBeHidden();

  await subject.fill('abc');
  await expect(ofSubject, 'at once').toBeHidden();
  await page.getByRole('button', { name: 'Open ticket' }).click();
  await expect(ofBody).toHaveText('Fill this in');
  await expect(page.getByRole('alert')).toHaveCount(1);
  await body.fill(' ');
  await expect(ofBody).toHaveText('Enter something other than spaces');
  await body.fill('It is');
  await expect(ofBody).toBeHidden();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('N7 opening a ticket leads to its page, with one write', async ({ page, visit, gear }) => {
  const subject = unique('Keyboard on strike');
  const posts: string[] = [];
  await onPost(page, async (route) => {
    posts.push(route.request().url());
    await route.continue();
  });
  await visit(page, '/tickets/new');
  const documents = countDocuments(page);
  await page.getByLabel('Subject').fill(subject);
  await page.getByLabel('What happened?').fill('Line one\n<b>Line two</b>');
  await page.getByLabel('Priority').selectOption('Urgent');
  await page.getByLabel('People affected').fill(' 12 ');
  const answered = nextAnswer(page);
  await page.getByRole('button', { name: 'Open ticket' }).click();
  expect((await answered).status()).toBe(gear === 'native' ? 303 : 200);

  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
  await expect(page).toHaveURL(/\/tickets\/\d+$/);
  await expect(page).toHaveTitle(new RegExp(`^#\\d+ ${subject} · Help desk$`));
  await expect(page.locator('.ticket-body')).toHaveText('Line one\n<b>Line two</b>', { useInnerText: true });
  await expect(page.locator('.ticket-head')).toContainText('Urgent');
  await expect(page.locator('.ticket-head')).toContainText('12 people affected');
  if (gear === 'enhanced') {
    expect(documents).toEqual([]);
  }

  await page.getByRole('link', { name: 'Tickets' }).click();
  await expect(page).toHaveURL(/\/tickets$/);
  await expect(page.locator('ul.tickets').getByText(subject)).toHaveCount(1);
  expect(posts).toHaveLength(1);
});

test('E13 a second ticket opened right after the first is another ticket', async ({ page, visit }) => {
  const subject = unique('Twins');
  await TicketPage.open(page, visit, subject);
  const first = page.url();
  await page.getByRole('link', { name: 'New ticket' }).click();
  await expect(page.getByLabel('Subject')).toHaveValue('');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await TicketPage.open(page, visit, subject);
  expect(page.url()).not.toBe(first);
});

for (const address of ['/tickets/999999', '/tickets/none', '/no/such/page']) {
  test(`an address where nothing is, ${address}: the error page with 404`, async ({ page, visit }) => {
    const response = await visit(page, address);
    expect(response!.status()).toBe(404);
    await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
    await page.getByRole('link', { name: 'To the tickets' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Tickets' })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Page not found' })).toHaveCount(0);
  });
}

test("N10 a handler's not-found renders the error page with 404", async ({ page, visit, gear }) => {
  const ticket = await TicketPage.open(page, visit, unique('Soon gone'));
  const documents = countDocuments(page);
  // As if the ticket were gone by now.
  await onPost(page, (route) => route.continue({ url: new URL('/tickets/999999', route.request().url()).href }));
  await ticket.comment.fill('Too late');
  const answered = nextAnswer(page);
  await ticket.post.click();
  expect((await answered).status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
  await expect(page.getByText('There is no ticket with this number.')).toBeVisible();
  await expect(ticket.comment).toHaveCount(0);
  if (gear === 'enhanced') {
    expect(documents).toEqual([]);
  }

  await page.getByRole('link', { name: 'To the tickets' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Tickets' })).toBeVisible();
});
