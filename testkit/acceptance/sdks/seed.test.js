// The page that this project began with: plain HTML, Lock, no audience, and
// "where are my permissions?". It is examples/lock-embedded, as people run it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { createApp, configFromEnv } from '../../../examples/lock-embedded/server.js';
import { claims, demo, listen, pictures, start, visit } from './kit.js';

test('a plain page with Lock: where are the permissions?', async (t) => {
  const config = configFromEnv({});
  const world = await start(t, {
    fixtures: demo,
    serveApp: async (stops) => ({ http: await listen(stops, await createApp(config), 'http') }),
  });
  const { app, tenant } = world;
  config.domain = new URL(tenant.https).host;
  await mkdir(pictures, { recursive: true });

  const { page, complaints } = await visit(t, world, { origin: app.http, viewport: { width: 1280, height: 900 } });
  const logIn = async (name) => {
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.fill('.auth0-lock input[name=email]', 'ada@acme.test');
    await page.fill('.auth0-lock input[name=password]', 'Correct-Horse-9');
    // Lock fades in: the picture waits until nothing moves any more.
    await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
    await page.screenshot({ path: `${pictures}lock-${name}.png` });
    await page.click('.auth0-lock-submit');
    await page.getByText('Signed in as Ada Byron').waitFor();
    const shown = await page.locator('#claims').innerText();
    return shown.startsWith('{') ? JSON.parse(shown) : shown;
  };
  // The token itself, as a person would copy it from the network tab.
  let answer;
  page.on('framenavigated', (frame) => { if (frame.url().includes('access_token=')) answer = new URLSearchParams(new URL(frame.url()).hash.slice(1)); });
  const explained = async (name = 'access_token') => (await tenant.explain(answer.get(name))).trim().replaceAll('\n', ' ');

  await t.test('with no audience the access token is not a JWT, and faux0 explain says what to send', async () => {
    const token = await logIn('desktop');
    assert.equal(typeof token, 'string');
    assert.equal(claims(answer.get('access_token')), null);
    const said = await explained();
    assert.match(said, /named no audience.* not a JWT/);
    assert.match(said, /Send audience=https:/);
    await page.screenshot({ path: `${pictures}lock-page-desktop.png` });
  });

  await t.test('the token that does decode is the ID token, and faux0 explain says that it never has permissions', async () => {
    assert.ok(claims(answer.get('id_token')));
    assert.ok(!('permissions' in claims(answer.get('id_token'))));
    const said = await explained('id_token');
    assert.match(said, /^This is the ID token of application "Acme Web", and permissions are never in an ID token/);
    assert.match(said, /Request audience=https:\/\/orders\.acme\.test at login/);
  });

  for (const [place, value, name] of [['auth: {audience}', 'auth', 'phone'], ['auth: {params: {audience}}', 'params', 'tablet']]) {
    await t.test(`with the audience in ${place} the token has her permissions, and faux0 explain says where they come from`, async () => {
      const width = { phone: 390, tablet: 820 }[name];
      await page.setViewportSize({ width, height: 844 });
      await page.goto(app.http);
      await Promise.all([page.waitForEvent('load'), page.check(`[value=${value}]`)]);
      const token = await logIn(name);
      assert.deepEqual(token.permissions, ['read:orders']);
      assert.equal(token.aud[0], 'https://orders.acme.test');
      assert.match(await explained(), /read:orders/);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it fits the screen');
    });
  }

  await t.test('log out', async () => {
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByText('You are not signed in.').waitFor();
    assert.deepEqual(complaints, []);
  });
});
