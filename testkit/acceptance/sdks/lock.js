// What a person does with Lock, whichever version it is.
import assert from 'node:assert/strict';
import { api, bob, ada, claims, clientId, database, elsewhere, fresh, message, noCrossOrigin, phone, pretend, signUp, visit } from './kit.js';

const logo = 'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"%3E%3Ccircle cx="4" cy="4" r="4" fill="%233b5bdb"/%3E%3C/svg%3E';

// widget opens the page with Lock on it, and nothing of it from a CDN.
export async function widget(t, world, sdk, { auth, client = clientId, kind = 'Auth0Lock', options, ...rest } = {}) {
  const settings = {
    widget: kind, clientId: client, domain: new URL(world.tenant.https).host,
    options: {
      avatar: null, theme: { logo }, languageBaseUrl: world.tenant.https, rememberLastLogin: false,
      allowedConnections: [database, 'google-oauth2'], ...options,
      auth: { redirectUrl: `${world.app.https}/callback`, responseType: 'token id_token', ...auth },
    },
  };
  const visitor = await visit(t, world, { sdk, page: 'lock.js', settings, ...rest });
  const { page } = visitor;
  return {
    ...visitor,
    async logIn({ username, password }) {
      await page.fill('.auth0-lock input[name=email]', username);
      await page.fill('.auth0-lock input[name=password]', password);
      await page.click('.auth0-lock-submit');
    },
    async signUp(email, password) {
      await page.getByText('Sign Up', { exact: true }).first().click();
      await page.waitForFunction(() => document.querySelector('.auth0-lock-tabs-current')?.textContent === 'Sign Up');
      await page.waitForFunction(() => document.querySelectorAll('.auth0-lock input[name=email]').length === 1);
      await page.fill('.auth0-lock input[name=email]', email);
      await page.fill('.auth0-lock input[name=password]', password);
      await page.click('.auth0-lock-submit');
    },
    // told waits for an event of Lock's, and gives what came with it.
    async told(event) {
      const handle = await page.waitForFunction((event) => window.told?.find(([name]) => name === event), event);
      return (await handle.jsonValue())[1];
    },
    // shows waits until Lock's banner says exactly this.
    async shows(kind, text) {
      await page.waitForFunction(([kind, text]) => [...document.querySelectorAll(`.auth0-global-message-${kind}`)]
        .some((banner) => banner.innerText.trim().toLowerCase() === text.toLowerCase()), [kind, text]);
    },
  };
}

// The ways to name the API, and what becomes of each.
const jwt = (token, what) => assert.deepEqual(claims(token)?.permissions?.toSorted(), ['read:orders', 'write:orders'], what);
const opaque = (token) => assert.equal(claims(token), null, 'an access token that is not a JWT');
const audiences = [
  { flow: 'auth.audience', auth: { audience: api }, check: jwt },
  { flow: 'auth.params.audience', auth: { params: { audience: api } }, check: jwt },
  { flow: 'no audience', auth: {}, check: opaque },
];

const isAda = (result) => {
  assert.equal(result.idTokenPayload.sub, 'auth0|ada');
  assert.equal(result.idTokenPayload.email, ada.username);
};

