// openid-client, which checks every answer against the specifications.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { importPKCS8 } from 'jose';
import * as oidc from 'openid-client';
import { ada, api, certificateHolder, claims, device, keyHolder, ordersAPI, page, patience, rows, server, start, worker } from './kit.js';

const permitted = (token) => assert.deepEqual(claims(token)?.permissions?.toSorted(), ['read:orders', 'write:orders']);
const refused = (promise, error) => assert.rejects(promise, (got) => {
  assert.equal(got.error ?? got.cause?.error ?? got.message, error);
  return true;
});

const signingKey = async () => importPKCS8(await readFile(keyHolder.key, 'utf8'), 'RS256');

// withCertificate is a fetch that shows a client certificate.
const withCertificate = (options) => (url, { method, headers, body }) => new Promise((resolve, reject) => {
  const lookup = (host, { all }, found) => found(null, all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4); // not every resolver knows *.localhost
  const sent = request(url, { ...options, method, headers: Object.fromEntries(new Headers(headers)), lookup }, async (answer) => {
    resolve(new Response(Buffer.concat(await answer.toArray()), { status: answer.statusCode, headers: answer.headers }));
  });
  sent.on('error', reject).end(String(body ?? ''));
});

function table({ app, tenant, visitor }) {
  const discover = async (who = server, metadata, auth) => {
    const config = await oidc.discovery(new URL(tenant.issuer), who.id, metadata, auth ?? (who.secret ? oidc.ClientSecretPost(who.secret) : oidc.None()));
    oidc.enableNonRepudiationChecks(config); // it verifies signatures too
    return config;
  };

  // A login as the library's documentation has it. `finish` exchanges the code.
  async function begin(config, parameters = {}, build = oidc.buildAuthorizationUrl) {
    const checks = { pkceCodeVerifier: oidc.randomPKCECodeVerifier(), expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce(), idTokenExpected: true };
    const url = await build(config, {
      redirect_uri: app.callback, scope: 'openid profile email offline_access read:orders', audience: api,
      code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256',
      state: checks.expectedState, nonce: checks.expectedNonce, ...parameters,
    });
    return { url, checks, finish: (answer, more) => oidc.authorizationCodeGrant(config, answer.url, { ...checks, ...more }) };
  }
  async function logIn(config, parameters, build) {
    const login = await begin(config, parameters, build);
    return login.finish(await visitor().logIn(login.url));
  }

  return [
    { flow: 'code + PKCE', name: 'log in, read the ID token and userinfo', run: async () => {
      const config = await discover();
      const tokens = await logIn(config);
      permitted(tokens.access_token);
      assert.equal(tokens.claims().name, 'Ada Byron');
      const profile = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
      assert.equal(profile.email, ada.username);
    } },
    { flow: 'code + PKCE', name: 'a public client, and one that sends its secret in the header', run: async () => {
      permitted((await logIn(await discover(page))).access_token);
      permitted((await logIn(await discover(server, undefined, oidc.ClientSecretBasic(server.secret)))).access_token);
    } },
    { flow: 'wrong verifier', name: 'another verifier is refused', run: async () => {
      const login = await begin(await discover());
      const answer = await visitor().logIn(login.url);
      await refused(login.finish(answer, { pkceCodeVerifier: oidc.randomPKCECodeVerifier() }), 'invalid_grant');
    } },
    { flow: 'code reuse', name: 'a code works once', run: async () => {
      const config = await discover();
      const login = await begin(config);
      const answer = await visitor().logIn(login.url);
      permitted((await login.finish(answer)).access_token);
      await refused(login.finish(answer), 'invalid_grant');
    } },
    { flow: 'wrong secret', name: 'a wrong secret is refused, and leaves the code', run: async () => {
      const login = await begin(await discover());
      const answer = await visitor().logIn(login.url);
      const wrong = await discover({ ...server, secret: 'wrong' });
      await refused(oidc.authorizationCodeGrant(wrong, answer.url, login.checks), 'access_denied');
      permitted((await login.finish(answer)).access_token);
    } },
    { flow: 'max_age', name: 'max_age asks again when the login is older, and auth_time says when it was', run: async () => {
      const config = await discover();
      const somebody = visitor();
      const first = await begin(config);
      await first.finish(await somebody.logIn(first.url));
      const recent = await begin(config, { max_age: '3600' });
      const tokens = await recent.finish(await somebody.open(recent.url), { maxAge: 3600 });
      assert.ok(Number.isInteger(tokens.claims().auth_time));
      const now = await begin(config, { max_age: '0' });
      assert.match((await somebody.open(now.url)).text, /name="password"/);
    } },
    { flow: 'silent', name: 'prompt=none answers from the session, or login_required', run: async () => {
      const config = await discover();
      const somebody = visitor();
      const without = await begin(config, { prompt: 'none' });
      await refused(without.finish(await somebody.open(without.url)), 'login_required');
      const first = await begin(config);
      await somebody.logIn(first.url);
      const silent = await begin(config, { prompt: 'none' });
      permitted((await silent.finish(await somebody.open(silent.url))).access_token);
    } },
    { flow: 'hybrid', name: 'code and ID token in a form, with its c_hash', run: async () => {
      const config = await discover();
      oidc.useCodeIdTokenResponseType(config);
      const login = await begin(config, { response_mode: 'form_post' });
      const somebody = visitor();
      await somebody.logIn(login.url);
      const { action, fields } = somebody.form();
      const request = new Request(action, { method: 'POST', body: new URLSearchParams(fields) });
      permitted((await login.finish({ url: request })).access_token);
    } },
    { flow: 'implicit', name: 'an ID token in a form', run: async () => {
      const config = await discover();
      oidc.useIdTokenResponseType(config);
      const nonce = oidc.randomNonce();
      const somebody = visitor();
      await somebody.logIn(oidc.buildAuthorizationUrl(config, { redirect_uri: app.callback, scope: 'openid email', response_mode: 'form_post', nonce }));
      const { action, fields } = somebody.form();
      const request = new Request(action, { method: 'POST', body: new URLSearchParams(fields) });
      assert.equal((await oidc.implicitAuthentication(config, request, nonce)).email, ada.username);
    } },
    { flow: 'refresh', name: 'refresh tokens rotate; an old one ends the family', run: async () => {
      const config = await discover();
      const first = await logIn(config);
      const second = await oidc.refreshTokenGrant(config, first.refresh_token);
      permitted(second.access_token);
      assert.notEqual(second.refresh_token, first.refresh_token);
      await refused(oidc.refreshTokenGrant(config, first.refresh_token), 'invalid_grant');
      await refused(oidc.refreshTokenGrant(config, second.refresh_token), 'invalid_grant');
    } },
    { flow: 'revoke', name: 'a revoked refresh token is refused', run: async () => {
      const config = await discover();
      const { refresh_token } = await logIn(config);
      await oidc.tokenRevocation(config, refresh_token, { token_type_hint: 'refresh_token' });
      await refused(oidc.refreshTokenGrant(config, refresh_token), 'invalid_grant');
    } },
    { flow: 'logout', name: 'the end_session endpoint ends the session and comes back', run: async () => {
      const config = await discover();
      const somebody = visitor();
      const login = await begin(config);
      const tokens = await login.finish(await somebody.logIn(login.url));
      const out = oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: app.http, id_token_hint: tokens.id_token, state: 'bye' });
      assert.equal((await somebody.open(out)).url.href, `${app.http}/?state=bye`);
      const silent = await begin(config, { prompt: 'none' });
      await refused(silent.finish(await somebody.open(silent.url)), 'login_required');
    } },
    { flow: 'client_credentials', name: 'a machine gets what its grant says', run: async () => {
      const config = await discover(worker);
      const { access_token } = await oidc.clientCredentialsGrant(config, { audience: api });
      assert.deepEqual(claims(access_token).permissions, ['read:orders']);
      await refused(oidc.clientCredentialsGrant(config, { audience: 'https://rbac-on.acme.test' }), 'access_denied');
    } },
    { flow: 'password', name: 'the password grant', run: async () => {
      const config = await discover();
      const grant = (password) => oidc.genericGrantRequest(config, 'password', { ...ada, password, audience: api, scope: 'openid read:orders' });
      permitted((await grant(ada.password)).access_token);
      await refused(grant('wrong'), 'invalid_grant');
    } },
    { flow: 'device', name: 'a television shows a code, and somebody confirms it', run: async () => {
      const config = await discover(device);
      const shown = await oidc.initiateDeviceAuthorization(config, { scope: 'openid offline_access read:orders', audience: api });
      const polled = oidc.pollDeviceAuthorizationGrant(config, shown, undefined, { signal: AbortSignal.timeout(patience) });
      const somebody = visitor();
      await somebody.open(shown.verification_uri_complete);
      await somebody.submit({ user_code: shown.user_code });
      await somebody.submit({ action: 'confirm' });
      await somebody.submit({ ...ada, action: 'default' });
      const tokens = await polled;
      permitted(tokens.access_token);
      assert.equal(tokens.claims().sub, 'auth0|ada');
      permitted((await oidc.refreshTokenGrant(config, tokens.refresh_token)).access_token);
    } },
    { flow: 'CIBA', name: 'somebody is asked on their phone, and says yes or no', run: async () => {
      const config = await discover();
      const hint = JSON.stringify({ format: 'iss_sub', iss: tenant.issuer, sub: 'auth0|ada' });
      const ask = async (answer, binding_message) => {
        const asked = await oidc.initiateBackchannelAuthentication(config, { scope: 'openid read:orders', audience: api, login_hint: hint, binding_message });
        await tenant.control('approvals', { auth_req_id: asked.auth_req_id, answer });
        return oidc.pollBackchannelAuthenticationGrant(config, asked, undefined, { signal: AbortSignal.timeout(patience) });
      };
      const [yes] = await Promise.all([ask('approve', 'Order 4711'), refused(ask('deny', 'Order 4712'), 'access_denied')]);
      permitted(yes.access_token);
      assert.equal(yes.claims().sub, 'auth0|ada');
    } },
    { flow: 'PAR', name: 'a pushed request', run: async () => {
      permitted((await logIn(await discover(), {}, oidc.buildAuthorizationUrlWithPAR)).access_token);
    } },
    { flow: 'private_key_jwt', name: 'a key in place of a secret, for a machine', run: async () => {
      const config = await discover(keyHolder, undefined, oidc.PrivateKeyJwt(await signingKey()));
      const { access_token } = await oidc.clientCredentialsGrant(config, { audience: api });
      assert.deepEqual(claims(access_token).permissions, ['read:orders']);
      const stranger = await crypto.subtle.generateKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }, false, ['sign', 'verify']);
      await refused(oidc.clientCredentialsGrant(await discover(keyHolder, undefined, oidc.PrivateKeyJwt(stranger.privateKey)), { audience: api }), 'invalid_client');
    } },
    { flow: 'JAR', name: 'a signed request, in the address and pushed', run: async () => {
      const key = await signingKey();
      const config = await discover(keyHolder, undefined, oidc.PrivateKeyJwt(key));
      const signed = (_, parameters) => oidc.buildAuthorizationUrlWithJAR(config, parameters, key);
      permitted((await logIn(config, {}, signed)).access_token);
      const pushed = async (_, parameters) => oidc.buildAuthorizationUrlWithPAR(config, (await signed(config, parameters)).searchParams);
      permitted((await logIn(config, {}, pushed)).access_token);
    } },
    { flow: 'mTLS', name: 'a certificate in place of a secret, and a token that is bound to it', run: async () => {
      const config = await discover(certificateHolder, { use_mtls_endpoint_aliases: true }, oidc.TlsClientAuth());
      await assert.rejects(oidc.clientCredentialsGrant(config, { audience: 'https://certified.acme.test' }), 'without a certificate');
      const cert = await readFile(certificateHolder.cert);
      config[oidc.customFetch] = withCertificate({ cert, key: await readFile(certificateHolder.key) });
      const { access_token } = await oidc.clientCredentialsGrant(config, { audience: 'https://certified.acme.test' });
      assert.equal(claims(access_token).cnf['x5t#S256'], createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url'));
    } },
    { flow: 'DPoP', name: 'tokens bound to a key, after a nonce was asked for; refreshed with the same key only', run: async () => {
      const config = await discover(page);
      const audience = 'https://bound.acme.test';
      const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
      const login = await begin(config, { audience });
      const tokens = await oidc.authorizationCodeGrant(config, (await visitor().logIn(login.url)).url, login.checks, undefined, { DPoP });
      assert.equal(tokens.token_type, 'dpop');
      assert.equal(claims(tokens.access_token).cnf.jkt, await DPoP.calculateThumbprint());
      assert.equal((await oidc.fetchUserInfo(config, tokens.access_token, 'auth0|ada', { DPoP })).email, ada.username);
      const other = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
      await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: other }));
      const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
      assert.equal(claims(fresh.access_token).cnf.jkt, await DPoP.calculateThumbprint());
    } },
    { flow: 'token exchange', name: 'an API calls another on behalf of its user', run: async () => {
      const user = await logIn(await discover());
      const exchanged = await oidc.genericGrantRequest(await discover(ordersAPI), 'urn:ietf:params:oauth:grant-type:token-exchange', {
        subject_token: user.access_token, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        audience: 'https://rbac-off.acme.test', scope: 'read:orders',
      });
      const got = claims(exchanged.access_token);
      assert.equal(got.sub, 'auth0|ada');
      assert.equal(got.act.sub, ordersAPI.id);
    } },
  ];
}

test('openid-client', { concurrency: 4 }, async (t) => rows(t, 'openid-client', table(await start(t))));
