// Every journey is walked three times: at a keyboard in Chromium on a wide
// screen and on a phone, in the tenant's colours there; and in plain HTTP,
// without JavaScript.
import { test } from 'node:test';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { pictures, startBrowser, visit } from '../browser/harness.js';
import { listen, serve } from '../server.js';
import { Keyboard } from './chromium.js';
import { Plain } from './plain.js';
import { colours } from './tenant.js';

const sizes = { 1280: { width: 1280, height: 800 }, 390: { width: 390, height: 844 } };
const files = (await readdir(new URL('walks/', import.meta.url))).filter((name) => !process.env.WALKS || process.env.WALKS.split(' ').includes(name.replace('.js', '')));
const journeys = (await Promise.all(files.sort().map((name) => import(`./walks/${name}`)))).flatMap((file) => Object.entries(file.default));

test('journeys', { concurrency: 2 }, async (t) => {
  const stops = [];
  t.after(async () => { for (const stop of stops.reverse()) await stop(); });
  const dir = await mkdtemp(`${tmpdir()}/faux0-journeys-`);
  stops.push(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  await rm(`${pictures}journeys`, { recursive: true, force: true });
  const browser = await startBrowser(stops, dir);
  const app = await listen(stops, createServer(answer), 'http');

  // start runs a tenant for one walk.
  let runs = 0;
  const start = async (t, tenant) => {
    const ends = [];
    t.after(async () => { for (const end of ends.reverse()) await end(); });
    const at = `${dir}/${++runs}`;
    if (typeof tenant !== 'string') await writeFile(`${at}.json`, JSON.stringify(tenant));
    const { http } = await serve(ends, { fixtures: typeof tenant === 'string' ? tenant : `${at}.json`, tls: at, app: { http: app } });
    return { tenant: http, app };
  };

  await Promise.all(journeys.flatMap(([name, { tenant, walk }]) => [
    ...Object.entries(sizes).map(([width, viewport]) => t.test(`${name}, ${width} pixels wide`, async (t) => {
      const branding = width === '390' && { branding: { colors: colours } };
      const world = await start(t, typeof tenant === 'string' ? tenant : { ...branding, ...tenant });
      const visitor = await visit(t, browser, { viewport, reducedMotion: 'reduce' });
      const person = new Keyboard(world, { visitor, folder: name, width });
      await walk(person);
      await person.leaves();
    })),
    t.test(`${name}, without JavaScript`, async (t) => {
      await walk(new Plain(await start(t, tenant)));
    }),
  ]));
});

// answer is the application: it is told who logs in, and shows nothing.
function answer(req, res) {
  res.setHeader('Content-Type', 'text/html');
  res.end('<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"><h1>Shop</h1>');
}
