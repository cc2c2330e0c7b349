// A web app whose server logs people in, as express-openid-connect's
// documentation shows it, and gets a token for an API on the way.
import { pathToFileURL } from 'node:url';
import express from 'express';
import oidc from 'express-openid-connect';

// What the app needs to know; the defaults fit the demo tenant.
export const configFromEnv = (env = process.env) => ({
  issuerBaseURL: env.ISSUER_BASE_URL ?? 'http://localhost:4400',
  baseURL: env.BASE_URL ?? 'http://localhost:3000',
  clientID: env.CLIENT_ID ?? 'acmePortal0000000000000000000000',
  clientSecret: env.CLIENT_SECRET ?? 'acme-portal-secret',
  secret: env.SECRET ?? 'this encrypts the session cookie; any long text will do',
});

const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const page = (who, button, rest = '') => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>express-openid-connect</title><link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; } h1 { font-size: 1.5rem; margin: 0; } p { flex: 1; }
a.button { padding: .5rem 1rem; border-radius: 8px; background: #3b5bdb; color: #fff; text-decoration: none; font-weight: 600; }
pre { padding: 1rem; border: 1px solid #8886; border-radius: 8px; overflow-wrap: anywhere; white-space: pre-wrap; }
</style>
<header><h1>Orders</h1><p>${escape(who)}</p>${button}</header>${rest}</html>`;

export function createApp(config) {
  const app = express();
  app.use(oidc.auth({
    ...config,
    authRequired: false,
    auth0Logout: true,
    authorizationParams: {
      response_type: 'code',
      audience: 'https://orders.acme.test',
      scope: 'openid profile email offline_access',
    },
  }));
  app.get('/', (req, res) => {
    if (!req.oidc.isAuthenticated()) return res.send(page('You are not signed in.', '<a class="button" href="/login">Log in</a>'));
    // The token is for an API; the app looks into it only to show it.
    const claims = JSON.parse(Buffer.from(req.oidc.accessToken.access_token.split('.')[1], 'base64url'));
    res.send(page(`Signed in as ${req.oidc.user.name}`, '<a class="button" href="/logout">Log out</a>',
      `<h2>Permissions</h2><pre>${escape(claims.permissions.join('\n') || 'none')}</pre>`));
  });
  return app;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const port = Number(process.env.PORT ?? 3000);
  createApp(configFromEnv()).listen(port, '127.0.0.1', () => console.log(`Open http://localhost:${port}`));
}
