// What a form tells those who don't see it: where the focus is, and what is announced, once.
import { memberTest as test, expect, hydrated, unchecked, unique } from './fixtures';
import { nextAnswer } from './network';
import { TicketPage } from './ticket.page';
import type { Page } from '@playwright/test';

/** Notes each time when a text appears in a live region of the page, or a live region with one. */
async function listen(page: Page) {
  await page.evaluate(() => {
    const heard: string[] = ((window as any).heard = []);
    const regions = '[role=alert], [role=status], [aria-live]:not([aria-live=off])';
    const texts = () => new Map([...document.querySelectorAll(regions)].map((region) => [region, region.textContent!.trim()]));
    let before = texts();
    new MutationObserver(() => {
      const now = texts();
      for (const [region, text] of now) {
        if (text && before.get(region) !== text) {
          heard.push(`${region.getAttribute('role') ?? 'live'}: ${text}`);
        }
      }
      before = now;
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['role', 'hidden'] });
  });
}

const heard = (page: Page): Promise<string[]> => page.evaluate(() => (window as any).heard);
const focused = (page: Page) => page.evaluate(() => document.activeElement?.id ?? '');

test('A1 after a failure the focus is on the first invalid control, with exactly one announcement', async ({ page, visit, gear }) => {
  await visit(page, '/tickets/new');
  await unchecked(page);
  await page.getByLabel('Subject').fill('A good one');
  await page.getByLabel('People affected').fill('many');
  if (gear === 'enhanced') {
    await listen(page);
  }
  await page.getByRole('button', { name: 'Open ticket' }).click();
  await expect(page.getByLabel('What happened?')).toHaveAttribute('aria-invalid', 'true');
  await expect.poll(() => focused(page), 'the first of two').toBe('body');
  await expect(page.getByRole('alert')).toHaveCount(1);
  if (gear === 'enhanced') {
    expect(await heard(page)).toEqual(['alert: Some fields need your attention.']);
  } else {
    // A document is announced by what it has when it is loaded.
    await expect(page.locator('[role=status]').filter({ hasText: /\S/ })).toHaveCount(0);
  }
});

test('A1 of what only the server knows there is one announcement as well', async ({ page, visit, gear }) => {
  await visit(page, '/profile');
  const rows = page.getByRole('button', { name: 'Remove' });
  for (let left = await rows.count(); left > 0; left -= 1) {
    await rows.first().click();
    await expect(rows).toHaveCount(left - 1);
  }
  await page.getByRole('radio', { name: 'Phone' }).check();
  if (gear === 'enhanced') {
    await listen(page);
  }
  const answered = nextAnswer(page);
  await page.getByRole('button', { name: 'Save profile' }).click();
  expect((await answered).status()).toBe(422);
  await expect(page.getByRole('alert')).toHaveCount(1);
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('by');
  if (gear === 'enhanced') {
    expect(await heard(page)).toEqual(['alert: Some fields need your attention.']);
  }
});

test('A2 after a success there is one polite status, and the focus is not lost', async ({ page, visit, gear }) => {
  const ticket = await TicketPage.open(page, visit, unique('Polite'));
  await page.waitForLoadState();
  await ticket.comment.fill('Said');
  if (gear === 'enhanced') {
    await listen(page);
  }
  await ticket.post.focus();
  await page.keyboard.press('Enter');
  await expect(ticket.said('Said')).toHaveCount(1);
  const status = page.getByRole('status').filter({ hasText: 'Comment added.' });
  await expect(status).toHaveCount(1);
  await expect(page.getByRole('alert')).toHaveCount(0);
  if (gear === 'enhanced') {
    const said = (await heard(page)).filter((text) => text !== 'status: Saving…');
    expect(said).toEqual(['status: Comment added.']);
    await expect(ticket.post).toBeFocused();
  } else {
    // The page is a new one; nothing in it takes the focus from where a page begins.
    expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
  }
});

test('A2 where a success leads to another page, the focus goes to what it is about', async ({ page, visit, gear }) => {
  test.skip(gear === 'native', 'about the enhanced gear');
  const subject = unique('Redirected');
  await TicketPage.open(page, visit, subject);
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeFocused();
});

test('a control without a label is told of while an application is developed', async ({ page, browser, baseURL, signedIn, gear }) => {
  test.skip(gear === 'native', 'about the client');
  // Not in the page of this journey, where a warning is a failure.
  const context = await browser.newContext({ baseURL, storageState: signedIn });
  const other = await context.newPage();
  const warnings: string[] = [];
  other.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
  await other.route('**/tickets/new', async (route) => {
    const response = await route.fetch();
    const html = (await response.text()).replace('<label for="subject">', '<label>');
    await route.fulfill({ response, body: html });
  });
  await other.goto('/tickets/new');
  await hydrated(other);
  await expect.poll(() => warnings.filter((text) => text.startsWith('Formwork:'))).toHaveLength(1);
  expect(warnings.join()).toContain('<input> "subject" in the form "tickets::create::create_ticket" has no label');
  await context.close();
});
