// The example that people click: the page in examples/spa, the API in
// examples/api-go and the demo tenant, as their READMEs start them.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createApp, configFromEnv } from '../../../examples/spa/server.js';
import { listen, pictures, portOf, visit, world } from './harness.js';

// Users of the demo tenant, fixtures/default.yaml.
const demo = {
  writer: { username: 'grace@acme.test', password: 'Correct-Horse-9' },
  reader: { username: 'ada@acme.test', password: 'Correct-Horse-9' },
};

test('the example: log in, call the API, switch the audience off, log out', async (t) => {
  const origin = 'http://localhost:3000';
  // The demo tenant, with the page on a port that is free here.
  const fixtures = async (dir, app) => {
    const demo = await readFile(new URL('../../../fixtures/default.yaml', import.meta.url), 'utf8');
    assert.ok(demo.includes(origin), 'the demo tenant knows the page');
    await writeFile(`${dir}/demo.yaml`, demo.replaceAll(origin, app.http));
    return `${dir}/demo.yaml`;
  };
  const config = configFromEnv({});
  const serveApp = async (stops) => ({ http: await listen(stops, createApp(config), 'http') });
  const { app, tenant, browser, dir, stops } = await world(t, { fixtures, serveApp });
  config.domain = tenant.http;
  config.api = `http://localhost:${await startAPI(stops, dir, { issuer: `${tenant.http}/`, origin: app.http })}`;
  await mkdir(pictures, { recursive: true });

  const { page } = await visit(t, browser, { viewport: { width: 1280, height: 1000 } });
  const press = (name) => page.getByRole('button', { name, exact: true }).click();
  const logIn = async (user) => {
    await press('Log in');
    await page.fill('input[name=username]', user.username);
    await page.fill('input[name=password]', user.password);
    await page.press('input[name=password]', 'Enter');
    await page.getByText(`Signed in as ${user.username}`).waitFor();
  };
  const answer = async (button, status) => {
    await press(button);
    await page.locator('#answer', { hasText: new RegExp(`^${status} `) }).waitFor();
  };

  await page.goto(app.http);
  await page.getByText('You are not signed in.').waitFor();

  await t.test('a user with every permission may read and write', async () => {
    await logIn(demo.writer);
    await page.locator('#kind', { hasText: /^JWT$/ }).waitFor();
    await page.locator('#permissions', { hasText: 'write:orders' }).waitFor();
    await answer('GET /orders', 200);
    await answer('POST /orders', 201);
    await page.screenshot({ path: `${pictures}example-jwt.png`, fullPage: true });
  });

  await t.test('without the audience the token is not a JWT, and the API says 401', async () => {
    await page.getByRole('checkbox').uncheck();
    await page.locator('#kind', { hasText: 'not a JWT' }).waitFor();
    await answer('GET /orders', 401);
    await page.screenshot({ path: `${pictures}example-opaque.png`, fullPage: true });
  });

  await t.test('a user who may only read gets 403 for writing', async () => {
    await page.getByRole('checkbox').check();
    await press('Log out');
    await page.getByText('You are not signed in.').waitFor();
    await logIn(demo.reader);
    await answer('GET /orders', 200);
    await answer('POST /orders', 403);
    await press('Get a new token silently');
    await page.setViewportSize({ width: 390, height: 844 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it fits a phone');
    await page.screenshot({ path: `${pictures}example-phone.png`, fullPage: true });
  });
});

// startAPI builds and starts the example API, and gives its port.
async function startAPI(stops, dir, { issuer, origin }) {
  const cwd = fileURLToPath(new URL('../../../examples/api-go', import.meta.url));
  await promisify(execFile)('go', ['build', '-o', `${dir}/api-go`, '.'], { cwd });
  const api = spawn(`${dir}/api-go`, {
    env: { ...process.env, ADDR: '127.0.0.1:0', AUTH0_ISSUER: issuer, CORS_ORIGIN: origin },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return portOf(api, stops);
}
