import assert from 'node:assert/strict';
import { ada, password, tenant } from '../tenant.js';

const identifierFirst = { prompts: { identifier_first: true } };

export default {
  'log-in': {
    tenant: tenant(),
    async walk(person) {
      await person.asks();
      person.sees('Welcome', '#username', '#password', 'input[name=username]', 'input[name=password]', 'button[type=submit][name=action][value=default]');
      await person.types({ username: ada.email, password: 'wrong' });
      await person.submits();
      person.isTold('wrong-email-credentials', 'password');
      await person.types({ password });
      await person.submits();
      assert.equal((await person.arrives()).sub, ada.user_id);
      await person.asks();
      person.isSent(); // by the session, no page
    },
  },

  'log-in-as-a-fixture-user': {
    tenant: tenant(),
    async walk(person) {
      await person.asks();
      await person.unfolds('Sign in as a fixture user');
      await person.presses('ada@acme.test no roles');
      assert.equal((await person.arrives()).email, ada.email);
    },
  },

  'identifier-first': {
    tenant: tenant(identifierFirst),
    async walk(person) {
      await person.asks();
      person.sees('Welcome', '#username');
      assert.equal(person.page('#password').length, 0);
      await person.types({ username: 'someone@acme.test' });
      await person.submits();
      person.sees('Enter your password', '#password', 'a[data-link-name=edit-username]');
      await person.activates('a[data-link-name=edit-username]');
      await person.types({ username: ada.email });
      await person.submits();
      await person.types({ password: 'wrong' });
      await person.submits();
      person.isTold('wrong-email-credentials', 'password');
      await person.types({ password });
      await person.submits();
      assert.equal((await person.arrives()).email, ada.email);
    },
  },

  'blocked-user': {
    tenant: tenant({ users: [{ ...ada, blocked: true }] }),
    async walk(person) {
      await person.asks();
      await person.types({ username: ada.email, password });
      await person.submits();
      assert.equal(person.isSent('unauthorized').error_description, 'user is blocked');
    },
  },

  'error-pages': {
    tenant: tenant(),
    async walk(person) {
      await person.asks({ redirect_uri: 'https://elsewhere.test/callback' });
      person.reads('Callback URL mismatch', '/callback');
      await person.asks({ client_id: 'nobody' });
      person.reads('Unknown client: nobody');
      await person.opens('/u/login?state=unknown');
      person.reads('Technical details');
      await person.opens('/u/email-verification?ticket=unknown');
      person.sees('Link not valid');
      await person.opens('/u/reset-verify?ticket=unknown');
      person.sees('Link not valid');
    },
  },

  'log-out': {
    tenant: tenant(),
    async walk(person) {
      await person.asks();
      await person.types({ username: ada.email, password });
      await person.submits();
      await person.arrives();
      await person.opens('/oidc/logout?client_id=shop&post_logout_redirect_uri=' + encodeURIComponent(`${person.app}/bye`));
      person.sees('Logging out', 'button[name=action][value=accept]');
      await person.presses('Cancel');
      await person.asks({ prompt: 'none' });
      person.isSent();
      await person.opens('/oidc/logout?client_id=shop&post_logout_redirect_uri=' + encodeURIComponent(`${person.app}/bye`));
      await person.presses('Accept');
      assert.equal(person.url, `${person.app}/bye`);
      await person.asks({ prompt: 'none' });
      person.isSent('login_required');
      await person.opens('/oidc/logout');
    },
  },
};
