import { Auth0Client } from '@auth0/nextjs-auth0/server';

// The defaults fit the demo tenant. With a real one, set AUTH0_DOMAIN to its
// domain and leave allowInsecureRequests out: the SDK accepts a port or http
// only with it, and with the whole URL as its domain.
export const auth0 = new Auth0Client({
  domain: process.env.AUTH0_DOMAIN ?? 'http://localhost:4400',
  clientId: process.env.AUTH0_CLIENT_ID ?? 'acmePortal0000000000000000000000',
  clientSecret: process.env.AUTH0_CLIENT_SECRET ?? 'acme-portal-secret',
  appBaseUrl: process.env.APP_BASE_URL ?? 'http://localhost:3000',
  secret: process.env.AUTH0_SECRET ?? '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  authorizationParameters: { audience: 'https://orders.acme.test', scope: 'openid profile email' },
  allowInsecureRequests: true,
});
