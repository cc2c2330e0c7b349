package provider_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

const (
	accountLocked    = "Your account has been blocked after multiple consecutive login attempts. We've sent you a notification via your preferred contact method with instructions on how to unblock it."
	addressThrottled = "We have detected suspicious login behavior and further attempts will be blocked. Please contact the administrator."
	wrongPassword    = "Wrong email or password."
)

// protect sets the attack protection that a tenant starts with.
func protect(set func(*tenant.AttackProtection)) change {
	return func(c *provider.Config) { set(&c.Snapshot.AttackProtection) }
}

// unprotected is a tenant where as much may fail as likes.
func unprotected(c *provider.Config) {
	off := false
	c.Snapshot.AttackProtection = tenant.AttackProtection{BruteForce: tenant.BruteForceProtection{Enabled: &off}, SuspiciousIP: tenant.SuspiciousIPThrottling{Enabled: &off}}
}

// proxied is a tenant behind a proxy, so that callers can come from anywhere.
func proxied(c *provider.Config) { c.Proxy = true }

func mustParse(t testing.TB, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// typed opens the login page and types into it.
func (b *browser) typed(identifier, plain string) *answer {
	b.w.t.Helper()
	page := b.authorize(webRequest()).wantPath("/u/login")
	return b.post(page.RequestURI(), "state", page.Query().Get("state"), "username", identifier, "password", plain)
}

// from is a browser at an address, where the tenant believes its proxy.
func (w *world) from(ip string) *browser {
	b := w.browser()
	b.header.Set("X-Forwarded-For", ip)
	return b
}

// passwordGrant is a login by the password grant.
func passwordGrant(username, plain string) []string {
	return []string{
		"grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "username", username, "password", plain,
	}
}

func (b *browser) grant(username, plain string) *answer {
	b.w.t.Helper()
	return b.post("/oauth/token", passwordGrant(username, plain)...)
}

// fail logs in n times with a wrong password.
func (b *browser) fail(n int, username string) {
	b.w.t.Helper()
	for range n {
		b.grant(username, "wrong").wantError(403, "invalid_grant", wrongPassword)
	}
}

func TestTenFailedLoginsLockTheAccountEvenForTheRightPassword(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.fail(10, "ada@shop.example")
	b.grant("ada@shop.example", password).wantError(429, "too_many_attempts", accountLocked)
	b.grant("nora@shop.example", password).want(200)

	hint := b.grant("ada@shop.example", password).header.Get("Faux0-Hint")
	for _, want := range []string{"10 logins", "ada@shop.example", "127.0.0.1", "max_attempts 10", "2026-02-01T03:04:05Z", "blocked_account", "/_faux0/blocks"} {
		if !strings.Contains(hint, want) {
			t.Errorf("the hint lacks %q: %s", want, hint)
		}
	}
	logs := w.control.Logs(provider.LogFilter{Type: "limit_wc"})
	if len(logs) != 3 { // the failure that locked, and two refusals
		t.Fatalf("%d events limit_wc", len(logs))
	}
	equal(t, "user", logs[0].UserID, "auth0|ada")
	equal(t, "description", logs[0].Description, "User (ada@shop.example) attempted 10 consecutive logins unsuccessfully. "+
		"Brute force protection is enabled for this connection, further attempts are blocked from this IP address for this user.")
}

func TestASuccessBeginsTheCountAnew(t *testing.T) {
	t.Parallel()
	b := run(t).browser()
	for range 3 {
		b.fail(9, "ada@shop.example")
		b.grant("ada@shop.example", password).want(200)
	}
}

func TestEverySurfaceSaysThatTheAccountIsLocked(t *testing.T) {
	t.Parallel()
	w := run(t, legacy, classic, func(c *provider.Config) { client(c, "shopWeb").CrossOriginAuthentication = true })
	w.browser().fail(10, "ada@shop.example")

	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/login")
	answer := b.get(page.RequestURI()).want(200)
	blocked := b.post("/usernamepassword/login", append(answer.fields(), "username", "ada@shop.example", "password", password)...)
	errorCode(t, blocked, 400, "user-blocked")

	config := run(t, classic, ownPage)
	b = config.browser()
	config.browser().fail(10, "ada@shop.example")
	own := b.get(b.authorize(webRequest()).wantPath("/login").RequestURI()).want(200).pageConfig()
	json := b.postJSON("/usernamepassword/login", lock(own, "ada@shop.example", password)).want(429).json()
	for name, want := range map[string]any{"name": "AnomalyDetected", "code": "too_many_attempts", "description": accountLocked, "statusCode": 429.0} {
		equal(t, name, json[name], want)
	}

	w.browser().postJSON("/co/authenticate", map[string]string{
		"client_id": "shopWeb", "credential_type": "password", "username": "ada@shop.example", "password": password,
	}).wantError(429, "too_many_attempts", accountLocked)
	w.browser().post("/oauth/ro", legacyRequest()...).wantError(429, "too_many_attempts", accountLocked)
	realm := with(passwordGrant("ada@shop.example", password), "grant_type", "http://auth0.com/oauth/grant-type/password-realm", "realm", database)
	w.browser().post("/oauth/token", realm...).wantError(429, "too_many_attempts", accountLocked)
}

func TestEverySurfaceCountsTogether(t *testing.T) {
	t.Parallel()
	w := run(t, legacy, func(c *provider.Config) { client(c, "shopWeb").CrossOriginAuthentication = true })
	w.browser().fail(4, "ada@shop.example")
	errorCode(t, w.browser().typed("ada@shop.example", "wrong"), 400, "wrong-email-credentials")
	errorCode(t, w.browser().typed("ada@shop.example", "wrong"), 400, "wrong-email-credentials")
	for range 2 {
		w.browser().postJSON("/co/authenticate", map[string]string{
			"client_id": "shopWeb", "credential_type": "password", "username": "ada@shop.example", "password": "wrong",
		}).wantError(403, "access_denied", wrongPassword)
		w.browser().post("/oauth/ro", legacyRequest("password", "wrong")...).want(401)
	}
	page := w.browser().typed("ada@shop.example", password)
	errorCode(t, page, 400, "user-blocked")
	if !strings.Contains(page.header.Get("Faux0-Hint"), "max_attempts") {
		t.Error("the page comes without a hint")
	}
}

func TestAnUnknownUserIsCountedAndAnsweredLikeAKnownOne(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	for i := range 13 {
		known, unknown := b.grant("ada@shop.example", "wrong"), b.grant("nobody@shop.example", "wrong")
		if known.status != unknown.status || known.body != unknown.body {
			t.Fatalf("try %d: %d %s for a known, %d %s for an unknown one", i+1, known.status, known.body, unknown.status, unknown.body)
		}
	}
	for _, m := range w.control.Outbox(provider.OutboxFilter{}) {
		if m.To != "ada@shop.example" {
			t.Errorf("a mail to %s", m.To)
		}
	}
}

func TestAnotherSpellingOrAliasHasNoCountOfItsOwn(t *testing.T) {
	t.Parallel()
	w := run(t)
	realm := func(username, plain string) *answer {
		return w.token(with(passwordGrant(username, plain), "grant_type", "http://auth0.com/oauth/grant-type/password-realm", "realm", "Staff")...)
	}
	for i, username := range []string{"sam", "SAM", " sam ", "sam@shop.example", "Sam@Shop.Example", "sam", "sAm", "sam@shop.example ", "sam", "sam"} {
		if res := realm(username, "wrong"); res.status != 403 {
			t.Fatalf("try %d, %q: %d", i+1, username, res.status)
		}
	}
	for _, username := range []string{"sam", "SAM@shop.example"} {
		realm(username, password).want(429)
	}
	for i, spelling := range []string{"no@body", "No@Body", " no@body", "NO@BODY", "no@body ", "no@body", "no@body", "no@body", "no@body", "no@body"} {
		if res := w.browser().grant(spelling, "wrong"); res.status != 403 {
			t.Fatalf("unknown, try %d: %d", i+1, res.status)
		}
	}
	w.browser().grant("nO@bodY", "wrong").want(429)
}

func TestTheModeSaysWhetherAnotherAddressMayTry(t *testing.T) {
	t.Parallel()
	perAddress := run(t, proxied)
	perAddress.from("203.0.113.7").fail(10, "ada@shop.example")
	perAddress.from("203.0.113.7").grant("ada@shop.example", password).want(429)
	perAddress.from("203.0.113.8").grant("ada@shop.example", password).want(200)
	perAddress.from("203.0.113.7").grant("ada@shop.example", password).want(429)

	locked := run(t, proxied, protect(func(p *tenant.AttackProtection) { p.BruteForce.Mode = tenant.CountPerIdentifier }))
	for i := range 10 {
		locked.from(fmt.Sprintf("203.0.113.%d", i)).fail(1, "ada@shop.example")
	}
	locked.from("198.51.100.1").grant("ada@shop.example", password).want(429)
	if b := locked.control.Blocks(); len(b) != 1 || b[0].IP != "" || b[0].Attempts != 10 {
		t.Errorf("blocks: %+v", b)
	}
}

// A caller on IPv6 chooses the second half of its address, and writes an IPv4
// address in more than one way.
func TestAnAddressOfTheSameNetworkIsTheSameCaller(t *testing.T) {
	t.Parallel()
	w := run(t, proxied)
	for i := range 10 {
		w.from(fmt.Sprintf("2001:db8:0:1::%x", i+1)).fail(1, "ada@shop.example")
	}
	w.from("2001:db8:0:1:ffff::1").grant("ada@shop.example", password).want(429)
	w.from("2001:db8:0:2::1").grant("ada@shop.example", password).want(200)
	w.from("203.0.113.7").fail(5, "nora@shop.example")
	w.from("::ffff:203.0.113.7").fail(5, "nora@shop.example")
	w.from("203.0.113.7").grant("nora@shop.example", password).want(429)
}

func TestTheCallersOwnWordAboutItsAddressCountsForNothing(t *testing.T) {
	t.Parallel()
	direct := run(t)
	for i := range 10 {
		direct.from(fmt.Sprintf("203.0.113.%d", i)).fail(1, "ada@shop.example")
	}
	direct.from("198.51.100.1").grant("ada@shop.example", password).want(429)

	w := run(t, proxied)
	for i := range 10 { // the proxy adds what it saw as the last
		w.from(fmt.Sprintf("10.0.0.%d, 203.0.113.7", i)).fail(1, "ada@shop.example")
	}
	w.from("10.9.9.9, 203.0.113.7").grant("ada@shop.example", password).want(429)
}

func TestAServerMaySayWhichAddressItsUserHas(t *testing.T) {
	t.Parallel()
	said := func(w *world, ip, plain string) *answer {
		b := w.browser()
		b.header.Set("auth0-forwarded-for", ip)
		return b.grant("ada@shop.example", plain)
	}
	trusted := run(t, func(c *provider.Config) { client(c, "shopPortal").TokenEndpointIPHeaderTrusted = true })
	for range 10 {
		said(trusted, "203.0.113.7", "wrong").want(403)
	}
	said(trusted, "203.0.113.7", password).want(429)
	said(trusted, "203.0.113.8", password).want(200)
	said(trusted, "nonsense", password).want(200)
	ips := []string{}
	for _, e := range trusted.control.Logs(provider.LogFilter{Type: "sepft"}) {
		ips = append(ips, e.IP)
	}
	equal(t, "logged", strings.Join(ips, " "), "203.0.113.8 127.0.0.1")

	untrusted := run(t)
	for i := range 10 {
		said(untrusted, fmt.Sprintf("203.0.113.%d", i), "wrong").want(403)
	}
	said(untrusted, "198.51.100.1", password).want(429)
}

func TestTheLinkOfTheMailUnblocksOnce(t *testing.T) {
	t.Parallel()
	w := run(t)
	w.browser().fail(10, "ada@shop.example")
	mail := w.lastMessage()
	equal(t, "kind", mail.Kind, provider.MessageBlocked)
	equal(t, "to", mail.To, "ada@shop.example")
	link := mustParse(t, w.link())
	ticket := link.Query().Get("ticket")

	for range 3 { // looking is not following: programs that read mails look
		page := w.browser().get(link.RequestURI()).want(200)
		if !strings.Contains(page.body, `name="ticket"`) {
			t.Fatal("the page has no form")
		}
	}
	w.browser().grant("ada@shop.example", password).want(429)
	done := w.browser().post(link.RequestURI(), "ticket", ticket).want(200)
	if !strings.Contains(done.body, "Account unblocked") {
		t.Errorf("the page says %s", done.body)
	}
	w.browser().grant("ada@shop.example", password).want(200)
	equal(t, "logged", slices.Contains(w.logTypes(), "ublkdu"), true)

	w.browser().fail(10, "ada@shop.example")
	for _, replayed := range []string{ticket, ticket + "x", "forged", ""} {
		if res := w.browser().post(link.Path, "ticket", replayed).want(400); !strings.Contains(res.body, "not unblocked") {
			t.Errorf("ticket %q: %s", replayed, res.body)
		}
		w.browser().get(link.Path + "?" + form("ticket", replayed)).want(400)
	}
	w.browser().grant("ada@shop.example", password).want(429)
}

// A ticket of another mail is not one that unblocks, and the other way round.
func TestTicketsOfOtherMailsDoNotUnblock(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.postJSON("/dbconnections/change_password", map[string]string{"client_id": "shopWeb", "connection": database, "email": "ada@shop.example"}).want(200)
	reset := mustParse(t, w.link()).Query().Get("ticket")
	b.fail(10, "ada@shop.example")
	unblock := mustParse(t, w.link()).Query().Get("ticket")
	b.post("/u/brute-force-protection-unblock", "ticket", reset).want(400)
	b.post("/u/reset-password", "ticket", unblock, "password-reset", "New-Horse-9", "re-enter-password", "New-Horse-9").want(400)
	b.grant("ada@shop.example", password).want(429)
}

func TestWhatEndsABlock(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*world) string{
		"thirty days": func(w *world) string { w.control.Clock().Advance(30 * day); return password },
		"a new password by mail": func(w *world) string {
			w.browser().postJSON("/dbconnections/change_password", map[string]string{"client_id": "shopWeb", "connection": database, "email": "ada@shop.example"}).want(200)
			ticket := mustParse(w.t, w.link()).Query().Get("ticket")
			w.browser().post("/u/reset-password", "ticket", ticket, "password-reset", "New-Horse-99", "re-enter-password", "New-Horse-99").want(200)
			return "New-Horse-99"
		},
		"a new password by an administrator": func(w *world) string {
			w.edit("auth0|ada", func(u *tenant.User) { u.Password = "Other-Horse-9" })
			return "Other-Horse-9"
		},
		"the control plane": func(w *world) string {
			w.browser().do("DELETE", "/_faux0/blocks?user=ada@shop.example", nil, "").want(204)
			return password
		},
		"the control plane, by id": func(w *world) string { equal(w.t, "blocks", w.control.Unblock("auth0|ada"), 1); return password },
		"the control plane, all":   func(w *world) string { w.browser().do("DELETE", "/_faux0/blocks", nil, "").want(204); return password },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t)
			w.browser().fail(10, "ada@shop.example")
			w.browser().grant("ada@shop.example", password).want(429)
			w.browser().grant("ada@shop.example", end(w)).want(200)
		})
	}
}

