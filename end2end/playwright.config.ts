// Every journey runs twice: project `js` (enhanced gear) and project `no-js` (native gear).
//
// Environment: NEXT_HELPDESK_URL is the build of the help desk after this one, on the same data;
// HELPDESK_URL, GUESTBOOK_URL and CACHED_GUESTBOOK_URL (a guestbook whose page is kept
// for everyone) say where the applications run, CHROMIUM which browser to start.
// `cargo xtask test` sets all of them; `cargo leptos end-to-end` sets none, has the help desk on its
// usual address, and so skips the tests about the guestbook.
import { defineConfig } from '@playwright/test';
import type { Options } from './tests/fixtures';

export default defineConfig<Options>({
  testDir: 'tests',
  testMatch: '*.spec.ts',
  timeout: 30_000,
  expect: { timeout: 10_000 },
  workers: 2,
  // Under `cargo xtask test` a journey that passes only the second time is shown as flaky: a machine that was
  // busy for some seconds should not hide the result of all others.
  retries: process.env.FAILED_JOURNEYS ? 1 : 0,
  forbidOnly: !!process.env.CI,
  reporter: [['list'], ['html', { open: 'never' }], ['./reporter.ts']],
  use: {
    baseURL: process.env.HELPDESK_URL ?? 'http://127.0.0.1:3000',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  // guide: gears
  projects: [
    { name: 'js', use: { gear: 'enhanced', javaScriptEnabled: true } },
    { name: 'no-js', use: { gear: 'native', javaScriptEnabled: false } },
  ],
  // guide: end
});
