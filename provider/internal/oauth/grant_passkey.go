package oauth

import (
	"net/url"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// grantPasskey redeems what an authenticator answered to /passkey/register or
// /passkey/challenge. The rules about API and scopes are asked first: a request
// that is refused anyway spends no challenge.
//
// It returns UnknownAuthSession, KeyRefused, PasskeyUserExists, NotAMember,
// UserBlocked, MFARequired, or an error of token.Decide.
//
// Source: Auth0 docs, "Passkey APIs" (authenticate, organizations).
func grantPasskey(h *Handler, t *tokenRequest) (*flow.Tokens, error) {
	for _, name := range []string{"auth_session", "authn_response"} {
		if t.Get(name) == "" {
			return nil, tenant.MissingParameter(name)
		}
	}
	request := t.request(token.FlowCode)
	if err := h.Store.View(func(s *store.State) error { return token.CheckAccess(s, request) }); err != nil {
		return nil, err
	}
	user, orgID, err := h.passkeyUser(t)
	if err == nil {
		t.isFor(user.UserID)
		t.organizationID = orgID
		request.User, request.Organization, err = h.userAndOrganization(user.UserID, orgID)
	}
	if err == nil {
		request.User, err = h.Join(t.event(""), request.Organization, request.User, request.User.Connection)
	}
	h.logPasskey(t, err)
	if err != nil {
		return nil, err
	}
	return h.loggedIn(t, request, request.User)
}

// passkeyUser is whose passkey has answered, made where it is somebody who
// signs up, and the organization they log in to.
func (h *Handler) passkeyUser(t *tokenRequest) (*tenant.User, string, error) {
	purpose := store.CeremonyLogin
	if strings.Contains(t.Get("authn_response"), `"attestationObject"`) {
		purpose = store.CeremonySignup
	}
	realm, err := h.realmID(t.Get("realm"))
	if err != nil {
		return nil, "", err
	}
	answer := flow.KeyAnswer{
		JSON: t.Get("authn_response"), AuthSession: t.Get("auth_session"), UserAgent: t.x.UserAgent,
		Fits: func(c *store.Ceremony) bool {
			return c.TransactionID == "" && c.Purpose == purpose && c.ClientID == t.client.ClientID && (realm == "" || c.ConnectionID == realm)
		},
		Origin: t.mayAskForPasskeys,
	}
	if purpose == store.CeremonySignup {
		c, key, err := h.NewKey(answer)
		if err != nil {
			return nil, "", err
		}
		user, err := h.signUpByPasskey(t, c, key)
		return user, c.OrganizationID, err
	}
	used, err := h.CheckKey(answer)
	if err != nil {
		return nil, "", err
	}
	if connection := h.connectionByID(used.ConnectionID); connection == nil || connection.Name != used.User.Connection {
		return nil, "", tenant.KeyRefused().WithHint("the passkey is of a user of another connection")
	}
	return used.User, used.OrganizationID, nil
}

// mayAskForPasskeys says whether what runs on an origin may ask for passkeys of
// the tenant's: its own pages, those of the application on the same host or
// below it, and the application itself on a phone.
//
// Source: Auth0 docs, "Passkey APIs" (configuration checklist); Web
// Authentication Level 3 §5.1.4.1.
func (t *tokenRequest) mayAskForPasskeys(origin string) bool {
	base, err := url.Parse(t.x.Base)
	if err != nil {
		return false
	}
	o, err := url.Parse(origin)
	if err != nil || o.Host == "" {
		return false
	}
	host := base.Hostname()
	within := o.Hostname() == host || strings.HasSuffix(o.Hostname(), "."+host)
	return within && (origin == t.x.Base || origin == "https://"+host || t.client.AllowsOrigin(origin))
}

// realmID is the id of the database of a realm, "" for no realm.
func (h *Handler) realmID(realm string) (id string, err error) {
	err = h.Store.View(func(s *store.State) error {
		for _, c := range s.Connections() {
			if realm != "" && c.Database() && c.Realm(realm) {
				id = c.ID
			}
		}
		if realm != "" && id == "" {
			return tenant.UnknownRealm(realm)
		}
		return nil
	})
	return id, err
}

func (h *Handler) connectionByID(id string) (connection *tenant.Connection) {
	_ = h.Store.View(func(s *store.State) error {
		for _, c := range s.Connections() {
			if c.ID == id {
				connection = c
			}
		}
		return nil
	})
	return connection
}

// signUpByPasskey makes the user who has signed up with the key, a member of
// the organization that was named.
//
// Source: Auth0 docs, "Passkey APIs" (organizations).
func (h *Handler) signUpByPasskey(t *tokenRequest, c *store.Ceremony, key *tenant.UserKey) (*tenant.User, error) {
	connection, user := h.connectionByID(c.ConnectionID), c.User.WithKey(*key)
	if connection == nil {
		return nil, tenant.UnknownAuthSession().WithHint("the connection was removed meanwhile")
	}
	if c.OrganizationID != "" {
		user.Join(c.OrganizationID, nil)
	}
	e := t.event(tenant.LogSuccessSignup)
	e.Connection, e.UserName = connection.Name, user.Label()
	var err error
	if h.KeyKnown(key.KeyID) {
		err = tenant.KeyRefused().WithHint("the passkey is another user's")
	} else if h.CompleteSignUp(connection, t.client, user, occasion(t.x)) != nil {
		err = tenant.PasskeyUserExists()
	}
	if err != nil {
		e.Type, e.Description = tenant.LogFailedSignup, describe(err)
	} else {
		e.UserID, e.Details = user.UserID, map[string]any{"authentication_methods": []string{tenant.KeyPasskey}}
	}
	h.Log(e)
	return user, err
}

// logPasskey tells of a login by passkey. The documentation names the event of
// pages; that the API's is the same is inferred.
//
// Source: Auth0 docs, "Monitor passkey events in tenant logs".
func (h *Handler) logPasskey(t *tokenRequest, err error) {
	e := t.event(tenant.LogSuccessLogin)
	e.Details = map[string]any{"prompts": []any{map[string]any{"performed_amr": []string{"phr"}}}}
	if err != nil {
		e.Type, e.Description, e.Details = tenant.LogFailedLogin, describe(err), nil
	}
	h.Log(e)
}
