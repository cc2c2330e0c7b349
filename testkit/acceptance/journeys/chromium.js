// A person at a keyboard, in Chromium. Each page that they reach is photographed
// and inspected, when it is the first like it on a screen as wide.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { pictures } from '../browser/harness.js';
import { focused, inspect, isNew } from './inspect.js';
import { Person } from './person.js';

export class Keyboard extends Person {
  constructor(world, { visitor, folder, width }) {
    super(world);
    Object.assign(this, { visitor, tab: visitor.page, folder: `${pictures}journeys/${folder}/`, width, count: 0 });
  }

  async goes(url) {
    // to the same place again is a new visit, whatever its fragment
    await (url === this.tab.url() ? this.tab.reload() : this.tab.goto(url));
    await this.looks();
  }

  // looks takes over the page, and inspects it if it is the tenant's.
  async looks() {
    this.url = this.tab.url();
    const html = await this.tab.content();
    this.shows(html);
    if (!this.url.startsWith(this.tenant)) return;
    const name = String(++this.count).padStart(2, '0');
    if (!isNew(html, this.width)) return;
    await mkdir(this.folder, { recursive: true });
    await this.tab.screenshot({ path: `${this.folder}${name}-${this.width}.png`, fullPage: true });
    await inspect(this.tab);
  }

  async fills(selector, value) {
    const field = this.tab.locator(selector);
    await this.tabsTo(field);
    await this.tab.keyboard.press('ControlOrMeta+A');
    await this.tab.keyboard.type(value);
    assert.equal(await field.inputValue(), value);
  }

  async ticks(selector) {
    await this.tabsTo(this.tab.locator(selector));
    await this.tab.keyboard.press('Space');
  }

  async unfolds(name) {
    await this.tabsTo(this.tab.locator('summary', { hasText: name }));
    await this.tab.keyboard.press('Enter');
    this.shows(await this.tab.content());
  }

  async activates(target) {
    await this.tabsTo(target.selector ? this.tab.locator(target.selector).nth(target.nth) : this.tab.locator(target));
    const loaded = this.tab.waitForEvent('load');
    await this.tab.keyboard.press('Enter');
    await loaded;
    await this.looks();
  }

  // tabsTo presses Tab until the element has the focus, and expects to see
  // where the focus is at each stop.
  async tabsTo(locator) {
    const element = await locator.elementHandle();
    for (let stops = 0; stops < 100; stops++) {
      const { what, visible, wanted } = await element.evaluate(focused);
      assert.ok(visible, `one sees that the focus is on ${what}`);
      if (wanted) return;
      await this.tab.keyboard.press('Tab');
    }
    assert.fail(`Tab does not reach ${locator}`);
  }

  // leaves expects that the console is empty, but for pages that say what was
  // wrong, and that all that the pages are made of was there.
  async leaves() {
    assert.deepEqual(this.visitor.complaints.filter((text) => !/^Failed to load resource: .* status of 4/.test(text)), []);
    for (const request of this.visitor.requests.filter((r) => !r.isNavigationRequest())) {
      const status = (await request.response())?.status();
      assert.ok(status < 400, `${request.url()}: ${status}`);
    }
  }
}
