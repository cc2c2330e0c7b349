package provider_test

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
	"github.com/faux0/faux0/testkit"
)

const (
	pageDetect         = "/u/mfa-detect-browser-capabilities"
	pageEnrolRoaming   = "/u/mfa-webauthn-roaming-enrollment"
	pageRoaming        = "/u/mfa-webauthn-roaming-challenge"
	pageEnrolPlatform  = "/u/mfa-webauthn-platform-enrollment"
	pagePlatform       = "/u/mfa-webauthn-platform-challenge"
	pageKeyName        = "/u/mfa-webauthn-change-key-nickname"
	pageKeyAdded       = "/u/mfa-webauthn-enrollment-success"
	pageKeyFailed      = "/u/mfa-webauthn-error"
	pageUnsupported    = "/u/mfa-webauthn-not-available-error"
	capable, incapable = "true", "false"
)

// keyPage is a page that talks to an authenticator.
type keyPage struct {
	b       *browser
	at      *url.URL
	options []byte
}

// open opens the page that a redirect leads to, and reads what it asks.
func (b *browser) open(to *answer, path string) keyPage {
	b.w.t.Helper()
	return b.reopen(to.wantPath(path))
}

func (b *browser) reopen(at *url.URL) keyPage {
	b.w.t.Helper()
	page := b.get(at.RequestURI()).want(200)
	options := regexp.MustCompile(`data-options="([^"]*)"`).FindStringSubmatch(page.body)
	if options == nil {
		b.w.t.Fatalf("%s asks no authenticator: %s", at.Path, page.body)
	}
	return keyPage{b, at, []byte(html.UnescapeString(options[1]))}
}

// send sends the page's form.
func (p keyPage) send(pairs ...string) *answer {
	p.b.w.t.Helper()
	return p.b.post(p.at.RequestURI(), with([]string{"state", p.at.Query().Get("state"), "action", "default"}, pairs...)...)
}

// create and sign are what the page's authenticator answers.
func (p keyPage) create(a *testkit.Authenticator) string {
	p.b.w.t.Helper()
	return p.must(a.Create(p.options, p.b.base))
}

func (p keyPage) sign(a *testkit.Authenticator) string {
	p.b.w.t.Helper()
	return p.must(a.Get(p.options, p.b.base))
}

func (p keyPage) must(credential []byte, err error) string {
	p.b.w.t.Helper()
	if err != nil {
		p.b.w.t.Fatal(err)
	}
	return string(credential)
}

// tell is what the page's script says of the browser.
func (b *browser) tell(to *answer, platform string) *answer {
	b.w.t.Helper()
	at := to.wantPath(pageDetect)
	b.get(at.RequestURI()).want(200)
	return b.post(at.RequestURI(), "state", at.Query().Get("state"), "js-available", "true", "webauthn-available", "true",
		"is-brave", "false", "webauthn-platform-available", platform)
}

// enrolRoaming logs in with a security key that is enrolled on the way.
func (b *browser) enrolRoaming(key *testkit.Authenticator, email, next string) *answer {
	b.w.t.Helper()
	due := b.tell(b.login(portalRequest(), email), incapable).location()
	due.Path = pageEnrolRoaming
	page := b.reopen(due)
	at := page.send("response", page.create(key)).wantPath(pageKeyName)
	b.get(at.RequestURI()).want(200)
	added := b.post(at.RequestURI(), "state", at.Query().Get("state"), "nickname", "My key").wantPath(pageKeyAdded)
	b.get(added.RequestURI()).want(200)
	res := b.post(added.RequestURI(), "state", added.Query().Get("state"), "action", "default")
	res.wantPath(next)
	return res
}

// factor changes the settings of a factor.
func factor(name string, f func(*tenant.GuardianFactor)) change {
	return func(c *provider.Config) { f(c.Snapshot.Guardian.Factor(name)) }
}

func TestASecurityKeyIsEnrolledAndAskedForAtTheNextLogin(t *testing.T) {
	t.Parallel()
	for scheme, begin := range map[string]func(testing.TB, ...change) *world{"http": run, "https": runTLS} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			w := begin(t, factors(tenant.FactorWebAuthnRoaming), always)
			key := &testkit.Authenticator{Roaming: true, Unverified: true}
			b := w.browser()
			if b.get(b.enrolRoaming(key, adaMail, "/authorize/resume").location().RequestURI()).query().Get("code") == "" {
				t.Error("no code for the app")
			}
			b = w.browser()
			page := b.open(b.tell(b.login(portalRequest("acr_values", tenant.ACRMultiFactor), adaMail), incapable), pageRoaming)
			done := b.get(page.send("response", page.sign(key)).wantPath("/authorize/resume").RequestURI())
			id := claims(t, w.token(redeemPortal(done.query().Get("code"))...).want(200).text("id_token"))
			if amr, _ := id["amr"].([]any); len(amr) != 1 || amr[0] != "mfa" || id["acr"] != tenant.ACRMultiFactor {
				t.Errorf("amr %v, acr %v", id["amr"], id["acr"])
			}
			stored := userOf(w.control.Snapshot(), ada).Keys
			if len(stored) != 1 || stored[0].Name != "My key" || stored[0].RelyingParty != "tenant.localhost" || stored[0].SignCount != 1 {
				t.Errorf("the user's keys are %+v", stored)
			}
		})
	}
}

