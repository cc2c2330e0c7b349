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
	request := t.request(token.FlowCode)
	connection, err := h.codeConnection(t, request)
	if err != nil {
		return nil, err
	}
	user, err := h.PasswordlessLogin(t.typedCode(connection, t.Get("username"), ""))
	if err != nil {
		return nil, err
	}
	return h.loggedIn(t, request, user)
}

// typedCode is the code of the request, sent to an address or number for a
// transaction.
func (t *tokenRequest) typedCode(c *tenant.Connection, to, transactionID string) flow.TypedCode {
	about := t.event("")
	about.Connection = c.Name
	return flow.TypedCode{About: about, Occasion: occasion(t.x), Connection: c, To: to, Code: t.Get("otp"), TransactionID: transactionID}
}

// codeConnection is the passwordless connection of the realm, once the client
// may use it and the API.
func (h *Handler) codeConnection(t *tokenRequest, request token.Request) (connection *tenant.Connection, err error) {
	err = h.Store.View(func(s *store.State) error {
		if connection, err = connectionOf(s, t.client, t.Get("realm"), (*tenant.Connection).Passwordless); err != nil {
			return err
		}
		return token.CheckAccess(s, request)
	})
	return connection, err
}
