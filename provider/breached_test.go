package provider_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

const (
	leaked     = "This login attempt has been blocked because the password you're using was previously disclosed through a data breach (not in this application)."
	leakedTold = leaked + " Please check your email for more information."
	testBreach = "AUTH0-TEST-Horse-9"
)

// detects breached passwords, with the shields of a login and of the other
// stages.
func detects(login, others []string) change {
	return protect(func(p *tenant.AttackProtection) {
		p.Breached = tenant.BreachedPasswordDetection{
			Enabled: true, Shields: login, AdminFrequency: []string{"immediately"},
			Stages: map[string]tenant.BreachedStage{"pre-user-registration": {Shields: others}, "pre-change-password": {Shields: others}},
		}
	})
}

var everyShield = []string{"block", "user_notification", "admin_notification"}

func (w *world) setPassword(id, plain string) {
	w.t.Helper()
	w.edit(id, func(u *tenant.User) { u.Password = plain })
}

func (w *world) mails(kind string) int {
	return len(w.control.Outbox(provider.OutboxFilter{Kind: kind}))
}

func TestABreachedPasswordLogsInNowhereAndItsUserGetsAMail(t *testing.T) {
	t.Parallel()
	w := run(t, legacy, detects(everyShield, nil), func(c *provider.Config) { client(c, "shopWeb").CrossOriginAuthentication = true })
	w.setPassword("auth0|ada", testBreach)
	res := w.browser().grant("ada@shop.example", testBreach).wantError(401, "password_leaked", leakedTold)
	if hint := res.header.Get("Faux0-Hint"); !strings.Contains(hint, "AUTH0-TEST-") {
		t.Errorf("the hint is %q", hint)
	}
	mail := w.control.Outbox(provider.OutboxFilter{Kind: provider.MessageStolen})[0]
	equal(t, "to", mail.To, "ada@shop.example")

	errorCode(t, w.browser().typed("ada@shop.example", testBreach), 400, "password-breached")
	w.browser().postJSON("/co/authenticate", map[string]string{
		"client_id": "shopWeb", "credential_type": "password", "username": "ada@shop.example", "password": testBreach,
	}).wantError(401, "password_leaked", leakedTold)
	w.browser().post("/oauth/ro", legacyRequest("password", testBreach)...).wantError(401, "password_leaked", leakedTold)
	// Mails and events come once an hour.
	equal(t, "mails", w.mails(provider.MessageStolen), 1)
	equal(t, "alerts", w.mails(provider.MessageAdminAlert), 1)
	logs := w.control.Logs(provider.LogFilter{Type: "pwd_leak"})
	equal(t, "events", len(logs), 1)
	equal(t, "user", logs[0].UserID, "auth0|ada")
	equal(t, "description", logs[0].Description, "Someone behind the IP address 127.0.0.1 attempted to login with a leaked password")
	w.control.Clock().Advance(time.Hour)
	w.browser().grant("ada@shop.example", testBreach).want(401)
	equal(t, "mails an hour later", w.mails(provider.MessageStolen), 2)

	form := w.browser().get(strings.TrimSuffix(mail.Link, "#")).wantPath("/u/reset-password")
	done := w.browser().post(form.RequestURI(), "ticket", form.Query().Get("ticket"), "password-reset", "New-Horse-99", "re-enter-password", "New-Horse-99").want(200)
	if !strings.Contains(done.body, "Password changed") {
		t.Error(done.body)
	}
	w.browser().grant("ada@shop.example", "New-Horse-99").want(200)
}

func TestTheClassicPageSaysThatAPasswordIsBreached(t *testing.T) {
	t.Parallel()
	w := run(t, classic, ownPage, detects([]string{"block"}, nil))
	w.setPassword("auth0|ada", testBreach)
	b := w.browser()
	config := b.get(b.authorize(webRequest()).wantPath("/login").RequestURI()).want(200).pageConfig()
	json := b.postJSON("/usernamepassword/login", lock(config, "ada@shop.example", testBreach)).want(401).json()
	for name, want := range map[string]any{"name": "AnomalyDetected", "code": "password_leaked", "description": leaked, "statusCode": 401.0} {
		equal(t, name, json[name], want)
	}
}

// Only who knows the password is told that it is breached.
func TestAWrongPasswordThatIsBreachedIsAWrongPassword(t *testing.T) {
	t.Parallel()
	w := run(t, detects(everyShield, nil))
	b := w.browser()
	b.grant("ada@shop.example", testBreach).wantError(403, "invalid_grant", wrongPassword)
	b.grant("nobody@shop.example", testBreach).wantError(403, "invalid_grant", wrongPassword)
	equal(t, "mails", w.mails(provider.MessageStolen), 0)
	equal(t, "logged", slices.Contains(w.logTypes(), "pwd_leak"), false)
}

