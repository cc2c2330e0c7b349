package provider_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
)

// databaseOption sets an option of the tenant's database.
func databaseOption(name string, value any) change {
	return func(c *provider.Config) {
		db := connection(c, database)
		options := map[string]any{}
		for k, v := range db.Options {
			options[k] = v
		}
		options[name] = value
		db.Options = options
	}
}

// screen asks for the sign-up page as an app does, and returns where it is.
func (b *browser) screen(hint string) *url.URL {
	b.w.t.Helper()
	page := b.authorize(webRequest("screen_hint", hint, "scope", "openid profile email"))
	return page.location()
}

// submit fills in the form of a page.
func (b *browser) submit(page *url.URL, pairs ...string) *answer {
	b.w.t.Helper()
	return b.post(page.RequestURI(), append([]string{"state", page.Query().Get("state"), "action", "default"}, pairs...)...)
}

// tokens goes on from the end of a login to the app's tokens.
func (b *browser) tokens(resume *answer) *answer {
	b.w.t.Helper()
	resume.wantPath("/authorize/resume")
	code := b.get(resume.header.Get("Location")).query().Get("code")
	return b.w.token(redeemWeb(code)...).want(200)
}

// logTypes are the codes of the tenant's log.
func (w *world) logTypes() (types []string) {
	for _, e := range w.control.Logs(provider.LogFilter{}) {
		types = append(types, string(e.Type))
	}
	return types
}

// link is the newest message's, without the empty fragment it ends with.
func (w *world) link() string {
	w.t.Helper()
	return strings.TrimSuffix(w.lastMessage().Link, "#")
}

func errorCode(t testing.TB, a *answer, status int, code string) {
	t.Helper()
	a.want(status)
	if !strings.Contains(a.body, `data-error-code="`+code+`"`) {
		t.Errorf("the page has no error %q: %v", code, regexp.MustCompile(`data-error-code="[^"]*"`).FindAllString(a.body, -1))
	}
}

func TestSigningUpLogsIn(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	page := b.screen("signup")
	equal(t, "page", page.Path, "/u/signup")
	body := b.get(page.RequestURI()).want(200).body
	for _, want := range []string{`name="email"`, `name="password"`, "At least 8 characters in length", `href="/u/login?state=`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	id := claims(t, b.tokens(b.submit(page, "email", "Zoe@Shop.example", "password", "Correct-Horse-9")).text("id_token"))
	equal(t, "email", id["email"], any("zoe@shop.example"))
	equal(t, "email_verified", id["email_verified"], any(false))

	equal(t, "signed up", slices.Contains(w.logTypes(), "ss"), true)
	mail := w.lastMessage()
	equal(t, "mail", mail.Kind, provider.MessageVerifyEmail)
	body = w.browser().get(w.link()).want(200).body
	if !strings.Contains(body, "Email verified") {
		t.Errorf("the link leads to %s", body)
	}
	equal(t, "verified", userOf(w.control.Snapshot(), id["sub"].(string)).EmailVerified, true)
	again := w.browser().get(w.link())
	if again.status != http.StatusBadRequest || !strings.Contains(again.body, "was used before") {
		t.Errorf("the second click: %d", again.status)
	}
}

func TestALinkInAMailEndsAfterFiveDays(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.submit(b.screen("signup"), "email", "zoe@shop.example", "password", "Correct-Horse-9").want(302)
	w.control.Clock().Advance(5*24*time.Hour + time.Second)
	if res := b.get(w.link()); res.status != 400 || !strings.Contains(res.body, "too old") {
		t.Errorf("an expired link: %d %s", res.status, res.body)
	}
}

func TestWhatIsWrongWithASignUp(t *testing.T) {
	t.Parallel()
	tell := func(c *provider.Config) {
		c.Snapshot.Settings.Flags = map[string]bool{"enable_public_signup_user_exists_error": true}
	}
	for _, c := range []struct {
		name   string
		change change
		typed  []string
		code   string
	}{
		{"no address", nil, []string{"password", password}, "no-email"},
		{"no address but a name", nil, []string{"email", "zoe", "password", password}, "invalid-email-format"},
		{"no password", nil, []string{"email", "zoe@shop.example"}, "no-password"},
		{"a weak password", nil, []string{"email", "zoe@shop.example", "password", "weak"}, "password-too-weak"},
		{"a common password", databaseOption("password_dictionary", map[string]any{"enable": true, "dictionary": []any{"Common-Horse-1"}}), []string{"email", "zoe@shop.example", "password", "Common-Horse-1"}, "password-too-common"},
		{"a password with the own name", databaseOption("password_no_personal_info", map[string]any{"enable": true}), []string{"email", "zoe@shop.example", "password", "Correct-zoe-9"}, "password-contains-user-information"},
		{"an address that somebody has, untold", nil, []string{"email", "ada@shop.example", "password", password}, "auth0-users-validation"},
		{"an address that somebody has, told", tell, []string{"email", "ada@shop.example", "password", password}, "email-in-use"},
		{"no username", databaseOption("requires_username", true), []string{"email", "zoe@shop.example", "password", password}, "no-username"},
		{"a username that is none", databaseOption("requires_username", true), []string{"email", "zoe@shop.example", "username", "z o e", "password", password}, "invalid-username"},
		{"a username that is too long", databaseOption("requires_username", true), []string{"email", "zoe@shop.example", "username", "zoe0123456789abc", "password", password}, "invalid-username-length"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			changes := []change{}
			if c.change != nil {
				changes = append(changes, c.change)
			}
			w := run(t, changes...)
			b := w.browser()
			res := b.submit(b.screen("signup"), c.typed...)
			errorCode(t, res, 400, c.code)
			equal(t, "mails", len(w.control.Outbox(provider.OutboxFilter{})), 0)
		})
	}
}

