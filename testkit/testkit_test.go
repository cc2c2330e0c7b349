package testkit_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faux0/faux0/fixtures"
	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/testkit"
)

// recorder is a test that is meant to fail.
type recorder struct {
	mu           sync.Mutex
	logs, errors []string
	fatal        string
	cleanups     []func()
}

func (r *recorder) Helper() {}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func (r *recorder) Logf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.logs = append(r.logs, fmt.Sprintf(format, args...))
}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.fatal = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// record runs a test that is meant to fail.
func record(f func(t testkit.T)) *recorder {
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
	for _, cleanup := range slices.Backward(r.cleanups) {
		cleanup()
	}
	return r
}

func contains(t *testing.T, got string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("it does not say %q:\n%s", w, got)
		}
	}
}

// authorizeURL starts a login for Acme Portal.
func authorizeURL(auth *testkit.Tenant, more ...string) string {
	q := url.Values{
		"client_id": {auth.App("Acme Portal").ClientID}, "response_type": {"code"}, "scope": {"openid offline_access"},
		"redirect_uri": {"http://localhost:3000/callback"}, "state": {"xyz"}, "audience": {orders},
	}
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return auth.URL() + "/authorize?" + q.Encode()
}

// redeem asks for tokens and returns the answer's status and body.
func redeem(t *testing.T, auth *testkit.Tenant, form url.Values) (int, map[string]any) {
	t.Helper()
	portal := auth.App("Acme Portal")
	form.Set("client_id", portal.ClientID)
	form.Set("client_secret", portal.ClientSecret)
	res, err := auth.Client().PostForm(auth.URL()+"/oauth/token", form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body
}

func redeemCode(t *testing.T, auth *testkit.Tenant, code string) (int, map[string]any) {
	t.Helper()
	return redeem(t, auth, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {"http://localhost:3000/callback"}})
}

func userinfo(t *testing.T, auth *testkit.Tenant, accessToken any) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, auth.URL()+"/userinfo", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", fmt.Sprint("Bearer ", accessToken))
	res, err := auth.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

func TestTenantsKeepToThemselves(t *testing.T) {
	t.Parallel()
	for i := range 100 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			auth := testkit.Run(t)
			email := fmt.Sprintf("user%d@acme.test", i)
			u := auth.AddUser(testkit.User{Email: email, Roles: []string{"manager"}})
			auth.Advance(time.Duration(i) * time.Hour)
			if n := len(auth.Snapshot().Users); n != 7 {
				t.Errorf("%d users, want the demo tenant's 6 and one", n)
			}
			login := auth.Login(authorizeURL(auth), u)
			status, body := redeemCode(t, auth, login.Code)
			if status != http.StatusOK {
				t.Fatalf("%d %v", status, body)
			}
			accessToken := body["access_token"].(string)
			if testkit.Claims(accessToken)["iss"] != auth.Issuer() {
				t.Errorf("iss is %v, want %s", testkit.Claims(accessToken)["iss"], auth.Issuer())
			}
			auth.CheckPermissions(accessToken, "delete:orders", "read:orders", "write:orders")
		})
	}
}

func TestOneTenantServesManyAtOnce(t *testing.T) {
	t.Parallel()
	auth := testkit.Run(t)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			u := auth.AddUser(testkit.User{Email: fmt.Sprintf("user%d@acme.test", i)})
			if auth.User(u.Email).ID != u.ID {
				t.Errorf("another user than %s", u.ID)
			}
			auth.AccessToken(u, orders)
			auth.Snapshot()
			if i%5 == 0 {
				auth.Advance(time.Second)
				auth.Now()
			}
		})
	}
	all.Wait()
}

// identifierFirst is the demo tenant with the identifier on a page of its own.
func identifierFirst() testkit.Option {
	snapshot := fixtures.Default().Clone()
	snapshot.Prompts.IdentifierFirst = true
	return testkit.With(snapshot)
}

func TestTheDemoTenantsConsoleIsWhereTheTenantIs(t *testing.T) {
	t.Parallel()
	for _, auth := range []*testkit.Tenant{testkit.Run(t), testkit.RunTLS(t)} {
		if found := auth.App("Acme Portal").Callbacks; !slices.Contains(found, auth.URL()+"/_faux0/callback") {
			t.Errorf("the tenant at %s comes back to %v", auth.URL(), found)
		}
	}
}

