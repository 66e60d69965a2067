// Reads on pages that no application needs: many at once, some that fail, side by side, kept and dropped.
import { type Page } from '@playwright/test';
import { expect, hydrated, probeTest as test, unique, withBackForwardCache } from './fixtures';
import { Gate, countRequests, onPost } from './network';
import { seen, watchTexts } from './seen';

const room = () => unique('room').replaceAll(' ', '-');
const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const reads = (requests: string[]) => requests.filter((request) => request.startsWith('GET /_formwork/query'));
const keysOf = (request: string) => [...new URL(`http://x${request.split(' ')[1]}`).searchParams.getAll('k')];

test.skip(({ gear }) => gear === 'native', 'about the enhanced gear');

test('R5 three queries are read again and one fails: the others are new, and it shows its error', async ({ page, visit }) => {
  await visit(page, `/parts/${room()}`);
  const change = async (failing: string) => {
    await page.getByLabel('Fails').fill(failing);
    await page.getByRole('button', { name: 'Change' }).click();
  };
  await change('two');
  await expect(part(page, 'one')).toHaveText('one 1');
  await expect(part(page, 'two').getByRole('alert')).toHaveText("The part two can't be read.");
  await expect(part(page, 'three')).toHaveText('three 1');
  await change('');
  for (const name of ['one', 'two', 'three']) {
    await expect(part(page, name)).toHaveText(`${name} 2`);
  }
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('what the document brought is not asked for again', async ({ page, visit }) => {
  const requests = countRequests(page);
  const path = `/parts/${room()}`;
  await visit(page, path);
  await expect(part(page, 'three')).toHaveText('three 0');
  await page.waitForTimeout(400);
  expect(requests).toEqual([`GET ${path}`]);
});

test('all queries that a tick asks for travel in one request, each once', async ({ page, visit }) => {
  await visit(page, `/parts/${room()}`);
  const requests = countRequests(page);
  await page.getByRole('button', { name: 'More' }).click();
  await expect(part(page, 'four')).toHaveText('four 0');
  await expect(part(page, 'six')).toHaveText(['six 0', 'six 0']);
  await page.waitForTimeout(200);
  expect(requests).toHaveLength(1);
  expect(keysOf(requests[0]).map((key) => /"name":"(\w+)"/.exec(key)![1]).sort()).toEqual(['five', 'four', 'six']);
});

test('of more queries than a request names none is lost, nor shown as it was', async ({ page, visit }) => {
  await visit(page, `/many/${room()}`);
  const requests = countRequests(page);
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(page.getByRole('listitem')).toHaveCount(60);
  const asked = reads(requests).flatMap(keysOf);
  expect([asked.length, new Set(asked).size, reads(requests).length]).toEqual([60, 60, 2]);
  for (const [at, name] of ['n00', 'n49', 'n50', 'n59'].entries()) {
    const before = requests.length;
    await page.getByLabel('Name').fill(name);
    await page.getByRole('button', { name: 'Count' }).click();
    await expect(page.locator(`#${name}`)).toHaveText('1');
    expect(requests.slice(before).filter((request) => request.startsWith('POST')), `${at}`).toHaveLength(1);
  }
});

test('order = parallel: the older of two answers does not win, whichever comes last', async ({ page, visit }) => {
  await visit(page, `/side-by-side/${room()}`);
  const answers: (() => Promise<void>)[] = [];
  await page.route('**/*', async (route) => {
    if (route.request().method() !== 'POST') {
      return route.fallback();
    }
    // The server has answered; the answer is on its way.
    const response = await route.fetch();
    answers.push(() => route.fulfill({ response }));
  });
  for (const [at, name] of ['Press', 'Press as well', 'The other'].entries()) {
    await page.getByRole('button', { name, exact: true }).click();
    await expect.poll(() => answers.length).toBe(at + 1);
  }
  await page.evaluate(() => {
    const shown: (string | null)[] = [];
    Object.assign(window, { shown });
    const presses = document.querySelector('#presses')!;
    new MutationObserver(() => shown.push(presses.textContent)).observe(presses, { childList: true, subtree: true, characterData: true });
  });
  // The second one first, then the one that is about something else, then the first.
  await answers[1]();
  await expect(page.locator('#presses')).toHaveText('2');
  await answers[2]();
  await expect(page.locator('#others')).toHaveText('1');
  await answers[0]();
  await expect(page.locator('form[aria-busy]')).toHaveCount(0);
  await page.waitForTimeout(200);
  expect(await page.evaluate(() => (window as any).shown)).toEqual(['2']);
  await expect(page.locator('#others')).toHaveText('1');
});

test('order = parallel: what one submission changed is not lost to another one that vouches for it', async ({ page, visit }) => {
  await visit(page, `/side-by-side/${room()}`);
  const gate = await Gate.posts(page);
  await page.getByRole('button', { name: 'Press', exact: true }).click();
  await page.getByRole('button', { name: 'The other' }).click();
  await gate.hasSeen(2);
  await Promise.all([gate.release(), gate.release()]);
  await expect(page.locator('#presses')).toHaveText('1');
  await expect(page.locator('#others')).toHaveText('1');
});

test('refresh() reads again, and is_refreshing says so meanwhile', async ({ page, visit, context }) => {
  const path = `/side-by-side/${room()}`;
  await visit(page, path);
  const second = await context.newPage();
  await second.goto(page.url());
  await hydrated(second);
  await second.getByRole('button', { name: 'Press', exact: true }).click();
  await expect(second.locator('#presses')).toHaveText('1');
  const gate = await Gate.files(page, '**/_formwork/query*');
  await page.getByRole('button', { name: 'Refresh' }).click();
  await gate.hasSeen(1);
  await expect(page.locator('#refreshing')).toHaveText('Reading…');
  await expect(page.locator('#presses')).toHaveText('0');
  await gate.release();
  await expect(page.locator('#presses')).toHaveText('1');
  await expect(page.locator('#refreshing')).toBeEmpty();
});

test('Transition keeps what it shows while other arguments are read, and an ErrorBoundary shows what failed', async ({ page, visit }) => {
  await visit(page, `/boundaries/${room()}`);
  for (const name of ['transition', 'awaited', 'suspense']) {
    await expect(part(page, name)).toHaveText('thing 1, changed 0 times');
  }
  const gate = await Gate.files(page, '**/_formwork/query*');
  await page.getByRole('button', { name: 'To 2', exact: true }).click();
  await gate.hasSeen(1);
  await expect(part(page, 'transition')).toHaveText('thing 1, changed 0 times');
  await expect(part(page, 'awaited')).toHaveText('thing 1, changed 0 times');
  await expect(part(page, 'suspense')).toHaveText('Loading…');
  await gate.release();
  for (const name of ['transition', 'awaited', 'suspense']) {
    await expect(part(page, name)).toHaveText('thing 2, changed 0 times');
  }
  await page.unrouteAll();

  await page.getByRole('button', { name: 'To 13' }).click();
  for (const name of ['transition', 'awaited', 'suspense']) {
    await expect(part(page, name).getByRole('alert')).toHaveText('There is no thirteenth thing.');
  }
  await page.getByRole('button', { name: 'To 3', exact: true }).click();
  for (const name of ['transition', 'awaited', 'suspense']) {
    await expect(part(page, name)).toHaveText('thing 3, changed 0 times');
  }

  // A value that a submission brings takes the place of the old one without a fallback.
  await watchTexts(page, ['Loading…']);
  await page.getByRole('button', { name: 'Change' }).click();
  for (const name of ['transition', 'awaited', 'suspense']) {
    await expect(part(page, name)).toHaveText('thing 3, changed 1 times');
  }
  expect(await seen(page)).toEqual([]);
});

test('what was on its way when the visitor became somebody else is not shown', async ({ page, visit }) => {
  await visit(page, '/');
  let arrive = () => {};
  const arrival = new Promise<void>((resolve) => (arrive = resolve));
  let answered = () => {};
  const answer = new Promise<void>((resolve) => (answered = resolve));
  await page.route('**/who', async (route) => {
    // The server has answered; the answer is on its way.
    const response = await route.fetch();
    answered();
    await arrival;
    await route.fulfill({ response });
  });
  const link = page.getByRole('link', { name: 'Who am I?' });
  await link.focus();
  await answer;
  await page.getByLabel('Name').fill('somebody');
  await page.getByRole('button', { name: 'Become' }).click();
  await expect(page.getByText('You are another now.')).toBeVisible();
  arrive();
  await page.waitForTimeout(300);
  await page.unrouteAll();
  await watchTexts(page, ['You are nobody']);
  await link.click();
  await expect(page.getByText('You are somebody')).toBeVisible();
  expect(await seen(page)).toEqual([]);
});

test('what nobody shows is kept for five minutes and then dropped', async ({ page, visit }) => {
  await page.clock.install();
  await visit(page, `/parts/${room()}`);
  const away = async () => {
    await page.getByRole('link', { name: 'Away' }).evaluate((link: HTMLElement) => link.click());
    await expect(page.getByText('Nothing is read here.')).toBeVisible();
  };
  await away();
  await page.clock.fastForward('04:30');
  await watchTexts(page, ['Loading…']);
  await page.goBack();
  await expect(part(page, 'one')).toHaveText('one 0');
  expect(await seen(page)).toEqual([]);
  await away();
  await page.clock.fastForward('05:30');
  await page.goBack();
  await expect(part(page, 'one')).toHaveText('one 0');
  expect(await seen(page)).toEqual(['Loading…']);
});

test('R8 the back-forward cache: a page that comes back from it shows fresh data after a mutation', async ({ baseURL }) => {
  const browser = await withBackForwardCache();
  const context = await browser.newContext({ baseURL });
  const page = await context.newPage();
  const path = `/side-by-side/${room()}`;
  await page.goto(path);
  await hydrated(page);
  await expect(page.locator('#presses')).toHaveText('0');
  await page.evaluate(() => {
    window.addEventListener('pageshow', (event) => Object.assign(window, { restored: event.persisted }));
  });
  await page.goto('/many/elsewhere');
  await hydrated(page);
  const second = await context.newPage();
  await second.goto(path);
  await hydrated(second);
  await second.getByRole('button', { name: 'Press', exact: true }).click();
  await expect(second.locator('#presses')).toHaveText('1');
  // Nothing is loaded, and so no event says so.
  await page.goBack({ waitUntil: 'commit' });
  await expect.poll(() => page.evaluate(() => (window as any).restored)).toBe(true);
  await expect(page.locator('#presses')).toHaveText('1');
  await browser.close();
});

test('R2 a redirect from a page that shows queries: one request, and no loading state at the destination', async ({ page, visit }) => {
  const own = room();
  await visit(page, `/effects/${own}`);
  await expect(page.locator('#heap')).toHaveText('0');
  await watchTexts(page, ['Loading…']);
  const requests = countRequests(page);
  await page.getByRole('button', { name: 'Add and go' }).press('Enter');
  await expect(page).toHaveURL(`/parts/${own}`);
  for (const name of ['one', 'two', 'three']) {
    await expect(part(page, name)).toHaveText(`${name} 0`);
  }
  await page.waitForTimeout(300);
  expect(requests).toEqual([`POST /effects/${own}`]);
  expect(await seen(page)).toEqual([]);
});

test('R3 a cookie that changes what is on screen: the destination shows the new value, in the same response', async ({ page, visit }) => {
  const path = `/effects/${room()}`;
  await visit(page, path);
  await expect(page.locator('#name')).toHaveText('nobody');
  await watchTexts(page, ['You are nobody']);
  const requests = countRequests(page);
  await page.getByRole('button', { name: 'Become Ada and go' }).press('Enter');
  await expect(page.getByText('You are Ada')).toBeVisible();
  await page.waitForTimeout(300);
  expect(requests).toEqual([`POST ${path}`]);
  expect(await seen(page)).toEqual([]);
});

test('R4 an action without effects: one request, and no data in its answer', async ({ page, visit }) => {
  const path = `/effects/${room()}`;
  await visit(page, path);
  await expect(page.locator('#heap')).toHaveText('0');
  let text = '';
  await onPost(page, async (route) => {
    const response = await route.fetch();
    text = await response.text();
    await route.fulfill({ response });
  });
  const requests = countRequests(page);
  await page.getByRole('button', { name: 'Nod' }).click();
  await expect(page.getByText('Nodded.')).toBeVisible();
  await page.waitForTimeout(300);
  const [outcome, ...rest] = text.trim().split('\n').map((line) => JSON.parse(line));
  expect(outcome.outcome.status).toBe(200);
  expect(rest).toEqual(['end']);
  expect(requests).toEqual([`POST ${path}`]);
});

test('R8 back after revalidate_tag and a redirect: this visitor sees what they changed, others may not yet', async ({ page, visit, browser, baseURL }) => {
  const own = room();
  await visit(page, `/effects/${own}`);
  await expect(page.locator('#heap')).toHaveText('0');
  const other = await (await browser.newContext({ baseURL, javaScriptEnabled: false })).newPage();
  await page.getByRole('button', { name: 'Add and go' }).press('Enter');
  await expect(page).toHaveURL(`/parts/${own}`);
  await page.goBack();
  await expect(page.locator('#heap')).toHaveText('1');
  await page.getByRole('button', { name: 'Add and go' }).press('Enter');
  await expect(page).toHaveURL(`/parts/${own}`);
  await other.goto(`/effects/${own}`);
  await expect(other.locator('#heap')).toHaveText('1');
  await other.context().close();
});
