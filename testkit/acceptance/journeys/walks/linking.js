import assert from 'node:assert/strict';
import { ada, password, tenant } from '../tenant.js';

export default {
  'account-linking': {
    tenant: tenant({ connections: [{ name: 'google-oauth2', strategy: 'google-oauth2', enabled_clients: ['Shop'] }] }),
    async walk(person) {
      const byGoogle = async () => {
        await person.asks({ prompt: 'login', connection: 'google-oauth2' });
        await person.fills('input[name=email]', ada.email);
        await person.submits();
        return person.arrives();
      };
      const { sub: google } = await byGoogle();
      assert.match(google, /^google-oauth2\|/); // one address, and somebody else
      const linked = await person.control('identities', { user: ada.user_id, link: google });
      assert.deepEqual(linked.map(({ provider }) => provider), ['auth0', 'google-oauth2']);
      const { sub, name } = await byGoogle();
      assert.deepEqual({ sub, name }, { sub: ada.user_id, name: ada.name });
      await person.asks({ prompt: 'login' });
      await person.types({ username: ada.email, password });
      await person.submits();
      assert.equal((await person.arrives()).sub, ada.user_id);
      await person.control('identities', { user: ada.user_id, unlink: google });
      assert.equal((await byGoogle()).sub, google);
    },
  },
};
