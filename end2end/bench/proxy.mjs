// Stands before a server while its page is measured in the browser: counts what travels, remembers what is
// asked, and compresses what the server has not compressed by itself. SvelteKit and Leptos leave that to a
// proxy; so that nobody's bytes are compared with anybody's missing proxy, all of them have this one.
import http from 'node:http';
import { constants, createBrotliCompress } from 'node:zlib';

/** What proxies compress on the way; images and the like come compressed. */
const TEXT = /^(text\/|application\/(javascript|json|wasm|x-ndjson)|image\/svg)/;

/** As what is made for one answer is compressed: what takes longer costs the server too much. */
const PARAMS = { [constants.BROTLI_PARAM_QUALITY]: 5 };

/** A proxy for the server at this origin: its own origin, what went through it, and how to end it. */
export async function compressing(upstream) {
  const agent = new http.Agent({ keepAlive: true });
  const sockets = [];
  let requests = [];
  const server = http.createServer((asked, answer) => pass({ upstream, agent, requests }, asked, answer));
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const sum = (bytes) => sockets.reduce((total, socket) => total + socket[bytes], 0);
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    /** The requests since the last call, and how many bytes have travelled so far, headers included. */
    traffic() {
      const since = requests;
      requests = [];
      return { requests: since, sent: sum('bytesRead'), received: sum('bytesWritten') };
    },
    end() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

async function pass({ upstream, agent, requests }, asked, answer) {
  const own = `http://${asked.headers.host}`;
  const { host, hostname, port } = new URL(upstream);
  // The server is to see the request as if it had come to it.
  const headers = Object.fromEntries(
    Object.entries(asked.headers).map(([name, value]) => [name, String(value).replaceAll(own, upstream)]),
  );
  Object.assign(headers, { host, 'x-forwarded-proto': 'http' });
  const { method, url: path } = asked;
  const remembered = { method, path, headers, body: Buffer.alloc(0) };
  requests.push(remembered);
  remembered.body = Buffer.concat(await asked.toArray());
  const request = http.request({ agent, hostname, port, method, path, headers });
  request.on('response', (got) => {
    if (got.headers.location) {
      got.headers.location = got.headers.location.replaceAll(upstream, own);
    }
    reply(got, asked, answer);
  });
  request.on('error', () => answer.destroy());
  request.end(remembered.body);
}

/** Hands an answer on, compressed if it can be and is not. */
function reply(got, asked, answer) {
  const headers = { ...got.headers };
  delete headers.connection;
  got.on('error', () => answer.destroy());
  const compresses =
    !headers['content-encoding'] &&
    TEXT.test(headers['content-type'] ?? '') &&
    /\bbr\b/.test(asked.headers['accept-encoding'] ?? '') &&
    ![204, 304].includes(got.statusCode);
  if (!compresses) {
    answer.writeHead(got.statusCode, headers);
    got.pipe(answer);
    return;
  }
  // What comes in pieces goes on in pieces; what comes at once is compressed as one.
  const inPieces = headers['content-length'] === undefined;
  delete headers['content-length'];
  headers['content-encoding'] = 'br';
  headers.vary = [headers.vary, 'accept-encoding'].filter(Boolean).join(', ');
  answer.writeHead(got.statusCode, headers);
  const brotli = createBrotliCompress({ params: PARAMS });
  brotli.pipe(answer);
  got.on('data', (piece) => {
    brotli.write(piece);
    if (inPieces) {
      brotli.flush();
    }
  });
  got.on('end', () => brotli.end());
}
