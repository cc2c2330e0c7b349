// Second factors by the other ways: a notification, a call, one of several
// numbers, and a mail where nothing is enrolled.
import assert from 'node:assert/strict';
import { ada, password, tenant } from '../tenant.js';

const [phone, other] = ['+4915112345678', '+4915187654321'];
const factors = (names, more) => tenant({ guardianFactors: names.map((name) => ({ name, enabled: true })), guardianPolicies: { policies: ['all-applications'] }, ...more });
const enrolled = (...list) => [{ ...ada, mfa_factors: list }];

const logsIn = async (person, params) => {
  await person.asks({ prompt: 'login', ...params });
  await person.types({ username: ada.email, password });
  await person.submits();
};

const answers = async (person, code) => {
  await person.types({ code });
  await person.submits();
};

const isAda = async (person) => {
  const { sub, amr } = await person.arrives();
  assert.deepEqual({ sub, amr }, { sub: ada.user_id, amr: ['mfa'] });
};

export default {
  'factor-notification': {
    tenant: factors(['push-notification']),
    async walk(person) {
      await person.control('factors', { user: ada.user_id, method: 'push' });
      const answer = async (answer) => {
        const reply = await fetch(`${person.tenant}/_faux0/approvals`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ user: ada.email, answer }) });
        assert.ok(reply.ok, await reply.text());
        await person.waits('10s');
      };
      await logsIn(person);
      person.sees('Verify your identity', 'button[name=action][value=resend]');
      await person.submits();
      person.isTold('pending');
      await answer('deny');
      await person.submits();
      person.isTold('rejected');
      await person.activates('button[name=action][value=resend]');
      await answer('approve');
      await person.submits();
      await isAda(person);
    },
  },

  'factor-call': {
    tenant: factors(['sms'], { guardianPhoneFactorMessageTypes: { message_types: ['sms', 'voice'] }, users: enrolled({ phone: { value: phone } }, { voice: { value: phone } }) }),
    async walk(person) {
      await logsIn(person);
      person.sees('Verify your identity');
      await wantsACall(person);
      await person.submits();
      const call = await person.message(phone);
      assert.equal(call.channel, 'voice');
      person.reads('called');
      await person.activates('button[name=action][value=switch-to-sms]');
      const text = await person.message(phone);
      assert.equal(text.channel, 'sms');
      await answers(person, text.code);
      await isAda(person);
    },
  },

  'factor-another-number': {
    tenant: factors(['sms'], { users: enrolled({ phone: { value: phone } }, { phone: { value: other } }) }),
    async walk(person) {
      await logsIn(person);
      await person.message(phone);
      await person.activates('button[name=action][value=pick-sms]');
      person.sees('Your phone numbers');
      await person.activates('button[value="selection-action::1"]');
      await answers(person, (await person.message(other)).code);
      await isAda(person);
    },
  },

  'factor-new-browser': {
    tenant: tenant({ guardianFactors: [{ name: 'otp', enabled: true }], guardianPolicies: { policies: ['confidence-score'] } }),
    async walk(person) {
      // Ada has logged in elsewhere before, so this browser is a new one
      const browser = { 'User-Agent': 'Elsewhere/1.0' };
      const elsewhere = await fetch(`${person.tenant}/authorize?${new URLSearchParams({ client_id: 'shop', response_type: 'code', redirect_uri: `${person.app}/callback`, scope: 'openid' })}`, { redirect: 'manual', headers: browser });
      const at = new URL(elsewhere.headers.get('Location'), person.tenant);
      const cookie = elsewhere.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
      const login = await fetch(at, { method: 'POST', redirect: 'manual', headers: { ...browser, Cookie: cookie }, body: new URLSearchParams({ state: at.searchParams.get('state'), username: ada.email, password, action: 'default' }) });
      assert.equal(login.status, 302);
      await fetch(new URL(login.headers.get('Location'), person.tenant), { redirect: 'manual', headers: { ...browser, Cookie: cookie } });

      await logsIn(person);
      assert.equal(new URL(person.url).pathname, '/u/login-email-verification');
      person.sees('Verify your identity', '#code');
      const { code } = await person.message(ada.email);
      await answers(person, code === '111111' ? '222222' : '111111');
      person.isTold('invalid-code', 'code');
      await answers(person, code);
      assert.equal((await person.arrives()).sub, ada.user_id);
      await logsIn(person);
      await person.arrives(); // it is known now
    },
  },
};

// wantsACall picks the second of two choices, with the arrow keys as people do.
async function wantsACall(person) {
  if (!person.tab) return person.ticks('#type-voice');
  await person.tabsTo(person.tab.locator('#type-sms'));
  await person.tab.keyboard.press('ArrowDown');
}
