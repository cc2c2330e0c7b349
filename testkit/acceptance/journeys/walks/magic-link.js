import assert from 'node:assert/strict';
import { tenant } from '../tenant.js';

const email = 'eve@acme.test';

export default {
  'magic-link': {
    tenant: tenant({ connections: [{ name: 'email', strategy: 'email', enabled_clients: ['Shop'], options: { disable_signup: false } }] }),
    async walk(person) {
      const link = async () => {
        const answer = await fetch(`${person.tenant}/passwordless/start`, {
          method: 'POST', headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ client_id: 'shop', client_secret: 'shop-secret', connection: 'email', email, send: 'link', authParams: { response_type: 'code', scope: 'openid email', state: 'my-state', redirect_uri: `${person.app}/callback` } }),
        });
        assert.equal(answer.status, 200, await answer.text());
        return (await person.message(email)).link;
      };
      const first = await link();
      await person.opens(first);
      const { sub, email_verified: verified } = await person.arrives();
      assert.match(sub, /^email\|/);
      assert.equal(verified, true);
      await person.opens(first);
      person.isSent('unauthorized'); // it works once
      const late = await link();
      await person.waits('180s');
      await person.opens(late);
      person.isSent('unauthorized');
    },
  },
};
