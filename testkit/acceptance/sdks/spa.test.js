// The SDKs of single-page apps: the same life with each of them.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ada, api, claims, clientId, patience, press, rows, start, visit } from './kit.js';

const sdks = [
  { name: '@auth0/auth0-spa-js', page: 'spa.js' },
  { name: '@auth0/auth0-react', page: 'none.js' },
  { name: '@auth0/auth0-vue', page: 'none.js' },
  { name: '@auth0/auth0-angular', page: 'none.js' },
];
const organization = 'org_acmeEurope00001';

function table(world, { name: sdk, page: script }) {
  const { app, tenant } = world;
  const silently = script === 'spa.js' ? 'getTokenSilently' : 'getAccessTokenSilently';

  async function open(t, { authorizationParams, ...options } = {}) {
    const settings = {
      domain: new URL(tenant.https).host, clientId, httpTimeoutInSeconds: patience / 1000, ...options,
      authorizationParams: { redirect_uri: app.https, audience: api, ...authorizationParams },
    };
    const visitor = await visit(t, world, { sdk, page: script, settings });
    const { page } = visitor;
    const says = (text) => page.getByText(text, { exact: true }).waitFor();
    const call = (method, ...args) => page.evaluate(async ([method, args]) => {
      const answer = await window.client[method](...args);
      await window.show?.(); // auth0-spa-js draws nothing by itself
      return answer;
    }, [method, args]);
    const type = async (target) => {
      await target.fill('input[name=username]', ada.username);
      await target.fill('input[name=password]', ada.password);
      await press(target, 'button[name=action][value=default]');
    };
    await says('Nobody is here');
    return {
      ...visitor, says, call, type,
      async logIn() {
        page.evaluate(() => { window.client.loginWithRedirect(); }).catch(() => {});
        await type(page);
        await says('Hello Ada Byron');
      },
    };
  }
  const permitted = (token) => assert.deepEqual(claims(token)?.permissions?.toSorted(), ['read:orders', 'write:orders']);

  return [
    { flow: 'redirect', name: 'log in with a redirect', run: async (t) => {
      const page = await open(t);
      await page.logIn();
      permitted(await page.call(silently));
      assert.deepEqual(page.complaints, []);
    } },
    { flow: 'popup', name: 'log in with a popup', run: async (t) => {
      const page = await open(t);
      const opened = page.page.waitForEvent('popup');
      const done = page.call('loginWithPopup');
      const popup = await opened;
      const closed = popup.waitForEvent('close');
      await page.type(popup);
      await done;
      await closed;
      await page.says('Hello Ada Byron');
      permitted(await page.call(silently));
    } },
    { flow: 'silent', name: 'after a reload, a hidden frame logs in again', run: async (t) => {
      const page = await open(t);
      await page.logIn();
      page.requests.length = 0;
      await page.page.goto(app.https);
      await page.says('Hello Ada Byron');
      const [asked] = page.asked('/authorize').map((r) => new URL(r.url()).searchParams);
      assert.equal(asked.get('prompt'), 'none');
    } },
    { flow: 'refresh', name: 'refresh tokens rotate, without a hidden frame', run: async (t) => {
      const page = await open(t, { useRefreshTokens: true });
      await page.logIn();
      page.requests.length = 0;
      permitted(await page.call(silently, { cacheMode: 'off' }));
      permitted(await page.call(silently, { cacheMode: 'off' }));
      const sent = page.asked('/oauth/token').filter((r) => r.method() === 'POST').map((r) => new URLSearchParams(r.postData()));
      assert.deepEqual(sent.map((form) => form.get('grant_type')), ['refresh_token', 'refresh_token']);
      assert.notEqual(sent[0].get('refresh_token'), sent[1].get('refresh_token'));
      assert.equal(page.asked('/authorize').length, 0);
    } },
    { flow: 'organization', name: 'log in to an organization', run: async (t) => {
      const page = await open(t, { authorizationParams: { organization } });
      await page.logIn();
      assert.equal(await page.page.evaluate(() => window.user.org_id), organization);
      assert.equal(claims(await page.call(silently)).org_id, organization);
    } },
    { flow: 'logout', name: 'log out, and the session is gone', run: async (t) => {
      const page = await open(t);
      await page.logIn();
      page.page.evaluate((returnTo) => { window.client.logout({ logoutParams: { returnTo } }); }, app.https).catch(() => {});
      await page.says('Nobody is here');
      await assert.rejects(page.call(silently), /Login required|login_required/);
    } },
  ];
}

test('single-page apps', { concurrency: 3 }, async (t) => {
  const world = await start(t);
  await Promise.all(sdks.map((sdk) => rows(t, sdk.name.split('/')[1], { name: sdk.name, package: sdk.name }, table(world, sdk))));
});
