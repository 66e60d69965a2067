// The content security policy, as a browser keeps it. That it never stands in the way of the application's
// own scripts shows in every journey: a refused script is a failure of the journey.
import { guestbookTest as test, expect, hydrated } from './fixtures';

test.skip(({ gear }) => gear === 'native', 'about scripts');

test('a script that the server did not send does not run, and the page does', async ({ browser, baseURL }) => {
  // A context of its own: what is refused here is meant to be.
  const context = await browser.newContext({ baseURL });
  const page = await context.newPage();
  const refused: string[] = [];
  page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
  await page.route('/', async (route) => {
    const response = await route.fetch();
    const injected = '<script>window.injected = 1</script><img src="data:," onerror="window.injected = 1" alt="">';
    await route.fulfill({ response, body: (await response.text()).replace('</body>', `${injected}</body>`) });
  });
  await page.goto('/');
  await hydrated(page);
  await expect.poll(() => refused.filter((text) => text.includes('Content Security Policy')).length).toBe(2);
  expect(await page.evaluate(() => (window as any).injected)).toBeUndefined();
  await context.close();
});
