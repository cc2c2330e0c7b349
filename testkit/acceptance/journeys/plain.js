// A person whose browser runs no JavaScript, in plain HTTP: links, forms,
// cookies and redirects, and nothing else.
import assert from 'node:assert/strict';
import { load } from 'cheerio';
import { CookieJar } from 'tough-cookie';
import { Person } from './person.js';

export class Plain extends Person {
  constructor(world) {
    super(world);
    this.jar = new CookieJar();
  }

  async goes(url, body) {
    for (let hops = 0; hops < 20; hops++) {
      const headers = { Accept: 'text/html', Cookie: await this.jar.getCookieString(url) };
      if (body) Object.assign(headers, { Origin: new URL(this.url).origin, 'Content-Type': 'application/x-www-form-urlencoded' });
      const answer = await fetch(url, { method: body ? 'POST' : 'GET', headers, body: body?.toString(), redirect: 'manual' });
      for (const cookie of answer.headers.getSetCookie()) await this.jar.setCookie(cookie, url, { ignoreError: true });
      const next = answer.headers.get('Location');
      if (answer.status < 300 || answer.status >= 400 || !next) {
        this.url = url;
        this.status = answer.status;
        return this.shows(await answer.text());
      }
      [url, body] = [new URL(next, url).href, undefined];
    }
    assert.fail(`${url}: no end of redirects`);
  }

  shows(html) {
    this.page = load(html, { scriptingEnabled: false }); // what is in noscript shows
  }

  fills(selector, value) {
    const field = this.page(selector);
    assert.equal(field.length, 1, `there is one ${selector} at ${this.url}: ${this.text()}`);
    assert.ok(this.page(`label[for="${field.attr('id')}"]`).length, `${selector} has a label`);
    field.val(value);
  }

  ticks(selector) {
    const box = this.page(selector);
    if (box.is('[type=radio]')) this.page(`input[name="${box.attr('name')}"]`).removeAttr('checked');
    box.attr('checked', '');
  }

  unfolds() {} // what is folded is in the page all the same

  async activates(target) {
    const all = this.page(target.selector ?? target);
    const element = all.eq(target.nth ?? 0);
    assert.ok(target.selector || all.length === 1, `there is one ${target} at ${this.url}: ${this.text()}`);
    if (element.is('a')) return this.goes(new URL(element.attr('href'), this.url).href);
    const form = element.attr('form') ? this.page(`form#${element.attr('form')}`) : element.closest('form');
    assert.ok(form.length, 'the button is in a form');
    if (element.attr('formnovalidate') === undefined) {
      form.find('[required]').each((_, field) => assert.ok(this.page(field).attr('value'), `the field ${this.page(field).attr('name')} is filled in`));
    }
    const sent = new URLSearchParams(form.serializeArray().map(({ name, value }) => [name, value]));
    if (element.attr('name')) sent.append(element.attr('name'), element.attr('value') ?? '');
    const action = new URL(form.attr('action') || this.url, this.url);
    if (form.attr('method')?.toLowerCase() === 'post') return this.goes(action.href, sent);
    action.search = sent;
    return this.goes(action.href);
  }
}
