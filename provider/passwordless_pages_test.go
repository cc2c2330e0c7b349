package provider_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

const (
	emailCodePage = "/u/login/passwordless-email-challenge"
	smsCodePage   = "/u/login/passwordless-sms-challenge"
)

// codePages lets the tenant's pages ask for codes.
func codePages(c *provider.Config) {
	passwordless(c)
	c.Snapshot.Prompts.IdentifierFirst = true
}

// noDatabase takes the database from every client.
func noDatabase(c *provider.Config) { connection(c, database).EnabledClients = nil }

// askCode types an address on the page of the identifier, and returns the page
// that takes the code.
func (b *browser) askCode(request []string, to string) *url.URL {
	b.w.t.Helper()
	return b.submit(b.authorize(request).wantPath("/u/login/identifier"), "username", to).location()
}

// resend asks the page for another code.
func (b *browser) resend(page *url.URL) *answer {
	b.w.t.Helper()
	return b.post(page.RequestURI(), "state", page.Query().Get("state"), "action", "resend-code")
}

func (w *world) messages() int { return len(w.control.Outbox(provider.OutboxFilter{})) }

func (w *world) userBy(email string) *tenant.User {
	for _, u := range w.control.Snapshot().Users {
		if u.Email == email {
			return u
		}
	}
	return nil
}

