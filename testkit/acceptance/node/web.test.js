// Web apps with a server: the SDKs that keep the session themselves.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import Auth0Strategy from 'passport-auth0';
import { ServerClient, StatefulStateStore, StatelessStateStore, CookieTransactionStore } from '@auth0/auth0-server-js';
import { ada, api, claims, rows, server, start } from './kit.js';

// client is a browser of the application's own pages: it keeps its cookies.
function browser(app) {
  const cookies = new Map();
  return async (path) => {
    const answer = await fetch(new URL(path, app.http), { redirect: 'manual', headers: { Cookie: [...cookies].map((pair) => pair.join('=')).join('; ') } });
    for (const cookie of answer.headers.getSetCookie()) cookies.set(...cookie.split(';')[0].split(/=(.*)/s));
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() };
  };
}

// passport is an application with passport-auth0, as its README has it.
function withPassport({ app, tenant }) {
  const strategy = new Auth0Strategy(
    { domain: tenant.host, clientID: server.id, clientSecret: server.secret, callbackURL: app.callback },
    (accessToken, refreshToken, extra, profile, done) => done(null, { accessToken, refreshToken, profile }),
  );
  const auth = new passport.Passport();
  auth.use(strategy);
  auth.serializeUser((user, done) => done(null, user));
  auth.deserializeUser((user, done) => done(null, user));
  return express()
    .use(session({ secret: 'test', resave: false, saveUninitialized: false }), auth.initialize(), auth.session())
    .get('/login', auth.authenticate('auth0', { scope: 'openid profile email offline_access read:orders', audience: api, maxAge: 3600 }))
    .get('/callback', (req, res, next) => auth.authenticate('auth0', (error, user, info) => {
      if (error || !user) return res.status(401).send(error?.message ?? info);
      req.login(user, (failed) => (failed ? next(failed) : res.redirect('/')));
    })(req, res, next))
    .get('/', (req, res) => res.json(req.user ?? null));
}

test('passport-auth0', async (t) => {
  const world = await start(t);
  world.app.handle = withPassport(world);
  await rows(t, 'passport-auth0', [
    { flow: 'code', name: 'log in, with its profile from userinfo', run: async () => {
      const open = browser(world.app);
      const answer = await world.visitor().logIn((await open('/login')).location);
      const back = await open(answer.url);
      assert.equal(back.location, '/', back.text);
      const user = JSON.parse((await open('/')).text);
      assert.equal(user.profile.displayName, 'Ada Byron');
      assert.equal(user.profile.id, 'auth0|ada');
      assert.deepEqual(claims(user.accessToken).permissions.toSorted(), ['read:orders', 'write:orders']);
      assert.ok(user.refreshToken);
    } },
    { flow: 'state', name: "somebody else's code is refused", run: async () => {
      const answer = await world.visitor().logIn((await browser(world.app)('/login')).location);
      const other = browser(world.app);
      await other('/login');
      assert.equal((await other(answer.url)).status, 401);
    } },
  ]);
});

// jar hands one browser's cookies to auth0-server-js.
const jar = (cookies) => ({
  setCookie: (name, value) => { cookies.set(name, value); },
  getCookie: (name) => cookies.get(name),
  getCookies: () => Object.fromEntries(cookies),
  deleteCookie: (name) => { cookies.delete(name); },
});

// serverClient is auth0-server-js with one browser's cookies in a map.
function serverClient({ app, tenant }, cookies = new Map(), options = {}) {
  const handler = jar(cookies);
  return new ServerClient({
    domain: tenant.host, clientId: server.id, clientSecret: server.secret,
    authorizationParams: { redirect_uri: app.callback, audience: api, scope: 'openid profile email offline_access read:orders' },
    transactionStore: new CookieTransactionStore({ secret: 'a secret of the test' }, handler),
    stateStore: new StatelessStateStore({ secret: 'a secret of the test' }, handler),
    ...options,
  });
}

test('auth0-server-js', { concurrency: 2 }, async (t) => {
  const world = await start(t);
  const logIn = async (client, options) => {
    const url = await client.startInteractiveLogin(options);
    await client.completeInteractiveLogin((await world.visitor().logIn(url.href)).url);
  };
  await rows(t, '@auth0/auth0-server-js', [
    { flow: 'code + PKCE', name: 'log in, and get a token for the API', run: async () => {
      const client = serverClient(world);
      await logIn(client);
      assert.equal((await client.getUser()).email, ada.username);
      const { accessToken } = await client.getAccessToken();
      assert.deepEqual(claims(accessToken).permissions.toSorted(), ['read:orders', 'write:orders']);
    } },
    { flow: 'PAR', name: 'log in with a pushed request', run: async () => {
      const client = serverClient(world);
      await logIn(client, { pushedAuthorizationRequests: true });
      assert.equal((await client.getUser()).sub, 'auth0|ada');
    } },
    { flow: 'CIBA', name: 'log somebody in who is asked on their phone', run: async () => {
      const client = serverClient(world);
      const done = client.loginBackchannel({ bindingMessage: 'Till 12', loginHint: { sub: 'auth0|ada' } });
      let waiting = [];
      while (!waiting.length) waiting = (await world.tenant.control('approvals')).filter((asked) => asked.binding_message === 'Till 12');
      await world.tenant.control('approvals', { user: 'auth0|ada', answer: 'approve' });
      await done;
      assert.equal((await client.getUser()).sub, 'auth0|ada');
    } },
    { flow: 'logout', name: 'log out', run: async () => {
      const client = serverClient(world);
      const visitor = world.visitor();
      await client.completeInteractiveLogin((await visitor.logIn((await client.startInteractiveLogin()).href)).url);
      const url = await client.logout({ returnTo: world.app.http });
      await visitor.open(url.href); // without the ID token, the person is asked
      assert.equal((await visitor.submit({ action: 'accept' })).url.href, `${world.app.http}/`);
      assert.equal(await client.getUser(), undefined);
    } },
    { flow: 'back-channel logout', name: 'a logout elsewhere ends the application\'s session', run: async () => {
      const cookies = new Map();
      const sessions = memory();
      const client = serverClient(world, cookies, { stateStore: sessions.of(cookies) });
      const told = new Promise((resolve) => {
        world.app.handle = express().use(express.urlencoded()).post('/backchannel-logout', async (req, res) => {
          resolve(client.handleBackchannelLogout(req.body.logout_token).then(() => req.body.logout_token));
          res.end();
        });
      });
      const visitor = world.visitor();
      await client.completeInteractiveLogin((await visitor.logIn((await client.startInteractiveLogin()).href)).url);
      assert.equal((await client.getUser()).sub, 'auth0|ada');
      await visitor.open(`${world.tenant.issuer}v2/logout`);
      assert.equal(claims(await told).sub, 'auth0|ada');
      assert.equal(await client.getUser(), undefined);
    } },
  ]);
});

// memory keeps sessions on the server, as an application does that can be told
// of logouts.
function memory() {
  const kept = new Map();
  const store = {
    get: async (id) => kept.get(id),
    set: async (id, value) => { kept.set(id, value); },
    delete: async (id) => { kept.delete(id); },
    deleteByLogoutToken: async ({ sid, sub }) => {
      for (const [id, { internal, user }] of kept) if (internal?.sid === sid || (!sid && user?.sub === sub)) kept.delete(id);
    },
  };
  return { of: (cookies) => new StatefulStateStore({ secret: 'a secret of the test', store }, jar(cookies)) };
}
