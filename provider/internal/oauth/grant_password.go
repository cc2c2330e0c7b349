package oauth

import (
	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// grantPassword serves the password grant, on the tenant's default directory,
// and password-realm, on the connection the realm names.
//
// It returns NoDefaultDirectory, UnknownRealm, ConnectionNotEnabled,
// WrongPassword, UserBlocked, MFARequired, or an error of token.Decide.
//
// Source: RFC 6749 §4.3; Auth0 docs, "Resource owner password flow".
func grantPassword(h *Handler, t *tokenRequest) (*flow.Tokens, error) {
	for _, name := range []string{"username", "password"} {
		if t.Get(name) == "" {
			return nil, tenant.MissingParameter(name)
		}
	}
	connection, err := h.passwordConnection(t)
	if err != nil {
		return nil, err
	}
	user, err := h.Authenticate(flow.Credentials{
		About: t.event(""), Occasion: occasion(t.x), Connections: []*tenant.Connection{connection},
		Identifier: t.Get("username"), Password: t.Get("password"),
	})
	if err != nil {
		return nil, err
	}
	request := token.Request{
		Flow: token.FlowPassword, Client: t.client, User: user,
		Audience: t.Get("audience"), Resource: t.Get("resource"),
		Scopes: tenant.ParseScope(t.Get("scope")), Issuer: t.x.Issuer, Possession: t.possession,
	}
	ask := h.secondFactor(&request)
	// Decide first: a refused request is no login.
	decision, err := h.Decide(request)
	if err != nil {
		return nil, err
	}
	t.isFor(user.UserID)
	if ask {
		return nil, h.askFactor(t, request, token.GTYPassword)
	}
	request.User = h.LoggedIn(user.UserID, t.x.IP, false)
	return h.IssueDecided(flow.Grant{Request: request, GrantedBy: []string{token.GTYPassword}}, decision)
}

func (h *Handler) passwordConnection(t *tokenRequest) (connection *tenant.Connection, err error) {
	realm := t.Get("realm")
	err = h.Store.View(func(s *store.State) error {
		if t.Get("grant_type") == tenant.GrantPassword {
			if realm = s.Settings().DefaultDirectory; realm == "" {
				return tenant.NoDefaultDirectory()
			}
		} else if realm == "" {
			return tenant.MissingParameter("realm")
		}
		for _, c := range s.Connections() {
			if c.Database() && c.Realm(realm) {
				connection = c
			}
		}
		switch {
		case connection == nil:
			return tenant.UnknownRealm(realm)
		case !connection.EnabledFor(t.client.ClientID):
			return tenant.ConnectionNotEnabled(connection.Name, t.client)
		}
		return nil
	})
	return connection, err
}
