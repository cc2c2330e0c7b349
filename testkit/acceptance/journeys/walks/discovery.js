// An organization that is found by the domain of an address.
import assert from 'node:assert/strict';
import { ada, database, password, tenant } from '../tenant.js';

const connections = [{ name: database, assign_membership_on_login: true }];
const organization = (name, display_name, ...domains) => ({ name, display_name, connections, discovery_domains: domains.map((domain) => ({ domain, status: 'verified' })) });

export default {
  'organization-by-e-mail': {
    tenant: tenant({
      tenant: { friendly_name: 'Acme', allow_organization_name_in_authentication_api: true },
      client: { organization_usage: 'require', organization_require_behavior: 'pre_login_prompt', organization_discovery_methods: ['email'] },
      organizations: [organization('acme-eu', 'Acme Europe', 'acme.test', 'both.test'), organization('acme-us', 'Acme America', 'both.test')],
    }),
    async walk(person) {
      const names = async (organizationName) => {
        await person.types({ organizationName });
        await person.submits();
      };
      await person.asks();
      person.sees('Enter your organization', '#organizationName');
      await names('acme-eu');
      person.isTold('invalid-email', 'organizationName');
      await names('ada@nowhere.test');
      person.isTold('unknown-email-domain', 'organizationName');
      await names(ada.email);
      person.reads('Acme Europe');
      assert.equal(person.page('input[name=username]').attr('value'), ada.email);
      await person.types({ password });
      await person.submits();
      assert.equal((await person.arrives()).org_name, 'acme-eu');

      await person.asks({ prompt: 'login' });
      await names('ada@both.test');
      person.sees('Select an organization');
      await person.presses('Acme America acme-us');
      await person.types({ username: ada.email, password });
      await person.submits();
      assert.equal((await person.arrives()).org_name, 'acme-us');
    },
  },
};
