import assert from 'node:assert/strict';
import { ada, password, tenant } from '../tenant.js';

const places = ['form-content-start', 'form-content-end', 'form-footer-start', 'form-footer-end', 'secondary-actions-start', 'secondary-actions-end'];
const everywhere = Object.fromEntries(places.map((place) => [place, `<p class="mine">${place} of {{ application.name }}</p>`]));
const terms = '<div class="ulp-field"><input type="checkbox" name="ulp-terms" id="terms" value="yes"> <label for="terms">{{ prompt.screen.texts.varTos }}</label></div>';

const page = `<!DOCTYPE html>
<html lang="{{ locale }}" dir="{{ dir }}">
  <head>{%- auth0:head -%}</head>
  <body class="_widget-auto-layout">
    {%- auth0:widget -%}
    <aside>{{ application.name }} by {{ tenant.friendly_name }}, the {{ prompt.screen.name }} screen</aside>
  </body>
</html>`;

export default {
  customizing: {
    tenant: tenant({
      connections: [{ name: 'google-oauth2', strategy: 'google-oauth2', enabled_clients: ['Shop'] }],
      prompts: {
        customText: { en: { login: { login: { title: 'Hello again', buttonText: 'Go on' } }, signup: { signup: { 'var-tos': 'I agree with the [terms](https://acme.test/tos)' } } } },
        partials: { login: { login: everywhere }, signup: { signup: { 'form-content-end': terms } } },
      },
      branding: { templates: [{ template: 'universal_login', body: page }] },
    }),
    async walk(person) {
      await person.asks();
      person.sees('Hello again', 'aside', 'button[name=action][value=default]');
      person.reads('Shop by Acme, the login screen', 'Go on');
      // each partial is between what Auth0 puts it between
      const marks = '.mine, input[name=username], input[name=password], button[name=action][value=default], [data-provider] button';
      assert.deepEqual(person.page(marks).toArray().map((e) => person.page(e).attr('name') ?? person.page(e).text().trim()), [
        'form-content-start of Shop', 'username', 'password', 'form-content-end of Shop', 'action', 'form-footer-start of Shop', 'form-footer-end of Shop',
        'secondary-actions-start of Shop', 'Continue with Google', 'secondary-actions-end of Shop',
      ]);
      await person.follows('Sign up');
      person.reads('I agree with the terms', 'the signup screen');
      assert.equal(person.page('label[for=terms] a').attr('href'), 'https://acme.test/tos');
      await person.ticks('#terms');
      await person.types({ email: 'zoe@acme.test', password: 'weak' });
      await person.submits();
      person.isTold('password-too-weak', 'password');
      await person.types({ password });
      await person.submits();
      assert.equal((await person.arrives()).email, 'zoe@acme.test');
      await person.asks({ client_id: 'nobody' });
      assert.equal(person.page('aside').length, 0, 'the error page is ours');
      await person.asks({ prompt: 'login' });
      await person.types({ username: ada.email, password });
      await person.submits();
      assert.equal((await person.arrives()).sub, ada.user_id);
    },
  },
};
