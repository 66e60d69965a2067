// What every journey starts from: the gear it runs in, and a visit that waits for that gear.
//
//   import { test, expect } from './fixtures';
//   test('N1 an invalid field …', async ({ page, visit, gear }) => {
//     await visit(page, '/tickets/new');
//
// Journeys of the guestbook import `guestbookTest as test`: their paths are the guestbook's.
import { test as base, expect, type Page, type Response } from '@playwright/test';

export { expect };

/** `enhanced`: JavaScript is on and the page is hydrated. `native`: JavaScript is off. */
export type Gear = 'enhanced' | 'native';

/** Set per project in playwright.config.ts. */
export type Options = { gear: Gear };

type Fixtures = {
  /** Opens `path` in `page` and, in the enhanced gear, waits until the client handles submits. */
  visit: (page: Page, path: string) => Promise<Response | null>;
};

export const test = base.extend<Options & Fixtures>({
  gear: ['enhanced', { option: true }],
  visit: async ({ gear }, use) => {
    await use(async (page, path) => {
      const response = await page.goto(path);
      if (gear === 'enhanced') {
        await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
      }
      return response;
    });
  },
});

/** As `test`, but against the guestbook; skipped where no guestbook runs. */
export const guestbookTest = test.extend({
  baseURL: async ({}, use, info) => {
    const url = process.env.GUESTBOOK_URL;
    info.skip(!url, 'GUESTBOOK_URL is not set: `cargo xtask test --only browser` starts a guestbook and sets it');
    await use(url);
  },
});
