package provider_test

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// passwordless gives the tenant its two connections, and the clients what they
// need for them.
func passwordless(c *provider.Config) {
	for _, strategy := range []string{tenant.StrategyEmail, tenant.StrategySMS} {
		c.Snapshot.Connections = append(c.Snapshot.Connections, &tenant.Connection{
			ID: "con_" + strategy, Name: strategy, Strategy: strategy, EnabledClients: []string{"shopWeb", "shopPortal"}, Options: map[string]any{},
		})
	}
	for _, id := range []string{"shopWeb", "shopPortal"} {
		v := client(c, id)
		v.CrossOriginAuthentication = true
		v.GrantTypes = append(v.GrantTypes, tenant.GrantPasswordlessOTP)
	}
}

func emailOption(name string, value any) change {
	return func(c *provider.Config) { connection(c, "email").Options[name] = value }
}

// startBody is what auth0.js sends to have a code sent.
func startBody(changes ...string) map[string]any {
	body := map[string]any{}
	pairs := with([]string{"client_id", "shopWeb", "connection", "email", "send", "code", "email", "eve@shop.example"}, changes...)
	for i := 0; i < len(pairs); i += 2 {
		body[pairs[i]] = pairs[i+1]
	}
	return body
}

// codeTo asks for a code and reads it in the outbox.
func (w *world) codeTo(changes ...string) string {
	w.t.Helper()
	w.browser().postJSON("/passwordless/start", startBody(changes...)).want(200)
	return w.lastMessage().Code
}

func (w *world) lastMessage() provider.Message {
	w.t.Helper()
	list := w.control.Outbox(provider.OutboxFilter{})
	if len(list) == 0 {
		w.t.Fatal("no message was sent")
	}
	return list[len(list)-1]
}

// redeemOTP is the token request for a code.
func redeemOTP(code string, changes ...string) []string {
	return with([]string{
		"grant_type", tenant.GrantPasswordlessOTP, "client_id", "shopWeb", "realm", "email", "username", "eve@shop.example", "otp", code,
		"scope", "openid profile email offline_access", "audience", orders,
	}, changes...)
}

const (
	wrongMailCode = "Wrong email or verification code."
	tooManyCodes  = "You've reached the maximum number of attempts. Please try to login again."
)

