// The question that brings people here: why are there no permissions in my token?
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { SDK, ada, bob, claims, visit, world } from './harness.js';

test('where are my permissions? Ada has a role that grants them; what her token holds depends on three switches', async (t) => {
  const { app, tenant, browser } = await world(t);
  const { page } = await visit(t, browser);
  const sdk = new SDK(page, app.http, tenant.http);
  await sdk.open();

  // The first sentence names the cause, the second the cure.
  const explained = async (token, cause, cure) => {
    const [first, second] = sentences(await tenant.explain(token));
    assert.match(first, cause);
    assert.match(second, cure);
  };

  // Each time the page asks in another way; the session makes the later logins silent.
  const tokenFor = async (user, authorizationParams) => {
    await sdk.login(user, authorizationParams);
    return sdk.call('getTokenSilently', { authorizationParams });
  };

  await t.test('1. no audience: the access token is not a JWT, and faux0 explain says why', async () => {
    const token = await tokenFor(ada, {});
    assert.equal(claims(token), null);
    await explained(token, /named no audience.* not a JWT/, /^Send audience=https:/);
  });

  await t.test('2. an audience, but RBAC is off on that API: a JWT without permissions', async () => {
    const token = await tokenFor(null, { audience: 'https://rbac-off.acme.test' });
    assert.equal(claims(token).aud[0], 'https://rbac-off.acme.test');
    assert.ok(!('permissions' in claims(token)));
    await explained(token, /"Enable RBAC" is off for API "RBAC off"/, /enforce_policies to true/);
  });

  await t.test('3. RBAC on, but permissions are not added to the token: still none', async () => {
    const token = await tokenFor(null, { audience: 'https://rbac-on.acme.test', scope: 'openid profile email read:orders delete:orders' });
    assert.ok(!('permissions' in claims(token)));
    assert.equal(claims(token).scope, 'openid profile email read:orders', 'RBAC cut the scope down to her role');
    await explained(token, /"Add Permissions in the Access Token" is off/, /token_dialect to "access_token_authz"/);
  });

  await t.test('4. both on: exactly the permissions of her role for this API', async () => {
    const token = await tokenFor(null, { audience: 'https://orders.acme.test' });
    assert.deepEqual(claims(token).permissions.toSorted(), ['read:orders', 'write:orders']);
  });

  await t.test('5. both on, but the user has no role: the list is there and empty', async (t) => {
    const { page } = await visit(t, browser);
    const other = new SDK(page, app.http, tenant.http, { authorizationParams: { audience: 'https://orders.acme.test' } });
    await other.open();
    await other.login(bob);
    const token = await other.call('getTokenSilently');
    assert.deepEqual(claims(token).permissions, []);
    await explained(token, /bob@acme\.test has no role with permissions of API/, /^Give bob@acme\.test role "clerk"/);
  });
});

// sentences splits a plain text where a sentence ends.
const sentences = (text) => text.trim().split(/(?<=[.!?])\s+/);
