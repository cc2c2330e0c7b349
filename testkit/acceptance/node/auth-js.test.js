// auth0-auth-js, which auth0-server-js and nextjs-auth0 stand on: people without
// a password, of passwordless connections and of a database.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { AuthClient } from '@auth0/auth0-auth-js';
import { api, claims, codes, rows, server, start } from './kit.js';

const connection = 'Codes';
const scope = 'openid email';
let people = 0;

function table({ tenant }) {
  const as = ({ id, secret }) => new AuthClient({ domain: tenant.host, clientId: id, clientSecret: secret });
  const client = as(server);
  const { passwordless } = as(codes);
  const fresh = () => `auth-js-${++people}@acme.test`;
  const code = async (to) => (await tenant.message(to)).code;

  return [
    { flow: 'passwordless', name: 'codes by e-mail and by text message', run: async () => {
      const [email, phoneNumber] = [fresh(), `+1202555${String(4000 + ++people)}`];
      await client.passwordless.sendEmail({ email, send: 'code' });
      const mailed = await client.getTokenByPasswordlessEmail({ email, code: await code(email), scope, audience: api });
      assert.equal(mailed.claims.email, email);
      assert.deepEqual(claims(mailed.accessToken).permissions, []);
      await client.passwordless.sendSms({ phoneNumber });
      const texted = await client.getTokenByPasswordlessSms({ phoneNumber, code: await code(phoneNumber), scope });
      assert.match(texted.claims.sub, /^sms\|/);
    } },
    { flow: 'codes of a database', name: 'a code makes somebody a user, and logs them in again', run: async () => {
      const email = fresh();
      const first = await passwordless.challengeWithEmail({ connection, email, allowSignup: true });
      const { claims: made } = await passwordless.getTokenByPasswordlessDbConnection({ ...first, otp: await code(email), scope });
      assert.match(made.sub, /^auth0\|/);
      assert.deepEqual([made.email, made.email_verified], [email, true]);
      const second = await passwordless.challengeWithEmail({ connection, email });
      const wrong = passwordless.getTokenByPasswordlessDbConnection({ ...second, otp: 'wrong' });
      await assert.rejects(wrong, (error) => error.name === 'PasswordlessDbGetTokenError' && error.statusCode === 400 && error.cause.error === 'invalid_request');
      const again = await passwordless.getTokenByPasswordlessDbConnection({ ...second, otp: await code(email), scope });
      assert.equal(again.claims.sub, made.sub);
    } },
    { flow: 'codes of a database', name: 'a call reads the code out', run: async () => {
      const phoneNumber = `+1202555${String(4000 + ++people)}`;
      const challenge = await passwordless.challengeWithPhoneNumber({ connection, phoneNumber, allowSignup: true, deliveryMethod: 'voice' });
      const message = await tenant.message(phoneNumber);
      assert.equal(message.channel, 'voice');
      const { claims: caller } = await passwordless.getTokenByPasswordlessDbConnection({ ...challenge, otp: message.code, scope });
      assert.match(caller.sub, /^auth0\|/);
    } },
    { flow: 'codes of a database', name: 'nobody is told who is known, and refusals are read', run: async () => {
      const unknown = await passwordless.challengeWithEmail({ connection, email: fresh() });
      await assert.rejects(passwordless.getTokenByPasswordlessDbConnection({ ...unknown, otp: '123456' }), { statusCode: 400 });
      await assert.rejects(passwordless.challengeWithEmail({ connection: 'nowhere', email: fresh() }), (error) => error.statusCode === 400 && error.cause.error === 'invalid_connection');
      await assert.rejects(passwordless.challengeWithEmail({ connection, email: 'nobody' }), (error) => error.statusCode === 400 && error.validationErrors[0].field === 'email');
    } },
  ];
}

test('auth0-auth-js', { concurrency: 2 }, async (t) => {
  await rows(t, '@auth0/auth0-auth-js', table(await start(t)));
});
