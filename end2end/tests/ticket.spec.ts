// The page of one ticket: comments, buttons with values and actions of their own, rows of forms.
import { memberTest as test, expect, unique } from './fixtures';
import { Gate, countDocuments, nextAnswer, onPost, sent } from './network';
import { TicketPage } from './ticket.page';

test('N3, E3 a comment: added once, an empty form, and a reload writes nothing', async ({ page, visit, gear }) => {
  const ticket = await TicketPage.open(page, visit, unique('Commented'));
  const documents = countDocuments(page);
  await ticket.say('Have you tried\nturning it off?');
  await expect(page.getByText('Comment added.')).toBeVisible();
  await expect(ticket.comment).toHaveValue('');
  if (gear === 'enhanced') {
    expect(documents).toEqual([]);
  }
  await page.reload();
  await expect(ticket.comments).toHaveCount(1);
  await expect(page.getByText('Comment added.')).toHaveCount(0);
});

test('E3 a refused comment is kept', async ({ page, visit }) => {
  const ticket = await TicketPage.open(page, visit, unique('Refused'));
  const long = 'x'.repeat(2001);
  await ticket.comment.fill(long);
  await ticket.post.click();
  await expect(ticket.comment).toHaveAccessibleDescription('Enter at most 2000 characters');
  await expect(ticket.comment).toHaveValue(long);
  await expect(ticket.comments).toHaveCount(0);
});

test('N4 of several forms of one action only the submitted one shows its issues', async ({ page, visit }) => {
  const ticket = await TicketPage.open(page, visit, unique('Edited'));
  const ids = [];
  for (const text of ['First', 'Second', 'Third']) {
    await ticket.say(text);
    ids.push(await ticket.said(text).getAttribute('id'));
  }
  const [first, second, third] = ids.map((id) => ticket.edit(id!));

  await second.unfoldWith(' ');
  await expect(second.issue).toHaveText('Enter something other than spaces');
  await expect(second.issue).toBeVisible();
  await expect(second.body).toHaveAccessibleDescription('Enter something other than spaces');
  await expect(second.body).toHaveValue(' ');
  await expect(second.details).toHaveAttribute('open');
  await expect(second.text).toHaveText('Second');
  for (const [row, text] of [[first, 'First'], [third, 'Third']] as const) {
    await expect(row.details).not.toHaveAttribute('open');
    await expect(row.issue).toBeHidden();
    await expect(row.body).not.toHaveAttribute('aria-invalid');
    await expect(row.body).toHaveValue(text);
  }
  await expect(ticket.comment).not.toHaveAttribute('aria-invalid');
  expect(await page.locator('.issue:visible').count()).toBe(1);

  await second.body.fill('Second, mended');
  await second.save.click();
  await expect(second.text).toHaveText('Second, mended');
  await expect(first.text).toHaveText('First');
  await expect(third.text).toHaveText('Third');
  await expect(page.locator('.issue:visible')).toHaveCount(0);
  await expect(second.details).not.toHaveAttribute('open');
  await expect(second.body).toHaveValue('Second, mended');
});

test('N4 only ones own comments can be edited', async ({ page, visit }) => {
  // Seeded, with comments by others.
  await visit(page, '/tickets/1');
  const others = page.locator('.comment', { hasNot: page.getByText('Dana Demo', { exact: true }) });
  await expect(others.first()).toBeVisible();
  await expect(others.locator('details')).toHaveCount(0);

  const ticket = await TicketPage.open(page, visit, unique('Not mine'));
  await ticket.say('Mine');
  const mine = ticket.edit((await ticket.said('Mine').getAttribute('id'))!);
  // Which comment it is, is sealed: another text is none that the server has handed out.
  await mine.row.locator('input[name=_bound]').evaluate((input) => input.setAttribute('value', 'AAAA'));
  const answered = nextAnswer(page);
  await mine.unfoldWith('Forged');
  expect((await answered).status()).toBe(400);
});

test("N5 the pressed button's value arrives", async ({ page, visit }) => {
  const ticket = await TicketPage.open(page, visit, unique('Value'));
  await ticket.say('Not yet');
  await expect(ticket.status).toHaveText('Open');

  const answered = nextAnswer(page);
  await ticket.comment.fill('Done');
  await ticket.button('Comment and close').click();
  expect(sent((await answered).request(), 'then')).toBe('close');
  await expect(ticket.status).toHaveText('Closed');
  await expect(ticket.said('Done')).toHaveCount(1);
  await expect(ticket.comments).toHaveCount(2);
  await expect(ticket.button('Comment and close')).toHaveCount(0);
});