func TestLoginGoesThroughThePages(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func() *testkit.Tenant{
		"both fields at once": func() *testkit.Tenant { return testkit.Run(t) },
		"identifier first":    func() *testkit.Tenant { return testkit.Run(t, identifierFirst()) },
		"over TLS":            func() *testkit.Tenant { return testkit.RunTLS(t) },
	} {
		auth := run()
		login := auth.Login(authorizeURL(auth), auth.User("ada@acme.test"))
		if login.State != "xyz" || login.Error != "" {
			t.Errorf("%s: state %q, error %q", name, login.State, login.Error)
		}
		if status, body := redeemCode(t, auth, login.Code); status != http.StatusOK {
			t.Errorf("%s: %d %v", name, status, body)
		}
	}
}

func TestLoginKnowsTheTenantByItsOtherNames(t *testing.T) {
	t.Parallel()
	auth := testkit.Run(t)
	login := auth.Login(strings.Replace(authorizeURL(auth), "localhost", "127.0.0.1", 1), auth.User("ada@acme.test"))
	if login.Code == "" || login.CallbackURL.Host != "localhost:3000" {
		t.Errorf("the login came to %s", login.CallbackURL)
	}
}

func TestLoginReadsEveryResponseMode(t *testing.T) {
	t.Parallel()
	for mode, query := range map[string]bool{"query": true, "fragment": false, "form_post": false} {
		auth := testkit.Run(t)
		login := auth.Login(authorizeURL(auth, "response_mode", mode, "state", `a"b&c=<d>`), auth.User("ada@acme.test"))
		if login.Code == "" || login.State != `a"b&c=<d>` || login.Values.Get("code") != login.Code {
			t.Errorf("%s: %q", mode, login.Values)
		}
		if got := login.CallbackURL.Query().Has("code"); got != query {
			t.Errorf("%s: code in the query: %v", mode, got)
		}
	}
}

func TestFinishPostsAForm(t *testing.T) {
	t.Parallel()
	callback := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "%s %s %v", r.Method, r.PostFormValue("state"), r.PostFormValue("code") != "")
	}))
	t.Cleanup(callback.Close)
	auth := testkit.Run(t, testkit.YAML(`
		clients:
		  - {name: shop, client_id: shop, callbacks: [`+callback.URL+`]}
		users:
		  - {email: ada@acme.test, password: secret-1A!}
	`))
	login := auth.Login(auth.URL()+"/authorize?client_id=shop&response_type=code&response_mode=form_post&state=xyz&redirect_uri="+callback.URL, auth.User("ada@acme.test"))
	res := login.Finish()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || string(body) != "POST xyz true" {
		t.Errorf("the application saw %q, %v", body, err)
	}
}

func TestSingleSignOn(t *testing.T) {
	t.Parallel()
	auth := testkit.Run(t)
	browser := auth.Browser()
	auth.LoginWith(browser, authorizeURL(auth), auth.User("ada@acme.test"))
	if again := auth.LoginWith(browser, authorizeURL(auth, "prompt", "none"), testkit.User{}); again.Code == "" {
		t.Errorf("no single sign-on: %s", again.Error)
	}
	if other := auth.LoginWith(auth.Browser(), authorizeURL(auth, "prompt", "none"), testkit.User{}); other.Error != "login_required" {
		t.Errorf("another browser has the session too: %q", other.Error)
	}
	auth.Advance(8 * 24 * time.Hour)
	if late := auth.LoginWith(browser, authorizeURL(auth, "prompt", "none"), testkit.User{}); late.Error != "login_required" {
		t.Errorf("the session outlives a week: error %q", late.Error)
	}
}

