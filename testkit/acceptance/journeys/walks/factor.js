import assert from 'node:assert/strict';
import { ada, password, tenant } from '../tenant.js';

const factors = (...names) => names.map((name) => ({ name, enabled: true }));
const always = { guardianPolicies: { policies: ['all-applications'] } };
const secret = 'JBSWY3DPEHPK3PXP';
const phone = '+4915112345678';
const enrolled = (...list) => [{ ...ada, mfa_factors: list }];

const logsIn = async (person) => {
  await person.asks({ prompt: 'login' });
  await person.types({ username: ada.email, password });
  await person.submits();
};

const answers = async (person, code) => {
  await person.types({ code });
  await person.submits();
};

// keeps confirms that the recovery code on the page was kept, and gives it.
const keeps = async (person) => {
  person.sees('Almost there!', '#saved');
  const code = person.page('pre code').text();
  assert.match(code, /^[A-Z0-9]{24}$/);
  await person.ticks('#saved');
  await person.submits();
  return code;
};

const tryAnother = (person) => person.activates('button[name=action][value=pick-authenticator]');
const choose = (person, factor) => person.activates(`button[name=action][value=${factor}]`);

export default {
  'factor-app': {
    tenant: tenant({ guardianFactors: factors('otp', 'recovery-code'), ...always }),
    async walk(person) {
      await logsIn(person);
      person.sees('Secure your account', '#code', 'input[name=code]', 'img.qr');
      await person.activates('a[data-link-name=enrollment-code]');
      const app = person.page('pre code').text();
      await answers(person, '000000');
      person.isTold('invalid-code', 'code');
      await answers(person, await person.appCode(app));
      const recovery = await keeps(person);
      assert.deepEqual((await person.arrives()).amr, ['mfa']);

      await person.waits('1m');
      await logsIn(person);
      person.sees('Verify your identity', '#code', '#rememberBrowser');
      await tryAnother(person);
      await choose(person, 'recovery-code');
      await answers(person, 'A'.repeat(24));
      person.isTold('invalid-code', 'code');
      await answers(person, recovery);
      assert.notEqual(await keeps(person), recovery);
      await person.arrives();

      await logsIn(person);
      await person.ticks('#rememberBrowser');
      await answers(person, await person.appCode(app));
      await person.arrives();
      await logsIn(person);
      await person.arrives(); // remembered
      await person.waits('721h');
      await logsIn(person);
      person.sees('Verify your identity', '#code');
    },
  },

  'factor-text-message': {
    tenant: tenant({ guardianFactors: factors('sms', 'otp'), ...always, users: enrolled({ phone: { value: phone } }, { totp: { secret } }) }),
    async walk(person) {
      await logsIn(person);
      await tryAnother(person);
      await choose(person, 'sms');
      person.sees('Verify your identity', '#code', 'button[name=action][value=resend-code]');
      person.reads('5678');
      const first = await person.message(phone);
      assert.equal(first.channel, 'sms');
      await person.activates('button[name=action][value=resend-code]');
      const { code } = await person.message(phone);
      if (first.code !== code) {
        await answers(person, first.code);
        person.isTold('invalid-code', 'code');
      }
      await answers(person, code);
      await person.arrives();
    },
  },

  'factor-enrol-phone': {
    tenant: tenant({ guardianFactors: factors('sms'), ...always }),
    async walk(person) {
      await logsIn(person);
      person.sees('Secure your account', '#phone', 'button[name=action][value=pick-country-code]');
      await person.activates('button[name=action][value=pick-country-code]');
      person.sees('Choose a country code');
      await person.activates('button[name=action][value$="AT+43"]');
      await person.types({ phone: '12' });
      await person.submits();
      assert.equal(person.page('#error-element-phone').length, 1);
      await person.types({ phone: '6641234567' });
      await person.submits();
      await answers(person, (await person.message()).code);
      assert.deepEqual((await person.arrives()).amr, ['mfa']);
    },
  },

  'factor-enrol-device': {
    tenant: tenant({ guardianFactors: factors('push-notification', 'otp'), ...always }),
    async walk(person) {
      await logsIn(person);
      person.sees('Keep your account safe');
      await choose(person, 'push-notification');
      person.sees('Secure your account', 'img.qr');
      await person.submits();
      person.isTold('pending');
      const [{ id, auth_req_id: request = id }] = await person.control('approvals');
      await fetch(`${person.tenant}/_faux0/approvals`, { method: 'POST', body: new URLSearchParams({ auth_req_id: request, answer: 'approve' }) });
      await person.waits('10s');
      await person.submits();
      assert.deepEqual((await person.arrives()).amr, ['mfa']);
    },
  },

  'factor-mail': {
    tenant: tenant({ guardianFactors: factors('email'), ...always, users: enrolled({ email: { value: ada.email } }) }),
    async walk(person) {
      await logsIn(person);
      person.sees('Verify your identity', '#code');
      await answers(person, (await person.message(ada.email)).code);
      assert.deepEqual((await person.arrives()).amr, ['mfa']);
    },
  },

  'factor-on-demand': {
    tenant: tenant({ guardianFactors: factors('otp'), users: enrolled({ totp: { secret } }) }),
    async walk(person) {
      await person.asks({ acr_values: 'http://schemas.openid.net/pape/policies/2007/06/multi-factor' });
      await person.types({ username: ada.email, password });
      await person.submits();
      await answers(person, await person.appCode(secret));
      assert.deepEqual((await person.arrives()).amr, ['mfa']);
    },
  },
};
