// A React app that logs in, as auth0-react's documentation shows it.
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Auth0Provider, useAuth0 } from '@auth0/auth0-react';

function App() {
  const { isLoading, error, user, loginWithRedirect, logout } = useAuth0();
  return (
    <>
      <header>
        <h1>Orders</h1>
        <p>{error?.message ?? (isLoading ? '…' : user ? `Signed in as ${user.name}` : 'You are not signed in.')}</p>
        {!isLoading && (user
          ? <button onClick={() => logout({ logoutParams: { returnTo: location.origin } })}>Log out</button>
          : <button className="primary" onClick={() => loginWithRedirect()}>Log in</button>)}
      </header>
      {user && <Permissions />}
    </>
  );
}

function Permissions() {
  const { getAccessTokenSilently } = useAuth0();
  const [permissions, setPermissions] = useState([]);
  useEffect(() => {
    getAccessTokenSilently().then((token) => {
      setPermissions(JSON.parse(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).permissions);
    });
  }, [getAccessTokenSilently]);
  return (
    <section>
      <h2>Permissions</h2>
      <pre>{permissions.join('\n') || 'none'}</pre>
    </section>
  );
}

createRoot(document.getElementById('app')).render(
  <Auth0Provider
    domain={config.domain}
    clientId={config.clientId}
    authorizationParams={{ redirect_uri: location.origin, audience: config.audience }}
  >
    <App />
  </Auth0Provider>,
);
