// Reads in the browser: what a mutation brings with it, what is kept, what is asked for, and when.
import type { Page } from '@playwright/test';
import { DEMO, memberTest as test, expect, signIn, unique } from './fixtures';
import { Gate, countRequests, linewise, onPost, sent } from './network';
import { seen, watchTexts } from './seen';
import { TicketPage } from './ticket.page';

/** Leaves a mark on an element that goes with the element. */
const mark = (element: ReturnType<Page['locator']>) =>
  element.evaluate((node) => void Object.assign(node, { marked: true }));

const isMarked = (element: ReturnType<Page['locator']>) =>
  element.evaluate((node) => (node as any).marked === true);

/** Closes a ticket to which the list has led, and goes back: what the list shows from then on, and what is asked for. */
async function closeAndGoBack(page: Page, visit: (page: Page, path: string) => Promise<unknown>) {
  const subject = unique('Back');
  const ticket = await TicketPage.open(page, visit, subject);
  await visit(page, '/tickets');
  const row = page.locator('ul.tickets > li', { hasText: subject });
  await expect(row).toContainText('Open');
  await row.getByRole('link', { name: subject }).click();
  await expect(ticket.status).toHaveText('Open');
  await ticket.button('Close ticket', 'Closing…').click();
  await expect(ticket.status).toHaveText('Closed');
  // What is not on screen comes last in the same answer.
  await page.waitForTimeout(500);
  // Where it rests on no link of the list.
  await page.mouse.move(0, 0);
  const requests = countRequests(page);
  await page.evaluate((subject) => {
    const seen: string[] = ((window as unknown as { seen: string[] }).seen = []);
    new MutationObserver(() => {
      for (const row of document.querySelectorAll<HTMLElement>('ul.tickets > li')) {
        if (row.innerText.includes(subject)) seen.push(row.innerText);
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  }, subject);
  await page.goBack();
  await expect(row).toContainText('Closed');
  await page.waitForTimeout(300);
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  return { seen, requests };
}

test.describe('enhanced', () => {
  test.skip(({ gear }) => gear === 'native', 'about the enhanced gear');

  test('R1 one request, and only what was affected is in it', async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('Affected'));
    await visit(page, page.url());
    const requests = countRequests(page);
    let text = '';
    await onPost(page, async (route) => {
      const response = await route.fetch();
      text = await response.text();
      await route.fulfill({ response });
    });
    await ticket.button('Close ticket', 'Closing…').click();
    await expect(ticket.status).toHaveText('Closed');
    await expect(page.getByText('Ticket closed.')).toBeVisible();

    const lines = text.trim().split('\n').map((line) => JSON.parse(line));
    expect(lines[0].outcome.status).toBe(200);
    expect(lines.at(-1)).toBe('end');
    const keys = lines.slice(1, -1).map((line) => line.query.key.replace(/\?.*/, '')).sort();
    // Who looks at it is on screen, too, and has not changed.
    expect(keys).toEqual(['tickets::count::ticket_counts', 'tickets::show::ticket']);
    expect(requests).toEqual([`POST ${new URL(page.url()).pathname}`]);
  });

  test('R2 a redirect: one request, and no loading state at the destination', async ({ page, visit }) => {
    await visit(page, '/tickets/new');
    const subject = unique('Redirected');
    await page.getByLabel('Subject').fill(subject);
    await page.getByLabel('What happened?').fill('It does not work.');
    await watchTexts(page, ['Loading the ticket…']);
    const requests = countRequests(page);
    await page.getByLabel('Subject').press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
    await expect(page).toHaveURL(/\/tickets\/\d+$/);
    await page.waitForTimeout(300);
    expect(requests).toEqual(['POST /tickets/new']);
    expect(await seen(page)).toEqual([]);
  });

  test('R3 signing in: the page that follows knows who it is, in the same response', async ({ page, visit, context }) => {
    await context.clearCookies();
    await visit(page, '/sign-in');
    await page.getByLabel('E-mail address').fill('demo@example.org');
    await page.getByLabel('Password').fill('correct horse battery');
    await watchTexts(page, ['Please sign in', 'Loading the tickets…']);
    const requests = countRequests(page);
    // By key: the pointer would rest on a link of the page that follows.
    await page.getByLabel('Password').press('Enter');
    await expect(page.getByRole('banner')).toContainText('Dana Demo');
    await expect(page.locator('ul.tickets > li').first()).toBeVisible();
    await page.waitForTimeout(300);
    expect(requests).toEqual(['POST /sign-in']);
    expect(await seen(page)).toEqual([]);
  });

  test('R3 signing out of a page that shows queries: what follows knows nobody, in the same response', async ({ page, visit, context }) => {
    // A session of its own: the journeys beside this one go on with theirs.
    await context.clearCookies();
    await visit(page, '/sign-in');
    await signIn(page, DEMO.email, DEMO.password);
    await expect(page.locator('ul.tickets > li').first()).toBeVisible();
    await page.mouse.move(0, 0);
    const requests = countRequests(page);
    await page.getByRole('button', { name: 'Sign out' }).press('Enter');
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await expect(page.getByRole('banner')).not.toContainText(DEMO.name);
    await page.waitForTimeout(300);
    expect(requests).toEqual(['POST /tickets']);
  });

  test('what was asked for before signing out is not shown after it', async ({ page, visit, context }) => {
    await context.clearCookies();
    await visit(page, '/sign-in');
    await signIn(page, DEMO.email, DEMO.password);
    const first = page.locator('ul.tickets > li').first();
    const subject = (await first.locator('.subject').textContent())!;
    await expect(page.getByRole('banner')).toContainText(DEMO.name);
    await page.getByRole('link', { name: 'Profile' }).click();
    await expect(page.getByRole('heading', { name: 'Your profile' })).toBeVisible();
    // A new ticket, so that the list is read anew when the pointer rests on its link.
    const second = await context.newPage();
    await TicketPage.open(second, visit, unique('Meanwhile'));
    await second.close();
    await page.clock.install();
    await page.clock.fastForward('01:00');
    let arrive = () => {};
    const arrival = new Promise<void>((resolve) => (arrive = resolve));
    const asked = page.waitForRequest('**/tickets');
    await page.route('**/tickets', async (route) => {
      // The server has answered; the answer is on its way.
      const response = await route.fetch();
      await arrival;
      await route.fulfill({ response });
    });
    await page.getByRole('link', { name: /^Tickets/ }).focus();
    await asked;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    arrive();
    await page.waitForTimeout(300);
    await page.unrouteAll();
    // What was kept, and what was on screen when the visitor signed out.
    await watchTexts(page, [subject, DEMO.name, 'Your profile']);
    for (const [steps, path] of [[-2, '/tickets'], [1, '/profile']] as const) {
      await page.evaluate((steps) => history.go(steps), steps);
      await expect(page).toHaveURL(path);
      await expect(page.getByText('Please sign in first.')).toBeVisible();
    }
    expect(await seen(page)).toEqual([]);
  });

  test('R5 one of the refreshed queries fails: the other is new, that one shows its error', async ({ page, visit }) => {
    // A live value that comes after it would take the error's place.
    await page.route('**/_formwork/live*', (route) => route.abort());
    const ticket = await TicketPage.open(page, visit, unique('Half'));
    await onPost(page, async (route) => {
      const response = await route.fetch();
      const lines = (await response.text()).trim().split('\n').map((line) => {
        const { query } = JSON.parse(line);
        const fails = query?.key.startsWith('tickets::count::ticket_counts');
        return fails ? JSON.stringify({ query: { key: query.key, error: { kind: 'internal', message: 'No count.' } } }) : line;
      });
      await route.fulfill({ response, body: `${lines.join('\n')}\n` });
    });
    await ticket.button('Close ticket', 'Closing…').click();
    await expect(ticket.status).toHaveText('Closed');
    await expect(page.getByRole('navigation').getByText(/open$/)).toHaveCount(0);
  });

  test('a difference that does not make what it should: the whole value is asked for, once', async ({ page, visit }) => {
    await page.route('**/_formwork/live*', (route) => route.abort());
    const ticket = await TicketPage.open(page, visit, unique('Unfit'));
    await ticket.say('The first');
    let unfit = '';
    await onPost(page, async (route) => {
      const response = await route.fetch();
      const lines = (await response.text()).trim().split('\n').map((line) => {
        const { query } = JSON.parse(line);
        if (!query?.delta) return line;
        unfit = query.key;
        return JSON.stringify({ query: { ...query, version: '0123456789abcdef' } });
      });
      await route.fulfill({ response, body: `${lines.join('\n')}\n` });
    });
    const requests = countRequests(page);
    await ticket.say('The second');
    await expect(ticket.comments.locator('.text')).toHaveText(['The first', 'The second']);
    await page.waitForTimeout(300);
    expect(unfit).toMatch(/^tickets::show::ticket\?/);
    expect(requests).toHaveLength(2);
    const [post, get] = requests.map((request) => request.split(' '));
    expect(post[0]).toBe('POST');
    expect(get[0]).toBe('GET');
    // By its key alone: a version would stand behind a semicolon.
    expect(new URL(get[1], page.url()).searchParams.getAll('k')).toEqual([unfit]);
  });

  test('R6 the outcome shows before a slow query has finished', async ({ page, visit, baseURL }) => {
    const proxy = await linewise(baseURL!);
    await visit(page, `${proxy.url}/tickets/1`);
    const ticket = new TicketPage(page);
    const text = unique('Slow');
    await ticket.comment.fill(text);
    await ticket.post.click();
    const answer = await proxy.answer;
    await answer.pass(1);
    await expect(page.getByText('Comment added.')).toBeVisible();
    await expect(ticket.comment).toHaveValue('');
    await expect(ticket.commentForm).toHaveAttribute('aria-busy', 'true');
    await answer.pass(Infinity);
    await expect(ticket.commentForm).not.toHaveAttribute('aria-busy');
    await expect(ticket.said(text)).toHaveAttribute('id', /^comment-\d+$/);
    proxy.close();
  });

  test('R8 back after a mutation: no loading state, and the data is fresh', async ({ page, visit }) => {
    // Nothing comes by itself.
    await page.route('**/_formwork/live*', (route) => route.abort());
    const subject = unique('Gone back');
    const ticket = await TicketPage.open(page, visit, subject);
    const row = page.locator('ul.tickets > li', { hasText: subject });
    await page.getByRole('link', { name: /^Tickets/ }).click();
    await expect(row).toContainText('Open');
    await row.getByRole('link').click();
    await ticket.button('Close ticket', 'Closing…').click();
    await expect(ticket.status).toHaveText('Closed');
    await watchTexts(page, ['Loading the tickets…']);
    await page.goBack();
    await expect(row).toContainText('Closed');
    expect(await seen(page)).toEqual([]);
  });

  test('back without a mutation asks for nothing', async ({ page, visit }) => {
    await visit(page, '/tickets');
    await page.locator('ul.tickets > li').first().getByRole('link').click();
    await expect(page.getByRole('heading', { name: /comment/ })).toBeVisible();
    await page.waitForTimeout(200);
    await watchTexts(page, ['Loading the tickets…']);
    // Nor does the pointer rest on a link.
    await page.mouse.move(0, 0);
    const requests = countRequests(page);
    await page.goBack();
    await expect(page.locator('ul.tickets > li').first()).toBeVisible();
    await page.waitForTimeout(300);
    expect(requests).toEqual([]);
    expect(await seen(page)).toEqual([]);
  });

  test('R9 the stream is cut before the outcome: asked again by itself, and there is one write', async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('Cut'));
    const ids: (string | null)[] = [];
    await onPost(page, async (route) => {
      ids.push(new URLSearchParams(route.request().postData() ?? '').get('_submission'));
      // It ran; its answer is lost, the first time.
      const response = await route.fetch();
      return ids.length === 1 ? route.abort('connectionreset') : route.fulfill({ response });
    });
    const text = unique('Once');
    await ticket.say(text);
    await expect(page.getByText('Comment added.')).toBeVisible();
    await expect(ticket.button('Retry')).toHaveCount(0);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
    await page.reload();
    await expect(ticket.said(text)).toHaveCount(1);
  });

  test('E11 an optimistic comment shows at once, and gives way without a flicker or a duplicate', async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('Optimistic'));
    await ticket.say('The first');
    const gate = await Gate.posts(page);
    await ticket.comment.fill('The second');
    await ticket.post.click();
    await gate.hasSeen(1);
    await expect(ticket.said('The second')).toContainText('sending…');
    await expect(page.getByRole('heading', { name: '2\u00a0comments' })).toBeVisible();
    const row = ticket.comments.nth(1);
    await mark(row);
    await page.evaluate(() => {
      const counts: number[] = [];
      Object.assign(window, { counts });
      const list = document.querySelector('.comments ol')!;
      new MutationObserver(() => counts.push(list.children.length)).observe(list, { childList: true });
    });
    await gate.release();
    await expect(ticket.commentForm).not.toHaveAttribute('aria-busy');
    await expect(row).toHaveAttribute('id', /^comment-\d+$/);
    await expect(row.locator('time')).toBeVisible();
    await expect(row.getByText('Edit', { exact: true })).toBeVisible();
    expect(await isMarked(row)).toBe(true);
    await expect(ticket.comments).toHaveCount(2);
    // Nothing came and nothing went.
    expect(await page.evaluate(() => (window as any).counts)).toEqual([]);
  });

  test('E11, E13 several quick comments: in order, each once, each in its own element', async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('Quick'));
    const texts = ['One', 'Two', 'Three'];
    const gate = await Gate.posts(page);
    for (const text of texts) {
      await ticket.comment.fill(text);
      await ticket.post.click();
      await expect(ticket.said(text)).toHaveCount(1);
      await mark(ticket.said(text));
    }
    for (let sent = 1; sent <= texts.length; sent += 1) {
      await gate.hasSeen(sent);
      await gate.release();
      await expect(ticket.comments.nth(sent - 1)).toHaveAttribute('id', /^comment-\d+$/);
      await expect(ticket.comments.locator('.text')).toHaveText(texts);
    }
    await expect(ticket.commentForm).not.toHaveAttribute('aria-busy');
    for (const text of texts) {
      expect(await isMarked(ticket.said(text))).toBe(true);
    }
    await page.reload();
    await expect(ticket.comments.locator('.text')).toHaveText(texts);
  });

  test("E12 optimistic A, then B, and A fails: A goes, B stays", async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('Fails'));
    const gate = await Gate.posts(page);
    for (const text of ['A', 'B']) {
      await ticket.comment.fill(text);
      await ticket.post.click();
      await expect(ticket.said(text)).toContainText('sending…');
    }
    await gate.hasSeen(1);
    await mark(ticket.said('B'));
    // What arrives at the server is blank, and refused there.
    await gate.release((body) => body.replace('body=A', 'body='));
    await expect(ticket.said('A')).toHaveCount(0);
    await expect(ticket.said('B')).toContainText('sending…');
    await gate.hasSeen(2);
    await gate.release();
    await expect(ticket.said('B')).toHaveAttribute('id', /^comment-\d+$/);
    expect(await isMarked(ticket.said('B'))).toBe(true);
    await expect(ticket.comments).toHaveCount(1);
  });

  test('an optimistic comment goes when nobody answers, and comes back with a retry', async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('Nobody'));
    await onPost(page, (route) => route.abort());
    await ticket.comment.fill('Hello?');
    await ticket.post.click();
    await expect(ticket.said('Hello?')).toHaveCount(1);
    await expect(ticket.button('Retry')).toBeVisible();
    await expect(ticket.comments).toHaveCount(0);
    await page.unrouteAll();
    await ticket.button('Retry').click();
    await expect(ticket.said('Hello?')).toHaveAttribute('id', /^comment-\d+$/);
    await expect(ticket.comments).toHaveCount(1);
  });

  test('R8 back within the application shows at once what a mutation changed, without a request', async ({ page, visit }) => {
    // Nothing comes by itself.
    await page.route('**/_formwork/live*', (route) => route.abort());
    // What nobody sees is told if it is known within a few milliseconds: on a busy machine it may not be, and is asked
    // for on the way back instead.
    await expect(async () => {
      const { seen, requests } = await closeAndGoBack(page, visit);
      expect(seen.filter((text) => text.includes('Open'))).toEqual([]);
      expect(requests).toEqual([]);
    }).toPass({ timeout: 25_000 });
  });

  test('back and forward, and going on by the application itself, ask once for all that a page reads', async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('Once'));
    const path = new URL(page.url()).pathname;
    await visit(page, '/tickets');
    await page.evaluate((path) => history.pushState({}, '', path), path);
    const requests = countRequests(page);
    // The router learns of it by the history alone: the page has never been here.
    await page.goBack();
    await page.goForward();
    await expect(ticket.status).toHaveText('Open');
    expect(requests.filter((url) => url.includes(path))).toHaveLength(1);
    expect(requests.filter((url) => url.includes('/_formwork/query'))).toEqual([]);
  });

  test('E14 navigating away during a submission is not blocked, and what it changed is fresh on return', async ({ page, visit }) => {
    // Nothing comes by itself.
    await page.route('**/_formwork/live*', (route) => route.abort());
    const subject = unique('Left');
    const ticket = await TicketPage.open(page, visit, subject);
    const gate = await Gate.posts(page);
    await ticket.button('Close ticket', 'Closing…').click();
    await gate.hasSeen(1);
    await page.getByRole('link', { name: /^Tickets/ }).click();
    const row = page.locator('ul.tickets > li', { hasText: subject });
    await expect(row).toContainText('Open');
    await gate.release();
    await expect(row).toContainText('Closed');
    await page.goBack();
    await expect(ticket.status).toHaveText('Closed');
  });

  test('an update in place keeps elements, focus, scroll and what is typed', async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('In place'));
    await ticket.say('Mine');
    const mine = ticket.edit((await ticket.said('Mine').getAttribute('id'))!);
    await mine.row.getByText('Edit', { exact: true }).click();
    await mine.body.fill('Half an edit');
    await mine.body.focus();
    await mark(mine.body);
    await page.evaluate(() => {
      document.body.style.minHeight = '300vh';
      window.scrollTo(0, 120);
    });
    // From elsewhere on the page, without moving the focus.
    await page.getByLabel('Priority').evaluate((select: HTMLSelectElement) => {
      select.value = 'high';
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await expect(ticket.priority).toHaveText('High');
    await expect(mine.body).toBeFocused();
    await expect(mine.body).toHaveValue('Half an edit');
    expect(await isMarked(mine.body)).toBe(true);
    expect(await page.evaluate(() => window.scrollY)).toBe(120);
  });

  test('a form that is made anew with what it changed still tells what it did', async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('Told'));
    await ticket.say('Before');
    const mine = ticket.edit((await ticket.said('Before').getAttribute('id'))!);
    await mine.unfoldWith('After');
    await expect(mine.text).toHaveText('After');
    await expect(mine.details).not.toHaveAttribute('open');
    await expect(mine.row.getByText('Comment saved.')).toBeVisible();
  });

  test('order = latest: of those that wait only the latest is sent', async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('Latest'));
    const gate = await Gate.posts(page);
    for (const priority of ['High', 'Urgent', 'Normal', 'Low']) {
      await page.getByLabel('Priority').selectOption(priority);
    }
    await gate.hasSeen(1);
    await gate.release();
    await gate.hasSeen(2);
    await gate.release();
    await expect(ticket.priority).toHaveText('Low');
    await expect(ticket.button('Set priority', 'Setting…')).toHaveText('Set priority');
    expect(gate.arrived.map((request) => sent(request, 'priority'))).toEqual(['high', 'low']);
  });

  test('a link is followed with one request for all of its data', async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('Followed'));
    await visit(page, '/tickets/new');
    const requests = countRequests(page);
    // Not by the pointer, which would have rested on it first.
    await page.getByRole('link', { name: /^Tickets/ }).evaluate((link: HTMLElement) => link.click());
    await expect(page.locator('ul.tickets > li').first()).toBeVisible();
    await page.waitForTimeout(300);
    expect(requests).toEqual(['GET /tickets']);
    void ticket;
  });

  test('a link is prefetched when the pointer rests on it, when it is focused or touched, and not where that is off', async ({ page, visit }) => {
    await visit(page, '/tickets/new');
    const link = page.getByRole('link', { name: /^Tickets/ });
    const requests = countRequests(page);
    await link.hover();
    await expect.poll(() => requests).toEqual(['GET /tickets']);
    await watchTexts(page, ['Loading the tickets…']);
    await page.waitForTimeout(300);
    await link.click();
    await expect(page.locator('ul.tickets > li').first()).toBeVisible();
    await page.waitForTimeout(300);
    expect(requests).toEqual(['GET /tickets']);
    expect(await seen(page)).toEqual([]);

    const [first, second, third] = [0, 1, 2].map((at) => page.locator('ul.tickets > li').nth(at).getByRole('link'));
    await first.focus();
    const path = await first.getAttribute('href');
    await expect.poll(() => requests).toEqual(['GET /tickets', `GET ${path}`]);
    await third.dispatchEvent('touchstart');
    const touched = await third.getAttribute('href');
    await expect.poll(() => requests).toEqual(['GET /tickets', `GET ${path}`, `GET ${touched}`]);

    await second.evaluate((link) => link.setAttribute('data-prefetch', 'off'));
    await second.hover();
    await second.focus();
    await second.dispatchEvent('touchstart');
    await page.waitForTimeout(400);
    expect(requests).toHaveLength(3);
  });

  test('a link to what is no page of the application is not asked for before it is followed', async ({ page, visit }) => {
    await visit(page, '/tickets/new');
    const requests = countRequests(page);
    for (const path of ['/sign-out', '/tickets/7/delete', '/pkg/helpdesk.css', '/tickets/', '/export.csv']) {
      await page.evaluate((path) => {
        const link = Object.assign(document.createElement('a'), { href: path, textContent: `To ${path}` });
        document.querySelector('main')!.prepend(link);
      }, path);
      const link = page.getByRole('link', { name: `To ${path}`, exact: true });
      await link.hover();
      await link.focus();
      await page.waitForTimeout(200);
    }
    expect(requests).toEqual([]);
    await page.getByRole('link', { name: /^Tickets/ }).focus();
    await expect.poll(() => requests).toEqual(['GET /tickets']);
  });

  test('Save-Data: nothing is asked for before a link is followed', async ({ page, visit }) => {
    await page.addInitScript(() => {
      Object.defineProperty(navigator, 'connection', { value: { saveData: true } });
    });
    await visit(page, '/tickets/new');
    const link = page.getByRole('link', { name: /^Tickets/ });
    const requests = countRequests(page);
    await link.hover();
    await link.focus();
    await page.waitForTimeout(400);
    expect(requests).toEqual([]);
    await link.click();
    await expect(page.locator('ul.tickets > li').first()).toBeVisible();
    expect(requests).toEqual(['GET /tickets']);
  });

  test('the view transition of a form that asks for one, and none for who wants less motion', async ({ page, visit }) => {
    await page.addInitScript(() => {
      const start = document.startViewTransition?.bind(document);
      (window as any).transitions = 0;
      document.startViewTransition = ((change: any) => {
        (window as any).transitions += 1;
        return start(change);
      }) as any;
    });
    const ticket = await TicketPage.open(page, visit, unique('Animated'));
    const transitions = () => page.evaluate(() => (window as any).transitions as number);
    const before = await transitions();
    await ticket.button('Close ticket', 'Closing…').click();
    await expect(ticket.status).toHaveText('Closed');
    await expect(ticket.button('Reopen ticket')).toBeVisible();
    expect(await transitions()).toBe(before + 1);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await ticket.button('Reopen ticket', 'Reopening…').click();
    await expect(ticket.status).toHaveText('Open');
    expect(await transitions()).toBe(before + 1);
  });
});

