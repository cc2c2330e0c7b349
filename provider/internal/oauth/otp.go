package oauth

import (
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// pathOTP is where native and web applications ask for a one-time code of a
// database.
//
// Source: Auth0 docs, "Passwordless authentication on database connections with
// Authentication API".
const pathOTP = "/otp/challenge"

func (h *Handler) mountOTP(rt *wire.Router) {
	rt.Handle("POST", pathOTP, wire.OAuth, h.otpChallenge)
}

// otpSession is what /otp/challenge answers, whoever is known.
type otpSession struct {
	AuthSession string `json:"auth_session"`
}

// otpChallenge sends a code to somebody who is a user of the database, or may
// become one by it. What it answers does not say who is.
//
// Source: Auth0 docs, "Passwordless authentication on database connections with
// Authentication API".
func (h *Handler) otpChallenge(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	if _, _, basic := wire.BasicAuth(r); p.Get("client_id") == "" && p.Get("client_assertion") == "" && !basic {
		return nil, tenant.OTPInvalid("client_id", "Missing required parameter: client_id")
	}
	client, err := h.AuthenticateClient(r, p)
	if err != nil {
		if e := wire.AsError(err); e.Status == http.StatusUnauthorized {
			return nil, tenant.InvalidClient().WithHint("%s", e.Hint)
		}
		return nil, err
	}
	if err := allowsDatabaseCodes(client); err != nil {
		return nil, err
	}
	to, err := otpRecipient(p)
	if err != nil {
		return nil, err
	}
	connection, err := h.otpConnection(client, p.Get("connection"), to)
	if err != nil {
		return nil, err
	}
	now, id := h.Clock.Now(), h.IDs.UserID()
	lifetime, _ := connection.OneTimeCode()
	session := &store.OTPSession{ClientID: client.ClientID, Connection: connection.Name, To: to, Signup: p.Get("allow_signup") == "true"}
	_ = h.Store.Update(func(s *store.State) error {
		s.OTPSessions.PutAtMost(store.MaxWaiting, id, session, now.Add(lifetime), now)
		return nil
	})
	code, user := h.NewDatabaseCode(connection, to, id, session.Signup)
	if code != "" {
		h.SendCode(occasion(wire.From(r)), flow.CodeMessage{
			Connection: connection, Client: client, To: to, Code: code, Voice: p.Get("delivery_method") == "voice",
		})
		e := wire.From(r).LogEvent(flow.CodeSentEvent(to))
		e.ClientID, e.Connection, e.UserName = client.ClientID, connection.Name, to
		if user != nil {
			e.UserID = user.UserID
		}
		h.Log(e)
	}
	return wire.JSON(http.StatusOK, otpSession{id})
}

// allowsDatabaseCodes says whether the client may log in with codes of a
// database: single-page applications may not.
//
// Source: Auth0 docs, "Passwordless authentication on database connections with
// Authentication API" (limitations).
func allowsDatabaseCodes(client *tenant.Client) error {
	switch {
	case !client.AllowsGrant(tenant.GrantPasswordlessOTP):
		return tenant.GrantSwitchedOff(client, tenant.GrantPasswordlessOTP)
	case client.AppType == "spa":
		return tenant.GrantNotAllowed(tenant.GrantPasswordlessOTP).
			WithHint("client %q is a single-page application: its backend must call %s", client.Name, pathOTP)
	}
	return nil
}

// otpRecipient is the address or number that the code goes to.
func otpRecipient(p wire.Params) (string, error) {
	email, phone := strings.TrimSpace(p.Get("email")), strings.TrimSpace(p.Get("phone_number"))
	switch {
	case p.Get("connection") == "":
		return "", tenant.OTPInvalid("connection", "Missing required parameter: connection")
	case email == "" && phone == "":
		return "", tenant.OTPInvalid("email", "Either email or phone_number must be provided")
	case email != "" && phone != "":
		return "", tenant.OTPInvalid("email", "Only one of email and phone_number may be provided")
	case email != "" && !tenant.ValidEmail(email):
		return "", tenant.OTPInvalid("email", "Invalid email")
	case phone != "" && !tenant.ValidPhone(phone):
		return "", tenant.OTPInvalid("phone_number", "Invalid phone_number")
	case p.Get("delivery_method") != "" && p.Get("delivery_method") != "text" && p.Get("delivery_method") != "voice":
		return "", tenant.OTPInvalid("delivery_method", "delivery_method must be text or voice")
	}
	return strings.ToLower(email) + phone, nil
}

func (h *Handler) otpConnection(client *tenant.Client, name, to string) (connection *tenant.Connection, err error) {
	err = h.Store.View(func(s *store.State) error {
		c := s.ConnectionByName(name)
		refused := tenant.OTPConnectionInvalid(name)
		switch {
		case c == nil:
			return refused.WithHint("no connection is named %q", name)
		case !c.EnabledFor(client.ClientID):
			return refused.WithHint("add %q to enabled_clients of connection %q", client.Name, name)
		case !c.SendsCodesTo(tenant.AttributeOf(to)):
			return refused.WithHint("connection %q needs email_otp or phone_otp in options.authentication_methods, and that attribute as an identifier", name)
		}
		connection = c
		return nil
	})
	return connection, err
}

// grantDatabaseOTP redeems a code of /otp/challenge. What is wrong with the
// request otherwise spends no code.
//
// It returns OTPRefused, OTPBlocked, MFARequired, or an error of token.Decide.
//
// Source: Auth0 docs, "Passwordless authentication on database connections with
// Authentication API".
func grantDatabaseOTP(h *Handler, t *tokenRequest) (*flow.Tokens, error) {
	if t.Get("otp") == "" {
		return nil, tenant.MissingParameter("otp")
	}
	if err := allowsDatabaseCodes(t.client); err != nil {
		return nil, err
	}
	request := t.request(token.FlowCode)
	id := t.Get("auth_session")
	var session *store.OTPSession
	var connection *tenant.Connection
	err := h.Store.View(func(s *store.State) error {
		found, ok := s.OTPSessions.Get(id, h.Clock.Now())
		if !ok || found.ClientID != t.client.ClientID {
			return tenant.OTPRefused().WithHint("the auth_session is unknown, too old, used, or another client's")
		}
		session, connection = found, s.ConnectionByName(found.Connection)
		if connection == nil {
			return tenant.OTPRefused().WithHint("connection %q is gone", found.Connection)
		}
		return token.CheckAccess(s, request)
	})
	if err != nil {
		return nil, err
	}
	user, err := h.UseDatabaseCode(t.typedCode(connection, session.To, id), session.Signup)
	if err != nil {
		e := wire.AsError(err)
		switch {
		case e.Code == tenant.UserBlocked().Code || e.Locked():
			return nil, tenant.OTPBlocked(e.Description).WithHint("%s", e.Hint)
		case e.Anomaly():
			return nil, e
		}
		return nil, tenant.OTPRefused().WithHint("%s", e.Hint)
	}
	_ = h.Store.Update(func(s *store.State) error { s.OTPSessions.Delete(id); return nil })
	if user == nil {
		if user, err = h.SignUpByCode(t.typedCode(connection, session.To, id), t.client); err != nil {
			if e := wire.AsError(err); e.Anomaly() {
				return nil, e
			}
			return nil, tenant.OTPRefused().WithHint("somebody signed up with %s meanwhile", session.To)
		}
		e := t.event(tenant.LogSuccessSignup)
		e.UserID, e.Connection = user.UserID, connection.Name
		h.Log(e)
	}
	return h.loggedIn(t, request, user)
}
