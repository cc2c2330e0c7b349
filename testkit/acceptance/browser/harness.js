// What the journeys stand on: the built server, a page of an application, and
// a browser that trusts the server's CA and knows no host but localhost.
import { execFile } from 'node:child_process';
import { createServer as http } from 'node:http';
import { createServer as https } from 'node:https';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { listen, patience, serve } from '../server.js';

export { binary, claims, ends, freePort, listen, patience, portOf } from '../server.js';

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export const pictures = here('../../../build/screenshots/');
export const clientId = 'acceptanceSpa0000000000000000001';
export const ada = { username: 'ada@acme.test', password: 'Correct-Horse-9' };
export const bob = { username: 'bob@acme.test', password: 'Battery-Staple-8' };

// world starts everything and stops it after the file's tests.
export async function world(t, { fixtures = here('../tenant.yaml'), serveApp = startPage } = {}) {
  const stops = []; // undone in the opposite order
  t.after(async () => { for (const stop of stops.reverse()) await stop(); });
  const dir = await mkdtemp(`${tmpdir()}/faux0-browser-`);
  stops.push(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const tls = await certificate(dir);
  const app = await serveApp(stops, tls);
  const tenant = await startTenant(stops, dir, typeof fixtures === 'function' ? await fixtures(dir, app) : fixtures, app);
  const browser = await startBrowser(stops, dir);
  return { app, tenant, browser, dir, stops };
}

// startTenant runs the binary, and has the browser trust it.
async function startTenant(stops, dir, fixtures, app) {
  const tenant = await serve(stops, { fixtures, tls: `${dir}/ca`, app });
  const answer = await fetch(`${tenant.http}/_faux0/ca.pem`);
  if (!answer.ok) throw new Error(`/_faux0/ca.pem: ${answer.status}`);
  await writeFile(`${dir}/tenant-ca.pem`, await answer.text());
  await trust(dir, `${dir}/tenant-ca.pem`);
  return tenant;
}

// startPage serves an empty page that has the real SDK, over http and https.
async function startPage(stops, tls) {
  const sdk = await readFile(here('node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.production.js'));
  const answer = (req, res) => {
    if (req.url === '/sdk.js') return res.setHeader('Content-Type', 'text/javascript').end(sdk);
    res.setHeader('Content-Type', 'text/html');
    res.end('<!doctype html><title>App</title><link rel="icon" href="data:,"><script src="/sdk.js"></script><h1>App</h1>');
  };
  return { http: await listen(stops, http(answer), 'http'), https: await listen(stops, https(tls, answer), 'https') };
}

// certificate makes one for the application's https face, trusted like the CA.
async function certificate(dir) {
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=test page',
    '-addext', 'subjectAltName=DNS:localhost', '-keyout', `${dir}/app.key`, '-out', `${dir}/app.pem`]);
  await mkdir(`${dir}/home/.pki/nssdb`, { recursive: true });
  await run('certutil', ['-N', '-d', `sql:${dir}/home/.pki/nssdb`, '--empty-password']);
  await trust(dir, `${dir}/app.pem`);
  return { key: await readFile(`${dir}/app.key`), cert: await readFile(`${dir}/app.pem`) };
}

// trust adds a CA to the store that Chromium reads, in a home of our own.
const trust = (dir, pem) => run('certutil', ['-A', '-d', `sql:${dir}/home/.pki/nssdb`, '-t', 'C,,', '-n', pem, '-i', pem]);

// startBrowser runs Chromium with a home of its own in dir.
export async function startBrowser(stops, dir) {
  const browser = await chromium.launch({
    executablePath: await chromiumPath(),
    timeout: patience,
    env: { ...process.env, HOME: `${dir}/home`, XDG_CONFIG_HOME: `${dir}/home`, XDG_CACHE_HOME: `${dir}/home` },
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
      '--disable-background-networking', '--disable-component-update', '--disable-default-apps',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    ],
  });
  stops.push(() => browser.close());
  return browser;
}

// The shell is Chromium without a window around the page, for half the work.
async function chromiumPath() {
  for (const path of [process.env.CHROMIUM, '/usr/lib/chromium/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/google-chrome']) {
    if (path && await access(path).then(() => true, () => false)) return path;
  }
  throw new Error('no Chromium here: install Debian\'s package chromium-headless-shell, or name one in $CHROMIUM');
}

// visit opens a new browser profile. When the test ends it checks that no
// request tried to leave this machine.
export async function visit(t, browser, options = {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(patience);
  const requests = [];
  context.on('request', (request) => requests.push(request));
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(String(error)));
  t.after(async () => {
    await context.close().catch(() => {}); // the browser may be gone already
    const foreign = requests.map((r) => r.url()).filter((url) => /^(https?|wss?):/.test(url) && new URL(url).hostname !== 'localhost');
    if (foreign.length) throw new Error(`requests left this machine: ${foreign.join(', ')}`);
  });
  return { page, requests, complaints };
}

// signIn fills in the login page and waits for the application's callback.
export async function signIn(page, user, app) {
  await page.fill('input[name=username]', user.username);
  await page.fill('input[name=password]', user.password);
  await page.press('input[name=password]', 'Enter');
  await page.waitForURL(`${app}/callback**`);
}

// SDK is the page's client. A page that was left and came back makes a new
// one, as an application does at every load.
export class SDK {
  constructor(page, app, tenant, options = {}) {
    Object.assign(this, { page, app, settings: { domain: tenant, clientId, httpTimeoutInSeconds: patience / 1000, ...options } });
  }

  open() {
    return this.page.goto(this.app);
  }

  // call runs a method of the client in the page, and gives what it gives.
  call(method, ...args) {
    return this.page.evaluate(async ([settings, method, args]) => {
      window.client ??= new auth0.Auth0Client({
        ...settings,
        authorizationParams: { redirect_uri: `${location.origin}/callback`, ...settings.authorizationParams },
      });
      try {
        return await window.client[method](...args);
      } catch (error) {
        throw new Error(`${error.error ?? error.name}: ${error.error_description ?? error.message}`);
      }
    }, [this.settings, method, args]);
  }

  // login sends the browser away and, with a user, through the login page;
  // without one the session must be enough.
  async login(user, authorizationParams) {
    await this.leave('loginWithRedirect', { authorizationParams });
    if (user) await signIn(this.page, user, this.app);
    await this.page.waitForURL(`${this.app}/callback**`);
    return this.call('handleRedirectCallback');
  }

  // leave calls a method that ends on another page.
  async leave(method, ...args) {
    const gone = this.page.waitForEvent('framenavigated', (frame) => frame === this.page.mainFrame());
    await this.call(method, ...args).catch((error) => {
      if (!/navigation|destroyed/.test(error.message)) throw error;
    });
    await gone;
  }
}