// otherCode is one that is not the one.
func otherCode(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func TestCodeByEmail(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	res := w.browser().do("POST", "/passwordless/start", head("Content-Type", "application/json", "Origin", "http://localhost:3000", "X-Request-Language", "de"),
		`{"client_id":"shopWeb","connection":"email","send":"code","email":"Eve@shop.example","authParams":{"scope":"openid","response_type":"code"}}`).want(200)
	if !regexp.MustCompile(`^\{"_id":"[0-9a-f]{24}","email":"eve@shop\.example","email_verified":false\}$`).MatchString(res.body) {
		t.Errorf("body %s", res.body)
	}
	equal(t, "who may read it", res.header.Get("Access-Control-Allow-Origin"), "http://localhost:3000")
	m := w.lastMessage()
	if !regexp.MustCompile(`^[0-9]{6}$`).MatchString(m.Code) || m.Link != "" || m.Kind != provider.MessagePasswordlessCode || m.To != "eve@shop.example" || m.Channel != "email" {
		t.Fatalf("message %+v", m)
	}
	if !strings.Contains(m.Text, m.Code) || !strings.Contains(m.HTML, m.Code) {
		t.Errorf("the mail does not hold its code: %+v", m)
	}
	for _, u := range w.control.Snapshot().Users {
		if u.Email == "eve@shop.example" {
			t.Error("there is a user before the login")
		}
	}
	tokens := w.token(redeemOTP(m.Code, "username", "EVE@shop.example")...).want(200)
	id := claims(t, tokens.text("id_token"))
	equal(t, "sub", id["sub"], any("email|"+res.text("_id")))
	equal(t, "email_verified", id["email_verified"], any(true))
	if tokens.text("refresh_token") == "" {
		t.Error("no refresh token, although offline_access was asked for")
	}
	access := claims(t, tokens.text("access_token"))
	if _, ok := access["gty"]; ok {
		t.Errorf("gty is %v", access["gty"])
	}
	u := userOf(w.control.Snapshot(), "email|"+res.text("_id"))
	equal(t, "connection", u.Connection, "email")
	equal(t, "logins", u.LoginsCount, 1)
	equal(t, "provider", u.Identities[0].Provider, "email")
	// The second login is the same user's, who is verified by now.
	again := w.browser().postJSON("/passwordless/start", startBody()).want(200)
	equal(t, "_id", again.text("_id"), res.text("_id"))
	equal(t, "verified", again.json()["email_verified"], any(true))
	w.token(redeemOTP(w.lastMessage().Code)...).want(200)
}

func TestCodeByTextMessage(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	res := w.browser().do("POST", "/passwordless/start", head("Content-Type", "application/json", "X-Request-Language", "de"),
		`{"client_id":"shopWeb","connection":"sms","send":"link","phone_number":"+4930123456"}`).want(200)
	if !regexp.MustCompile(`^\{"_id":"[0-9a-f]{24}","phone_number":"\+4930123456","phone_verified":false,"request_language":"de"\}$`).MatchString(res.body) {
		t.Errorf("body %s", res.body)
	}
	m := w.lastMessage()
	equal(t, "channel", m.Channel, "sms")
	equal(t, "text", m.Text, "Your verification code is: "+m.Code)
	equal(t, "link", m.Link, "")
	w.token(redeemOTP(otherCode(m.Code), "realm", "sms", "username", "+4930123456")...).wantError(403, "invalid_grant", "Wrong phone number or verification code.")
	tokens := w.token(redeemOTP(m.Code, "realm", "sms", "username", "+4930123456")...).want(200)
	u := userOf(w.control.Snapshot(), claims(t, tokens.text("id_token"))["sub"].(string))
	equal(t, "user", u.UserID, "sms|"+res.text("_id"))
	equal(t, "verified", u.PhoneVerified, true)
	equal(t, "name", u.Name, "+4930123456")
}

func TestCodeWorksOnceAndForAWhile(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	first := w.codeTo()
	second := w.codeTo()
	if first != second { // one time in a million they are the same
		w.token(redeemOTP(first)...).wantError(403, "invalid_grant", wrongMailCode)
	}
	w.token(redeemOTP(second)...).want(200)
	w.token(redeemOTP(second)...).wantError(403, "invalid_grant", wrongMailCode)

	code := w.codeTo()
	w.control.Clock().Advance(179 * time.Second)
	w.token(redeemOTP(code)...).want(200)
	code = w.codeTo()
	w.control.Clock().Advance(180 * time.Second)
	w.token(redeemOTP(code)...).wantError(403, "invalid_grant", wrongMailCode)

	// A code is for one address and one connection.
	code = w.codeTo()
	w.token(redeemOTP(code, "username", "ada@shop.example")...).wantError(403, "invalid_grant", wrongMailCode)
	w.token(redeemOTP(code, "realm", "sms", "username", "eve@shop.example")...).want(403)
	w.token(redeemOTP(code)...).want(200)

	own := run(t, passwordless, emailOption("totp", map[string]any{"time_step": float64(600), "length": float64(8)}))
	code = own.codeTo()
	equal(t, "digits", len(code), 8)
	own.control.Clock().Advance(599 * time.Second)
	own.token(redeemOTP(code)...).want(200)
}

// TestCodeCannotBeGuessed: three wrong tries kill a code, whichever door they
// come by.
func TestCodeCannotBeGuessed(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	b := w.browser()
	code := w.codeTo()
	wrong := otherCode(code)
	w.token(redeemOTP(wrong)...).wantError(403, "invalid_grant", wrongMailCode)
	b.postJSON("/passwordless/verify", map[string]any{"connection": "email", "email": "eve@shop.example", "verification_code": wrong}).
		wantError(401, "invalid_user_password", wrongMailCode)
	b.postJSON("/co/authenticate", coOTP(wrong)).wantError(403, "access_denied", wrongMailCode)
	w.token(redeemOTP(code)...).wantError(403, "too_many_attempts", tooManyCodes)
	b.postJSON("/passwordless/verify", map[string]any{"connection": "email", "email": "eve@shop.example", "verification_code": code}).
		wantError(403, "too_many_attempts", tooManyCodes)
	b.postJSON("/co/authenticate", coOTP(code)).wantError(403, "too_many_attempts", tooManyCodes)
	w.token(redeemOTP(w.codeTo())...).want(200)
}

func TestManyGuessAtOnce(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	code := w.codeTo()
	var wrong atomic.Int64
	var done sync.WaitGroup
	for range 100 {
		done.Add(1)
		go func() {
			defer done.Done()
			res, err := w.browser().http.Post(base+"/oauth/token", "application/x-www-form-urlencoded", strings.NewReader(form(redeemOTP(otherCode(code))...)))
			if err != nil {
				t.Error(err)
				return
			}
			defer res.Body.Close()
			body := make([]byte, 64)
			n, _ := res.Body.Read(body)
			if strings.Contains(string(body[:n]), "invalid_grant") {
				wrong.Add(1)
			}
		}()
	}
	done.Wait()
	equal(t, "tries that were looked at", wrong.Load(), int64(tenant.MaxCodeFailures))
}

func TestCodeLogsInOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless, unprotected)
	got := race(t, w, 100, redeemOTP(w.codeTo()))
	if got[200] != 1 {
		t.Errorf("of 100 redemptions %d succeeded", got[200])
	}
}