func TestAdvanceAgesCodesTokensAndRefreshTokens(t *testing.T) {
	t.Parallel()
	auth := testkit.Run(t)
	ada := auth.User("ada@acme.test")

	login := auth.Login(authorizeURL(auth), ada)
	auth.Advance(11 * time.Minute)
	if status, body := redeemCode(t, auth, login.Code); status != http.StatusForbidden || body["error"] != "invalid_grant" {
		t.Errorf("an old code: %d %v", status, body)
	}

	_, body := redeemCode(t, auth, auth.Login(authorizeURL(auth, "audience", ""), ada).Code)
	if status := userinfo(t, auth, body["access_token"]); status != http.StatusOK {
		t.Fatalf("a fresh token: %d", status)
	}
	auth.Advance(25 * time.Hour)
	if status := userinfo(t, auth, body["access_token"]); status != http.StatusUnauthorized {
		t.Errorf("a token of yesterday: %d", status)
	}
}

func TestRotatedKeysVerifyWhatTheySigned(t *testing.T) {
	t.Parallel()
	auth := testkit.Run(t)
	before := auth.AccessToken(auth.User("ada@acme.test"), orders, "openid")
	auth.RotateSigningKey()
	after := auth.AccessToken(auth.User("ada@acme.test"), orders, "openid")
	if kid(t, before) == kid(t, after) {
		t.Error("the same key signs")
	}
	if keys := get(t, auth.URL()+"/.well-known/jwks.json"); !strings.Contains(keys, kid(t, before)) || !strings.Contains(keys, kid(t, after)) {
		t.Errorf("one of the two keys is not published: %s", keys)
	}
	auth.Reset()
	if got := kid(t, auth.AccessToken(auth.User("ada@acme.test"), orders)); got != kid(t, before) {
		t.Errorf("after Reset %s signs", got)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func kid(t *testing.T, jwt string) string {
	t.Helper()
	raw, _, _ := strings.Cut(jwt, ".")
	data, err := base64.RawURLEncoding.DecodeString(raw)
	if err != nil {
		t.Fatal(err)
	}
	var header struct{ Kid string }
	if err := json.Unmarshal(data, &header); err != nil {
		t.Fatal(err)
	}
	return header.Kid
}

func TestResetForgetsEverything(t *testing.T) {
	t.Parallel()
	auth := testkit.Run(t)
	browser := auth.Browser()
	login := auth.LoginWith(browser, authorizeURL(auth), auth.User("ada@acme.test"))
	ada := auth.User("ada@acme.test")
	ada.Password = "Another-Horse-1"
	auth.AddUser(ada)
	auth.AddUser(testkit.User{Email: "eve@acme.test"})
	auth.Advance(time.Hour)

	auth.Reset()
	if n := len(auth.Snapshot().Users); n != 6 {
		t.Errorf("%d users", n)
	}
	if late := time.Until(auth.Now()); late > time.Minute {
		t.Errorf("the clock is %s ahead", late)
	}
	if status, _ := redeemCode(t, auth, login.Code); status == http.StatusOK {
		t.Error("a code from before")
	}
	if again := auth.LoginWith(browser, authorizeURL(auth, "prompt", "none"), ada); again.Error != "login_required" {
		t.Errorf("a session from before: error %q", again.Error)
	}
	auth.Login(authorizeURL(auth), auth.User("ada@acme.test")) // with the password of the fixture
}

func TestSeedRepeats(t *testing.T) {
	t.Parallel()
	at := time.Date(2030, 5, 17, 12, 0, 0, 0, time.UTC)
	run := func(seed uint64) string {
		auth := testkit.Run(t, testkit.Seed(seed), testkit.At(at))
		login := auth.Login(authorizeURL(auth), auth.User("ada@acme.test"))
		token := auth.Token(provider.TokenRequest{User: "ada@acme.test", Audience: orders, Scope: "openid offline_access", Issuer: "https://acme.test/"})
		return login.Code + token.AccessToken + token.RefreshToken + token.IDToken
	}
	first := run(1)
	if run(1) != first {
		t.Error("the same seed, another tenant")
	}
	if run(2) == first {
		t.Error("another seed, the same tenant")
	}
}

func TestAtStopsTheClock(t *testing.T) {
	t.Parallel()
	at := time.Date(2030, 5, 17, 12, 0, 0, 0, time.UTC)
	auth := testkit.Run(t, testkit.At(at))
	auth.Advance(time.Hour)
	token := auth.AccessToken(auth.User("ada@acme.test"), orders)
	if iat := testkit.Claims(token)["iat"]; iat != float64(at.Add(time.Hour).Unix()) {
		t.Errorf("iat is %v", iat)
	}
}

func TestSnapshotIsACopyThatRunsAgain(t *testing.T) {
	t.Parallel()
	first := testkit.Run(t)
	first.AddUser(testkit.User{Email: "eve@acme.test", Password: "Eve-Likes-Horses-3", Roles: []string{"clerk"}})
	snapshot := first.Snapshot()
	second := testkit.Run(t, testkit.With(snapshot))
	second.Login(authorizeURL(second), second.User("eve@acme.test"))
	second.CheckPermissions(second.AccessToken(second.User("eve@acme.test"), orders), "read:orders")

	for _, u := range snapshot.Users {
		u.Email, u.Roles = "changed@acme.test", nil
	}
	first.App("Acme Web").Callbacks = nil
	first.API("Orders API").Scopes = nil
	first.User("eve@acme.test")
	if len(first.App("Acme Web").Callbacks) == 0 || len(first.API("Orders API").Scopes) == 0 {
		t.Error("a change of a copy changes the tenant")
	}
}

func TestAddUserKeepsWhatUserReturns(t *testing.T) {
	t.Parallel()
	auth := testkit.Run(t)
	for _, name := range []string{"ada@acme.test", "auth0|dirk", "OLGA@acme.test", "bob@acme.test"} {
		want := auth.User(name)
		if got := auth.AddUser(want); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v became %+v", want, got)
		}
	}
	if n := len(auth.Snapshot().Users); n != 6 {
		t.Errorf("%d users", n)
	}
}

func TestClaimsOfWhatIsNoJWT(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "a.b", "a.b.c", "a.!.c", "a.e30", "a.bnVsbA.c.d"} {
		if claims := testkit.Claims(token); claims != nil {
			t.Errorf("Claims(%q) = %v", token, claims)
		}
	}
}

