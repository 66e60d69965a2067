// A deploy under open pages: each journey begins on one build of the help desk and goes on with another.
import fs from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, hydrated, memberTest as base, unique } from './fixtures';
import { deployment, type Deployment } from './deployment';
import { countDocuments, Gate, nextAnswer, onPost, sent } from './network';
import { TicketPage } from './ticket.page';

const test = base.extend<{ desk: Deployment }>({
  desk: async ({ baseURL }, use, info) => {
    const next = process.env.NEXT_HELPDESK_URL;
    info.skip(!next, 'NEXT_HELPDESK_URL is not set: `cargo xtask test --only browser` starts both builds');
    const desk = await deployment({ this: baseURL!, next: next! });
    await use(desk);
    desk.close();
  },
});

const CHANGED = 'This form has changed since you opened the page';

/** What is shown to copy: labels with their texts. */
const copies = (page: Page) => page.locator('textarea[readonly]');

/** Opens a ticket of the journey's own through the proxy, on the build that is deployed. */
async function openTicket(page: Page, visit: (page: Page, path: string) => Promise<unknown>, desk: Deployment) {
  return TicketPage.open(page, (page, path) => visit(page, desk.url + path), unique('Deploy'));
}

test('D1 an action that is the same in both builds runs, and what came of it is shown', async ({ page, visit, desk }) => {
  const ticket = await openTicket(page, visit, desk);
  desk.deploy('next');
  await ticket.button('Close ticket', 'Closing…').first().click();
  await expect(ticket.status).toHaveText('Closed');
});

test('D2 a form with another type and another name comes back filled in, and can be sent', async ({ page, visit, desk }) => {
  const subject = unique('Retyped');
  await visit(page, `${desk.url}/tickets/new`);
  await page.getByLabel('Subject').fill(subject);
  await page.getByLabel('What happened?').fill('First line\nSecond line');
  await page.getByLabel('Priority').selectOption('Urgent');
  await page.getByLabel(/People affected/).fill('12');
  desk.deploy('next');
  const answer = page.waitForResponse((response) => response.request().isNavigationRequest() && response.request().method() === 'POST');
  await page.getByRole('button', { name: 'Open ticket' }).click();
  expect((await answer).status()).toBe(409);
  await expect(page).toHaveURL(`${desk.url}/tickets/new`);
  await expect(page.getByRole('main').getByRole('alert')).toContainText(CHANGED);
  await expect(page.getByLabel('Subject')).toHaveValue(subject);
  await expect(page.getByLabel('What happened?')).toHaveValue('First line\nSecond line');
  await expect(page.getByLabel('Priority')).toHaveValue('urgent');
  // A number of people is a choice now: what it was is there to copy.
  await expect(copies(page)).toHaveValue('12');
  await page.getByLabel(/People affected/).selectOption('My team');
  await page.getByRole('button', { name: 'Open ticket' }).click();
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
});

test('D2 a renamed action comes back with what was chosen, and can be sent', async ({ page, visit, desk, gear }) => {
  const ticket = await openTicket(page, visit, desk);
  desk.deploy('next');
  const priority = page.locator('.ticket-priority select');
  await priority.selectOption('High');
  if (gear === 'native') {
    await page.getByRole('button', { name: 'Set priority' }).click();
  }
  await expect(page.getByRole('main').getByRole('alert')).toContainText(CHANGED);
  await expect(priority).toHaveValue('high');
  await expect(ticket.priority).toHaveText('Normal');
  if (gear === 'enhanced') {
    await hydrated(page);
  }
  await page.getByRole('button', { name: 'Set priority' }).click();
  await expect(ticket.priority).toHaveText('High');
});

