// Security keys and device biometrics as second factors. The authenticators
// are Chromium's virtual ones; without JavaScript there are none.
import assert from 'node:assert/strict';
import { authenticator, cancels, reaches } from '../authenticator.js';
import { ada, password, tenant } from '../tenant.js';

// Grace has a key that is nowhere near.
const grace = { email: 'grace@acme.test', password, user_id: 'auth0|grace', authentication_methods: [{ type: 'webauthn-roaming', key_id: 'bm93aGVyZQ', public_key: 'bm93aGVyZQ', relying_party_identifier: 'localhost' }] };

const keys = (...names) => tenant({
  users: [ada, grace],
  guardianFactors: names.map((name) => ({ name, enabled: true })),
  guardianPolicies: { policies: ['all-applications'] },
});

const logsIn = async (person, path) => {
  await person.asks({ prompt: 'login' });
  await person.types({ username: ada.email, password });
  await reaches(person, path);
};

export default {
  'factor-security-key': {
    tenant: keys('webauthn-roaming'),
    async walk(person) {
      if (!person.tab) return isToldThatThereAreNone(person);
      await authenticator(person, 'usb');
      await logsIn(person, '/u/mfa-webauthn-roaming-enrollment');
      person.sees('Adding your security key');
      await cancels(person);
      await reaches(person, '/u/mfa-webauthn-error');
      person.sees('Security key not added');
      await person.presses('Try again');
      await person.submits();
      person.sees('Name your security key', '#nickname');
      await person.types({ nickname: 'Blue key' });
      await person.submits();
      person.sees('Security key added');
      await person.submits();
      assert.deepEqual((await person.arrives()).amr, ['mfa']);

      await logsIn(person, '/u/mfa-webauthn-roaming-challenge');
      person.sees('Verify your identity');
      await cancels(person);
      await reaches(person, '/u/mfa-webauthn-error');
      person.sees('Security key not verified');
      await person.presses('Try again');
      await person.submits();
      const { sub, amr } = await person.arrives();
      assert.deepEqual({ sub, amr }, { sub: ada.user_id, amr: ['mfa'] });
    },
  },

  'factor-device-biometrics': {
    tenant: keys('webauthn-platform', 'webauthn-roaming'),
    async walk(person) {
      if (!person.tab) return isToldThatThereAreNone(person);
      await authenticator(person, 'usb');
      await authenticator(person, 'internal');
      await logsIn(person, '/u/mfa-webauthn-roaming-enrollment');
      await person.submits();
      await person.submits();
      await person.submits();
      person.sees('Log in faster on this device');
      await person.submits();
      person.sees('Device added');
      await person.submits();
      assert.deepEqual((await person.arrives()).amr, ['mfa']);
      await logsIn(person, '/u/mfa-webauthn-platform-challenge');
      person.sees('Use fingerprint or face recognition');
      await person.submits();
      assert.deepEqual((await person.arrives()).amr, ['mfa']);
    },
  },
};

// isToldThatThereAreNone is in a browser without scripts: who has a key hears
// that it is of no use there, and who has none cannot get one.
async function isToldThatThereAreNone(person) {
  const logsIn = async (username) => {
    await person.asks({ prompt: 'login' });
    await person.types({ username, password });
    await person.submits();
    person.sees('One moment');
    await person.presses('Continue');
  };
  await logsIn(grace.email);
  person.sees('Security keys are not supported');
  await logsIn(ada.email);
  person.isSent('access_denied');
}
