// The tenant as a SAML identity provider. What a service provider makes of the
// response is in ../../node/saml.test.js.
import assert from 'node:assert/strict';
import { load } from 'cheerio';
import { ada, password, tenant } from '../tenant.js';

const claim = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';

export default {
  'saml-log-in': {
    tenant: tenant({ client: { addons: { samlp: { audience: 'urn:shop' } } } }),
    async walk(person) {
      await person.opens('/samlp/shop?RelayState=home');
      await person.types({ username: ada.email, password: 'wrong' });
      await person.submits();
      person.isTold('wrong-email-credentials', 'password');
      await person.types({ password });
      const { SAMLResponse: response, RelayState: relay } = await posts(person);
      assert.equal(relay, 'home');
      const saml = load(Buffer.from(response, 'base64').toString(), { xml: true });
      const text = (selector) => saml(selector).text();
      assert.equal(text('saml\\:NameID'), ada.user_id);
      assert.equal(text('saml\\:Audience'), 'urn:shop');
      assert.equal(saml('samlp\\:Response').attr('Destination'), `${person.app}/callback`);
      assert.equal(text(`saml\\:Attribute[Name="${claim}emailaddress"]`).trim(), ada.email);
      await person.opens('/samlp/shop/logout?SAMLRequest=eA==');
      person.sees('Oops!, something went wrong');
    },
  },
};

// posts sends the login, and gives what the page at its end posts to the
// application: by itself, or without scripts when its button is pressed.
async function posts(person) {
  if (person.tab) {
    const posted = person.tab.waitForRequest((request) => request.method() === 'POST' && request.url() === `${person.app}/callback`);
    await person.submits();
    return Object.fromEntries(new URLSearchParams((await posted).postData()));
  }
  await person.submits();
  const fields = Object.fromEntries(person.page('form').serializeArray().map(({ name, value }) => [name, value]));
  await person.activates('form button');
  assert.equal(person.url, `${person.app}/callback`);
  return fields;
}