func TestAKeyIsNoFactorWithoutWhatItSigned(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorWebAuthnRoaming), always)
	key, stranger := &testkit.Authenticator{Roaming: true}, &testkit.Authenticator{Roaming: true}
	w.browser().enrolRoaming(key, adaMail, "/authorize/resume")
	w.browser().enrolRoaming(stranger, "nora@shop.example", "/authorize/resume")
	ask := func() (*browser, keyPage) {
		b := w.browser()
		return b, b.open(b.tell(b.login(portalRequest(), adaMail), incapable), pageRoaming)
	}
	refused := func(name string, res *answer) {
		t.Helper()
		if res.status != 400 || !strings.Contains(res.body, `data-error-code="webauthn-challenge-error"`) {
			t.Errorf("%s: %d %s", name, res.status, res.body)
		}
	}
	b, page := ask()
	good := page.sign(key)
	refused("nothing", page.send())
	refused("no JSON", page.send("response", "{"))
	refused("wrong origin", page.send("response", page.must(key.Get(page.options, "https://evil.example"))))
	refused("an answer after a wrong one", page.send("response", good))

	_, page = ask()
	stolen := strings.ReplaceAll(string(page.options), "allowCredentials", "ignored")
	refused("another user's key", page.send("response", page.must(stranger.Get([]byte(stolen), b.base))))

	_, page = ask()
	first := page.sign(key)
	page.send("response", first).wantPath("/authorize/resume")
	_, page = ask()
	refused("a replayed answer", page.send("response", first))
	refused("another login's challenge", page.send("response", func() string { _, other := ask(); return other.sign(key) }()))

	key.SignCount = 0
	_, page = ask()
	refused("a copied key", page.send("response", page.sign(key)))

	// typing the end of the login skips nothing
	b, page = ask()
	b.get("/authorize/resume?state=" + page.at.Query().Get("state")).wantPath(pageDetect)
}

func TestUserVerificationIsAsTheTenantWantsIt(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorWebAuthnRoaming), always, factor(tenant.FactorWebAuthnRoaming, func(f *tenant.GuardianFactor) { f.UserVerification = "required" }))
	b := w.browser()
	page := b.open(b.tell(b.login(portalRequest(), adaMail), incapable), pageEnrolRoaming)
	if !strings.Contains(string(page.options), `"userVerification":"required"`) {
		t.Errorf("the page asks %s", page.options)
	}
	key := &testkit.Authenticator{Roaming: true, Unverified: true}
	errorCode(t, page.send("response", page.create(key)), 400, "webauthn-associate-error")
	page = b.reopen(page.at)
	key.Unverified = false
	page.send("response", page.create(key)).wantPath(pageKeyName)
}

func TestTheRelyingPartyIsTheHostOrTheTenantsChoiceAroundIt(t *testing.T) {
	t.Parallel()
	for chosen, want := range map[string]string{"": "tenant.localhost", "localhost": "localhost", "acme.example": "tenant.localhost"} {
		w := run(t, factors(tenant.FactorWebAuthnRoaming), always, factor(tenant.FactorWebAuthnRoaming, func(f *tenant.GuardianFactor) {
			f.OverrideRelyingParty, f.RelyingParty = chosen != "", chosen
		}))
		b := w.browser()
		page := b.open(b.tell(b.login(portalRequest(), adaMail), incapable), pageEnrolRoaming)
		if !strings.Contains(string(page.options), `"rp":{"id":"`+want+`"`) {
			t.Errorf("with %q the page asks %s", chosen, page.options)
		}
	}
}

