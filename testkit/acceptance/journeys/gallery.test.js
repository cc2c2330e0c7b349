// Every page in every state that matters, as internal/ui has samples of them:
// inspected on a wide screen, on a phone, and in the dark, and walked through
// with Tab.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pictures, startBrowser } from '../browser/harness.js';
import { listen, patience } from '../server.js';
import { focused, inspect } from './inspect.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const logo = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40"><rect width="120" height="40" rx="8" fill="#2c7a4b"/></svg>';
// Pages that are gone before anybody sees them.
const fleeting = ['form-post', 'web-message', 'popup'];

test('the gallery', { concurrency: 2 }, async (t) => {
  const stops = [];
  t.after(async () => { for (const stop of stops.reverse()) await stop(); });
  const dir = await mkdtemp(`${tmpdir()}/faux0-gallery-`);
  stops.push(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  await promisify(execFile)('go', ['test', '-count=1', './provider/internal/ui', '-run', '^TestGallery$', '-gallery', `${dir}/pages`], { cwd: repository });
  const origin = await listen(stops, createServer(async (req, res) => {
    res.setHeader('Content-Type', req.url.endsWith('.css') ? 'text/css' : 'text/html');
    const page = await readFile(`${dir}/pages${req.url}`, 'utf8').catch(() => '');
    res.end(page.replace(/<script[^]*?<\/script>/g, '')); // no page leaves by itself
  }), 'http');
  const browser = await startBrowser(stops, dir);
  const folder = `${pictures}gallery/`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });

  const names = (await readdir(`${dir}/pages`)).filter((name) => name.endsWith('.html')).map((name) => name.replace('.html', ''));
  assert.ok(names.length > 70, `${names.length} pages`);
  await Promise.all(names.filter((name) => !fleeting.includes(name)).map((name) => t.test(name, async (t) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' }); // colours that are still changing have no contrast to judge
    t.after(() => context.close());
    await context.route(/^https:/, (route) => route.fulfill({ contentType: 'image/svg+xml', body: logo }));
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    await page.goto(`${origin}/${name}.html`);
    const shows = async (as) => {
      await page.screenshot({ path: `${folder}${name}-${as}.png`, fullPage: true });
      await inspect(page);
    };
    await shows('1280');
    await page.setViewportSize({ width: 390, height: 844 });
    await shows('390');
    await page.emulateMedia({ colorScheme: 'dark' });
    await shows('390-dark');
    await walksThrough(page);
  })));
});

// walksThrough presses Tab until the page ends, and expects to stop at all that
// can be used, in the order in which it is read, and to see where.
async function walksThrough(page) {
  const wanted = await page.evaluate(() => {
    const stops = [...document.querySelectorAll('a[href], button, input:not([type=hidden], [type=radio]:not(:checked)), textarea, select, summary, [tabindex="0"]')]
      .filter((e) => e.tabIndex >= 0 && (e.matches('summary') || !e.closest('details:not([open])')));
    stops[0]?.focus();
    return stops.map((e) => e.outerHTML.slice(0, 120));
  });
  const found = [];
  while (found.length < wanted.length) {
    const { what, visible } = await page.evaluate(focused);
    assert.ok(visible, `one sees that the focus is on ${what}`);
    found.push(what.slice(0, 120));
    await page.keyboard.press('Tab');
  }
  assert.deepEqual(found, wanted);
}
