package provider_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
	"github.com/faux0/faux0/testkit"
)

// everyFlow gives the tenant all the flows there are.
func everyFlow(c *provider.Config) {
	passwordless(c)
	tv(c)
	ciba("guardian-push")(c)
	factors(tenant.FactorOTP, tenant.FactorRecoveryCode, tenant.FactorPush)(c)
	passkeys(nil)(c)
	c.Snapshot.Prompts.IdentifierFirst = false
	c.Snapshot.Settings.PAR = true
	c.Snapshot.Connections = append(c.Snapshot.Connections, &tenant.Connection{
		ID: "con_social", Name: "google-oauth2", Strategy: "google-oauth2", EnabledClients: []string{"shopWeb"}, Options: map[string]any{},
	})
	portal := client(c, "shopPortal")
	portal.GrantTypes = append(portal.GrantTypes, tenant.GrantTokenExchange, tenant.GrantClientCredentials)
	portal.CrossOriginAuthentication = true
}

// fuzzed calls a tenant without a listener.
type fuzzed struct {
	t      testing.TB
	h      http.Handler
	cookie string
}

func (z *fuzzed) send(method, target string, header http.Header, body string) (*http.Response, string) {
	z.t.Helper()
	r := httptest.NewRequest(method, "http://localhost/", strings.NewReader(body))
	u, err := url.ParseRequestURI(target)
	if err != nil {
		z.t.Fatal(err)
	}
	r.URL.Path, r.URL.RawPath, r.URL.RawQuery = u.Path, u.RawPath, u.RawQuery
	for name, values := range header {
		r.Header[name] = values
	}
	if z.cookie != "" {
		r.Header.Set("Cookie", z.cookie)
	}
	w := httptest.NewRecorder()
	z.h.ServeHTTP(w, r)
	return w.Result(), w.Body.String()
}

func (z *fuzzed) member(name, path string, pairs ...string) string {
	z.t.Helper()
	_, body := z.send("POST", path, formType, form(pairs...))
	var members map[string]any
	if err := json.Unmarshal([]byte(body), &members); err != nil {
		z.t.Fatalf("%s: %s", path, body)
	}
	text, _ := members[name].(string)
	return text
}

// code goes silently through /authorize.
func (z *fuzzed) code(pairs []string) string {
	z.t.Helper()
	res, _ := z.send("GET", "/authorize?"+form(pairs...), nil, "")
	u, err := url.Parse(res.Header.Get("Location"))
	if err != nil {
		z.t.Fatal(err)
	}
	return u.Query().Get("code")
}

