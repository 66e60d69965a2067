// Editing a ticket while somebody else does the same, and leaving what was not sent.
import { memberTest as test, expect, unchecked, unique } from './fixtures';
import { countDocuments, nextAnswer } from './network';
import { TicketPage } from './ticket.page';
import type { Page } from '@playwright/test';

const form = (page: Page) => ({
  subject: page.getByLabel('Subject'),
  body: page.getByLabel('What happened?'),
  priority: page.getByLabel('Priority'),
  affected: page.getByLabel('People affected'),
  save: page.getByRole('button', { name: 'Save ticket' }),
  undo: page.getByRole('button', { name: 'Undo my changes' }),
  /** What somebody else has made of a part. */
  theirs: (label: string) => page.locator('.field', { has: page.getByLabel(label) }).locator('.theirs'),
});

/** A ticket of the journey's own, and two who edit it. */
async function twoEditors(page: Page, visit: (page: Page, path: string) => Promise<unknown>, subject: string) {
  await TicketPage.open(page, visit, subject);
  const address = new URL(page.url()).pathname;
  const other = await page.context().newPage();
  await visit(other, `${address}/edit`);
  await visit(page, `${address}/edit`);
  return { address, mine: form(page), other: { page: other, ...form(other) } };
}

test('a ticket is edited, and its page shows it', async ({ page, visit, gear }) => {
  const subject = unique('To edit');
  await TicketPage.open(page, visit, subject);
  const address = new URL(page.url()).pathname;
  await page.getByRole('link', { name: 'Edit ticket' }).click();
  await expect(page).toHaveURL(new RegExp(`${address}/edit$`));
  const documents = countDocuments(page);
  const mine = form(page);
  await expect(mine.subject).toHaveValue(subject);
  await expect(mine.body).toHaveValue('It does not work.');
  await mine.subject.fill(`${subject}, edited`);
  await mine.body.fill('Two\nlines');
  await mine.priority.selectOption('High');
  await mine.affected.fill('7');
  await mine.save.click();
  await expect(page).toHaveURL(new RegExp(`${address}$`));
  await expect(page.getByRole('heading', { level: 1, name: `${subject}, edited` })).toBeVisible();
  await expect(page.locator('.ticket-body')).toHaveText('Two\nlines', { useInnerText: true });
  await expect(page.locator('.ticket-head')).toContainText('7 people affected');
  await expect(page.locator('.ticket-head')).toContainText('High');
  if (gear === 'enhanced') {
    expect(documents).toEqual([]);
  }
});

test('two who edit different parts both have it their way, unasked', async ({ page, visit }) => {
  const subject = unique('Different parts');
  const { address, mine, other } = await twoEditors(page, visit, subject);
  await other.body.fill('Theirs');
  await other.save.click();
  await expect(other.page).toHaveURL(new RegExp(`${address}$`));
  await mine.subject.fill(`${subject}, mine`);
  await mine.save.click();
  await expect(page.getByRole('heading', { level: 1, name: `${subject}, mine` })).toBeVisible();
  await expect(page.locator('.ticket-body')).toHaveText('Theirs');
});

