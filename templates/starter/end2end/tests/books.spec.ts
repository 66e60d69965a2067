// The reading list, as a visitor uses it.
import { test, expect } from '@playwright/test';

test.beforeEach(async ({ page, javaScriptEnabled }) => {
  await page.goto('/');
  if (javaScriptEnabled) {
    // The browser's half has taken the page over. Before that a form is simply posted.
    await expect(page.locator('html[data-hydrated]')).toBeAttached();
  }
});

test('a book is added to the list, and is there after a reload', async ({ page }, info) => {
  const title = `The Master and Margarita, ${info.project.name}`;
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Why read it?').fill('The cat.');
  await page.getByRole('button', { name: 'Add' }).click();

  await expect(page.getByText('Added to the list.')).toBeVisible();
  await expect(page.getByLabel('Title')).toHaveValue('');
  const book = page.getByRole('listitem').filter({ hasText: title });
  await expect(book).toContainText('The cat.');
  await page.reload();
  await expect(book).toHaveCount(1);
});

test('a book without a title is refused, and what was typed stays', async ({ page }) => {
  // So that it is Formwork that answers, and not the browser's own hint at a required field.
  await page.locator('form').evaluate((form: HTMLFormElement) => (form.noValidate = true));
  await page.getByLabel('Why read it?').fill('Somebody said so.');
  await page.getByRole('button', { name: 'Add' }).click();

  await expect(page.getByText('Fill this in')).toBeVisible();
  await expect(page.getByLabel('Title')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Why read it?')).toHaveValue('Somebody said so.');
});
