// The same submission is one write, however often and from wherever it is sent.
import type { Page } from '@playwright/test';
import { DEMO, expect, hydrated, memberTest as test, signIn, unique } from './fixtures';
import { countDocuments, Gate, nextAnswer, onPost, sent } from './network';
import { TicketPage } from './ticket.page';

const UNSURE = 'Something that you sent from this page had no answer, so it may be done';
const REFUSED = 'Something that you sent from this page was not done';
const ELSEWHERE = 'Something that you sent from a page before this one was not done, or had no answer';

/** Reads the page anew, and counts the comments that say this. */
async function hasOnce(page: Page, visit: (page: Page, path: string) => Promise<unknown>, text: string) {
  await visit(page, page.url());
  await expect(new TicketPage(page).said(text)).toHaveCount(1);
}

test('O1 a double click is one write', async ({ page, visit }) => {
  const ticket = await TicketPage.open(page, visit, unique('Double'));
  const text = unique('Clicked twice');
  await ticket.comment.fill(text);
  await ticket.post.dblclick();
  await expect(ticket.said(text)).toHaveCount(1);
  await hasOnce(page, visit, text);
});

test('O1 two tabs of the same page that send the same: one write, and both show it', async ({ page, visit, context }) => {
  await TicketPage.open(page, visit, unique('Tabs'));
  const answer = (await visit(page, page.url())) as Awaited<ReturnType<Page['goto']>>;
  const body = await answer!.text();
  // A tab that is duplicated has the very document.
  const other = await context.newPage();
  await other.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }), { times: 1 });
  await visit(other, page.url());
  await other.unrouteAll();
  const tabs = [page, other].map((tab) => ({ tab, ticket: new TicketPage(tab) }));
  const text = unique('In two tabs');
  const ids: (string | null)[] = [];
  for (const { tab, ticket } of tabs) {
    tab.on('request', (request) => request.method() === 'POST' && ids.push(sent(request, '_submission')));
    await ticket.comment.fill(text);
  }
  await Promise.all(tabs.map(({ ticket }) => ticket.post.click()));
  for (const { ticket } of tabs) {
    await expect(ticket.said(text)).toHaveCount(1);
    await expect(ticket.comment).toHaveValue('');
  }
  expect(ids, 'it is the same submission').toEqual([ids[0], ids[0]]);
  await hasOnce(page, visit, text);
});

test('O1 a refresh after a success is no write, and asks nothing', async ({ page, visit }) => {
  const ticket = await TicketPage.open(page, visit, unique('Refreshed'));
  const text = unique('Once and for all');
  await ticket.say(text);
  page.on('dialog', () => expect(null, 'a dialog').toBe('none'));
  await page.reload();
  await page.reload();
  await expect(ticket.said(text)).toHaveCount(1);
});

