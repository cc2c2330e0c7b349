package login

import (
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
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
		return wire.Redirect(pathIdentifier + "?state=" + t.ID), nil
	}
	return h.showLogin(r, t, a, nil)
}

// lost sends somebody whose login is gone back to where it can begin anew, if
// the client, as far as it is known, or the tenant says where.
//
// Source: Auth0 docs, "Configure default login routes".
//
// Differs: Auth0 wants https and no loopback address there.
func (h *Handler) lost(r *http.Request, err error) (*wire.Response, error) {
	x := wire.From(r)
	var target string
	_ = h.Store.View(func(s *store.State) error {
		target = s.Settings().DefaultRedirectionURI
		if c := s.Client(x.Noted("client_id")); c != nil {
			target = tenant.LoginRoute(c, s.Settings())
		}
		return nil
	})
	if !tenant.ValidRedirect(target) {
		return nil, err
	}
	return wire.Redirect(wire.AddQuery(target, "iss", x.Issuer)), nil
}

// formError is what a person typed wrong: the field, and the code of a text of
// the page's screen.
type formError struct{ field, code string }

// Form errors of the login pages. Their codes are keys of the prompts' texts;
// those about an identifier depend on what people may log in with.
//
// Source: Auth0 docs, "Customize Universal Login text elements" (text
// catalogue of the login prompts).
var (
	errNoIdentifier     = &formError{"username", "no-%s"}
	errNoPassword       = &formError{"password", "no-password"}
	errWrongCredentials = &formError{"password", "wrong-%s-credentials"}
	errInvalidLogin     = &formError{"username", "invalid-login-id"}
	errUserUnknown      = &formError{"", "user-unknown"}
	errUserBlocked      = &formError{"", "user-blocked"}
	errIPBlocked        = &formError{"", "ip-blocked"}
	errPasswordBreached = &formError{"password", "password-breached"}
)

// show is the error as a page shows it. identifier is what people log in with,
// in one word, "" where there are several.
func (e *formError) show(l ui.Look, screen, identifier string, pairs ...string) *ui.FieldError {
	if e == nil {
		return nil
	}
	code := e.code
	if strings.Contains(code, "%s") {
		if identifier == "" {
			identifier = "identifier"
		}
		if code = strings.Replace(e.code, "%s", identifier, 1); !ui.Knows(screen + code) {
			code = strings.Replace(e.code, "%s-", "", 1)
		}
	}
	return &ui.FieldError{Field: e.field, Code: code, Text: l.T(screen+code, pairs...)}
}

// statusOf is the status of a page with or without an error on it.
//
// Source: Auth0 docs, "Suspicious IP throttling" (429). Observed: statuses in
// public browser test suites.
func statusOf(failure *formError) int {
	switch {
	case failure == nil:
		return http.StatusOK
	case failure.code == errIPBlocked.code || failure.code == errIPSignupBlocked.code:
		return http.StatusTooManyRequests
	}
	return http.StatusBadRequest
}

// screenLogin begins the keys of the login page's texts.
const screenLogin = "login.login."