test('D5 a rollback is a deploy: what the older build has no field for is there to copy', async ({ page, visit, desk }) => {
  const subject = unique('Rolled back');
  desk.deploy('next');
  await visit(page, `${desk.url}/tickets/new`);
  await page.getByLabel('Subject').fill(subject);
  await page.getByLabel('What happened?').fill('The whole story');
  desk.deploy('this');
  await page.getByRole('button', { name: 'Open ticket' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText(CHANGED);
  await expect(page.getByLabel('Subject')).toHaveValue(subject);
  await expect(page.getByLabel('What happened?')).toHaveValue('');
  await expect(copies(page)).toHaveValue('The whole story');
});

test('D7 an action that is gone for good: told so, and the text is there to copy', async ({ page, visit, desk }) => {
  const ticket = await openTicket(page, visit, desk);
  const text = unique('Before');
  await ticket.say(text);
  const id = (await ticket.said(text).getAttribute('id'))!;
  desk.deploy('next');
  await ticket.edit(id).unfoldWith('A better text\nof two lines');
  await expect(page.getByRole('alert')).toContainText('no longer part of it');
  await expect(copies(page)).toHaveValue('A better text\nof two lines');
  await expect(ticket.said(text)).toHaveCount(1);
  await expect(ticket.comment).toBeVisible();
  await page.getByRole('navigation').getByRole('link', { name: /^Tickets/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Tickets' })).toBeVisible();
  await expect(copies(page)).toHaveCount(0);
});

test.describe('enhanced', () => {
  test.skip(({ gear }) => gear === 'native', 'about the client');

  test('O3, D2: its answer is lost, and its action has changed when it is sent again: it was done once', async ({ page, visit, desk }) => {
    const ticket = await openTicket(page, visit, desk);
    const text = unique('Once');
    await ticket.comment.fill(text);
    desk.dropPost('next');
    const before = desk.posts();
    await ticket.post.click();
    await expect.poll(() => desk.dropped()).toBe(1);
    await expect(ticket.said(text)).toHaveCount(1);
    await expect(ticket.comment).toHaveValue('');
    await visit(page, page.url());
    await expect(ticket.said(text)).toHaveCount(1);
    expect(desk.posts() - before, 'it was sent again').toBeGreaterThan(1);
  });

  test('O3, D7: its answer is lost, and its action is gone when it is sent again: it is told that it was done', async ({ page, visit, desk }) => {
    const ticket = await openTicket(page, visit, desk);
    const [before, after] = [unique('Before'), unique('After')];
    await ticket.say(before);
    const id = (await ticket.said(before).getAttribute('id'))!;
    desk.dropPost('next');
    await ticket.edit(id).unfoldWith(after);
    await expect.poll(() => desk.dropped()).toBe(1);
    await expect(page.getByRole('alert')).toContainText('was done before this page changed');
    await expect(copies(page)).toHaveValue(after);
    await expect(ticket.said(after)).toHaveCount(1);
  });

  test('D3 what is typed in other forms survives the document of a stale submission', async ({ page, visit, desk }) => {
    const ticket = await openTicket(page, visit, desk);
    const said = unique('Said');
    await ticket.say(said);
    const edit = ticket.edit((await ticket.said(said).getAttribute('id'))!);
    await edit.row.getByText('Edit', { exact: true }).click();
    await edit.body.fill('Half an edit');
    await ticket.comment.fill('Half a comment');
    desk.deploy('next');
    await page.locator('.ticket-priority select').selectOption('Low');
    await expect(page.getByRole('main').getByRole('alert')).toContainText(CHANGED);
    await hydrated(page);
    await expect(ticket.comment).toHaveValue('Half a comment');
    // Comments can't be edited any more.
    await expect(copies(page)).toHaveValue('Half an edit');
    await ticket.post.click();
    await expect(ticket.said('Half a comment')).toHaveCount(1);
    await expect(ticket.comment).toHaveValue('');
  });

  test('O3, D3 what waits behind a stale submission is not sent from the page that is left', async ({ page, visit, desk }) => {
    const ticket = await openTicket(page, visit, desk);
    const text = unique('Behind');
    const gate = await Gate.posts(page);
    await page.locator('.ticket-priority select').selectOption('Low');
    await gate.hasSeen(1);
    await ticket.comment.fill(text);
    await ticket.post.click();
    desk.deploy('next');
    await gate.release();
    // The page of the other build is asked for, and takes its time.
    await gate.hasSeen(2);
    expect(gate.arrived[1].isNavigationRequest()).toBe(true);
    await page.waitForTimeout(1000);
    await gate.hasSeen(2);
    await gate.release();
    await expect(page.getByRole('main').getByRole('alert')).toContainText(CHANGED);
    await hydrated(page);
    await expect(page.getByText('before everything that you sent could go out')).toBeVisible();
    await expect(ticket.comment).toHaveValue(text);
    await expect(copies(page)).toHaveCount(0);
    await page.unrouteAll();
    await ticket.post.click();
    await expect(ticket.said(text)).toHaveAttribute('id', /^comment-\d+$/);
    await visit(page, page.url());
    await expect(ticket.said(text)).toHaveCount(1);
  });

  test('O3, D3 what had no answer when the page is left is asked about, and not written twice', async ({ page, visit, desk }) => {
    const ticket = await openTicket(page, visit, desk);
    const text = unique('Unanswered');
    // It is done, and no answer ever comes.
    await onPost(page, async (route) => {
      await route.fetch().catch(() => {});
      await route.abort();
    });
    await ticket.comment.fill(text);
    await ticket.post.click();
    await expect(ticket.commentForm.getByRole('button', { name: 'Retry' })).toBeVisible({ timeout: 15_000 });
    await page.unrouteAll();
    desk.deploy('next');
    // Its form has changed, too: sent by the new one it would be another submission.
    await page.locator('.ticket-priority select').selectOption('Low');
    await expect(page.getByRole('main').getByRole('alert')).toContainText(CHANGED);
    await hydrated(page);
    await expect(ticket.said(text)).toHaveCount(1);
    await expect(ticket.comment).toHaveValue('');
  });

  test('O3, D3 a draft is the same submission when it is sent again', async ({ page, visit, desk }) => {
    const ticket = await openTicket(page, visit, desk);
    const text = unique('Draft');
    const bodies: string[] = [];
    // It is done, and neither it nor any other attempt has an answer.
    await onPost(page, async (route) => {
      bodies.push(route.request().postData() ?? '');
      await route.fetch().catch(() => {});
      await route.abort();
    });
    await ticket.comment.fill(text);
    await ticket.post.click();
    await expect(ticket.commentForm.getByRole('button', { name: 'Retry' })).toBeVisible({ timeout: 15_000 });
    desk.claimBuild('0000000000000000');
    // What the link asks for beforehand tells of the build.
    await page.getByRole('navigation').getByRole('link', { name: 'Profile' }).hover();
    const loaded = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Load it' }).click();
    await loaded;
    await hydrated(page);
    await page.unrouteAll();
    await expect(ticket.comment).toHaveValue(text);
    const again = nextAnswer(page);
    await ticket.post.click();
    expect(sent((await again).request(), '_submission')).toBe(new URLSearchParams(bodies[0]).get('_submission'));
    await expect(ticket.comment).toHaveValue('');
    await visit(page, page.url());
    await expect(ticket.said(text)).toHaveCount(1);
  });

  test('O3, D3 what is under way for another page is filled in there, and not in the form of this one', async ({ page, visit, desk }) => {
    test.slow();
    const [one, another] = [unique('One'), unique('Another')];
    await TicketPage.open(page, (page, path) => visit(page, desk.url + path), another);
    const ticket = await TicketPage.open(page, (page, path) => visit(page, desk.url + path), one);
    const text = unique('Under way');
    const gate = await Gate.posts(page);
    await ticket.comment.fill(text);
    await ticket.post.click();
    await gate.hasSeen(1);
    await ticket.follow(another);
    desk.claimBuild('0000000000000000');
    await page.getByRole('navigation').getByRole('link', { name: 'Profile' }).hover();
    const loaded = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Load it' }).click();
    await loaded;
    await hydrated(page);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await expect(page.getByRole('heading', { level: 1, name: another })).toBeVisible();
    await expect(ticket.comment).toBeVisible();
    await page.waitForTimeout(500);
    await expect(ticket.comment, 'it is no comment on this ticket').toHaveValue('');
    await expect(page.getByText('so it may be done')).toHaveCount(0);
    await ticket.follow(one);
    await expect(page.getByText('so it may be done')).toBeVisible();
    await expect(ticket.comment).toHaveValue(text);
    const again = nextAnswer(page);
    await ticket.post.click();
    expect(sent((await again).request(), '_submission')).toBe(sent(gate.arrived[0], '_submission'));
    await expect(ticket.said(text)).toHaveAttribute('id', /^comment-\d+$/);
  });

  test('D6 a page that answered a form is asked for, and its form not sent, when the new build is loaded', async ({ page, visit, desk }) => {
    const ticket = await openTicket(page, visit, desk);
    const text = unique('Mended');
    await ticket.comment.fill(text);
    await ticket.commentForm.locator('input[name=_shape]').evaluate((shape) => shape.setAttribute('value', '0123456789abcdef'));
    await ticket.post.click();
    await expect(page.getByRole('main').getByRole('alert')).toContainText(CHANGED);
    await hydrated(page);
    await ticket.post.click();
    await expect(ticket.said(text)).toHaveAttribute('id', /^comment-\d+$/);
    await ticket.comment.fill('Half a comment');
    desk.claimBuild('0000000000000000');
    await page.getByRole('navigation').getByRole('link', { name: 'Profile' }).hover();
    const [documents, posts] = [countDocuments(page), desk.posts()];
    const loaded = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Load it' }).click();
    await loaded;
    await hydrated(page);
    expect(documents).toEqual([`GET ${page.url()}`]);
    expect(desk.posts()).toBe(posts);
    await expect(ticket.said(text)).toHaveCount(1);
    await expect(ticket.comment).toHaveValue('Half a comment');
    await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
  });

  test('D3 what is not kept is said: files', async ({ page, visit, desk }) => {
    const ticket = await openTicket(page, visit, desk);
    await ticket.comment.fill('With a file');
    await ticket.commentForm.locator('input[type=file]').setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('Hello') });
    desk.deploy('next');
    await page.locator('.ticket-priority select').selectOption('Low');
    await expect(page.getByRole('main').getByRole('alert')).toContainText(CHANGED);
    await hydrated(page);
    await expect(ticket.comment).toHaveValue('With a file');
    await expect(page.getByRole('status').filter({ hasText: 'Passwords and files that you had entered were not kept' })).toBeVisible();
  });

  test('D6 an answer loads nothing while something else is being typed', async ({ page, visit, desk }) => {
    const ticket = await openTicket(page, visit, desk);
    const [said, text] = [unique('Said'), unique('Told')];
    await ticket.say(said);
    const edit = ticket.edit((await ticket.said(said).getAttribute('id'))!);
    await edit.row.getByText('Edit', { exact: true }).click();
    await edit.body.fill('Half an edit');
    await ticket.comment.fill(text);
    const documents = countDocuments(page);
    // The answer is of the other build, whose values this page can't read.
    desk.dropPost('next');
    await ticket.post.click();
    await expect.poll(() => desk.dropped()).toBe(1);
    await expect(ticket.comment).toHaveValue('');
    await expect(page.getByText('There is a new version')).toBeVisible();
    await page.waitForTimeout(1000);
    expect(documents).toEqual([]);
    await expect(edit.body).toHaveValue('Half an edit');
    await page.getByRole('button', { name: 'Load it' }).click();
    await expect(ticket.said(text)).toHaveCount(1);
    await expect(copies(page)).toHaveValue('Half an edit');
  });

  test('D6 an answer to files tells of a newer build, too', async ({ page, visit, desk }) => {
    const ticket = await openTicket(page, visit, desk);
    const text = unique('Attached');
    desk.claimBuild('0000000000000000');
    await ticket.comment.fill(text);
    await ticket.commentForm.locator('input[type=file]').setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('Hello') });
    const answer = nextAnswer(page);
    await ticket.post.click();
    expect((await answer).request().resourceType()).toBe('xhr');
    await expect(ticket.said(text)).toHaveCount(1);
    await expect(page.getByText('There is a new version')).toBeVisible();
  });

  test('D4 the client and the server agree on every id and shape', async ({ page, visit, desk }) => {
    const hidden = () =>
      page.locator('main form').evaluateAll((forms) =>
        forms.map((form) => ['_action', '_shape'].map((name) => form.querySelector<HTMLInputElement>(`[name=${name}]`)!.value)),
      );
    for (const build of ['this', 'next'] as const) {
      desk.deploy(build);
      const ticket = await openTicket(page, visit, desk);
      await ticket.say(unique('Said'));
      const byClient = await hidden();
      await visit(page, page.url());
      expect(byClient.length).toBeGreaterThan(2);
      expect(await hidden()).toEqual(byClient);
    }
  });

  test('D6 a deploy is noticed by the next answer; the next navigation is one document', async ({ page, visit, desk }) => {
    await visit(page, `${desk.url}/tickets`);
    const banner = page.getByRole('status').filter({ hasText: 'There is a new version' });
    desk.deploy('next');
    await expect(banner).toHaveCount(0);
    await page.getByRole('link', { name: 'Profile' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/profile/i);
    await expect(banner).toBeVisible();
    const documents = countDocuments(page);
    await page.evaluate(() => {
      const link = Object.assign(document.createElement('a'), { href: '/tickets?from=here&n=1#main', textContent: 'There' });
      document.querySelector('main')!.append(link);
    });
    await page.getByRole('link', { name: 'There' }).click();
    await expect(page).toHaveURL(`${desk.url}/tickets?from=here&n=1#main`);
    await hydrated(page);
    expect(documents).toEqual([expect.stringMatching(/^GET .*\/tickets\?from=here&n=1(#main)?$/)]);
    await expect(banner).toHaveCount(0);
    await page.getByRole('navigation').getByRole('link', { name: 'New ticket' }).click();
    await expect(page.getByLabel('Subject')).toBeVisible();
    expect(documents).toHaveLength(1);
  });

  test('D6 a server whose build can not be reached costs one document, and never a loop', async ({ page, visit, desk }) => {
    desk.claimBuild('0000000000000000');
    await visit(page, `${desk.url}/tickets`);
    await page.getByRole('link', { name: 'Profile' }).click();
    await expect(page.getByText('There is a new version')).toBeVisible();
    const documents = countDocuments(page);
    await page.getByRole('navigation').getByRole('link', { name: 'New ticket' }).click();
    await expect(page.getByLabel('Subject')).toBeVisible();
    await hydrated(page);
    for (const name of ['Profile', 'New ticket', 'Profile']) {
      await page.getByRole('navigation').getByRole('link', { name }).click();
      await expect(page).toHaveURL(new RegExp(name === 'Profile' ? '/profile$' : '/tickets/new$'));
    }
    expect(documents).toHaveLength(1);
  });

  test('D6 typing is not interrupted, and what is typed stays when the new build is asked for', async ({ page, visit, desk }) => {
    const ticket = await openTicket(page, visit, desk);
    await ticket.comment.fill('Half a comment');
    desk.deploy('next');
    // Somebody else changes the ticket: what comes is of a type that this page can't read.
    const other = await page.context().newPage();
    await visit(other, page.url());
    await new TicketPage(other).say(unique('From elsewhere'));
    await expect(page.getByText('There is a new version')).toBeVisible();
    await expect(ticket.comment).toHaveValue('Half a comment');
    const documents = countDocuments(page);
    await page.getByRole('button', { name: 'Load it' }).click();
    await expect.poll(() => documents.length).toBe(1);
    await hydrated(page);
    await expect(ticket.comment).toHaveValue('Half a comment');
    await expect(page.getByText('From elsewhere')).toHaveCount(1);
  });

  test('the files of another build are not given: the page stays as it came, and its forms post', async ({ page, desk }) => {
    desk.serveFilesOf('next');
    const missing = page.waitForResponse((response) => response.url().includes('.js?b='));
    await page.goto(`${desk.url}/tickets/new`);
    expect((await missing).status()).toBe(404);
    const subject = unique('Without a client');
    await page.getByLabel('Subject').fill(subject);
    await page.getByLabel('What happened?').fill('It works.');
    await page.getByRole('button', { name: 'Open ticket' }).click();
    await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
    await expect(page.locator('html[data-hydrated]')).toHaveCount(0);
  });

  test('D6 the files of another build that a deployer has kept: its page is hydrated, and goes on', async ({ page, visit, desk }) => {
    const { NEXT_HELPDESK_URL: next, HELPDESK_SITE: site, NEXT_HELPDESK_SITE: nextSite } = process.env;
    test.skip(!site || !nextSite, '`cargo xtask test --only browser` says where the site folders are');
    const build = (await fetch(`${next}/sign-in`)).headers.get('formwork-build')!;
    const kept = `${site}/pkg/${build}`;
    await fs.cp(`${nextSite}/pkg`, kept, { recursive: true });
    try {
      desk.deploy('next');
      desk.serveFilesOf('this');
      const script = page.waitForResponse((response) => response.url().includes(`.js?b=${build}`));
      await visit(page, `${desk.url}/tickets/new`);
      expect((await script).status()).toBe(200);
      const subject = unique('With the kept client');
      await page.getByLabel('Subject').fill(subject);
      await page.getByLabel('What happened?').fill('It works.');
      const answer = nextAnswer(page);
      await page.getByRole('button', { name: 'Open ticket' }).click();
      expect((await answer).headers()['content-type']).toBe('application/x-ndjson');
      await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
    } finally {
      await fs.rm(kept, { recursive: true });
    }
  });

  test('offline a submission is kept, says so, and is sent when there is a connection again', async ({ page, visit, context }) => {
    const ticket = await TicketPage.open(page, visit, unique('Offline'));
    const text = unique('From a tunnel');
    await ticket.comment.fill(text);
    await context.setOffline(true);
    await ticket.post.click();
    await expect(ticket.commentForm.getByRole('status').filter({ hasText: 'You are offline' })).toBeVisible();
    await context.setOffline(false);
    await expect(ticket.said(text)).toHaveAttribute('id', /^comment-\d+$/);
    await expect(page.getByText('You are offline')).toHaveCount(0);
    await visit(page, page.url());
    await expect(ticket.said(text)).toHaveCount(1);
  });
});
