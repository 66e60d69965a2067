// Back and resend, without JavaScript.
import { expect, probeTest as test, unique, withBackForwardCache } from './fixtures';
import { sent } from './network';

test.skip(({ gear }) => gear === 'enhanced', 'there is no document to go back to');

test('O1, O2 Back and resend where a success leads elsewhere: unchanged it is one write, changed another', async ({ baseURL }) => {
  const browser = await withBackForwardCache();
  const page = await (await browser.newContext({ baseURL, javaScriptEnabled: false })).newPage();
  const ids: (string | null)[] = [];
  // Only listened to: what is routed is not kept by the browser.
  page.on('request', (request) => request.method() === 'POST' && ids.push(sent(request, '_submission')));
  const [text, notes] = [page.getByLabel('Note'), page.locator('#notes')];
  await page.goto(`/led/${unique('room').replaceAll(' ', '-')}`);
  await text.fill('Hello');
  await page.getByRole('button', { name: 'Take' }).click();
  await expect(notes).toHaveText('Hello: 1');
  for (let again = 0; again < 2; again += 1) {
    await page.goBack({ waitUntil: 'commit' });
    await expect(text).toHaveValue('Hello');
    await page.getByRole('button', { name: 'Take' }).click();
    await expect(notes).toHaveText('Hello: 1');
  }
  expect(ids, 'the very page that was sent was shown again').toEqual([ids[0], ids[0], ids[0]]);
  await page.goBack({ waitUntil: 'commit' });
  await text.fill('Hello again');
  await page.getByRole('button', { name: 'Take' }).click();
  await expect(notes).toHaveText('Hello again: 1, Hello: 1');
  await browser.close();
});
