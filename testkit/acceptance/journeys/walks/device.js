import assert from 'node:assert/strict';
import { ada, password, tenant } from '../tenant.js';

const grant = 'urn:ietf:params:oauth:grant-type:device_code';
const television = { name: 'Television', client_id: 'tv', app_type: 'native', token_endpoint_auth_method: 'none', grant_types: [grant, 'refresh_token'] };

export default {
  device: {
    tenant: tenant({ clients: [television] }),
    async walk(person) {
      const begin = () => person.call('/oauth/device/code', { client_id: 'tv', scope: 'openid offline_access' });
      const poll = (device) => person.call('/oauth/token', { grant_type: grant, client_id: 'tv', device_code: device.device_code });
      const device = await begin();
      assert.equal((await poll(device)).error, 'authorization_pending');
      await person.opens(device.verification_uri);
      person.sees('Device activation', '#code');
      await person.types({ user_code: 'WRONG-CODE' });
      await person.submits();
      assert.equal(person.page('#error-element-code').length, 1);
      await person.types({ user_code: device.user_code });
      await person.submits();
      person.sees('Device confirmation');
      person.reads('Television', device.user_code);
      await person.presses('Confirm');
      await person.types({ username: ada.email, password });
      await person.submits();
      person.sees('You are all set');
      await person.waits('6s');
      assert.ok((await poll(device)).refresh_token);

      const other = await begin();
      await person.opens(other.verification_uri_complete);
      await person.submits();
      await person.presses('Cancel');
      person.sees('Device not connected');
      assert.equal((await poll(other)).error, 'access_denied');
    },
  },
};
