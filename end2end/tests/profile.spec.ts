// The profile: fields in structs, rows that come, go and move, choices.
import { findsNothing } from './axe';
import { ADMIN, DEMO, memberTest, expect, unchecked, type Account } from './fixtures';
import { countDocuments, countPosts } from './network';
import type { Page } from '@playwright/test';

const numbers = (page: Page) => page.getByLabel('Number');
const add = (page: Page) => page.getByRole('button', { name: 'Add a phone' });

/** Takes away whatever an earlier journey has left. */
async function withoutPhones(page: Page) {
  for (let left = await numbers(page).count(); left > 0; left -= 1) {
    await page.getByRole('button', { name: 'Remove' }).first().click();
    await expect(numbers(page)).toHaveCount(left - 1);
  }
}

async function save(page: Page) {
  await page.getByRole('button', { name: 'Save profile' }).click();
}

const focusedName = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('name'));

/** A profile is its member's: the gears, which run at the same time, have one each. */
const test = memberTest.extend<{}, { account: Account }>({
  account: [async ({}, use, info) => use(info.project.name === 'js' ? DEMO : ADMIN), { scope: 'worker' }],
});
test.describe.configure({ mode: 'serial' });

test('N9 rows are added, moved and removed with everything typed, and the focus goes along', async ({ page, visit, gear }) => {
  await visit(page, '/profile');
  await withoutPhones(page);
  const documents = countDocuments(page);
  const posts = countPosts(page);

  await page.getByLabel('About you').fill('Two lines,\nand "more"');
  await page.getByLabel('E-mail address').fill('not finished@');
  await add(page).click();
  await expect(numbers(page)).toHaveCount(1);
  await expect.poll(() => focusedName(page)).toMatch(/^phones\[r\d+\]\.kind$/);
  await numbers(page).first().fill('111');
  await add(page).click();
  await expect(numbers(page)).toHaveCount(2);
  await numbers(page).nth(1).fill('222');
  await page.getByLabel('Kind').nth(1).selectOption('Desk');

  await page.getByRole('button', { name: 'Move up' }).nth(1).click();
  await expect(numbers(page).first()).toHaveValue('222');
  await expect(numbers(page).nth(1)).toHaveValue('111');
  await expect(page.getByLabel('Kind').first()).toHaveValue('desk');

  await page.getByRole('button', { name: 'Remove' }).nth(1).click();
  await expect(numbers(page)).toHaveCount(1);
  await expect(numbers(page).first()).toHaveValue('222');
  await expect(page.getByLabel('About you')).toHaveValue('Two lines,\nand "more"');
  await expect(page.getByLabel('E-mail address')).toHaveValue('not finished@');
  await expect(page.getByRole('alert')).toHaveCount(0);
  if (gear === 'enhanced') {
    expect([documents, posts], 'nothing was asked of the server').toEqual([[], []]);
  }

  await page.getByLabel('E-mail address').fill('dana@example.org');
  await save(page);
  await expect(page.getByText('Profile saved.')).toBeVisible();
  await page.reload();
  await expect(numbers(page)).toHaveCount(1);
  await expect(numbers(page).first()).toHaveValue('222');
  await expect(page.getByLabel('E-mail address')).toHaveValue('dana@example.org');
});

test('choices, dates and nested fields are kept, and what is wrong stands at its row', async ({ page, visit, gear }) => {
  await visit(page, '/profile');
  await withoutPhones(page);
  const topics = ['New tickets', 'Answers to my tickets', 'Outages'].map((name) => page.getByRole('checkbox', { name }));
  for (const [at, topic] of topics.entries()) {
    await topic.setChecked(at !== 1);
  }
  await page.getByRole('radio', { name: 'Phone' }).check();
  await page.getByLabel('Here since').fill('2024-02-29');
  await page.getByLabel('Building').fill('A');
  await page.getByLabel('Floor').fill('-2');
  await page.getByRole('checkbox', { name: 'I am away' }).check();

  // The server's own rule, at its group.
  await save(page);
  const group = page.getByRole('radiogroup', { name: 'By' });
  await expect(group).toHaveAccessibleDescription('Add a phone that we can call');
  await expect(page.getByRole('link', { name: 'By: Add a phone that we can call' })).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(1);
  await expect(topics[0]).toBeChecked();
  await expect(topics[1]).not.toBeChecked();

  await add(page).click();
  await numbers(page).fill('1');
  await save(page);
  if (gear === 'native') {
    // The browser itself holds it back; what the server would say is another test's matter.
    await expect(numbers(page)).toBeFocused();
  } else {
    await expect(numbers(page)).toHaveAccessibleDescription('Enter at least 3 characters');
    await expect(numbers(page), 'A1').toBeFocused();
  }
  await numbers(page).fill('112');
  await save(page);
  await expect(page.getByText('Profile saved.')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);

  await page.reload();
  await expect(page.getByRole('radio', { name: 'Phone' })).toBeChecked();
  await expect(page.getByLabel('Here since')).toHaveValue('2024-02-29');
  await expect(page.getByLabel('Floor')).toHaveValue('-2');
  await expect(page.getByRole('checkbox', { name: 'I am away' })).toBeChecked();
  for (const [at, topic] of topics.entries()) {
    expect(await topic.isChecked()).toBe(at !== 1);
  }
});