func TestACodeByMailLogsInOnThePage(t *testing.T) {
	t.Parallel()
	w := run(t, codePages)
	b := w.browser()
	identifier := b.authorize(webRequest("connection", "email", "scope", "openid email")).wantPath("/u/login/identifier")
	body := b.get(identifier.RequestURI()).want(200).body
	for _, want := range []string{`name="username"`, "Email address", `href="/u/signup/identifier?state=`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(body, "Forgot") || strings.Contains(body, `name="password"`) {
		t.Error("a page that asks for codes speaks of passwords")
	}
	errorCode(t, b.submit(identifier), 400, "no-email")
	errorCode(t, b.submit(identifier, "username", "eve"), 400, "invalid-email-format")
	equal(t, "messages so far", w.messages(), 0)

	page := b.submit(identifier, "username", "Eve@shop.example").wantPath(emailCodePage)
	body = b.get(page.RequestURI()).want(200).body
	for _, want := range []string{`name="code"`, "eve@shop.example", `value="resend-code"`, `href="/u/login/identifier?state=`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	m := w.lastMessage()
	equal(t, "to", m.To, "eve@shop.example")
	errorCode(t, b.submit(page), 400, "no-code")
	errorCode(t, b.submit(page, "code", otherCode(m.Code)), 400, "invalid-verification-code")
	equal(t, "is there before the code", w.userBy("eve@shop.example") != nil, false)
	tokens := b.tokens(b.submit(page, "code", " "+m.Code+" "))
	id := claims(t, tokens.text("id_token"))
	if !strings.HasPrefix(id["sub"].(string), "email|") || id["email"] != "eve@shop.example" || id["email_verified"] != true {
		t.Errorf("claims %v", id)
	}
	equal(t, "connection", userOf(w.control.Snapshot(), id["sub"].(string)).Connection, "email")
	types := w.logTypes()
	for _, want := range []string{"cls", "f", "s"} {
		equal(t, "logged "+want, slices.Contains(types, want), true)
	}

	// Who has a session is asked all the same, and silence uses it.
	b.authorize(webRequest("connection", "email")).wantPath("/u/login/identifier")
	if b.authorize(webRequest("connection", "email", "prompt", "none")).query().Get("code") == "" {
		t.Error("no silent login")
	}
	if b.authorize(webRequest()).query().Get("code") == "" {
		t.Error("the session is not used where no connection is named")
	}
}

func TestACodeByTextMessageLogsInOnThePage(t *testing.T) {
	t.Parallel()
	w := run(t, codePages)
	b := w.browser()
	identifier := b.authorize(webRequest("connection", "sms")).wantPath("/u/login/identifier")
	if body := b.get(identifier.RequestURI()).body; !strings.Contains(body, "Phone number") {
		t.Error("the page does not ask for a number")
	}
	errorCode(t, b.submit(identifier), 400, "no-phone")
	errorCode(t, b.submit(identifier, "username", "030 123"), 400, "invalid-phone-number")
	page := b.submit(identifier, "username", "+4930123456").wantPath(smsCodePage)
	if body := b.get(page.RequestURI()).want(200).body; !strings.Contains(body, "&#43;4930123456") && !strings.Contains(body, "+4930123456") {
		t.Error("the page does not show the number")
	}
	m := w.lastMessage()
	equal(t, "channel", m.Channel, "sms")
	id := claims(t, b.tokens(b.submit(page, "code", m.Code)).text("id_token"))
	u := userOf(w.control.Snapshot(), id["sub"].(string))
	equal(t, "number", u.PhoneNumber, "+4930123456")
	equal(t, "verified", u.PhoneVerified, true)
	equal(t, "logged", slices.Contains(w.logTypes(), "cs"), true)
}

func TestACodeStandsThreeWrongTriesAndOnlyTheNewestCounts(t *testing.T) {
	t.Parallel()
	w := run(t, codePages)
	b := w.browser()
	page := b.askCode(webRequest("connection", "email"), "eve@shop.example")
	first := w.lastMessage().Code
	for range 3 {
		errorCode(t, b.submit(page, "code", otherCode(first)), 400, "invalid-verification-code")
	}
	errorCode(t, b.submit(page, "code", first), 400, "too-many-attempts")
	b.resend(page).want(200)
	second := w.lastMessage().Code
	errorCode(t, b.submit(page, "code", first), 400, "invalid-verification-code")
	resume := b.submit(page, "code", second).wantPath("/authorize/resume")
	// It works once, in a login of its own too.
	again := w.browser()
	other := again.askCode(webRequest("connection", "email"), "ivy@shop.example")
	errorCode(t, again.submit(other, "code", second), 400, "invalid-verification-code")
	b.submit(page, "code", second).wantPath("/u/login/identifier")
	if b.get(resume.RequestURI()).query().Get("code") == "" {
		t.Error("the login ended without a code")
	}
}

func TestACodeEndsWithItsTime(t *testing.T) {
	t.Parallel()
	w := run(t, codePages, emailOption("totp", map[string]any{"time_step": float64(60), "length": float64(8)}))
	b := w.browser()
	page := b.askCode(webRequest("connection", "email"), "eve@shop.example")
	code := w.lastMessage().Code
	if !regexp.MustCompile(`^[0-9]{8}$`).MatchString(code) {
		t.Errorf("code %q", code)
	}
	w.control.Clock().Advance(61 * time.Second)
	errorCode(t, b.submit(page, "code", code), 400, "invalid-verification-code")
	b.resend(page).want(200)
	b.submit(page, "code", w.lastMessage().Code).wantPath("/authorize/resume")
}

func TestACodeIsWorthNothingElsewhere(t *testing.T) {
	t.Parallel()
	w := run(t, codePages)
	victim, thief := w.browser(), w.browser()
	page := victim.askCode(webRequest("connection", "email"), "eve@shop.example")
	code := w.lastMessage().Code
	// The page of another browser's login, an app's own form, and the grant.
	thief.submit(page, "code", code).want(400)
	w.token(redeemOTP(code)...).wantError(403, "invalid_grant", wrongMailCode)
	thief.postJSON("/co/authenticate", coOTP(code)).want(403)
	victim.submit(page, "code", code).wantPath("/authorize/resume")

	// And a code that an app asked for does not log in on the page.
	own := thief.askCode(webRequest("connection", "email"), "eve@shop.example")
	errorCode(t, thief.submit(own, "code", w.codeTo()), 400, "invalid-verification-code")
	// A thief who types into a login of their own gets the code of that one, and
	// spends none of the victim's tries.
	w2 := run(t, codePages)
	victim = w2.browser()
	page = victim.askCode(webRequest("connection", "email"), "eve@shop.example")
	code = w2.lastMessage().Code
	for range 5 {
		w2.token(redeemOTP("000000")...).wantError(403, "invalid_grant", wrongMailCode)
	}
	victim.submit(page, "code", code).wantPath("/authorize/resume")
}

// Nobody learns from the page whether somebody has an account: not where the
// connection takes no new users, nor about those who are blocked.
func TestTheCodePageDoesNotTellWhoIsKnown(t *testing.T) {
	t.Parallel()
	people := func(c *provider.Config) {
		c.Snapshot.Users = append(c.Snapshot.Users,
			&tenant.User{UserID: "email|eve", Connection: "email", Email: "eve@shop.example"},
			&tenant.User{UserID: "email|bob", Connection: "email", Email: "bob@shop.example", Blocked: true})
	}
	w := run(t, codePages, emailOption("disable_signup", true), people)
	trail := func(to string) (seen []string) {
		b := w.browser()
		page := b.askCode(webRequest("connection", "email"), to)
		mask := strings.NewReplacer(to, "TO", page.Query().Get("state"), "STATE")
		see := func(a *answer) { seen = append(seen, a.request, a.header.Get("Location"), mask.Replace(a.body)) }
		see(b.get(page.RequestURI()))
		for range 4 {
			see(b.submit(page, "code", "x"))
		}
		see(b.resend(page))
		return seen
	}
	known := trail("eve@shop.example")
	equal(t, "messages", w.messages(), 2)
	if unknown := trail("new@shop.example"); !slices.Equal(known, unknown) {
		t.Errorf("an unknown address shows:\n%q\nwant\n%q", unknown, known)
	}
	if blocked := trail("bob@shop.example"); !slices.Equal(known, blocked) {
		t.Errorf("a blocked user shows:\n%q\nwant\n%q", blocked, known)
	}
	equal(t, "messages", w.messages(), 2)
	if log := w.logTypes(); !slices.Contains(log, "f") {
		t.Errorf("the log does not say why there is no mail: %v", log)
	}
	b := w.browser()
	if body := b.get(b.authorize(webRequest("connection", "email")).location().RequestURI()).body; strings.Contains(body, "/u/signup") {
		t.Error("the page offers a sign-up that there is not")
	}
}

func TestWhoIsBlockedBeforeTheCodeIsTypedIsRefused(t *testing.T) {
	t.Parallel()
	w := run(t, codePages, func(c *provider.Config) {
		c.Snapshot.Users = append(c.Snapshot.Users, &tenant.User{UserID: "email|eve", Connection: "email", Email: "eve@shop.example"})
	})
	b := w.browser()
	page := b.askCode(webRequest("connection", "email"), "eve@shop.example")
	w.edit("email|eve", func(u *tenant.User) { u.Blocked = true })
	b.submit(page, "code", w.lastMessage().Code).wantSent("unauthorized", "user is blocked")
}

func TestAnotherAddressCanBeTyped(t *testing.T) {
	t.Parallel()
	w := run(t, codePages)
	b := w.browser()
	page := b.askCode(webRequest("connection", "email"), "evve@shop.example")
	typo := w.lastMessage().Code
	edit := regexp.MustCompile(`href="([^"]+)" data-link-name="edit-identifier"`).FindStringSubmatch(b.get(page.RequestURI()).body)
	if edit == nil {
		t.Fatal("no link to the identifier")
	}
	to, err := url.Parse(strings.ReplaceAll(edit[1], "&amp;", "&"))
	if err != nil {
		t.Fatal(err)
	}
	if body := b.get(to.RequestURI()).body; !strings.Contains(body, "evve@shop.example") {
		t.Error("what was typed is gone")
	}
	page = b.submit(to, "username", "eve@shop.example").wantPath(emailCodePage)
	errorCode(t, b.submit(page, "code", typo), 400, "invalid-verification-code")
	b.submit(page, "code", w.lastMessage().Code).wantPath("/authorize/resume")
	if w.userBy("evve@shop.example") != nil {
		t.Error("the wrong address became a user")
	}
}

// Which connection the page asks for, by those the client has.
//
// Source: Auth0 docs, "Passwordless with Universal Login".
func TestWhoseCodesThePageAsksFor(t *testing.T) {
	t.Parallel()
	social := func(c *provider.Config) {
		c.Snapshot.Connections = append(c.Snapshot.Connections,
			&tenant.Connection{ID: "con_g", Name: "google-oauth2", Strategy: "google-oauth2", EnabledClients: []string{"shopWeb"}, Options: map[string]any{}})
	}
	noMail := func(c *provider.Config) { connection(c, "email").EnabledClients = nil }
	for _, c := range []struct {
		name    string
		changes []change
		request []string
		page    string
	}{
		{"a database's password is asked for unless the request says otherwise", nil, nil, "/u/login/password"},
		{"without a database the first connection asks", []change{noDatabase}, nil, emailCodePage},
		{"the only one asks", []change{noDatabase, noMail, social}, nil, smsCodePage},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := run(t, append([]change{codePages}, c.changes...)...)
			b := w.browser()
			to := "eve@shop.example"
			if c.page == smsCodePage {
				to = "+4930123456"
			}
			page := b.authorize(webRequest(c.request...)).wantPath("/u/login/identifier")
			if len(c.changes) == 3 && !strings.Contains(b.get(page.RequestURI()).body, "Continue with Google") {
				t.Error("the social button is missing")
			}
			b.submit(page, "username", to).wantPath(c.page)
		})
	}
	w := run(t, passwordless)
	w.browser().authorize(webRequest("connection", "email")).wantSent("invalid_request", "no connections enabled for the client")
}

