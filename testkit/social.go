package testkit

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// Person is somebody at the provider of a social or enterprise connection, who
// need not be a user of the tenant yet.
type Person struct {
	// Connection is its name.
	Connection string
	Email      string
	Name       string
	// Subject is the person's id there; empty is one that goes with the address.
	Subject string
	// EmailUnverified makes the provider say that nobody verified the address.
	EmailUnverified bool
	// Claims are the further things that the provider says.
	Claims map[string]any
}

// ProviderError is what a provider answers in place of a person.
type ProviderError struct {
	// Connection is its name.
	Connection string
	// Error is the code; empty is the person's click on "Cancel".
	Error       string
	Description string
}

// LoginAt goes through the login as somebody at the connection's provider: it
// picks the connection on the login page, unless loginURL names it, and says at
// the page that plays the provider who that is. Login does the same for a user
// of such a connection.
func (a *Tenant) LoginAt(loginURL string, p Person) *Login {
	a.t.Helper()
	said := url.Values{"email": {p.Email}, "name": {p.Name}, "sub": {p.Subject}, "action": {"default"}}
	if p.EmailUnverified {
		said.Set("email_verified", "false")
	}
	if len(p.Claims) > 0 {
		claims, err := json.Marshal(p.Claims)
		if err != nil {
			a.t.Fatalf("testkit: claims of %s: %v", p.Email, err)
			return &Login{}
		}
		said.Set("claims", string(claims))
	}
	return a.walk(a.Browser(), loginURL, &visit{user: User{Email: p.Email, Username: p.Subject}, connection: p.Connection, said: said})
}

// LoginFails goes through the login to the connection's provider, where it
// fails; Login.Error is what the application is told of it.
func (a *Tenant) LoginFails(loginURL string, e ProviderError) *Login {
	a.t.Helper()
	said := url.Values{"action": {"cancel"}}
	if e.Error != "" {
		said = url.Values{"action": {"fail"}, "error": {e.Error}, "error_description": {e.Description}}
	}
	return a.walk(a.Browser(), loginURL, &visit{user: User{Username: "nobody"}, connection: e.Connection, said: said})
}

// upstream is what a user of a social or enterprise connection says there, nil
// for a database's user.
func (a *Tenant) upstream(u User) url.Values {
	for _, c := range a.provider.Control().Snapshot().Connections {
		if c.Name == u.Connection && c.Upstream() {
			_, subject, _ := strings.Cut(u.ID, tenant.WithSubject(&tenant.User{}, c, "").UserID)
			return url.Values{"email": {u.Email}, "name": {u.Name}, "sub": {subject}, "action": {"default"}}
		}
	}
	return nil
}

// atProvider says whether the address is that of a real provider of one of the
// tenant's connections, which sends the browser back to the tenant.
func (v *visit) atProvider(at *url.URL) bool {
	if back, err := url.Parse(at.Query().Get("redirect_uri")); err == nil && back.Path == "/login/callback" && v.tenant.is(back) {
		v.providers = append(v.providers, at.Host)
	}
	return slices.Contains(v.providers, at.Host)
}

// pretend is what is posted to the pages that lead to, and play, a provider, nil
// for other pages.
func (v *visit) pretend(at *url.URL) url.Values {
	form := url.Values{"state": {at.Query().Get("state")}}
	switch {
	case v.said == nil || !v.tenant.is(at):
		return nil
	case strings.HasPrefix(at.Path, "/u/login"):
		form.Set("connection", v.connection)
	case strings.HasPrefix(at.Path, "/u/pretend/"):
		for name, values := range v.said {
			form[name] = values
		}
	default:
		return nil
	}
	return form
}

// UseProvider makes another tenant the real provider of a connection of the
// strategy oidc, with one of that tenant's clients, which gets the callback. The
// connection is made, for every client, if there is none. The provider goes by
// 127.0.0.1, since tenants of one host name would share their cookies.
func (a *Tenant) UseProvider(connection string, provider *Tenant, client string) {
	a.t.Helper()
	app := provider.App(client)
	err := errors.Join(
		provider.provider.Control().AllowCallback(app.ClientID, a.URL()+"/login/callback"),
		a.provider.Control().Connect(connection, strings.Replace(provider.Issuer(), "//localhost:", "//127.0.0.1:", 1), app.ClientID, app.ClientSecret),
	)
	if err != nil {
		a.t.Fatalf("testkit: use %s as the provider of %q: %s", provider.Domain(), connection, why(err))
	}
}

// Link makes the account of the user secondary an identity of the user primary:
// whoever logs in with it is primary from then on.
func (a *Tenant) Link(primary, secondary User) {
	a.t.Helper()
	if _, err := a.provider.Control().Link(primary.ID, secondary.ID); err != nil {
		a.t.Fatalf("testkit: link %s with %s: %s", primary.label(), secondary.label(), why(err))
	}
}

// Unlink takes an account that was linked from the user, and returns it as the
// user it is again.
func (a *Tenant) Unlink(primary, secondary User) User {
	a.t.Helper()
	if _, err := a.provider.Control().Unlink(primary.ID, secondary.ID); err != nil {
		a.t.Fatalf("testkit: unlink %s from %s: %s", secondary.label(), primary.label(), why(err))
		return User{}
	}
	return a.User(secondary.ID)
}
