// A single-page app with auth0-spa-js, as its documentation shows it.
const who = document.getElementById('app');

async function start() {
  const client = window.client = await auth0.createAuth0Client(window.settings);
  if (/[?&]code=/.test(location.search)) {
    await client.handleRedirectCallback();
    history.replaceState(null, '', '/');
  }
  await window.show();
}

window.show = async () => {
  const user = await window.client.getUser();
  window.user = user;
  who.textContent = user ? `Hello ${user.name}` : 'Nobody is here';
};

if (window.settings && window.parent === window && !window.opener) start();