func TestADatabaseThatTakesNobodyOffersNoSignUp(t *testing.T) {
	t.Parallel()
	w := run(t, databaseOption("disable_signup", true))
	b := w.browser()
	page := b.screen("signup")
	equal(t, "page", page.Path, "/u/login")
	if strings.Contains(b.get(page.RequestURI()).body, "/u/signup") {
		t.Error("the login page leads to the sign-up")
	}
	for _, path := range []string{"/u/signup", "/u/signup/password", "/u/signup/identifier"} {
		page.Path = path
		if res := b.submit(page, "email", "zoe@shop.example", "password", password); res.status < 300 || res.status == 302 && !strings.HasPrefix(res.header.Get("Location"), "/u/") {
			t.Errorf("%s answers %d", path, res.status)
		}
	}
	if userByEmail(w, "zoe@shop.example") {
		t.Error("somebody signed up all the same")
	}
}

func userByEmail(w *world, email string) bool {
	for _, u := range w.control.Snapshot().Users {
		if u.Email == email {
			return true
		}
	}
	return false
}

func TestSigningUpIdentifierFirst(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { c.Snapshot.Prompts.IdentifierFirst = true })
	b := w.browser()
	first := b.screen("signup")
	equal(t, "page", first.Path, "/u/signup/identifier")
	skipped := *first
	skipped.Path = "/u/signup/password"
	b.get(skipped.RequestURI()).wantPath("/u/signup/identifier")
	b.submit(&skipped, "password", password).wantPath("/u/signup/identifier")
	second := b.submit(first, "email", "zoe@shop.example").wantPath("/u/signup/password")
	if body := b.get(second.RequestURI()).want(200).body; !strings.Contains(body, "zoe@shop.example") || strings.Contains(body, `name="email"`) {
		t.Errorf("the second page: %s", body)
	}
	errorCode(t, b.submit(second, "password", "weak"), 400, "password-too-weak")
	b.tokens(b.submit(second, "password", password))
}

