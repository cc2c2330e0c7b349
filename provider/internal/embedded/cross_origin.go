package embedded

import (
	"net/http"
	"slices"
	"time"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// ticketLifetime is how long a login ticket waits for /authorize. Auth0
// publishes no number.
const ticketLifetime = 5 * time.Minute

// Credential types of cross-origin authentication.
//
// Source: Auth0 docs, "Cross-origin authentication".
const (
	credentialPassword = "password"
	credentialRealm    = "http://auth0.com/oauth/grant-type/password-realm"
	credentialOTP      = "http://auth0.com/oauth/grant-type/passwordless/otp"
)

// coAuthenticate checks a credential typed into an application's own page and
// answers with a ticket that /authorize takes in place of a login. The ticket
// alone is accepted there, without the third-party cookie or the verifier page
// that Auth0 asks for beside it.
//
// Source: Auth0 docs, "Cross-origin authentication". Observed: auth0.js,
// cross-origin-authentication.
func (h *Handler) coAuthenticate(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	checked, user, err := h.checkCredential(r, p)
	h.logOutcome(r, p, user, tenant.LogSuccessCrossOrigin, tenant.LogFailedCrossOrigin, err)
	if err != nil {
		return nil, err
	}
	wire.From(r).Note("user_id", user.UserID)
	ticket := h.IDs.LoginTicket()
	now := h.Clock.Now()
	_ = h.Store.Update(func(s *store.State) error {
		s.LoginTickets.PutAtMost(store.MaxWaiting, ticket, checked, now.Add(ticketLifetime), now)
		return nil
	})
	return wire.JSON(http.StatusOK, struct {
		LoginTicket string `json:"login_ticket"`
		CoVerifier  string `json:"co_verifier"`
		CoID        string `json:"co_id"`
	}{ticket, h.IDs.LoginTicket(), h.IDs.KeyID()})
}

// checkCredential returns the user whose credential it is, and what the ticket
// for it stands for. The user may be known where there is an error.
func (h *Handler) checkCredential(r *http.Request, p wire.Params) (*store.LoginTicket, *tenant.User, error) {
	client, err := h.crossOriginClient(r, p)
	if err != nil {
		return nil, nil, err
	}
	check := map[string]func(*http.Request, *tenant.Client, wire.Params) (*tenant.Connection, *tenant.User, error){
		credentialPassword: h.checkPassword, credentialRealm: h.checkPassword, credentialOTP: h.checkCode,
	}[p.Get("credential_type")]
	if check == nil {
		return nil, nil, tenant.UnsupportedCredentialType()
	}
	connection, user, err := check(r, client, p)
	if err != nil {
		return nil, user, err
	}
	return &store.LoginTicket{ClientID: client.ClientID, UserID: user.UserID, Connection: connection.Name}, user, nil
}

// crossOriginClient finds the client and asks whether it may log in from its
// own page at all, and from this one.
func (h *Handler) crossOriginClient(r *http.Request, p wire.Params) (client *tenant.Client, err error) {
	for _, name := range []string{"client_id", "credential_type", "username"} {
		if p.Get(name) == "" {
			return nil, tenant.CrossOriginBody()
		}
	}
	_ = h.Store.View(func(s *store.State) error { client = s.Client(p.Get("client_id")); return nil })
	wire.From(r).Note("client_id", p.Get("client_id"))
	switch {
	case client == nil:
		return nil, tenant.UnknownClient(p.Get("client_id"))
	case !client.CrossOriginAuthentication:
		return nil, tenant.CrossOriginNotAllowed().
			WithHint("set cross_origin_authentication of client %q to true", client.Name)
	}
	origin := r.Header.Get("Origin")
	if origin != "" && origin != wire.From(r).Base && !client.AllowsOrigin(origin) {
		return nil, tenant.OriginRefused(origin).
			WithHint("add %q to web_origins (or allowed_origins, or a callback on it) of client %q", origin, client.Name)
	}
	wire.From(r).AllowOrigin = client.AllowsOrigin
	return client, nil
}

// checkPassword checks identifier and password against the realm, or the
// tenant's default directory.
func (h *Handler) checkPassword(r *http.Request, client *tenant.Client, p wire.Params) (*tenant.Connection, *tenant.User, error) {
	connection, err := h.realm(client, p)
	if err != nil {
		return nil, nil, err
	}
	user, err := h.Authenticate(flow.Credentials{
		About: event(r, p, ""), Occasion: occasion(r), Connections: []*tenant.Connection{connection},
		Identifier: p.Get("username"), Password: p.Get("password"),
	})
	return connection, user, crossOriginWords(err)
}

func (h *Handler) realm(client *tenant.Client, p wire.Params) (connection *tenant.Connection, err error) {
	err = h.Store.View(func(s *store.State) error {
		name := p.Get("realm")
		if name == "" {
			if name = s.Settings().DefaultDirectory; name == "" {
				return tenant.NoDefaultDirectory()
			}
		}
		i := slices.IndexFunc(s.Connections(), func(c *tenant.Connection) bool { return c.Database() && c.Realm(name) })
		if i < 0 {
			return tenant.UnknownRealm(name)
		}
		connection = s.Connections()[i]
		if !connection.EnabledFor(client.ClientID) {
			return tenant.ConnectionNotEnabled(name, client)
		}
		return nil
	})
	return connection, err
}

// crossOriginWords says in this surface's words what Authenticate refused.
//
// Source: Auth0 docs, "Cross-origin authentication" (error codes).
func crossOriginWords(err error) error {
	if err == nil {
		return nil
	}
	e := wire.AsError(err)
	switch e.Code {
	case tenant.WrongPassword(false).Code:
		return tenant.CrossOriginWrong(e.Description)
	case tenant.UserBlocked().Code:
		return tenant.CrossOriginBlocked()
	}
	return err
}

// crossOrigin lets the answer be read by a page that sent its cookies along.
//
// Source: Fetch, "CORS protocol and credentials".
func (h *Handler) crossOrigin(next wire.Handler) wire.Handler {
	return func(r *http.Request) (*wire.Response, error) {
		wire.From(r).Credentials = true
		return next(r)
	}
}

// crossOriginError is OAuth's envelope, but for a refused origin, which reads
// a plain sentence.
func crossOriginError(r *http.Request, e *tenant.Error) *wire.Response {
	if e.Code == "" {
		return wire.Text(e.Status, e.Description)
	}
	return wire.OAuth(r, e)
}
