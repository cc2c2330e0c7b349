// The callback page of an application that uses auth0.js: in a popup and in a
// hidden frame it hands the answer to the page that opened it.
if (location.pathname === '/callback') {
  if (window.opener) new auth0.WebAuth(window.settings).popup.callback({ hash: location.hash });
  else if (window.parent !== window) window.parent.postMessage(location.hash, location.origin);
}
