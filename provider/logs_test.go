package provider_test

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
	"github.com/faux0/faux0/testkit"
)

// logged is the tenant's log since the last call, as "type user description".
func (w *world) logged() string {
	w.t.Helper()
	var lines []string
	for _, e := range w.control.Logs(provider.LogFilter{}) {
		line := string(e.Type)
		for _, s := range []string{e.ClientName, e.UserName, e.Description} {
			if s != "" {
				line += " | " + s
			}
		}
		lines = append(lines, line)
	}
	w.control.ClearLogs()
	return strings.Join(lines, "\n")
}

func (w *world) wantLogged(what string, lines ...string) {
	w.t.Helper()
	if got, want := w.logged(), strings.Join(lines, "\n"); got != want {
		w.t.Errorf("%s: the tenant's log says\n%s\nwant\n%s", what, got, want)
	}
}

func (w *world) lastLog() provider.LogEvent {
	w.t.Helper()
	all := w.control.Logs(provider.LogFilter{})
	if len(all) == 0 {
		w.t.Fatal("the tenant's log is empty")
	}
	return all[len(all)-1]
}

func TestLoginsAreInTheTenantsLog(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.authorize(webRequest("prompt", "none"))
	w.wantLogged("silent without a session", "fsa | Shop Web | Login required")

	page := b.authorize(webRequest()).wantPath("/u/login")
	try := func(email, pass string) *answer {
		return b.post(page.RequestURI(), "state", page.Query().Get("state"), "username", email, "password", pass, "action", "default")
	}
	try("ada@shop.example", "wrong").want(400)
	w.wantLogged("a wrong password", "fp | Shop Web | ada@shop.example | Wrong email or password.")
	try("nobody@shop.example", "wrong").want(400)
	w.wantLogged("an unknown user", "fu | Shop Web | nobody@shop.example | Wrong email or password.")

	b.login(webRequest(), "ada@shop.example")
	e := w.lastLog()
	equal(t, "user", e.UserID, "auth0|ada")
	equal(t, "connection", e.Connection, "Username-Password-Authentication")
	equal(t, "strategy", e.Strategy+" "+e.StrategyType, "auth0 database")
	equal(t, "audience", e.Audience, orders)
	if e.Details["session_id"] == "" || len(e.Details["prompts"].([]any)) != 2 {
		t.Errorf("details %v", e.Details)
	}
	w.wantLogged("a login", "s | Shop Web | ada@shop.example")
	b.authorize(webRequest("prompt", "none")).want(302)
	w.wantLogged("silent with the session", "ssa | Shop Web | ada@shop.example")
	b.authorize(portalRequest()).want(302)
	w.wantLogged("single sign-on", "s | Shop Portal | ada@shop.example")

	w.edit("auth0|ada", func(u *tenant.User) { u.Blocked = true })
	w.logged()
	w.browser().login(webRequest(), "ada@shop.example")
	w.wantLogged("a blocked user", "f | Shop Web | ada@shop.example | user is blocked")
	b.authorize(webRequest("redirect_uri", "https://evil.example")).want(403)
	e = w.lastLog()
	equal(t, "type", e.Type, tenant.LogFailedLogin)
	if !strings.Contains(e.Description, "https://evil.example") {
		t.Errorf("description %q", e.Description)
	}
}

