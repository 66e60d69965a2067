// A form that says `reset=false`, and a component elsewhere on the page that shares its action's state.
import type { Page } from '@playwright/test';
import { expect, probeTest as test, unchecked } from './fixtures';

const form = (page: Page) => ({
  name: page.getByLabel('Name'),
  loud: page.getByLabel('Loud'),
  words: page.getByLabel('Word'),
  add: page.getByRole('button', { name: 'Add a word' }),
  keep: page.getByRole('button', { name: 'Keep', exact: true }),
  kept: page.locator('#kept'),
  wrong: page.locator('#wrong'),
});

test('forms outside the component that dispatches: both have the state of the action', async ({ page, visit, gear }) => {
  await visit(page, '/keeping');
  const { name, keep, kept, wrong } = form(page);
  await name.fill('taken');
  await keep.click();
  await expect(wrong, 'told by the component without the form').toHaveText('Somebody else has this name');
  await expect(name).toHaveAccessibleDescription('Somebody else has this name');
  await name.fill('mine');
  await keep.click();
  await expect(kept).toHaveText('mine true []');
  await expect(wrong).toHaveText('');
  if (gear === 'native') {
    return;
  }
  // And the other way round: what it dispatches makes the form busy, and leaves what is typed alone.
  await name.fill('typed');
  await page.route('**/*', async (route) => {
    await new Promise((wait) => setTimeout(wait, 400));
    await route.continue();
  });
  await page.getByRole('button', { name: 'Keep nobody' }).click();
  await expect(page.locator('form')).toHaveAttribute('aria-busy', 'true');
  await expect(page.locator('#busy')).toHaveText('busy');
  await expect(kept).toHaveText('nobody true ["dispatched"]');
  await expect(page.locator('form')).not.toHaveAttribute('aria-busy');
  await expect(name).toHaveValue('typed');
});

test.describe('when the page is hydrated', () => {
  test.skip(({ gear }) => gear === 'native', 'about the enhanced gear');

  test('reset() puts a form with reset=false back, before a success and to what was saved after it', async ({ page, visit }) => {
    await visit(page, '/keeping');
    const { name, loud, words, add, keep, kept, wrong } = form(page);
    const byProgram = () => page.getByRole('button', { name: 'Put back' }).click();
    const byButton = () => page.getByRole('button', { name: 'Undo' }).click();
    const holds = async (text: string, ticked: boolean, rows: string[]) => {
      await expect(name).toHaveValue(text);
      await expect(loud).toBeChecked({ checked: ticked });
      await expect(words).toHaveCount(rows.length);
      for (const [at, row] of rows.entries()) {
        await expect(words.nth(at)).toHaveValue(row);
      }
    };
    const change = async (text: string, ticked: boolean, row: string) => {
      await name.fill(text);
      await loud.setChecked(ticked);
      await add.click();
      await words.last().fill(row);
    };
    for (const back of [byProgram, byButton]) {
      await change('second', false, 'one');
      await back();
      await holds('first', true, []);
    }

    await change('second', false, 'one');
    await keep.click();
    await expect(kept).toHaveText('second false ["one"]');
    await holds('second', false, ['one']);
    for (const back of [byProgram, byButton]) {
      await change('third', true, 'two');
      await back();
      await holds('second', false, ['one']);
      await expect(kept, 'and what came of it is past').toHaveText('');
    }

    // A failure in between changes nothing about it.
    await name.fill('taken');
    await keep.click();
    await expect(wrong).toHaveText('Somebody else has this name');
    await byProgram();
    await holds('second', false, ['one']);
    await expect(wrong).toHaveText('');
    await change('fourth', true, 'two');
    await keep.click();
    await expect(kept).toHaveText('fourth true ["one", "two"]');
    await name.fill('fifth');
    await byProgram();
    await holds('fourth', true, ['one', 'two']);
  });

  test("E6 a server's issue gives way to a newer one of the browser's rules, and goes when the field is mended", async ({ page, visit }) => {
    await visit(page, '/keeping');
    await unchecked(page);
    const { name, keep, kept, wrong } = form(page);
    const posts: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
    await name.evaluate((control) => control.removeAttribute('maxlength'));
    await name.fill('taken');
    await keep.click();
    await expect(name).toHaveAccessibleDescription('Somebody else has this name');
    await expect(name).toHaveAttribute('aria-invalid', 'true');

    await name.fill('');
    await expect(name).toHaveAccessibleDescription('Fill this in');
    await name.fill('much too long');
    await expect(name).toHaveAccessibleDescription('Enter at most 10 characters');
    await expect(wrong, 'in place of the other').toHaveText('Enter at most 10 characters');
    await name.fill('mended');
    await expect(name).not.toHaveAttribute('aria-invalid');
    await expect(wrong).toHaveText('');
    expect(posts, 'the browser alone has said all that').toHaveLength(1);
    await keep.click();
    await expect(kept).toHaveText('mended true []');

    // Mended at once, without a mistake in between.
    await name.fill('taken');
    await keep.click();
    await expect(name).toHaveAccessibleDescription('Somebody else has this name');
    await name.fill('free');
    await expect(name).not.toHaveAttribute('aria-invalid');
    await expect(name).toHaveAccessibleDescription('');
  });
});
