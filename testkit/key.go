package testkit

import (
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// WithKey lends the browser an authenticator: a security key if it is Roaming,
// else the device's own. Where the login asks for a second factor of that kind,
// Login makes a key in it, and shows that at later logins.
func WithKey(device *Authenticator) LoginOption { return func(v *visit) { v.key = device } }

// keyAsked is what a page asks of an authenticator, and the field for its
// answer.
var keyAsked = regexp.MustCompile(`data-webauthn="(get|create)" data-field="([^"]*)" data-options="([^"]*)"`)

// answerKey is what the user's browser and authenticator say on a page about
// keys, nil where the page is about something else or there is no authenticator.
func (v *visit) answerKey(at *url.URL, page string) (url.Values, error) {
	if v.key == nil || !v.tenant.is(at) || !strings.HasPrefix(at.Path, "/u/mfa-") {
		return nil, nil
	}
	values := url.Values{"state": {at.Query().Get("state")}, "action": {"default"}}
	asked := keyAsked.FindStringSubmatch(page)
	switch {
	case at.Path == "/u/mfa-detect-browser-capabilities":
		for name, is := range map[string]bool{"js-available": true, "webauthn-available": true, "webauthn-platform-available": !v.key.Roaming} {
			values.Set(name, strconv.FormatBool(is))
		}
	case at.Path == "/u/mfa-webauthn-change-key-nickname":
		values.Set("nickname", "Key")
	case asked != nil:
		answer := v.key.Get
		if asked[1] == "create" {
			answer = v.key.Create
		}
		credential, err := answer([]byte(html.UnescapeString(asked[3])), at.Scheme+"://"+at.Host)
		values.Set(asked[2], string(credential))
		return values, err
	case at.Path != "/u/mfa-webauthn-enrollment-success":
		return nil, nil
	}
	return values, nil
}
