// The page's whole logic. `config` comes from config.js.
const $ = (id) => document.getElementById(id);
const choice = localStorage.getItem('audience') ?? 'none';
const auth = {
  redirectUrl: location.origin + '/callback',
  responseType: 'token id_token',
};
// Without an audience the access token opens /userinfo and no API, and holds
// no permissions. These two places do the same.
if (choice === 'auth') auth.audience = config.audience;
if (choice === 'params') auth.params = { audience: config.audience };

const lock = new Auth0Lock(config.clientId, config.domain, {
  auth,
  languageBaseUrl: `https://${config.domain}`, // or Lock asks a CDN for its texts,
  theme: { logo: '/logo.svg', primaryColor: '#3b5bdb' }, // for its logo,
  languageDictionary: { title: 'Orders' },
  avatar: null, // and a stranger for a picture of whoever types an address
  rememberLastLogin: false,
});

lock.on('authenticated', ({ accessToken, idTokenPayload }) => {
  history.replaceState(null, '', '/');
  $('who').textContent = `Signed in as ${idTokenPayload.name}`;
  $('logout').hidden = $('token').hidden = false;
  const claims = decode(accessToken);
  $('kind').textContent = claims ? 'a JWT' : 'not a JWT';
  $('claims').textContent = claims ? JSON.stringify(claims, null, 2) : accessToken;
});
lock.on('authorization_error', (error) => { $('who').textContent = error.errorDescription || error.description; });

document.querySelector(`[value=${choice}]`).checked = true;
document.querySelectorAll('[name=audience]').forEach((radio) => {
  radio.onchange = () => { localStorage.setItem('audience', radio.value); location.assign('/'); };
});
$('console').href = `https://${config.domain}/_faux0/`;
$('login').onclick = () => lock.show();
$('logout').onclick = () => lock.logout({ returnTo: location.origin });

// decode reads a JWT's claims, or answers null when the token is none.
function decode(token) {
  const parts = token.split('.');
  if (parts.length !== 3) return null;
  const bytes = Uint8Array.from(atob(parts[1].replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}