func TestSigningUpWithACode(t *testing.T) {
	t.Parallel()
	w := run(t, codePages)
	b := w.browser()
	page := b.authorize(webRequest("connection", "sms", "screen_hint", "signup")).wantPath("/u/signup/identifier")
	if body := b.get(page.RequestURI()).want(200).body; !strings.Contains(body, `name="phone"`) || strings.Contains(body, `name="password"`) {
		t.Errorf("the page asks for something else than a number: %s", body)
	}
	b.get(strings.Replace(page.RequestURI(), "/identifier", "", 1)).wantPath("/u/signup/identifier")
	errorCode(t, b.submit(page, "phone", "1"), 400, "invalid-phone")
	code := b.submit(page, "phone", "+4930123456").wantPath(smsCodePage)
	b.submit(code, "code", w.lastMessage().Code).wantPath("/authorize/resume")
}

// A tenant's own forms may change from a password to a code, and back.
//
// Source: Auth0 docs, "Configure flexible connection switching".
func TestAFormMaySwitchTheConnection(t *testing.T) {
	t.Parallel()
	w := run(t, codePages)
	b := w.browser()
	page := b.submit(b.authorize(webRequest()).wantPath("/u/login/identifier"), "username", "ada@shop.example").wantPath("/u/login/password")
	code := b.submit(page, "connection", "email").wantPath(emailCodePage)
	equal(t, "to", w.lastMessage().To, "ada@shop.example")
	page = b.submit(code, "connection", database).wantPath("/u/login/password")
	b.get(code.RequestURI()).wantPath("/u/login/identifier")
	b.submit(page, "password", password).wantPath("/authorize/resume")
	// Not to a connection that is not the client's.
	w = run(t, codePages, func(c *provider.Config) { connection(c, "sms").EnabledClients = nil })
	b = w.browser()
	page = b.submit(b.authorize(webRequest()).wantPath("/u/login/identifier"), "username", "+4930123456").wantPath("/u/login/password")
	errorCode(t, b.submit(page, "connection", "sms"), 400, "no-password")
	equal(t, "messages", w.messages(), 0)
}

