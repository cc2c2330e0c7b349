import assert from 'node:assert/strict';
import { ada, database, password, tenant } from '../tenant.js';

const connections = [{ name: database, assign_membership_on_login: false }];
const organizations = [
  { name: 'acme-eu', display_name: 'Acme Europe', branding: { colors: { primary: '#0b6e4f', page_background: '#e8f5ee' } }, connections },
  { name: 'acme-us', display_name: 'Acme America', connections },
];
const olga = { ...ada, organizations: [{ name: 'acme-eu' }, { name: 'acme-us' }] };
const requiring = (behavior) => tenant({
  tenant: { friendly_name: 'Acme', allow_organization_name_in_authentication_api: true },
  client: { organization_usage: 'require', organization_require_behavior: behavior }, organizations, users: [olga],
});

export default {
  'organization-before-the-login': {
    tenant: requiring('pre_login_prompt'),
    async walk(person) {
      await person.asks();
      person.sees('Enter your organization', '#organizationName', 'input[name=organizationName]');
      await person.types({ organizationName: 'acme' });
      await person.submits();
      person.isTold('invalid-organization', 'organizationName');
      await person.types({ organizationName: 'acme-eu' });
      await person.submits();
      person.reads('Acme Europe');
      assert.match(person.page('style').text(), /--primary:#0b6e4f/, "the page has the organization's colours");
      await person.types({ username: ada.email, password });
      await person.submits();
      assert.equal((await person.arrives()).org_name, 'acme-eu');
    },
  },

  'organization-after-the-login': {
    tenant: requiring('post_login_prompt'),
    async walk(person) {
      await person.asks();
      await person.types({ username: ada.email, password });
      await person.submits();
      person.sees('Select an organization');
      await person.presses('Acme America acme-us');
      assert.equal((await person.arrives()).org_name, 'acme-us');
    },
  },

};