func TestAKeyBringsARecoveryCodeAndAnotherWayStaysOpen(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorWebAuthnRoaming, tenant.FactorRecoveryCode), always)
	key := &testkit.Authenticator{Roaming: true}
	b := w.browser()
	shown := b.enrolRoaming(key, adaMail, recoveryEnrolPage)
	code := regexp.MustCompile(`[A-Z0-9]{24}`).FindString(b.get(shown.wantPath(recoveryEnrolPage).RequestURI()).body)
	if code == "" {
		t.Fatal("no recovery code is shown")
	}
	b = w.browser()
	page := b.open(b.tell(b.login(portalRequest(), adaMail), incapable), pageRoaming)
	options := page.send("action", "pick-authenticator").wantPath("/u/mfa-login-options")
	if !strings.Contains(b.get(options.RequestURI()).body, `value="recovery-code"`) {
		t.Error("the recovery code is no other way")
	}
	failed := page.send("action", `showError::{"name":"NotAllowedError"}`).wantPath(pageKeyFailed)
	b.get(failed.RequestURI()).want(200)
	b.post(failed.RequestURI(), "state", failed.Query().Get("state"), "action", "tryagain").wantPath(pageRoaming)
	b.post(failed.RequestURI(), "state", failed.Query().Get("state"), "action", "pick-authenticator").wantPath("/u/mfa-login-options")
	if list := w.control.Logs(provider.LogFilter{Type: tenant.LogWebAuthnFailed}); len(list) != 1 {
		t.Errorf("the log tells of it %d times", len(list))
	}
}

func TestWhoHasAFactorMayNotEnrolAKeyWithThePasswordAlone(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorWebAuthnRoaming, tenant.FactorOTP))
	stranger := &testkit.Authenticator{Roaming: true}
	b := w.browser()
	at := b.tell(b.login(portalRequest("acr_values", tenant.ACRMultiFactor), adaMail), incapable).wantPath("/u/mfa-begin-enroll-options")
	at.Path = pageEnrolRoaming
	page := b.reopen(at)
	w.enroll(ada, provider.MethodTOTP, "")
	if res := page.send("response", page.create(stranger)); res.status == 302 {
		t.Errorf("the key is enrolled: sent to %s", res.header.Get("Location"))
	}
	if keys := userOf(w.control.Snapshot(), ada).Keys; len(keys) != 0 {
		t.Errorf("the user's keys are %+v", keys)
	}
}

func TestABrowserWithoutWebAuthnIsToldSo(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorWebAuthnRoaming), always)
	w.browser().enrolRoaming(&testkit.Authenticator{Roaming: true}, adaMail, "/authorize/resume")
	b := w.browser()
	at := b.login(portalRequest(), adaMail).wantPath(pageDetect)
	b.post(at.RequestURI(), "state", at.Query().Get("state"), "js-available", "false").wantPath(pageUnsupported)
}

func TestAKeyOutlivesASnapshotAndIsRemovedByItsUser(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorWebAuthnRoaming, tenant.FactorOTP), always, func(c *provider.Config) {
		portal := client(c, "shopPortal")
		slices.Sort(portal.GrantTypes)
		portal.GrantTypes = slices.Compact(portal.GrantTypes)
	})
	key := &testkit.Authenticator{Roaming: true}
	w.browser().enrolRoaming(key, adaMail, "/authorize/resume")
	snapshot := w.browser().do("GET", "/_faux0/snapshot", head("Accept", "application/yaml"), "").want(200).body
	again := w.browser()
	again.do("PUT", "/_faux0/snapshot", head("Content-Type", "application/yaml"), snapshot).want(200)
	sign := func() keyPage {
		b := w.browser()
		return b.open(b.tell(b.login(portalRequest(), adaMail), incapable), pageRoaming)
	}
	page := sign()
	page.send("response", page.sign(key)).wantPath("/authorize/resume")

	w.enroll(ada, provider.MethodTOTP, "")
	waiting := w.mfaToken("audience", base+"/mfa/", "scope", tenant.ScopeReadAuthenticators+" "+tenant.ScopeRemoveAuthenticators)
	me := head("Authorization", "Bearer "+w.token(byFactor(tenant.GrantMFAOTP, waiting, "otp", w.otp(ada))...).want(200).text("access_token"))
	list := w.browser().do("GET", "/mfa/authenticators", me, "").want(200)
	id := regexp.MustCompile(`"id":"(webauthn-roaming\|dev_[^"]+)","authenticator_type":"webauthn-roaming","active":true,"name":"My key"`).FindStringSubmatch(list.body)
	if id == nil {
		t.Fatalf("the authenticators are %s", list.body)
	}
	w.browser().do("DELETE", "/mfa/authenticators/"+url.PathEscape(id[1]), me, "").want(204)
	if keys := userOf(w.control.Snapshot(), ada).Keys; len(keys) != 0 {
		t.Errorf("the user's keys are %+v", keys)
	}
	b := w.browser()
	b.tell(b.login(portalRequest(), adaMail), incapable).wantPath(otpPage)
}
