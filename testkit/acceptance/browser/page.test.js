// The login page for everybody: without JavaScript, without a mouse, on a phone.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { ada, clientId, pictures, signIn, visit, world } from './harness.js';

test('the login page', async (t) => {
  const { app, tenant, browser } = await world(t);
  await mkdir(pictures, { recursive: true });
  const loginURL = `${tenant.http}/authorize?` + new URLSearchParams({
    client_id: clientId, response_type: 'code', redirect_uri: `${app.http}/callback`, scope: 'openid', state: 'my-state',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256',
  });
  const arrived = (page) => {
    const { searchParams } = new URL(page.url());
    assert.equal(searchParams.get('state'), 'my-state');
    assert.ok(searchParams.get('code'), 'a code');
  };

  await t.test('works without JavaScript', async (t) => {
    const { page } = await visit(t, browser, { javaScriptEnabled: false });
    await page.goto(loginURL);
    assert.equal(new URL(page.url()).pathname, '/u/login');
    await page.fill('input[name=username]', ada.username);
    await page.fill('input[name=password]', ada.password);
    await page.click('button[type=submit][name=action][value=default]');
    await page.waitForURL(`${app.http}/callback**`);
    arrived(page);
  });

  await t.test('works with the keyboard alone', async (t) => {
    const { page } = await visit(t, browser);
    await page.goto(loginURL);
    const focused = () => page.evaluate(() => document.activeElement.name || document.activeElement.tagName);
    const tabTo = async (name) => {
      for (let i = 0; i < 20 && await focused() !== name; i++) await page.keyboard.press('Tab');
      assert.equal(await focused(), name, `Tab reaches ${name}`);
    };
    await tabTo('username');
    await page.keyboard.type(ada.username);
    await tabTo('password');
    await page.keyboard.type(ada.password);
    await tabTo('action');
    assert.ok(await page.evaluate(() => {
      const { outlineStyle, boxShadow } = getComputedStyle(document.activeElement);
      return outlineStyle !== 'none' || boxShadow !== 'none';
    }), 'one can see where the focus is');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${app.http}/callback**`);
    arrived(page);
  });

  await t.test('tells a screen reader what everything is', async (t) => {
    const { page } = await visit(t, browser);
    await page.goto(loginURL);
    assert.ok(await page.getAttribute('html', 'lang'), 'the page has a language');
    assert.ok(await page.title(), 'and a title');
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, 'and one main heading');
    assert.equal(await page.getByRole('main').count(), 1, 'and one main part');
    const nameless = await page.evaluate(() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
      .filter((e) => !e.labels?.length && !e.ariaLabel && !e.getAttribute('aria-labelledby')).map((e) => e.outerHTML));
    assert.deepEqual(nameless, []);
    assert.equal(await page.getAttribute('input[name=password]', 'autocomplete'), 'current-password');
    assert.match(await page.getAttribute('input[name=username]', 'autocomplete'), /username|email/);

    await page.fill('input[name=username]', ada.username);
    await page.fill('input[name=password]', 'wrong');
    await page.press('input[name=password]', 'Enter');
    await page.locator('[role=alert]').first().waitFor();
    await page.screenshot({ path: `${pictures}login-wrong-password.png` });
  });

  for (const [width, height] of [[1280, 800], [390, 844]]) {
    await t.test(`fits a screen of ${width}×${height}`, async (t) => {
      const { page, complaints } = await visit(t, browser, { viewport: { width, height }, deviceScaleFactor: width < 500 ? 2 : 1 });
      await page.goto(loginURL);
      await page.screenshot({ path: `${pictures}login-${width}x${height}.png` });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out to the right');
      const button = await page.locator('button[type=submit][name=action][value=default]').boundingBox();
      assert.ok(button.y + button.height <= height, 'the button is on the screen');
      const folded = page.locator('details summary').first();
      if (await folded.count()) {
        await folded.click();
        await page.screenshot({ path: `${pictures}login-${width}x${height}-users.png`, fullPage: true });
      }
      assert.deepEqual(complaints, []);
    });
  }

  await t.test('signs a fixture user in with one click', async (t) => {
    const { page } = await visit(t, browser, { javaScriptEnabled: false });
    await page.goto(loginURL);
    await page.locator('details summary').first().click();
    await page.locator('details button', { hasText: 'ada@acme.test' }).click();
    await page.waitForURL(`${app.http}/callback**`);
    arrived(page);
  });

  await t.test('a second visit needs no password', async (t) => {
    const { page } = await visit(t, browser);
    await page.goto(loginURL);
    await signIn(page, ada, app.http);
    await page.goto(loginURL);
    await page.waitForURL(`${app.http}/callback**`);
    arrived(page);
  });
});