// What a test reads when it fails tells it what to do.
func TestFailuresTeach(t *testing.T) {
	t.Parallel()
	demo := func(do func(auth *testkit.Tenant)) func(testkit.T) {
		return func(t testkit.T) { do(testkit.Run(t)) }
	}
	ada := func(auth *testkit.Tenant) testkit.User { return auth.User("ada@acme.test") }
	login := func(change func(*testkit.User)) func(*testkit.Tenant) {
		return func(auth *testkit.Tenant) {
			u := ada(auth)
			change(&u)
			auth.Login(authorizeURL(auth), u)
		}
	}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<h1>Our shop</h1>") }))
	t.Cleanup(elsewhere.Close)
	loop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) }))
	t.Cleanup(loop.Close)

	for name, c := range map[string]struct {
		test func(testkit.T)
		want []string
	}{
		"App":  {demo(func(a *testkit.Tenant) { a.App("Acme Wep") }), []string{`no client "Acme Wep"; did you mean "Acme Web"?`}},
		"API":  {demo(func(a *testkit.Tenant) { a.API("https://order.acme.test") }), []string{`did you mean "https://orders.acme.test"?`}},
		"User": {demo(func(a *testkit.Tenant) { a.User("zzzzzzzzz") }), []string{`no user "zzzzzzzzz"; there are ["ada@acme.test"`}},
		"role": {demo(func(a *testkit.Tenant) { a.AddUser(testkit.User{Email: "e@acme.test", Roles: []string{"clark"}}) }), []string{`no role "clark"; did you mean "clerk"?`}},
		"organization": {demo(func(a *testkit.Tenant) {
			a.AddUser(testkit.User{Email: "e@acme.test", Organizations: map[string][]string{"acme": nil}})
		}), []string{`no organization "acme"`, "acme-eu"}},
		"organization role": {demo(func(a *testkit.Tenant) {
			a.AddUser(testkit.User{Email: "e@acme.test", Organizations: map[string][]string{"acme-eu": {"boss"}}})
		}), []string{`no role "boss"`}},
		"permission": {demo(func(a *testkit.Tenant) {
			a.AddUser(testkit.User{Email: "e@acme.test", Permissions: map[string][]string{orders: {"read:order"}}})
		}), []string{`no permission of https://orders.acme.test "read:order"; did you mean "read:orders"?`}},
		"permission's API": {demo(func(a *testkit.Tenant) {
			a.AddUser(testkit.User{Email: "e@acme.test", Permissions: map[string][]string{"Orders API": {"read:orders"}}})
		}), []string{`no API with the identifier "Orders API"`}},
		"connection": {demo(func(a *testkit.Tenant) {
			a.AddUser(testkit.User{Email: "e@acme.test", Connection: "Username-Password"})
		}), []string{`no connection "Username-Password"`}},
		"nameless user":      {demo(func(a *testkit.Tenant) { a.AddUser(testkit.User{}) }), []string{"needs an Email, or a Username"}},
		"same address":       {demo(func(a *testkit.Tenant) { a.AddUser(testkit.User{ID: "auth0|two", Email: "ADA@acme.test"}) }), []string{"auth0|ada has that address", "give its ID"}},
		"wrong password":     {demo(login(func(u *testkit.User) { u.Password = "nope" })), []string{"login of ada@acme.test", "/u/login with 400", "Wrong email or password"}},
		"unknown password":   {demo(login(func(u *testkit.User) { u.Password = "" })), []string{"password is not known", "set User.Password"}},
		"wrong callback":     {demo(func(a *testkit.Tenant) { a.Login(authorizeURL(a, "redirect_uri", "http://localhost:1/x"), ada(a)) }), []string{"Callback URL mismatch", "Add http://localhost:1/x"}},
		"not sent to tenant": {demo(func(a *testkit.Tenant) { a.Login(elsewhere.URL, ada(a)) }), []string{"Our shop", "must redirect to its /authorize"}},
		"loop":               {demo(func(a *testkit.Tenant) { a.Login(loop.URL, ada(a)) }), []string{"still redirecting after 20 steps, at " + loop.URL}},
		"bad URL":            {demo(func(a *testkit.Tenant) { a.Login("http://%zz", ada(a)) }), []string{"login URL"}},
		"callback is gone": {demo(func(a *testkit.Tenant) {
			a.Login(authorizeURL(a, "redirect_uri", "http://localhost:5173/callback"), ada(a)).Finish()
		}), []string{"callback:", "refused"}},
		"token":        {demo(func(a *testkit.Tenant) { a.MachineToken("Acme Worker", "https://catalog.acme.test") }), []string{`token, client "Acme Worker", audience`, "https://catalog.acme.test", "not authorized"}},
		"token's user": {demo(func(a *testkit.Tenant) { a.Token(provider.TokenRequest{User: "eda@acme.test"}) }), []string{`Did you mean "ada@acme.test"?`}},
		"no login app": {func(t testkit.T) {
			auth := testkit.Run(t, testkit.YAML(`clients: [{name: worker, grant_types: [client_credentials]}]`))
			auth.AccessToken(auth.AddUser(testkit.User{Email: "e@acme.test", Connection: "Username-Password-Authentication"}), "")
		}, []string{"no client that logs users in"}},
		"YAML": {func(t testkit.T) {
			testkit.Run(t, testkit.YAML(`
				clients:
				  - name: web
				    calbacks: []
			`))
		}, []string{"fixture.yaml:3:5", "calbacks", "callbacks"}},
		"no YAML":         {func(t testkit.T) { testkit.Run(t, testkit.YAML("\tclients: [")) }, []string{"fixture.yaml:1"}},
		"no file":         {func(t testkit.T) { testkit.Run(t, testkit.Fixture("testdata/none.yaml")) }, []string{"testdata/none.yaml"}},
		"several sources": {func(t testkit.T) { testkit.Run(t, testkit.YAML(""), testkit.Fixture("testdata/shop.yaml")) }, []string{"one of Fixture, YAML (once) and With"}},
	} {
		got := record(c.test)
		if got.fatal == "" {
			t.Errorf("%s: the test went on", name)
			continue
		}
		if !strings.HasPrefix(got.fatal, "testkit: ") {
			t.Errorf("%s: who says so? %s", name, got.fatal)
		}
		t.Run(name, func(t *testing.T) { contains(t, got.fatal, c.want...) })
	}
}

