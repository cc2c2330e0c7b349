// Security keys, device biometrics and passkeys over https, in a browser whose
// authenticators are Chromium's virtual ones. Over http, and with a look at each
// page, they are in ../journeys/walks/keys.js and passkey.js.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { ada, visit, world } from './harness.js';

const client = 'webauthnSpa000000000000000000001';
const database = 'Username-Password-Authentication';

// tenant is a fixture with what the test is about.
const tenant = (more) => async (dir, app) => {
  await writeFile(`${dir}/webauthn.json`, JSON.stringify({
    tenant: { friendly_name: 'Acceptance', default_directory: database },
    clients: [{
      name: 'Page', client_id: client, app_type: 'spa', token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'implicit', 'urn:okta:params:oauth:grant-type:webauthn'],
      callbacks: [`${app.http}/callback`, `${app.https}/callback`], web_origins: [app.http, app.https],
    }],
    users: [{ email: ada.username, password: ada.password, user_id: 'auth0|ada' }],
    ...more,
    databases: [{ name: database, strategy: 'auth0', enabled_clients: ['Page'], ...more.database }],
    database: undefined,
  }));
  return `${dir}/webauthn.json`;
};

// open starts a browser with the kinds of authenticators that are named.
async function open(t, browser, ...kinds) {
  const { page, complaints } = await visit(t, browser);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  for (const kind of kinds) {
    const internal = kind === 'internal';
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2', transport: kind, hasResidentKey: internal, hasUserVerification: internal, isUserVerified: internal,
        automaticPresenceSimulation: true,
      },
    });
  }
  return { page, complaints };
}

// cancels is a browser whose person closes each dialog: Chromium itself would
// wait a minute for a key.
async function cancels(t, browser) {
  const visited = await open(t, browser, 'internal');
  await visited.page.addInitScript(() => {
    navigator.credentials.get = async () => { throw new DOMException('cancelled', 'NotAllowedError'); };
  });
  return visited;
}

const authorize = (issuer, app, more = {}) => `${issuer}/authorize?` + new URLSearchParams({
  client_id: client, response_type: 'id_token', nonce: 'n', redirect_uri: `${app}/callback`, scope: 'openid email', prompt: 'login', ...more,
});

// subject is who the application is told has logged in.
async function subject(page, app) {
  await page.waitForURL(`${app}/callback**`);
  const token = new URLSearchParams(new URL(page.url()).hash.slice(1)).get('id_token');
  assert.ok(token, `an ID token in ${page.url()}`);
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
}

const at = (page, path) => page.waitForURL((url) => url.pathname === path);
const primary = '[data-action-button-primary]';

async function typePassword(page, user) {
  if (await page.locator('input[name=password]').count() === 0) {
    await page.fill('input[name=username]', user.username);
    await page.click(primary);
    await page.waitForSelector('input[name=password]');
  } else {
    await page.fill('input[name=username]', user.username);
  }
  await page.fill('input[name=password]', user.password);
  await page.click(primary);
}

test('second factors', async (t) => {
  const { app, tenant: auth, browser } = await world(t, {
    fixtures: tenant({
      guardianFactors: [{ name: 'webauthn-roaming', enabled: true }, { name: 'webauthn-platform', enabled: true }],
      guardianPolicies: { policies: ['all-applications'] },
    }),
  });

  await t.test('a security key and a device', async (t) => {
    const user = { username: 'zoe@acme.test', password: ada.password };
    const { page, complaints } = await open(t, browser, 'usb', 'internal');
    const url = authorize(auth.https, app.https);
    await page.goto(authorize(auth.https, app.https, { screen_hint: 'signup' }));
    await page.fill('input[name=email]', user.username);
    await page.fill('input[name=password]', user.password);
    await page.click(primary);

    await at(page, '/u/mfa-webauthn-roaming-enrollment');
    await page.click(primary);
    await at(page, '/u/mfa-webauthn-change-key-nickname');
    await page.fill('#nickname', 'Blue key');
    await page.click(primary);
    await at(page, '/u/mfa-webauthn-enrollment-success');
    await page.click(primary);

    await at(page, '/u/mfa-webauthn-platform-enrollment');
    await page.click('button[value=snooze-enrollment]');
    assert.deepEqual((await subject(page, app.https)).amr, ['mfa']);

    const { page: other } = await cancels(t, browser);
    await other.goto(url);
    await typePassword(other, user);
    await at(other, '/u/mfa-webauthn-roaming-challenge');
    await other.click(primary);
    await at(other, '/u/mfa-webauthn-error');
    await other.click('button[value=tryagain]');
    await at(other, '/u/mfa-webauthn-roaming-challenge');

    await page.goto(url);
    await typePassword(page, user);
    await at(page, '/u/mfa-webauthn-roaming-challenge');
    await page.click(primary);
    assert.deepEqual((await subject(page, app.https)).amr, ['mfa']);

    await page.context().clearCookies();
    await page.goto(url);
    await typePassword(page, user);
    await at(page, '/u/mfa-webauthn-roaming-challenge');
    await page.click(primary);
    await at(page, '/u/mfa-webauthn-platform-enrollment');
    await page.click(primary);
    await at(page, '/u/mfa-webauthn-enrollment-success');
    await page.click(primary);
    await subject(page, app.https);

    await page.goto(url);
    await typePassword(page, user);
    await at(page, '/u/mfa-webauthn-platform-challenge');
    await page.click(primary);
    await subject(page, app.https);
    assert.deepEqual(complaints, []);
  });

  await t.test('a browser without JavaScript is told so', async (t) => {
    const { page } = await visit(t, browser, { javaScriptEnabled: false });
    await page.goto(authorize(auth.http, app.http));
    await typePassword(page, { username: 'zoe@acme.test', password: ada.password });
    await at(page, '/u/mfa-detect-browser-capabilities');
    await page.click(primary);
    await at(page, '/u/mfa-webauthn-not-available-error');
  });
});

