// One address behind which the build of the help desk is changed.
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Which build of the help desk. */
type Build = 'this' | 'next';

/** One address behind which the build is changed. */
export type Deployment = {
  url: string;
  /** From now on this build answers. */
  deploy: (build: Build) => void;
  /** Client files are of this build, whoever answers. */
  serveFilesOf: (build: Build) => void;
  /** Every answer says that it is of this build. */
  claimBuild: (build: string) => void;
  /** The answer to the next post never arrives, and from then on this build answers. */
  dropPost: (then: Build) => void;
  /** How many never arrived. */
  dropped: () => number;
  /** How many posts have come. */
  posts: () => number;
  close: () => void;
};

/** Stands between the browser and two builds, of which one is deployed: at first `this`. */
export async function deployment(targets: Record<Build, string>): Promise<Deployment> {
  let [current, files]: Build[] = ['this'];
  let claimed: string | undefined;
  let then: Build | undefined;
  let [dropped, posts] = [0, 0];
  const live = new Set<http.ServerResponse>();
  const server = http.createServer((incoming, outgoing) => {
    posts += incoming.method === 'POST' ? 1 : 0;
    const isFile = incoming.url!.startsWith('/pkg/') && files;
    const target = targets[isFile ? files! : current];
    const options = { method: incoming.method, headers: incoming.headers };
    const forwarded = http.request(new URL(incoming.url!, target), options);
    forwarded.on('response', async (response) => {
      if (incoming.method === 'POST' && then) {
        await response.toArray();
        [current, then] = [then, undefined];
        dropped += 1;
        outgoing.destroy();
        return;
      }
      const headers = claimed ? { ...response.headers, 'formwork-build': claimed } : response.headers;
      outgoing.writeHead(response.statusCode ?? 502, headers);
      response.pipe(outgoing);
      // Live queries have no end of their own; an instance that is replaced ends them.
      live.add(outgoing);
      outgoing.on('close', () => {
        live.delete(outgoing);
        response.destroy();
      });
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deploy: (build) => {
      current = build;
      live.forEach((response) => response.destroy());
    },
    serveFilesOf: (build) => (files = build),
    claimBuild: (build) => (claimed = build),
    dropPost: (build) => (then = build),
    dropped: () => dropped,
    posts: () => posts,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
