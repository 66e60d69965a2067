// Files beside a comment and on a new ticket, in both gears.
import { PNG, png, text } from './files';
import { memberTest as test, expect, unique, unchecked } from './fixtures';
import { uploadSpeed } from './network';
import { TicketPage } from './ticket.page';

test('F1 files come with a comment, an image small beside it, and anyone signed in can open them', async ({ page, visit, browser, baseURL }) => {
  const ticket = await TicketPage.open(page, visit, unique('Files'));
  const words = unique('See there');
  await ticket.comment.fill(words);
  await page.getByLabel('Files (optional)').setInputFiles([png('dot.png'), text('Log file.txt', 2_500)]);
  await ticket.post.click();
  const comment = page.locator('.comments li.comment', { hasText: words });
  const links = comment.locator('.attachments a');
  await expect(links).toHaveText(['dot.png 85 bytes', 'Log file.txt 2 kB']);
  const image = comment.locator('.attachments img');
  await expect.poll(() => image.evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth)).toBe(5);
  await expect(ticket.comment).toHaveValue('');
  expect(await page.getByLabel('Files (optional)').evaluate((input: HTMLInputElement) => input.files!.length)).toBe(0);

  const [shown, saved] = await Promise.all(
    [links.nth(0), links.nth(1)].map(async (link) => page.request.get((await link.getAttribute('href'))!)),
  );
  expect(await shown.body()).toEqual(PNG);
  expect(shown.headers()['content-disposition']).toContain('inline');
  expect(saved.headers()['content-disposition']).toBe("attachment; filename*=UTF-8''Log%20file.txt");
  expect(saved.headers()['content-type']).toBe('application/octet-stream');
  const stranger = await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
  expect((await stranger.request.get((await links.nth(0).getAttribute('href'))!)).status()).toBe(401);
  await stranger.close();
});

test('F1 a large image is loaded small, and whole when it is opened', async ({ page, visit }) => {
  const ticket = await TicketPage.open(page, visit, unique('A large picture'));
  const large = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 600, height: 300 });
    return canvas.toDataURL('image/jpeg').split(',')[1];
  });
  await ticket.comment.fill('See the picture');
  await page.getByLabel('Files (optional)').setInputFiles({ name: 'large.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(large, 'base64') });
  await ticket.post.click();
  const link = page.locator('.comments .attachments a');
  const image = link.locator('img');
  const width = () => image.evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth);
  await expect.poll(width).toBe(128);
  const whole = await page.request.get((await link.getAttribute('href'))!);
  expect((await whole.body()).toString('base64')).toBe(large);
});

test('F1 files come with a new ticket', async ({ page, visit }) => {
  await visit(page, '/tickets/new');
  const subject = unique('With a file');
  await page.getByLabel('Subject').fill(subject);
  await page.getByLabel('What happened?').fill('It is shown there.');
  await page.getByLabel('Files (optional)').setInputFiles(png('dot.png'));
  await page.getByRole('button', { name: 'Open ticket' }).click();
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
  await expect(page.locator('.ticket .attachments a')).toHaveText(['dot.png 85 bytes']);
});

test('F2 another type, too many and too large: an issue at the field, and nothing else is lost', async ({ page, visit, gear }) => {
  const ticket = await TicketPage.open(page, visit, unique('Wrong files'));
  const files = page.getByLabel('Files (optional)');
  const posts: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
  for (const [chosen, issue] of [
    [[{ name: 'a.zip', mimeType: 'application/zip', buffer: Buffer.from('PK\x03\x04 and so on') }], 'Choose a file of one of these types: images, PDF, text files'],
    [[1, 2, 3, 4, 5, 6].map((n) => text(`${n}.txt`, 3)), 'Choose at most 5 files'],
    [[text('large.txt', 10_000_001)], 'Choose a file of at most 10 MB'],
  ] as const) {
    await ticket.comment.fill('Kept, whatever the files are');
    await files.setInputFiles([...chosen]);
    await unchecked(page);
    await ticket.post.click();
    await expect(page.locator('#files-error')).toHaveText(issue);
    await expect(files).toHaveAttribute('aria-invalid', 'true');
    await expect(ticket.comment).toHaveValue('Kept, whatever the files are');
  }
  // In the enhanced gear all that is known before anything is sent.
  expect(posts.length).toBe(gear === 'enhanced' ? 0 : 3);
  await expect(ticket.comments).toHaveCount(0);
});

