// The page's whole logic, with the SDK used as its documentation shows it.
const $ = (id) => document.getElementById(id);
const show = (id, on = true) => { $(id).hidden = !on; };
const fail = (error) => { show('error'); $('error').textContent = error.error_description || error.message || String(error); };

let client, config, token;

async function start() {
  config = await (await fetch('config.json')).json();
  $('audience-name').textContent = config.audience;
  $('audience').checked = localStorage.getItem('audience') !== 'off';
  const audience = $('audience').checked ? config.audience : undefined;

  client = await auth0.createAuth0Client({
    domain: config.domain,
    clientId: config.clientId,
    cacheLocation: 'localstorage', // so that a reload keeps you logged in
    authorizationParams: {
      redirect_uri: location.origin + '/callback',
      audience, // this is what makes the access token a JWT with permissions
    },
  });

  $('audience').onchange = () => {
    localStorage.setItem('audience', $('audience').checked ? 'on' : 'off');
    location.assign('/'); // a new client with the new setting
  };
  $('login').onclick = () => client.loginWithRedirect().catch(fail);
  $('logout').onclick = () => client.logout({ logoutParams: { returnTo: location.origin } }).catch(fail);
  $('refresh').onclick = () => showToken({ cacheMode: 'off' }).catch(fail);
  $('copy').onclick = () => navigator.clipboard.writeText(token).then(() => { $('copy').textContent = 'Copied'; }).catch(fail);
  $('list').onclick = () => call('GET').catch(fail);
  $('create').onclick = () => call('POST').catch(fail);

  const query = new URLSearchParams(location.search);
  if (query.has('state') && (query.has('code') || query.has('error'))) {
    // Whatever happens, the code in the address bar is used up now.
    await client.handleRedirectCallback().catch(fail).finally(() => history.replaceState(null, '', '/'));
  }

  const user = await client.getUser();
  $('who').textContent = user ? `Signed in as ${user.email || user.sub}` : 'You are not signed in.';
  show('login', !user);
  show('logout', !!user);
  if (user) await showToken();
}

async function showToken(options) {
  token = await client.getTokenSilently(options);
  show('token');
  show('api');
  const claims = decode(token);
  $('kind').textContent = claims ? 'JWT' : 'not a JWT';
  $('kind').className = 'badge ' + (claims ? 'good' : 'bad');
  $('verdict').textContent = claims
    ? `Made for ${[claims.aud].flat().join(' and ')}.`
    : 'This token is opaque: it opens /userinfo and no API. Switch the audience on.';
  $('permissions').replaceChildren(...(claims ? chips(claims.permissions) : []));
  $('copy').textContent = 'Copy the token';
  $('claims').textContent = claims ? JSON.stringify(claims, null, 2) : token;
}

// decode reads a JWT's claims, or answers null when the token is none.
function decode(jwt) {
  const parts = jwt.split('.');
  if (parts.length !== 3) return null;
  try {
    const bytes = Uint8Array.from(atob(parts[1].replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

function chips(permissions) {
  const chip = (text, kind) => Object.assign(document.createElement('span'), { textContent: text, className: 'badge ' + kind });
  if (!permissions) return [chip('no permissions claim: is RBAC on for this API, and are permissions added to the token?', 'bad')];
  if (!permissions.length) return [chip('permissions is empty: this user has no role for this API', 'bad')];
  return permissions.map((p) => chip(p, 'good'));
}

async function call(method) {
  const answer = await fetch(config.api + '/orders', { method, headers: { Authorization: `Bearer ${token}` } });
  show('answer');
  $('answer').textContent = `${answer.status} ${answer.statusText}\n${JSON.stringify(await answer.json(), null, 2)}`;
}

start().catch(fail);
