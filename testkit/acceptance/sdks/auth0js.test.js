// auth0.js, as published: what each of its methods gets from the tenant.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ada, api, bob, claims, clientId, database, elsewhere, fresh, message, noCrossOrigin, phone, rows, start, userIn, visit } from './kit.js';

const isAda = (result) => assert.equal((result.idTokenPayload ?? claims(result.idToken)).sub, 'auth0|ada');
const permitted = (token) => assert.deepEqual(claims(token)?.permissions?.toSorted(), ['read:orders', 'write:orders']);

function table(world, sdk) {
  const { app, tenant } = world;

  // open is a page with the SDK on it.
  async function open(t, options = {}) {
    const settings = {
      domain: new URL(tenant.https).host, clientID: clientId, redirectUri: `${app.https}/callback`,
      responseType: 'token id_token', scope: 'openid profile email', audience: api, ...options,
    };
    const visitor = await visit(t, world, { sdk, page: 'auth0-js.js', settings });
    const { page } = visitor;
    // call runs a method that answers by callback: `path` says where it hangs on WebAuth.
    const call = (path, ...args) => page.evaluate(([path, args]) => new Promise((resolve) => {
      const names = path.split('.');
      const method = names.pop();
      const owner = names.reduce((object, name) => object[name], new auth0.WebAuth(window.settings));
      owner[method](...args, (error, result) => resolve(error ? { error: JSON.parse(JSON.stringify(error)) } : { result }));
    }), [path, args]);
    // done is call for what should work.
    const done = async (path, ...args) => {
      const { error, result } = await call(path, ...args);
      assert.equal(error, undefined, JSON.stringify(error));
      return result;
    };
    // leave runs a method that ends on another page.
    const leave = async (path, ...args) => {
      const gone = page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame());
      call(path, ...args).catch(() => {}); // the page it ran in is gone
      await gone;
    };
    const logIn = async (target = page) => {
      await target.fill('input[name=username]', ada.username);
      await target.fill('input[name=password]', ada.password);
      await target.press('input[name=password]', 'Enter').catch((error) => { if (!target.isClosed()) throw error; });
    };
    const arrive = async () => {
      await page.waitForURL(`${app.https}/callback**`);
      return done('parseHash');
    };
    return { ...visitor, call, done, leave, logIn, arrive };
  }
  const loggedIn = async (t, options) => {
    const page = await open(t, options);
    await page.leave('authorize', {});
    await page.logIn();
    isAda(await page.arrive());
    return page;
  };
  const refused = ({ error }, code, description) => {
    assert.equal(error?.code, code);
    assert.equal(error.description, description);
    return error;
  };

  return [
    { flow: 'authorize', name: 'authorize and parseHash', run: async (t) => {
      const page = await open(t);
      await page.leave('authorize', { state: 'my-state', nonce: 'my-nonce' });
      await page.logIn();
      await page.page.waitForURL(`${app.https}/callback**`);
      const result = await page.done('parseHash', { state: 'my-state', nonce: 'my-nonce' });
      isAda(result);
      permitted(result.accessToken);
    } },
    { flow: 'authorize', name: 'authorize without an audience, and userInfo', run: async (t) => {
      const page = await open(t, { audience: undefined });
      await page.leave('authorize', {});
      await page.logIn();
      const { accessToken } = await page.arrive();
      assert.equal(claims(accessToken), null);
      assert.equal((await page.done('client.userInfo', accessToken)).email, ada.username);
    } },
    { flow: 'authorize', name: 'authorize straight to a social connection', run: async (t) => {
      const page = await open(t);
      await page.leave('authorize', { connection: 'google-oauth2' });
      await page.page.fill('input[name=email]', fresh('gina'));
      await page.page.click('button[name=action][value=default]');
      assert.match((await page.arrive()).idTokenPayload.sub, /^google-oauth2\|/);
    } },
    ...[false, true].map((owp) => ({ flow: 'popup', name: owp ? 'popup.authorize, answered in the popup itself' : 'popup.authorize, by way of a callback page', run: async (t) => {
      const page = await open(t);
      const opened = page.page.waitForEvent('popup');
      const answer = page.done('popup.authorize', owp ? { owp } : {});
      const popup = await opened;
      const closed = popup.waitForEvent('close');
      await page.logIn(popup);
      const result = await answer;
      await closed;
      isAda(result);
      permitted(result.accessToken);
    } })),
    { flow: 'popup', name: 'popup.loginWithCredentials, in a hidden frame', run: async (t) => {
      const page = await open(t);
      const result = await page.done('popup.loginWithCredentials', { connection: database, ...ada });
      isAda(result);
      permitted(result.accessToken);
    } },
    { flow: 'login', name: 'login with a password typed into the page', run: async (t) => {
      const page = await open(t);
      await page.leave('login', { realm: database, ...ada });
      const result = await page.arrive();
      isAda(result);
      permitted(result.accessToken);
    } },
    { flow: 'login', name: 'redirect.loginWithCredentials', run: async (t) => {
      const page = await open(t);
      await page.leave('redirect.loginWithCredentials', { connection: database, ...ada });
      isAda(await page.arrive());
    } },
    { flow: 'login', name: 'client.login and client.loginWithDefaultDirectory, at the token endpoint', run: async (t) => {
      const page = await open(t);
      permitted((await page.done('client.login', { realm: database, ...ada, audience: api })).accessToken);
      permitted((await page.done('client.loginWithDefaultDirectory', { ...ada, audience: api })).accessToken);
    } },
    { flow: 'checkSession', name: 'checkSession, with a session and without', run: async (t) => {
      const page = await open(t);
      assert.equal((await page.call('checkSession', {})).error.code, 'login_required');
      await page.leave('authorize', {});
      await page.logIn();
      await page.arrive();
      const result = await page.done('checkSession', {});
      isAda(result);
      permitted(result.accessToken);
    } },
    { flow: 'renewAuth', name: 'renewAuth, by way of a callback page', run: async (t) => {
      const page = await loggedIn(t);
      const result = await page.done('renewAuth', { usePostMessage: true });
      isAda(result);
      permitted(result.accessToken);
    } },
    { flow: 'logout', name: 'logout ends the session', run: async (t) => {
      const page = await loggedIn(t);
      await page.page.evaluate((returnTo) => new auth0.WebAuth(window.settings).logout({ returnTo }), app.https);
      await page.page.waitForURL(`${app.https}/`);
      assert.equal((await page.call('checkSession', {})).error.code, 'login_required');
    } },
    { flow: 'wrong password', name: 'a wrong password is access_denied, wherever it is sent', run: async (t) => {
      const page = await open(t);
      const wrong = { ...ada, password: 'wrong' };
      refused(await page.call('login', { realm: database, ...wrong }), 'access_denied', 'Wrong email or password.');
      refused(await page.call('popup.loginWithCredentials', { connection: database, ...wrong }), 'access_denied', 'Wrong email or password.');
      refused(await page.call('client.login', { realm: database, ...wrong }), 'invalid_grant', 'Wrong email or password.');
    } },
    { flow: 'blocked user', name: 'a blocked user', run: async (t) => {
      const page = await open(t);
      refused(await page.call('login', { realm: database, ...bob }), 'blocked_user', 'Blocked user');
    } },
    { flow: 'callback not allowed', name: 'a callback that is not allowed ends at the tenant, which names it', run: async (t) => {
      const page = await open(t, { redirectUri: `${app.https}/not-listed` });
      await page.leave('authorize', {});
      await page.page.getByText(/callback url mismatch/i).first().waitFor();
    } },
    { flow: 'origin not allowed', name: 'a page whose origin is not allowed, and an application without cross-origin authentication', run: async (t) => {
      const page = await open(t, { clientID: elsewhere });
      const answer = page.page.waitForResponse('**/co/authenticate');
      const { error } = await page.call('login', { realm: database, ...ada });
      assert.equal((await answer).status(), 403);
      assert.ok(error.description.includes(`Origin ${app.https} is not allowed.`), error.description);
      const other = await open(t, { clientID: noCrossOrigin });
      refused(await other.call('login', { realm: database, ...ada }), 'unauthorized_client', 'Cross origin login not allowed.');
    } },
    { flow: 'signup', name: 'signup, and then login', run: async (t) => {
      const page = await open(t);
      const person = { email: fresh('new'), password: 'Battery-Staple-8' };
      const user = await page.done('signup', { connection: database, ...person, userMetadata: { plan: 'pro' } });
      assert.equal(user.email, person.email);
      assert.equal(user.emailVerified, false);
      const result = await page.done('popup.loginWithCredentials', { connection: database, username: person.email, password: person.password });
      const id = `auth0|${user.Id ?? user.id ?? user._id}`;
      assert.equal(claims(result.idToken).sub, id);
      assert.deepEqual((await userIn(tenant, id)).user_metadata, { plan: 'pro' });
    } },
    { flow: 'signup', name: 'redirect.signupAndLogin', run: async (t) => {
      const page = await open(t);
      const email = fresh('new');
      await page.leave('redirect.signupAndLogin', { connection: database, email, password: 'Battery-Staple-8' });
      assert.equal((await page.arrive()).idTokenPayload.email, email);
    } },
    { flow: 'user exists', name: 'signup with an address that is taken', run: async (t) => {
      const page = await open(t);
      const error = refused(await page.call('signup', { connection: database, email: ada.username, password: 'Battery-Staple-8' }), 'invalid_signup', 'Invalid sign up');
      assert.equal(error.statusCode, 400);
    } },
    { flow: 'weak password', name: 'signup with a weak, a common and a personal password', run: async (t) => {
      const page = await open(t);
      const { error } = await page.call('signup', { connection: database, email: fresh('weak'), password: 'weak' });
      assert.equal(error.code, 'invalid_password');
      assert.equal(error.name, 'PasswordStrengthError');
      assert.match(error.policy, /^\* At least 8 characters in length/);
      const common = await page.call('signup', { connection: 'Dictionary', email: fresh('common'), password: 'opensesame' });
      assert.deepEqual([common.error?.code, common.error?.name], ['invalid_password', 'PasswordDictionaryError']);
      const email = fresh('myself');
      const personal = await page.call('signup', { connection: 'Dictionary', email, password: email.split('@')[0] });
      assert.deepEqual([personal.error?.code, personal.error?.name], ['invalid_password', 'PasswordNoUserInfoError']);
    } },
    { flow: 'changePassword', name: 'changePassword answers with its sentence', run: async (t) => {
      const page = await open(t);
      const email = fresh('new');
      await page.done('signup', { connection: database, email, password: 'Battery-Staple-8' });
      assert.equal(await page.done('changePassword', { connection: database, email }), "We've just sent you an email to reset your password.");
      assert.equal((await message(tenant, email, 'reset_email')).to, email);
    } },
    ...['email', 'sms'].map((connection) => ({ flow: 'passwordless', name: `passwordlessStart and passwordlessLogin with a code by ${connection === 'sms' ? 'text message' : 'e-mail'}`, run: async (t) => {
      const page = await open(t);
      const person = connection === 'email' ? { email: fresh('cora') } : { phoneNumber: `+1${phone()}` };
      await page.done('passwordlessStart', { connection, send: 'code', ...person });
      const { code } = await message(tenant, person.email ?? person.phoneNumber);
      const wrong = code === '000000' ? '111111' : '000000';
      refused(await page.call('passwordlessLogin', { connection, ...person, verificationCode: wrong }), 'access_denied', `Wrong ${connection === 'sms' ? 'phone number' : 'email'} or verification code.`);
      await page.leave('passwordlessLogin', { connection, ...person, verificationCode: code });
      const result = await page.arrive();
      assert.ok(result.idTokenPayload.sub.startsWith(`${connection}|`), result.idTokenPayload.sub);
      assert.deepEqual(claims(result.accessToken).permissions, []);
    } })),
    { flow: 'passwordless', name: 'a link by e-mail', run: async (t) => {
      const page = await open(t);
      const email = fresh('lena');
      const authParams = { scope: 'openid', response_type: 'token id_token', redirect_uri: `${app.https}/callback`, state: 'my-state', nonce: 'my-nonce', audience: api };
      await page.done('passwordlessStart', { connection: 'email', send: 'link', email, authParams });
      const { link } = await message(tenant, email);
      await page.page.goto(link);
      await page.page.waitForURL(`${app.https}/callback**`);
      const result = await page.done('parseHash', { state: 'my-state', nonce: 'my-nonce' });
      assert.ok(result.idTokenPayload.sub.startsWith('email|'));
      assert.equal((await userIn(tenant, result.idTokenPayload.sub)).email, email);
    } },
  ];
}

test('auth0.js', { concurrency: 3 }, async (t) => {
  const world = await start(t);
  await Promise.all([9, 10].map((major) => {
    const sdk = `auth0-js-${major}`;
    return rows(t, sdk, { name: 'auth0-js', package: sdk }, table(world, sdk));
  }));
});
