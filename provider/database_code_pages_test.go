package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

const (
	databaseMailPage  = "/u/email-identifier/challenge"
	databasePhonePage = "/u/phone-identifier/challenge"
)

// codesOnly takes the passwords from the database of byCodes.
func codesOnly(c *provider.Config) {
	connection(c, database).Options["authentication_methods"].(map[string]any)["password"] = map[string]any{"enabled": false}
}

// defaultMethod is what the database of byCodes asks for, once an address was
// typed.
func defaultMethod(method string) change {
	return func(c *provider.Config) {
		attributes := connection(c, database).Options["attributes"].(map[string]any)
		attributes["email"].(map[string]any)["identifier"].(map[string]any)["default_method"] = method
	}
}

func TestACodeOfTheDatabaseOnThePage(t *testing.T) {
	t.Parallel()
	w := run(t, byCodes)
	b := w.browser()
	page := b.askCode(webRequest("scope", "openid email"), "Ada@shop.example")
	equal(t, "page", page.Path, databaseMailPage)
	code := w.lastMessage().Code
	if body := b.get(page.RequestURI()).want(200).body; !strings.Contains(body, "ada@shop.example") || !strings.Contains(body, `value="resend-code"`) {
		t.Errorf("page %s", body)
	}
	errorCode(t, b.submit(page, "code", otherCode(code)), 400, "invalid-verification-code")
	w.browser().submit(page, "code", code).want(400)
	id := claims(t, b.tokens(b.submit(page, "code", code)).text("id_token"))
	equal(t, "sub", id["sub"], any("auth0|ada"))
	equal(t, "email_verified", id["email_verified"], any(true))
	// A password still logs in where the page of the password is asked for.
	other := w.browser()
	page = other.askCode(webRequest(), "ada@shop.example")
	page = other.submit(page, "connection", database).wantPath("/u/login/password")
	other.submit(page, "password", password).wantPath("/authorize/resume")

	w = run(t, byCodes, defaultMethod("password"))
	b = w.browser()
	equal(t, "page", b.askCode(webRequest(), "ada@shop.example").Path, "/u/login/password")
}

func TestSomebodyUnknownIsAskedWhetherTheyWantAnAccount(t *testing.T) {
	t.Parallel()
	w := run(t, byCodes)
	b := w.browser()
	page := b.askCode(webRequest(), "+12025550123")
	equal(t, "page", page.Path, databasePhonePage)
	confirm := *page
	confirm.Path = "/u/confirmation"
	b.submit(&confirm).wantPath("/u/login/identifier") // not before the code
	question := b.submit(page, "code", w.lastMessage().Code).wantPath("/u/confirmation")
	if body := b.get(question.RequestURI()).want(200).body; !strings.Contains(body, "12025550123") {
		t.Errorf("page %s", body)
	}
	w.browser().submit(question).want(400)
	b.post(question.RequestURI(), "state", question.Query().Get("state"), "action", "cancel").wantPath("/u/login/identifier")
	b.submit(question).wantPath("/u/login/identifier")
	equal(t, "made", userByPhone(w, "+12025550123"), false)

	page = b.askCode(webRequest(), "+12025550123")
	question = b.submit(page, "code", w.lastMessage().Code).wantPath("/u/confirmation")
	sub := claims(t, b.tokens(b.submit(question)).text("id_token"))["sub"].(string)
	u := userOf(w.control.Snapshot(), sub)
	if u.PhoneNumber != "+12025550123" || !u.PhoneVerified || u.CustomPasswordHash != nil {
		t.Errorf("the new user is %+v", u)
	}
	equal(t, "logged", slices.Contains(w.logTypes(), "ss"), true)
}

func TestADatabaseWithoutPasswords(t *testing.T) {
	t.Parallel()
	w := run(t, byCodes, codesOnly, defaultMethod("password"))
	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/u/login/identifier")
	errorCode(t, b.submit(page, "username", "ada"), 400, "invalid-login-id")
	b.get(strings.Replace(page.RequestURI(), "identifier", "password", 1)).wantPath("/u/login/identifier")
	b.submit(b.submit(page, "username", "ada@shop.example").wantPath(databaseMailPage), "code", w.lastMessage().Code).wantPath("/authorize/resume")
	w.token("grant_type", tenant.GrantPasswordRealm, "client_id", "shopPortal", "client_secret", "shop-portal-secret", "realm", database, "username", "ada@shop.example", "password", password).
		want(403)

	// Signing up takes the code alone, and who has an account logs in by it.
	for _, email := range []string{"new@shop.example", "nora@shop.example"} {
		b = w.browser()
		page = b.authorize(webRequest("screen_hint", "signup")).wantPath("/u/signup/identifier")
		if strings.Contains(b.get(page.RequestURI()).want(200).body, `name="password"`) {
			t.Error("the page asks for a password")
		}
		check := b.submit(page, "email", email).wantPath(databaseMailPage)
		b.submit(check, "code", w.lastMessage().Code).wantPath("/authorize/resume")
	}
	// Both identifiers take a code each.
	b = w.browser()
	page = b.authorize(webRequest("screen_hint", "signup")).wantPath("/u/signup/identifier")
	check := b.submit(page, "email", "both@shop.example", "phone", "+12025550199").wantPath(databaseMailPage)
	check = b.submit(check, "code", w.lastMessage().Code).wantPath(databasePhonePage)
	b.submit(check, "code", w.lastMessage().Code).wantPath("/authorize/resume")
	if u := w.userBy("both@shop.example"); u == nil || !u.EmailVerified || !u.PhoneVerified {
		t.Errorf("user %+v", u)
	}
}

// The page tells nobody who is known, blocked, or may not sign up.
func TestTheDatabasesCodePageDoesNotTellWhoIsKnown(t *testing.T) {
	t.Parallel()
	w := run(t, byCodes, func(c *provider.Config) {
		connection(c, database).Options["disable_signup"] = true
		userOf(c.Snapshot, "auth0|bob").Blocked = true
	})
	trail := func(to string) (seen []string) {
		b := w.browser()
		page := b.askCode(webRequest(), to)
		mask := strings.NewReplacer(to, "TO", page.Query().Get("state"), "STATE")
		for range 4 {
			a := b.submit(page, "code", "x")
			seen = append(seen, a.request, mask.Replace(a.body))
		}
		return append(seen, mask.Replace(b.resend(page).body))
	}
	known := trail("ada@shop.example")
	equal(t, "messages", w.messages(), 2)
	for _, to := range []string{"nobody@shop.example", "bob@shop.example"} {
		if got := trail(to); !slices.Equal(got, known) {
			t.Errorf("%s shows\n%q\nwant\n%q", to, got, known)
		}
	}
	equal(t, "messages", w.messages(), 2)
}
