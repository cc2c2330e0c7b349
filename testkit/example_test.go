package testkit_test

import (
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/faux0/faux0/fixtures"
	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/testkit"
)

// t is what a test function is given.
var t testkit.T = example{}

// example is a test that prints.
type example struct{}

func (example) Helper()                           {}
func (example) Cleanup(func())                    {}
func (example) Logf(format string, args ...any)   { fmt.Printf(format+"\n", args...) }
func (example) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (example) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// orders is an API that wants to see a permission.
const orders = "https://orders.acme.test"

// app is an application that sends people to the tenant and greets them when
// they are back.
func app(auth *testkit.Tenant) *httptest.Server {
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, auth.URL()+"/authorize?"+url.Values{
			"client_id": {auth.App("Acme Portal").ClientID}, "response_type": {"code"}, "scope": {"openid"},
			"redirect_uri": {"http://localhost:3000/callback"}, "state": {"xyz"}, "response_mode": {r.FormValue("mode")},
		}.Encode(), http.StatusFound)
	})
	return server
}

func ExampleRun() {
	auth := testkit.Run(t) // the demo tenant; it stops when the test does

	token := auth.AccessToken(auth.User("ada@acme.test"), "https://orders.acme.test")
	fmt.Println(testkit.Claims(token)["permissions"])
	fmt.Println(testkit.Claims(token)["iss"] == auth.Issuer())
	// Output:
	// [read:orders]
	// true
}

func ExampleRunTLS() {
	auth := testkit.RunTLS(t)

	res, err := auth.Client().Get(auth.Issuer() + ".well-known/openid-configuration")
	if err != nil {
		t.Fatalf("discovery: %v", err)
	}
	defer res.Body.Close()
	fmt.Println(res.Status, strings.HasPrefix(auth.URL(), "https://localhost:"))
	// Output: 200 OK true
}

// Anything with these five methods will do: *testing.T, *testing.B, GinkgoT().
func ExampleT() {
	var t testkit.T = example{}
	fmt.Println(testkit.Run(t).App("Acme Web").ClientID)
	// Output: acmeSpa000000000000000000000000a
}

func ExampleTenant() {
	auth := testkit.Run(t)

	_, port, _ := strings.Cut(auth.Domain(), ":") // localhost:port
	fmt.Println(auth.URL() == "http://localhost:"+port, auth.Issuer() == auth.URL()+"/")
	// Output: true true
}

func ExampleTenant_URL() {
	auth := testkit.Run(t)
	res, err := http.Get(auth.URL() + "/.well-known/jwks.json")
	if err != nil {
		t.Fatalf("keys: %v", err)
	}
	defer res.Body.Close()
	fmt.Println(res.Status)
	// Output: 200 OK
}

func ExampleTenant_CAPEM() {
	auth := testkit.RunTLS(t)
	roots := x509.NewCertPool()
	fmt.Println(roots.AppendCertsFromPEM(auth.CAPEM()))
	// Output: true
}

func ExampleTenant_App() {
	auth := testkit.Run(t)
	worker := auth.App("Acme Worker")
	fmt.Println(worker.ClientID, worker.ClientSecret)
	// Output: acmeM2m000000000000000000000000b acme-worker-secret
}

func ExampleTenant_API() {
	auth := testkit.Run(t)
	fmt.Println(auth.API("Orders API").Identifier, auth.API("Orders API").RBAC())
	// Output: https://orders.acme.test true
}

func ExampleTenant_User() {
	auth := testkit.Run(t)
	ada := auth.User("ada@acme.test")
	fmt.Println(ada.ID, ada.Roles, ada.Password)
	// Output: auth0|ada [clerk] Correct-Horse-9
}

func ExampleTenant_AddUser() {
	auth := testkit.Run(t)
	eve := auth.AddUser(testkit.User{
		ID: "auth0|eve", Email: "eve@acme.test", Name: "Eve", EmailVerified: true,
		Roles:         []string{"clerk"},
		Permissions:   map[string][]string{orders: {"delete:orders"}},
		Organizations: map[string][]string{"acme-eu": {"manager"}},
		AppMetadata:   map[string]any{"plan": "free"}, UserMetadata: map[string]any{"theme": "dark"},
	})
	auth.CheckPermissions(auth.AccessToken(eve, orders), "read:orders", "delete:orders")

	eve.Roles = nil // what is handed to AddUser again replaces the user
	eve = auth.AddUser(eve)
	auth.CheckPermissions(auth.AccessToken(eve, orders), "delete:orders")
	fmt.Println(eve.Connection, eve.Password == testkit.DefaultPassword, eve.Username == "", eve.Blocked)
	// Output: Username-Password-Authentication true true false
}

func ExampleUser() {
	auth := testkit.Run(t)
	mallory := auth.AddUser(testkit.User{Email: "mallory@acme.test", Blocked: true})

	login := auth.Login(app(auth).URL+"/login", mallory)
	fmt.Println(login.Error, login.ErrorDescription)
	// Output: unauthorized user is blocked
}

