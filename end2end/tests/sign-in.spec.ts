// Signing in and out.
import { DEMO, signIn, test, expect, unchecked } from './fixtures';
import { countDocuments, nextAnswer, onPost } from './network';
import type { Page } from '@playwright/test';

/** The answers to posts, before the browser has them. */
async function readAnswers(page: Page) {
  const answers: { status: number; text: string }[] = [];
  await onPost(page, async (route) => {
    const answer = await route.fetch();
    answers.push({ status: answer.status(), text: await answer.text() });
    await route.fulfill({ response: answer });
  });
  return answers;
}

test('N2 a secret comes back empty, and what stands beside it is kept', async ({ page, visit, gear }) => {
  const wrong = 'wr0ng-s3cret';
  await visit(page, '/sign-in?next=/tickets/2');
  const answers = await readAnswers(page);
  await signIn(page, DEMO.email, wrong);

  await expect(page.getByRole('alert')).toHaveText("This e-mail address and password don't belong together.");
  await expect(page.getByLabel('E-mail address')).toHaveValue(DEMO.email);
  await expect(page).toHaveURL(/\/sign-in\?next=\/tickets\/2$/);
  if (gear === 'native') {
    await expect(page.getByLabel('Password')).toHaveValue('');
  }
  expect(await page.content()).not.toContain(wrong);
  expect(answers).toEqual([{ status: 422, text: expect.not.stringContaining(wrong) }]);
});

test('N2 a secret comes back empty also where another field is at fault', async ({ page, visit, gear }) => {
  test.skip(gear === 'enhanced', 'the page is not sent again: what was typed has never left it');
  const secret = 'never-s3nt-back';
  await visit(page, '/sign-in');
  await unchecked(page);
  const answers = await readAnswers(page);
  await signIn(page, '', secret);
  await expect(page.locator('#email-error')).toBeVisible();
  expect(answers).toEqual([{ status: 422, text: expect.not.stringContaining(secret) }]);
  await expect(page.getByLabel('Password')).toHaveValue('');
});

test('N7 a page that asks to sign in is shown to who has signed in there, and the header knows them', async ({ page, visit, gear }) => {
  const asked = await visit(page, '/tickets/new');
  expect(asked!.status()).toBe(401);
  await expect(page.getByRole('heading', { name: 'Please sign in' })).toBeVisible();
  await expect(page.getByLabel('Password')).toBeVisible();

  const documents = countDocuments(page);
  const answered = nextAnswer(page);
  await signIn(page, DEMO.email, DEMO.password);
  expect((await answered).status()).toBe(gear === 'native' ? 303 : 200);
  await expect(page).toHaveURL(/\/tickets\/new$/);
  await expect(page.getByRole('heading', { name: 'New ticket' })).toBeVisible();
  await expect(page.getByRole('banner')).toContainText(DEMO.name);
  await expect(page.getByRole('banner')).toContainText(/\d+ open/);
  if (gear === 'enhanced') {
    expect(documents).toEqual([]);
  }
});

test('N7 signing in leads to where the visitor wanted to go', async ({ page, visit }) => {
  await visit(page, '/sign-in?next=/tickets/2');
  await signIn(page, DEMO.email, DEMO.password);
  await expect(page).toHaveURL(/\/tickets\/2$/);
  await expect(page.getByLabel('Your comment', { exact: true })).toBeVisible();
});

test('signing out ends the session', async ({ page, visit, gear }) => {
  await visit(page, '/sign-in');
  await signIn(page, DEMO.email, DEMO.password);
  await expect(page).toHaveURL(/\/tickets$/);
  const { cookies } = await page.context().storageState();

  const documents = countDocuments(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(page.getByRole('banner').getByRole('link', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByText(DEMO.name)).toHaveCount(0);
  if (gear === 'enhanced') {
    expect(documents).toEqual([]);
  }

  // Nor does the cookie open anything that someone kept.
  await page.context().addCookies(cookies);
  const response = await visit(page, '/tickets');
  expect(response!.status()).toBe(401);
  await expect(page.getByRole('heading', { name: 'Please sign in' })).toBeVisible();
});
