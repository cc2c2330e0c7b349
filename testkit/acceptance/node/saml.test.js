// The tenant as a SAML identity provider, for a service provider that other
// people wrote: its requests, its checks of the answer, its logout.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { rows, start } from './kit.js';

const id = 'acceptanceSaml000000000000000001';

// provider is the service provider as its README has it; the certificate is
// that of the tenant's metadata.
async function provider({ app, tenant }, more) {
  const metadata = await (await fetch(`${tenant.https}/samlp/metadata/${id}`)).text();
  return new SAML({
    entryPoint: `${tenant.https}/samlp/${id}`, logoutUrl: `${tenant.https}/samlp/${id}/logout`,
    idpCert: metadata.match(/<X509Certificate>([^<]+)/)[1], idpIssuer: metadata.match(/entityID="([^"]+)"/)[1],
    issuer: 'urn:intranet', audience: 'urn:intranet', callbackUrl: `${app.http}/saml/acs`,
    identifierFormat: null, wantAuthnResponseSigned: false, validateInResponseTo: ValidateInResponseTo.always, ...more,
  });
}

test('@node-saml/node-saml', async (t) => {
  const world = await start(t);
  const sp = await provider(world);
  const visitor = world.visitor();
  let profile;
  await rows(t, '@node-saml/node-saml', [
    { flow: 'SAML login', name: 'request by redirect, assertion by post', run: async () => {
      await visitor.logIn(await sp.getAuthorizeUrlAsync('here', world.tenant.host, {}));
      const { action, fields } = visitor.form();
      assert.equal(action, `${world.app.http}/saml/acs`);
      assert.equal(fields.RelayState, 'here');
      ({ profile } = await sp.validatePostResponseAsync(fields));
      assert.equal(profile.nameID, 'ada@acme.test');
      assert.equal(profile['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier'], 'auth0|ada');
      assert.equal(profile['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name'], 'Ada Byron');
      await assert.rejects(sp.validatePostResponseAsync(fields), /InResponseTo/);
    } },
    { flow: 'SAML for another audience', name: 'an assertion for one service provider is refused by another', run: async () => {
      await visitor.open(await sp.getAuthorizeUrlAsync('', world.tenant.host, {}));
      const other = await provider(world, { audience: 'urn:other', validateInResponseTo: ValidateInResponseTo.never });
      await assert.rejects(other.validatePostResponseAsync(visitor.form().fields), /audience/i);
    } },
    { flow: 'SAML logout', name: 'the session ends, and the answer is signed', run: async () => {
      await visitor.open(await sp.getLogoutUrlAsync(profile, '', {}));
      const { action, fields } = visitor.form();
      assert.equal(action, `${world.app.http}/saml/slo`);
      const lenient = await provider(world, { validateInResponseTo: ValidateInResponseTo.never }); // it looks for that in logins only
      assert.equal((await lenient.validatePostResponseAsync(fields)).loggedOut, true);
      const page = await visitor.open(await sp.getAuthorizeUrlAsync('', world.tenant.host, {}));
      assert.equal(page.url.pathname, '/u/login');
    } },
  ]);
});
