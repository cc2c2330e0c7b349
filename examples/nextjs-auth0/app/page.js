import { auth0 } from '../lib/auth0';

export default async function Page() {
  const session = await auth0.getSession();
  if (!session) {
    // Links, not <Link>: /auth/login is not a page of this app.
    return <header><h1>Orders</h1><p>You are not signed in.</p><a className="button" href="/auth/login">Log in</a></header>;
  }
  const { token } = await auth0.getAccessToken();
  const { permissions } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  return (
    <>
      <header><h1>Orders</h1><p>Signed in as {session.user.name}</p><a className="button" href="/auth/logout">Log out</a></header>
      <section><h2>Permissions</h2><pre>{permissions.join('\n') || 'none'}</pre></section>
    </>
  );
}
