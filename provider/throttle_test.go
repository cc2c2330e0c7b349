package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// spray fails n logins, each into another account.
func (b *browser) spray(n int) {
	b.w.t.Helper()
	for i := range n {
		b.fail(1, fmt.Sprintf("nobody%d@shop.example", i))
	}
}

func stage(name string, attempts, rate int) change {
	return protect(func(p *tenant.AttackProtection) {
		p.SuspiciousIP.Stages = map[string]tenant.Throttle{name: {MaxAttempts: attempts, RateMillis: rate}}
	})
}

func TestAnAddressThatFailsAHundredTimesIsHeldBackFromEveryAccount(t *testing.T) {
	t.Parallel()
	w := run(t, proxied)
	bad := w.from("203.0.113.7")
	bad.spray(100)
	held := bad.grant("ada@shop.example", password).wantError(429, "too_many_attempts", addressThrottled)
	for _, want := range []string{"203.0.113.7", "pre-login", "max_attempts 100", "2026-01-02T03:18:29Z", "/_faux0/blocks?ip="} {
		if hint := held.header.Get("Faux0-Hint"); !strings.Contains(hint, want) {
			t.Errorf("the hint lacks %q: %s", want, hint)
		}
	}
	page := w.from("203.0.113.7").typed("ada@shop.example", password)
	errorCode(t, page, 429, "ip-blocked")
	w.from("203.0.113.8").grant("ada@shop.example", password).want(200)

	logs := w.control.Logs(provider.LogFilter{Type: "limit_mu"})
	equal(t, "events", len(logs), 3)
	equal(t, "address", logs[0].IP, "203.0.113.7")
	equal(t, "flow", logs[0].Details["flow"], any("login"))
	alerts := w.control.Outbox(provider.OutboxFilter{Kind: provider.MessageAdminAlert})
	equal(t, "alerts", len(alerts), 1)
}

func TestAThrottledAddressGetsOneAttemptBackAtATime(t *testing.T) {
	t.Parallel()
	w := run(t, stage("pre-login", 5, 60_000))
	b := w.browser()
	b.spray(5)
	b.grant("ada@shop.example", password).want(429)
	w.control.Clock().Advance(time.Minute - time.Millisecond)
	b.grant("ada@shop.example", password).want(429)
	w.control.Clock().Advance(time.Millisecond)
	b.fail(1, "ada@shop.example")
	b.grant("ada@shop.example", password).want(429)
	w.control.Clock().Advance(5 * time.Minute)
	b.spray(5)
	b.grant("ada@shop.example", password).want(429)
	// A success gives them all back.
	w.control.Clock().Advance(time.Minute)
	b.grant("ada@shop.example", password).want(200)
	b.spray(5)
	b.grant("ada@shop.example", password).want(429)
	if list := w.control.Blocks(); len(list) != 1 || list[0].IP != "127.0.0.1" || list[0].Stage != "pre-login" {
		t.Errorf("blocks: %+v", list)
	}
	b.do("DELETE", "/_faux0/blocks?ip=127.0.0.1", nil, "").want(204)
	b.grant("ada@shop.example", password).want(200)
}

func TestSuccessfulLoginsDoNotCount(t *testing.T) {
	t.Parallel()
	b := run(t, stage("pre-login", 3, 86_400_000)).browser()
	for range 20 {
		b.grant("ada@shop.example", password).want(200)
	}
	b.spray(3)
	b.grant("ada@shop.example", password).want(429)
}

func TestSettingsOfSuspiciousIPThrottling(t *testing.T) {
	t.Parallel()
	off := false
	for name, c := range map[string]struct {
		set    func(*tenant.SuspiciousIPThrottling)
		status int
		alerts int
		logged bool
	}{
		"by default":            {func(*tenant.SuspiciousIPThrottling) {}, 429, 1, true},
		"off":                   {func(p *tenant.SuspiciousIPThrottling) { p.Enabled = &off }, 200, 0, false},
		"watched only":          {func(p *tenant.SuspiciousIPThrottling) { p.Shields = []string{} }, 200, 0, true},
		"alert only":            {func(p *tenant.SuspiciousIPThrottling) { p.Shields = []string{"admin_notification"} }, 200, 1, true},
		"block only":            {func(p *tenant.SuspiciousIPThrottling) { p.Shields = []string{"block"} }, 429, 0, true},
		"the address is exempt": {func(p *tenant.SuspiciousIPThrottling) { p.Allowlist = []string{"::1", "127.0.0.0/30"} }, 200, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, protect(func(p *tenant.AttackProtection) {
				p.SuspiciousIP.Stages = map[string]tenant.Throttle{"pre-login": {MaxAttempts: 4, RateMillis: 86_400_000}}
				c.set(&p.SuspiciousIP)
			}), func(c *provider.Config) { c.Snapshot.Settings.SupportEmail = "ops@shop.example" })
			w.browser().spray(4)
			w.browser().grant("ada@shop.example", password).want(c.status)
			alerts := w.control.Outbox(provider.OutboxFilter{Kind: provider.MessageAdminAlert, To: "ops@shop.example"})
			equal(t, "alerts", len(alerts), c.alerts)
			equal(t, "logged", slices.Contains(w.logTypes(), "limit_mu"), c.logged)
		})
	}
}