test.describe('both gears', () => {
  test('the list is read again when it is asked for', async ({ page, visit, context, gear }) => {
    // Nothing comes by itself.
    await page.route('**/_formwork/live*', (route) => route.abort());
    await visit(page, '/tickets');
    const second = await context.newPage();
    const subject = unique('Refreshed');
    await TicketPage.open(second, visit, subject);
    await second.close();
    const row = page.locator('ul.tickets > li', { hasText: subject });
    await expect(row).toHaveCount(0);
    const requests = countRequests(page);
    const gate = gear === 'enhanced' ? await Gate.files(page, '**/_formwork/query*') : undefined;
    await page.getByRole('button', { name: 'Refresh' }).click();
    if (gate) {
      await gate.hasSeen(1);
      await expect(page.getByRole('button', { name: 'Refreshing…' })).toBeVisible();
      await expect(page.locator('ul.tickets > li').first()).toBeVisible();
      await gate.release();
    }
    await expect(row).toHaveCount(1);
    await expect(page.getByRole('button', { name: 'Refresh', exact: true })).toBeVisible();
    expect(requests).toHaveLength(1);
  });

  test('R8 back after a mutation shows fresh data', async ({ page, visit }) => {
    // Nothing comes by itself.
    await page.route('**/_formwork/live*', (route) => route.abort());
    const subject = unique('Back');
    const ticket = await TicketPage.open(page, visit, subject);
    const path = new URL(page.url()).pathname;
    const row = page.locator('ul.tickets > li', { hasText: subject });
    await visit(page, '/tickets');
    await expect(row).toContainText('Open');
    await visit(page, path);
    await ticket.button('Close ticket', 'Closing…').click();
    await expect(ticket.status).toHaveText('Closed');
    // Over the entry that a post without JavaScript may have added.
    await expect(async () => {
      await page.goBack();
      await expect(row).toContainText('Closed', { timeout: 2_000 });
    }).toPass();
  });
});