func TestCheckPermissionsSaysWhy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		audience string
		want     []string
		says     []string
	}{
		"role without it": {orders, []string{"read:orders", "write:orders"}, []string{`permissions are ["read:orders"], want ["read:orders" "write:orders"]`, "write:orders"}},
		"dialect":         {"https://invoices.acme.test", []string{"read:invoices"}, []string{"Add Permissions in the Access Token"}},
		"RBAC off":        {"https://catalog.acme.test", []string{"read:catalog"}, []string{"RBAC"}},
		"opaque":          {"", []string{"read:orders"}, []string{"no JWT", "audience"}},
		"opaque, none":    {"", nil, []string{"no JWT"}},
	} {
		got := record(func(t testkit.T) {
			auth := testkit.Run(t)
			auth.CheckPermissions(auth.AccessToken(auth.User("ada@acme.test"), c.audience), c.want...)
		})
		if got.fatal != "" || len(got.errors) != 1 {
			t.Errorf("%s: fatal %q, errors %q", name, got.fatal, got.errors)
			continue
		}
		t.Run(name, func(t *testing.T) { contains(t, got.errors[0], c.says...) })
	}
	got := record(func(t testkit.T) { testkit.Run(t).CheckPermissions("", orders) })
	if len(got.errors) != 1 || got.fatal != "" {
		t.Fatalf("fatal %q, errors %q", got.fatal, got.errors)
	}
	contains(t, got.errors[0], "no JWT", "An empty string is no token.")
}

