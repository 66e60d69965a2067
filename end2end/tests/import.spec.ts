// S1: tickets are imported from a CSV file, in both gears, and a bar shows how far that is.
import type { Page } from '@playwright/test';
import { findsNothing } from './axe';
import { memberTest as test, expect, unchecked, unique } from './fixtures';

const csv = (text: string) => ({ name: 'tickets.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
const rows = (subject: string, count: number) =>
  csv(`subject,body,priority\n${Array.from({ length: count }, (_, at) => `${subject} ${at},"All, of it",low\n`).join('')}`);

const file = (page: Page) => page.getByLabel('CSV file');
const start = (page: Page) => page.getByRole('button', { name: 'Import', exact: true });
const notice = (page: Page) => page.locator('main .notice');

// What the bar shows from now on while tickets are imported; `cancel`: the page's own button is pressed at its third value.
async function watchBar(page: Page, then: 'cancel' | 'nothing') {
  await page.evaluate((then) => {
    const seen: number[] = [];
    const said = new Set<string>();
    Object.assign(window, { seen, said });
    new MutationObserver(() => {
      said.add(document.querySelector('form [role="status"]')?.textContent ?? '');
      const bar = document.querySelector<HTMLProgressElement>('#how-far');
      if (!bar || document.querySelector('label[for="how-far"]')!.textContent !== 'Importing') return;
      const far = bar.value / bar.max;
      if (far !== seen.at(-1)) seen.push(far);
      if (then === 'cancel' && seen.length === 3) bar.parentElement!.querySelector('button')!.click();
    }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  }, then);
  return {
    seen: () => page.evaluate(() => (window as unknown as { seen: number[] }).seen),
    said: () => page.evaluate(() => [...(window as unknown as { said: Set<string> }).said]),
  };
}

const found = async (page: Page, visit: (page: Page, path: string) => Promise<unknown>, subject: string) => {
  await visit(page, `/tickets?text=${encodeURIComponent(subject)}`);
  await expect(page.getByText(/^\d+\s(tickets?) found$/)).toBeVisible();
  return page.locator('ul.tickets > li').count();
};

test('S1 tickets are imported from a file, and what came of it is shown and read out once', async ({ page, visit, gear }) => {
  const subject = unique('Imported');
  // So many that a bar is worth it; the list of the other journeys is to stay short.
  const count = gear === 'enhanced' ? 100 : 3;
  await visit(page, '/tickets/import');
  const posts: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
  await file(page).setInputFiles(rows(subject, count));
  const bar = gear === 'enhanced' ? await watchBar(page, 'nothing') : undefined;
  await start(page).click();
  await expect(notice(page)).toHaveText(`${count} tickets imported. See them in the list`);
  expect(posts).toHaveLength(1);
  if (bar) {
    // Read out once that it has begun, and what it came to.
    const said = (await bar.said()).filter(Boolean);
    expect(said).toEqual([`Importing ${count} tickets`, `${count} tickets imported. See them in the list`]);
    await expect(page.locator('#how-far')).toHaveCount(0);
  }
  await findsNothing(page, gear);
  await page.getByRole('link', { name: 'See them in the list' }).click();
  await expect(page.locator('ul.tickets > li', { hasText: `${subject} ${count - 1}` }).first()).toBeVisible();
  expect(await found(page, visit, subject)).toBe(count);
});

test('S1 the bar shows how far an import is, and a visitor who goes away leaves nothing behind', async ({ page, visit, gear }) => {
  test.skip(gear === 'native', 'without JavaScript there is no bar to wait for');
  const subject = unique('Cancelled');
  await visit(page, '/tickets/import');
  const importSmall = async () => {
    await file(page).setInputFiles(rows(unique('Small'), 1));
    await start(page).click();
    await expect(notice(page)).toHaveText('1 ticket imported. See them in the list');
  };
  await importSmall();
  await file(page).setInputFiles(rows(subject, 5_000));
  const bar = await watchBar(page, 'cancel');
  await start(page).click();
  await expect.poll(async () => (await bar.seen()).length).toBeGreaterThanOrEqual(3);
  await expect(page.locator('#how-far')).toHaveCount(0);
  await expect(start(page)).toBeEnabled();
  // Nor what the import before it came to.
  await expect(notice(page)).toHaveCount(0);
  const [first, second, third] = await bar.seen();
  expect(0 < first && first < second && second < third && third < 1, `${[first, second, third]}`).toBe(true);
  expect(await file(page).evaluate((input: HTMLInputElement) => input.files!.length), 'to be sent once more').toBe(1);
  // One import waits for the other: with this one, the server is through with that.
  await importSmall();
  expect(await found(page, visit, subject)).toBe(0);
});

test('F2 what is wrong with a file is said, and how to mend it', async ({ page, visit, gear }) => {
  await visit(page, '/tickets/import');
  await unchecked(page);
  for (const [text, issue] of [
    ['', 'This file is empty: choose one whose first line names the columns'],
    ['subject;text\nIce;Cold\n', 'The first line names no column “body”'],
    ['subject,body\nIce,Cold, very\n', 'Row 2 has 3 columns instead of 2: what has “,” or a quote in it stands between quotes'],
    ['subject,body,priority\nIce,Cold,soon\n?,,low\n', 'Row 2, priority: “soon” is none of low, normal, high, urgent'],
  ]) {
    await file(page).setInputFiles(csv(text));
    await start(page).click();
    await expect(page.locator('#file-error')).toContainText(issue);
    await expect(file(page)).toHaveAttribute('aria-invalid', 'true');
  }
  await expect(page.locator('#file-error')).toContainText('Row 3, subject: Enter at least 3 characters');
  await findsNothing(page, gear);
});
