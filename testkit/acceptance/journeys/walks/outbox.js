// The outbox and the console, for those who look after the tenant.
import assert from 'node:assert/strict';
import { ada, password, tenant } from '../tenant.js';

const ciba = 'urn:openid:params:grant-type:ciba';

const forgets = async (person, email) => {
  await person.asks();
  await person.follows('Forgot password?');
  await person.types({ email });
  await person.submits();
};

export default {
  outbox: {
    tenant: tenant({ users: [ada, { ...ada, email: 'bob@acme.test', user_id: 'auth0|bob' }] }),
    async walk(person) {
      await person.opens('/_faux0/outbox');
      person.sees('Outbox');
      person.reads('Nothing was sent yet');
      await forgets(person, ada.email);
      await forgets(person, 'bob@acme.test');
      await person.opens('/_faux0/outbox');
      assert.deepEqual(person.page('.mail .who').toArray().map((e) => person.page(e).text()), ['bob@acme.test', ada.email], 'newest first');
      await person.types({ to: ada.email });
      await person.presses('Show');
      assert.deepEqual(person.page('.mail .who').toArray().map((e) => person.page(e).text()), [ada.email]);
      await person.follows('Everybody');
      assert.equal(person.page('.mail').length, 2);
      await person.follows('Console');
      person.sees('Acme');
      person.reads('outbox (2)');
    },
  },

  'console-answers-and-lifts': {
    tenant: tenant({
      client: { grant_types: ['authorization_code', ciba], async_approval_notification_channels: ['guardian-push'] },
      attackProtection: { bruteForceProtection: { max_attempts: 2 } },
    }),
    async walk(person) {
      await person.asks();
      for (let n = 0; n < 2; n++) {
        await person.types({ username: ada.email, password: `wrong-${n}` });
        await person.submits();
      }
      await person.opens('/_faux0/');
      person.reads('Blocked by attack protection');
      await person.activates('form[action="/_faux0/blocks"] button');
      assert.ok(!person.text().includes('Blocked by attack protection'));
      await person.asks();
      await person.types({ username: ada.email, password });
      await person.submits();
      assert.equal((await person.arrives()).sub, ada.user_id);
      const client = { client_id: 'shop', client_secret: 'shop-secret' };
      const { auth_req_id: request } = await person.call('/bc-authorize', { ...client, scope: 'openid', binding_message: 'Order 4711', login_hint: JSON.stringify({ format: 'iss_sub', iss: `${person.tenant}/`, sub: ada.user_id }) });
      await person.opens('/_faux0/');
      await person.presses('Approve Order 4711');
      assert.ok(!person.text().includes('Waiting for an answer'));
      assert.ok((await person.call('/oauth/token', { ...client, grant_type: ciba, auth_req_id: request })).id_token);
      for (const type of ['fp', 'limit_wc', 's']) assert.ok(person.page(`td code:contains("${type}")`).length, `${type} is in the log`);
    },
  },
};
