package login

import (
	"maps"
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Paths that end a passwordless login.
//
// Observed: auth0.js, authentication/passwordless-authentication.
const (
	pathVerify         = "/passwordless/verify"
	pathVerifyRedirect = "/passwordless/verify_redirect"
)

func (h *Handler) mountPasswordless(rt *wire.Router) {
	rt.Handle("POST", pathVerify, wire.OAuth, h.verifyCode)
	rt.Handle("GET", pathVerifyRedirect, h.errorPage, h.verifyRedirect)
}

// codeSent is what a page or a link says about a code: which connection it is
// of, whom it was sent to, and the code.
type codeSent struct {
	connection *tenant.Connection
	to, code   string
}

// typed is the code as the request brings it.
func (c *codeSent) typed(r *http.Request, p wire.Params) flow.TypedCode {
	x := wire.From(r)
	about := x.LogEvent("")
	about.ClientID, about.Connection = p.Get("client_id"), c.connection.Name
	return flow.TypedCode{About: about, Occasion: occasion(x), Connection: c.connection, To: c.to, Code: c.code}
}

// readCode reads a codeSent, for a client if the request names one.
func (h *Handler) readCode(p wire.Params) (*codeSent, error) {
	name := p.Get("connection")
	if name == "" {
		return nil, tenant.MissingParameter("connection")
	}
	c := &codeSent{code: p.Get("verification_code")}
	err := h.Store.View(func(s *store.State) error {
		c.connection = s.ConnectionByName(name)
		client := s.Client(p.Get("client_id"))
		switch {
		case c.connection == nil || !c.connection.Passwordless():
			return tenant.ConnectionNotFound(name)
		case client != nil && !c.connection.ServesClient(client):
			return tenant.ConnectionDisabled(name, client)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	member := "email"
	if c.connection.Strategy == tenant.StrategySMS {
		member = "phone_number"
	}
	c.to = strings.TrimSpace(p.Get(member))
	switch {
	case c.to == "":
		return nil, tenant.MissingParameter(member)
	case c.code == "":
		return nil, tenant.MissingParameter("verification_code")
	}
	return c, nil
}

// verifyCode tells the hosted page whether a code is right, before the page
// goes to verifyRedirect with it. It logs nobody in, and leaves the code to be
// used. Its first form, which answered with tokens, is switched off.
//
// Source: Auth0 docs, Authentication API, "Verify" (passwordless). Observed:
// auth0.js, authentication/passwordless-authentication (verify).
func (h *Handler) verifyCode(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	if p.Get("grant_type") != "" {
		return nil, tenant.GrantNotAllowed(p.Get("grant_type")).WithHint("tenants made since June 2017 redeem codes at /oauth/token")
	}
	c, err := h.readCode(p)
	if err != nil {
		return nil, err
	}
	if err := h.CheckCode(c.typed(r, p)); err != nil {
		e := wire.AsError(err)
		if e.Code == tenant.WrongCode(c.connection).Code {
			return nil, tenant.PasswordlessRefused(tenant.ClassicWrong("").Code, e.Description).WithHint("%s", e.Hint)
		}
		return nil, err
	}
	return wire.JSON(http.StatusOK, struct{}{})
}

// verifyRedirect logs in with a code. The hosted page comes here for the login
// under way, which its state names; the link in a mail stands for a login of
// its own, and may be opened in any browser.
//
// Source: Auth0 docs, "Passwordless authentication with magic links". Observed:
// auth0.js, buildVerifyUrl.
func (h *Handler) verifyRedirect(r *http.Request) (*wire.Response, error) {
	p := wire.Query(r)
	known := false
	_ = h.Store.View(func(s *store.State) error {
		_, known = s.Transactions.Get(p.Get("state"), h.Clock.Now())
		return nil
	})
	if known {
		return h.verifyHosted(r, p)
	}
	a := &authorization{x: wire.From(r)}
	a.Issuer = a.x.Issuer
	if err := h.resolveClient(a, p); err != nil {
		return nil, h.logFailure(a, err)
	}
	if err := h.resolveCallback(a, p); err != nil {
		return nil, h.logFailure(a, err)
	}
	if err := h.readLink(a, p); err != nil {
		return h.refuse(a, err)
	}
	if err := h.mayEnterBy(a, p.Get("connection")); err != nil {
		return h.refuse(a, err)
	}
	user, err := h.codeLogin(r, p)
	if err != nil {
		return h.refuse(a, err)
	}
	return h.signedIn(r, a, user)
}

// verifyHosted goes on with the login that the page belongs to.
func (h *Handler) verifyHosted(r *http.Request, p wire.Params) (*wire.Response, error) {
	t, a, err := h.transaction(r, p.Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	if id := p.Get("client_id"); id != "" && id != a.ClientID {
		return nil, tenant.TransactionLost().WithHint("the login was started by another client than %q", id)
	}
	if c, err := h.readCode(p); err == nil && !a.allows(c.connection) {
		return h.endInRefusal(t, a, tenant.ConnectionDisabled(c.connection.Name, a.client))
	}
	user, err := h.codeLogin(r, p)
	if err != nil {
		return h.endInRefusal(t, a, err)
	}
	return h.loggedIn(r, t, a, user)
}

// codeLogin takes the code; the app reads what is wrong with it.
//
// Source: community reports of callbacks with error=unauthorized.
func (h *Handler) codeLogin(r *http.Request, p wire.Params) (*tenant.User, error) {
	c, err := h.readCode(p)
	if err != nil {
		return nil, err
	}
	user, err := h.PasswordlessLogin(c.typed(r, p))
	if err != nil {
		e := wire.AsError(err)
		return nil, tenant.PasswordlessRefused(tenant.UserBlocked().Code, e.Description).WithHint("%s", e.Hint)
	}
	return user, nil
}

// readLink is readRequest for a link, whose connection is the one of the code,
// and which need not have a nonce: the page that asked for it may have kept
// none.
//
// Source: Auth0 docs, "Passwordless authentication with magic links".
func (h *Handler) readLink(a *authorization, p wire.Params) error {
	q := maps.Clone(p)
	delete(q, "connection")
	q["login_ticket"] = p.Get("verification_code") // it stands for the credential as a ticket does
	if q.Get("nonce") == "" {
		q["nonce"] = p.Get("verification_code")
	}
	err := h.readRequest(a, q)
	a.Nonce = p.Get("nonce")
	return err
}
