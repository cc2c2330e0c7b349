// Second factors: node-auth0 is told that one is due, and auth0-server-js shows
// it, with the codes that otplib computes as an authenticator app does.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { generate } from 'otplib';
import * as auth0v4 from 'auth0-4';
import * as auth0v5 from 'auth0-5';
import { ServerClient, StatelessStateStore, CookieTransactionStore } from '@auth0/auth0-server-js';
import { api, claims, database, rows, server, start } from './kit.js';

const password = 'Correct-Horse-9';
let people = 0;

// kit is one person with nothing enrolled yet, and the clients of an app.
function kit({ app, tenant }, { AuthenticationClient } = auth0v5) {
  const jar = { setCookie() {}, getCookie() {}, getCookies: () => ({}), deleteCookie() {} };
  const { oauth, database: accounts } = new AuthenticationClient({ domain: tenant.host, clientId: server.id, clientSecret: server.secret });
  const { mfa } = new ServerClient({
    domain: tenant.host, clientId: server.id, clientSecret: server.secret,
    authorizationParams: { redirect_uri: app.callback },
    transactionStore: new CookieTransactionStore({ secret: 'a secret of the test' }, jar),
    stateStore: new StatelessStateStore({ secret: 'a secret of the test' }, jar),
  });
  const username = `factor-${++people}@acme.test`;
  const login = (more) => oauth.passwordGrant({ username, password, realm: database, scope: 'openid email', ...more });
  return {
    username, mfa, login,
    signUp: () => accounts.signUp({ email: username, password, connection: database }),
    // A token to enrol with, from somebody who has no factor.
    enrolling: async () => (await login({ audience: `${tenant.issuer}mfa/`, scope: 'enroll read:authenticators' })).data.access_token,
    // What the token endpoint answers once a factor is due.
    waiting: async () => {
      const refused = await login({ audience: api }).then(() => null, (error) => error);
      assert.equal(refused?.error, 'mfa_required');
      assert.equal(refused.statusCode, 403);
      return JSON.parse(refused.body).mfa_token;
    },
  };
}

// code is what the app shows; each works once, so the next one is asked for
// where the present one was used.
const code = (secret, steps = 0) => generate({ secret, epoch: Math.floor(Date.now() / 1000) + 30 * steps });

test('second factors', { concurrency: 2 }, async (t) => {
  const world = await start(t);
  await Promise.all(Object.entries({ 'auth0-4': auth0v4, 'auth0-5': auth0v5 }).map(([name, sdk]) => rows(t, name, [{ flow: 'MFA required', name: 'a password alone is not enough', run: async () => {
    const { login } = kit(world, sdk);
    await assert.rejects(login({ username: 'otto@acme.test' }), (error) => {
      assert.deepEqual(JSON.parse(error.body).mfa_requirements.challenge.map(({ type }) => type).toSorted(), ['otp', 'phone', 'push-notification', 'recovery-code']);
      return error.error === 'mfa_required';
    });
  } }], '-mfa')));
  await rows(t, '@auth0/auth0-server-js', [
    { flow: 'MFA by app and recovery code', name: 'enrol an app, and log in with its code', run: async () => {
      const { username, mfa, signUp, enrolling, waiting } = kit(world);
      await signUp();
      const enrol = await enrolling();
      const { secret, barcodeUri, recoveryCodes: [recoveryCode] } = await mfa.enrollAuthenticator({ authenticatorTypes: ['otp'], mfaToken: enrol });
      assert.match(barcodeUri, /^otpauth:\/\/totp\/Acceptance:/);
      await mfa.verify({ factorType: 'otp', otp: await code(secret), mfaToken: enrol });

      const mfaToken = await waiting();
      const list = await mfa.listAuthenticators({ mfaToken });
      assert.deepEqual(list.map(({ authenticatorType, active }) => [authenticatorType, active]), [['otp', true], ['recovery-code', true]]);
      assert.equal((await mfa.challengeAuthenticator({ challengeType: 'otp', mfaToken })).challengeType, 'otp');
      await assert.rejects(mfa.verify({ factorType: 'otp', otp: '000000', mfaToken }), /Invalid otp_code/);
      const tokens = await mfa.verify({ factorType: 'otp', otp: await code(secret, 1), mfaToken });
      assert.ok([claims(tokens.accessToken).aud].flat().includes(api));
      assert.equal(claims(tokens.idToken).email, username);

      const recovered = await mfa.verify({ factorType: 'recovery-code', recoveryCode, mfaToken: await waiting() });
      assert.equal(claims(recovered.idToken).email, username);
      await assert.rejects(mfa.verify({ factorType: 'recovery-code', recoveryCode, mfaToken: await waiting() })); // it is spent
      assert.match(recovered.recoveryCode, /^[A-Z0-9]{24}$/);
      assert.notEqual(recovered.recoveryCode, recoveryCode);
    } },
    { flow: 'MFA by text message', name: 'enrol a phone, and log in with the code it is sent', run: async () => {
      const { username, mfa, signUp, enrolling, waiting } = kit(world);
      await signUp();
      const phoneNumber = `+1202555${5000 + ++people}`;
      const enrol = await enrolling();
      const { oobCode, bindingMethod } = await mfa.enrollAuthenticator({ authenticatorTypes: ['oob'], oobChannels: ['sms'], phoneNumber, mfaToken: enrol });
      assert.equal(bindingMethod, 'prompt');
      await mfa.verify({ factorType: 'oob', oobCode, bindingCode: (await world.tenant.message(phoneNumber)).code, mfaToken: enrol });

      const mfaToken = await waiting();
      const challenge = await mfa.challengeAuthenticator({ challengeType: 'oob', mfaToken });
      const tokens = await mfa.verify({ factorType: 'oob', oobCode: challenge.oobCode, bindingCode: (await world.tenant.message(phoneNumber)).code, mfaToken });
      assert.equal(claims(tokens.idToken).email, username);
    } },
  ], '-mfa');
});
