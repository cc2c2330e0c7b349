// What every file here stands on: the tenant, a page that loads one SDK, and
// the record of which flow of which SDK passed.
import { createServer as http } from 'node:http';
import { createServer as https } from 'node:https';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listen, patience, world } from '../browser/harness.js';
import * as records from '../records.js';
import { bundle, manifest } from './bundle.js';

export { ada, binary, claims, ends, freePort, listen, patience, pictures } from '../browser/harness.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export const clientId = 'sdksPage000000000000000000000001';
export const elsewhere = 'sdksElsewhere0000000000000000001';
export const noCrossOrigin = 'sdksNoCrossOrigin000000000000001';
export const database = 'Username-Password-Authentication';
export const api = 'https://orders.acme.test';
export const bob = { username: 'bob@acme.test', password: 'Correct-Horse-9' };

// start runs the tenant, the page and the browser.
export const start = (t, options = {}) => world(t, { fixtures: here('tenant.yaml'), serveApp: servePages, ...options });

// demo is the demo tenant, with the page on a port that is free here.
export async function demo(dir, app) {
  let yaml = await readFile(here('../../../fixtures/default.yaml'), 'utf8');
  for (const scheme of ['http', 'https']) {
    const origin = `${scheme}://localhost:3000`;
    if (!yaml.includes(origin)) throw new Error(`the demo tenant does not know ${origin}`);
    if (app[scheme]) yaml = yaml.replaceAll(origin, app[scheme]);
  }
  await writeFile(`${dir}/demo.yaml`, yaml);
  return `${dir}/demo.yaml`;
}

// servePages serves one page at every path. The cookie `sdk` says which SDK it
// loads, and `page` which script of pages/ comes after it.
async function servePages(stops, tls) {
  const answer = async (req, res) => {
    const cookie = new Map((req.headers.cookie ?? '').split('; ').map((pair) => pair.split('=')));
    const script = { '/sdk.js': () => bundle(decodeURIComponent(cookie.get('sdk'))), '/page.js': () => here(`pages/${basename(cookie.get('page'))}`) }[req.url];
    if (script) {
      const file = await script();
      return res.setHeader('Content-Type', 'text/javascript').end(await readFile(file));
    }
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    res.end(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>App</title>
      <link rel="icon" href="data:,"><h1>App</h1><div id="app"></div><script src="/sdk.js"></script><script src="/page.js"></script>`);
  };
  return { http: await listen(stops, http(answer), 'http'), https: await listen(stops, https(tls, answer), 'https') };
}

// visit opens the application's page with one SDK in a new browser profile.
// When the test ends it checks that no request tried to leave this machine,
// but those that `harmless` names, which reach nothing.
export async function visit(t, { app, browser }, { sdk, page: script, settings, harmless, origin = app.https, path = '/', ...options }) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(patience);
  if (sdk) await context.addCookies(Object.entries({ sdk: encodeURIComponent(sdk), page: script }).map(([name, value]) => ({ name, value, url: origin })));
  if (settings) await context.addInitScript((given) => { window.settings = given; }, settings);
  const requests = [];
  context.on('request', (request) => requests.push(request));
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  t.after(async () => {
    await context.close().catch(() => {}); // the browser may be gone already
    const foreign = requests.map((r) => r.url()).filter((url) => /^(https?|wss?):/.test(url) && new URL(url).hostname !== 'localhost');
    const reached = foreign.filter((url) => !harmless?.test(url));
    if (reached.length) throw new Error(`requests left this machine: ${reached.join(', ')}`);
  });
  if (path) await page.goto(origin + path);
  const asked = (pathname) => requests.filter((r) => new URL(r.url()).pathname === pathname);
  return { context, page, requests, asked, complaints, origin };
}

// rows runs a table of tests for one SDK.
export async function rows(t, file, sdk, list) {
  const { version } = await manifest(sdk.package);
  await records.rows(t, 'compatibility', file, { name: sdk.name, version }, list);
}

// fresh is an address that nobody had before.
let people = 0;
export const fresh = (name) => `${name}-${process.pid}-${++people}@acme.test`;

// signUp makes a user of the database, without a page.
export async function signUp(tenant, email, password = 'Battery-Staple-8') {
  const answer = await fetch(`${tenant.http}/dbconnections/signup`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ client_id: clientId, connection: database, email, password }),
  });
  if (!answer.ok) throw new Error(`sign-up of ${email}: ${answer.status}`);
}

// press clicks something that may close its own window.
export const press = (page, selector) => page.click(selector).catch((error) => { if (!page.isClosed()) throw error; });

// pretend logs in at the page that plays the social provider.
export async function pretend(page, email, name) {
  await page.fill('input[name=email]', email);
  await page.fill('input[name=name]', name);
  await press(page, 'button[name=action][value=default]');
}

// userIn is a user as the tenant has them.
export async function userIn(tenant, id) {
  const answer = await fetch(`${tenant.http}/_faux0/snapshot`, { headers: { Accept: 'application/json' } });
  return (await answer.json()).users.find((user) => user.user_id === id);
}

// message is the newest one that the tenant would have sent to somebody.
export async function message(tenant, to, kind = '') {
  const answer = await fetch(`${tenant.http}/_faux0/outbox?${new URLSearchParams({ to, kind, wait: '2m' })}`);
  const list = await answer.json();
  if (!list.length) throw new Error(`nothing was sent to ${to}`);
  return list.at(-1);
}

// phone is a number that nobody had before.
let phones = process.pid * 100;
export const phone = () => `202555${String(++phones % 10000).padStart(4, '0')}`;
