package login

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Paths of the sign-up pages: one for all, or two where the login is
// identifier first, and those that take a code.
//
// Source: Auth0 docs, "Universal Login" (prompt paths).
const (
	pathSignup           = "/u/signup"
	pathSignupIdentifier = "/u/signup/identifier"
	pathSignupPassword   = "/u/signup/password"
	pathSignupEmailCode  = "/u/email-identifier/challenge"
	pathSignupPhoneCode  = "/u/phone-identifier/challenge"
)

func (h *Handler) mountSignup(rt *wire.Router) {
	for _, path := range []string{pathSignup, pathSignupIdentifier, pathSignupPassword} {
		rt.Handle("GET", path, h.errorPage, h.signupPage)
		rt.Handle("POST", path, h.errorPage, h.signup)
	}
	for _, path := range []string{pathSignupEmailCode, pathSignupPhoneCode} {
		rt.Handle("GET", path, h.errorPage, h.signupCodePage)
		rt.Handle("POST", path, h.errorPage, h.signupCode)
	}
}

// signupConnection is the database, or the passwordless connection, that this
// login's people may sign up in, nil for none.
func signupConnection(s *store.State, a *authorization) *tenant.Connection {
	if c := codeConnection(s, a); c != nil && a.takesSignups(c) {
		return c
	}
	for _, c := range connectionsFor(s, a) {
		if a.takesSignups(c) {
			return c
		}
	}
	return nil
}

// takesSignups says whether people may sign up in the database for this login.
// Inside an organization that is the organization's to say, and new users must
// become members. An invited person may sign up where either allows it.
//
// Source: Auth0 docs, "Database connections" (disable sign ups), "Enable
// organization connections" (Organization Signup); Auth0 support, "Organization
// Invitation Flow and Auto-Membership Requirements".
func (a *authorization) takesSignups(c *tenant.Connection) bool {
	if a.org == nil {
		return !c.SignupDisabled()
	}
	own := a.org.Connection(c.ID)
	switch {
	case own == nil:
		return false
	case a.invitation != nil:
		return !c.SignupDisabled() || own.IsSignupEnabled
	}
	return own.IsSignupEnabled && own.AssignMembershipOnLogin
}

// signupURL is where a login page leads those who have no account, "" if
// nobody can sign up.
func signupURL(s *store.State, a *authorization, id string) string {
	switch {
	case signupConnection(s, a) == nil:
		return ""
	case s.Prompts().IdentifierFirst:
		return atState(pathSignupIdentifier, id)
	}
	return atState(pathSignup, id)
}

// loginURL is where the login page of the transaction is.
func loginURL(s *store.State, id string) string {
	if s.Prompts().IdentifierFirst {
		return atState(pathIdentifier, id)
	}
	return atState(pathLogin, id)
}

// Form errors of the sign-up pages.
//
// Source: Auth0 docs, "Customize Universal Login text elements" (text
// catalogue of the signup prompts).
var (
	errSignupTaken     = &formError{"", "auth0-users-validation"}
	errInvalidCode     = &formError{"code", "invalid-code"}
	errTooManyCodes    = &formError{"code", "too-many-codes"}
	errIPSignupBlocked = &formError{"", "ip-signup-blocked"}
)

const screenSignup = "signup.signup."

