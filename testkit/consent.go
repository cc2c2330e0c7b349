package testkit

import (
	"strings"

	"github.com/faux0/faux0/provider"
)

// Consent lets a user agree, before a login asks, to an application (by
// client_id or name) having scopes of an API; an empty audience is for OpenID
// Connect's scopes alone. Third-party applications need it, and Login stops
// where they have to ask. Scopes given before stay.
func (a *Tenant) Consent(u User, client, audience string, scopes ...string) {
	a.t.Helper()
	_, err := a.provider.Control().Consent(provider.ConsentRequest{
		User: u.ID, Client: client, Audience: audience, Scope: strings.Join(scopes, " "),
	})
	if err != nil {
		a.t.Fatalf("testkit: consent of %s: %s", u.label(), why(err))
	}
}
