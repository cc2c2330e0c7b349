import assert from 'node:assert/strict';
import { tenant } from '../tenant.js';

const by = (name) => tenant({
  prompts: { identifier_first: true },
  connections: [{ name, strategy: name, enabled_clients: ['Shop'], options: { disable_signup: false } }],
  databases: [],
});

export default {
  'code-by-mail': {
    tenant: by('email'),
    async walk(person) {
      await person.asks({ connection: 'email' });
      await person.types({ username: 'eve' });
      await person.submits();
      person.isTold('invalid-email-format', 'username');
      await person.types({ username: 'eve@acme.test' });
      await person.submits();
      person.sees('Verify your identity', '#code', 'button[name=action][value=resend-code]', 'a[data-link-name=edit-identifier]');
      await person.message('eve@acme.test');
      await person.activates('button[name=action][value=resend-code]');
      const { code } = await person.message('eve@acme.test');
      await person.types({ code: code === '111111' ? '222222' : '111111' });
      await person.submits();
      assert.equal(person.page('#error-element-code').length, 1);
      await person.types({ code });
      await person.submits();
      const { sub, email_verified: verified } = await person.arrives();
      assert.match(sub, /^email\|/);
      assert.equal(verified, true);
    },
  },

  'code-by-text-message': {
    tenant: by('sms'),
    async walk(person) {
      await person.asks({ connection: 'sms' });
      await person.types({ username: '+4915112345678' });
      await person.submits();
      const { code, channel } = await person.message('+4915112345678');
      assert.equal(channel, 'sms');
      await person.types({ code });
      await person.submits();
      assert.match((await person.arrives()).sub, /^sms\|/);
    },
  },

  'code-of-the-database': {
    tenant: tenant({
      prompts: { identifier_first: true },
      options: {
        attributes: { email: { identifier: { active: true, default_method: 'email_otp' }, signup: { status: 'required', verification: { active: true } }, verification_method: 'otp' } },
        authentication_methods: { password: { enabled: false }, email_otp: { enabled: true } },
      },
    }),
    async walk(person) {
      await person.asks();
      await person.types({ username: 'zoe@acme.test' });
      await person.submits();
      person.sees('Verify your identity', '#code', 'a[data-link-name=edit-identifier]');
      const { code } = await person.message('zoe@acme.test');
      await person.types({ code });
      await person.submits();
      person.sees('Create your account', 'button[name=action][value=default]', 'button[name=action][value=cancel]');
      person.reads('zoe@acme.test');
      await person.activates('button[name=action][value=default]');
      const { sub, email_verified: verified } = await person.arrives();
      assert.match(sub, /^auth0\|/);
      assert.equal(verified, true);
    },
  },
};
