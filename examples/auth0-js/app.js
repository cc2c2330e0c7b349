// auth0.js as its documentation shows it: a form in the page, or the tenant's.
const $ = (id) => document.getElementById(id);
const webAuth = new auth0.WebAuth({
  domain: config.domain,
  clientID: config.clientId,
  audience: config.audience,
  redirectUri: location.origin + '/callback',
  responseType: 'token id_token',
  scope: 'openid profile email',
});
const fail = (error) => { $('error').hidden = false; $('error').textContent = error.description || error.errorDescription || error.error; };

document.querySelector('form').onsubmit = (event) => {
  event.preventDefault();
  const { email, password } = event.target.elements;
  webAuth.login({ realm: 'Username-Password-Authentication', username: email.value, password: password.value }, fail);
};
$('there').onclick = () => webAuth.authorize();
$('logout').onclick = () => webAuth.logout({ returnTo: location.origin });

webAuth.parseHash((error, result) => {
  history.replaceState(null, '', '/');
  if (error) return fail(error);
  if (!result) return;
  $('who').textContent = `Signed in as ${result.idTokenPayload.name}`;
  $('login').hidden = true;
  $('logout').hidden = $('token').hidden = false;
  const claims = JSON.parse(atob(result.accessToken.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')));
  $('permissions').textContent = claims.permissions.join('\n') || 'none: this user has no role';
});