func coOTP(code string) map[string]any {
	return map[string]any{
		"client_id": "shopWeb", "credential_type": "http://auth0.com/oauth/grant-type/passwordless/otp", "realm": "email",
		"username": "eve@shop.example", "otp": code,
	}
}

// TestEmbeddedPasswordless is auth0.js's passwordlessLogin from an app's page.
// The client has no other connection.
func TestEmbeddedPasswordless(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless, func(c *provider.Config) { connection(c, database).EnabledClients = nil })
	b := w.browser()
	res := b.do("POST", "/co/authenticate", head("Content-Type", "application/json", "Origin", "http://localhost:3000"),
		`{"client_id":"shopWeb","credential_type":"http://auth0.com/oauth/grant-type/passwordless/otp","realm":"email","username":"eve@shop.example","otp":"`+w.codeTo()+`"}`).want(200)
	equal(t, "with cookies", res.header.Get("Access-Control-Allow-Credentials"), "true")
	code := b.authorize(webRequest("login_ticket", res.text("login_ticket"), "realm", "email")).query().Get("code")
	w.token(redeemWeb(code)...).want(200)
	// The session it left logs in silently.
	if b.authorize(webRequest("prompt", "none")).query().Get("code") == "" {
		t.Error("no silent login after the code")
	}
	// Our own page asks for codes only where the login is identifier first.
	w.browser().authorize(webRequest()).wantSent("invalid_request", "no connections enabled for the client")

	for name, c := range map[string]struct {
		change      string
		value       string
		status      int
		code, words string
	}{
		"no code":            {"otp", "", 400, "invalid_request", "Invalid request body. All and only of client_id, credential_type, username, otp, realm are required."},
		"no realm":           {"realm", "", 400, "invalid_request", "Invalid request body. All and only of client_id, credential_type, username, otp, realm are required."},
		"unknown realm":      {"realm", "nowhere", 400, "invalid_request", "Unknown realm nowhere."},
		"a database's realm": {"realm", database, 400, "invalid_request", "Unknown realm " + database + "."},
	} {
		body := coOTP("123456")
		body[c.change] = c.value
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w.browser().postJSON("/co/authenticate", body).wantError(c.status, c.code, c.words)
		})
	}
}

