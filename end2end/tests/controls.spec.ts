// Controls that no application of this repository has: a list of several, a slider, a group of radio buttons
// whose issue is linked to.
import { expect, probeTest as test, unchecked } from './fixtures';

test('several of a list and a slider are rendered with their constraints, and come back after a failure', async ({ page, visit }) => {
  await visit(page, '/zoo');
  const list = page.getByLabel('Selects');
  const slider = page.getByLabel('Slider', { exact: true });
  await expect(list).toHaveJSProperty('multiple', true);
  await expect(list.locator('option')).toHaveText(['Ant', 'Bee', 'Cat']);
  const attributes = await slider.evaluate((control: HTMLInputElement) =>
    ['type', 'min', 'max', 'step', 'required'].map((name) => control.getAttribute(name)));
  expect(attributes).toEqual(['range', '3', '200', '1', null]);
  await list.selectOption(['Ant', 'Cat']);
  await slider.fill('42');
  await page.getByLabel('Chars', { exact: true }).fill('abc');
  await unchecked(page);
  await page.getByRole('button', { name: 'Visit', exact: true }).click();
  // Most of the form is empty.
  await expect(page.locator('#controls').getByRole('alert')).toHaveText('Some fields need your attention.');
  await expect(list).toHaveValues(['ant', 'c & d']);
  await expect(slider).toHaveValue('42');
  await list.selectOption([]);
  await unchecked(page);
  await page.getByRole('button', { name: 'Visit', exact: true }).click();
  await expect(list).toHaveAccessibleDescription('Give at least 1');
  await expect(list).toHaveAttribute('aria-invalid', 'true');
});

test('A1 a link to what is wrong with radio buttons or ticks leads into their group', async ({ page, visit }) => {
  await visit(page, '/zoo');
  await unchecked(page);
  await page.getByRole('button', { name: 'Visit', exact: true }).click();
  for (const [link, role, name] of [['Radio: Choose one', 'radiogroup', 'Radio'], ['Ticks: Give at least 1', 'group', 'Ticks']] as const) {
    await page.getByRole('link', { name: link }).click();
    const group = page.getByRole(role, { name, exact: true });
    await expect(group).toBeFocused();
    await page.keyboard.press('Tab');
    expect(await group.evaluate((group) => group.contains(document.activeElement))).toBe(true);
  }
});
