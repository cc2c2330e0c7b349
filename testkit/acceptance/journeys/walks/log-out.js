import assert from 'node:assert/strict';
import { ada, password, tenant } from '../tenant.js';

const query = (params) => new URLSearchParams(params);

const isLoggedIn = async (person, yes) => {
  await person.asks({ prompt: 'none' });
  person.isSent(yes ? undefined : 'login_required');
};

const logsIn = async (person) => {
  await person.asks({ prompt: 'login' });
  await person.types({ username: ada.email, password });
  await person.submits();
};

export default {
  'log-out-by-v2': {
    tenant: tenant(),
    async walk(person) {
      await logsIn(person);
      await person.opens('/v2/logout?' + query({ client_id: 'shop', returnTo: 'https://elsewhere.test/' }));
      person.sees('Oops!, something went wrong');
      person.reads('/bye');
      await isLoggedIn(person, false); // the session is over all the same
      await logsIn(person);
      await person.opens('/v2/logout?' + query({ client_id: 'shop', returnTo: `${person.app}/bye` }));
      assert.equal(person.url, `${person.app}/bye`);
      await isLoggedIn(person, false);
    },
  },

  'log-out-federated': {
    tenant: tenant({ connections: [{ name: 'google-oauth2', strategy: 'google-oauth2', enabled_clients: ['Shop'] }] }),
    async walk(person) {
      await person.asks({ connection: 'google-oauth2' });
      await person.types({ email: 'zoe@gmail.test' });
      await person.submits();
      await person.arrives();
      await person.opens('/v2/logout?federated&' + query({ client_id: 'shop', returnTo: `${person.app}/bye` }));
      assert.equal(person.url, `${person.app}/bye`);
      await person.asks({ connection: 'google-oauth2' });
      person.sees('Continue with Google'); // nobody is logged in there either
    },
  },

  'log-out-by-openid-connect': {
    tenant: tenant(),
    async walk(person) {
      await logsIn(person);
      const { code } = person.isSent();
      const { id_token: hint } = await person.call('/oauth/token', { grant_type: 'authorization_code', code, redirect_uri: `${person.app}/callback`, client_id: 'shop', client_secret: 'shop-secret' });
      await person.opens('/oidc/logout?' + query({ id_token_hint: hint.slice(0, -8) + 'AAAAAAAA' }));
      person.sees('Oops!, something went wrong');
      await person.opens('/oidc/logout?' + query({ id_token_hint: hint, post_logout_redirect_uri: 'https://elsewhere.test/' }));
      person.sees('Oops!, something went wrong');
      await isLoggedIn(person, true); // neither ended anything
      await person.opens('/oidc/logout?' + query({ id_token_hint: hint, post_logout_redirect_uri: `${person.app}/bye`, state: 'out' }));
      assert.equal(person.url, `${person.app}/bye?state=out`, 'its own ID token is enough, without a question');
      await isLoggedIn(person, false);
    },
  },
};
