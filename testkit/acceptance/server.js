// The built binary as a server, and servers beside it.
import { spawn, execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

// patience is when a wait is given up, in milliseconds: what has not come by
// then never will, on a machine however busy.
export const patience = 180_000;

export const binary = process.env.FAUX0_BIN ?? fileURLToPath(new URL('../../build/faux0', import.meta.url));

// serve runs the binary on a free port, which speaks http and https.
export async function serve(stops, { fixtures, tls, app = {} }) {
  const server = spawn(binary, ['serve', '--addr', '127.0.0.1:0', '--tls', tls, '--fixtures', fixtures], {
    env: { ...process.env, APP_HTTP: app.http, APP_HTTPS: app.https },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await portOf(server, stops);
  const tenant = {
    http: `http://localhost:${port}`,
    https: `https://localhost:${port}`,
    // What `faux0 explain` says about a token.
    explain: async (token) => (await run(binary, ['explain', '--url', tenant.http, token])).stdout,
  };
  return tenant;
}

// portOf waits until a program has printed a URL on stderr, and gives its port.
export async function portOf(program, stops) {
  let said = '';
  const port = await new Promise((resolve, reject) => {
    program.stderr.on('data', (text) => {
      said += text;
      const found = said.match(/https?:\/\/[a-z0-9.[\]:-]+?:(\d+)/);
      if (found) resolve(found[1]);
    });
    program.on('error', reject);
    program.on('exit', () => reject(new Error(`${program.spawnfile} ended:\n${said}`)));
  });
  ends(stops, program);
  return port;
}

// ends has a program end with the test.
export function ends(stops, program) {
  const ended = new Promise((resolve) => { program.on('exit', resolve); });
  stops.push(() => { program.kill('SIGTERM'); return ended; });
}

// freePort is for programs that must be told their port. It is not one of those
// that the system gives to whoever asks for any, now or in a moment.
export async function freePort() {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await once(server, 'listening').then(() => true, () => false);
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

// listen starts a server on a free port, and gives its origin.
export async function listen(stops, server, scheme) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => { server.closeAllConnections(); server.close(); });
  return `${scheme}://localhost:${server.address().port}`;
}

// claims reads a JWT, or answers null when the token is none.
export function claims(token) {
  const parts = token.split('.');
  return parts.length === 3 ? JSON.parse(Buffer.from(parts[1], 'base64url')) : null;
}
