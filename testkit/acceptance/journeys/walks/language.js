import assert from 'node:assert/strict';
import { ada, password, tenant } from '../tenant.js';

export default {
  language: {
    tenant: tenant({ tenant: { friendly_name: 'Acme', enabled_locales: ['en', 'de', 'fr', 'ja'] } }),
    async walk(person) {
      for (const [language, continues] of [['fr', 'Continuer'], ['ja', '続ける'], ['de', 'Weiter']]) {
        await person.asks({ ui_locales: language });
        assert.equal(person.page('html').attr('lang'), language);
        person.reads(continues);
      }
      await person.types({ username: ada.email, password: 'falsch' });
      await person.submits();
      person.isTold('wrong-email-credentials', 'password');
      await person.types({ password });
      await person.submits();
      assert.equal((await person.arrives()).sub, ada.user_id);
    },
  },
};
