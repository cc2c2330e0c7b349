// All that the page which plays a provider can answer, and who is led there by
// their address.
import assert from 'node:assert/strict';
import { ada, password, tenant } from '../tenant.js';

const google = { name: 'google-oauth2', strategy: 'google-oauth2', enabled_clients: ['Shop'] };
const corp = { name: 'corp', strategy: 'samlp', display_name: 'Acme Corporate', enabled_clients: ['Shop'], options: { domain_aliases: ['corp.test'] } };
const corporate = (more) => tenant({ connections: [corp], ...more });

export default {
  'provider-outcomes': {
    tenant: tenant({ connections: [google] }),
    async walk(person) {
      const goes = async () => {
        await person.asks({ prompt: 'login', connection: 'google-oauth2' });
        person.sees('Continue with Google');
      };
      await goes();
      await person.unfolds('What Google would be asked');
      person.reads('openid profile email');
      await person.types({ email: 'zoe@gmail.test', name: 'Zoe' });
      await person.unfolds('More that Google says about you');
      await person.types({ sub: '4711' });
      await person.fills('textarea[name=claims]', 'no JSON');
      await person.submits();
      person.isTold('invalid-claims', 'claims');
      await person.fills('textarea[name=claims]', '{"locale": "nl", "sub": "1"}');
      await person.submits();
      const { sub, name, email_verified: verified } = await person.arrives();
      assert.deepEqual({ sub, name, verified }, { sub: 'google-oauth2|4711', name: 'Zoe', verified: true });
      await goes();
      await person.presses('Cancel');
      assert.equal(person.isSent('access_denied').error_description, 'User cancelled the login');
      await goes();
      await person.unfolds('Let Google fail');
      await person.types({ error: 'two words' });
      await person.presses('Fail with this error');
      person.isTold('invalid-error', 'error');
      await person.types({ error: 'temporarily_unavailable', error_description: 'Come back later' });
      await person.presses('Fail with this error');
      assert.equal(person.isSent('temporarily_unavailable').error_description, 'Come back later');
      await person.asks({ prompt: 'none' });
      person.isSent(); // the failures took nothing from the session
    },
  },

  'home-realm-discovery': {
    tenant: corporate({ prompts: { identifier_first: true } }),
    async walk(person) {
      await person.asks();
      await person.types({ username: 'pia@corp.test' });
      await person.submits();
      person.sees('Continue with Acme Corporate');
      assert.equal(person.page('input[name=email]').attr('value'), 'pia@corp.test');
      await person.submits();
      const { sub, email } = await person.arrives();
      assert.match(sub, /^samlp\|corp\|/);
      assert.equal(email, 'pia@corp.test');
      await person.asks({ prompt: 'login' });
      await person.types({ username: ada.email });
      await person.submits();
      person.sees('Enter your password');
      await person.types({ password });
      await person.submits();
      assert.equal((await person.arrives()).sub, ada.user_id);
    },
  },

  'home-realm-discovery-on-one-page': {
    tenant: corporate(),
    async walk(person) {
      await person.asks();
      await person.types({ username: 'pia@corp.test', password: 'of no use' });
      await person.submits();
      person.sees('Continue with Acme Corporate');
      await person.submits();
      assert.match((await person.arrives()).sub, /^samlp\|corp\|/);
    },
  },
};