test('F2 files that are too large together: an issue at the field, and nothing else is lost', async ({ page, visit, gear }) => {
  // So many bytes take a while.
  test.slow();
  await visit(page, '/tickets/new');
  await page.getByLabel('Subject').fill('Large together');
  await page.getByLabel('What happened?').fill('Kept, whatever the files are');
  const files = page.getByLabel('Files (optional)');
  await files.setInputFiles([1, 2, 3].map((n) => text(`${n}.txt`, 7_000_000)));
  const posts: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
  await page.getByRole('button', { name: 'Open ticket' }).click();
  await expect(page.locator('#files-error')).toHaveText('Choose files of at most 20 MB together');
  await expect(page.getByLabel('What happened?')).toHaveValue('Kept, whatever the files are');
  expect(posts).toHaveLength(gear === 'enhanced' ? 0 : 1);
  if (gear === 'enhanced') {
    await files.setInputFiles([1, 2].map((n) => text(`${n}.txt`, 7_000_000)));
    await expect(page.locator('#files-error'), 'mended').toBeHidden();
  }
});

test('F2 a file in disguise is found by the server, and the control still has it', async ({ page, visit, gear }) => {
  test.skip(gear === 'native', 'the native gear is asked over raw HTTP');
  const ticket = await TicketPage.open(page, visit, unique('Disguise'));
  await ticket.comment.fill('Not a picture');
  const files = page.getByLabel('Files (optional)');
  await files.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('<script>alert(1)</script>') });
  await ticket.post.click();
  await expect(page.locator('#files-error')).toHaveText('Choose a file of one of these types: images, PDF, text files');
  expect(await files.evaluate((input: HTMLInputElement) => input.files!.length)).toBe(1);
  await files.setInputFiles(png('a.png'));
  await ticket.post.click();
  await expect(page.locator('.comments .attachments a')).toHaveText(['a.png 85 bytes']);
});

test('F4 how much has been sent is shown, and cancelling leaves the form as it is', async ({ page, visit, gear }) => {
  test.skip(gear === 'native', 'without JavaScript the browser shows it');
  const ticket = await TicketPage.open(page, visit, unique('Slowly'));
  const speed = await uploadSpeed(page);
  await ticket.comment.fill('A long file');
  await page.getByLabel('Files (optional)').setInputFiles(text('long.txt', 8_000_000));
  await speed(200_000);
  await ticket.post.click();
  const bar = page.getByRole('progressbar', { name: 'Sending the files' });
  await expect.poll(() => bar.evaluate((bar: HTMLProgressElement) => bar.value > 0 && bar.value < bar.max)).toBe(true);
  await expect(ticket.commentForm).toHaveAttribute('aria-busy', 'true');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(bar).toHaveCount(0);
  await expect(ticket.commentForm).not.toHaveAttribute('aria-busy');
  await expect(ticket.comment).toHaveValue('A long file');
  await expect(ticket.comments).toHaveCount(0);

  await speed(-1);
  await ticket.post.click();
  await expect(page.locator('.comments .attachments a')).toHaveText(['long.txt 8.0 MB']);
  await expect(ticket.comments).toHaveCount(1);
});

test('F1 a file control that stands before its form in the document', async ({ page, visit, gear }) => {
  const ticket = await TicketPage.open(page, visit, unique('Before'));
  await ticket.comment.fill('See above');
  const files = page.getByLabel('Files (optional)');
  await files.evaluate((control: HTMLInputElement) => {
    const form = control.form!;
    form.id = 'comment-form';
    control.setAttribute('form', form.id);
    form.before(control);
  });
  // Enhanced, any of them; without JavaScript one that is no larger than a body.
  await files.setInputFiles(gear === 'enhanced' ? [png('dot.png'), text('large.txt', 3_000_000)] : png('dot.png'));
  const sent = page.waitForRequest((request) => request.method() === 'POST');
  await ticket.post.click();
  const body = (await sent).postData() ?? '';
  if (body) {
    expect(body.indexOf('name="_action"') < body.indexOf('name="files"')).toBe(gear === 'enhanced');
  }
  await expect(page.locator('.comments .attachments a').first()).toHaveText('dot.png 85 bytes');
  await expect(page.locator('.comments .attachments a')).toHaveCount(gear === 'enhanced' ? 2 : 1);
});
