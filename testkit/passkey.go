package testkit

import (
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"

	"github.com/faux0/faux0/provider/tenant"
)

// AddPasskey gives a user a passkey that lies in the authenticator, for the
// host of the tenant's URL.
func (a *Tenant) AddPasskey(u User, device *Authenticator) {
	a.t.Helper()
	base, err := url.Parse(a.URL())
	if err != nil {
		a.t.Fatalf("testkit: %v", err)
		return
	}
	handle := []byte("handle of " + u.ID)
	key, public, err := device.newKey(base.Hostname(), handle)
	if err != nil {
		a.t.Fatalf("testkit: passkey of %s: %v", u.label(), err)
		return
	}
	control := a.provider.Control()
	for _, known := range control.Snapshot().Users {
		if known.UserID != u.ID {
			continue
		}
		passkey := tenant.UserKey{
			Type: tenant.KeyPasskey, KeyID: encoded(key.id), PublicKey: base64.StdEncoding.EncodeToString(public),
			UserHandle: encoded(handle), RelyingParty: key.rpID, DeviceType: tenant.SingleDevice, SignCount: device.SignCount,
		}
		if _, err := control.PutUser(known.WithKey(passkey)); err != nil {
			a.t.Fatalf("testkit: passkey of %s: %s", u.label(), why(err))
		}
		return
	}
	a.t.Fatalf("testkit: the tenant has no user %s", u.ID)
}

// PasskeyLogin goes through the login page as whoever has a passkey in the
// authenticator, the newest one of several, and stops before the application's
// callback. The tenant must ask for the identifier first, and a database of the
// application must have passkeys.
func (a *Tenant) PasskeyLogin(loginURL string, device *Authenticator) *Login {
	a.t.Helper()
	return a.walk(a.Browser(), loginURL, &visit{device: device})
}

// asked is what a page asks of an authenticator.
var asked = regexp.MustCompile(`data-webauthn="get" data-field="passkey" data-options="([^"]*)"`)

// usePasskey answers a login page with a passkey.
func (v *visit) usePasskey(at *url.URL, page string) (*http.Response, error) {
	options := asked.FindStringSubmatch(page)
	if options == nil {
		return nil, fmt.Errorf("%s asks for no passkey: set prompts.identifier_first, and options.authentication_methods.passkey.enabled of a database of the application", at.Path)
	}
	credential, err := v.device.Get([]byte(html.UnescapeString(options[1])), at.Scheme+"://"+at.Host)
	if err != nil {
		return nil, err
	}
	return v.browser.PostForm(at.String(), url.Values{"state": {at.Query().Get("state")}, "passkey": {string(credential)}, "action": {"default"}})
}
