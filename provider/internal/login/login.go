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

// loginPage shows the page of the path: both fields, or one of the two of
// identifier first.
func (h *Handler) loginPage(r *http.Request) (*wire.Response, error) {
	t, a, err := h.transaction(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	if r.URL.Path == pathPassword && (t.Identifier == "" || h.asksNoPassword(a)) {
		return wire.Redirect(atState(pathIdentifier, t.ID)), nil
	}
	return h.showLogin(r, t, a, nil)
}

// loginURL is where the login page of the transaction is.
func loginURL(s *store.State, id string) string {
	if s.Prompts().IdentifierFirst {
		return atState(pathIdentifier, id)
	}
	return atState(pathLogin, id)
}

func (h *Handler) loginURL(t *store.Transaction) (url string) {
	_ = h.Store.View(func(s *store.State) error { url = loginURL(s, t.ID); return nil })
	return url
}

// screenLogin begins the keys of the login page's texts.
const screenLogin = "login.login."

func (h *Handler) showLogin(r *http.Request, t *store.Transaction, a *authorization, failure *formError) (*wire.Response, error) {
	page, identifiers := h.loginView(t, a, r.URL.Path, formConnections)
	page.Inviter = a.inviter()
	page.AskIdentifier, page.AskPassword = r.URL.Path != pathPassword, r.URL.Path != pathIdentifier
	if r.URL.Path == pathPassword {
		page.EditURL = atState(pathIdentifier, t.ID)
	}
	if a.invitation != nil && slices.Contains(identifiers, words[tenant.AttributeEmail]) {
		page.Fixed, page.EditURL = true, ""
	}
	if r.URL.Path == pathIdentifier {
		h.addPasskeys(&page, t, a)
	}
	page.IdentifierLabel = page.T(page.Screen(placeholder(identifiers)))
	page.Error = failure.show(page.Look, screenLogin, oneWord(identifiers))
	return render(statusOf(failure), page, page.ScriptNonce)
}

// loginView is what every login page has, for the users of the connections, and
// what they name themselves by.
func (h *Handler) loginView(t *store.Transaction, a *authorization, path string, connectionsOf func(*store.State, *authorization) []*tenant.Connection) (page ui.Login, identifiers []string) {
	page = ui.Login{Form: h.form(t, a, path), Username: t.Identifier}
	_ = h.Store.View(func(s *store.State) error {
		connections := connectionsOf(s, a)
		identifiers = identifiersOf(connections)
		page.SignupURL, page.ResetURL = signupURL(s, a, t.ID), resetURL(connectionsFor(s, a), t.ID)
		page.DatabaseForm, page.Connections = len(connections) > 0, buttons(s, a)
		page.NoPassword = hasHomeRealms(s, a)
		if h.FixtureUsers {
			page.Users = fixtureUsers(s, page.Look, connections, a)
		}
		return nil
	})
	return page, identifiers
}

// elsewhere goes on where a posted login page leads if it is no credential that
// was posted: as a user of the list, or at a provider. Else it answers nothing.
func (h *Handler) elsewhere(r *http.Request, t *store.Transaction, a *authorization, p wire.Params) (*wire.Response, error) {
	if p.Get("action") == actionFixtureUser {
		return h.fixtureLogin(r, t, a, p.Get("user_id"))
	}
	return h.chosenUpstream(t, a, p), nil
}

// identifier takes the first of the two pages.
func (h *Handler) identifier(r *http.Request) (*wire.Response, error) {
	t, a, p, err := h.submitted(r)
	if err != nil {
		return h.lost(r, err)
	}
	if res, err := h.elsewhere(r, t, a, p); res != nil || err != nil {
		return res, err
	}
	if browser := readBrowser(p); browser != nil {
		t.Browser = browser
	}
	switch credential := p.Get(fieldPasskey); {
	case credential != "":
		return h.passkeyLogin(r, t, a, credential)
	case sent(p, fieldPasskey): // the button, in a browser without scripts
		return h.showLogin(r, t, a, errPasskey)
	}
	t.Identifier = strings.TrimSpace(p.Get("username"))
	h.keep(t)
	if t.Identifier == "" {
		return h.showLogin(r, t, a, errNoIdentifier)
	}
	if c := h.codeConnectionOf(a); c != nil {
		if failure := misfit(c, t.Identifier); failure != nil {
			return h.showLogin(r, t, a, failure)
		}
		return h.askCode(t, a, c, t.Identifier, false), nil
	}
	if c := flow.CodeDatabase(h.connections(a), t.Identifier); c != nil {
		return h.askCode(t, a, c, t.Identifier, false), nil
	}
	if h.asksNoPassword(a) {
		return h.showLogin(r, t, a, errInvalidLogin)
	}
	return wire.Redirect(atState(pathPassword, t.ID)), nil
}

// login takes identifier and password and, if they are right, sends the
// browser on to the end of the login.
//
// Source: Auth0 docs, "Universal Login". Observed: form fields and status in
// public browser test suites.
func (h *Handler) login(r *http.Request) (*wire.Response, error) {
	t, a, p, err := h.submitted(r)
	if err != nil {
		return h.lost(r, err)
	}
	if res, err := h.elsewhere(r, t, a, p); res != nil || err != nil {
		return res, err
	}
	if switched := h.switchConnection(t, a, p); switched != nil {
		return switched, nil
	}
	if username := strings.TrimSpace(p.Get("username")); username != "" {
		t.Identifier = username
	}
	switch {
	case t.Identifier == "":
		return h.showLogin(r, t, a, errNoIdentifier)
	case p.Get("password") == "":
		return h.showLogin(r, t, a, errNoPassword)
	}
	user, err := h.checkPassword(a, h.connections(a), t.Identifier, p.Get("password"))
	if err != nil {
		return h.loginFailed(h.showLogin, r, t, a, err)
	}
	t.First = store.FirstFactor{Password: true}
	return h.loggedIn(r, t, a, user)
}

// checkPassword checks a password that was typed on a page.
func (h *Handler) checkPassword(a *authorization, connections []*tenant.Connection, identifier, plain string) (*tenant.User, error) {
	user, err := h.Authenticate(flow.Credentials{
		About: a.event(""), Occasion: a.occasion(), Connections: connections, Identifier: identifier, Password: plain,
	})
	if user != nil {
		a.isOf(user)
	}
	return user, err
}

// shownLogin shows a login page, with what was typed wrong on it.
type shownLogin func(*http.Request, *store.Transaction, *authorization, *formError) (*wire.Response, error)

// loginFailed shows on the page what can be mended there, or by waiting, or by
// a mail; a blocked user cannot mend anything, so the app is told.
func (h *Handler) loginFailed(show shownLogin, r *http.Request, t *store.Transaction, a *authorization, err error) (*wire.Response, error) {
	e := wire.AsError(err)
	failure := loginFailure(e)
	if failure == nil {
		return h.endInRefusal(t, a, e)
	}
	a.x.Failed(e)
	res, err := show(r, t, a, failure)
	return hinted(res, err, e.Hint)
}

// loggedIn starts the session and sends the browser to the end of the login.
func (h *Handler) loggedIn(r *http.Request, t *store.Transaction, a *authorization, user *tenant.User) (*wire.Response, error) {
	h.EndSession(h.sessionID(r), "")
	user = h.LoggedIn(user.UserID, a.x.IP, false)
	if user == nil {
		return nil, tenant.TransactionDead()
	}
	session := h.StartSession(user, store.Session{Connection: t.Connection, Issuer: a.Issuer, Upstream: t.Upstream, First: t.First, Browser: t.Browser})
	t.Begin(session.ID)
	t.Shown = true
	if !h.keep(t) {
		h.EndSession(session.ID, "")
		return h.lost(r, tenant.TransactionLost().WithHint("the login has ended meanwhile, in another window"))
	}
	a.isOf(user)
	res := wire.Redirect(atState(pathResume, t.ID))
	_ = h.Store.View(func(s *store.State) error { h.setSession(res, a.x, session.ID, s.Settings()); return nil })
	return res, nil
}
