// What Formwork says is in the visitor's language where the application has words in it: of the pages in
// end2end/probe, in German.
import { expect, probeTest as test, unchecked } from './fixtures';

test.use({ locale: 'de-AT' });

test('what is wrong with a search is said in the language of the visitor, from the first document on', async ({ page, visit }) => {
  const response = await visit(page, '/languages?wanted=abcdefgh');
  expect(await response!.text()).toContain('Höchstens 5 Zeichen');
  await expect(page.getByRole('search').getByText('Höchstens 5 Zeichen')).toBeVisible();
});

test('what is wrong with a form as a whole is said in the language of the visitor', async ({ page, visit }) => {
  await visit(page, '/languages');
  await unchecked(page);
  await page.getByLabel('Note').evaluate((control) => control.removeAttribute('maxlength'));
  await page.getByLabel('Note').fill('abcdefgh');
  await page.getByRole('button', { name: 'Take note' }).click();
  await expect(page.getByText('Höchstens 5 Zeichen')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveText('Einige Felder stimmen nicht.');
});

test('an error page is told in the language of the visitor', async ({ page }) => {
  await page.goto('/nowhere');
  await expect(page.getByRole('alert')).toHaveText('Hier ist keine Seite.');
});

test('the visitor is asked in their language before they leave something unsent', async ({ page, visit, gear }) => {
  test.skip(gear === 'native', 'without JavaScript nobody is asked');
  await visit(page, '/languages');
  await page.getByLabel('Note').fill('abc');
  const asked = new Promise<string>((resolve) =>
    page.once('dialog', (dialog) => {
      resolve(dialog.message());
      void dialog.dismiss();
    }),
  );
  await page.getByRole('link', { name: 'Away' }).click();
  expect(await asked).toBe('Die Eingaben sind nicht gesendet. Trotzdem verlassen?');
});

test('words that the application does not have in a language are English', async ({ browser, baseURL, gear }) => {
  const context = await browser.newContext({ baseURL, locale: 'fr-FR', javaScriptEnabled: gear === 'enhanced' });
  const page = await context.newPage();
  await page.goto('/languages?wanted=abcdefgh');
  await expect(page.getByText('Enter at most 5 characters')).toBeVisible();
  await context.close();
});