// table is every row of one version.
export function table(world, sdk) {
  const open = (t, options) => widget(t, world, sdk, options);
  const list = [];
  const row = (flow, name, run) => list.push({ flow, name, run });

  for (const { flow, auth, check } of audiences) {
    row('redirect', `log in with a redirect, ${flow}`, async (t) => {
      const lock = await open(t, { auth });
      await lock.logIn(ada);
      const result = await lock.told('authenticated');
      assert.ok(lock.page.url().startsWith(`${world.app.https}/callback`));
      isAda(result);
      check(result.accessToken);
      assert.deepEqual(lock.complaints, []);
    });
    row('popup mode', `log in without leaving the page, ${flow}`, async (t) => {
      const lock = await open(t, { auth: { ...auth, redirect: false } });
      await lock.logIn(ada);
      const result = await lock.told('authenticated');
      assert.equal(lock.page.url(), `${world.app.https}/`, 'the page stayed');
      isAda(result);
      check(result.accessToken);
    });
  }
  row('redirect', 'log in with a redirect and response_type code', async (t) => {
    const lock = await open(t, { auth: { responseType: 'code' } });
    await lock.logIn(ada);
    await lock.page.waitForURL(`${world.app.https}/callback?**code=**`);
  });
  row('offline', 'with nothing set, Lock asks two hosts of the internet, and works without an answer', async (t) => {
    const lock = await open(t, {
      options: { avatar: undefined, theme: undefined, languageBaseUrl: undefined },
      harmless: /^https?:\/\/(cdn\.auth0\.com|secure\.gravatar\.com)\//,
    });
    await lock.logIn(ada);
    isAda(await lock.told('authenticated'));
  });
  row('session', 'a second visit shows who logged in last', async (t) => {
    const lock = await open(t, { options: { rememberLastLogin: true } });
    await lock.logIn(ada);
    await lock.told('authenticated');
    await lock.page.goto(world.app.https);
    await lock.page.getByText('Last time you logged in with').waitFor();
    await lock.page.locator('.auth0-lock-social-button', { hasText: ada.username }).click();
    isAda(await lock.told('authenticated'));
  });

  // What people do wrong, in Lock's words.
  for (const redirect of [true, false]) {
    const mode = redirect ? 'with a redirect' : 'without leaving the page';
    row('wrong password', `a wrong password, ${mode}, and then the right one`, async (t) => {
      const lock = await open(t, { auth: { redirect } });
      await lock.logIn({ ...ada, password: 'wrong' });
      await lock.shows('error', 'Wrong email or password.');
      assert.equal((await lock.told('authorization_error')).code, 'invalid_user_password');
      await lock.page.fill('.auth0-lock input[name=password]', ada.password);
      await lock.page.click('.auth0-lock-submit');
      isAda(await lock.told('authenticated'));
    });
  }
  row('blocked user', 'a blocked user', async (t) => {
    const lock = await open(t);
    await lock.logIn(bob);
    await lock.shows('error', 'The user is blocked.');
  });
  row('callback not allowed', 'a callback that is not allowed ends at the tenant, which names it', async (t) => {
    const lock = await open(t, { auth: { redirectUrl: `${world.app.https}/not-listed` } });
    await lock.logIn(ada);
    await lock.page.getByText(/callback url mismatch/i).first().waitFor();
  });
  row('origin not allowed', 'a page whose origin is not allowed', async (t) => {
    const lock = await open(t, { client: elsewhere });
    const refused = lock.page.waitForResponse('**/co/authenticate');
    await lock.logIn(ada);
    assert.equal((await refused).status(), 403);
    await lock.page.locator('.auth0-global-message-error', { hasText: /./ }).first().waitFor();
    await lock.shows('error', "We're sorry, something went wrong when attempting to log in.");
  });
  row('origin not allowed', 'an application without cross-origin authentication', async (t) => {
    const lock = await open(t, { client: noCrossOrigin });
    const refused = lock.page.waitForResponse('**/co/authenticate');
    await lock.logIn(ada);
    assert.equal((await refused).status(), 401);
    await lock.shows('error', "We're sorry, something went wrong when attempting to log in.");
  });

  // Signing up.
  for (const redirect of [true, false]) {
    row('sign-up', `sign up ${redirect ? 'with a redirect' : 'without leaving the page'}, and be logged in`, async (t) => {
      const lock = await open(t, { auth: { redirect, audience: api } });
      const email = fresh('new');
      await lock.signUp(email, 'Battery-Staple-8');
      const result = await lock.told('authenticated');
      assert.equal(result.idTokenPayload.email, email);
      assert.deepEqual(claims(result.accessToken).permissions, [], 'nobody gave the new user a role');
    });
  }
  row('user exists', 'sign up with an address that is taken', async (t) => {
    const lock = await open(t);
    await lock.signUp(ada.username, 'Battery-Staple-8');
    await lock.shows('error', "We're sorry, something went wrong when attempting to sign up.");
  });
  row('weak password', 'a password that is too weak is refused before it is sent', async (t) => {
    const lock = await open(t);
    await lock.signUp(fresh('weak'), 'weak');
    await lock.page.getByText('At least 8 characters in length').waitFor();
    await lock.page.getByText('Contain at least 3 of the following 4 types of characters:').waitFor();
    assert.equal(lock.asked('/dbconnections/signup').length, 0);
  });
  row('weak password', 'a password that the tenant finds too common', async (t) => {
    const lock = await open(t, { options: { allowedConnections: ['Dictionary'] } });
    await lock.signUp(fresh('common'), 'opensesame');
    await lock.shows('error', 'Password is too common.');
  });
  row('weak password', 'a password that says who one is', async (t) => {
    const lock = await open(t, { options: { allowedConnections: ['Dictionary'] } });
    const email = fresh('myself');
    await lock.signUp(email, email.split('@')[0]);
    await lock.shows('error', 'Password is based on user information.');
  });
  row('forgotten password', 'ask for an e-mail that resets the password', async (t) => {
    const lock = await open(t);
    const email = fresh('new');
    await signUp(world.tenant, email);
    await lock.page.click('.auth0-lock-alternative-link');
    await lock.page.getByText('Please enter your email address.').waitFor();
    await lock.page.fill('.auth0-lock input[name=email]', email);
    await lock.page.click('.auth0-lock-submit');
    await lock.shows('success', "We've just sent you an email to reset your password.");
    assert.match((await message(world.tenant, email, 'reset_email')).link, /ticket=/);
  });

  // Social connections, played by the tenant.
  row('social redirect', 'a social button, with a redirect', async (t) => {
    const lock = await open(t, { auth: { audience: api } });
    const email = fresh('gina');
    await lock.page.locator('[data-provider=google-oauth2]').click();
    await pretend(lock.page, email, 'Gina Social');
    const result = await lock.told('authenticated');
    assert.match(result.idTokenPayload.sub, /^google-oauth2\|/);
    assert.equal(result.idTokenPayload.name, 'Gina Social');
    assert.deepEqual(claims(result.accessToken).permissions, []);
  });
  row('social popup', 'a social button, in a popup', async (t) => {
    const lock = await open(t, { auth: { redirect: false, audience: api } });
    const opened = lock.page.waitForEvent('popup');
    await lock.page.locator('[data-provider=google-oauth2]').click();
    const popup = await opened;
    const closed = popup.waitForEvent('close');
    await pretend(popup, fresh('gina'), 'Gina Social');
    const result = await lock.told('authenticated');
    await closed;
    assert.equal(lock.page.url(), `${world.app.https}/`, 'the page stayed');
    assert.match(result.idTokenPayload.sub, /^google-oauth2\|/);
    assert.deepEqual(claims(result.accessToken).permissions, []);
  });

  // A code instead of a password.
  const sendCode = async (t, connection, auth) => {
    const lock = await open(t, { kind: 'Auth0LockPasswordless', auth: { audience: api, ...auth }, options: { allowedConnections: [connection], passwordlessMethod: 'code' } });
    const to = connection === 'email' ? fresh('cora') : phone();
    await lock.page.fill(`.auth0-lock input[name=${connection === 'email' ? 'email' : 'phoneNumber'}]`, to);
    await lock.page.click('.auth0-lock-submit');
    await lock.page.locator('.auth0-lock input[name=vcode]').waitFor();
    const { code } = await message(world.tenant, connection === 'email' ? to : `+1${to}`);
    const type = async (code) => {
      await lock.page.fill('.auth0-lock input[name=vcode]', code);
      await lock.page.click('.auth0-lock-submit');
    };
    return { lock, to, code, type };
  };
  for (const redirect of [true, false]) {
    for (const [connection, by] of [['email', 'by e-mail'], ['sms', 'in a text message']]) {
      row('passwordless', `a code ${by}, ${redirect ? 'with a redirect' : 'without leaving the page'}`, async (t) => {
        const { lock, to, code, type } = await sendCode(t, connection, { redirect });
        await type(code);
        const result = await lock.told('authenticated');
        assert.ok(result.idTokenPayload.sub.startsWith(`${connection}|`), result.idTokenPayload.sub);
        if (connection === 'email') assert.equal(result.idTokenPayload.email, to);
        else assert.equal(result.idTokenPayload.name, `+1${to}`);
        assert.deepEqual(claims(result.accessToken).permissions, []);
      });
    }
  }
  row('passwordless', 'a wrong code, and then the right one', async (t) => {
    const { lock, to, code, type } = await sendCode(t, 'email', {});
    await type(code === '000000' ? '111111' : '000000');
    await lock.shows('error', "We're sorry, something went wrong"); // Lock has no words of its own for it here
    assert.equal((await lock.told('authorization_error')).description, 'Wrong email or verification code.');
    await type(code);
    assert.equal((await lock.told('authenticated')).idTokenPayload.email, to);
  });
  row('passwordless', 'a link by e-mail, opened in the same browser', async (t) => {
    const lock = await open(t, { kind: 'Auth0LockPasswordless', auth: { audience: api }, options: { allowedConnections: ['email'], passwordlessMethod: 'link' } });
    const to = fresh('lena');
    await lock.page.fill('.auth0-lock input[name=email]', to);
    await lock.page.click('.auth0-lock-submit');
    const { link } = await message(world.tenant, to);
    await lock.page.goto(link);
    const result = await lock.told('authenticated');
    assert.equal(result.idTokenPayload.email, to);
    assert.deepEqual(claims(result.accessToken).permissions, []);
  });
  return list;
}