func TestABlockLastsUntilThirtyDaysAfterTheLastFailure(t *testing.T) {
	t.Parallel()
	w := run(t)
	w.browser().fail(10, "ada@shop.example")
	w.control.Clock().Advance(30*day - time.Second)
	w.browser().grant("ada@shop.example", password).want(429)
	w.control.Clock().Advance(time.Second)
	w.browser().grant("ada@shop.example", password).want(200)
}

// A higher max_attempts, and the connection's own switch, and exempt addresses.
func TestSettingsOfBruteForceProtection(t *testing.T) {
	t.Parallel()
	off := false
	for name, c := range map[string]struct {
		change change
		tries  int // that are let through, -1 for all
		mails  int
	}{
		"by default":                      {nil, 10, 1},
		"three":                           {protect(func(p *tenant.AttackProtection) { p.BruteForce.MaxAttempts = 3 }), 3, 1},
		"off":                             {protect(func(p *tenant.AttackProtection) { p.BruteForce.Enabled = &off }), -1, 0},
		"watched only":                    {protect(func(p *tenant.AttackProtection) { p.BruteForce.Shields = []string{} }), -1, 0},
		"mail only":                       {protect(func(p *tenant.AttackProtection) { p.BruteForce.Shields = []string{"user_notification"} }), -1, 1},
		"block only":                      {protect(func(p *tenant.AttackProtection) { p.BruteForce.Shields = []string{"block"} }), 10, 0},
		"the address is exempt":           {protect(func(p *tenant.AttackProtection) { p.BruteForce.Allowlist = []string{"127.0.0.1"} }), -1, 0},
		"its range is exempt":             {protect(func(p *tenant.AttackProtection) { p.BruteForce.Allowlist = []string{"127.0.0.0/8"} }), -1, 0},
		"another is":                      {protect(func(p *tenant.AttackProtection) { p.BruteForce.Allowlist = []string{"127.0.0.2"} }), 10, 1},
		"the connection has it off":       {databaseOption("brute_force_protection", false), -1, 0},
		"the connection has it, as usual": {databaseOption("brute_force_protection", true), 10, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes := []change{}
			if c.change != nil {
				changes = append(changes, c.change)
			}
			w := run(t, changes...)
			b := w.browser()
			through := 0
			for range 25 {
				if b.grant("ada@shop.example", "wrong").status == http.StatusForbidden {
					through++
				}
			}
			if c.tries == -1 {
				c.tries = 25
				b.grant("ada@shop.example", password).want(200)
			}
			equal(t, "tries", through, c.tries)
			equal(t, "mails", len(w.control.Outbox(provider.OutboxFilter{Kind: provider.MessageBlocked})), c.mails)
			watched := name == "watched only" || name == "mail only" || c.tries < 25
			equal(t, "logged", slices.Contains(w.logTypes(), "limit_wc"), watched)
		})
	}
}

