// The examples that people click through, against the demo tenant: log in, see
// one's name and permissions, log out.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { access, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { portOf } from '../browser/harness.js';
import { ada, binary, demo, ends, freePort, listen, pictures, start, visit } from './kit.js';

const run = promisify(execFile);
const example = (path) => new URL(`../../../examples/${path}`, import.meta.url);
const host = (tenant) => new URL(tenant.https).host;

// Ways to log in: at the tenant's page, and in Lock.
const atTheTenant = async (page) => {
  await page.fill('input[name=username]', ada.username);
  await page.fill('input[name=password]', ada.password);
  await page.press('input[name=password]', 'Enter');
};
const inLock = async (page) => {
  await page.fill('.auth0-lock input[name=email]', ada.username);
  await page.fill('.auth0-lock input[name=password]', ada.password);
  await page.click('.auth0-lock-submit');
};
const press = (name) => (page) => page.locator('a, button').filter({ hasText: new RegExp(`^${name}$`) }).first().click();

const examples = [
  { name: 'lock-popup', config: ({ tenant }) => ({ domain: host(tenant) }), logIn: [press('Log in'), inLock] },
  {
    name: 'auth0-js', config: ({ tenant }) => ({ domain: host(tenant) }),
    logIn: [async (page) => {
      await page.getByLabel('E-mail address').fill(ada.username);
      await page.getByLabel('Password').fill(ada.password);
      await press('Log in here')(page);
    }],
  },
  { name: 'auth0-js', how: ', at the tenant', config: ({ tenant }) => ({ domain: host(tenant) }), logIn: [press("Log in at the tenant's page"), atTheTenant] },
  { name: 'auth0-react', config: ({ tenant }) => ({ domain: tenant.http }), logIn: [press('Log in'), atTheTenant] },
  { name: 'express-openid-connect', config: ({ app, tenant }) => ({ issuerBaseURL: tenant.http, baseURL: app.http }), logIn: [press('Log in'), atTheTenant] },
];

test('examples', { concurrency: 2 }, async (t) => {
  await mkdir(pictures, { recursive: true });
  await Promise.all([
    ...examples.map((x) => t.test(`${x.name}${x.how ?? ''}: log in, see the name and the permissions, log out`, async (t) => {
      let app = (req, res) => res.end();
      const world = await start(t, { fixtures: demo, serveApp: async (stops) => ({ http: await listen(stops, createServer((req, res) => app(req, res)), 'http') }) });
      const { createApp, configFromEnv } = await import(example(`${x.name}/server.js`));
      const made = await createApp({ ...configFromEnv({}), ...x.config(world) });
      app = typeof made === 'function' ? made : (req, res) => made.emit('request', req, res);
      await journey(t, world, x);
    })),
    t.test('nextjs-auth0: log in, see the name and the permissions, log out', nextjs),
    t.test('api-python: who may read and who may write', python),
  ]);
});

async function journey(t, world, { name, logIn }) {
  const { page, complaints } = await visit(t, world, { origin: world.app.http, viewport: { width: 390, height: 844 } });
  await page.getByText('You are not signed in.').waitFor();
  for (const step of logIn) await step(page);
  await page.getByText('Signed in as Ada Byron').waitFor();
  await page.locator('pre', { hasText: /^read:orders$/ }).waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it fits a phone');
  await page.screenshot({ path: `${pictures}example-${name}.png` });
  await press('Log out')(page);
  await page.getByText('You are not signed in.').waitFor();
  assert.deepEqual(complaints, []);
}

// nextjs runs Next.js as `npm start` does.
async function nextjs(t) {
  const port = await freePort();
  const world = await start(t, { fixtures: demo, serveApp: async () => ({ http: `http://localhost:${port}` }) });
  const cwd = fileURLToPath(example('nextjs-auth0'));
  const server = spawn(process.execPath, ['node_modules/next/dist/bin/next', 'dev', '--hostname', '127.0.0.1', '--port', String(port)], {
    cwd, stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'development', NEXT_TELEMETRY_DISABLED: '1', AUTH0_DOMAIN: world.tenant.http, APP_BASE_URL: world.app.http },
  });
  ends(world.stops, server);
  let said = '';
  await new Promise((resolve, reject) => {
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => { if (/Ready/.test(said += text)) resolve(); });
    server.on('exit', () => reject(new Error(`next ended:\n${said}`)));
  });
  await (await fetch(`http://127.0.0.1:${port}/`)).text(); // it compiles the page now
  await journey(t, world, { name: 'nextjs-auth0', logIn: [press('Log in'), atTheTenant] }).catch((error) => { throw new Error(`${error.message}\n${said}`); });
}

// python asks the API with the tokens of people who may do more and less.
async function python(t) {
  const interpreter = fileURLToPath(new URL('../../../build/python/bin/python3', import.meta.url));
  if (!await access(interpreter).then(() => true, () => false)) return t.skip('there is no build/python: it could not be made');
  const world = await start(t, { fixtures: demo, serveApp: async () => ({ http: 'http://localhost:3000' }) });
  const api = spawn(interpreter, [fileURLToPath(example('api-python/authorizer.py'))], {
    env: { ...process.env, AUTH0_ISSUER: `${world.tenant.http}/`, PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await portOf(Object.assign(api, { stderr: api.stdout }), world.stops);
  const ask = async (method, user, audience = 'https://orders.acme.test') => {
    const { stdout } = user ? await run(binary, ['token', '--url', world.tenant.http, '--client', 'Acme Web', '--user', user, '--audience', audience]) : { stdout: 'nothing' };
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method, headers: { Authorization: `Bearer ${stdout.trim()}` } });
    return answer.status;
  };
  assert.equal(await ask('GET', 'ada@acme.test'), 200);
  assert.equal(await ask('POST', 'ada@acme.test'), 403, 'she may not write');
  assert.equal(await ask('POST', 'grace@acme.test'), 200);
  assert.equal(await ask('GET', 'ada@acme.test', 'https://catalog.acme.test'), 401, 'made for another API');
  assert.equal(await ask('GET'), 401, 'not a token');
}
