// oidc-client-ts, the client of any OpenID provider.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ada, api, claims, clientId, patience, press, rows, start, visit } from './kit.js';

const sdk = 'oidc-client-ts';
const permitted = (token) => assert.deepEqual(claims(token)?.permissions?.toSorted(), ['read:orders', 'write:orders']);

function table(world) {
  const { app, tenant } = world;

  async function logIn(t, scope = 'openid profile') {
    const settings = {
      authority: tenant.https, client_id: clientId, redirect_uri: app.https, silent_redirect_uri: `${app.https}/callback`, post_logout_redirect_uri: app.https,
      scope: `${scope} read:orders`, extraQueryParams: { audience: api }, automaticSilentRenew: false, silentRequestTimeoutInSeconds: patience / 1000, loadUserInfo: true, revokeTokenTypes: ['refresh_token'],
    };
    const visitor = await visit(t, world, { sdk, page: 'oidc.js', settings });
    const { page } = visitor;
    const says = (text) => page.getByText(text, { exact: true }).waitFor();
    const call = (method, ...args) => page.evaluate(async ([method, args]) => {
      const answer = await window.client[method](...args);
      await window.show();
      return answer;
    }, [method, args]);
    await says('Nobody is here');
    page.evaluate(() => { window.client.signinRedirect(); }).catch(() => {});
    await page.fill('input[name=username]', ada.username);
    await page.fill('input[name=password]', ada.password);
    await press(page, 'button[name=action][value=default]');
    await says('Hello Ada Byron');
    return { ...visitor, says, call, user: () => page.evaluate(() => window.user) };
  }

  return [
    { flow: 'redirect', name: 'log in with a redirect, and read userinfo', run: async (t) => {
      const page = await logIn(t);
      permitted((await page.user()).access_token);
      assert.equal(page.asked('/userinfo').filter((r) => r.method() === 'GET').length, 1);
      assert.deepEqual(page.complaints, []);
    } },
    { flow: 'silent', name: 'a hidden frame renews the tokens', run: async (t) => {
      const page = await logIn(t);
      permitted((await page.call('signinSilent')).access_token);
      assert.equal(page.asked('/oauth/token').filter((r) => r.method() === 'POST').length, 2); // two tokens of one second are the same
      assert.equal(new URL(page.asked('/authorize').at(-1).url()).searchParams.get('prompt'), 'none');
    } },
    { flow: 'refresh', name: 'a refresh token renews them without a frame', run: async (t) => {
      const page = await logIn(t, 'openid profile offline_access');
      const before = await page.user();
      permitted((await page.call('signinSilent')).access_token);
      assert.notEqual((await page.user()).refresh_token, before.refresh_token);
      assert.equal(page.asked('/authorize').length, 1);
    } },
    { flow: 'revoke', name: 'a revoked refresh token is of no use', run: async (t) => {
      const page = await logIn(t, 'openid profile offline_access');
      const { refresh_token } = await page.user();
      await page.call('revokeTokens', ['refresh_token']);
      const refused = await fetch(`${tenant.http}/oauth/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token }) });
      assert.equal((await refused.json()).error, 'invalid_grant');
    } },
    { flow: 'logout', name: 'log out, and the session is gone', run: async (t) => {
      const page = await logIn(t);
      page.page.evaluate(() => { window.client.signoutRedirect(); }).catch(() => {});
      await page.says('Nobody is here');
      await assert.rejects(page.call('signinSilent'), /login_required|Login required/);
    } },
  ];
}

test(sdk, { concurrency: 3 }, async (t) => rows(t, sdk, { name: sdk, package: sdk }, table(await start(t))));
