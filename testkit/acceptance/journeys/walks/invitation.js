import assert from 'node:assert/strict';
import { ada, database, password, tenant } from '../tenant.js';

const invites = async (person, email) => {
  await person.control('invitations', { organization: 'acme-eu', client_id: 'Shop', inviter: { name: 'Ada' }, invitee: { email } });
  const { link } = await person.message(email);
  // what the application's own page does with the link
  return Object.fromEntries([...new URL(link).searchParams].filter(([name]) => ['invitation', 'organization'].includes(name)));
};

export default {
  invitation: {
    tenant: tenant({
      client: { organization_usage: 'require', initiate_login_uri: '##APP_HTTP##/login' },
      organizations: [{ name: 'acme-eu', display_name: 'Acme Europe', connections: [{ name: database, assign_membership_on_login: false, is_signup_enabled: true }] }],
    }),
    async walk(person) {
      const zoe = await invites(person, 'zoe@acme.test');
      await person.asks(zoe);
      person.reads('Ada', 'Acme Europe');
      assert.equal(person.page('input[name=email]').attr('value'), 'zoe@acme.test');
      await person.types({ password });
      await person.submits();
      const { org_id: org, email_verified: verified } = await person.arrives();
      assert.match(org, /^org_/);
      assert.equal(verified, true);
      await person.asks({ ...zoe, prompt: 'login' });
      person.isSent('invalid_request'); // it works once

      await person.asks({ ...await invites(person, ada.email), prompt: 'login' });
      await person.follows('Log in');
      await person.types({ password });
      await person.submits();
      assert.equal((await person.arrives()).org_id, org);
    },
  },
};