// flexible lets people be known by phone number, whose code they must type.
var flexible = databaseOption("attributes", map[string]any{
	"email": map[string]any{"identifier": map[string]any{"active": true}, "signup": map[string]any{"status": "optional"}},
	"phone_number": map[string]any{
		"identifier": map[string]any{"active": true},
		"signup":     map[string]any{"status": "required", "verification": map[string]any{"active": true}},
	},
})

func TestSigningUpWithAPhoneNumberAsksForItsCode(t *testing.T) {
	t.Parallel()
	w := run(t, flexible)
	b := w.browser()
	page := b.screen("signup")
	if body := b.get(page.RequestURI()).body; !strings.Contains(body, `name="phone"`) || !strings.Contains(body, "(optional)") {
		t.Errorf("the page: %s", body)
	}
	errorCode(t, b.submit(page, "phone", "12025550123", "password", password), 400, "invalid-phone")
	check := b.submit(page, "phone", "+12025550123", "password", password).wantPath("/u/phone-identifier/challenge")
	sms := w.lastMessage()
	equal(t, "channel", sms.Channel, "sms")
	if userByPhone(w, "+12025550123") {
		t.Error("there is a user before the code was typed")
	}
	errorCode(t, b.submit(check, "code", otherCode(sms.Code)), 400, "invalid-code")
	b.post(check.RequestURI(), "state", check.Query().Get("state"), "action", "resend-code").want(200)
	if w.lastMessage().Code == sms.Code {
		t.Fatal("the same code was sent again")
	}
	errorCode(t, b.submit(check, "code", sms.Code), 400, "invalid-code")
	id := claims(t, b.tokens(b.submit(check, "code", w.lastMessage().Code)).text("id_token"))
	u := userOf(w.control.Snapshot(), id["sub"].(string))
	equal(t, "phone", u.PhoneNumber, "+12025550123")
	equal(t, "verified", u.PhoneVerified, true)
	// And the number logs in.
	other := w.browser()
	login := other.authorize(webRequest()).wantPath("/u/login")
	other.tokens(other.submit(login, "username", "+12025550123", "password", password))
}

func userByPhone(w *world, number string) bool {
	for _, u := range w.control.Snapshot().Users {
		if u.PhoneNumber == number {
			return true
		}
	}
	return false
}

func TestASignUpCodeCannotBeGuessed(t *testing.T) {
	t.Parallel()
	w := run(t, flexible)
	b := w.browser()
	check := b.submit(b.screen("signup"), "phone", "+12025550123", "password", password).wantPath("/u/phone-identifier/challenge")
	code := w.lastMessage().Code
	for range 2 {
		errorCode(t, b.submit(check, "code", otherCode(code)), 400, "invalid-code")
	}
	errorCode(t, b.submit(check, "code", otherCode(code)), 400, "too-many-codes")
	errorCode(t, b.submit(check, "code", code), 400, "too-many-codes")

	// A new code brings no new tries, and once they are spent none is sent.
	check = b.submit(b.screen("signup"), "phone", "+12025550123", "password", password).wantPath("/u/phone-identifier/challenge")
	resend := func() *answer {
		return b.post(check.RequestURI(), "state", check.Query().Get("state"), "action", "resend-code")
	}
	for range 2 {
		errorCode(t, b.submit(check, "code", otherCode(w.lastMessage().Code)), 400, "invalid-code")
		resend().want(200)
	}
	last := w.lastMessage()
	errorCode(t, b.submit(check, "code", otherCode(last.Code)), 400, "too-many-codes")
	errorCode(t, resend(), 400, "too-many-codes")
	equal(t, "the last message", w.lastMessage().ID, last.ID)
	errorCode(t, b.submit(check, "code", last.Code), 400, "too-many-codes")
}

