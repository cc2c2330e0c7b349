import assert from 'node:assert/strict';
import { ada, tenant } from '../tenant.js';

const connections = [
  { name: 'google-oauth2', strategy: 'google-oauth2', enabled_clients: ['Shop'] },
  { name: 'corp', strategy: 'samlp', display_name: 'Acme Corporate', enabled_clients: ['Shop'], options: { domain_aliases: ['corp.test'], signInEndpoint: 'https://idp.corp.test/saml' } },
];

export default {
  social: {
    tenant: tenant({ connections, users: [ada, { ...ada, user_id: 'google-oauth2|117', email: 'gina@gmail.test', name: 'Gina', connection: 'google-oauth2', password: undefined }] }),
    async walk(person) {
      await person.asks();
      person.sees('Welcome', 'form[data-provider=google-oauth2]');
      await person.presses('Continue with Google');
      person.sees('Continue with Google', '#email', '#name');
      await person.types({ email: 'zoe' });
      await person.submits();
      person.isTold('invalid-email', 'email');
      await person.types({ email: 'zoe@gmail.test', name: 'Zoe' });
      await person.submits();
      const zoe = await person.arrives();
      assert.match(zoe.sub, /^google-oauth2\|/);
      assert.equal(zoe.name, 'Zoe');
      await person.asks({ prompt: 'login', connection: 'google-oauth2' });
      await person.presses('gina@gmail.test no roles');
      assert.equal((await person.arrives()).email, 'gina@gmail.test');
      await person.asks({ prompt: 'login' });
      await person.presses('Continue with Google');
      await person.presses('Cancel');
      person.isSent('access_denied');
    },
  },
};