func ExampleTenant_AccessToken() {
	auth := testkit.Run(t)
	token := auth.AccessToken(auth.User("grace@acme.test"), orders, "openid", "read:orders")
	fmt.Println(testkit.Claims(token)["scope"])
	// Output: openid read:orders
}

func ExampleTenant_IDToken() {
	auth := testkit.Run(t)
	token := auth.IDToken(auth.User("ada@acme.test"), "Acme Web")
	fmt.Println(testkit.Claims(token)["name"])
	// Output: Ada Byron
}

func ExampleTenant_MachineToken() {
	auth := testkit.Run(t)
	token := auth.MachineToken("Acme Worker", orders)
	fmt.Println(testkit.Claims(token)["gty"], testkit.Claims(token)["permissions"])
	// Output: client-credentials [read:orders write:orders]
}

// A role held in an organization counts only in a login to it.
func ExampleTenant_Token() {
	auth := testkit.Run(t)
	token := auth.Token(provider.TokenRequest{User: "olga@acme.test", Audience: orders, Organization: "acme-eu"})
	auth.CheckPermissions(token.AccessToken, "read:orders", "write:orders", "delete:orders")

	forged := auth.Token(provider.TokenRequest{AsIs: true, Key: "unknown", Claims: map[string]any{"sub": "auth0|olga", "aud": orders}})
	fmt.Println(testkit.Claims(forged.AccessToken)["sub"])
	// Output: auth0|olga
}

func ExampleTenant_Decision() {
	auth := testkit.Run(t)
	for _, reason := range auth.Decision(provider.TokenRequest{User: "ada@acme.test", Audience: orders, Scope: "write:orders"}) {
		if reason.About == "scope write:orders" {
			fmt.Println(reason.Outcome+":", reason.Sentence, reason.Fix)
		}
	}
	// Output: withheld: RBAC is on for API "Orders API" and nothing assigned to ada@acme.test includes it. Assign a role that has it.
}

func ExampleTenant_Explain() {
	auth := testkit.Run(t)
	idToken := auth.IDToken(auth.User("ada@acme.test"), "Acme Web") // a common mistake
	cause, _, _ := strings.Cut(auth.Explain(idToken), ". ")
	fmt.Println(cause)
	// Output: This is the ID token of application "Acme Web", and permissions are never in an ID token, only in an access token made for your API
}

func ExampleTenant_CheckPermissions() {
	auth := testkit.Run(t)
	token := auth.AccessToken(auth.User("ada@acme.test"), orders)
	auth.CheckPermissions(token, "read:orders")
	// Output:
}

func ExampleClaims() {
	auth := testkit.Run(t)
	opaque := auth.AccessToken(auth.User("ada@acme.test"), "") // no audience, no JWT
	fmt.Println(testkit.Claims(opaque) == nil)
	// Output: true
}

func ExampleTenant_Login() {
	auth := testkit.Run(t)
	app := app(auth)

	login := auth.Login(app.URL+"/login", auth.User("ada@acme.test"))
	fmt.Println(login.CallbackURL.Host, login.State, login.Code != "", login.Values.Get("code") == login.Code)
	// Output: localhost:3000 xyz true true
}

// The second application asks for no password: the browser has a session.
func ExampleTenant_LoginWith() {
	auth := testkit.Run(t)
	app := app(auth)

	browser := auth.Browser()
	auth.LoginWith(browser, app.URL+"/login", auth.User("ada@acme.test"))
	again := auth.LoginWith(browser, app.URL+"/login", testkit.User{})
	fmt.Println(again.Code != "")
	// Output: true
}

func ExampleLogin_Finish() {
	callback := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "Welcome back, %s\n", r.FormValue("state"))
	}))
	auth := testkit.Run(t, testkit.YAML(`
		clients:
		  - name: shop
		    client_id: shop
		    callbacks: [`+callback.URL+`]
		users:
		  - {email: ada@acme.test, password: Correct-Horse-9}
	`))

	loginURL := auth.URL() + "/authorize?client_id=shop&response_type=code&state=Ada&redirect_uri=" + callback.URL
	login := auth.Login(loginURL, auth.User("ada@acme.test"))
	res := login.Finish() // in login.Browser, with its cookies
	defer res.Body.Close()
	_, _ = io.Copy(os.Stdout, res.Body)
	fmt.Println(login.Browser.Jar != nil)
	// Output: Welcome back, Ada
	// true
}

func ExampleTenant_Browser() {
	auth := testkit.Run(t)
	res, err := auth.Browser().Get(app(auth).URL + "/login") // follows redirects to the login page
	if err != nil {
		t.Fatalf("login page: %v", err)
	}
	defer res.Body.Close()
	fmt.Println(res.Request.URL.Path)
	// Output: /u/login
}

func ExampleTenant_Advance() {
	auth := testkit.Run(t)
	before := auth.Now()
	auth.Advance(25 * time.Hour) // tokens, codes, sessions: all of it is older now
	fmt.Println(auth.Now().Sub(before) >= 25*time.Hour)
	// Output: true
}

