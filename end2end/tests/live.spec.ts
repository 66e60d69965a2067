// What others change shows by itself; without JavaScript it is there with the next page.
import type { Page } from '@playwright/test';
import { memberTest as test, expect, hydrated, unique } from './fixtures';
import { following } from './network';
import { TicketPage } from './ticket.page';

/** The connections that follow, as they are opened. */
function liveRequests(page: Page) {
  const opened: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/_formwork/live') {
      opened.push(request.url());
    }
  });
  return opened;
}

const isOther = (url: string) => !/\/_formwork\/live|\/pkg\/|\/favicon/.test(new URL(url).pathname);

test.describe('enhanced', () => {
  test.skip(({ gear }) => gear === 'native', 'about the enhanced gear');

  test("a second window follows: the ticket, its comments and the header's count", async ({ page, visit, context }) => {
    const ticket = await TicketPage.open(page, visit, unique('Followed'));
    const second = await context.newPage();
    const opened = liveRequests(second);
    await second.goto(page.url());
    await hydrated(second);
    const followed = new TicketPage(second);
    await expect.poll(() => opened.length).toBe(1);
    const requests: string[] = [];
    second.on('request', (request) => isOther(request.url()) && requests.push(request.url()));
    await followed.comment.fill('Half a sentence');

    await ticket.say('Live');
    await expect(followed.said('Live')).toHaveCount(1);
    await ticket.button('Close ticket', 'Closing…').click();
    await expect(followed.status).toHaveText('Closed');
    await expect(async () => {
      expect(await followed.openTickets()).toBe(await ticket.openTickets());
    }).toPass();
    await ticket.say('And on');
    await expect(followed.said('And on')).toHaveCount(1);
    // One connection for all that is on the page, no other request, and what is typed is untouched.
    expect(opened).toHaveLength(1);
    expect(requests).toEqual([]);
    await expect(followed.comment).toHaveValue('Half a sentence');
    await second.close();
  });

  test('the window that changes something is told it once', async ({ page, visit }) => {
    const ticket = await TicketPage.open(page, visit, unique('Own'));
    await visit(page, page.url());
    for (const text of ['One', 'Two', 'Three']) {
      await ticket.say(text);
    }
    await page.waitForTimeout(500);
    await expect(ticket.comments.locator('.text')).toHaveText(['One', 'Two', 'Three']);
  });

  test('a hidden page follows nothing, and is brought up to date when it is shown', async ({ page, visit, context }) => {
    const ticket = await TicketPage.open(page, visit, unique('Hidden'));
    const second = await context.newPage();
    await second.goto(page.url());
    await hydrated(second);
    const opened = liveRequests(page);
    const show = (hidden: boolean) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await show(true);
    await page.waitForTimeout(200);
    await new TicketPage(second).say('Meanwhile');
    await page.waitForTimeout(500);
    await expect(ticket.comments).toHaveCount(0);
    await show(false);
    await expect(ticket.said('Meanwhile')).toHaveCount(1);
    expect(opened).toHaveLength(1);
    await second.close();
  });

  test('a connection that was lost is opened again with what is held by then: nothing comes twice', async ({ page, visit, context, baseURL }) => {
    const second = await context.newPage();
    const subject = unique('Lost');
    const ticket = await TicketPage.open(second, visit, subject);
    const proxy = await following(baseURL!);
    await visit(page, proxy.url + new URL(second.url()).pathname);
    const followed = new TicketPage(page);
    await expect.poll(() => proxy.opened.length).toBe(1);
    await ticket.button('Close ticket', 'Closing…').click();
    await expect(followed.status).toHaveText('Closed');
    proxy.lose();
    await expect.poll(() => proxy.opened.length).toBe(2);
    const version = (url: string) => /tickets%3A%3Ashow[^&]*;(\w+)/.exec(url)![1];
    expect(version(proxy.opened[1].url)).not.toBe(version(proxy.opened[0].url));
    await ticket.button('Reopen ticket', 'Reopening…').click();
    await expect(followed.status).toHaveText('Open');
    // The difference, and not the ticket.
    expect(proxy.opened[1].events).toContain('tickets::show');
    expect(proxy.opened[1].events).not.toContain(subject);
    proxy.close();
  });

  test('what was refused is asked for again, unless something else is followed by then', async ({ page, visit }) => {
    await page.clock.install();
    const opened = liveRequests(page);
    await page.route('**/_formwork/live*', (route) => route.fulfill({ status: 429 }));
    await visit(page, '/tickets');
    await expect.poll(() => opened.length).toBe(1);
    await page.clock.fastForward(20_000);
    await expect.poll(() => opened.length).toBe(2);
    await page.unrouteAll();
    await page.locator('ul.tickets > li').first().getByRole('link').click();
    await expect.poll(() => opened.length).toBe(3);
    await page.clock.fastForward(20_000);
    await page.waitForTimeout(500);
    expect(opened).toHaveLength(3);
  });

  test('nothing is followed where nothing live is shown, and other things elsewhere', async ({ page, visit }) => {
    const opened = liveRequests(page);
    await visit(page, '/tickets');
    await expect.poll(() => opened.length).toBe(1);
    expect(opened[0]).toContain('tickets%3A%3Alist');
    await page.locator('ul.tickets > li').first().getByRole('link').click();
    await expect.poll(() => opened.length).toBe(2);
    expect(opened[1]).toContain('tickets%3A%3Ashow');
    expect(opened[1]).not.toContain('tickets%3A%3Alist');
  });
});

test('what another member changed is there with the next page', async ({ page, visit, browser, signedIn }, info) => {
  const ticket = await TicketPage.open(page, visit, unique('Next page'));
  const { baseURL } = info.project.use;
  const other = await browser.newContext({ baseURL, storageState: signedIn, javaScriptEnabled: false });
  const second = await other.newPage();
  await second.goto(page.url());
  await new TicketPage(second).say('From elsewhere');
  await visit(page, page.url());
  await expect(ticket.said('From elsewhere')).toHaveCount(1);
  await other.close();
});
