import assert from 'node:assert/strict';
import { ada, tenant } from '../tenant.js';

const leaked = 'AUTH0-TEST-Horse-9';

export default {
  'leaked-password-at-the-login': {
    tenant: tenant({
      users: [{ ...ada, password: leaked }],
      attackProtection: { breachedPasswordDetection: { enabled: true, shields: ['block', 'user_notification'], stage: { 'pre-change-password': { shields: ['block'] } } } },
    }),
    async walk(person) {
      await person.asks();
      await person.types({ username: ada.email, password: leaked });
      await person.submits();
      person.isTold('password-breached', 'password');
      await person.opens((await person.message(ada.email)).link);
      person.sees('Change your password');
      const change = async (plain) => {
        await person.types({ 'password-reset': plain, 're-enter-password': plain });
        await person.submits();
      };
      await change('AUTH0-TEST-Other-9');
      person.isTold('password-breached', 'password-reset');
      await change('New-Horse-10');
      person.sees('Password changed');
      await person.asks();
      await person.types({ username: ada.email, password: 'New-Horse-10' });
      await person.submits();
      assert.equal((await person.arrives()).sub, ada.user_id);
    },
  },
};