func TestAMailOnlyTellsOnceAnHour(t *testing.T) {
	t.Parallel()
	w := run(t, protect(func(p *tenant.AttackProtection) {
		p.BruteForce.Shields = []string{"user_notification"}
	}))
	mails := func() int { return len(w.control.Outbox(provider.OutboxFilter{Kind: provider.MessageBlocked})) }
	w.browser().fail(15, "ada@shop.example")
	equal(t, "mails", mails(), 1)
	w.control.Clock().Advance(time.Hour)
	w.browser().fail(5, "ada@shop.example")
	equal(t, "mails", mails(), 2)
}

// Who guesses with many hands learns of no more wrong passwords than who
// guesses with one, and a right one among them opens nothing once the limit is
// reached.
func TestGuessesAtOnceDoNotExceedTheLimit(t *testing.T) {
	t.Parallel()
	w := run(t)
	body := form(passwordGrant("ada@shop.example", "wrong")...)
	var wrong, locked atomic.Int64
	client := w.browser().http
	atOnce(300, func() {
		res, err := client.Post(base+"/oauth/token", "application/x-www-form-urlencoded", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		res.Body.Close()
		switch res.StatusCode {
		case 403:
			wrong.Add(1)
		case 429:
			locked.Add(1)
		default:
			t.Errorf("status %d", res.StatusCode)
		}
	})
	equal(t, "answers to guesses", wrong.Load(), 10)
	equal(t, "refused", locked.Load(), 290)
	w.browser().grant("ada@shop.example", password).want(429)
	equal(t, "mails", len(w.control.Outbox(provider.OutboxFilter{Kind: provider.MessageBlocked})), 1)
}

func TestASnapshotHoldsNoBlocks(t *testing.T) {
	t.Parallel()
	w := run(t)
	w.browser().fail(10, "ada@shop.example")
	if err := w.control.Restore(w.control.Snapshot()); err != nil {
		t.Fatal(err)
	}
	w.browser().grant("ada@shop.example", password).want(200) // as sessions and codes, blocks are left out
}

// A code stands three wrong tries, and a new one is sent to anybody who asks:
// the tries are counted over all of them.
func TestANewCodeBringsNoNewTries(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	for range 4 {
		wrong := otherCode(w.codeTo())
		for range 3 {
			w.token(redeemOTP(wrong)...)
		}
	}
	w.token(redeemOTP(w.codeTo())...).wantError(429, "too_many_attempts", accountLocked)
	b := w.browser()
	b.postJSON("/co/authenticate", coOTP("000000")).wantError(429, "too_many_attempts", accountLocked)
	equal(t, "connection", w.control.Blocks()[0].Connection, "email")
	equal(t, "attempts", w.control.Blocks()[0].Attempts, 10)

	ownCodes := emailOption("email", map[string]any{"syntax": "liquid", "subject": "{{ code }}", "body": "<b>{{ code }}</b>"})
	known := run(t, passwordless, ownCodes) // somebody who has an account gets the mail
	known.token(redeemOTP(known.codeTo())...).want(200)
	for range 4 {
		wrong := otherCode(known.codeTo())
		for range 3 {
			known.token(redeemOTP(wrong)...)
		}
	}
	mails := known.control.Outbox(provider.OutboxFilter{Kind: provider.MessageBlocked, To: "eve@shop.example"})
	equal(t, "mails", len(mails), 1)
	equal(t, "subject", mails[0].Subject, "Your account was blocked")
	ticket := mustParse(t, strings.TrimSuffix(mails[0].Link, "#")).Query().Get("ticket")
	known.browser().post("/u/brute-force-protection-unblock", "ticket", ticket).want(200)
	known.token(redeemOTP(known.codeTo())...).want(200)
}

func TestCodesOfADatabaseCountWithItsPasswords(t *testing.T) {
	t.Parallel()
	w := run(t, byCodes)
	b := w.browser()
	challenge := func() (session, code string) {
		return w.otpChallenge().want(200).text("auth_session"), w.lastMessage().Code
	}
	const email = "ada@shop.example"
	for range 8 {
		b.grant(email, "wrong").want(403)
	}
	session, code := challenge()
	w.redeemSession(session, otherCode(code)).want(400)
	w.redeemSession(session, otherCode(code)).want(400)
	w.redeemSession(session, code).wantError(403, "access_denied", accountLocked)
	b.grant(email, password).want(429)
}

func TestTheCodePageSaysThatTheAccountIsLocked(t *testing.T) {
	t.Parallel()
	w := run(t, codePages)
	b := w.browser()
	page := b.askCode(webRequest("connection", "email"), "eve@shop.example")
	for range 4 {
		for range 3 {
			b.submit(page, "code", otherCode(w.lastMessage().Code))
		}
		b.resend(page)
	}
	errorCode(t, b.submit(page, "code", w.lastMessage().Code), 400, "user-blocked")
}

func TestWhoTypesAPhoneNumberIsToldByTextMessage(t *testing.T) {
	t.Parallel()
	w := run(t, byCodes)
	w.edit("auth0|nora", func(u *tenant.User) { u.PhoneNumber = "+12025550199" })
	b := w.browser()
	for range 10 {
		b.grant("+12025550199", "wrong").want(403)
	}
	b.grant("nora@shop.example", password).want(429) // it is the same account
	sms := w.lastMessage()
	equal(t, "kind", sms.Kind, provider.MessageBlocked)
	equal(t, "channel", sms.Channel, "sms")
	equal(t, "to", sms.To, "+12025550199")
	link := mustParse(t, strings.TrimSuffix(sms.Link, "#"))
	if !strings.Contains(sms.Text, link.Query().Get("ticket")) {
		t.Errorf("the message has no link: %s", sms.Text)
	}
	b.post(link.Path, "ticket", link.Query().Get("ticket")).want(200)
	b.grant("+12025550199", password).want(200)
}

func TestTheConsoleListsAndLiftsBlocks(t *testing.T) {
	t.Parallel()
	w := run(t, stage("pre-login", 12, 86_400_000))
	b := w.browser()
	b.fail(10, "ada@shop.example")
	b.spray(2)
	page := b.get("/_faux0/").want(200).body
	for _, want := range []string{"ada@shop.example from 127.0.0.1", "10 failed logins", `name="user" value="auth0|ada"`, "stage pre-login", `name="ip" value="127.0.0.1"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the console has no %s", want)
		}
	}
	b.do("POST", "/_faux0/blocks", head("Origin", "https://evil.example", "Content-Type", "application/x-www-form-urlencoded"), "ip=127.0.0.1").want(403)
	b.post("/_faux0/blocks", "nobody", "x").want(400)
	b.post("/_faux0/blocks", "ip", "127.0.0.1").want(302)
	b.post("/_faux0/blocks", "user", "auth0|ada").want(302)
	equal(t, "blocks", len(w.control.Blocks()), 0)
	b.grant("ada@shop.example", password).want(200)
}

// A linked account has a count of its own, and its user lifts the block.
func TestALinkedAccountIsUnblockedByItsUser(t *testing.T) {
	t.Parallel()
	w := run(t)
	if _, err := w.control.Link("auth0|ada", "auth0|sam"); err != nil {
		t.Fatal(err)
	}
	realm := func(plain string) *answer {
		return w.token(with(passwordGrant("sam", plain), "grant_type", "http://auth0.com/oauth/grant-type/password-realm", "realm", "Staff")...)
	}
	lock := func() {
		t.Helper()
		for range 10 {
			realm("wrong").want(403)
		}
		realm(password).want(429)
		w.browser().grant("ada@shop.example", password).want(200)
	}
	lock()
	mail := w.lastMessage()
	equal(t, "to", mail.To, "sam@shop.example")
	link := mustParse(t, w.link())
	w.browser().post(link.Path, "ticket", link.Query().Get("ticket")).want(200)
	realm(password).want(200)
	lock()
	equal(t, "blocks", w.control.Unblock("auth0|ada"), 1)
	realm(password).want(200)
	lock()
	equal(t, "blocks", w.control.Unblock("sam"), 1)
	realm(password).want(200)
}