test('A1 two who edit the same: the second sees both, part by part, and takes either', async ({ page, visit }) => {
  const subject = unique('The same');
  const { address, mine, other } = await twoEditors(page, visit, subject);
  await other.subject.fill(`${subject}, theirs`);
  await other.body.fill('Their\nstory');
  await other.priority.selectOption('Urgent');
  await other.save.click();
  await expect(other.page).toHaveURL(new RegExp(`${address}$`));

  await mine.subject.fill(`${subject}, mine`);
  await mine.body.fill('My story');
  const refused = nextAnswer(page);
  await mine.save.click();
  expect((await refused).status()).toBe(409);
  await expect(page.getByRole('alert')).toHaveCount(1);
  await expect(page.getByRole('alert')).toContainText('Somebody else has changed this ticket meanwhile.');
  await expect(mine.subject).toBeFocused();
  await expect(mine.subject).toHaveAccessibleDescription('Somebody else has changed this as well');
  // Mine is where it was, and theirs beside it; of what only they have changed nothing is asked.
  await expect(mine.subject).toHaveValue(`${subject}, mine`);
  await expect(mine.body).toHaveValue('My story');
  await expect(mine.theirs('Subject')).toContainText(`${subject}, theirs`);
  await expect(mine.theirs('What happened?').locator('.text')).toHaveText('Their\nstory', { useInnerText: true });
  await expect(page.locator('.theirs')).toHaveCount(2);

  // A mistake on the way changes nothing about it.
  await unchecked(page);
  await mine.affected.fill('many');
  await mine.theirs('What happened?').getByLabel('Take this instead of mine').check();
  await mine.save.click();
  await expect(mine.affected).toHaveAccessibleDescription('Enter a whole number from 0 to 4294967295');
  await expect(page.locator('.theirs')).toHaveCount(2);
  await expect(mine.theirs('What happened?').getByRole('checkbox')).toBeChecked();
  await mine.affected.fill('3');
  await mine.save.click();

  await expect(page).toHaveURL(new RegExp(`${address}$`));
  await expect(page.getByRole('heading', { level: 1, name: `${subject}, mine` })).toBeVisible();
  await expect(page.locator('.ticket-body')).toHaveText('Their\nstory', { useInnerText: true });
  await expect(page.locator('.ticket-head')).toContainText('Urgent');
  await expect(page.locator('.ticket-head')).toContainText('3 people affected');
});

test('a third one, who changes what the second has just seen, is seen as well', async ({ page, visit, gear }) => {
  const subject = unique('Third');
  const { address, mine, other } = await twoEditors(page, visit, subject);
  const save = async (text: string) => {
    await visit(other.page, `${address}/edit`);
    await other.body.fill(text);
    await other.save.click();
    await expect(other.page).toHaveURL(new RegExp(`${address}$`));
  };
  await save('Theirs');
  await mine.body.fill('Mine');
  await mine.save.click();
  await expect(mine.theirs('What happened?')).toContainText('Theirs');
  await save('Later');
  if (gear === 'native') {
    // A page that is live shows it by itself.
    await mine.save.click();
  }
  await expect(mine.theirs('What happened?')).toContainText('Later');
  await expect(mine.body).toHaveValue('Mine');
  await mine.save.click();
  await expect(page.locator('.ticket-body')).toHaveText('Mine');
});

