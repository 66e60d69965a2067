// Visitors in Chromium for `cargo xtask soak`: with JavaScript, amid deploys, kills and lost answers. Each
// types texts of its own, and goes on as somebody would who reads what the page says.
//
// Prints a line for each thing that happens: `meant TEXT`, `told TEXT`, `lost TEXT`, `wrong TEXT WHY`,
// `note TEXT WHAT`. What is written is compared with that by the soak.
//
// Environment: SOAK_ORIGIN, SOAK_VISITORS, SOAK_TEXTS for each of them, and CHROMIUM.
import { chromium } from '@playwright/test';

const origin = process.env.SOAK_ORIGIN;
const visitors = Number(process.env.SOAK_VISITORS);
const texts = Number(process.env.SOAK_TEXTS);
const tell = (what, text, more = '') => console.log(`${what} ${text} ${more}`.trimEnd());

/** How long a text may take until its visitor is told what became of it. */
const PATIENCE = 180_000;
/** How long a page may say nothing at all before its visitor does something. */
const SILENCE = 15_000;
const PAUSE = 100;

/** What the pages say, and what somebody does then. */
const DONE = ['was done before this page changed', 'What you had sent before was done after all'];
const LOOK = ["we can't tell whether it was done", "We can't find out right now whether this was done", 'so it may be done'];
const AGAIN = [
  'This form has changed since you opened the page',
  'This page has been open for too long',
  "We can't make sure right now that this is done just once",
  'before everything that you sent could go out',
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
});
await Promise.all(Array.from({ length: visitors }, (_, number) => visit(number)));
await browser.close();

async function visit(number) {
  const page = await (await browser.newContext({ baseURL: origin })).newPage();
  page.setDefaultTimeout(5_000);
  noteWhatIsSent(page);
  await until('signing in', () => signIn(page));
  let ticket;
  let calm = true;
  for (let count = 0; count < texts; count += 1) {
    const text = `soak-chromium-${number}-${count}-end`;
    const task = !ticket || count % 8 === 7 ? opening(text) : commenting(ticket, text);
    // Mostly on the page where the one before was sent: it grows old while builds come and go.
    // But not under what it has said of that one.
    if (!calm || count % 5 === 4 || !page.url().endsWith(task.path)) {
      await until(task.path, () => goTo(page, task));
    }
    tell('meant', text);
    await until(`typing ${text}`, () => task.type(page));
    calm = await send(page, task, text);
    if (/\/tickets\/\d+$/.test(page.url())) {
      ticket = new URL(page.url()).pathname;
    }
  }
  await page.context().close();
}

/** Notes each submission of a text: by which gear it goes, its id, and its answer's status. */
function noteWhatIsSent(page) {
  const sent = new Map();
  page.on('request', (request) => {
    const body = request.method() === 'POST' ? (request.postData() ?? '') : '';
    const text = body.match(/soak-chromium-\d+-\d+-end/)?.[0];
    if (!text) {
      return;
    }
    const id = body.match(/_submission(?:=|"\r\n\r\n)([^&\r]{8})/)?.[1];
    const what = `${request.isNavigationRequest() ? 'posts' : 'sends'} ${id}`;
    sent.set(request, { text, what });
    tell('note', text, what);
  });
  page.on('response', (response) => {
    const of = sent.get(response.request());
    if (of) {
      tell('note', of.text, `${of.what}: ${response.status()}`);
    }
  });
}

/** Tries until it works: pages may not come amid trouble. */
async function until(what, attempt) {
  const until = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > until) {
        throw new Error(`${what} never succeeded`, { cause: error });
      }
      await new Promise((soon) => setTimeout(soon, PAUSE));
    }
  }
}

async function signIn(page) {
  await page.goto('/sign-in');
  const name = page.getByRole('banner').getByText('Dana Demo');
  if (await name.isVisible()) {
    // The try before this one has come to its end after all. Who signs in again and leaves before the answer
    // has the cookie of a session that is none any more.
    return;
  }
  await page.getByLabel('E-mail address').fill('demo@example.org');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await name.waitFor();
}

async function goTo(page, task) {
  await page.goto(task.path);
  await task.field(page).waitFor();
  // Hydrated as a rule; where its files are not to be had, the page posts.
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' }).catch(() => {});
}

/** A comment on this ticket. */
function commenting(path, text) {
  const field = (page) => page.getByLabel('Your comment', { exact: true });
  return {
    path,
    field,
    button: (page) => page.locator('form', { has: field(page) }).getByRole('button', { name: /^(Post comment|Posting…)$/ }),
    type: (page) => field(page).fill(text),
    written: '.comments li.comment[id^="comment-"] .text',
  };
}

