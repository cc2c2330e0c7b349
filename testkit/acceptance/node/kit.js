// What every file here stands on: the tenant over HTTPS, and a visitor who
// uses its pages as a browser without JavaScript does.
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { listen, serve } from '../server.js';
import * as records from '../records.js';

export { claims, patience } from '../server.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
export const fixtures = here('../tenant.yaml');
export const tls = here('../../../build/tls');

export const api = 'https://orders.acme.test';
export const database = 'Username-Password-Authentication';
export const ada = { username: 'ada@acme.test', password: 'Correct-Horse-9' };
export const server = { id: 'acceptanceServer0000000000000001', secret: 'acceptance-server-secret' };
export const codes = { id: 'acceptanceCodes00000000000000001', secret: 'acceptance-codes-secret' };
export const page = { id: 'acceptanceSpa0000000000000000001' };
export const worker = { id: 'acceptanceM2m0000000000000000001', secret: 'acceptance-worker-secret' };
export const keyHolder = { id: 'acceptanceKey0000000000000000001', key: here('../key.pem') };
export const certificateHolder = { id: 'acceptanceCert000000000000000001', key: here('../key.pem'), cert: here('../cert.pem') };
export const ordersAPI = { id: 'acceptanceApi0000000000000000001', secret: 'acceptance-api-secret' };
export const device = { id: 'acceptanceDevice0000000000000001' };

// start runs the tenant, and the application's address on a port of its own:
// app.handle(req, res) answers there when a test has set it.
export async function start(t) {
  const stops = [];
  t.after(async () => { for (const stop of stops.reverse()) await stop(); });
  const app = { handle: (req, res) => res.end('App') };
  app.http = await listen(stops, createServer((req, res) => app.handle(req, res)), 'http');
  app.https = app.http.replace('http:', 'https:'); // nothing speaks it; the fixture asks for it
  app.callback = `${app.http}/callback`;
  const tenant = await serve(stops, { fixtures, tls, app });
  tenant.host = new URL(tenant.https).host;
  tenant.issuer = `${tenant.https}/`;
  // What the control plane answers; with a body it is told something.
  tenant.control = async (path, body) => {
    const answer = await fetch(`${tenant.https}/_faux0/${path}`, body && { method: 'POST', body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`/_faux0/${path}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  };
  // The newest message that the tenant would have sent to somebody.
  tenant.message = async (to) => (await tenant.control(`outbox?${new URLSearchParams({ to, wait: '2m' })}`)).at(-1);
  return { app, tenant, visitor: () => new Visitor(tenant) };
}

// rows runs a table of tests for one package; what tells several tables of one
// apart.
export function rows(t, name, list, what = '') {
  const manifest = createRequire(import.meta.url)(here(`node_modules/${name}/package.json`));
  return records.rows(t, 'clients', `node-${name.replace('/', '-')}${what}`, manifest, list);
}

// A Visitor has one browser's cookies, follows redirects within the tenant,
// and stops at a page or where the tenant sends them away.
class Visitor {
  cookies = new Map();

  constructor(tenant) { this.tenant = tenant; }

  // open gives the page at an address, as {url, text}, or where it leads out
  // of the tenant, as {url}.
  async open(url, body) {
    for (let hops = 0; hops < 15; hops++) {
      if (!String(url).startsWith(this.tenant.issuer)) return { url: new URL(url) };
      const headers = { Cookie: [...this.cookies].map((pair) => pair.join('=')).join('; '), Accept: 'text/html' };
      const answer = await fetch(url, { method: body ? 'POST' : 'GET', body, headers, redirect: 'manual' });
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
        if (/max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) this.cookies.delete(name);
        else this.cookies.set(name, value);
      }
      const location = answer.headers.get('location');
      if (!location) return this.page = { url: new URL(url), status: answer.status, text: await answer.text() };
      url = new URL(location, url).href;
      body = undefined;
    }
    throw new Error(`redirects in circles at ${url}`);
  }

  // submit sends the page's first form, with what the visitor fills in.
  async submit(fields) {
    const form = this.form();
    return this.open(new URL(form.action, this.page.url).href, new URLSearchParams({ ...form.fields, ...fields }));
  }

  // form reads the page's first form.
  form() {
    const [form] = this.page.text.match(/<form[^]*?<\/form>/) ?? [];
    if (!form) throw new Error(`no form at ${this.page.url} (${this.page.status}):\n${this.page.text}`);
    const attributes = (tag) => Object.fromEntries([...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, unescape(value)]));
    const fields = [...form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => attributes(tag));
    return { action: attributes(form.match(/<form[^>]*>/)[0]).action, fields: Object.fromEntries(fields.map(({ name, value }) => [name, value])) };
  }

  // logIn goes to an address and through the login page to where that leads.
  async logIn(url, user = ada) {
    await this.open(url);
    return this.submit({ ...user, action: 'default' });
  }
}

const unescape = (text) => text.replace(/&(amp|lt|gt|quot|#34|#39|#43);/g, (_, name) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#34': '"', '#39': "'", '#43': '+' })[name]);