for (const ui of ['button', 'autofill']) {
  test(`passkeys by ${ui}`, async (t) => {
    const { app, tenant: auth, browser } = await world(t, {
      fixtures: tenant({
        prompts: { identifier_first: true },
        database: { options: { authentication_methods: { passkey: { enabled: true } }, passkey_options: { challenge_ui: ui } } },
      }),
    });
    for (const scheme of ui === 'button' ? ['https'] : ['http', 'https']) {
      await t.test(`over ${scheme}`, async (t) => {
        const { page, complaints } = await open(t, browser, 'internal');
        const email = `${scheme}-new@acme.test`;
        await page.goto(authorize(auth[scheme], app[scheme], { screen_hint: 'signup' }));
        await page.fill('input[name=email]', email);
        await page.click(primary);
        await at(page, '/u/passkey-enrollment');
        await page.click(primary);
        const { sub, email: told } = await subject(page, app[scheme]);
        assert.equal(told, email);

        await page.goto(authorize(auth[scheme], app[scheme]));
        if (ui === 'button') {
          await page.click('[data-provider=passkey]');
        }
        assert.equal((await subject(page, app[scheme])).sub, sub);
        assert.deepEqual(complaints, []);
      });
    }

    await t.test('one is offered after the password', async (t) => {
      const { page } = await open(t, browser, 'internal');
      await page.goto(authorize(auth.http, app.http));
      await typePassword(page, ada);
      await at(page, '/u/passkey-enrollment');
      await page.click(primary);
      assert.equal((await subject(page, app.http)).sub, 'auth0|ada');
      await page.goto(authorize(auth.http, app.http));
      if (ui === 'button') await page.click('[data-provider=passkey]');
      assert.equal((await subject(page, app.http)).sub, 'auth0|ada');
    });

    await t.test('who wants none has the password', async (t) => {
      const { page } = await cancels(t, browser);
      await page.goto(authorize(auth.http, app.http));
      if (ui === 'button') {
        await page.click('[data-provider=passkey]');
        await page.locator('[data-failed]').waitFor();
      }
      await typePassword(page, ada);
      if (new URL(page.url()).pathname === '/u/passkey-enrollment') await page.click('button[value=abort-passkey-enrollment]');
      await subject(page, app.http);
    });
  });
}

// The SDK puts https:// before the domain for these calls, whatever it is.
test('passkeys by auth0-spa-js, without a page of the tenant', async (t) => {
  const { app, tenant: auth, browser } = await world(t, {
    fixtures: tenant({
      database: { options: { authentication_methods: { passkey: { enabled: true } } } },
    }),
  });
  for (const scheme of ['http', 'https']) {
    await t.test(`on a page over ${scheme}`, async (t) => {
      const { page, complaints } = await open(t, browser, 'internal');
      const sdk = (method, ...args) => page.evaluate(async ([domain, clientId, method, args]) => {
        const client = new auth0.Auth0Client({ domain, clientId });
        const tokens = await client.passkey[method](...args);
        return JSON.parse(atob(tokens.id_token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')));
      }, [new URL(auth.https).host, client, method, args]);
      await page.goto(app[scheme]);
      const { sub } = await sdk('signup', { email: `${scheme}-sdk@acme.test` });
      assert.equal((await sdk('login')).sub, sub);
      await assert.rejects(sdk('signup', { email: ada.username }), /already exists/);
      assert.ok(complaints.every((text) => /40\d/.test(text)), complaints.join('\n'));
    });
  }
});
