import assert from 'node:assert/strict';
import { generate } from 'otplib';
import { scan } from '../qr.js';
import { ada, password, tenant } from '../tenant.js';

const factor = (name) => ({ guardianFactors: [{ name, enabled: true }], guardianPolicies: { policies: ['all-applications'] } });

const logsIn = async (person) => {
  await person.asks({ prompt: 'login' });
  await person.types({ username: ada.email, password });
  await person.submits();
};

export default {
  'qr-code': {
    tenant: tenant(factor('otp')),
    async walk(person) {
      await logsIn(person);
      person.sees('Secure your account', 'img.qr');
      const uri = new URL(await scan(person));
      assert.equal(uri.protocol + uri.host, 'otpauth:totp');
      assert.equal(decodeURIComponent(uri.pathname), `/Acme:${ada.email}`);
      const { secret, issuer, digits, period, algorithm } = Object.fromEntries(uri.searchParams);
      assert.deepEqual({ issuer, digits, period, algorithm }, { issuer: 'Acme', digits: '6', period: '30', algorithm: 'SHA1' });
      // what an authenticator app that scanned it shows
      const code = async () => generate({ secret, epoch: Math.floor(Date.parse((await person.control('clock')).now) / 1000) });
      await person.types({ code: await code() });
      await person.submits();
      assert.deepEqual((await person.arrives()).amr, ['mfa']);
      await person.waits('1m');
      await logsIn(person);
      await person.types({ code: await code() });
      await person.submits();
      assert.deepEqual((await person.arrives()).amr, ['mfa']);
    },
  },

  'qr-code-of-a-device': {
    tenant: tenant(factor('push-notification')),
    async walk(person) {
      await logsIn(person);
      const uri = new URL(await scan(person));
      assert.equal(uri.protocol + uri.host, 'otpauth:totp');
      assert.ok(uri.searchParams.get('enrollment_tx_id'));
      assert.equal(uri.searchParams.get('base_url'), person.tenant);
    },
  },
};
