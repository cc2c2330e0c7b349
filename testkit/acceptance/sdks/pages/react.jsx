// A single-page app with auth0-react, as its documentation shows it.
import { createRoot } from 'react-dom/client';
import { Auth0Provider, useAuth0 } from '@auth0/auth0-react';

function Who() {
  const auth = useAuth0();
  window.client = auth;
  window.user = auth.user;
  if (auth.isLoading) return <p>…</p>;
  if (auth.error) return <p>{auth.error.message}</p>;
  return <p>{auth.isAuthenticated ? `Hello ${auth.user.name}` : 'Nobody is here'}</p>;
}

const { domain, clientId, ...options } = window.settings ?? {};
if (domain && window.parent === window && !window.opener) {
  const app = () => <Auth0Provider domain={domain} clientId={clientId} {...options}><Who /></Auth0Provider>;
  createRoot(document.getElementById('app')).render(app());
}
