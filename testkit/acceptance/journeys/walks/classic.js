import assert from 'node:assert/strict';
import { ada, password, tenant } from '../tenant.js';

export default {
  'classic-page': {
    tenant: tenant({ prompts: { universal_login_experience: 'classic' }, connections: [{ name: 'google-oauth2', strategy: 'google-oauth2', enabled_clients: ['Shop'] }] }),
    async walk(person) {
      await person.asks();
      assert.equal(new URL(person.url).pathname, '/login');
      await person.types({ username: ada.email, password: 'wrong' });
      await person.submits();
      person.reads('Wrong email or password');
      await person.types({ password });
      await person.submits();
      assert.equal((await person.arrives()).sub, ada.user_id);
      await person.asks({ prompt: 'login' });
      await person.presses('Log in with Google');
      await person.types({ email: 'zoe@gmail.test' });
      await person.submits();
      assert.match((await person.arrives()).sub, /^google-oauth2\|/);
    },
  },
};
