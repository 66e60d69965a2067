// Writes the requests of a mutation down, for `bench/http/replay.lua` to send them again.
import fs from 'node:fs';

/** Wherever the sent text has this, every replayed request has a number of its own. */
export const NUMBER = '4242424242';

/** What a connection or the load itself says, and what is the browser's rather than the framework's. Nothing
 * is asked to be compressed, as it is not in the load of the page, either. */
const LEFT_OUT =
  /^(host|connection|content-length|accept-encoding|accept-language|user-agent|sec-ch-.*|cache-control|pragma|upgrade-insecure-requests|priority)$/;

/** The requests, as the proxy has got them, as a Lua table. */
export function save(file, requests) {
  const rows = requests.map(({ method, path, headers, body }) => {
    const pairs = Object.entries(headers)
      .filter(([name]) => !LEFT_OUT.test(name))
      .map(([name, value]) => `[${lua(name)}] = ${lua(value)}`);
    const sent = body.length ? `, body = ${lua(body)}` : '';
    return `  { method = ${lua(method)}, path = ${lua(path)}, headers = { ${pairs.join(', ')} }${sent} },\n`;
  });
  fs.writeFileSync(file, `return {\n${rows.join('')}}\n`);
}

/** A Lua string of these bytes. */
function lua(text) {
  const plain = (byte) => byte >= 32 && byte < 127 && byte !== 34 && byte !== 92;
  const bytes = [...Buffer.from(text)].map((byte) =>
    plain(byte) ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`,
  );
  return `"${bytes.join('')}"`;
}
