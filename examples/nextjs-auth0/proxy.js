import { auth0 } from './lib/auth0';

// It answers /auth/login, /auth/callback, /auth/logout and the SDK's others.
export const proxy = (request) => auth0.middleware(request);

export const config = { matcher: ['/((?!_next/static|_next/image|favicon.ico).*)'] };