func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	w := run(t, databaseOption("password_history", map[string]any{"enable": true, "size": 2}))
	b := w.browser()
	login := b.authorize(webRequest()).wantPath("/u/login")
	request := regexp.MustCompile(`href="(/u/reset-password/request/[^"]*)"`).FindStringSubmatch(b.get(login.RequestURI()).body)
	if request == nil {
		t.Fatal("the login page does not say what to do about a forgotten password")
	}
	page, err := url.Parse(request[1])
	if err != nil {
		t.Fatal(err)
	}
	b.get(page.RequestURI()).want(200)
	errorCode(t, b.submit(page, "email", ""), 400, "no-email")
	errorCode(t, b.submit(page, "email", "ada"), 400, "invalid-email-format")
	known := b.submit(page, "email", "ada@shop.example").want(200)
	unknown := b.submit(page, "email", "ann@shop.example").want(200)
	if strings.ReplaceAll(known.body, "ada@", "ann@") != unknown.body {
		t.Error("the page tells whether there is such a user")
	}
	equal(t, "mails", len(w.control.Outbox(provider.OutboxFilter{})), 1)

	form := w.browser().get(w.link()).wantPath("/u/reset-password")
	other := w.browser()
	send := func(first, second string) *answer {
		return other.post(form.RequestURI(), "ticket", form.Query().Get("ticket"), "password-reset", first, "re-enter-password", second)
	}
	other.get(form.RequestURI()).want(200)
	errorCode(t, send("", ""), 400, "no-password")
	errorCode(t, send("New-Horse-9", "New-Horse-8"), 400, "password-mismatch")
	errorCode(t, send("weak", "weak"), 400, "password-too-weak")
	errorCode(t, send(password, password), 400, "password-previously-used")
	if body := send("New-Horse-9", "New-Horse-9").want(200).body; !strings.Contains(body, "Password changed") {
		t.Errorf("the end: %s", body)
	}
	if res := send("New-Horse-7", "New-Horse-7"); res.status != 400 || !strings.Contains(res.body, "used before") {
		t.Errorf("the ticket works twice: %d", res.status)
	}
	if types := w.logTypes(); !slices.Contains(types, "scp") || !slices.Contains(types, "fcp") {
		t.Errorf("the log has %v", types)
	}
	b.submit(login, "username", "ada@shop.example", "password", password).want(400)
	b.tokens(b.submit(login, "username", "ada@shop.example", "password", "New-Horse-9"))
}

func TestADatabaseMayKeepItsPasswords(t *testing.T) {
	t.Parallel()
	w := run(t, databaseOption("disable_self_service_change_password", true))
	b := w.browser()
	login := b.authorize(webRequest()).wantPath("/u/login")
	if strings.Contains(b.get(login.RequestURI()).body, "/u/reset-password") {
		t.Error("the login page offers a new password")
	}
	login.Path = "/u/reset-password/request/" + database
	b.submit(login, "email", "ada@shop.example").want(400)
	equal(t, "mails", len(w.control.Outbox(provider.OutboxFilter{})), 0)
}

func TestPagesSpeakWithTheTenantsOwnWords(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) {
		c.Snapshot.Settings.EnabledLocales = []string{"en", "nl"}
		c.Snapshot.Prompts.CustomText = map[string]map[string]map[string]map[string]string{
			"nl": {"login": {"login": {"title": "Welkom <b>", "description": "Log in bij ${companyName} voor ${clientName}."}}},
		}
	})
	b := w.browser()
	dutch := b.get(b.authorize(webRequest("ui_locales", "xx nl en")).location().RequestURI()).body
	for _, want := range []string{`lang="nl"`, "Welkom &lt;b&gt;", "Log in bij Shop voor Shop Web."} {
		if !strings.Contains(dutch, want) {
			t.Errorf("no %q in %s", want, dutch)
		}
	}
	english := b.get(b.authorize(webRequest("ui_locales", "fr")).location().RequestURI()).body
	if !strings.Contains(english, `lang="en"`) || strings.Contains(english, "Welkom") {
		t.Errorf("the tenant's own language is spoken to those who ask for none it has: %s", english)
	}
}
