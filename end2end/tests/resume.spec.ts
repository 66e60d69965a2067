// A session that is over while something is typed: signing in leads back to it.
import { DEMO, expect, hydrated, memberTest as test, signIn, unique } from './fixtures';
import { nextAnswer } from './network';
import { TicketPage } from './ticket.page';

test('T12 what was typed is still there after signing in, and is sent by nobody but the visitor', async ({ page, visit, gear }) => {
  const subject = unique('Session over');
  const ticket = await TicketPage.open(page, visit, subject);
  const address = page.url();
  const text = 'An hour of typing,\n  <b>with</b> "everything" & more.';
  await ticket.comment.fill(text);
  await page.context().clearCookies();
  await ticket.post.click();

  const asked = page.getByRole('heading', { name: 'Please sign in' });
  await expect(asked).toBeVisible();
  await expect(page).toHaveURL(address);
  await signIn(page, DEMO.email, 'not the password');
  await expect(page.getByRole('alert')).toHaveText("This e-mail address and password don't belong together.");
  await expect(asked).toBeVisible();

  await signIn(page, DEMO.email, DEMO.password);
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
  await expect(page).toHaveURL(address);
  await expect(page.getByRole('banner')).toContainText(DEMO.name);
  await expect(ticket.comment).toHaveValue(text);
  await expect(ticket.commentForm.getByRole('alert')).toContainText('You are signed in now.');
  await expect(ticket.comments).toHaveCount(0);
  if (gear === 'enhanced') {
    await hydrated(page);
    await expect(ticket.comment).toHaveValue(text);
  }

  const answered = nextAnswer(page);
  await ticket.post.click();
  expect((await answered).status()).toBe(gear === 'native' ? 303 : 200);
  await expect(ticket.comments).toHaveCount(1);
  await expect(ticket.comments.locator('.text')).toHaveText(text, { useInnerText: true });
  await expect(page.getByText('You are signed in now.')).toHaveCount(0);
  await expect(ticket.comment).toHaveValue('');
});

test('T12 a button without fields leads back as well', async ({ page, visit }) => {
  const ticket = await TicketPage.open(page, visit, unique('Session over, closing'));
  await page.context().clearCookies();
  await ticket.button('Close ticket', 'Closing…').click();
  await signIn(page, DEMO.email, DEMO.password);
  await expect(page.getByText('You are signed in now.')).toBeVisible();
  await expect(ticket.status).toHaveText('Open');
});