func TestACodeLogsInToAnOrganization(t *testing.T) {
	t.Parallel()
	w := run(t, codePages, func(c *provider.Config) {
		for _, o := range c.Snapshot.Organizations {
			if o.ID == "org_eu" {
				o.Connections = []tenant.OrganizationConnection{{ConnectionID: "con_email", AssignMembershipOnLogin: true}}
			}
		}
	})
	b := w.browser()
	page := b.askCode(webRequest("connection", "email", "organization", "org_eu"), "eve@shop.example")
	id := claims(t, b.tokens(b.submit(page, "code", w.lastMessage().Code)).text("id_token"))
	equal(t, "org_id", id["org_id"], any("org_eu"))
}

func TestACodeOnTheDeviceFlowsPage(t *testing.T) {
	t.Parallel()
	w := run(t, codePages, tv, noDatabase, func(c *provider.Config) {
		connection(c, "email").EnabledClients = append(connection(c, "email").EnabledClients, "shopTV")
	})
	b := w.browser()
	confirm := b.typeCode(w.startDevice())
	login := b.post(confirm.Path, "state", confirm.Query().Get("state"), "action", "confirm").wantPath("/u/login/identifier")
	page := b.submit(login, "username", "eve@shop.example").wantPath(emailCodePage)
	resume := b.submit(page, "code", w.lastMessage().Code).wantPath("/authorize/resume")
	b.get(resume.RequestURI()).wantPath("/device/success")
}
