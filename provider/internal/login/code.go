package login

import (
	"net/http"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Paths of the pages that take the one-time code of a passwordless connection.
//
// Observed: public browser test suites, for e-mail. The one for text messages
// is inferred from it.
const (
	pathEmailCode = "/u/login/passwordless-email-challenge"
	pathSMSCode   = "/u/login/passwordless-sms-challenge"
)

// Screens of the pages, which begin the keys of their texts.
//
// Source: Auth0 docs, "Customize Universal Login text elements" (prompt
// login-passwordless).
const (
	screenEmailCode = "login-passwordless.login-passwordless-email-code"
	screenSMSCode   = "login-passwordless.login-passwordless-sms-otp"
)

// What can be wrong with a code. Only the first has a key of Auth0's.
var (
	errWrongCode   = &formError{"code", "invalid-verification-code"}
	errNoCode      = &formError{"code", "no-code"}
	errNoCodesLeft = &formError{"code", "too-many-attempts"}
)

func (h *Handler) mountCode(rt *wire.Router) {
	for _, path := range []string{pathEmailCode, pathSMSCode} {
		rt.Handle("GET", path, h.errorPage, h.codePage)
		rt.Handle("POST", path, h.errorPage, h.code)
	}
	rt.Handle("GET", pathCreateAccount, h.errorPage, h.createAccountPage)
	rt.Handle("POST", pathCreateAccount, h.errorPage, h.createAccount)
}

// askCode sends a code to what was typed on the page of the identifier, and
// leads to the page that takes it.
func (h *Handler) askCode(t *store.Transaction, a *authorization, c *tenant.Connection, to string, signup bool) *wire.Response {
	to = strings.ToLower(to)
	t.Identifier, t.Signup, t.Code = to, nil, &store.CodeStep{Connection: c.Name, To: to, Signup: signup}
	h.keep(t)
	h.sendLoginCode(t, a, c)
	return wire.Redirect(atState(codePath(c, to), t.ID))
}

// codePath is the page that takes the code. The codes of a database have the
// pages that verify its people's addresses and numbers, which is inferred.
func codePath(c *tenant.Connection, to string) string {
	switch byPhone := tenant.ValidPhone(to); {
	case c.Database() && byPhone:
		return pathSignupPhoneCode
	case c.Database():
		return pathSignupEmailCode
	case byPhone:
		return pathSMSCode
	}
	return pathEmailCode
}

// misfit says why no code of the connection can be sent to what was typed, nil
// where it can.
func misfit(c *tenant.Connection, typed string) *formError {
	switch {
	case c.Strategy == tenant.StrategySMS && !tenant.ValidPhone(typed):
		return &formError{"username", "invalid-phone-number"}
	case c.Strategy == tenant.StrategyEmail && !tenant.ValidEmail(typed):
		return &formError{"username", "invalid-email-format"}
	}
	return nil
}

// sendLoginCode sends a new code, which replaces the one before. Nobody learns
// from the page who is known: those who may not log in are told of a code as
// all are, and only the tenant's log says why they get none. That it hides this
// also where the connection takes no new users is inferred.
//
// Source: Auth0 docs, "Passwordless connections best practices".
func (h *Handler) sendLoginCode(t *store.Transaction, a *authorization, c *tenant.Connection) {
	var code string
	var user *tenant.User
	var err error
	if c.Database() {
		code, user = h.NewDatabaseCode(c, t.Code.To, t.ID, a.takesSignups(c))
	} else {
		code, user, err = h.NewCode(c, t.Code.To, t.ID)
	}
	e := a.event(flow.CodeSentEvent(t.Code.To))
	e.Connection, e.UserName = c.Name, t.Code.To
	if user != nil {
		e.UserID = user.UserID
	}
	switch {
	case err != nil:
		e.Type, e.Description = tenant.LogFailedLogin, wire.AsError(err).Description
	case code == "" && user == nil:
		e.Type, e.Description = tenant.LogFailedLogin, "User does not exist."
	case code == "":
		e.Type, e.Description = tenant.LogFailedLogin, tenant.UserBlocked().Description
	default:
		h.SendCode(a.occasion(), flow.CodeMessage{Connection: c, Client: a.client, To: t.Code.To, Code: code})
	}
	h.Log(e)
}

// codeStep is the connection whose code the login waits for, nil for none.
func (h *Handler) codeStep(t *store.Transaction, a *authorization) (c *tenant.Connection) {
	if t.Code == nil {
		return nil
	}
	_ = h.Store.View(func(s *store.State) error {
		if found := s.ConnectionByName(t.Code.Connection); found != nil && a.allows(found) {
			c = found
		}
		return nil
	})
	return c
}

// toLogin leads back to where the login begins.
func (h *Handler) toLogin(t *store.Transaction) *wire.Response { return wire.Redirect(h.loginURL(t)) }

func (h *Handler) codePage(r *http.Request) (*wire.Response, error) {
	t, a, err := h.transaction(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	c := h.codeStep(t, a)
	if c == nil {
		return h.toLogin(t), nil
	}
	return h.showLoginCode(t, a, c, nil)
}

func (h *Handler) showLoginCode(t *store.Transaction, a *authorization, c *tenant.Connection, failure *formError) (*wire.Response, error) {
	screen := screenEmailCode
	if tenant.ValidPhone(t.Code.To) {
		screen = screenSMSCode
	}
	return render(statusOf(failure), ui.Code{
		ScreenPage: h.screen(t, a, codePath(c, t.Code.To), screen, failure), To: t.Code.To, EditURL: atState(pathIdentifier, t.ID),
	}, "")
}

// code takes the code that was sent, or sends another.
//
// Source: Auth0 docs, "Passwordless with Universal Login"; "Passwordless
// authentication with email" (three tries, only the latest code).
func (h *Handler) code(r *http.Request) (*wire.Response, error) {
	t, a, p, err := h.submitted(r)
	if err != nil {
		return h.lost(r, err)
	}
	return h.answerCode(r, t, a, p)
}

func (h *Handler) answerCode(r *http.Request, t *store.Transaction, a *authorization, p wire.Params) (*wire.Response, error) {
	if switched := h.switchConnection(t, a, p); switched != nil {
		return switched, nil
	}
	c := h.codeStep(t, a)
	if c == nil {
		return h.toLogin(t), nil
	}
	if p.Get("action") == "resend-code" {
		h.sendLoginCode(t, a, c)
		return h.showLoginCode(t, a, c, nil)
	}
	code := strings.TrimSpace(p.Get("code"))
	if code == "" {
		return h.showLoginCode(t, a, c, errNoCode)
	}
	if c.Database() {
		return h.useDatabaseCode(r, t, a, c, code)
	}
	user, err := h.PasswordlessLogin(a.typedCode(c, t, code))
	if err != nil {
		return h.codeRefused(t, a, c, wire.AsError(err))
	}
	t.Code = nil
	return h.loggedIn(r, t, a, user)
}

// codeRefused shows on the page what can be mended there.
func (h *Handler) codeRefused(t *store.Transaction, a *authorization, c *tenant.Connection, e *tenant.Error) (*wire.Response, error) {
	a.x.Failed(e)
	event := a.event(tenant.LogFailedLogin)
	event.Connection, event.UserName, event.Description = c.Name, t.Code.To, e.Description
	h.Log(event)
	var failure *formError
	switch {
	case e.Anomaly():
		failure = &formError{"code", loginFailure(e).code}
	case e.Code == tenant.TooManyCodes().Code:
		failure = errNoCodesLeft
	case e.Code == tenant.WrongCode(c).Code:
		failure = errWrongCode
	}
	if failure == nil {
		return h.endInRefusal(t, a, e)
	}
	res, err := h.showLoginCode(t, a, c, failure)
	return hinted(res, err, e.Hint)
}

// typedCode is the code that was typed into the login.
func (a *authorization) typedCode(c *tenant.Connection, t *store.Transaction, code string) flow.TypedCode {
	return flow.TypedCode{About: a.event(""), Occasion: a.occasion(), Connection: c, To: t.Code.To, Code: code, TransactionID: t.ID}
}

// switchConnection goes on with another connection of the client than the one
// the page is of, where the form names it: from a password to a code, and back.
// Our pages do not offer it, as Auth0's do not; the tenant's own forms do.
//
// Source: Auth0 docs, "Configure flexible connection switching".
func (h *Handler) switchConnection(t *store.Transaction, a *authorization, p wire.Params) *wire.Response {
	name := p.Get("connection")
	asked := *a
	asked.Connection = name
	var database, passwordless *tenant.Connection
	_ = h.Store.View(func(s *store.State) error {
		passwordless = codeConnection(s, &asked)
		if i := slices.IndexFunc(connectionsFor(s, &asked), func(c *tenant.Connection) bool { return c.Name == name }); i >= 0 {
			database = connectionsFor(s, &asked)[i]
		}
		return nil
	})
	switch {
	case name == "":
		return nil
	case passwordless != nil:
		t.Request.Connection = name
		if misfit(passwordless, t.Identifier) == nil {
			return h.askCode(t, &asked, passwordless, t.Identifier, false)
		}
	case database != nil && t.Code != nil && database.PasswordsEnabled():
		t.Request.Connection, t.Code = name, nil
	default:
		return nil
	}
	h.keep(t)
	if database != nil && t.Identifier != "" {
		return wire.Redirect(atState(pathPassword, t.ID))
	}
	return h.toLogin(t)
}
