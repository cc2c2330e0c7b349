import assert from 'node:assert/strict';
import { ada, password, tenant } from '../tenant.js';

const flexible = {
  attributes: {
    email: { identifier: { active: true }, signup: { status: 'required', verification: { active: true } }, verification_method: 'otp' },
    phone_number: { identifier: { active: true }, signup: { status: 'optional', verification: { active: true } } },
    username: { identifier: { active: true }, signup: { status: 'optional' } },
  },
};

export default {
  'sign-up': {
    tenant: tenant(),
    async walk(person) {
      await person.asks();
      await person.follows('Sign up');
      person.sees('Welcome', '#email', '#password', 'input[name=email]', 'input[name=password]');
      await person.types({ email: 'zoe', password: 'weak' });
      await person.submits();
      person.isTold('invalid-email-format', 'email');
      await person.types({ email: 'zoe@acme.test', password: 'weak' });
      await person.submits();
      person.isTold('password-too-weak', 'password');
      person.reads('At least 8 characters in length');
      await person.types({ password });
      await person.submits();
      const { sub, email_verified: verified } = await person.arrives();
      assert.equal(verified, false);
      const mail = await person.message('zoe@acme.test');
      await person.opens(mail.link);
      person.sees('Email verified');
      await person.opens(mail.link);
      person.sees('Link not valid');
      await person.asks();
      const again = await person.arrives();
      assert.equal(again.sub, sub);
      assert.equal(again.email_verified, true);
    },
  },

  'sign-up-who-is-there-already': {
    tenant: tenant({ tenant: { friendly_name: 'Acme', flags: { enable_public_signup_user_exists_error: true } } }),
    async walk(person) {
      await person.asks({ screen_hint: 'signup' });
      await person.types({ email: ada.email, password });
      await person.submits();
      person.isTold('email-in-use', 'email');
      await person.follows('Log in');
      person.sees('Welcome', '#username');
    },
  },

  'sign-up-identifier-first': {
    tenant: tenant({ prompts: { identifier_first: true } }),
    async walk(person) {
      await person.asks({ screen_hint: 'signup' });
      person.sees('Welcome', '#email');
      await person.types({ email: 'zoe@acme.test' });
      await person.submits();
      person.sees('Create a password', '#password', 'a[data-link-name=edit-identifier]');
      await person.types({ password: 'weak' });
      await person.submits();
      person.isTold('password-too-weak', 'password');
      await person.types({ password });
      await person.submits();
      assert.equal((await person.arrives()).email, 'zoe@acme.test');
    },
  },

  'sign-up-with-codes': {
    tenant: tenant({ options: flexible }),
    async walk(person) {
      await person.asks({ screen_hint: 'signup' });
      person.sees('Welcome', '#email', '#phone', '#username', '#password', 'input[name=phone]');
      await person.types({ email: 'zoe@acme.test', phone: '0151 123', username: 'zoe', password });
      await person.submits();
      person.isTold('invalid-phone', 'phone');
      await person.types({ phone: '+4915112345678', password });
      await person.submits();
      for (const [heading, to] of [['Verify your email', 'zoe@acme.test'], ['Verify your phone number', '+4915112345678']]) {
        person.sees(heading, '#code', 'input[name=code]', 'button[name=action][value=resend-code]');
        await person.message(to);
        await person.presses('Resend');
        const { code } = await person.message(to);
        await person.types({ code: code === '111111' ? '222222' : '111111' });
        await person.submits();
        person.isTold('invalid-code', 'code');
        await person.types({ code });
        await person.submits();
      }
      const { sub, email_verified: verified } = await person.arrives();
      assert.equal(verified, true);
      for (const username of ['zoe', '+4915112345678']) {
        await person.asks({ prompt: 'login' });
        await person.types({ username, password });
        await person.submits();
        assert.equal((await person.arrives()).sub, sub);
      }
    },
  },
};
