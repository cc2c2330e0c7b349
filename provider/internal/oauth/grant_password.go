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
	return h.loggedIn(t, t.request(token.FlowPassword), user, token.GTYPassword)
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
		connection, err = connectionOf(s, t.client, realm, (*tenant.Connection).Database)
		return err
	})
	return connection, err
}

// connectionOf is the connection of the realm, among those of a kind.
//
// It returns UnknownRealm or ConnectionNotEnabled.
func connectionOf(s *store.State, client *tenant.Client, realm string, ofKind func(*tenant.Connection) bool) (found *tenant.Connection, err error) {
	for _, c := range s.Connections() {
		if ofKind(c) && c.Realm(realm) {
			found = c
		}
	}
	switch {
	case found == nil:
		return nil, tenant.UnknownRealm(realm)
	case !found.EnabledFor(client.ClientID):
		return nil, tenant.ConnectionNotEnabled(found.Name, client)
	}
	return found, nil
}
