// oauth4webapi, the low level below openid-client, nextjs-auth0 and Auth.js.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as oauth from 'oauth4webapi';
import { ada, api, claims, page, rows, server, start, worker } from './kit.js';

async function table({ app, tenant, visitor }) {
  const issuer = new URL(tenant.issuer);
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer));
  const client = { client_id: server.id };
  const secret = oauth.ClientSecretPost(server.secret);

  // begin is the request for a code; finish takes the browser's way back.
  async function begin(who = client, auth = secret, audience = api) {
    const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()];
    const parameters = new URLSearchParams({
      client_id: who.client_id, response_type: 'code', redirect_uri: app.callback, audience, scope: 'openid email offline_access read:orders',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', state, nonce,
    });
    const finish = async (url) => {
      const answer = oauth.validateAuthResponse(as, who, url, state);
      const response = await oauth.authorizationCodeGrantRequest(as, who, auth, answer, app.callback, verifier);
      const tokens = await oauth.processAuthorizationCodeResponse(as, who, response, { expectedNonce: nonce, requireIdToken: true });
      await oauth.validateApplicationLevelSignature(as, response);
      return tokens;
    };
    return { url: `${as.authorization_endpoint}?${parameters}`, parameters, finish };
  }
  const permitted = (token) => assert.deepEqual(claims(token)?.permissions?.toSorted(), ['read:orders', 'write:orders']);

  return [
    { flow: 'code + PKCE', name: 'log in, read the ID token and userinfo', run: async () => {
      const login = await begin();
      const tokens = await login.finish((await visitor().logIn(login.url)).url);
      permitted(tokens.access_token);
      const { sub } = oauth.getValidatedIdTokenClaims(tokens);
      const profile = await oauth.processUserInfoResponse(as, client, sub, await oauth.userInfoRequest(as, client, tokens.access_token));
      assert.equal(profile.email, ada.username);
    } },
    { flow: 'code + PKCE', name: 'a public client', run: async () => {
      const login = await begin({ client_id: page.id }, oauth.None());
      permitted((await login.finish((await visitor().logIn(login.url)).url)).access_token);
    } },
    { flow: 'refresh', name: 'refresh, and revoke', run: async () => {
      const login = await begin();
      const { refresh_token } = await login.finish((await visitor().logIn(login.url)).url);
      const refresh = async (token) => oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, secret, token));
      const tokens = await refresh(refresh_token);
      permitted(tokens.access_token);
      await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, secret, tokens.refresh_token));
      await assert.rejects(refresh(tokens.refresh_token), { error: 'invalid_grant' });
    } },
    { flow: 'PAR', name: 'a pushed request, which works once', run: async () => {
      const login = await begin();
      const pushed = await oauth.processPushedAuthorizationResponse(as, client, await oauth.pushedAuthorizationRequest(as, client, secret, login.parameters));
      const url = `${as.authorization_endpoint}?${new URLSearchParams({ client_id: client.client_id, request_uri: pushed.request_uri })}`;
      permitted((await login.finish((await visitor().logIn(url)).url)).access_token);
      assert.equal((await visitor().open(url)).status, 400);
    } },
    { flow: 'client_credentials', name: 'a machine gets what its grant says', run: async () => {
      const machine = { client_id: worker.id };
      const response = await oauth.clientCredentialsGrantRequest(as, machine, oauth.ClientSecretBasic(worker.secret), { audience: api });
      const { access_token } = await oauth.processClientCredentialsResponse(as, machine, response);
      assert.deepEqual(claims(access_token).permissions, ['read:orders']);
    } },
    { flow: 'DPoP', name: 'a proof is refused until it has the nonce that was asked for', run: async () => {
      const who = { client_id: page.id };
      const DPoP = oauth.DPoP(who, await oauth.generateKeyPair('ES256'));
      const [verifier, audience] = [oauth.generateRandomCodeVerifier(), 'https://bound.acme.test'];
      const url = `${as.authorization_endpoint}?${new URLSearchParams({
        client_id: page.id, response_type: 'code', redirect_uri: app.callback, audience, scope: 'openid read:orders',
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', dpop_jkt: await DPoP.calculateThumbprint(),
      })}`;
      const answer = oauth.validateAuthResponse(as, who, (await visitor().logIn(url)).url, oauth.expectNoState);
      const redeem = async () => oauth.processAuthorizationCodeResponse(as, who, await oauth.authorizationCodeGrantRequest(as, who, oauth.None(), answer, app.callback, verifier, { DPoP }));
      await assert.rejects(redeem(), (error) => oauth.isDPoPNonceError(error));
      const tokens = await redeem();
      assert.equal(tokens.token_type, 'dpop');
      assert.equal(claims(tokens.access_token).cnf.jkt, await DPoP.calculateThumbprint());
    } },
    { flow: 'RFC 9068', name: 'an API checks an access token as RFC 9068 has it', run: async () => {
      const audience = 'https://rfc9068.acme.test';
      const login = await begin(client, secret, audience);
      const { access_token } = await login.finish((await visitor().logIn(login.url)).url);
      const call = (token) => new Request(audience, { headers: { authorization: `Bearer ${token}` } });
      const checked = await oauth.validateJwtAccessToken(as, call(access_token), audience);
      assert.equal(checked.client_id, server.id);
      await assert.rejects(oauth.validateJwtAccessToken(as, call(access_token), api), /aud/);
    } },
  ];
}

test('oauth4webapi', { concurrency: 4 }, async (t) => rows(t, 'oauth4webapi', await table(await start(t))));
