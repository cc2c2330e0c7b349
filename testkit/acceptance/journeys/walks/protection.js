import assert from 'node:assert/strict';
import { ada, password, tenant } from '../tenant.js';

export default {
  'locked-account': {
    tenant: tenant({ attackProtection: { bruteForceProtection: { max_attempts: 2 } } }),
    async walk(person) {
      await person.asks();
      for (const wrong of ['wrong-1', 'wrong-2']) {
        await person.types({ username: ada.email, password: wrong });
        await person.submits();
      }
      await person.types({ username: ada.email, password });
      await person.submits();
      person.isTold('user-blocked');
      const { link } = await person.message(ada.email);
      await person.opens(link);
      if (person.page('input[name=ticket]').length) await person.submits(); // a script has pressed it else
      person.sees('Account unblocked');
      await person.asks();
      await person.types({ username: ada.email, password });
      await person.submits();
      assert.equal((await person.arrives()).sub, ada.user_id);
    },
  },

  'leaked-password': {
    tenant: tenant({ attackProtection: { breachedPasswordDetection: { enabled: true, shields: ['block', 'user_notification'], stage: { 'pre-user-registration': { shields: ['block'] } } } } }),
    async walk(person) {
      await person.asks({ screen_hint: 'signup' });
      await person.types({ email: 'zoe@acme.test', password: 'AUTH0-TEST-Horse-9' });
      await person.submits();
      person.isTold('password-breached', 'password');
      await person.types({ email: 'zoe@acme.test', password });
      await person.submits();
      assert.equal((await person.arrives()).email, 'zoe@acme.test');
    },
  },
};