func TestMagicLink(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	body := startBody("send", "link")
	body["authParams"] = map[string]any{"scope": "openid email", "response_type": "token id_token", "redirect_uri": callback, "state": "s1", "nonce": "n1", "audience": orders}
	w.browser().postJSON("/passwordless/start", body).want(200)
	m := w.lastMessage()
	equal(t, "kind", m.Kind, provider.MessagePasswordlessLink)
	want := base + "/passwordless/verify_redirect?" + form("scope", "openid email", "response_type", "token id_token", "redirect_uri", callback, "audience", orders,
		"state", "s1", "nonce", "n1", "verification_code", m.Code, "connection", "email", "client_id", "shopWeb", "email", "eve@shop.example")
	equal(t, "link", m.Link, want)
	if !strings.Contains(m.Text, m.Link) {
		t.Errorf("the mail says %q", m.Text)
	}
	b := w.browser()
	got := b.get(strings.ReplaceAll(m.Link, base, "")).query()
	id := claims(t, got.Get("id_token"))
	equal(t, "nonce", id["nonce"], any("n1"))
	equal(t, "email", id["email"], any("eve@shop.example"))
	equal(t, "state", got.Get("state"), "s1")
	verify(t, w, got.Get("access_token"))
	if b.authorize(webRequest("prompt", "none")).query().Get("code") == "" {
		t.Error("the link left no session")
	}
	// It works once.
	b.get(m.Link).wantSent("unauthorized", wrongMailCode)

	// Without authParams the app gets what it can get, at its first callback.
	w.browser().postJSON("/passwordless/start", startBody("send", "")).want(200)
	link, err := url.Parse(w.lastMessage().Link)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "callback", link.Query().Get("redirect_uri"), callback)
	got = w.browser().get(link.RequestURI()).query()
	if got.Get("access_token") == "" {
		t.Errorf("the app is sent %v", got)
	}
	// By form.
	w.browser().post("/passwordless/start", "client_id", "shopWeb", "connection", "email", "email", "eve@shop.example", "authParams[response_type]", "code",
		"authParams[state]", "a&b").want(200)
	if link := w.lastMessage().Link; !strings.Contains(link, "&response_type=code&") || !strings.Contains(link, "&state=a%26b&") {
		t.Errorf("link %s", link)
	}
	// An ID token of a link that has no nonce has none.
	body["authParams"] = map[string]any{"response_type": "id_token", "scope": "openid", "redirect_uri": callback}
	w.browser().postJSON("/passwordless/start", body).want(200)
	if id := claims(t, w.browser().get(w.lastMessage().Link).query().Get("id_token")); id["nonce"] != nil {
		t.Errorf("nonce %v", id["nonce"])
	}
}

// What the connection puts into its links, a request may change.
func TestMagicLinkOfTheConnection(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless, emailOption("authParams", map[string]any{"scope": "openid email", "response_type": "code", "nested": map[string]any{}}))
	w.browser().postJSON("/passwordless/start", startBody("send", "link")).want(200)
	if link := w.lastMessage().Link; !strings.Contains(link, "?scope=openid+email&response_type=code&") || strings.Contains(link, "nested") {
		t.Errorf("link %s", link)
	}
	body := startBody("send", "link")
	body["authParams"] = map[string]any{"scope": "openid"}
	w.browser().postJSON("/passwordless/start", body).want(200)
	if link := w.lastMessage().Link; !strings.Contains(link, "?scope=openid&response_type=code&") {
		t.Errorf("link %s", link)
	}
}

func TestMagicLinkAbuse(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	link := func(changes ...string) string {
		code := w.codeTo()
		return "/passwordless/verify_redirect?" + form(with([]string{
			"scope", "openid", "response_type", "token", "redirect_uri", callback, "state", "s1", "verification_code", code,
			"connection", "email", "client_id", "shopWeb", "email", "eve@shop.example",
		}, changes...)...)
	}
	w.browser().get(link("redirect_uri", "https://evil.example")).want(403)
	w.browser().get(link("client_id", "nobody")).want(403)
	w.browser().get(link("client_id", "")).want(400)
	w.browser().get(link("connection", "")).wantSent("invalid_request", "Missing required parameter: connection")
	w.browser().get(link("connection", database)).wantSent("invalid_request", "the connection was not found")
	w.browser().get(link("email", "")).wantSent("invalid_request", "Missing required parameter: email")
	w.browser().get(link("verification_code", "x")).wantSent("unauthorized", wrongMailCode)
	w.browser().get(link("client_id", "shopHS", "redirect_uri", "https://hs.example/callback", "response_type", "code")).
		wantSent("invalid_request", "the connection was disabled")
	long := startBody()
	long["authParams"] = map[string]any{"x": strings.Repeat("x", 5000)}
	w.browser().postJSON("/passwordless/start", long).wantError(400, "bad.authParams", "error in authParams - too long")
}

