package login

import (
	"net/http"
	"strconv"

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

func (h *Handler) showSignup(r *http.Request, t *store.Transaction, a *authorization, c *tenant.Connection, draft store.Signup, plain string, failure *formError) (*wire.Response, error) {
	page := ui.Signup{
		Form: h.form(t, a, r.URL.Path), LoginURL: h.loginURL(t), Inviter: a.inviter(),
		AskPassword: r.URL.Path != pathSignupIdentifier && c.PasswordsEnabled(),
	}
	_ = h.Store.View(func(s *store.State) error { page.Connections = buttons(s, a); return nil })
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
		h.newSignupCode(t, a)
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