func TestFixtureWarningsReachTheTestsLog(t *testing.T) {
	t.Parallel()
	got := record(func(t testkit.T) {
		testkit.Run(t, testkit.YAML(`
			networkACLs:
			  - {description: nobody, active: true}
		`))
	})
	if got.fatal != "" || len(got.logs) != 1 {
		t.Fatalf("fatal %q, logs %q", got.fatal, got.logs)
	}
	contains(t, got.logs[0], "fixture.yaml:2:5", "no effect yet")
}

func TestTheTenantEndsWithTheTest(t *testing.T) {
	t.Parallel()
	var url string
	record(func(t testkit.T) { url = testkit.Run(t).URL() })
	res, err := http.Get(url)
	if err == nil {
		res.Body.Close()
		t.Error("it still answers")
	}
}

func TestServeFlagServesAndWaits(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestAtStopsTheClock$", "-testkit.serve="+addr)
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	contains(t, line, "http://localhost:"+addr[len("127.0.0.1:"):])
	contains(t, get(t, "http://"+addr+"/.well-known/openid-configuration"), `"issuer":"http://`+addr)
}

// Who imports testkit gets Faux0, the libraries it serves with, and nothing
// else: no SDK, no assertion library, not even package testing.
func TestImportingTestkitBringsLittle(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{
		"github.com/dop251/goja", "github.com/dlclark/regexp2/v2", "github.com/go-sourcemap/sourcemap", "github.com/google/pprof/profile", "golang.org/x/text/",
		"github.com/faux0/faux0/", "github.com/go-jose/go-jose/v4", "github.com/gorilla/mux", "gopkg.in/yaml.v3", "golang.org/x/crypto/", "golang.org/x/sys/", "github.com/pquerna/otp", "github.com/boombuler/barcode",
		"github.com/russellhaering/", "github.com/beevik/etree", "github.com/jonboulle/clockwork", "github.com/mattermost/xml-roundtrip-validator",
		// go-webauthn, and what it brings for kinds of attestation that nobody asks for here.
		"github.com/go-webauthn/", "github.com/fxamacker/cbor/v2", "github.com/x448/float16", "github.com/go-viper/mapstructure/v2", "github.com/google/go-tpm/",
		"github.com/google/uuid", "github.com/golang-jwt/jwt/v5", "github.com/philhofer/fwd", "github.com/tinylib/msgp/msgp",
		"github.com/osteele/", "gopkg.in/yaml.v2",
	}
	for _, name := range strings.Fields(string(out)) {
		if name == "testing" {
			t.Error("testkit imports testing")
		}
		first, _, _ := strings.Cut(name, "/")
		if !strings.Contains(first, ".") {
			continue // the standard library
		}
		if !slices.ContainsFunc(allowed, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
			t.Errorf("testkit brings %s into its users' modules", name)
		}
	}
}