test.describe('enhanced', () => {
  test.skip(({ gear }) => gear === 'native', 'about the client');

  test('O3, D3 what is under way when the page is reloaded is filled in again, and is the same submission', async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('Reloaded'));
    const text = unique('Under way');
    const ids: (string | null)[] = [];
    // It is done, and the page does not wait for the answer.
    await onPost(page, async (route) => {
      ids.push(sent(route.request(), '_submission'));
      await route.fetch().catch(() => {});
    });
    await ticket.comment.fill(text);
    await ticket.post.click();
    await expect.poll(() => ids.length).toBe(1);
    await page.reload();
    await hydrated(page);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await expect(page.getByText(UNSURE)).toBeVisible();
    await expect(ticket.comment).toHaveValue(text);
    await expect(ticket.said(text), 'it is done').toHaveCount(1);
    const again = nextAnswer(page);
    await ticket.post.click();
    expect(sent((await again).request(), '_submission')).toBe(ids[0]);
    await expect(ticket.comment).toHaveValue('');
    await hasOnce(page, visit, text);
    await expect(ticket.comment, 'nothing is kept any more').toHaveValue('');
  });

  test('O3, D3 what waits when the page is left for another is there when it is come back to', async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('Left'));
    const address = page.url();
    const texts = [unique('First'), unique('Second')];
    const gate = await Gate.posts(page);
    for (const text of texts) {
      await ticket.comment.fill(text);
      await ticket.post.click();
    }
    await gate.hasSeen(1);
    await page.goto('/profile');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await visit(page, address);
    await expect(page.getByText('before everything that you sent could go out')).toBeVisible();
    // A form has place for one; the other is there to copy.
    await expect(ticket.comment).toHaveValue(texts[1]);
    await expect(page.locator('textarea[readonly]')).toHaveValue(texts[0]);
    await visit(page, '/profile');
    await visit(page, address);
    await expect(ticket.comment, 'it is filled in once').toHaveValue('');
  });

  test('O3, D3 what has no answer after its page was left by a link is said, and filled in again by the next one', async ({ page, visit }) => {
    test.slow();
    const subject = unique('Left by a link');
    const ticket = await TicketPage.open(page, visit, subject);
    const text = unique('Nobody answers');
    const ids: (string | null)[] = [];
    // It is done, and no answer ever comes.
    await onPost(page, async (route) => {
      ids.push(sent(route.request(), '_submission'));
      await route.fetch().catch(() => {});
      await route.abort();
    });
    const documents = countDocuments(page);
    await ticket.comment.fill(text);
    await ticket.post.click();
    await page.getByRole('navigation').getByRole('link', { name: 'Profile' }).click();
    await expect(page.getByText(ELSEWHERE)).toBeVisible({ timeout: 15_000 });
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await ticket.follow(subject);
    await expect(page.getByText(UNSURE)).toBeVisible();
    await expect(page.getByText(ELSEWHERE)).toHaveCount(0);
    await expect(ticket.comment).toHaveValue(text);
    const again = nextAnswer(page);
    await ticket.post.click();
    expect(sent((await again).request(), '_submission')).toBe(ids[0]);
    await expect(ticket.comment).toHaveValue('');
    expect(documents, 'a router did all that').toEqual([]);
    await hasOnce(page, visit, text);
  });

  test('D3 what is refused after its page was left by a link is said, and filled in again by the next one', async ({ page, visit }) => {
    const subject = unique('Refused behind');
    const ticket = await TicketPage.open(page, visit, subject);
    const text = unique('Refused');
    const gate = await Gate.posts(page);
    await ticket.comment.fill(text);
    await ticket.post.click();
    await gate.hasSeen(1);
    await page.getByRole('navigation').getByRole('link', { name: 'Profile' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/profile/i);
    // What arrives is no comment at all.
    await gate.release((body) => body.replace(/(^|&)body=[^&]*/, '$1body='));
    await expect(page.getByText(ELSEWHERE)).toBeVisible();
    await page.unrouteAll();
    await ticket.follow(subject);
    await expect(page.getByText(REFUSED)).toBeVisible();
    await expect(ticket.comment).toHaveValue(text);
    await expect(ticket.said(text)).toHaveCount(0);
    await ticket.post.click();
    await expect(ticket.comment).toHaveValue('');
    await hasOnce(page, visit, text);
    await expect(ticket.comment, 'nothing is kept any more').toHaveValue('');
  });

  test('D3 what is refused late is there to copy where something else is being typed by then', async ({ page, visit }) => {
    const subject = unique('Late');
    const ticket = await TicketPage.open(page, visit, subject);
    const text = unique('Refused');
    const gate = await Gate.posts(page);
    await ticket.comment.fill(text);
    await ticket.post.click();
    await gate.hasSeen(1);
    await page.getByRole('navigation').getByRole('link', { name: 'Profile' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/profile/i);
    // Its expectation has gone with the page that it was sent from.
    await ticket.follow(subject);
    await expect(ticket.said(text)).toHaveCount(0);
    await ticket.comment.fill('Half another');
    await gate.release((body) => body.replace(/(^|&)body=[^&]*/, '$1body='));
    await expect(page.getByText(REFUSED)).toBeVisible();
    await expect(page.locator('textarea[readonly]')).toHaveValue(text);
    await expect(ticket.comment).toHaveValue('Half another');
  });

  test('O3, D3 what had no answer for one ticket is not forgotten by a comment on another', async ({ page, visit }) => {
    test.slow();
    const subject = unique('One');
    const ticket = await TicketPage.open(page, visit, unique('Another'));
    const other = page.url();
    await TicketPage.open(page, visit, subject);
    const address = page.url();
    const [text, second] = [unique('Unanswered'), unique('On another')];
    const ids: (string | null)[] = [];
    await onPost(page, async (route) => {
      ids.push(sent(route.request(), '_submission'));
      await route.abort();
    });
    await ticket.comment.fill(text);
    await ticket.post.click();
    await expect(ticket.commentForm.getByRole('button', { name: 'Retry' })).toBeVisible({ timeout: 15_000 });
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    // From one ticket to another: the form may be the same to a router.
    await page.evaluate((href) => {
      const link = Object.assign(document.createElement('a'), { href, textContent: 'There' });
      document.querySelector('main')!.append(link);
    }, other);
    await page.getByRole('link', { name: 'There' }).click();
    await expect(page).toHaveURL(other);
    await expect(page.getByText(ELSEWHERE)).toBeVisible();
    await ticket.comment.fill(second);
    const answer = nextAnswer(page);
    await ticket.post.click();
    expect(sent((await answer).request(), '_submission'), 'it is another submission').not.toBe(ids[0]);
    await expect(ticket.said(second)).toHaveCount(1);
    await page.goBack();
    await expect(page).toHaveURL(address);
    await expect(page.getByText(UNSURE)).toBeVisible();
    await expect(ticket.comment).toHaveValue(text);
    const again = nextAnswer(page);
    await ticket.post.click();
    expect(sent((await again).request(), '_submission')).toBe(ids[0]);
    await hasOnce(page, visit, text);
  });

  test('O3, D3 what the page itself answers is not replaced by what was under way before it', async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('Answered'));
    const [first, second] = [unique('Under way'), unique('Answered')];
    await onPost(page, async () => {});
    await ticket.comment.fill(first);
    await ticket.post.click();
    await expect(ticket.said(first), 'it is expected').toHaveCount(1);
    // The next document comes without its client, and is of another build.
    await page.route(/\.wasm/, (route) => route.abort());
    await page.goto(page.url());
    await ticket.comment.fill(second);
    await page.locator('input[name=_shape]').evaluateAll((all) => all.forEach((one) => one.setAttribute('value', '0123456789abcdef')));
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await ticket.post.click();
    await expect(page.getByRole('main').getByRole('alert')).toContainText('This form has changed since you opened the page');
    await hydrated(page);
    await expect(page.locator('textarea[readonly]'), 'it is there to copy').toHaveValue(first);
    await expect(ticket.comment).toHaveValue(second);
    await ticket.post.click();
    await hasOnce(page, visit, second);
    await expect(ticket.said(first)).toHaveCount(0);
  });

  test('O3, T12 its answer is lost, and the session has ended when it is sent again: signed in, it is the same submission', async ({ page, visit, context }) => {
    const ticket = await TicketPage.open(page, visit, unique('Signed out'));
    const address = page.url();
    const text = unique('Before the session ended');
    const ids: (string | null)[] = [];
    await onPost(page, async (route) => {
      ids.push(sent(route.request(), '_submission'));
      if (ids.length > 1) {
        return route.fallback();
      }
      await route.fetch();
      await context.clearCookies();
      await route.abort();
    });
    await ticket.comment.fill(text);
    await ticket.post.click();
    await signIn(page, DEMO.email, DEMO.password);
    await expect(page).toHaveURL(address);
    await hydrated(page);
    await expect(ticket.comment).toHaveValue(text);
    const again = nextAnswer(page);
    await ticket.post.click();
    expect(sent((await again).request(), '_submission')).toBe(ids[0]);
    await expect(ticket.comment).toHaveValue('');
    await hasOnce(page, visit, text);
  });
});
