// Somebody who takes a journey: what a person does, and what they then see.
// How a page is reached and filled in is up to who walks it: chromium.js with
// a keyboard, plain.js without JavaScript.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { load } from 'cheerio';
import { claims } from '../server.js';

const squeezed = (text) => text.replace(/\s+/g, ' ').trim();

// The button that scripts written for Auth0's Universal Login press.
const submit = 'button[type=submit][name=action][value=default]';

export class Person {
  constructor({ tenant, app }) {
    Object.assign(this, { tenant, app, read: 0 });
  }

  // asks opens /authorize as an application does.
  asks(params = {}) {
    return this.opens('/authorize?' + new URLSearchParams({
      client_id: 'shop', response_type: 'code', redirect_uri: `${this.app}/callback`, scope: 'openid profile email', state: 'my-state', ...params,
    }));
  }

  opens(url) {
    return this.goes(new URL(url, this.tenant).href);
  }

  // types fills in fields, by their names.
  async types(fields) {
    for (const [name, value] of Object.entries(fields)) await this.fills(`input[name="${name}"]`, value);
  }

  // submits sends the page's main form.
  submits() {
    return this.activates(submit);
  }

  // presses a button, follows a link, each by its name.
  presses(name) {
    return this.activates(this.named('button', name));
  }

  follows(name) {
    return this.activates(this.named('a', name));
  }

  // named finds the one element of a kind that has the name, and says how CSS
  // finds it.
  named(kind, name) {
    const all = this.page(kind);
    const found = all.toArray().filter((e) => squeezed(this.page(e).attr('aria-label') ?? this.page(e).text()) === name);
    assert.equal(found.length, 1, `there is one ${kind} called "${name}", among ${JSON.stringify(all.toArray().map((e) => squeezed(this.page(e).text())))}`);
    return { selector: kind, nth: all.index(found[0]) };
  }

  // sees expects a page: its heading, and elements that CSS finds.
  sees(heading, ...selectors) {
    assert.equal(squeezed(this.page('h1').text()), heading, `the heading of ${this.url}: ${this.text()}`);
    for (const selector of selectors) assert.equal(this.page(selector).length, 1, `${selector} on the page "${heading}"`);
  }

  // reads expects words on the page.
  reads(...words) {
    for (const text of words) assert.ok(this.text().includes(text), `"${text}" on ${this.url}: ${this.text()}`);
  }

  // isTold expects what is wrong with a field, or with the whole form.
  isTold(code, field) {
    const error = this.page(field ? `#error-element-${field}` : '#prompt-alert');
    assert.equal(error.attr('data-error-code'), code, `the error about ${field ?? 'the form'} on ${this.url}: ${this.text()}`);
    assert.equal(error.attr('role'), 'alert');
    if (field) {
      const input = this.page('[aria-invalid=true]');
      assert.equal(input.length, 1, 'one field is marked as wrong');
      assert.ok(input.attr('aria-describedby').split(' ').includes(error.attr('id')), 'and says what is wrong with it');
    }
  }

  text() {
    return squeezed(this.page('body').text());
  }

  // message is the newest mail or text message that was not read yet.
  async message(to) {
    const list = await this.control(`outbox?wait=2m&after=${this.read}${to ? `&to=${encodeURIComponent(to)}` : ''}`);
    assert.ok(list.length, 'a message came');
    this.read = list.at(-1).id;
    return list.at(-1);
  }

  // waits lets the tenant's time go by.
  waits(advance) {
    return this.control('clock', { advance });
  }

  // appCode is what an authenticator app shows for a secret.
  async appCode(secret) {
    const { now } = await this.control('clock');
    return oneTimeCode(secret, Date.parse(now) / 1000);
  }

  async control(path, body) {
    const answer = await fetch(`${this.tenant}/_faux0/${path}`, body && { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.json();
  }

  // call asks an OAuth endpoint, as a program does.
  async call(path, params) {
    const answer = await fetch(`${this.tenant}${path}`, { method: 'POST', body: new URLSearchParams(params) });
    return answer.json();
  }

  // isSent expects to be at the application, with what its callback got.
  isSent(error) {
    const url = new URL(this.url);
    assert.equal(url.origin + url.pathname, `${this.app}/callback`, `arrived at ${url}: ${this.text()}`);
    const sent = Object.fromEntries(url.searchParams);
    assert.equal(sent.state, 'my-state');
    assert.equal(sent.error, error, sent.error_description);
    return sent;
  }

  // arrives expects to be logged in to the application, and gives the claims
  // of the ID token that it gets.
  async arrives(client = { client_id: 'shop', client_secret: 'shop-secret' }) {
    const { code } = this.isSent();
    const tokens = await this.call('/oauth/token', { grant_type: 'authorization_code', code, redirect_uri: `${this.app}/callback`, ...client });
    assert.ok(tokens.id_token, JSON.stringify(tokens));
    return { ...claims(tokens.id_token), scope: tokens.scope };
  }

  // shows takes over a page's HTML.
  shows(html) {
    this.page = load(html);
  }
}

// oneTimeCode is a code of RFC 6238, as authenticator apps make it.
export function oneTimeCode(secret, seconds) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
  const mac = createHmac('sha1', key).update(step).digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}