func (h *Handler) signupPage(r *http.Request) (*wire.Response, error) {
	t, a, err := h.transaction(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	if err := h.uninvited(a); err != nil {
		return h.endInRefusal(t, a, err)
	}
	if r.URL.Path == pathSignupPassword && t.Signup == nil {
		return wire.Redirect(atState(pathSignupIdentifier, t.ID)), nil
	}
	c := h.signupConnectionOf(a)
	if c == nil {
		return nil, tenant.SignupDisabled(a.Connection)
	}
	if c.Passwordless() && r.URL.Path != pathSignupIdentifier || r.URL.Path == pathSignupPassword && !c.PasswordsEnabled() {
		return wire.Redirect(atState(pathSignupIdentifier, t.ID)), nil
	}
	draft := store.Signup{}
	if t.Signup != nil {
		draft = *t.Signup
	} else {
		prefill(&draft, t.Identifier)
	}
	return h.showSignup(r, t, a, c, draft, "", nil)
}

// prefill takes over what was typed on the login page, or came as login_hint.
func prefill(draft *store.Signup, identifier string) {
	switch {
	case tenant.ValidEmail(identifier):
		draft.Email = identifier
	case tenant.ValidPhone(identifier):
		draft.Phone = identifier
	default:
		draft.Username = identifier
	}
}

func (h *Handler) signupConnectionOf(a *authorization) (c *tenant.Connection) {
	_ = h.Store.View(func(s *store.State) error { c = signupConnection(s, a); return nil })
	return c
}

// values are the draft's by attribute.
func values(draft store.Signup) map[string]string {
	return map[string]string{tenant.AttributeEmail: draft.Email, tenant.AttributePhone: draft.Phone, tenant.AttributeUsername: draft.Username}
}

func (h *Handler) showSignup(r *http.Request, t *store.Transaction, a *authorization, c *tenant.Connection, draft store.Signup, plain string, failure *formError) (*wire.Response, error) {
	page := ui.Signup{State: t.ID, Action: atState(r.URL.Path, t.ID), ClientName: a.client.Name, AskPassword: r.URL.Path != pathSignupIdentifier && c.PasswordsEnabled(), Inviter: a.inviter()}
	_ = h.Store.View(func(s *store.State) error {
		page.Look = lookFor(s, a)
		page.LoginURL = loginURL(s, t.ID)
		page.Connections = buttons(s, a)
		return nil
	})
	if r.URL.Path == pathSignupPassword {
		page.EditURL = atState(pathSignupIdentifier, t.ID)
		page.Known = known(c, draft)
	} else {
		page.Fields = signupFields(page.Look, c, draft, a.invitation)
	}
	if page.AskPassword {
		page.Rules, page.RulesJudged = rules(page.Look, flow.PasswordRules(c, plain)), plain != ""
	}
	if _, on := c.Passkeys(); on && r.URL.Path == pathSignupIdentifier {
		page.ScriptNonce = h.nonce()
	}
	least, most := c.UsernameLimits()
	page.Error = failure.show(page.Look, screenSignup, "", "min", strconv.Itoa(least), "max", strconv.Itoa(most))
	return render(statusOf(failure), page, page.ScriptNonce)
}

// signupFields are what is asked for. The address of somebody invited is not.
func signupFields(l ui.Look, c *tenant.Connection, draft store.Signup, invitation *tenant.Invitation) []ui.SignupField {
	var fields []ui.SignupField
	add := func(name string, required, fixed bool, value string) {
		word := words[name]
		fields = append(fields, ui.SignupField{Name: word, Label: l.T(screenSignup + word + "Placeholder"), Value: value, Required: required, Fixed: fixed})
	}
	if invitation != nil {
		add(tenant.AttributeEmail, true, true, invitation.Invitee.Email)
	}
	for _, attribute := range c.Attributes() {
		if attribute.Asked && (invitation == nil || attribute.Name != tenant.AttributeEmail) {
			add(attribute.Name, attribute.Required, false, values(draft)[attribute.Name])
		}
	}
	return fields
}

// rules are the lines in the page's language.
func rules(l ui.Look, lines []flow.PasswordRule) []ui.PasswordRule {
	const screen = "common.password-rules."
	list := make([]ui.PasswordRule, len(lines))
	for i, line := range lines {
		list[i] = ui.PasswordRule{Text: l.T(screen+line.Code, line.Pairs...), Kept: line.Kept}
		for _, part := range line.Parts {
			list[i].Parts = append(list[i].Parts, ui.PasswordPart{Text: l.T(screen + part.Code), Kept: part.Kept})
		}
	}
	return list
}

// known is the first thing that was typed, for the page that asks for the
// password.
func known(c *tenant.Connection, draft store.Signup) string {
	for _, attribute := range c.Attributes() {
		if v := values(draft)[attribute.Name]; v != "" {
			return v
		}
	}
	return ""
}

// signup takes what a person wants to be known by and their password, and logs
// them in at once.
//
// Source: Auth0 docs, "Universal Login" (signup prompts).
func (h *Handler) signup(r *http.Request) (*wire.Response, error) {
	t, a, p, err := h.submitted(r)
	if err != nil {
		return h.lost(r, err)
	}
	if err := h.uninvited(a); err != nil {
		return h.endInRefusal(t, a, err)
	}
	if chosen := h.chosenButton(t, p); chosen != nil {
		return chosen, nil
	}
	c := h.signupConnectionOf(a)
	if c == nil {
		return nil, tenant.SignupDisabled(a.Connection)
	}
	second := r.URL.Path == pathSignupPassword
	if second && t.Signup == nil {
		return wire.Redirect(atState(pathSignupIdentifier, t.ID)), nil
	}
	draft := typedDraft(t, a, p, second)
	if failure := checkDraft(c, draft); failure != nil && !second {
		return h.showSignup(r, t, a, c, draft, "", failure)
	}
	if to := codeOnly(c, draft); to != "" && a.invitation == nil {
		return h.askCode(t, a, c, to, true), nil
	}
	if r.URL.Path == pathSignupIdentifier && c.PasswordsEnabled() {
		t.Signup = &draft
		return h.askSecret(t, a, c, p), nil
	}
	plain := p.Get("password")
	if plain == "" && c.PasswordsEnabled() {
		return h.showSignup(r, t, a, c, draft, plain, errNoPassword)
	}
	draft.User = &tenant.User{Email: draft.Email, EmailVerified: a.invitation != nil, PhoneNumber: draft.Phone, Username: draft.Username}
	if err := h.PrepareSignUp(flow.NewUser{About: a.event(""), Connection: c, User: draft.User, Password: plain}); err != nil {
		return h.signupRefused(r, t, a, c, draft, plain, err)
	}
	draft.ToVerify = toVerify(c, draft, a.invitation != nil)
	t.Signup = &draft
	return h.nextSignupStep(r, t, a, c)
}

// askSecret leads from the first of two pages to the second: the one of a
// passkey where browser and database know them, else that of the password.
func (h *Handler) askSecret(t *store.Transaction, a *authorization, c *tenant.Connection, p wire.Params) *wire.Response {
	if browser := readBrowser(p); browser != nil {
		t.Browser = browser
	}
	h.keep(t)
	if _, on := c.Passkeys(); on && a.invitation == nil && t.Browser != nil && t.Browser.WebAuthn && a.named() {
		return wire.Redirect(atState(pathPasskey, t.ID))
	}
	return wire.Redirect(atState(pathSignupPassword, t.ID))
}

// typedDraft is what was typed, on this page or, for the second of two, on the
// one before.
func typedDraft(t *store.Transaction, a *authorization, p wire.Params, second bool) store.Signup {
	if second {
		return *t.Signup
	}
	draft := store.Signup{Email: strings.TrimSpace(p.Get("email")), Phone: strings.TrimSpace(p.Get("phone")), Username: strings.TrimSpace(p.Get("username"))}
	if a.invitation != nil {
		draft.Email = a.invitation.Invitee.Email
	}
	return draft
}

// codeOnly is the address or number whose code is all it takes to sign up: who
// has one, logs in by it. It is "" where it takes more.
//
// Source: Auth0 docs, "Implicit signup and login for passwordless database
// connections" (implicit login).
func codeOnly(c *tenant.Connection, draft store.Signup) string {
	if c.Passwordless() {
		return values(draft)[c.Identifiers()[0]]
	}
	to := cmp.Or(draft.Email, draft.Phone)
	if c.PasswordsEnabled() || draft.Username != "" || to != draft.Email+draft.Phone || !c.SignsUpByCode(tenant.AttributeOf(to)) {
		return ""
	}
	return to
}

// checkDraft holds what was typed against what the database asks for.
func checkDraft(c *tenant.Connection, draft store.Signup) *formError {
	named := false
	least, most := c.UsernameLimits()
	for _, attribute := range c.Attributes() {
		value, word := values(draft)[attribute.Name], words[attribute.Name]
		named = named || value != "" && attribute.Identifier
		switch {
		case value == "" && attribute.Required:
			return &formError{word, "no-" + word}
		case value == "":
		case attribute.Name == tenant.AttributeEmail && !tenant.ValidEmail(value):
			return &formError{word, "invalid-email-format"}
		case attribute.Name == tenant.AttributePhone && !tenant.ValidPhone(value):
			return &formError{word, "invalid-phone"}
		case attribute.Name == tenant.AttributeUsername && !tenant.ValidUsername(value):
			return &formError{word, "invalid-username"}
		case attribute.Name == tenant.AttributeUsername && (len([]rune(value)) < least || len([]rune(value)) > most):
			return &formError{word, "invalid-username-length"}
		}
	}
	if !named {
		word := "email"
		if names := c.Identifiers(); len(names) > 0 {
			word = words[names[0]]
		}
		return &formError{word, "no-" + word}
	}
	return nil
}

// signupErrors are the codes of form errors by the names of errors.
var signupErrors = map[string]*formError{
	"PasswordStrengthError":   {"password", "password-too-weak"},
	"PasswordDictionaryError": {"password", "password-too-common"},
	"PasswordNoUserInfoError": {"password", "password-contains-user-information"},
	"PasswordHistoryError":    {"password", "password-previously-used"},
}

// signupRefused shows on the page what can be mended there.
func (h *Handler) signupRefused(r *http.Request, t *store.Transaction, a *authorization, c *tenant.Connection, draft store.Signup, plain string, err error) (*wire.Response, error) {
	e := wire.AsError(err)
	a.x.Failed(e)
	h.logSignup(a, c, draft.User, err)
	failure := signupErrors[e.Name]
	switch {
	case failure != nil:
	case e.Code == tenant.UsernameExists().Code:
		failure = &formError{"username", "username-taken"}
	case e.Code == tenant.UserExists().Code && draft.Email != "":
		failure = &formError{"email", "email-in-use"}
	case e.Code == tenant.UserExists().Code:
		failure = &formError{"phone", "email-in-use"}
	case e.Code == tenant.InvalidSignup().Code:
		failure = errSignupTaken
	case e.Code == tenant.CodeTooManyAttempts:
		failure = errIPSignupBlocked
	case e.Code == tenant.CodePasswordLeaked:
		failure = errPasswordBreached
	default:
		return nil, err
	}
	res, err := h.showSignup(r, t, a, c, draft, plain, failure)
	return hinted(res, err, e.Hint)
}

// nextSignupStep asks for the code of the next attribute to verify; when there
// is none left, the user is made and logged in.
func (h *Handler) nextSignupStep(r *http.Request, t *store.Transaction, a *authorization, c *tenant.Connection) (*wire.Response, error) {
	if len(t.Signup.ToVerify) > 0 {
		h.sendSignupCode(t, a)
		h.keep(t)
		path := pathSignupEmailCode
		if t.Signup.ToVerify[0] == tenant.AttributePhone {
			path = pathSignupPhoneCode
		}
		return wire.Redirect(atState(path, t.ID)), nil
	}
	user := t.Signup.User
	if err := h.CompleteSignUp(c, a.client, user, a.occasion()); err != nil {
		return h.signupRefused(r, t, a, c, *t.Signup, "", err)
	}
	h.logSignup(a, c, user, nil)
	t.Signup = nil
	return h.loggedIn(r, t, a, user)
}

// sendSignupCode sends a fresh code to what is to be verified.
func (h *Handler) sendSignupCode(t *store.Transaction, a *authorization) {
	draft := *t.Signup
	attribute := draft.ToVerify[0]
	draft.Code = h.NewSignupCode()
	t.Signup = &draft
	h.SendSignupCode(a.occasion(), flow.Mail{To: values(draft)[attribute], User: draft.User, Client: a.client, Code: draft.Code.Code}, attribute)
}

func (h *Handler) signupCodePage(r *http.Request) (*wire.Response, error) {
	t, a, err := h.transaction(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	if t.Code != nil && t.Signup == nil {
		return h.codePage(r)
	}
	if t.Signup == nil || t.Signup.Code == nil {
		return wire.Redirect(h.signupStart(a, t.ID)), nil
	}
	return h.showSignupCode(t, a, nil)
}

// signupStart is where a sign-up begins.
func (h *Handler) signupStart(a *authorization, id string) (start string) {
	_ = h.Store.View(func(s *store.State) error {
		if start = signupURL(s, a, id); start == "" {
			start = loginURL(s, id)
		}
		return nil
	})
	return start
}

func (h *Handler) showSignupCode(t *store.Transaction, a *authorization, failure *formError) (*wire.Response, error) {
	page := ui.CodeCheck{State: t.ID, Action: atState(pathSignupEmailCode, t.ID), ClientName: a.client.Name, Prompt: "email-identifier-challenge.email-identifier-challenge", To: t.Signup.Email}
	if t.Signup.ToVerify[0] == tenant.AttributePhone {
		page.Action, page.Prompt, page.To = atState(pathSignupPhoneCode, t.ID), "phone-identifier-challenge.phone-identifier-challenge", t.Signup.Phone
	}
	page.Look = h.lookFor(a)
	page.Error = failure.show(page.Look, screenSignup, "")
	return render(statusOf(failure), page, "")
}

// signupCode takes the code that verifies an address or a number.
//
// Source: Auth0 docs, "Activate and configure attributes for flexible
// identifiers" (verification by one-time password).
func (h *Handler) signupCode(r *http.Request) (*wire.Response, error) {
	t, a, p, err := h.submitted(r)
	if err != nil {
		return h.lost(r, err)
	}
	if err := h.uninvited(a); err != nil {
		return h.endInRefusal(t, a, err)
	}
	if t.Code != nil && t.Signup == nil {
		return h.answerCode(r, t, a, p)
	}
	c := h.signupConnectionOf(a)
	if c == nil || t.Signup == nil || t.Signup.Code == nil {
		return wire.Redirect(h.signupStart(a, t.ID)), nil
	}
	if p.Get("action") == "resend-code" {
		h.sendSignupCode(t, a)
		h.keep(t)
		return h.showSignupCode(t, a, nil)
	}
	right, tries := h.checkSignupCode(t, strings.TrimSpace(p.Get("code")))
	switch {
	case tries >= tenant.MaxCodeFailures && !right:
		return h.showSignupCode(t, a, errTooManyCodes)
	case !right:
		return h.showSignupCode(t, a, errInvalidCode)
	}
	draft := *t.Signup
	user := draft.User.Clone()
	user.EmailVerified = user.EmailVerified || draft.ToVerify[0] == tenant.AttributeEmail
	user.PhoneVerified = user.PhoneVerified || draft.ToVerify[0] == tenant.AttributePhone
	draft.User, draft.Code, draft.ToVerify = user, nil, draft.ToVerify[1:]
	t.Signup = &draft
	return h.nextSignupStep(r, t, a, c)
}
