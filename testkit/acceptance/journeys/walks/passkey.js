// Passkeys of a database. Without JavaScript nobody is offered one, and the
// password does.
import assert from 'node:assert/strict';
import { authenticator, cancels, reaches } from '../authenticator.js';
import { ada, password, tenant } from '../tenant.js';

const passkeys = (options) => tenant({
  prompts: { identifier_first: true },
  options: { authentication_methods: { passkey: { enabled: true } }, passkey_options: options },
});

export default {
  passkey: {
    tenant: passkeys({ challenge_ui: 'button' }),
    async walk(person) {
      const script = Boolean(person.tab);
      if (script) await authenticator(person, 'internal');
      await person.asks({ screen_hint: 'signup' });
      await person.types({ email: 'zoe@acme.test' });
      await person.submits();
      if (!script) {
        person.sees('Create a password');
        await person.types({ password });
        await person.submits();
        assert.equal((await person.arrives()).email, 'zoe@acme.test');
        await person.asks({ prompt: 'login' });
        await person.activates('[data-provider=passkey]');
        return person.isTold('invalid-passkey');
      }
      person.sees('Create a passkey for Shop on this device');
      await person.submits();
      const { sub, email } = await person.arrives();
      assert.equal(email, 'zoe@acme.test');

      await person.asks({ prompt: 'login' });
      await cancels(person);
      await person.tabsTo(person.tab.locator('[data-provider=passkey]'));
      await person.tab.keyboard.press('Enter');
      await person.tab.locator('[data-failed]').waitFor();
      await person.looks();
      await person.asks({ prompt: 'login' });
      await person.activates('[data-provider=passkey]');
      assert.equal((await person.arrives()).sub, sub);
    },
  },

  'passkey-after-the-password': {
    tenant: passkeys({ challenge_ui: 'button' }),
    async walk(person) {
      if (person.tab) await authenticator(person, 'internal');
      const logsIn = async () => {
        await person.asks({ prompt: 'login' });
        await person.types({ username: ada.email });
        await person.submits();
        await person.types({ password });
        await person.submits();
      };
      await logsIn();
      if (!person.tab) return assert.equal((await person.arrives()).sub, ada.user_id);
      person.sees('Create a passkey for Shop on this device');
      await person.activates('button[value=abort-passkey-enrollment]');
      await person.arrives();
      await logsIn();
      await person.arrives(); // not asked again so soon
      await person.waits('720h');
      await logsIn();
      await reaches(person, '/callback');
      await person.asks({ prompt: 'login' });
      await person.activates('[data-provider=passkey]');
      assert.equal((await person.arrives()).sub, ada.user_id);
    },
  },
};