// grantRequests are a good request for each grant, made anew each time, as most
// work once.
var grantRequests = []func(*fuzzed) []string{
	func(z *fuzzed) []string { return redeemWeb(z.code(webRequest())) },
	func(z *fuzzed) []string { return redeemPortal(z.code(portalRequest())) },
	func(*fuzzed) []string { return worker("scope", "read:orders") },
	func(*fuzzed) []string {
		return []string{"grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "username", "ada@shop.example", "password", password, "scope", "openid offline_access", "audience", orders}
	},
	func(*fuzzed) []string {
		return []string{"grant_type", tenant.GrantPasswordRealm, "client_id", "shopPortal", "client_secret", "shop-portal-secret", "username", "sam", "password", password, "realm", "Staff"}
	},
	func(z *fuzzed) []string {
		refresh := z.member("refresh_token", "/oauth/token", "grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "username", "ada@shop.example", "password", password, "scope", "openid offline_access")
		return []string{"grant_type", "refresh_token", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "refresh_token", refresh}
	},
	func(z *fuzzed) []string {
		device := z.member("device_code", "/oauth/device/code", "client_id", "shopTV", "scope", "openid", "audience", orders)
		return []string{"grant_type", tenant.GrantDeviceCode, "client_id", "shopTV", "device_code", device}
	},
	func(z *fuzzed) []string {
		id := z.member("auth_req_id", "/bc-authorize", backchannelRequest("login_hint", `{"format":"iss_sub","iss":"http://localhost/","sub":"auth0|ada"}`)...)
		return []string{"grant_type", tenant.GrantCIBA, "client_id", "shopPortal", "client_secret", "shop-portal-secret", "auth_req_id", id}
	},
	func(*fuzzed) []string { return redeemOTP("000000") },
	func(*fuzzed) []string {
		return []string{"grant_type", tenant.GrantTokenExchange, "client_id", "shopPortal", "client_secret", "shop-portal-secret", "subject_token", "x", "subject_token_type", "urn:x:y", "audience", orders}
	},
	func(*fuzzed) []string { return byFactor(tenant.GrantMFAOTP, "Fe26.2*x", "otp", "000000") },
	func(*fuzzed) []string {
		return byFactor(tenant.GrantMFAOOB, "Fe26.2*x", "oob_code", "Fe26.2*y", "binding_code", "000000")
	},
	func(*fuzzed) []string {
		return byFactor(tenant.GrantMFARecoveryCode, "Fe26.2*x", "recovery_code", "ABCDEFGHJKLMNPQRSTUVWXYZ")
	},
	func(z *fuzzed) []string {
		_, body := z.send("POST", "/passkey/challenge", formType, form("client_id", "shopWeb"))
		var asked struct {
			Options json.RawMessage `json:"authn_params_public_key"`
			Session string          `json:"auth_session"`
		}
		decodeInto(z.t, body, &asked)
		device := &testkit.Authenticator{}
		_, _ = device.Create([]byte(`{"rp":{"id":"localhost"},"user":{"id":"eA"}}`), "http://localhost") // a key that nobody has
		credential, err := device.Get(asked.Options, "http://localhost")
		if err != nil {
			z.t.Fatal(err)
		}
		return []string{"grant_type", tenant.GrantPasskey, "client_id", "shopWeb", "auth_session", asked.Session, "authn_response", string(credential)}
	},
	func(*fuzzed) []string { return byAssertion("e30.e30.e30", "client_id", "shopWorker") },
}

// credentials are the ways in which a client may say who it is.
var credentials = []string{"as it is", "basic", "wrong", "both", "none", "another's"}

// present changes how the request says which client it comes from.
func present(how string, pairs []string) ([]string, http.Header) {
	header := formType.Clone()
	value := func(name string) string {
		if i := slices.Index(pairs, name); i >= 0 && i%2 == 0 {
			return pairs[i+1]
		}
		return ""
	}
	basic := func() {
		r := http.Request{Header: header}
		r.SetBasicAuth(url.QueryEscape(value("client_id")), url.QueryEscape(value("client_secret")))
	}
	switch how {
	case "basic":
		basic()
		pairs = with(pairs, "client_id", "", "client_secret", "")
	case "both":
		basic()
	case "wrong":
		pairs = with(pairs, "client_secret", "wrong")
	case "none":
		pairs = with(pairs, "client_secret", "")
	case "another's":
		pairs = with(pairs, "client_id", "shopHS", "client_secret", "shop-hs-secret-shop-hs-secret-shop-hs-secret")
	}
	return pairs, header
}

// FuzzToken changes any parameter of a good request for each grant, under each
// way of authenticating: the answer has the endpoint's shape, nothing but 200
// holds a token, and a client whose secret is wrong, missing, or another's gets
// none.
func FuzzToken(f *testing.F) {
	h := handler(f, everyFlow)
	session := signedIn(f, h)
	for g := range grantRequests {
		for c := range credentials {
			f.Add(uint8(g), uint8(c), "")
		}
		for _, changed := range []string{
			"scope=openid+profile+email+offline_access+read%3Aorders+%00", "audience=https%3A%2F%2Fledger.example&organization=org_eu", "organization=open&scope=%ff", "redirect_uri=&code_verifier=",
			"client_id=&client_secret=", "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=a.b.c", "resource=https%3A%2F%2Fcatalog.example&audience=", "realm=email&otp=1",
			"authorization_details=%5B%7B%22type%22%3A%22payment%22%7D%5D", "grant_type=refresh_token&refresh_token=v1.M", "client_id=shopLonely", "username=%20&password=%00",
		} {
			f.Add(uint8(g), uint8(0), changed)
		}
	}
	f.Fuzz(func(t *testing.T, grant, how uint8, changed string) {
		z := &fuzzed{t, h, session}
		pairs, header := present(credentials[int(how)%len(credentials)], grantRequests[int(grant)%len(grantRequests)](z))
		z.cookie = ""
		if uint8(len(changed))%3 == 1 {
			header.Set("Dpop", changed)
		}
		res, body := z.send("POST", "/oauth/token", header, strings.TrimPrefix(changed+"&"+form(pairs...), "&")) // of a repeated parameter the first counts
		sound(t, res, body)
		var answer map[string]any
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatalf("status %d, and no JSON object: %s", res.StatusCode, body)
		}
		_, token := answer["access_token"]
		if ok := res.StatusCode == http.StatusOK; ok != token || ok == (answer["error"] != nil) {
			t.Fatalf("status %d: %s", res.StatusCode, body)
		}
		public := strings.Contains(form(pairs...), "client_id=shopWeb") || strings.Contains(form(pairs...), "client_id=shopTV")
		unsure := public || strings.Contains(changed, "client") || strings.Contains(changed, "%") || strings.Contains(changed, "grant_type")
		if how := credentials[int(how)%len(credentials)]; token && !unsure && (how == "wrong" || how == "none" || how == "another's") {
			t.Fatalf("a token, though the credentials were %s: %s", how, body)
		}
	})
}

// pagePosts are pages with a form, as a browser in the midst of a login posts
// them.
var pagePosts = []string{
	"/u/login", "/u/login/identifier", "/u/login/password", "/u/login/passwordless-email-challenge", "/u/confirmation", "/u/signup", "/u/signup/identifier", "/u/signup/password", "/u/email-identifier/challenge", "/u/reset-password/request/" + database,
	"/u/pretend/google-oauth2", "/u/consent", "/activate", "/u/device-code-confirmation", "/u/approval", "/u/reset-password", "/usernamepassword/login", "/login/callback", "/u/logout", "/oidc/logout", "/authorize", "/oauth/par", "/oauth/device/code",
	"/bc-authorize", "/otp/challenge", "/oidc/register", "/passwordless/verify", "/oauth/revoke", "/userinfo", "/mfa/challenge", "/mfa/associate", "/tokeninfo",
}

// FuzzPages posts any form to every page of a login under way, with the
// browser's cookies: it is answered by a page or a redirect to the login or the
// app, and what was typed is text.
func FuzzPages(f *testing.F) {
	h := handler(f, everyFlow)
	session := signedIn(f, h)
	for i := range pagePosts {
		for _, body := range []string{
			"username=ada%40shop.example&password=Correct-Horse-9&action=default", "email=new%40shop.example&password=Correct-Horse-9&phone=%2B12025550123&username=zoe", "action=accept&audience=x&scope%5B%5D=read%3Aorders",
			"user_code=ABCD-EFGH", "action=confirm", "ticket=x&answer=approve", "connection=google-oauth2", "user_id=auth0%7Cada&action=fixture-user", "code=123456", "<script>alert(1)</script>", "client_id=shopPortal&client_secret=shop-portal-secret&response_type=code&scope=openid",
			form(backchannelRequest()...), "client_name=x&redirect_uris=https%3A%2F%2Fx.example%2Fcb", "token=x&client_id=shopWeb", "state=\x00&action=\xff",
		} {
			f.Add(uint8(i), body)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, body string) {
		z := &fuzzed{t: t, h: h}
		begun, _ := z.send("GET", "/authorize?"+form(webRequest("scope", "openid read:orders")...), nil, "")
		state := begun.Header.Get("Location")
		for _, c := range begun.Cookies() {
			z.cookie += c.Name + "=" + c.Value + "; "
		}
		if len(body)%2 == 0 {
			z.cookie += session
		}
		path := pagePosts[int(which)%len(pagePosts)]
		_, query, _ := strings.Cut(state, "?")
		res, page := z.send("POST", path+"?"+query, formType, body+"&"+query)
		sound(t, res, page)
		if strings.Contains(page, "<script>alert") {
			t.Fatalf("%q is markup: %s", body, page)
		}
		to := res.Header.Get("Location")
		own := strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.HasPrefix(to, "/\\")
		if to != "" && !own && !goodTarget(to) && path != "/oidc/logout" {
			t.Fatalf("%s with %q leads to %q", path, body, to)
		}
	})
}
