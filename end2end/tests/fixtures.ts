// What every journey starts from: the gear it runs in, and a visit that waits for that gear.
//
//   import { test, expect } from './fixtures';
//   test('N1 an invalid field …', async ({ page, visit, gear }) => {
//     await visit(page, '/tickets/new');
//
// Journeys of the guestbook import `guestbookTest as test`: their paths are the guestbook's. Those of the
// pages in end2end/probe import `probeTest as test`.
// Journeys of someone who has signed in import `memberTest as test`.
import { randomUUID } from 'node:crypto';
import { chromium, test as base, expect, type BrowserContextOptions, type Page, type Response } from '@playwright/test';

export { expect };

/** `enhanced`: JavaScript is on and the page is hydrated. `native`: JavaScript is off. */
export type Gear = 'enhanced' | 'native';

/** Set per project in playwright.config.ts. */
export type Options = { gear: Gear };

type Fixtures = {
  /** Opens `path` in `page` and, in the enhanced gear, waits until the client handles submits. */
  visit: (page: Page, path: string) => Promise<Response | null>;
  /** Fails a journey in which a script failed: a panic, or a page that hydrates as another. */
  noScriptFails: void;
};

export const test = base.extend<Options & Fixtures>({
  gear: ['enhanced', { option: true }],
  // guide: visit
  visit: async ({ gear }, use) => {
    await use(async (page, path) => {
      const response = await page.goto(path);
      if (gear === 'enhanced') {
        await hydrated(page);
      }
      return response;
    });
  },
  // guide: end
  noScriptFails: [
    async ({ context }, use) => {
      const failures: string[] = [];
      context.on('weberror', (failure) => failures.push(String(failure.error())));
      context.on('console', (message) => {
        // A refused, a cut or a late answer is what many journeys are about.
        const ofTheNetwork = /^Failed to load resource|was preloaded using link preload/.test(message.text());
        if (['error', 'warning'].includes(message.type()) && !ofTheNetwork) {
          failures.push(message.text());
        }
      });
      await use();
      expect(failures, 'errors and warnings of scripts').toEqual([]);
    },
    { auto: true },
  ],
});

/** As `test`, but against the guestbook; skipped where no guestbook runs. */
export const guestbookTest = test.extend({
  baseURL: async ({}, use, info) => {
    const url = process.env.GUESTBOOK_URL;
    info.skip(!url, 'GUESTBOOK_URL is not set: `cargo xtask test --only browser` starts a guestbook and sets it');
    await use(url);
  },
});

/** As `test`, but against the pages of end2end/probe; skipped where they are not served. */
export const probeTest = test.extend({
  baseURL: async ({}, use, info) => {
    const url = process.env.PROBE_URL;
    info.skip(!url, 'PROBE_URL is not set: `cargo xtask test --only browser` starts the pages and sets it');
    await use(url);
  },
});

/** As `probeTest`, but as `cargo leptos watch` serves them. */
export const watchedTest = test.extend({
  baseURL: async ({}, use, info) => {
    const url = process.env.WATCHED_PROBE_URL;
    info.skip(!url, 'WATCHED_PROBE_URL is not set: `cargo xtask test --only browser` starts the pages and sets it');
    await use(url);
  },
});

/** An account that the help desk is seeded with. */
export type Account = { email: string; password: string; name: string };
export const ADMIN: Account = { email: 'admin@example.org', password: 'correct horse battery', name: 'Ada Admin' };
export const DEMO: Account = { email: 'demo@example.org', password: 'correct horse battery', name: 'Dana Demo' };

/** Fills the form to sign in with, wherever it is, and sends it. */
export async function signIn(page: Page, email: string, password: string) {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

type SignedIn = BrowserContextOptions['storageState'];

/** As `test`, but the visitor has signed in, as `DEMO` unless the journey is about another account;
 * once for all journeys of a worker. */
export const memberTest = test.extend<{}, { account: Account; signedIn: SignedIn }>({
  account: [async ({}, use) => use(DEMO), { scope: 'worker' }],
  signedIn: [
    async ({ browser, account }, use, info) => {
      const { baseURL } = info.project.use;
      const context = await browser.newContext({ baseURL, javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto('/sign-in');
      await signIn(page, account.email, account.password);
      await expect(page.getByRole('banner')).toContainText(account.name);
      await use(await context.storageState());
      await context.close();
    },
    { scope: 'worker' },
  ],
  storageState: ({ signedIn }, use) => use(signedIn),
});

/** Lets the forms of the page be sent as they are: what the server says is the matter then, and not
 * what the browser itself holds back. */
export async function unchecked(page: Page) {
  await page.evaluate(() => [...document.forms].forEach((form) => (form.noValidate = true)));
}

/** Waits until the client handles submits. */
export async function hydrated(page: Page) {
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

/** A text that nothing else on the page has: journeys share their applications. */
export const unique = (text: string) => `${text} ${randomUUID().slice(0, 8)}`;

/** A browser of its own with the back-forward cache, which Playwright turns off. */
export const withBackForwardCache = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: ['--no-sandbox', '--disable-gpu'],
  });
