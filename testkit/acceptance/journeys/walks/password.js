import assert from 'node:assert/strict';
import { ada, password, tenant } from '../tenant.js';

export default {
  'forgotten-password': {
    tenant: tenant({ options: { passwordPolicy: 'good', password_history: { enable: true, size: 5 } } }),
    async walk(person) {
      await person.asks();
      await person.follows('Forgot password?');
      person.sees('Forgot your password?', '#email', 'input[name=email]');
      await person.types({ email: 'ada' });
      await person.submits();
      person.isTold('invalid-email-format', 'email');
      await person.types({ email: ada.email });
      await person.submits();
      person.sees('Check your email');
      await person.presses('Resend email');
      const { link } = await person.message(ada.email);
      await person.opens(link);
      person.sees('Change your password', '#password-reset', '#re-enter-password');
      const change = async (first, second = first) => {
        await person.types({ 'password-reset': first, 're-enter-password': second });
        await person.submits();
      };
      await change('weak');
      person.isTold('password-too-weak', 'password-reset');
      await change(password);
      person.isTold('password-previously-used', 'password-reset');
      await change('New-Horse-10', 'New-Horse-11');
      person.isTold('password-mismatch', 're-enter-password');
      await change('New-Horse-10');
      person.sees('Password changed');
      await person.opens(link);
      person.sees('Link not valid');
      await person.asks();
      await person.types({ username: ada.email, password });
      await person.submits();
      person.isTold('wrong-email-credentials', 'password');
      await person.types({ password: 'New-Horse-10' });
      await person.submits();
      assert.equal((await person.arrives()).sub, ada.user_id);
    },
  },

  'forgotten-password-too-late': {
    tenant: tenant(),
    async walk(person) {
      await person.asks();
      await person.follows('Forgot password?');
      await person.types({ email: ada.email });
      await person.submits();
      const { link } = await person.message(ada.email);
      await person.waits('121h');
      await person.opens(link);
      person.sees('Link expired');
    },
  },
};