func TestExchangesAreInTheTenantsLog(t *testing.T) {
	t.Parallel()
	w := run(t)
	code := w.browser().code(webRequest(), "ada@shop.example")
	w.logged()
	w.token(redeemWeb(code)...).want(200)
	w.wantLogged("a code", "seacft | Shop Web | ada@shop.example")
	w.token(redeemWeb(code)...).want(403)
	equal(t, "code in the log", w.lastLog().Details["code"].(string), "*************"+code[len(code)-3:])
	w.wantLogged("a used code", "feacft | Shop Web | Invalid authorization code")

	machine := []string{"grant_type", "client_credentials", "client_id", "shopWorker", "client_secret", "shop-worker-secret", "audience", orders}
	basic := w.browser()
	basic.post("/oauth/token", machine...)
	machineEvent := w.lastLog()
	equal(t, "audience of the machine's token", machineEvent.Audience, orders)
	w.logged()
	w.token(with(machine, "client_secret", "wrong")...).want(401)
	w.wantLogged("a wrong secret", "feccft | Shop Worker | Unauthorized")

	passwords := []string{"grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "username", "ada@shop.example", "password", password}
	w.token(passwords...).want(200)
	w.wantLogged("a password", "sepft | Shop Portal | ada@shop.example")
	w.token(with(passwords, "password", "wrong")...).want(403)
	w.wantLogged("a wrong password",
		"fp | Shop Portal | ada@shop.example | Wrong email or password.", "fepft | Shop Portal | Wrong email or password.")
}

func TestSecondFactorsAreInTheTenantsLog(t *testing.T) {
	t.Parallel()
	w := run(t, factors(tenant.FactorOTP, tenant.FactorSMS, tenant.FactorRecoveryCode), passkeys(nil), func(c *provider.Config) {
		client(c, "shopWeb").GrantTypes = append(client(c, "shopWeb").GrantTypes, tenant.GrantMFAOTP)
	})
	device := &testkit.Authenticator{}
	w.addPasskey(device, adaMail)
	w.enroll(ada, provider.MethodTOTP, "")
	w.enroll(ada, provider.MethodSMS, adaPhone)
	recovery := w.enroll(ada, provider.MethodRecoveryCode, "")
	w.logged()
	const who = " | Shop Portal | " + adaMail
	required := func() string {
		t.Helper()
		waiting := w.mfaToken()
		equal(t, "grant_type", w.lastEvent(tenant.LogFactorRequired).Details["grant_type"], any("password"))
		w.wantLogged("a password alone", "mfar"+who, "fepft"+who+" | Multifactor authentication required")
		return waiting
	}
	waiting := required()
	w.token(byFactor(tenant.GrantMFAOTP, waiting, "otp", "000000")...).want(403)
	w.wantLogged("a wrong code", "gd_auth_failed"+who+" | Invalid otp_code.", "feotpft"+who+" | Invalid otp_code.")
	w.token(byFactor(tenant.GrantMFAOTP, waiting, "otp", w.otp(ada))...).want(200)
	w.wantLogged("an app's code", "gd_auth_succeed"+who, "seotpft"+who)

	waiting = required()
	sent := w.challenge(waiting, "challenge_type", "oob").want(200).text("oob_code")
	w.wantLogged("a text message", "gd_send_sms"+who)
	w.token(byFactor(tenant.GrantMFAOOB, waiting, "oob_code", sent, "binding_code", w.lastMessage().Code)...).want(200)
	w.wantLogged("its code", "gd_auth_succeed"+who, "seoobft"+who)

	waiting = required()
	w.token(byFactor(tenant.GrantMFARecoveryCode, waiting, "recovery_code", recovery)...).want(200)
	w.wantLogged("a recovery code", "gd_recovery_succeed"+who, "sercft"+who)

	asked := w.askPasskey("challenge", nil)
	credential, err := device.Get(publicKey(asked), base)
	waiting = w.redeemPasskey(asked, credential, err).want(403).text("mfa_token")
	w.control.Clock().Advance(time.Minute)
	w.logged()
	w.token("grant_type", tenant.GrantMFAOTP, "client_id", "shopWeb", "mfa_token", waiting, "otp", w.otp(ada)).want(200)
	w.wantLogged("an app's code after a passkey", "gd_auth_succeed | Shop Web | "+adaMail, "sepkotpft | Shop Web | "+adaMail)

	b := w.browser()
	b.byPassword(webRequest(), adaMail).wantPath(otpPage)
	if e := w.lastEvent(tenant.LogFactorRequired); e.ClientID != "shopWeb" || e.UserID != ada || e.Connection != database {
		t.Errorf("on the page the log says %+v", e)
	}
}

func TestEmbeddedLoginIsInTheTenantsLog(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	b := w.browser()
	b.postJSON("/passwordless/start", startBody()).want(200)
	e := w.lastLog()
	equal(t, "type", e.Type, tenant.LogCodeSent)
	b.postJSON("/passwordless/start", startBody("connection", "sms", "email", "", "phone_number", "+4930123456")).want(200)
	equal(t, "type", w.lastLog().Type, tenant.LogSMSCodeSent)
	w.logged()
	b.postJSON("/dbconnections/signup", signupBody()).want(200)
	e = w.lastLog()
	equal(t, "type", e.Type, tenant.LogSuccessSignup)
	equal(t, "password in the log", e.Details["body"].(map[string]any)["password"].(string), "*****")
	b.postJSON("/dbconnections/signup", signupBody()).want(400)
	equal(t, "type", w.lastLog().Type, tenant.LogFailedSignup)
	equal(t, "user of a failed sign-up", w.lastLog().UserID, "")
	b.postJSON("/dbconnections/change_password", signupBody("password", "", "email", "ada@shop.example")).want(200)
	equal(t, "type", w.lastLog().Type, tenant.LogChangePasswordSent)
	b.postJSON("/dbconnections/change_password", signupBody("password", "", "email", "nobody@shop.example")).want(200)
	equal(t, "what the log says of nobody", w.lastLog().Description, "User does not exist.")
}

// The members, their order and what is null are those of the recordings.
func TestLogEventsAreWrittenAsTheManagementAPIDoes(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	b.header.Set("User-Agent", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36")
	b.post("/oauth/token", "grant_type", "client_credentials", "client_id", "nobody", "client_secret", "x")
	got := b.get("/_faux0/logs").want(200).body
	id := "90020260102030405" + "000000" + strings.Repeat("0", 32) + "1"
	want := `[{"_id":"` + id + `","log_id":"` + id + `",` +
		`"date":"2026-01-02T03:04:05.000Z","type":"feccft","description":"Unauthorized","connection":null,"connection_id":null,` +
		`"organization_id":null,"organization_name":null,"client_id":"nobody","client_name":null,"ip":"127.0.0.1","hostname":"tenant.localhost:4400",` +
		`"details":null,"user_id":null,"user_name":null,"user_agent":"Chrome 120.0.0 / Mac OS X 10.15.7","audience":null,"scope":null,` +
		`"strategy":null,"strategy_type":null,"isMobile":false,"location_info":null}]`
	if strings.TrimSpace(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestLogsOverHTTP(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	list := func(query string) (ids []string) {
		var events []struct {
			ID string `json:"log_id"`
		}
		if err := json.Unmarshal([]byte(b.get("/_faux0/logs"+query).want(200).body), &events); err != nil || events == nil {
			t.Fatalf("no list: %v", err)
		}
		for _, e := range events {
			ids = append(ids, e.ID)
		}
		return ids
	}
	equal(t, "events before", len(list("")), 0)
	b.login(webRequest(), "ada@shop.example")
	b.authorize(portalRequest())
	all := list("")
	for query, want := range map[string]int{
		"?type=s": 2, "?type=f": 0, "?client_id=shopPortal": 1, "?user_id=auth0%7Cada": 2, "?user_id=x": 0,
		"?after=" + all[0]: 1, "?after=" + all[1]: 0, "?wait=10s&type=s": 2, "?wait=1ms&type=f": 0,
	} {
		equal(t, "events of "+query, len(list(query)), want)
	}
	for _, query := range []string{"?wait=x", "?after=1", "?typ=s"} {
		b.get("/_faux0/logs" + query).want(400)
	}
	b.do("DELETE", "/_faux0/logs", nil, "").wantBody(204, "")
	equal(t, "events after", len(list("")), 0)
	b.authorize(portalRequest())
	if again := list(""); len(again) != 1 || again[0] <= all[1] {
		t.Errorf("ids go on with %v", again)
	}
	b.do("GET", "/_faux0/logs", head("Origin", "https://evil.example"), "").want(403)
	for _, want := range []string{"Tenant log", "Logged in <code>s</code>", "Shop Portal"} {
		if page := b.get("/_faux0/").body; !strings.Contains(page, want) {
			t.Errorf("the console does not say %q", want)
		}
	}
}

func TestLogsWait(t *testing.T) {
	t.Parallel()
	w := run(t)
	found := make(chan []provider.LogEvent)
	go func() {
		list, err := w.control.WaitLogs(context.Background(), provider.LogFilter{Type: tenant.LogSuccessLogin})
		if err != nil {
			t.Error(err)
		}
		found <- list
	}()
	w.browser().login(webRequest(), "ada@shop.example")
	if list := <-found; len(list) != 1 {
		t.Errorf("%d events", len(list))
	}
}

func TestTheTenantsLogTellsNoSecrets(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	b := w.browser()
	code := b.code(webRequest("scope", "openid offline_access"), "ada@shop.example")
	res := w.token(redeemWeb(code)...).want(200)
	otp := w.codeTo()
	b.postJSON("/dbconnections/signup", signupBody()).want(200)
	w.token(redeemPortal("x", "client_secret", "a-wrong-secret")...).want(401)
	log := b.get("/_faux0/logs").want(200).body
	for _, secret := range []string{password, code, verifier, otp, res.text("access_token"), res.text("id_token"), res.text("refresh_token"), "shop-portal-secret", "a-wrong-secret"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

func TestAccountsAreInTheTenantsLog(t *testing.T) {
	t.Parallel()
	app := receive(t, 200)
	w := run(t, tells("shopWeb", app.URL, tenant.InitiatorPasswordChanged))
	b := w.browser()
	page := b.screen("signup")
	b.submit(page, "email", "zoe@shop.example", "password", "weak").want(400)
	equal(t, "a weak password", w.lastLog().Type, tenant.LogFailedSignup)
	w.logged()
	b.tokens(b.submit(page, "email", "zoe@shop.example", "password", password))
	w.browser().get(w.link()).want(200)
	w.wantLogged("a sign-up", "ss | Shop Web | zoe@shop.example", "s | Shop Web | zoe@shop.example",
		"seacft | Shop Web | zoe@shop.example", "sv | Shop Web | zoe@shop.example")

	other := w.browser()
	login := other.authorize(webRequest()).wantPath("/u/login")
	request := regexp.MustCompile(`href="(/u/reset-password/request/[^"]*)"`).FindStringSubmatch(other.get(login.RequestURI()).body)
	to, err := url.Parse(request[1])
	if err != nil {
		t.Fatal(err)
	}
	other.submit(to, "email", "nobody@shop.example").want(200)
	other.submit(to, "email", "zoe@shop.example").want(200)
	form := other.get(w.link()).wantPath("/u/reset-password")
	send := func(plain string) *answer {
		return other.post(form.RequestURI(), "ticket", form.Query().Get("ticket"), "password-reset", plain, "re-enter-password", plain)
	}
	send("weak").want(400)
	equal(t, "session lives on", b.silent(), true)
	send("New-Horse-9").want(200)
	equal(t, "subject of the logout token", claims(t, app.next(t))["aud"], any("shopWeb"))
	equal(t, "session lives on", b.silent(), false)
	w.provider.Settle()
	got := w.logged()
	for _, want := range []string{
		"fcpr | Shop Web | nobody@shop.example | User does not exist.", "scpr | Shop Web | zoe@shop.example",
		"fcp | Shop Web | zoe@shop.example | Password is too weak", "scp | Shop Web | zoe@shop.example",
		"oidc_backchannel_logout_succeeded | Shop Web | zoe@shop.example",
	} {
		if !strings.Contains(got+"\n", want+"\n") {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
