// With redirect: false the page stays: passwords go through a hidden frame,
// and the buttons of social connections open a window.
const $ = (id) => document.getElementById(id);
const lock = new Auth0Lock(config.clientId, config.domain, {
  auth: {
    redirect: false,
    redirectUrl: location.origin, // not gone to, but it must be an allowed callback
    responseType: 'token id_token',
    audience: config.audience,
  },
  languageBaseUrl: `https://${config.domain}`,
  theme: { logo: '/logo.svg', primaryColor: '#3b5bdb' },
  languageDictionary: { title: 'Orders' },
  autoclose: true,
  avatar: null,
  rememberLastLogin: false,
});

lock.on('authenticated', ({ accessToken, idToken }) => {
  $('who').textContent = `Signed in as ${claims(idToken).name}`;
  $('permissions').textContent = claims(accessToken).permissions.join('\n') || 'none: this user has no role';
  $('login').hidden = true;
  $('logout').hidden = $('token').hidden = false;
});

$('loaded').textContent = new Date().toLocaleTimeString();
$('login').onclick = () => lock.show();
$('logout').onclick = () => lock.logout({ returnTo: location.origin });

function claims(token) {
  const bytes = Uint8Array.from(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}
