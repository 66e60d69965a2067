// What goes over the network: counted, held back, lost, and let through line by line.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, type Page, type Request, type Response, type Route } from '@playwright/test';

/** Counts the documents that are asked for from now on. */
export function countDocuments(page: Page) {
  const documents: string[] = [];
  page.on('request', (request) => {
    if (request.isNavigationRequest()) {
      documents.push(`${request.method()} ${request.url()}`);
    }
  });
  return documents;
}

/** The requests for data and documents from now on, live ones left out. */
export function countRequests(page: Page) {
  const requests: string[] = [];
  page.on('request', (request: Request) => {
    const { pathname, search } = new URL(request.url());
    const isFile = pathname.startsWith('/pkg/') || pathname.startsWith('/favicon');
    if (!isFile && pathname !== '/_formwork/live') {
      requests.push(`${request.method()} ${pathname}${search}`);
    }
  });
  return requests;
}

/** The answer to the next post of the page; call it before what posts. */
export function nextAnswer(page: Page): Promise<Response> {
  return page.waitForResponse((response) => response.request().method() === 'POST');
}

/** What a form sent under this name, the last one if there are several. */
export function sent(request: Request, name: string): string | null {
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(request.headers()['content-type'] ?? '')?.[1];
  if (boundary) {
    const parts = (request.postDataBuffer()?.toString('latin1') ?? '').split(`--${boundary}`);
    const named = parts.filter((part) => part.includes(`; name="${name}"\r\n`));
    return named.at(-1)?.split('\r\n\r\n')[1].replace(/\r\n$/, '') ?? null;
  }
  return new URLSearchParams(request.postData() ?? '').getAll(name).at(-1) ?? null;
}

/** Lets `handle` answer every post of the page. */
export async function onPost(page: Page, handle: (route: Route) => Promise<void>) {
  await page.route('**/*', (route) => (route.request().method() === 'POST' ? handle(route) : route.fallback()));
}

/** Holds back what `matches` until it is released, one by one, in the order of its arrival. */
export class Gate {
  /** Everything that has arrived. */
  readonly arrived: Request[] = [];
  private readonly held: Route[] = [];

  static async posts(page: Page): Promise<Gate> {
    const gate = new Gate();
    await onPost(page, async (route) => gate.hold(route));
    return gate;
  }

  static async files(page: Page, pattern: string): Promise<Gate> {
    const gate = new Gate();
    await page.route(pattern, (route) => gate.hold(route));
    return gate;
  }

  /** Waits until there are `count` arrivals, and there must not be more. */
  async hasSeen(count: number) {
    await expect.poll(() => this.arrived.length, { message: 'requests at the gate' }).toBe(count);
  }

  /** Lets the one go that has waited longest, with another body if `change` says so. */
  async release(change?: (body: string) => string) {
    const route = this.held.shift();
    const body = route?.request().postData();
    await route?.continue(change && body ? { postData: change(body) } : {});
  }

  /** Lets all go, of which some may be of a page that was left. */
  async releaseAll() {
    await Promise.all(this.held.splice(0).map((route) => route.continue().catch(() => {})));
  }

  private hold(route: Route) {
    this.arrived.push(route.request());
    this.held.push(route);
  }
}

/** The lines of an answer in the enhanced gear, each as it is sent. */
type Lines = { pass: (count: number) => Promise<string[]>; cut: () => void };

/**
 * Stands between the browser and the application at `target`, and hands each stream of lines to the
 * test, which lets through as much as it likes.
 */
export async function linewise(target: string): Promise<{ url: string; answer: Promise<Lines>; close: () => void }> {
  let answered: (lines: Lines) => void;
  const answer = new Promise<Lines>((resolve) => (answered = resolve));
  const server = http.createServer((incoming, outgoing) => {
    // The host stays the one that the browser asked for, and lines must be readable.
    const headers = { ...incoming.headers, 'accept-encoding': 'identity' };
    const forwarded = http.request(new URL(incoming.url ?? '/', target), { method: incoming.method, headers });
    forwarded.on('response', async (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      const isStream = response.headers['content-type']?.startsWith('application/x-ndjson');
      if (incoming.method !== 'POST' || !isStream) {
        response.pipe(outgoing);
        return;
      }
      const text = Buffer.concat(await response.toArray()).toString();
      const lines = text.split('\n').filter(Boolean);
      outgoing.flushHeaders();
      answered({
        pass: async (count) => {
          const passed = lines.splice(0, count);
          for (const line of passed) {
            await new Promise<void>((written) => outgoing.write(`${line}\n`, () => written()));
          }
          if (lines.length === 0) {
            outgoing.end();
          }
          return passed;
        },
        cut: () => outgoing.destroy(),
      });
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answer, close };
}

/** The addresses that the page posts to. */
export function countPosts(page: Page) {
  const posts: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') {
      posts.push(request.url());
    }
  });
  return posts;
}

/**
 * Stands between the browser and the application at `target`, notes what is followed, and can lose the
 * connections that follow.
 */
export async function following(target: string) {
  const opened: { url: string; events: string; socket: http.ServerResponse }[] = [];
  const server = http.createServer((incoming, outgoing) => {
    const forwarded = http.request(new URL(incoming.url ?? '/', target), { method: incoming.method, headers: incoming.headers });
    forwarded.on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      outgoing.flushHeaders();
      if (response.headers['content-type'] === 'text/event-stream') {
        const connection = { url: incoming.url ?? '', events: '', socket: outgoing };
        opened.push(connection);
        response.on('data', (chunk: Buffer) => (connection.events += chunk));
      }
      response.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The connections so far, with what has come over each. */
    opened,
    lose: () => opened.forEach(({ socket }) => socket.destroy()),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** From now on the page's files are sent as slowly as is said, in bytes a second; -1 is as fast as can be. */
export async function uploadSpeed(page: Page) {
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  return (uploadThroughput: number) =>
    network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
}
