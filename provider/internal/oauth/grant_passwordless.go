package oauth

import (
	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// grantPasswordlessOTP redeems a code that /passwordless/start sent, or with an
// auth_session one of /otp/challenge. The rules
// about API and scopes are asked first with the user as known: a request that
// is refused anyway spends no code.
//
// It returns UnknownRealm, ConnectionNotEnabled, WrongCode, TooManyCodes,
// UserBlocked, MFARequired, or an error of token.Decide.
//
// Source: Auth0 docs, Authentication API, "Authenticate user" (passwordless);
// "Use passwordless APIs".
func grantPasswordlessOTP(h *Handler, t *tokenRequest) (*flow.Tokens, error) {
	if t.Get("auth_session") != "" {
		return grantDatabaseOTP(h, t)
	}
	for _, name := range []string{"username", "otp", "realm"} {
		if t.Get(name) == "" {
			return nil, tenant.MissingParameter(name)
		}
	}
	request := token.Request{
		Flow: token.FlowCode, Client: t.client, Audience: t.Get("audience"), Resource: t.Get("resource"),
		Scopes: tenant.ParseScope(t.Get("scope")), Issuer: t.x.Issuer, Possession: t.possession,
	}
	connection, err := h.codeConnection(t, request)
	if err != nil {
		return nil, err
	}
	user, err := h.PasswordlessLogin(t.typedCode(connection, t.Get("username"), ""))
	if err != nil {
		return nil, err
	}
	return h.loggedInByCode(t, request, user)
}

// typedCode is the code of the request, sent to an address or number for a
// transaction.
func (t *tokenRequest) typedCode(c *tenant.Connection, to, transactionID string) flow.TypedCode {
	about := t.event("")
	about.Connection = c.Name
	return flow.TypedCode{About: about, Occasion: occasion(t.x), Connection: c, To: to, Code: t.Get("otp"), TransactionID: transactionID}
}

// loggedInByCode gives the tokens to somebody whose code or passkey was right.
func (h *Handler) loggedInByCode(t *tokenRequest, request token.Request, user *tenant.User) (*flow.Tokens, error) {
	request.User = user
	ask := h.secondFactor(&request)
	decision, err := h.Decide(request)
	if err != nil {
		return nil, err
	}
	t.isFor(user.UserID)
	if ask {
		return nil, h.askFactor(t, request)
	}
	request.User = h.LoggedIn(user.UserID, t.x.IP, false)
	return h.IssueDecided(flow.Grant{Request: request}, decision)
}

// codeConnection is the passwordless connection of the realm, once the client
// may use it and the API.
func (h *Handler) codeConnection(t *tokenRequest, request token.Request) (connection *tenant.Connection, err error) {
	realm := t.Get("realm")
	err = h.Store.View(func(s *store.State) error {
		for _, c := range s.Connections() {
			if c.Passwordless() && c.Realm(realm) {
				connection = c
			}
		}
		switch {
		case connection == nil:
			return tenant.UnknownRealm(realm)
		case !connection.EnabledFor(t.client.ClientID):
			return tenant.ConnectionNotEnabled(connection.Name, t.client)
		}
		return token.CheckAccess(s, request)
	})
	return connection, err
}
