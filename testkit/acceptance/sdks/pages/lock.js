// A page that logs in with Lock. The test leaves what to show in `settings`.
if (window.settings && window.parent === window && !window.opener) {
  const { widget, clientId, domain, options } = window.settings;
  window.told = []; // what Lock said, in order
  window.lock = new window[widget](clientId, domain, options);
  const events = ['show', 'authenticated', 'authorization_error', 'unrecoverable_error', 'signup success', 'signup error',
    'forgot_password submit'];
  for (const event of events) window.lock.on(event, (what) => window.told.push([event, what]));
  if (!/[#?&](access_token|id_token|code|error)=/.test(location.href)) window.lock.show();
}
