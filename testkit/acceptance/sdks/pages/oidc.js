// A page with oidc-client-ts, which knows nothing of Auth0.
const who = document.getElementById('app');
const manager = window.client = new oidc.UserManager(window.settings);

window.show = async () => {
  const user = window.user = await manager.getUser();
  who.textContent = user && !user.expired ? `Hello ${user.profile.name}` : 'Nobody is here';
};

async function start() {
  if (window.parent !== window) return manager.signinSilentCallback();
  if (/[?&](code|error)=/.test(location.search)) {
    await manager.signinRedirectCallback();
    history.replaceState(null, '', '/');
  }
  return window.show();
}

start();
