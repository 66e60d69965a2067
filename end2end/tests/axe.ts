// axe-core, on a page as it is.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import type { Gear } from './fixtures';

/** axe is a script: a page whose scripts are off is looked at as it is, in another one where only axe runs. */
export async function findsNothing(page: Page, gear: Gear) {
  const { violations } = gear === 'enhanced' ? await new AxeBuilder({ page }).analyze() : await asItIs(page);
  const told = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}`));
  expect(told).toEqual([]);
}

async function asItIs(page: Page) {
  const html = await page.content();
  const storageState = await page.context().storageState();
  const context = await page.context().browser()!.newContext({ javaScriptEnabled: true, bypassCSP: true, storageState });
  const copy = await context.newPage();
  await copy.route('**/*', async (route) => {
    const kind = route.request().resourceType();
    if (kind === 'document') {
      await route.fulfill({ contentType: 'text/html', body: html });
    } else if (kind === 'stylesheet' || kind === 'image') {
      await route.continue();
    } else {
      await route.abort();
    }
  });
  await copy.goto(page.url());
  const found = await new AxeBuilder({ page: copy }).analyze();
  await context.close();
  return found;
}