// TestHostedPasswordless is Lock Passwordless on the tenant's own page: it asks
// whether the code is right, and then goes on with the login under way.
func TestHostedPasswordless(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless, ownPage, func(c *provider.Config) { connection(c, database).EnabledClients = nil })
	b := w.browser()
	config := b.hosted()
	state := options(config)["state"].(string)
	// The page of a client with a secret has none to show.
	b.do("POST", "/passwordless/start", head("Content-Type", "application/json", "Origin", base),
		`{"client_id":"shopPortal","connection":"email","send":"code","email":"eve@shop.example"}`).want(200)
	code := w.codeTo()
	verifyBody := map[string]any{"connection": "email", "email": "eve@shop.example", "verification_code": code, "client_id": "shopWeb", "auth0Client": "x"}
	b.postJSON("/passwordless/verify", verifyBody).want(200)
	b.postJSON("/passwordless/verify", verifyBody).want(200) // asking uses nothing up
	to := "/passwordless/verify_redirect?" + form("client_id", "shopWeb", "response_type", "code", "redirect_uri", callback, "scope", "openid",
		"state", state, "connection", "email", "verification_code", code, "email", "eve@shop.example", "protocol", "oauth2")
	w.browser().get(to).want(400) // another browser's login
	resume := b.get(to).wantPath("/authorize/resume")
	got := b.get(resume.RequestURI()).query()
	equal(t, "state", got.Get("state"), "s1")
	tokens := w.token(redeemWeb(got.Get("code"))...).want(200)
	if sub := claims(t, tokens.text("id_token"))["sub"].(string); !strings.HasPrefix(sub, "email|") {
		t.Errorf("sub %s", sub)
	}
	b.postJSON("/passwordless/verify", verifyBody).wantError(401, "invalid_user_password", wrongMailCode)
	b.postJSON("/passwordless/verify", map[string]any{"grant_type": "password", "client_id": "shopWeb", "connection": "email", "username": "eve@shop.example", "password": code}).
		wantError(403, "unauthorized_client", "Grant type 'password' not allowed for the client.")
	b.postJSON("/passwordless/verify", map[string]any{"connection": "nowhere"}).wantError(400, "invalid_request", "the connection was not found")
	b.postJSON("/passwordless/verify", map[string]any{"connection": "email"}).wantError(400, "invalid_request", "Missing required parameter: email")
}

func TestPasswordlessStartRefusals(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless, func(c *provider.Config) { connection(c, "sms").EnabledClients = []string{"shopPortal"} })
	for name, c := range map[string]struct {
		changes     []string
		status      int
		code, words string
	}{
		"no client":          {[]string{"client_id", ""}, 400, "bad.client_id", "Missing required property: client_id"},
		"unknown client":     {[]string{"client_id", "nobody"}, 400, "bad.client_id", "error in client_id - the client does not exist"},
		"no connection":      {[]string{"connection", ""}, 400, "bad.connection", "Missing required property: connection"},
		"unknown connection": {[]string{"connection", "nowhere"}, 400, "bad.connection", "Connection does not exist"},
		"disabled":           {[]string{"connection", "sms"}, 400, "bad.connection", "Connection is disabled"},
		"a database":         {[]string{"connection", database}, 400, "bad.connection", "Invalid connection strategy. It must either be a passwordless connection"},
		"no address":         {[]string{"email", ""}, 400, "bad.email", "Missing required property: email"},
		"no such address":    {[]string{"email", "eve"}, 400, "bad.email", "error in email - email format validation failed: eve"},
		"no such number": {[]string{"client_id", "shopPortal", "client_secret", "shop-portal-secret", "connection", "sms", "phone_number", "030 123"}, 400,
			"bad.phone_number", `String does not match pattern: ^\+[0-9]{1,15}$`},
		"authParams as text":  {[]string{"authParams", "scope=openid"}, 400, "bad.authParams", "error in authParams - invalid type: string (expected type object)"},
		"an unknown way":      {[]string{"send", "pigeon"}, 400, "bad.send", `error in send - must be "link" or "code"`},
		"an unknown member":   {[]string{"authparams", "x"}, 400, "bad.request", "the following properties are not allowed: authparams"},
		"no secret":           {[]string{"client_id", "shopPortal"}, 401, "unauthorized_client", "Client authentication is required."},
		"a wrong secret":      {[]string{"client_id", "shopPortal", "client_secret", "x"}, 401, "unauthorized_client", "Client authentication is required."},
		"a client assertion":  {[]string{"client_id", "shopPortal", "client_assertion", "x"}, 401, "unauthorized_client", "Client authentication is required."},
		"too long an address": {[]string{"email", strings.Repeat("x", 300) + "@a.bc"}, 400, "bad.email", "error in email - email format validation failed: " + strings.Repeat("x", 300) + "@a.bc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w.browser().postJSON("/passwordless/start", startBody(c.changes...)).wantError(c.status, c.code, c.words)
		})
	}
	t.Run("readable", func(t *testing.T) {
		t.Parallel()
		res := w.browser().do("POST", "/passwordless/start", head("Content-Type", "application/json", "Origin", "http://localhost:3000"), `{"client_id":"shopWeb"}`).want(400)
		equal(t, "who may read the error", res.header.Get("Access-Control-Allow-Origin"), "http://localhost:3000")
		asked := w.browser().do("OPTIONS", "/passwordless/start", head("Origin", "http://localhost:3000", "Access-Control-Request-Method", "POST",
			"Access-Control-Request-Headers", "auth0-client,content-type,x-request-language"), "").want(204)
		equal(t, "headers", asked.header.Get("Access-Control-Allow-Headers"), "auth0-client,content-type,x-request-language")
	})
	t.Run("basic", func(t *testing.T) {
		t.Parallel()
		w.browser().do("POST", "/passwordless/start", head("Content-Type", "application/json", "Authorization", "Basic c2hvcFBvcnRhbDpzaG9wLXBvcnRhbC1zZWNyZXQ="),
			`{"connection":"email","send":"code","email":"x@shop.example"}`).want(200)
	})
	t.Run("oversized", func(t *testing.T) {
		t.Parallel()
		w.browser().postJSON("/passwordless/start", startBody("email", strings.Repeat("x", 2<<20))).want(413)
	})
}