func signUp(b *browser, n int) *answer {
	b.w.t.Helper()
	return b.postJSON("/dbconnections/signup", map[string]string{
		"client_id": "shopWeb", "connection": database, "email": fmt.Sprintf("new%d@shop.example", n), "password": password,
	})
}

func TestSignUpsAreThrottledWhateverBecomesOfThem(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	for i := range 25 {
		signUp(b, i).want(200)
		signUp(b, i).want(400) // the same once more
	}
	// What is no sign-up at all does not count.
	b.postJSON("/dbconnections/signup", map[string]string{"client_id": "shopWeb", "connection": database, "email": "zoe"}).want(400)
	held := signUp(b, 99).want(429).json()
	for name, want := range map[string]any{"name": "AnomalyDetected", "code": "too_many_attempts", "description": addressThrottled, "statusCode": 429.0} {
		equal(t, name, held[name], want)
	}
	page := b.screen("signup")
	errorCode(t, b.submit(page, "email", "zoe@shop.example", "password", password), 429, "ip-signup-blocked")
	equal(t, "flow", w.control.Logs(provider.LogFilter{Type: "limit_mu"})[0].Details["flow"], any("signup"))

	b.grant("ada@shop.example", password).want(200) // logging in is counted apart
	w.control.Clock().Advance(1200 * time.Millisecond)
	signUp(b, 99).want(200)
	signUp(b, 100).want(429)
}

func TestFailedLoginsDoNotHoldSignUpsBack(t *testing.T) {
	t.Parallel()
	b := run(t, stage("pre-login", 2, 86_400_000)).browser()
	b.spray(2)
	b.grant("ada@shop.example", password).want(429)
	signUp(b, 1).want(200)
}

func TestSignUpsAtOnceDoNotExceedTheLimit(t *testing.T) {
	t.Parallel()
	w := run(t, stage("pre-user-registration", 20, 1200))
	client := w.browser().http
	var n, let, held atomic.Int64
	atOnce(200, func() {
		body := form("client_id", "shopWeb", "connection", database, "email", fmt.Sprintf("new%d@shop.example", n.Add(1)), "password", password)
		res, err := client.Post(base+"/dbconnections/signup", "application/x-www-form-urlencoded", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		res.Body.Close()
		if res.StatusCode == http.StatusTooManyRequests {
			held.Add(1)
		} else {
			let.Add(1)
		}
	})
	equal(t, "let through", let.Load(), 20)
	equal(t, "held back", held.Load(), 180)
}

// Anybody may make up accounts, and anybody on IPv6 addresses: what is kept of
// them has an end, and a flood of them costs each no more than the first.
func TestAFloodOfFailuresDoesNotFillTheMemory(t *testing.T) {
	t.Parallel()
	w := run(t, proxied)
	const flood = 12_000
	for i := range flood {
		r := httptest.NewRequest("POST", base+"/oauth/token", strings.NewReader(form(passwordGrant(fmt.Sprintf("nobody%d@shop.example", i), "wrong")...)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Forwarded-For", fmt.Sprintf("2001:db8:%x::1", i))
		res := httptest.NewRecorder()
		w.provider.ServeHTTP(res, r)
		if res.Code != http.StatusForbidden {
			t.Fatalf("try %d: %d", i, res.Code)
		}
	}
	long := strings.Repeat("nobody", 100_000)
	w.browser().grant(long, "wrong").wantError(403, "invalid_grant", wrongPassword)
	for _, b := range w.control.Logs(provider.LogFilter{}) {
		if len(b.UserName) > 400 {
			t.Errorf("the log keeps an identifier of %d bytes", len(b.UserName))
		}
	}
	accounts, addresses := w.provider.CountedFailures()
	for what, n := range map[string]int{"accounts": accounts, "addresses": addresses} {
		if n > 10_000 || n < 9_000 {
			t.Errorf("%d %s are remembered", n, what)
		}
	}
}

func TestSignUpsByCodeAreThrottledToo(t *testing.T) {
	t.Parallel()
	w := run(t, byCodes, stage("pre-user-registration", 2, 86_400_000))
	redeem := func(n int) *answer {
		session := w.otpChallenge("email", fmt.Sprintf("new%d@shop.example", n), "allow_signup", "true").want(200).text("auth_session")
		return w.redeemSession(session, w.lastMessage().Code)
	}
	redeem(1).want(200)
	redeem(2).want(200)
	redeem(3).wantError(429, "too_many_attempts", addressThrottled)
}