func ExampleTenant_Freeze() {
	auth := testkit.Run(t)
	auth.Freeze(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
	auth.Advance(time.Minute)
	fmt.Println(auth.Now())
	// Output: 2030-01-01 00:01:00 +0000 UTC
}

func ExampleTenant_Reset() {
	auth := testkit.Run(t)
	auth.AddUser(testkit.User{Email: "eve@acme.test"})
	auth.Reset()
	fmt.Println(len(auth.Snapshot().Users))
	// Output: 6
}

func ExampleTenant_RotateSigningKey() {
	auth := testkit.Run(t)
	signedBy := func() string { // the header names the key
		header, _, _ := strings.Cut(auth.MachineToken("Acme Worker", orders), ".")
		return header
	}
	before := signedBy()
	auth.RotateSigningKey()
	fmt.Println(signedBy() != before)
	// Output: true
}

func ExampleTenant_RevokeSigningKey() {
	auth := testkit.Run(t)
	leaked := auth.SigningKeys()[0].KID
	auth.RotateSigningKey() // the leaked key signs no more
	auth.RevokeSigningKey() // and nothing verifies by it
	for _, key := range auth.SigningKeys() {
		if key.KID == leaked {
			fmt.Println("still there")
		}
	}
	// Output:
}

func ExampleTenant_Snapshot() {
	first := testkit.Run(t)
	first.AddUser(testkit.User{Email: "eve@acme.test"})

	second := testkit.Run(t, testkit.With(first.Snapshot()))
	fmt.Println(second.User("eve@acme.test").Password)
	// Output: Correct-Horse-9
}

func ExampleOption() {
	options := []testkit.Option{testkit.Seed(1), testkit.At(time.Unix(1700000000, 0))}
	first, second := testkit.Run(t, options...), testkit.Run(t, options...)

	token := func(auth *testkit.Tenant) string {
		return auth.Token(provider.TokenRequest{User: "ada@acme.test", Audience: orders, Issuer: "https://acme.test/"}).AccessToken
	}
	fmt.Println(token(first) == token(second))
	// Output: true
}

func ExampleFixture() {
	auth := testkit.Run(t, testkit.Fixture("testdata/shop.yaml"))
	fmt.Println(auth.App("Shop").Callbacks)
	// Output: [http://localhost:3000/callback]
}

func ExampleYAML() {
	auth := testkit.Run(t, testkit.YAML(`
		resourceServers:
		  - name: Shop API
		    identifier: https://shop.test
	`))
	fmt.Println(auth.API("Shop API").Identifier)
	// Output: https://shop.test
}

func ExampleWith() {
	snapshot := fixtures.Default().Clone()
	snapshot.Settings.FriendlyName = "Shop"
	auth := testkit.Run(t, testkit.With(snapshot))
	fmt.Println(auth.Snapshot().Settings.FriendlyName)
	// Output: Shop
}

func ExampleHeadlessLogin() {
	auth := testkit.Run(t, testkit.HeadlessLogin())

	browser := auth.Browser()
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := browser.Get(auth.URL() + "/authorize?" + url.Values{
		"client_id": {auth.App("Acme Portal").ClientID}, "response_type": {"code"}, "scope": {"openid"},
		"redirect_uri": {"http://localhost:3000/callback"}, "login_hint": {"ada@acme.test"},
	}.Encode())
	if err != nil {
		t.Fatalf("authorize: %v", err)
	}
	defer res.Body.Close()
	at, _ := res.Location()
	fmt.Println(at.Host, at.Path, at.Query().Has("code"))
	// Output: localhost:3000 /callback true
}

func ExampleLog() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	auth := testkit.Run(t, testkit.Log(log))
	auth.MachineToken("Acme Worker", orders)
	// Output: level=INFO msg=token flow=client_credentials client="Acme Worker" audience=https://orders.acme.test scope="read:orders write:orders" permissions="read:orders write:orders"
}

// changePassword asks the tenant for a mail, as a sign-in page does.
func changePassword(auth *testkit.Tenant, email string) {
	res, err := auth.Client().PostForm(auth.URL()+"/dbconnections/change_password", url.Values{
		"client_id": {auth.App("Acme Portal").ClientID}, "connection": {"Username-Password-Authentication"}, "email": {email},
	})
	if err != nil {
		panic(err)
	}
	res.Body.Close()
}

func ExampleTenant_WaitMail() {
	auth := testkit.Run(t)
	changePassword(auth, "ada@acme.test")

	mail := auth.WaitMail("ada@acme.test")
	link, _, _ := strings.Cut(mail.Link, "?")
	fmt.Println(mail.Subject, strings.TrimPrefix(link, auth.URL()))
	// Output: Reset your password /u/reset-verify
}

func ExampleTenant_Outbox() {
	auth := testkit.Run(t)
	changePassword(auth, "ada@acme.test")
	changePassword(auth, "nobody@acme.test") // the answer is the same, and no mail is sent
	for _, m := range auth.Outbox() {
		fmt.Println(m.To, m.Kind == provider.MessageResetEmail)
	}
	// Output: ada@acme.test true
}

func ExampleTenant_ClearOutbox() {
	auth := testkit.Run(t)
	changePassword(auth, "ada@acme.test")
	auth.ClearOutbox()
	fmt.Println(len(auth.Outbox()))
	// Output: 0
}
