// Chromium's virtual authenticators, and the pages that talk to them.

// authenticator plugs one in: 'usb' is a security key, 'internal' the device's
// own, which knows its person.
export async function authenticator(person, transport) {
  person.devtools ??= await person.tab.context().newCDPSession(person.tab);
  await person.devtools.send('WebAuthn.enable', { enableUI: false });
  const own = transport === 'internal';
  await person.devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport, hasResidentKey: own, hasUserVerification: own, isUserVerified: own, automaticPresenceSimulation: true },
  });
}

// cancels has the person close the next dialog of the browser: Chromium itself
// would wait a minute for a key.
export function cancels(person) {
  return person.tab.evaluate(() => {
    navigator.credentials.get = navigator.credentials.create = async () => { throw new DOMException('cancelled', 'NotAllowedError'); };
  });
}

// reaches submits the page, and looks at the one that it ends at: the pages
// between go on by themselves.
export async function reaches(person, path) {
  await person.tabsTo(person.tab.locator('[data-action-button-primary]').first());
  await person.tab.keyboard.press('Enter');
  await person.tab.waitForURL((url) => url.pathname === path);
  await person.looks();
}
