// A request that a person approves elsewhere (CIBA): by the link of a mail.
import assert from 'node:assert/strict';
import { ada, tenant } from '../tenant.js';

const grant = 'urn:openid:params:grant-type:ciba';

export default {
  approval: {
    tenant: tenant({ client: { grant_types: ['authorization_code', grant], async_approval_notification_channels: ['email'] } }),
    async walk(person) {
      const client = { client_id: 'shop', client_secret: 'shop-secret' };
      const asks = async (message) => {
        const asked = await person.call('/bc-authorize', { ...client, scope: 'openid email', binding_message: message, requested_expiry: 60, login_hint: JSON.stringify({ format: 'iss_sub', iss: `${person.tenant}/`, sub: ada.user_id }) });
        assert.ok(asked.auth_req_id, JSON.stringify(asked));
        return { ...asked, link: (await person.message(ada.email)).link };
      };
      const poll = ({ auth_req_id: id }) => person.call('/oauth/token', { ...client, grant_type: grant, auth_req_id: id });
      const yes = await asks('Order 4711');
      await person.opens(yes.link);
      person.sees('Is this you?');
      person.reads('Shop', 'Order 4711', ada.email);
      assert.equal((await poll(yes)).error, 'authorization_pending');
      await person.presses('Approve');
      person.sees('Approved');
      await person.opens(yes.link);
      person.sees('Oops!, something went wrong');
      await person.waits('10s');
      assert.ok((await poll(yes)).id_token);

      const no = await asks('Order 4712');
      await person.opens(no.link);
      await person.presses('Deny');
      person.sees('Denied');
      assert.equal((await poll(no)).error, 'access_denied');

      const late = await asks('Order 4713');
      await person.opens(late.link);
      await person.waits('60s');
      await person.presses('Approve');
      person.sees('Oops!, something went wrong');
      assert.equal((await poll(late)).error, 'access_denied');
    },
  },
};