func TestShieldsOfALoginWithABreachedPassword(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change        change
		status        int
		mails, alerts int
		logged        bool
	}{
		"by default":     {protect(func(*tenant.AttackProtection) {}), 200, 0, 0, false},
		"block":          {detects([]string{"block"}, nil), 401, 0, 0, true},
		"tell the user":  {detects([]string{"user_notification"}, nil), 200, 1, 0, true},
		"tell the admin": {detects([]string{"admin_notification"}, nil), 200, 0, 1, true},
		"watched only":   {detects(nil, []string{"block"}), 200, 0, 0, true},
		"summaries for all": {protect(func(p *tenant.AttackProtection) {
			p.Breached = tenant.BreachedPasswordDetection{Enabled: true, Shields: []string{"admin_notification"}, AdminFrequency: []string{"daily"}}
		}), 200, 0, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, c.change)
			w.setPassword("auth0|ada", testBreach)
			w.browser().grant("ada@shop.example", testBreach).want(c.status)
			equal(t, "mails", w.mails(provider.MessageStolen), c.mails)
			equal(t, "alerts", w.mails(provider.MessageAdminAlert), c.alerts)
			equal(t, "logged", slices.Contains(w.logTypes(), "pwd_leak"), c.logged)
		})
	}
}

func TestWhichPasswordsAreBreached(t *testing.T) {
	t.Parallel()
	w := run(t, detects([]string{"block"}, nil))
	for plain, status := range map[string]int{
		"AUTH0-TEST-": 401, "AUTH0-TEST-x": 401, "Paaf213XXYYZZ": 401, "Paat739!!WWXXYYZZ": 401,
		"auth0-test-x": 200, "x-AUTH0-TEST-": 200, "Paaf213XXYYZZ1": 200, password: 200,
	} {
		w.setPassword("auth0|ada", plain)
		w.browser().grant("ada@shop.example", plain).want(status)
	}
	w.browser().postJSON("/_faux0/breached-passwords", map[string]string{"password": password}).want(204)
	w.browser().postJSON("/_faux0/breached-passwords", map[string]string{"password": ""}).want(400)
	w.browser().grant("nora@shop.example", password).want(401)
	if err := w.control.Reset(); err != nil {
		t.Fatal(err)
	}
	w.browser().grant("nora@shop.example", password).want(200)
}

func TestABreachedPasswordSignsNobodyUp(t *testing.T) {
	t.Parallel()
	w := run(t, detects(nil, []string{"block", "admin_notification"}))
	b := w.browser()
	res := b.postJSON("/dbconnections/signup", map[string]string{"client_id": "shopWeb", "connection": database, "email": "zoe@shop.example", "password": testBreach}).want(400).json()
	equal(t, "code", res["code"], any("password_leaked"))
	page := b.screen("signup")
	errorCode(t, b.submit(page, "email", "zoe@shop.example", "password", testBreach), 400, "password-breached")
	logs := w.control.Logs(provider.LogFilter{Type: "signup_pwd_leak"})
	equal(t, "events", len(logs), 2)
	equal(t, "name", logs[0].UserName, "zoe@shop.example")
	equal(t, "alerts", w.mails(provider.MessageAdminAlert), 1)
	b.submit(page, "email", "zoe@shop.example", "password", password).want(302)

	watched := run(t, detects([]string{"block"}, nil))
	watched.browser().postJSON("/dbconnections/signup", map[string]string{"client_id": "shopWeb", "connection": database, "email": "zoe@shop.example", "password": testBreach}).want(200)
	equal(t, "logged", slices.Contains(watched.logTypes(), "signup_pwd_leak"), true)
}

func TestABreachedPasswordIsNoNewPassword(t *testing.T) {
	t.Parallel()
	w := run(t, detects(nil, []string{"block"}))
	b := w.browser()
	b.postJSON("/dbconnections/change_password", map[string]string{"client_id": "shopWeb", "connection": database, "email": "ada@shop.example"}).want(200)
	ticket := mustParse(t, w.link()).Query().Get("ticket")
	reset := func(plain string) *answer {
		return b.post("/u/reset-password?"+form("ticket", ticket), "ticket", ticket, "password-reset", plain, "re-enter-password", plain)
	}
	errorCode(t, reset(testBreach), 400, "password-breached")
	logs := w.control.Logs(provider.LogFilter{Type: "reset_pwd_leak"})
	equal(t, "events", len(logs), 1)
	equal(t, "user", logs[0].UserID, "auth0|ada")
	b.grant("ada@shop.example", password).want(200)
	reset("New-Horse-99").want(200) // the link was not used up
	b.grant("ada@shop.example", "New-Horse-99").want(200)
}

func TestExplainSaysWhatAttackProtectionRefused(t *testing.T) {
	t.Parallel()
	w := run(t, detects([]string{"block"}, nil))
	explain := func(a *answer) string {
		e, err := w.control.Explain(provider.ExplainRequest{Token: a.body})
		if err != nil {
			t.Fatal(err)
		}
		return e.Text()
	}
	w.browser().fail(10, "ada@shop.example")
	for what, c := range map[string]struct {
		refused *answer
		want    []string
	}{
		"locked": {w.browser().grant("ada@shop.example", password), []string{"max_attempts", "10 logins of \"ada@shop.example\" from 127.0.0.1 failed in a row", "2026-02-01", "/_faux0/blocks"}},
	} {
		text := explain(c.refused)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in:\n%s", what, want, text)
			}
		}
	}
	w.setPassword("auth0|nora", testBreach)
	if text := explain(w.browser().grant("nora@shop.example", testBreach)); !strings.Contains(text, "known from a breach") || !strings.Contains(text, "nora@shop.example has to choose") {
		t.Error(text)
	}
	w.browser().spray(100)
	if text := explain(w.browser().grant("nora@shop.example", password)); !strings.Contains(text, "suspiciousIpThrottling") || !strings.Contains(text, "127.0.0.1") {
		t.Error(text)
	}
}
