// The guestbook in both gears.
import { guestbookTest as test, expect, unique } from './fixtures';
import { Guestbook } from './guestbook.page';
import { countDocuments, countPosts, nextAnswer, onPost } from './network';

test('N1, E2, E5 an invalid field: the page again, with the message at its field and the input kept', async ({ page, visit, gear }) => {
  const guestbook = new Guestbook(page);
  await visit(page, '/?from=here');
  const text = 'Two lines,\n<b>not bold</b> & "quoted"';
  await guestbook.fill('', text);

  const posts = countPosts(page);
  if (gear === 'native') {
    const answer = nextAnswer(page);
    await guestbook.submit.click();
    expect((await answer).status()).toBe(422);
  } else {
    await guestbook.submit.click();
  }

  const issue = page.locator('#title-error');
  await expect(issue).toBeVisible();
  await expect(issue).toHaveText('Fill this in');
  await expect(guestbook.title).toHaveAttribute('aria-describedby', 'title-error');
  await expect(guestbook.title).toHaveAccessibleDescription('Fill this in');
  await expect(guestbook.title).toHaveAttribute('aria-invalid', 'true');
  await expect(guestbook.form.getByRole('alert')).toHaveText('Some fields need your attention.');

  await expect(page.locator('#body-error')).toBeHidden();
  await expect(guestbook.body).not.toHaveAttribute('aria-describedby');
  await expect(guestbook.body).toHaveValue(text);
  await expect(page).toHaveURL(/\/\?from=here$/);
  await expect(guestbook.title, 'A1 the focus is where there is something to mend').toBeFocused();
  expect(posts).toHaveLength(gear === 'native' ? 1 : 0);
});

test('N1 all issues of all fields at once, and they go when they are mended', async ({ page, visit }) => {
  const guestbook = new Guestbook(page);
  const title = unique('Mended');
  await visit(page, '/');
  await guestbook.post('x'.repeat(201), '');
  await expect(page.locator('#title-error')).toHaveText('Enter at most 200 characters');
  await expect(page.locator('#body-error')).toHaveText('Fill this in');
  await expect(guestbook.title).toHaveValue('x'.repeat(201));

  await guestbook.post(title, 'Now it is good.');
  await expect(guestbook.titled(title)).toHaveCount(1);
  await expect(page.locator('.issue:visible')).toHaveCount(0);
  await expect(guestbook.form.getByRole('alert')).toHaveCount(0);
});

test('N3, E3 after a success: the newest of a hundred, an empty form, and a reload writes nothing', async ({ page, visit }) => {
  const guestbook = new Guestbook(page);
  const title = unique('Reloaded');
  await visit(page, '/');
  await guestbook.post(title, 'Once.');
  await expect(guestbook.titled(title)).toHaveCount(1);
  await expect(guestbook.posts).toHaveCount(100);
  await expect(guestbook.posts.first()).toContainText(title);
  await expect(guestbook.title).toHaveValue('');
  await expect(guestbook.body).toHaveValue('');

  const documents = countDocuments(page);
  for (let reloads = 1; reloads <= 2; reloads += 1) {
    await page.reload();
    await expect(guestbook.titled(title)).toHaveCount(1);
    await expect(guestbook.title).toHaveValue('');
  }
  // A browser that repeats a post asks first; one without a dialog just does it.
  expect(documents.map((document) => document.split(' ')[0])).toEqual(['GET', 'GET']);
});

// guide: journey
test('E3 a failure keeps every input', async ({ page, visit }) => {
  const guestbook = new Guestbook(page);
  const title = unique('Kept');
  await visit(page, '/');
  await guestbook.post(title, '');
  await expect(page.locator('#body-error')).toBeVisible();
  await expect(guestbook.title).toHaveValue(title);
  await expect(guestbook.body).toHaveValue('');
  await expect(guestbook.titled(title)).toHaveCount(0);
});
// guide: end

test("N6 the page's query string survives a failure and a success", async ({ page, visit }) => {
  const guestbook = new Guestbook(page);
  const address = '/?x=1&y=%C3%BC+%26&x=2';
  const title = unique('Query');
  await visit(page, address);
  const there = new URL(page.url()).origin + address;

  await guestbook.post('', 'No title');
  await expect(page.locator('#title-error')).toBeVisible();
  expect(page.url()).toBe(there);

  const answer = nextAnswer(page);
  await guestbook.post(title, 'A title');
  expect((await answer).url()).toBe(there);
  await expect(guestbook.titled(title)).toHaveCount(1);
  expect(page.url()).toBe(there);
});

test('N7 a success is one write', async ({ page, visit, gear }) => {
  const guestbook = new Guestbook(page);
  const title = unique('One');
  await visit(page, '/');
  let posts = 0;
  await onPost(page, async (route) => {
    posts += 1;
    await route.continue();
  });
  const answer = nextAnswer(page);
  await guestbook.post(title, 'Text');
  expect((await answer).status()).toBe(gear === 'native' ? 303 : 200);
  await guestbook.hasOnce(title);
  expect(posts).toBe(1);
});

test('N8 a page that says `Referrer-Policy: no-referrer` gets its form back', async ({ page, visit, gear }) => {
  const guestbook = new Guestbook(page);
  const title = unique('No referrer');
  await page.route('**/*', async (route) => {
    const request = route.request();
    if (!request.isNavigationRequest() || request.method() !== 'GET') {
      return route.fallback();
    }
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'referrer-policy': 'no-referrer' } });
  });
  await visit(page, '/?page=right');

  const answer = nextAnswer(page);
  await guestbook.post(title, 'Text');
  const headers = await (await answer).request().allHeaders();
  expect(headers.referer).toBeUndefined();
  if (gear === 'native') {
    expect(headers.origin).toBe('null');
  }
  await expect(guestbook.titled(title)).toHaveCount(1);
  await expect(page).toHaveURL(/\/\?page=right$/);
});

test('N12 data under Suspense is readable with JavaScript off', async ({ page, visit, gear }) => {
  test.skip(gear === 'enhanced', 'about the native gear');
  const guestbook = new Guestbook(page);
  await visit(page, '/');
  await expect(guestbook.posts).toHaveCount(100);
  await expect(guestbook.posts.first().locator('.post-body')).not.toBeEmpty();
  await expect(page.getByText('Loading…')).toHaveCount(0);
  const ids = await guestbook.posts.evaluateAll((posts) => posts.map((post) => Number((post as HTMLElement).dataset.id)));
  expect(ids).toEqual([...ids].sort((a, b) => b - a));
});

test('O1 a double click writes once', async ({ page, visit }) => {
  const guestbook = new Guestbook(page);
  const title = unique('Double');
  await visit(page, '/');
  await guestbook.fill(title, 'Text');
  await guestbook.submit.dblclick();
  await guestbook.hasOnce(title);
});
