// Every test runs twice, with JavaScript on and off: what works in both is what visitors can rely on.
//
// `cargo leptos end-to-end` builds and starts the application, then runs this. CHROMIUM names a browser
// to use in place of Playwright's own.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests',
  forbidOnly: !!process.env.CI,
  reporter: 'list',
  use: {
    // As `site-addr` in Cargo.toml, which the same variable overrides.
    baseURL: `http://${process.env.LEPTOS_SITE_ADDR ?? '127.0.0.1:3000'}`,
    launchOptions: { executablePath: process.env.CHROMIUM },
  },
  projects: [
    { name: 'js', use: { javaScriptEnabled: true } },
    { name: 'no-js', use: { javaScriptEnabled: false } },
  ],
});
