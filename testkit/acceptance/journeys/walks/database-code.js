import assert from 'node:assert/strict';
import { ada, tenant } from '../tenant.js';

const phone = '+4915112345678';
const attribute = (method) => ({ identifier: { active: true, default_method: method }, signup: { status: 'optional', verification: { active: true } }, verification_method: 'otp' });
const codes = tenant({
  prompts: { identifier_first: true },
  options: {
    attributes: { email: attribute('email_otp'), phone_number: attribute('phone_otp') },
    authentication_methods: { password: { enabled: false }, email_otp: { enabled: true }, phone_otp: { enabled: true } },
  },
  users: [{ ...ada, phone_number: phone, phone_verified: true }],
});

const asksForCode = async (person, username) => {
  await person.asks({ prompt: 'login' });
  await person.types({ username });
  await person.submits();
  person.sees('Verify your identity', '#code', 'button[name=action][value=resend-code]');
  return (await person.message(username)).code;
};

const answers = async (person, code) => {
  await person.types({ code });
  await person.submits();
};

export default {
  'code-of-the-database-log-in': {
    tenant: codes,
    async walk(person) {
      const code = await asksForCode(person, ada.email);
      await answers(person, code === '111111' ? '222222' : '111111');
      assert.equal(person.page('#error-element-code').length, 1);
      await answers(person, code);
      assert.equal((await person.arrives()).sub, ada.user_id);
      await answers(person, await asksForCode(person, phone));
      assert.equal((await person.arrives()).sub, ada.user_id);
    },
  },

  'code-of-the-database-sign-up-by-phone': {
    tenant: codes,
    async walk(person) {
      await answers(person, await asksForCode(person, '+4930123456'));
      person.sees('Create your account');
      await person.submits();
      const { sub } = await person.arrives();
      assert.match(sub, /^auth0\|/);
      await answers(person, await asksForCode(person, '+4930123456'));
      assert.equal((await person.arrives()).sub, sub);
    },
  },

  'code-of-the-database-too-late': {
    tenant: codes,
    async walk(person) {
      const code = await asksForCode(person, ada.email);
      await person.waits('180s');
      await answers(person, code);
      assert.equal(person.page('#error-element-code').length, 1);
      await person.presses('Resend');
      await answers(person, (await person.message(ada.email)).code);
      assert.equal((await person.arrives()).sub, ada.user_id);
    },
  },
};