test("N5 the pressed button's own action runs instead of the form's", async ({ page, visit }) => {
  const ticket = await TicketPage.open(page, visit, unique('Own action'));
  // Too long for a comment: the form's own action would refuse it.
  await ticket.comment.fill('x'.repeat(2001));
  const answered = nextAnswer(page);
  await ticket.button('Close without comment').click();
  expect(sent((await answered).request(), '_action')).toContain('close_ticket');
  await expect(ticket.status).toHaveText('Closed');
  await expect(page.getByText('Ticket closed.')).toBeVisible();
  await expect(ticket.comments).toHaveCount(0);
  await expect(page.locator('.issue:visible')).toHaveCount(0);
});

test('closing and reopening change the badge and the count in the header', async ({ page, visit, gear }) => {
  const ticket = await TicketPage.open(page, visit, unique('To and fro'));
  // Again when another journey has opened or closed a ticket in between.
  await expect(async () => {
    await visit(page, page.url());
    const open = await ticket.openTickets();
    const documents = countDocuments(page);
    await ticket.button('Close ticket', 'Closing…').click();
    await expect(ticket.status).toHaveText('Closed');
    await expect(page.getByText('Ticket closed.')).toBeVisible();
    const whenClosed = await ticket.openTickets();

    await ticket.button('Reopen ticket', 'Reopening…').click();
    await expect(ticket.status).toHaveText('Open');
    await expect(page.getByText('Ticket reopened.')).toBeVisible();
    await expect(page.getByText('Ticket closed.')).toHaveCount(0);
    const whenOpen = await ticket.openTickets();

    expect([whenClosed, whenOpen]).toEqual([open - 1, open]);
    if (gear === 'enhanced') {
      expect(documents).toEqual([]);
    }
  }).toPass();
});

test('E9 an action called from an event handler', async ({ page, visit, gear }) => {
  const ticket = await TicketPage.open(page, visit, unique('Priority'));
  await expect(ticket.priority).toHaveText('Normal');
  const documents = countDocuments(page);
  const answered = nextAnswer(page);
  await page.getByLabel('Priority').selectOption('Urgent');
  if (gear === 'native') {
    await ticket.button('Set priority').click();
  }
  const answer = await answered;
  expect(sent(answer.request(), 'priority')).toBe('urgent');
  await expect(ticket.priority).toHaveText('Urgent');
  await expect(page.getByLabel('Priority')).toHaveValue('urgent');
  await expect(page.getByText('Priority set.')).toBeVisible();
  if (gear === 'enhanced') {
    expect(documents).toEqual([]);
  }
  await page.reload();
  await expect(ticket.priority).toHaveText('Urgent');
});

test('E9 what an event handler called and could not send can be sent again', async ({ page, visit, gear }) => {
  test.skip(gear === 'native', 'about the enhanced gear');
  const ticket = await TicketPage.open(page, visit, unique('Priority, later'));
  await onPost(page, (route) => route.abort());
  await page.getByLabel('Priority').selectOption('High');
  await expect(ticket.button('Retry')).toBeVisible();
  await expect(ticket.priority).toHaveText('Normal');
  await page.unrouteAll();
  await ticket.button('Retry').click();
  await expect(ticket.priority).toHaveText('High');
  await expect(ticket.button('Retry')).toHaveCount(0);
});

test('E10 components inside of a form know its status', async ({ page, visit, gear }) => {
  test.skip(gear === 'native', 'about the enhanced gear');
  const ticket = await TicketPage.open(page, visit, unique('Status'));
  await ticket.say('Mine');
  const note = ticket.commentForm.getByText('Saving…');
  await expect(note).toHaveCount(0);

  const gate = await Gate.posts(page);
  await ticket.comment.fill('Slow');
  await ticket.post.click();
  await gate.hasSeen(1);
  await expect(note).toBeVisible();
  await expect(note.locator('.spinner')).toHaveAttribute('aria-hidden', 'true');
  await expect(ticket.post).toHaveText('Posting…');
  // The status is that of the form around, and of no other.
  await expect(page.getByText('Saving…')).toHaveCount(1);
  await expect(ticket.button('Close ticket', 'Closing…')).toHaveText('Close ticket');

  await gate.release();
  await expect(ticket.said('Slow')).toHaveCount(1);
  await expect(note).toHaveCount(0);
  await expect(ticket.post).toHaveText('Post comment');
});
