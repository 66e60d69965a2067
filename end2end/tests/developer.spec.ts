// What a developer sees: submissions in the console, why something failed, and what was typed after a reload.
import { type Page } from '@playwright/test';
import { expect, hydrated, probeTest, watchedTest } from './fixtures';

const number = (page: Page) => page.getByLabel('Number');
const read = async (page: Page, text: string) => {
  await number(page).fill(text);
  await page.getByRole('button', { name: 'Read' }).click();
};

probeTest('a submission is a group in the console, with its steps and what it made stale', async ({ page, visit, gear }) => {
  probeTest.skip(gear === 'native', 'a console is for scripts');
  const said: string[] = [];
  page.on('console', (message) => said.push(`${message.type()} ${message.text()}`));
  await visit(page, '/breaks');
  await read(page, '7');
  await expect(page.locator('output')).toHaveText('7');
  await expect.poll(() => said.at(-1)).toMatch(/^endGroup/);
  expect(said.find((line) => line.startsWith('startGroupCollapsed'))).toMatch(
    /formwork \/breaks breaks::read_number@: 200, \d+ ms, \d+ bytes/,
  );
  expect(said.find((line) => line.includes('steps:'))).toMatch(/origin [\d.]+ ms, body .* run [\d.]+ ms/);
  expect(said).toContain('log stale: numbers');
});

probeTest('each gear is told by Server-Timing how long a submission took', async ({ page, visit }) => {
  await visit(page, '/breaks');
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await read(page, '7');
  const timing = await (await answered).headerValue('server-timing');
  expect(timing).toMatch(/^origin;dur=[\d.]+, body;dur=.*, run;dur=[\d.]+.*stale;desc="numbers"$/);
});

probeTest('a visitor is not told why something failed', async ({ page, visit }) => {
  await visit(page, '/breaks');
  await read(page, 'seven');
  await expect(page.getByRole('alert')).toContainText('went wrong');
  await expect(page.getByRole('alert')).not.toContainText('invalid digit');
});

watchedTest('under cargo leptos watch the page says why something failed', async ({ page, visit }) => {
  await visit(page, '/breaks');
  await read(page, 'seven');
  await expect(page.getByRole('alert')).toContainText('only: invalid digit found in string');
});

watchedTest('under cargo leptos watch what is typed is there after a reload', async ({ page, visit, gear }) => {
  watchedTest.skip(gear === 'native', 'it is the script of cargo leptos that loads the page anew');
  await visit(page, '/breaks');
  await number(page).fill('12');
  await page.evaluate(() => window.location.reload());
  await hydrated(page);
  await expect(number(page)).toHaveValue('12');
  // Not where the page is gone to by its address.
  await page.goto('/breaks');
  await hydrated(page);
  await expect(number(page)).toHaveValue('');
});

probeTest('otherwise it is not', async ({ page, visit, gear }) => {
  probeTest.skip(gear === 'native', 'as above');
  await visit(page, '/breaks');
  await number(page).fill('12');
  await page.evaluate(() => window.location.reload());
  await hydrated(page);
  await page.waitForTimeout(300);
  await expect(number(page)).toHaveValue('');
});
