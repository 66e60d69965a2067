// Whatever the server takes, a browser does not hold back: neither by the attributes of its controls nor
// by the rules that run in WASM before a form is sent. What is tried is random; SEED repeats a run.
import type { Page } from '@playwright/test';
import { expect, probeTest as test } from './fixtures';

type Entries = [string, string][];
/** What is sent, the same as the handler would write it, and what the handler reads. */
type Sent = { entries: Entries; written: Entries; files: File[]; read: string };
/** Name of the field, name of the file, type, size. */
type File = [string, string, string, number];

const seed = process.env.SEED ?? String(Date.now());

/** Forms that the server takes: for the form's own controls, and for any. */
async function accepted(page: Page): Promise<{ typed: Sent[]; plain: Sent[] }> {
  test.info().annotations.push({ type: 'SEED', description: seed });
  console.log(`SEED=${seed}`);
  const forms = await (await page.request.get(`/zoo/${seed}`)).json();
  expect([forms.typed.length, forms.plain.length]).toEqual([40, 40]);
  return forms;
}

/** Enters a form as a visitor would, and says which of its values a control holds back.
 *
 * `insertText` is typing: only then lengths are judged. What a control can't hold as it was sent, such as
 * `+7` in a number, it must hold as the handler would write it. */
function enter([entries, written]: [Entries, Entries]): string[] {
  const form = document.querySelector<HTMLFormElement>('#controls')!;
  const rows = [...form.querySelectorAll<HTMLInputElement>('input[name^=animals]')].map((input) => /\[(\w+)\]/.exec(input.name)![1]);
  const keys = [...new Set(rows)];
  const valuesOf = (sent: Entries, name: string) => {
    const sentKeys = [...new Set(sent.map(([of]) => /^animals\[(\w+)\]/.exec(of)?.[1]).filter((key) => key))];
    const theirs = name.replace(/^animals\[(\w+)\]/, (_, key) => `animals[${sentKeys[keys.indexOf(key)]}]`);
    return sent.filter(([of]) => of === theirs).map(([, value]) => value);
  };
  const held: string[] = [];
  for (const control of form.elements as any) {
    const { name, type, tagName } = control;
    if (!name || name.startsWith('_') || tagName === 'BUTTON' || type === 'file') {
      continue;
    }
    const raw = valuesOf(entries, name).at(-1) ?? '';
    const canonical = valuesOf(written, name);
    const last = canonical.at(-1) ?? '';
    if (type === 'checkbox' || type === 'radio') {
      control.checked = canonical.includes(control.value);
    } else if (tagName === 'SELECT') {
      const chosen = control.multiple ? canonical : [last];
      for (const option of control.options) {
        option.selected = chosen.includes(option.value);
      }
    } else if (tagName === 'TEXTAREA' || /^(text|search|tel|password|email|url|number)$/.test(type)) {
      const type_ = (text: string) => {
        control.value = '';
        control.focus();
        if (text !== '') document.execCommand('insertText', false, text);
      };
      type_(raw);
      const lines = raw.replace(/\r\n?/g, '\n');
      if (control.value !== lines && (/^(email|url|number)$/.test(type))) {
        type_(last);
        if (control.value !== last) held.push(`${name} can't hold ${JSON.stringify(last)}`);
      } else if (control.value !== lines) {
        held.push(`${name} can't hold ${JSON.stringify(lines)}: ${JSON.stringify(control.value)}`);
      }
    } else {
      // Nobody types in these: what they hold is written in their own way.
      control.value = type === 'hidden' ? raw : last;
      const alike = { color: control.value === last, range: Number(control.value) === Number(last), hidden: control.value === raw };
      if (!(alike[type as keyof typeof alike] ?? (control.value !== '' || last === ''))) {
        held.push(`${name} can't hold ${JSON.stringify(last)}: ${control.value}`);
      }
    }
  }
  for (const control of form.querySelectorAll<HTMLInputElement>(':invalid:not(fieldset)')) {
    const why = Object.keys(ValidityState.prototype).filter((key) => (control.validity as any)[key]);
    held.push(`${control.name} holds ${JSON.stringify(control.value)} back: ${why}`);
  }
  return held;
}

/** Chooses these files: pictures begin as a PNG does. */
function choose(files: File[]) {
  for (const name of ['picture', 'files']) {
    const chosen = new DataTransfer();
    for (const [, file, type, size] of files.filter(([field]) => field === name)) {
      const bytes = new Uint8Array(size).fill(0x61);
      if (type === 'image/png') bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
      chosen.items.add(new File([bytes], file, { type }));
    }
    document.querySelector<HTMLInputElement>(`#controls [name=${name}]`)!.files = chosen.files;
  }
}

/** Puts a form into controls of no field, which hold whatever there is. */
function put(entries: Entries) {
  const place = document.querySelector('#plain [data-fields]')!;
  const inputs = entries.map(([name, value]) => Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
  place.replaceChildren(...inputs);
}

/** Presses the button, and reads what the handler has read, or what is wrong instead. */
function send(page: Page, button: string, form: string) {
  return async (read: string) => {
    await page.getByRole('button', { name: button, exact: true }).click();
    const told = () => page.evaluate((form) => {
      const issues = [...document.querySelectorAll(`#${form} ul.issues li`)].map((issue) => issue.textContent);
      return issues.length > 0 ? issues.join('\n') : document.getElementById(`${form}-read`)!.textContent;
    }, form);
    await expect.poll(told, { message: `SEED=${seed}` }).toBe(read);
  };
}

/** After a success without JavaScript the form is as it was: without rows. */
async function haveTwoRows(page: Page) {
  const rows = page.locator('#controls [name^="animals["][name$="]"]');
  for (let count = await rows.count(); count < 2; count += 1) {
    await page.getByRole('button', { name: 'Add an animal' }).click();
    await expect(rows).toHaveCount(count + 1);
  }
}

// It takes some seconds to find as many.
test.beforeEach(() => test.setTimeout(120_000));

test('what the server takes no control holds back', async ({ page, visit, gear }) => {
  test.skip(gear === 'native', 'the attributes are the same');
  const { typed } = await accepted(page);
  await visit(page, '/zoo');
  await haveTwoRows(page);
  const held = new Set<string>();
  for (const { entries, written } of typed) {
    for (const sent of [entries, written]) {
      (await page.evaluate(enter, [sent, written] as [Entries, Entries])).forEach((text) => held.add(text));
    }
  }
  expect([...held], `SEED=${seed}`).toEqual([]);
});

test('what the server takes is sent from the controls of its fields, and read alike', async ({ page, visit, gear }) => {
  const { typed } = await accepted(page);
  await visit(page, '/zoo');
  const visited = send(page, 'Visit', 'controls');
  // Without JavaScript each is a page of its own.
  for (const { entries, written, files, read } of typed.slice(0, gear === 'native' ? 15 : 40)) {
    await haveTwoRows(page);
    expect(await page.evaluate(enter, [entries, written] as [Entries, Entries])).toEqual([]);
    await page.evaluate(choose, files);
    await visited(read);
  }
});

test('what the server takes the rules in WASM take, whatever control it comes from', async ({ page, visit, gear }) => {
  test.skip(gear === 'native', 'about the enhanced gear');
  const { plain } = await accepted(page);
  await visit(page, '/zoo');
  const visited = send(page, 'Visit by hand', 'plain');
  for (const { entries, read } of plain) {
    await page.evaluate(put, entries);
    await visited(read);
  }
});
