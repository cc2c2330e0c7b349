// node-auth0's authentication client, as back ends call it.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ada, api, claims, database, keyHolder, rows, server, start } from './kit.js';

let people = 0;
const permitted = (token) => assert.deepEqual(claims(token)?.permissions?.toSorted(), ['read:orders', 'write:orders']);

function table({ app, tenant, visitor }, { AuthenticationClient }, version) {
  const client = new AuthenticationClient({ domain: tenant.host, clientId: server.id, clientSecret: server.secret });
  const { oauth, passwordless, backchannel } = client;
  const login = { ...ada, realm: database, audience: api, scope: 'openid email offline_access read:orders' };
  const fresh = () => `node-${version}-${++people}@acme.test`;

  return [
    { flow: 'password-realm', name: 'log in with a password, and see the profile', run: async () => {
      const { data } = await oauth.passwordGrant(login);
      permitted(data.access_token);
      assert.equal(claims(data.id_token).email, ada.username);
      await assert.rejects(oauth.passwordGrant({ ...login, password: 'wrong' }), { error: 'invalid_grant', statusCode: 403 });
    } },
    { flow: 'code', name: 'redeem a code', run: async () => {
      const url = `${tenant.issuer}authorize?${new URLSearchParams({ client_id: server.id, response_type: 'code', redirect_uri: app.callback, scope: 'openid', nonce: 'n' })}`;
      const code = (await visitor().logIn(url)).url.searchParams.get('code');
      const { data } = await oauth.authorizationCodeGrant({ code, redirect_uri: app.callback }, { idTokenValidateOptions: { nonce: 'n' } });
      assert.equal(claims(data.id_token).sub, 'auth0|ada');
    } },
    { flow: 'refresh', name: 'refresh, and revoke', run: async () => {
      const { data: first } = await oauth.passwordGrant(login);
      const { data: second } = await oauth.refreshTokenGrant({ refresh_token: first.refresh_token });
      permitted(second.access_token);
      await oauth.revokeRefreshToken({ token: second.refresh_token });
      await assert.rejects(oauth.refreshTokenGrant({ refresh_token: second.refresh_token }), { error: 'invalid_grant' });
    } },
    { flow: 'client_credentials', name: 'a machine gets what its grant says', run: async () => {
      const { data } = await oauth.clientCredentialsGrant({ audience: api });
      assert.deepEqual(claims(data.access_token).permissions, ['read:orders']);
    } },
    { flow: 'private_key_jwt', name: 'a key in place of a secret', run: async () => {
      const byKey = new AuthenticationClient({ domain: tenant.host, clientId: keyHolder.id, clientAssertionSigningKey: await readFile(keyHolder.key, 'utf8') });
      const { data } = await byKey.oauth.clientCredentialsGrant({ audience: api });
      assert.deepEqual(claims(data.access_token).permissions, ['read:orders']);
    } },
    { flow: 'sign-up', name: 'sign up, log in, and ask for another password', run: async () => {
      const email = fresh();
      const { data } = await client.database.signUp({ email, password: 'Correct-Horse-9', connection: database, user_metadata: { plan: 'free' } });
      assert.equal(data.email, email);
      const { data: tokens } = await oauth.passwordGrant({ ...login, username: email });
      assert.equal(claims(tokens.id_token).email, email);
      const asked = await client.database.changePassword({ email, connection: database });
      assert.match(asked.data, /email to reset your password/);
      assert.match((await tenant.message(email)).link, /^https:/);
      await assert.rejects(client.database.signUp({ email, password: 'Correct-Horse-9', connection: database }), { statusCode: 400 });
    } },
    { flow: 'passwordless', name: 'codes by e-mail and by text message', run: async () => {
      const [email, phone_number] = [fresh(), `+1202555${version}${String(100 + ++people)}`];
      await passwordless.sendEmail({ email, send: 'code' });
      const mailed = await passwordless.loginWithEmail({ email, code: (await tenant.message(email)).code, scope: 'openid email' });
      assert.equal(claims(mailed.data.id_token).email, email);
      await passwordless.sendSMS({ phone_number });
      const texted = await passwordless.loginWithSMS({ phone_number, code: (await tenant.message(phone_number)).code, scope: 'openid' });
      assert.match(claims(texted.data.id_token).sub, /^sms\|/);
      await assert.rejects(passwordless.loginWithEmail({ email, code: '000000' }), { error: 'invalid_grant' });
    } },
    { flow: 'PAR', name: 'push a request, and log in with it', run: async () => {
      const { data } = await oauth.pushedAuthorization({ client_id: server.id, response_type: 'code', redirect_uri: app.callback, scope: 'openid', state: 's' });
      const answer = await visitor().logIn(`${tenant.issuer}authorize?${new URLSearchParams({ client_id: server.id, request_uri: data.request_uri })}`);
      assert.equal(answer.url.searchParams.get('state'), 's');
      assert.ok(answer.url.searchParams.get('code'));
    } },
    { flow: 'CIBA', name: 'ask somebody on their phone', run: async () => {
      const { auth_req_id } = await backchannel.authorize({ userId: 'auth0|ada', binding_message: `Order ${version}`, scope: 'openid read:orders', audience: api });
      await tenant.control('approvals', { auth_req_id, answer: 'approve' });
      const tokens = await backchannel.backchannelGrant({ auth_req_id });
      permitted(tokens.access_token);
    } },
  ];
}

test('node-auth0', { concurrency: 2 }, async (t) => {
  const world = await start(t);
  await Promise.all([4, 5].map(async (version) => rows(t, `auth0-${version}`, table(world, await import(`auth0-${version}`), version))));
});
