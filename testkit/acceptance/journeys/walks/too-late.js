// Pages that were left open for too long: each says so, and none works on. The
// very second of each end is in provider/expiry_test.go.
import assert from 'node:assert/strict';
import { ada, database, password, tenant } from '../tenant.js';

const lost = async (person) => {
  person.sees('Oops!, something went wrong');
  await person.asks({ prompt: 'none' });
  person.isSent('login_required');
};

const logsIn = async (person, params) => {
  await person.asks(params);
  await person.types({ username: ada.email, password });
  await person.submits();
};

export default {
  'too-late-to-log-in': {
    tenant: tenant(),
    async walk(person) {
      await person.asks();
      await person.types({ username: ada.email, password });
      await person.waits('1h');
      await person.submits();
      await lost(person);
      await person.asks({ screen_hint: 'signup' });
      await person.types({ email: 'zoe@acme.test', password });
      await person.waits('1h');
      await person.submits();
      await lost(person);
    },
  },

  'too-late-for-a-second-factor': {
    tenant: tenant({
      guardianFactors: [{ name: 'sms', enabled: true }], guardianPolicies: { policies: ['all-applications'] },
      users: [{ ...ada, mfa_factors: [{ phone: { value: '+4915112345678' } }] }],
    }),
    async walk(person) {
      await logsIn(person);
      const { code } = await person.message('+4915112345678');
      await person.types({ code });
      await person.waits('5m');
      await person.submits();
      assert.equal(person.page('#error-element-code').length, 1);
      await person.activates('button[name=action][value=resend-code]');
      const again = await person.message('+4915112345678');
      await person.types({ code: again.code });
      await person.waits('1h');
      await person.submits();
      await lost(person);
    },
  },

  'too-late-to-consent': {
    tenant: tenant({ client: { name: 'Partner', is_first_party: false }, databases: [{ name: database, strategy: 'auth0', enabled_clients: ['Partner'] }] }),
    async walk(person) {
      await logsIn(person);
      person.sees('Authorize app');
      await person.waits('1h');
      await person.presses('Accept');
      person.sees('Oops!, something went wrong');
      await person.asks({ prompt: 'none' });
      person.isSent('consent_required'); // nothing was agreed to
    },
  },

  'too-late-for-a-link': {
    tenant: tenant({
      client: { organization_usage: 'allow', initiate_login_uri: '##APP_HTTP##/login' },
      organizations: [{ name: 'acme-eu', connections: [{ name: database }] }],
      attackProtection: { bruteForceProtection: { max_attempts: 1 } },
    }),
    async walk(person) {
      await person.asks({ screen_hint: 'signup' });
      await person.types({ email: 'zoe@acme.test', password });
      await person.submits();
      const verify = (await person.message('zoe@acme.test')).link;
      await person.asks({ prompt: 'login' });
      await person.types({ username: ada.email, password: 'wrong' });
      await person.submits();
      const unblock = (await person.message(ada.email)).link;
      await person.control('invitations', { organization: 'acme-eu', client_id: 'Shop', inviter: { name: 'Ada' }, invitee: { email: 'ivy@acme.test' } });
      const { link } = await person.message('ivy@acme.test');
      await person.waits('120h');
      await person.opens(verify);
      person.sees('Link not valid');
      person.reads('too old');
      await person.opens(unblock);
      person.sees('Your account was not unblocked');
      await logsIn(person, { prompt: 'login' });
      person.isTold('user-blocked');
      await person.waits('48h');
      await person.asks(Object.fromEntries([...new URL(link).searchParams].filter(([name]) => ['invitation', 'organization'].includes(name))));
      person.isSent('invalid_request');
    },
  },

  'too-late-to-log-out': {
    tenant: tenant(),
    async walk(person) {
      await logsIn(person);
      await person.arrives();
      await person.opens('/oidc/logout?client_id=shop&post_logout_redirect_uri=' + encodeURIComponent(`${person.app}/bye`));
      await person.waits('10m');
      await person.presses('Accept');
      person.sees('Oops!, something went wrong');
      await person.asks({ prompt: 'none' });
      person.isSent(); // still logged in
    },
  },

  'too-late-for-a-device': {
    tenant: tenant({ clients: [{ name: 'Television', client_id: 'tv', app_type: 'native', token_endpoint_auth_method: 'none', grant_types: ['urn:ietf:params:oauth:grant-type:device_code'] }] }),
    async walk(person) {
      const device = await person.call('/oauth/device/code', { client_id: 'tv', scope: 'openid' });
      await person.opens(device.verification_uri_complete);
      await person.submits();
      person.sees('Device confirmation');
      await person.waits('15m');
      await person.presses('Confirm');
      person.sees('Oops!, something went wrong');
      await person.opens(device.verification_uri);
      await person.types({ user_code: device.user_code });
      await person.submits();
      assert.equal(person.page('#error-element-code').length, 1);
      const { error } = await person.call('/oauth/token', { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: 'tv', device_code: device.device_code });
      assert.equal(error, 'expired_token');
    },
  },

  'too-late-at-a-provider': {
    tenant: tenant({ connections: [{ name: 'google-oauth2', strategy: 'google-oauth2', enabled_clients: ['Shop'] }] }),
    async walk(person) {
      await person.asks({ connection: 'google-oauth2' });
      await person.types({ email: 'zoe@gmail.test' });
      await person.waits('1h');
      await person.submits();
      await lost(person);
    },
  },
};