func (h *Handler) showLogin(r *http.Request, t *store.Transaction, a *authorization, failure *formError) (*wire.Response, error) {
	page := ui.Login{
		State: t.ID, Action: r.URL.Path + "?state=" + url.QueryEscape(t.ID), ClientName: a.client.Name,
		Username:      t.Identifier,
		Inviter:       a.inviter(),
		AskIdentifier: r.URL.Path != pathPassword, AskPassword: r.URL.Path != pathIdentifier,
	}
	if r.URL.Path == pathPassword {
		page.EditURL = pathIdentifier + "?state=" + url.QueryEscape(t.ID)
	}
	var identifiers []string
	_ = h.Store.View(func(s *store.State) error {
		page.Look = lookFor(s, a)
		connections := formConnections(s, a)
		identifiers = identifiersOf(connections)
		page.SignupURL, page.ResetURL = signupURL(s, a, t.ID), resetURL(connectionsFor(s, a), t.ID)
		page.DatabaseForm, page.Connections = len(connections) > 0, buttons(s, a)
		if h.FixtureUsers {
			page.Users = fixtureUsers(s, page.Look, connections, a)
		}
		return nil
	})
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

// identifiersOf are the attributes that people may name themselves by, at one
// of the databases.
func identifiersOf(connections []*tenant.Connection) []string {
	var names []string
	for _, name := range []string{tenant.AttributePhone, tenant.AttributeUsername, tenant.AttributeEmail} {
		if slices.ContainsFunc(connections, func(c *tenant.Connection) bool { return slices.Contains(c.Identifiers(), name) }) {
			names = append(names, words[name])
		}
	}
	return names
}

// words are what the keys of texts call the attributes.
var words = map[string]string{tenant.AttributePhone: "phone", tenant.AttributeUsername: "username", tenant.AttributeEmail: "email"}

// placeholder is the key of the label of the first field.
func placeholder(identifiers []string) string {
	switch {
	case len(identifiers) == 0:
		return "emailPlaceholder"
	case oneWord(identifiers) == "username":
		return "usernameOnlyPlaceholder" // usernamePlaceholder means an address too
	}
	key := identifiers[0]
	for _, word := range identifiers[1:] {
		key += "Or" + strings.ToUpper(word[:1]) + word[1:]
	}
	return key + "Placeholder"
}

// oneWord is the only identifier, "" if there are several.
func oneWord(identifiers []string) string {
	if len(identifiers) == 1 {
		return identifiers[0]
	}
	return ""
}

// maxFixtureUsers is how many users the one-click list shows.
const maxFixtureUsers = 50

func fixtureUsers(s *store.State, l ui.Look, connections []*tenant.Connection, a *authorization) []ui.QuickUser {
	var list []ui.QuickUser
	for _, u := range s.FirstUsers(maxFixtureUsers) {
		if !a.invited(u) || !slices.ContainsFunc(connections, func(c *tenant.Connection) bool { return c.Name == u.Connection }) {
			continue
		}
		list = append(list, ui.QuickUser{UserID: u.UserID, Label: u.Label(), Detail: userDetail(s, l, u, a.org)})
	}
	return list
}

func userDetail(s *store.State, l ui.Look, u *tenant.User, org *tenant.Organization) string {
	if u.Blocked {
		return l.T("common.users.blocked")
	}
	ids := u.Roles
	if org != nil {
		member := u.Member(org.ID)
		if member == nil {
			return l.T("common.users.notMember", "organizationName", org.Name)
		}
		ids = member.Roles
	}
	var names []string
	for _, id := range ids {
		if role := s.Role(id); role != nil {
			names = append(names, role.Name)
		}
	}
	if len(names) == 0 {
		return l.T("common.users.noRoles")
	}
	return strings.Join(names, ", ")
}

// identifier takes the first of the two pages.
func (h *Handler) identifier(r *http.Request) (*wire.Response, error) {
	t, a, p, err := h.submitted(r)
	if err != nil {
		return h.lost(r, err)
	}
	if p.Get("action") == actionFixtureUser {
		return h.fixtureLogin(r, t, a, p.Get("user_id"))
	}
	if chosen := h.chosenUpstream(t, a, p); chosen != nil {
		return chosen, nil
	}
	if browser := readBrowser(p); browser != nil {
		t.Browser = browser
	}
	if p.Get(fieldPasskey) != "" {
		return h.passkeyLogin(r, t, a, p.Get(fieldPasskey))
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
	return wire.Redirect(pathPassword + "?state=" + url.QueryEscape(t.ID)), nil
}

// actionFixtureUser is the `action` of the one-click buttons.
const actionFixtureUser = "fixture-user"

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
	if p.Get("action") == actionFixtureUser {
		return h.fixtureLogin(r, t, a, p.Get("user_id"))
	}
	if chosen := h.chosenUpstream(t, a, p); chosen != nil {
		return chosen, nil
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
		return h.loginFailed(r, t, a, err)
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

func (h *Handler) connections(a *authorization) (connections []*tenant.Connection) {
	_ = h.Store.View(func(s *store.State) error { connections = connectionsFor(s, a); return nil })
	return connections
}

// submitted reads a posted page. The form's own state counts; scripts that
// leave it out are known by the address (stateOf).
func (h *Handler) submitted(r *http.Request) (*store.Transaction, *authorization, wire.Params, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, nil, nil, err
	}
	t, a, err := h.transaction(r, stateOf(r, p))
	if err != nil {
		return nil, nil, nil, err
	}
	copied := *t
	copied.Captured = capture(t.Captured, p)
	a.captured = copied.Captured
	return &copied, a, p, nil
}

// Limits of the tenant's own fields; Auth0 publishes none.
const (
	capturedPrefix = "ulp-"
	maxCaptured    = 100
	maxCapturedLen = 10_000
)

// capture adds the fields of the tenant's own that a page was posted with.
//
// Source: Auth0 docs, "Customize signup and login prompts" (data capture).
func capture(before map[string]string, p wire.Params) map[string]string {
	all := maps.Clone(before)
	for name := range p {
		if !strings.HasPrefix(name, capturedPrefix) || len(p.Get(name)) > maxCapturedLen || len(all) >= maxCaptured {
			continue
		}
		if all == nil {
			all = map[string]string{}
		}
		all[name] = p.Get(name)
	}
	return all
}

// stateOf is the transaction that a posted page belongs to.
func stateOf(r *http.Request, p wire.Params) string {
	if id := p.Get("state"); id != "" {
		return id
	}
	return r.URL.Query().Get("state")
}

func (h *Handler) keep(t *store.Transaction) {
	now := h.Clock.Now()
	_ = h.Store.Update(func(s *store.State) error {
		s.Transactions.Put(t.ID, t, now.Add(transactionLifetime), now)
		return nil
	})
}

// fixtureLogin signs in one of the listed users without a password.
//
// Differs: Auth0 has no such thing; --fixture-users=off takes it away.
func (h *Handler) fixtureLogin(r *http.Request, t *store.Transaction, a *authorization, userID string) (*wire.Response, error) {
	if !h.FixtureUsers {
		return nil, tenant.NotFound()
	}
	user := h.user(userID)
	var connections []*tenant.Connection
	_ = h.Store.View(func(s *store.State) error { connections = formConnections(s, a); return nil })
	if user == nil || !slices.ContainsFunc(connections, func(c *tenant.Connection) bool { return c.Name == user.Connection }) {
		return h.showLogin(r, t, a, errUserUnknown)
	}
	if user.Blocked {
		return h.loginFailed(r, t, a, tenant.UserBlocked())
	}
	return h.loggedIn(r, t, a, user)
}

// loginFailure is what a login page says about a refused login, nil where it
// has nothing to say.
func loginFailure(e *tenant.Error) *formError {
	switch {
	case e.Code == tenant.WrongPassword(false).Code:
		return errWrongCredentials
	case e.Code == tenant.CodePasswordLeaked:
		return errPasswordBreached
	case e.Locked():
		return errUserBlocked
	case e.Code == tenant.CodeTooManyAttempts:
		return errIPBlocked
	}
	return nil
}

// hinted adds the advice about a form error to the page that shows it.
func hinted(res *wire.Response, err error, e *tenant.Error) (*wire.Response, error) {
	if err == nil && e.Hint != "" {
		res.With(wire.HintHeader, wire.OneLine(e.Hint))
	}
	return res, err
}

// loginFailed shows on the page what can be mended there, or by waiting, or by
// a mail; a blocked user cannot mend anything, so the app is told.
func (h *Handler) loginFailed(r *http.Request, t *store.Transaction, a *authorization, err error) (*wire.Response, error) {
	e := wire.AsError(err)
	if failure := loginFailure(e); failure != nil {
		a.x.Failed(e)
		res, err := h.showLogin(r, t, a, failure)
		return hinted(res, err, e)
	}
	_ = h.Store.Update(func(s *store.State) error { s.Transactions.Delete(t.ID); return nil })
	return h.refuse(a, e)
}

// loggedIn starts the session and sends the browser to the end of the login.
func (h *Handler) loggedIn(r *http.Request, t *store.Transaction, a *authorization, user *tenant.User) (*wire.Response, error) {
	h.EndSession(h.sessionID(r), "")
	user = h.LoggedIn(user.UserID, a.x.IP, false)
	if user == nil {
		return nil, tenant.TransactionDead()
	}
	session := h.StartSession(user, store.Session{Connection: t.Connection, Issuer: a.Issuer, Upstream: t.Upstream, First: t.First, Browser: t.Browser})
	t.First = store.FirstFactor{}
	t.SessionID, t.Question, t.Shown, t.Asked = session.ID, nil, true, false
	h.keep(t)
	a.isOf(user)
	res := wire.Redirect(pathResume + "?state=" + url.QueryEscape(t.ID))
	_ = h.Store.View(func(s *store.State) error { h.setSession(res, a.x, session.ID, s.Settings()); return nil })
	return res, nil
}

// look is the tenant's branding, or the organization's where it has its own.
func look(s *store.State, org *tenant.Organization) ui.Look {
	l := ui.Look{TenantName: s.Settings().DisplayName(), LogoURL: s.Settings().PictureURL, Lang: "en"}
	brandings := []*tenant.Branding{s.Branding()}
	if org != nil && org.Branding != nil {
		brandings = append(brandings, org.Branding)
	}
	for _, b := range brandings {
		overlay(&l.LogoURL, b.LogoURL)
		overlay(&l.FaviconURL, b.FaviconURL)
		overlay(&l.PrimaryColor, b.Colors.Primary)
		overlay(&l.PageBackground, b.Colors.Background())
	}
	if org != nil && org.DisplayName != "" {
		l.TenantName = org.DisplayName
	}
	return l
}

func overlay(target *string, value string) {
	if value != "" {
		*target = value
	}
}

func (h *Handler) nonce() string { return base64.RawURLEncoding.EncodeToString(h.IDs.Bytes(16)) }

// render answers with a page that nobody may frame and that runs no script but
// the one with the nonce.
//
// Source: Auth0 docs, "Clickjacking protection"; CSP Level 3.
func render(status int, page ui.Page, scriptNonce string) (*wire.Response, error) {
	body, err := ui.Render(page)
	if err != nil {
		return nil, err
	}
	policy := "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src * data:; frame-ancestors 'none'; base-uri 'none'"
	nonces := ""
	if scriptNonce != "" {
		nonces = " 'nonce-" + scriptNonce + "'"
	}
	if author := ui.AuthorNonce(page); author != "" {
		// The tenant's own HTML may load what it likes, but only its own scripts
		// run, and what they load.
		policy = "default-src 'none'; style-src * 'unsafe-inline'; font-src * data:; img-src * data:; media-src *; connect-src *; frame-src *; " +
			"frame-ancestors 'none'; base-uri 'none'"
		nonces += " 'nonce-" + author + "' 'strict-dynamic'"
	}
	if nonces != "" {
		policy += "; script-src" + nonces
	}
	return wire.HTML(status, body).
		With("Content-Security-Policy", policy).
		With("X-Frame-Options", "deny").
		With("Referrer-Policy", "same-origin"), nil
}
