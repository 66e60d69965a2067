// What was ever on the page, however shortly.
import type { Page } from '@playwright/test';

/** Notes every text that is ever on the page from now on, in `window.seen`. */
export async function watchTexts(page: Page, texts: string[]) {
  await page.evaluate((texts) => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    new MutationObserver(() => {
      const shown = document.body.innerText;
      seen.push(...texts.filter((text) => shown.includes(text) && !seen.includes(text)));
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  }, texts);
}

export const seen = (page: Page) => page.evaluate(() => (window as any).seen as string[]);