test.describe('what was not sent', () => {
  test.skip(({ gear }) => gear === 'native', 'about the enhanced gear');

  /** What the visitor was asked, and answers. */
  const asked = (page: Page, answer: { accept: boolean }) => {
    const questions: string[] = [];
    page.on('dialog', async (dialog) => {
      questions.push(dialog.type());
      await (answer.accept ? dialog.accept() : dialog.dismiss());
    });
    return questions;
  };

  test('is known as such, until it is changed back or undone', async ({ page, visit }) => {
    const subject = unique('Dirty');
    await TicketPage.open(page, visit, subject);
    await visit(page, `${new URL(page.url()).pathname}/edit`);
    const mine = form(page);
    await expect(mine.undo, 'untouched').toBeDisabled();
    await mine.subject.fill('Another');
    await expect(mine.undo).toBeEnabled();
    await mine.subject.fill(subject);
    await expect(mine.undo, 'changed back').toBeDisabled();
    await mine.priority.selectOption('Low');
    await expect(mine.undo).toBeEnabled();
    await mine.subject.fill('ab');
    await mine.save.click();
    await expect(mine.subject).toHaveAccessibleDescription('Enter at least 3 characters');
    await mine.undo.click();
    await expect(mine.subject).toHaveValue(subject);
    await expect(mine.priority).toHaveValue('normal');
    await expect(mine.undo).toBeDisabled();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect(mine.subject).not.toHaveAttribute('aria-invalid');
  });

  test('is asked about before a link, the history or the browser leaves it behind', async ({ page, visit }) => {
    await TicketPage.open(page, visit, unique('Leaving'));
    const address = new URL(page.url()).pathname;
    await page.getByRole('link', { name: 'Edit ticket' }).click();
    await expect(page).toHaveURL(/edit$/);
    const answer = { accept: false };
    const questions = asked(page, answer);
    const mine = form(page);
    await mine.subject.fill('Not sent');
    await expect(mine.undo).toBeEnabled();

    await page.getByRole('link', { name: 'Tickets', exact: false }).first().click();
    expect(questions).toEqual(['confirm']);
    await page.goBack();
    await expect.poll(() => questions).toEqual(['confirm', 'confirm']);
    await expect(page).toHaveURL(new RegExp(`${address}/edit$`));
    await page.getByRole('link', { name: 'Skip to the content' }).press('Enter');
    expect(questions, 'a fragment leaves nothing').toHaveLength(2);
    await page.evaluate(() => void (location.href = '/profile'));
    await expect.poll(() => questions).toEqual(['confirm', 'confirm', 'beforeunload']);
    await expect(mine.subject).toHaveValue('Not sent');

    answer.accept = true;
    await page.getByRole('link', { name: 'Cancel' }).click();
    await expect(page.locator('.ticket-body')).toBeVisible();
    expect(questions).toHaveLength(4);
  });

  test('is nothing when it is untouched, changed back, or sent', async ({ page, visit }) => {
    const subject = unique('Not asked');
    await TicketPage.open(page, visit, subject);
    const address = new URL(page.url()).pathname;
    const questions = asked(page, { accept: false });
    const edit = async () => {
      await page.getByRole('link', { name: 'Edit ticket' }).click();
      await expect(page).toHaveURL(/edit$/);
    };
    const mine = form(page);
    await edit();
    await page.getByRole('link', { name: 'Cancel' }).click();
    await expect(page).toHaveURL(new RegExp(`${address}$`));

    await edit();
    await mine.subject.fill('Another');
    await expect(mine.undo).toBeEnabled();
    await mine.subject.fill(subject);
    await expect(mine.undo).toBeDisabled();
    await page.getByRole('link', { name: 'Cancel' }).click();
    await expect(page).toHaveURL(new RegExp(`${address}$`));

    await edit();
    await mine.subject.fill(`${subject}, sent`);
    await mine.save.click();
    await expect(page.getByRole('heading', { level: 1, name: `${subject}, sent` })).toBeVisible();
    await page.goto('/profile');
    await expect(page).toHaveURL(/profile$/);
    expect(questions).toEqual([]);
  });
});

test('what the browser itself chose for a control is no change', async ({ page, visit, gear }) => {
  test.skip(gear === 'native', 'without JavaScript nobody asks');
  const subject = unique('Untouched');
  await TicketPage.open(page, visit, subject);
  await visit(page, `${new URL(page.url()).pathname}/edit`);
  const mine = form(page);
  await page.locator('form.card').evaluate((form) => {
    form.insertAdjacentHTML('beforeend', `
      <select name="several" aria-label="1" multiple><option>1</option><option>2</option></select>
      <select name="long" aria-label="2" size="3"><option>1</option></select>
      <select name="asked" aria-label="3"><option disabled>Choose</option><option>1</option></select>
      <input type="range" name="middle" aria-label="4"><input type="range" name="most" aria-label="5" min="1" max="5" value="9">
      <input type="color" name="violet" aria-label="6" value="#EE82EE">`);
  });
  await mine.subject.fill(`${subject}?`);
  await expect(mine.undo).toBeEnabled();
  await mine.subject.fill(subject);
  await expect(mine.undo).toBeDisabled();

  for (const [name, choose] of Object.entries({
    several: () => page.locator('[name=several]').selectOption('2'),
    long: () => page.locator('[name=long]').selectOption('1'),
    middle: () => page.locator('[name=middle]').fill('7'),
    most: () => page.locator('[name=most]').fill('2'),
    violet: () => page.locator('[name=violet]').fill('#ff0000'),
  })) {
    await choose();
    await expect(mine.undo, name).toBeEnabled();
    await mine.undo.click();
    await expect(mine.undo, name).toBeDisabled();
  }
});