test('Enter sends the form, and presses no button of a row', async ({ page, visit }) => {
  await visit(page, '/profile');
  await withoutPhones(page);
  await page.getByRole('radio', { name: 'E-mail' }).check();
  await add(page).click();
  await numbers(page).fill('112');
  await numbers(page).press('Enter');
  await expect(page.getByText('Profile saved.')).toBeVisible();
  await expect(numbers(page)).toHaveCount(1);
});

test('N9 a row that is added after one was removed is empty', async ({ page, visit }) => {
  await visit(page, '/profile');
  await withoutPhones(page);
  await page.getByRole('radio', { name: 'E-mail' }).check();
  await add(page).click();
  await numbers(page).fill('112');
  await save(page);
  await expect(page.getByText('Profile saved.')).toBeVisible();
  await expect(numbers(page)).toHaveValue('112');

  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(numbers(page)).toHaveCount(0);
  await add(page).click();
  await expect(numbers(page)).toHaveCount(1);
  await expect(numbers(page)).toHaveValue('');
});

test('what was saved is what a reset returns to', async ({ page, visit, gear }) => {
  await visit(page, '/profile');
  await withoutPhones(page);
  await page.getByRole('radio', { name: 'E-mail' }).check();
  const about = page.getByLabel('About you');
  const undo = page.getByRole('button', { name: 'Undo my changes' });
  for (const [at, text] of ['Saved once', 'Saved again,\non two lines'].entries()) {
    await about.fill(text);
    await add(page).click();
    await expect(numbers(page)).toHaveCount(at + 1);
    await numbers(page).last().fill('112');
    await save(page);
    await expect(page.getByText('Profile saved.')).toBeVisible();
    if (gear === 'enhanced') {
      await expect(undo, 'there is nothing to put back').toBeDisabled();
    }
    await about.fill('Not saved');
    await page.getByRole('radio', { name: 'Phone' }).check();
    await numbers(page).last().fill('999');
    await undo.click();
    await expect(about).toHaveValue(text);
    await expect(page.getByRole('radio', { name: 'E-mail' })).toBeChecked();
    await expect(numbers(page).last()).toHaveValue('112');
    await expect(numbers(page)).toHaveCount(at + 1);
  }
});

test('E6 a list with too many rows is sound as soon as one is removed', async ({ page, visit }) => {
  await visit(page, '/profile');
  await withoutPhones(page);
  await page.getByRole('radio', { name: 'E-mail' }).check();
  for (let at = 0; at < 6; at += 1) {
    await add(page).click();
    await expect(numbers(page)).toHaveCount(at + 1);
    await numbers(page).nth(at).fill(`11${at}`);
  }
  await save(page);
  const issue = page.locator('.issue', { hasText: 'Give at most 5' });
  await expect(issue.first()).toBeVisible();
  await page.getByRole('button', { name: 'Remove' }).first().click();
  await expect(numbers(page)).toHaveCount(5);
  await expect(issue).toHaveCount(0);
});

test('A3 axe finds nothing on the profile with more rows than it takes, with mistakes in them, nor once it is saved', async ({ page, visit, gear }) => {
  test.slow();
  await visit(page, '/profile');
  await withoutPhones(page);
  for (let rows = 1; rows <= 6; rows += 1) {
    await add(page).click();
    await expect(numbers(page)).toHaveCount(rows);
  }
  await findsNothing(page, gear);
  await unchecked(page);
  await save(page);
  await expect(page.locator('.issue:visible').first()).toBeVisible();
  await findsNothing(page, gear);
  for (let left = 5; left > 0; left -= 1) {
    await page.getByRole('button', { name: 'Remove' }).first().click();
    await expect(numbers(page)).toHaveCount(left);
  }
  await numbers(page).fill('112');
  await page.getByRole('radio', { name: 'E-mail' }).check();
  await save(page);
  await expect(page.getByText('Profile saved.')).toBeVisible();
  await findsNothing(page, gear);
});
