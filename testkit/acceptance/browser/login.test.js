// A single-page app's life with the real SDK, over http and over https.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { SDK, ada, claims, clientId, signIn, visit, world } from './harness.js';

const audience = 'https://orders.acme.test';
const lastForm = (requests, path) => {
  const sent = requests.filter((r) => r.method() === 'POST' && new URL(r.url()).pathname === path);
  return new URLSearchParams(sent.at(-1)?.postData() ?? '');
};

test('a single-page app', async (t) => {
  const { app, tenant, browser } = await world(t);

  for (const scheme of ['http', 'https']) {
    const issuer = `${tenant[scheme]}/`;
    const start = async (t, options = {}) => {
      const visitor = await visit(t, browser);
      const sdk = new SDK(visitor.page, app[scheme], tenant[scheme], { authorizationParams: { audience }, ...options });
      await sdk.open();
      return { sdk, ...visitor };
    };

    await t.test(`${scheme}: log in with a redirect, and get an ID token and an access token`, async (t) => {
      const { sdk, complaints } = await start(t);
      await sdk.login(ada);
      const user = await sdk.call('getUser');
      assert.equal(user.sub, 'auth0|ada');
      assert.equal(user.email, 'ada@acme.test');
      assert.equal(user.name, 'Ada Byron');
      const token = claims(await sdk.call('getTokenSilently'));
      assert.equal(token.iss, issuer);
      assert.deepEqual(token.aud, [audience, `${issuer}userinfo`]);
      assert.equal(token.azp, clientId);
      assert.deepEqual(token.permissions.toSorted(), ['read:orders', 'write:orders']);
      assert.deepEqual(complaints, []);
    });

    await t.test(`${scheme}: after a reload, a hidden frame gets a token without asking again`, async (t) => {
      const { sdk, page, requests } = await start(t);
      await sdk.login(ada);
      await page.goto(sdk.app); // memory is gone, the tenant's session is not
      requests.length = 0;
      const token = claims(await sdk.call('getTokenSilently'));
      assert.equal(token.sub, 'auth0|ada');
      const asked = requests.map((r) => new URL(r.url())).find((url) => url.pathname === '/authorize');
      assert.equal(asked.searchParams.get('prompt'), 'none');
      assert.equal(asked.searchParams.get('response_mode'), 'web_message');
    });

    await t.test(`${scheme}: nobody is signed in, so the hidden frame says login_required`, async (t) => {
      const { sdk } = await start(t);
      await assert.rejects(sdk.call('getTokenSilently'), /login_required/);
    });

    await t.test(`${scheme}: refresh tokens rotate, and a used one is refused`, async (t) => {
      const { sdk, page, requests } = await start(t, { useRefreshTokens: true });
      await sdk.login(ada);
      requests.length = 0;
      await sdk.call('getTokenSilently', { cacheMode: 'off' });
      const used = lastForm(requests, '/oauth/token').get('refresh_token');
      const fresh = await sdk.call('getTokenSilently', { cacheMode: 'off' });
      const next = lastForm(requests, '/oauth/token').get('refresh_token');
      assert.ok(used && next && used !== next, 'the refresh token changed');
      assert.deepEqual(claims(fresh).permissions.toSorted(), ['read:orders', 'write:orders']);
      assert.ok(!requests.some((r) => new URL(r.url()).pathname === '/authorize'), 'no hidden frame');

      const refused = await page.evaluate(async ([url, body]) => {
        const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(body) });
        return { status: answer.status, ...await answer.json() };
      }, [`${issuer}oauth/token`, { grant_type: 'refresh_token', client_id: clientId, refresh_token: used }]);
      assert.equal(refused.status, 403);
      assert.equal(refused.error, 'invalid_grant');
      assert.equal(refused.error_description, 'Unknown or invalid refresh token.');
    });

    await t.test(`${scheme}: log out here, and the tenant's session is gone too`, async (t) => {
      const { sdk, page } = await start(t);
      await sdk.login(ada);
      await sdk.leave('logout', { logoutParams: { returnTo: sdk.app } });
      await page.waitForURL(`${sdk.app}/`);
      assert.equal(await sdk.call('getUser'), undefined);
      await assert.rejects(sdk.call('getTokenSilently'), /login_required/);
      await sdk.leave('loginWithRedirect');
      await page.waitForSelector('input[name=password]');
    });

    await t.test(`${scheme}: log in with a popup`, async (t) => {
      const { sdk, page } = await start(t);
      const opened = page.waitForEvent('popup');
      const done = sdk.call('loginWithPopup');
      const popup = await opened;
      await popup.fill('input[name=username]', ada.username);
      await popup.fill('input[name=password]', ada.password);
      const closed = popup.waitForEvent('close');
      await popup.press('input[name=password]', 'Enter').catch((error) => { if (!popup.isClosed()) throw error; });
      await done;
      await closed;
      assert.equal((await sdk.call('getUser')).sub, 'auth0|ada');
    });
  }

  await t.test('a wrong password is refused in words, and the right one works after it', async (t) => {
    const { page } = await visit(t, browser);
    const sdk = new SDK(page, app.http, tenant.http);
    await sdk.open();
    await sdk.leave('loginWithRedirect');
    await page.fill('input[name=username]', ada.username);
    await page.fill('input[name=password]', 'wrong');
    await page.press('input[name=password]', 'Enter');
    await page.getByText(/wrong (email|username)|incorrect/i).first().waitFor();
    assert.equal(await page.inputValue('input[name=username]'), ada.username, 'the address is still there');
    await signIn(page, ada, app.http);
    await sdk.call('handleRedirectCallback');
    assert.equal((await sdk.call('getUser')).sub, 'auth0|ada');
  });
});