func TestPasswordlessWithoutSignup(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless, emailOption("disable_signup", true), func(c *provider.Config) {
		c.Snapshot.Users = append(c.Snapshot.Users, &tenant.User{UserID: "email|eve", Connection: "email", Email: "eve@shop.example"})
	})
	w.browser().postJSON("/passwordless/start", startBody("email", "new@shop.example")).wantError(400, "bad.connection", "Public signup is disabled")
	equal(t, "messages", len(w.control.Outbox(provider.OutboxFilter{})), 0)
	tokens := w.token(redeemOTP(w.codeTo())...).want(200)
	equal(t, "sub", claims(t, tokens.text("id_token"))["sub"], any("email|eve"))
}

func TestPasswordlessGrantRefusals(t *testing.T) {
	t.Parallel()
	w := run(t, passwordless)
	code := w.codeTo()
	// What is wrong with the request spends no code and counts as no guess.
	for range 4 {
		w.token(redeemOTP(code, "audience", "https://nowhere.example")...).wantError(403, "access_denied", "Service not found: https://nowhere.example")
		w.token(redeemOTP(code, "realm", "nowhere")...).wantError(400, "invalid_request", "Unknown realm nowhere.")
		w.token(redeemOTP(code, "otp", "")...).wantError(400, "invalid_request", "Missing required parameter: otp")
		w.token(redeemOTP(code, "client_id", "shopPortal", "client_secret", "x")...).wantError(401, "access_denied", "Unauthorized")
	}
	w.token(redeemOTP(code, "client_id", "shopLonely", "client_secret", "shop-lonely-secret")...).
		wantError(403, "unauthorized_client", "Grant type '"+tenant.GrantPasswordlessOTP+"' not allowed for the client.")
	sub := claims(t, w.token(redeemOTP(code)...).want(200).text("id_token"))["sub"].(string)
	block := func(blocked bool) { w.edit(sub, func(u *tenant.User) { u.Blocked = blocked }) }
	code = w.codeTo()
	block(true)
	w.token(redeemOTP(code)...).wantError(403, "unauthorized", "user is blocked")
	// Who is blocked is sent nothing more, and nobody is told.
	before := len(w.control.Outbox(provider.OutboxFilter{}))
	w.browser().postJSON("/passwordless/start", startBody()).want(200)
	equal(t, "messages", len(w.control.Outbox(provider.OutboxFilter{})), before)
	block(false)
	code = w.codeTo()
	block(true)
	w.browser().postJSON("/co/authenticate", coOTP(code)).wantError(403, "blocked_user", "Blocked user")
}
