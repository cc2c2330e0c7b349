import assert from 'node:assert/strict';
import { ada, database, password, tenant } from '../tenant.js';

const audience = 'https://orders.acme.test';

export default {
  consent: {
    tenant: tenant({
      client: { name: 'Partner', is_first_party: false },
      resourceServers: [{ name: 'Orders API', identifier: audience, allow_offline_access: true, scopes: [{ value: 'read:orders', description: 'See your orders' }, { value: 'write:orders', description: 'Change your orders' }] }],
      clientGrants: [{ client_id: 'Partner', audience, subject_type: 'user', scope: ['read:orders', 'write:orders'] }],
      databases: [{ name: database, strategy: 'auth0', enabled_clients: ['Partner'] }],
    }),
    async walk(person) {
      const scope = 'openid email read:orders write:orders offline_access';
      await person.asks({ audience, scope });
      await person.types({ username: ada.email, password });
      await person.submits();
      person.sees('Authorize app', 'button[name=action][value=accept]', 'button[name=action][value=deny]');
      person.reads('Partner', 'read and write your orders', 'Orders API');
      await person.presses('Decline');
      person.isSent('access_denied');
      await person.asks({ audience, scope });
      await person.presses('Accept');
      assert.equal((await person.arrives()).scope, scope);
      await person.asks({ audience, scope, prompt: 'none' });
      person.isSent();
      await person.asks({ audience, scope: 'openid profile', prompt: 'none' });
      person.isSent('consent_required');
    },
  },
};