/** A ticket of one's own. */
function opening(text) {
  const field = (page) => page.getByLabel('Subject');
  const story = (page) => page.getByLabel('What happened?');
  return {
    path: '/tickets/new',
    field,
    button: (page) => page.getByRole('button', { name: /^(Open ticket|Opening…)$/ }),
    type: async (page) => {
      await field(page).fill(text);
      await story(page).fill(text);
    },
    written: 'h1, ul.tickets :not(:has(*))',
    list: '/tickets',
  };
}

/** Sends it, and goes on until the visitor knows what became of it; whether the page said nothing but that. */
async function send(page, task, text) {
  const started = Date.now();
  let [seen, since] = ['', Date.now()];
  let calm = true;
  await press(page, task);
  while (Date.now() - started < PATIENCE) {
    await page.waitForTimeout(PAUSE);
    const state = await look(page, task, text).catch(() => 'changing');
    if (state !== seen) {
      tell('note', text, state);
      [seen, since] = [state, Date.now()];
      calm &&= ['written', 'under way', 'typed', 'changing', 'lost'].includes(state);
    }
    const silent = Date.now() - since > SILENCE;
    switch (state) {
      case 'written':
      case 'done':
        tell('told', text);
        return calm;
      case 'retry':
        await page.getByRole('button', { name: 'Retry' }).first().click().catch(() => {});
        break;
      case 'look':
        if (await isThere(page, task, text)) {
          tell('told', text);
          return false;
        }
        await again(page, task, text);
        [seen, since] = ['', Date.now()];
        break;
      case 'again':
        await again(page, task, text);
        [seen, since] = ['', Date.now()];
        break;
      case 'no page':
        // As somebody presses the button of the browser's own page: the form is sent again as it was.
        await page.reload().catch(() => {});
        break;
      case 'wrong':
        if (Date.now() - since < 10 * PAUSE) {
          break;
        }
        tell('wrong', text, (await said(page)).join(' '));
        return false;
      case 'lost':
        if (silent) {
          tell('note', text, `at ${page.url()}: ${(await said(page)).join(' ')}`);
          tell('lost', text);
          return false;
        }
        break;
      default:
        if (silent && state === 'typed') {
          await press(page, task);
          since = Date.now();
        }
    }
  }
  tell('note', text, `never more than: ${seen}`);
  return false;
}

async function press(page, task) {
  await task.button(page).click({ noWaitAfter: true }).catch(() => {});
}

/** Sends what came back, with what has no field any more copied into those that are there. */
async function again(page, task, text) {
  await page.waitForTimeout(PAUSE);
  // A document that came natively becomes a page that is hydrated: nobody is as quick as that.
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached', timeout: 3_000 }).catch(() => {});
  if ((await task.field(page).inputValue().catch(() => text)) !== text) {
    await task.type(page).catch(() => {});
  } else if (task.list) {
    await task.type(page).catch(() => {});
  }
  await press(page, task);
  // What it said before stands there until there is an answer.
  await page.waitForTimeout(5 * PAUSE);
}

/** What the page says to its visitor. */
function said(page) {
  return page.locator('[role=alert], [role=status]').allTextContents();
}

async function look(page, task, text) {
  if (page.url().startsWith('chrome-error:')) {
    return 'no page';
  }
  const { written, says, refused, retries, busy, holds } = await page.evaluate(seen, [task.written, text]);
  const is = (sentences) => sentences.some((sentence) => says.includes(sentence));
  if (written) {
    return 'written';
  }
  if (is(DONE)) {
    return 'done';
  }
  if (retries) {
    return 'retry';
  }
  if (busy) {
    return 'under way';
  }
  if (!holds) {
    return 'lost';
  }
  if (is(LOOK)) {
    return 'look';
  }
  if (is(AGAIN)) {
    return 'again';
  }
  return refused && says.includes(refused) ? 'wrong' : 'typed';
}

/** What is on the page at one moment: asked for one by one, what stood there before an answer and what stands
    there after it would be taken for one page. Runs in the page. */
function seen([written, text]) {
  const all = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  const texts = (selector) => [...document.querySelectorAll(selector)].map((one) => one.textContent);
  return {
    written: all(written).some((one) => one.textContent.trim() === text),
    says: texts('[role=alert], [role=status]').join(' '),
    refused: texts('.summary[role=alert]').join('').trim(),
    retries: all('button').some((button) => button.textContent.trim() === 'Retry'),
    busy: document.querySelector('form[aria-busy]') !== null,
    holds: [...document.querySelectorAll('textarea, input')].some((one) => one.value === text),
  };
}

/** Looks in a tab of its own. */
async function isThere(page, task, text) {
  const other = await page.context().newPage();
  try {
    return await until('looking', async () => {
      const answer = await other.goto(task.list ?? task.path);
      if (answer?.status() !== 200) {
        throw new Error(`answered with ${answer?.status()}`);
      }
      return (await other.evaluate(seen, [task.written, text])).written;
    });
  } finally {
    await other.close();
  }
}
