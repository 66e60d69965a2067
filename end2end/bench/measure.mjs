// What a visitor of a guestbook waits for, and what travels: for `cargo xtask bench`, in Chromium, on any of
// the guestbooks in the same way.
//
//   node bench/measure.mjs traffic   what the first load and a mutation take, once
//   node bench/measure.mjs times     how long a slow phone on a slow line waits, BENCH_LOADS times
//
// Prints lines `NAME NUMBER`.
//
// Environment: BENCH_ORIGIN is the guestbook's address, CHROMIUM which browser to start; BENCH_RECORD is a folder
// for the requests of a native and of an enhanced mutation; BENCH_NATIVE says that there is nothing to enhance.
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { chromium } from '@playwright/test';
import { compressing } from './proxy.mjs';
import { NUMBER, save } from './record.mjs';

const { BENCH_ORIGIN: upstream, BENCH_RECORD: folder } = process.env;
const loads = Number(process.env.BENCH_LOADS ?? 3);
const onlyNative = Boolean(process.env.BENCH_NATIVE);

/** Lighthouse's slow 4G, and its slow phone. */
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 };
const SLOW_CPU = 4;

/** After so long without a request, in ms, nothing more is expected. */
const QUIET = 700;

/** How long a page may take until its form is enhanced, in ms. */
const PATIENCE = 120_000;

const NEW_POST = { title: 'Hello', body: `A new post number ${NUMBER}` };

const tell = (name, figure) => console.log(`${name} ${figure}`);
const proxy = await compressing(upstream);
const page = `${proxy.origin}/`;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
});
try {
  if (process.argv[2] === 'times') {
    for (let load = 0; load < loads; load += 1) {
      await slowly();
    }
  } else {
    await native();
    await firstLoad();
    if (!onlyNative) {
      await enhanced();
    }
  }
} finally {
  await browser.close();
  proxy.end();
}

/** One visit, in a browser that knows nothing yet. */
async function visit(options, run) {
  const context = await browser.newContext(options);
  try {
    await run(await context.newPage());
  } finally {
    await context.close();
  }
}

/** Sends the form, and waits until the new post is there and the line is quiet. */
async function mutate(tab) {
  // Of its own: a page that is kept on disk may have those of a run before.
  const title = `Hello ${Date.now()}`;
  await tab.fill('#title', title);
  await tab.fill('#body', NEW_POST.body);
  await tab.click('#post button:last-of-type');
  await tab.locator('.post-title', { hasText: title }).waitFor();
  await quiet(tab);
}

async function quiet(tab) {
  await tab.waitForLoadState('networkidle');
  await tab.waitForTimeout(QUIET);
}

/** What a form sends without JavaScript. */
async function native() {
  await visit({ javaScriptEnabled: false }, async (tab) => {
    await tab.goto(page);
    await quiet(tab);
    proxy.traffic();
    await mutate(tab);
    const documents = proxy.traffic().requests.filter(isDocument);
    tell('native-requests', documents.length);
    record('native', documents);
  });
}

/** What an enhanced form sends, and what it is answered. */
async function enhanced() {
  await visit({}, async (tab) => {
    await tab.goto(page);
    await quiet(tab);
    const before = proxy.traffic();
    await mutate(tab);
    const { requests, sent, received } = proxy.traffic();
    if (requests.some(isDocument)) {
      throw new Error('the enhanced form has loaded a document');
    }
    tell('mutation-requests', requests.length);
    tell('mutation-sent', sent - before.sent);
    tell('mutation-received', received - before.received);
    record('enhanced', requests);
  });
}

function isDocument(request) {
  return request.headers['sec-fetch-dest'] === 'document';
}

function record(name, requests) {
  if (folder) {
    save(path.join(folder, `${name}.lua`), requests);
  }
}

/** What the first load takes: as it came, and as it would if all of it were compressed as far as it goes. */
async function firstLoad() {
  await visit({}, async (tab) => {
    const responses = [];
    tab.on('response', (response) => response.url().startsWith('http') && responses.push(response));
    const before = proxy.traffic();
    await tab.goto(page);
    await quiet(tab);
    const { requests, received } = proxy.traffic();
    tell('first-load-requests', requests.length);
    tell('first-load-bytes', received - before.received);
    let [client, markup] = [0, 0];
    for (const response of responses) {
      const body = await response.body();
      if (response.request().resourceType() === 'document') {
        markup += body.length;
      } else if (response.request().resourceType() !== 'stylesheet') {
        client += brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
      }
    }
    tell('document-bytes', markup);
    tell('client-brotli', client);
  });
}

/** When something is painted, when the form is there, and when a document load is no longer what it does. */
async function slowly() {
  await visit({}, async (tab) => {
    const devtools = await tab.context().newCDPSession(tab);
    await devtools.send('Network.enable');
    await devtools.send('Network.emulateNetworkConditions', SLOW_4G);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOW_CPU });
    await tab.addInitScript(watch, { fields: NEW_POST, enhances: !onlyNative });
    await tab.goto(page, { waitUntil: 'commit' });
    const done = tab.waitForFunction(() => window.bench?.done && window.bench.painted, undefined, { polling: 100, timeout: PATIENCE });
    await done.catch(async (error) => {
      throw new Error(`${error.message} with ${JSON.stringify(await tab.evaluate(() => window.bench))}`);
    });
    const { painted, there, taken } = await tab.evaluate(() => window.bench);
    tell('first-paint', painted);
    tell('working-form', Math.max(painted, there));
    if (!onlyNative) {
      tell('enhanced-form', taken);
    }
  });
}

/** Runs in the page, before anything of its own. */
function watch({ fields, enhances }) {
  const bench = { painted: 0, there: 0, taken: 0, done: false };
  window.bench = bench;
  new PerformanceObserver((list) => {
    const paint = list.getEntriesByName('first-contentful-paint')[0];
    bench.painted = paint ? paint.startTime : bench.painted;
  }).observe({ type: 'paint', buffered: true });
  const look = () => {
    const button = document.querySelector('#post button:last-of-type');
    if (!button) {
      return;
    }
    bench.there ||= performance.now();
    if (enhances && bench.painted && taken(button)) {
      bench.taken = performance.now();
    }
    if (!enhances || bench.taken) {
      bench.done = true;
      clearInterval(looking);
    }
  };
  const looking = setInterval(look, 10);

  /** Whether somebody takes the form's submission from the browser: asked by submitting it. */
  function taken(button) {
    for (const [name, value] of Object.entries(fields)) {
      const field = document.getElementById(name);
      if (!field) {
        return false;
      }
      field.value ||= value;
    }
    let prevented = false;
    // Added each time anew, so that it is the last to be told; then nothing becomes of the submission.
    const last = (event) => {
      prevented = event.defaultPrevented;
      event.preventDefault();
    };
    window.addEventListener('submit', last);
    button.form.requestSubmit(button);
    window.removeEventListener('submit', last);
    return prevented;
  }
}
