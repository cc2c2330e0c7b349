package provider_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// crowd is how many try at once what only one may do; no more than hands of
// them are on the line at any moment.
const crowd, hands = 1000, 64

// atOnce calls f n times.
func atOnce(n int, f func()) {
	calls := make(chan struct{}, n)
	for range n {
		calls <- struct{}{}
	}
	close(calls)
	var done sync.WaitGroup
	for range hands {
		done.Go(func() {
			for range calls {
				f()
			}
		})
	}
	done.Wait()
}

// race sends the same token request n times at once and counts the answers by
// status.
func race(t *testing.T, w *world, n int, pairs []string) map[int]int {
	t.Helper()
	var counts [600]atomic.Int64
	client, body := w.browser().http, form(pairs...)
	atOnce(n, func() {
		res, err := client.Post(base+"/oauth/token", "application/x-www-form-urlencoded", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		res.Body.Close()
		counts[res.StatusCode].Add(1)
	})
	answers := map[int]int{}
	for status := range counts {
		answers[status] = int(counts[status].Load())
	}
	return answers
}

func TestCodeIsRedeemedOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	w := run(t)
	got := race(t, w, crowd, redeemWeb(w.browser().code(webRequest(), "ada@shop.example")))
	if got[200] != 1 || got[403] != crowd-1 {
		t.Errorf("of %d redemptions %d succeeded and %d were refused", crowd, got[200], got[403])
	}
}

// winners counts how many of a crowd of requests from one browser are sent to
// the app with a code.
func winners(t *testing.T, b *browser, method string, targets ...string) int {
	t.Helper()
	var codes, turn atomic.Int64
	atOnce(crowd, func() {
		target := targets[int(turn.Add(1))%len(targets)]
		req, err := http.NewRequest(method, base+target, nil)
		if err != nil {
			t.Error(err)
			return
		}
		res, err := b.http.Do(req)
		if err != nil {
			t.Error(err)
			return
		}
		res.Body.Close()
		if strings.Contains(res.Header.Get("Location"), "code=") {
			codes.Add(1)
		}
	})
	return int(codes.Load())
}

func TestLoginIsResumedOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	b := run(t).browser()
	page := b.authorize(webRequest()).wantPath("/u/login")
	resume := b.post(page.RequestURI(), "state", page.Query().Get("state"), "username", "ada@shop.example", "password", password).wantPath("/authorize/resume")
	equal(t, "codes", winners(t, b, "GET", resume.RequestURI()), 1)
}

func TestLoginTicketIsUsedOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	b := run(t, func(c *provider.Config) { client(c, "shopWeb").CrossOriginAuthentication = true }).browser()
	credential := map[string]string{"client_id": "shopWeb", "credential_type": "password", "username": "ada@shop.example", "password": password}
	ticket := b.postJSON("/co/authenticate", credential).want(200).text("login_ticket")
	b.http.Jar = nil // without a session, which would answer by itself
	equal(t, "codes", winners(t, b, "GET", "/authorize?"+form(webRequest("login_ticket", ticket)...)), 1)
}

func TestPushedRequestIsUsedOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { c.Snapshot.Settings.PAR = true })
	b := w.browser()
	b.login(portalRequest(), "ada@shop.example").want(302)
	uri := b.post("/oauth/par", append(portalRequest(), "client_secret", "shop-portal-secret")...).want(201).text("request_uri")
	equal(t, "codes", winners(t, b, "GET", "/authorize?"+form("client_id", "shopPortal", "request_uri", uri)), 1)
}

func TestOneTimeCodeWorksOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless, unprotected)
	if got := race(t, w, crowd, redeemOTP(w.codeTo())); got[200] != 1 || got[403] != crowd-1 {
		t.Errorf("of %d redemptions %d succeeded and %d were refused", crowd, got[200], got[403])
	}
}

func TestCodeOfADatabaseWorksOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	w := run(t, byCodes, unprotected)
	session := w.otpChallenge("email", "new@shop.example", "allow_signup", "true").want(200).text("auth_session")
	redemption := []string{
		"grant_type", tenant.GrantPasswordlessOTP, "client_id", "shopPortal", "client_secret", "shop-portal-secret", "auth_session", session, "otp", w.lastMessage().Code,
	}
	if got := race(t, w, crowd, redemption); got[200] != 1 || got[400] != crowd-1 {
		t.Errorf("of %d redemptions %d succeeded and %d were refused", crowd, got[200], got[400])
	}
}

func TestCodeOnThePageWorksOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	w := run(t, codePages, unprotected)
	b := w.browser()
	page := b.askCode(webRequest("connection", "email"), "eve@shop.example")
	body := form("state", page.Query().Get("state"), "action", "default", "code", w.lastMessage().Code)
	var through atomic.Int64
	atOnce(crowd, func() {
		res := b.do("POST", page.RequestURI(), head("Content-Type", "application/x-www-form-urlencoded"), body)
		if strings.HasPrefix(res.header.Get("Location"), "/authorize/resume") {
			through.Add(1)
		}
	})
	equal(t, "logins", through.Load(), 1)
}

// TestSecondFactorIsTakenOnceHoweverManyTry: one code of an app is one login.
func TestSecondFactorIsTakenOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP))
	w.enroll(ada, provider.MethodTOTP, "")
	if got := race(t, w, crowd, byFactor(tenant.GrantMFAOTP, w.mfaToken(), "otp", w.otp(ada))); got[200] != 1 || got[403] != crowd-1 {
		t.Errorf("of %d tries %d succeeded and %d were refused", crowd, got[200], got[403])
	}
}

// TestAddressSignsUpOnceHoweverManyTry: two users of one address could each
// log in as the other.
func TestAddressSignsUpOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	w := run(t)
	client := w.browser().http
	body := `{"client_id":"shopWeb","connection":"` + database + `","email":"new@shop.example","password":"` + password + `"}`
	var made atomic.Int64
	atOnce(100, func() {
		res, err := client.Post(base+"/dbconnections/signup", "application/json", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			made.Add(1)
		}
	})
	equal(t, "users made", made.Load(), 1)
	count := 0
	for _, u := range w.control.Snapshot().Users {
		if u.Email == "new@shop.example" {
			count++
		}
	}
	equal(t, "users with the address", count, 1)
}

// TestUpstreamMakesOneUserHoweverManyTry: the same person logs in for the first
// time in many windows.
func TestUpstreamMakesOneUserHoweverManyTry(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) {
		c.Snapshot.Connections = append(c.Snapshot.Connections, &tenant.Connection{
			ID: "con_social", Name: "google-oauth2", Strategy: "google-oauth2", EnabledClients: []string{"shopWeb"}, Options: map[string]any{},
		})
	})
	b := w.browser()
	page := b.authorize(webRequest("connection", "google-oauth2")).wantPath("/u/pretend/google-oauth2")
	body := form("state", page.Query().Get("state"), "email", "zoe@shop.example", "action", "default")
	atOnce(100, func() {
		res, err := b.http.Post(base+page.RequestURI(), "application/x-www-form-urlencoded", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		res.Body.Close()
	})
	count := 0
	for _, u := range w.control.Snapshot().Users {
		if u.Email == "zoe@shop.example" {
			count++
		}
	}
	equal(t, "users with the address", count, 1)
}
