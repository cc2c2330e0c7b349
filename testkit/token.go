package testkit

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// Token asks for tokens by the rules of a login, without one. It is what
// AccessToken and its kin are made of, and can do more: organizations, custom
// claims, expired tokens, and wrong ones for negative tests. A user's token
// without a Client is for the tenant's first application that logs users in.
func (a *Tenant) Token(r provider.TokenRequest) *provider.Token {
	a.t.Helper()
	if r.Issuer == "" {
		r.Issuer = a.Issuer()
	}
	if r.Client == "" && r.User != "" {
		r.Client = a.loginApp()
	}
	token, err := a.provider.Control().Token(r)
	if err != nil {
		a.t.Fatalf("testkit: token%s%s%s: %s", said("client", r.Client), said("user", r.User), said("audience", r.Audience), why(err))
		return &provider.Token{}
	}
	return token
}

func said(name, value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf(", %s %q", name, value)
}

// why is an error with Faux0's advice, if there is any.
func why(err error) string {
	var e *tenant.Error
	if errors.As(err, &e) && e.Hint != "" {
		return err.Error() + "\n" + e.Hint
	}
	return err.Error()
}

// AccessToken returns an access token of the user for an API's identifier, as
// the tenant's first application that logs users in would get it. Without an
// audience it is opaque, as from Auth0, unless the tenant has a default one.
func (a *Tenant) AccessToken(u User, audience string, scopes ...string) string {
	a.t.Helper()
	return a.Token(provider.TokenRequest{User: u.ID, Audience: audience, Scope: strings.Join(scopes, " ")}).AccessToken
}

// IDToken returns an ID token of the user for the application with the name or
// client_id.
func (a *Tenant) IDToken(u User, app string) string {
	a.t.Helper()
	return a.Token(provider.TokenRequest{Client: app, User: u.ID}).IDToken
}

// MachineToken returns a client_credentials token of the application with the
// name or client_id.
func (a *Tenant) MachineToken(app, audience string, scopes ...string) string {
	a.t.Helper()
	return a.Token(provider.TokenRequest{Client: app, Audience: audience, Scope: strings.Join(scopes, " ")}).AccessToken
}

// loginApp is the first client that may use the authorization code flow.
func (a *Tenant) loginApp() string {
	a.t.Helper()
	for _, c := range a.provider.Control().Snapshot().Clients {
		if !c.Global && c.AllowsGrant("authorization_code") && len(c.Callbacks) > 0 {
			return c.ClientID
		}
	}
	a.t.Fatalf("testkit: the tenant has no client that logs users in (grant_types authorization_code, and callbacks)")
	return ""
}

// Explain says what a token is, what it lacks and which setting would change
// that.
func (a *Tenant) Explain(token string) string {
	a.t.Helper()
	if token == "" {
		return "An empty string is no token."
	}
	explanation, err := a.provider.Control().Explain(provider.ExplainRequest{Token: token, Issuer: a.Issuer()})
	if err != nil {
		a.t.Fatalf("testkit: explain: %s", why(err))
		return ""
	}
	return explanation.Text()
}

// Decision says, before anybody logs in, what a login would be granted, with a
// reason for each thing given and withheld.
func (a *Tenant) Decision(r provider.TokenRequest) []provider.Reason {
	a.t.Helper()
	return a.Token(r).Reasons
}

// CheckPermissions reports an error, with the explanation, unless the access
// token's `permissions` are exactly these, in any order. Without any it must
// have none at all: no claim, or an empty one. A token that is no JWT is an error
// whatever is wanted.
func (a *Tenant) CheckPermissions(accessToken string, want ...string) {
	a.t.Helper()
	claims := Claims(accessToken)
	if claims == nil {
		a.t.Errorf("testkit: the access token is no JWT, so it has no permissions; want %q.\n%s", want, a.Explain(accessToken))
		return
	}
	got := []string{}
	if list, ok := claims["permissions"].([]any); ok {
		for _, p := range list {
			if s, ok := p.(string); ok {
				got = append(got, s)
			}
		}
	}
	want = append([]string{}, want...)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		a.t.Errorf("testkit: permissions are %q, want %q.\n%s", got, want, a.Explain(accessToken))
	}
}

// Claims reads the payload of a JWT without verifying it; nil if the token is
// no JWT.
func Claims(token string) map[string]any {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	var claims map[string]any
	if json.Unmarshal(payload, &claims) != nil {
		return nil
	}
	return claims
}
