package provider_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/localtls"
	"github.com/faux0/faux0/provider/tenant"
)

// receiver is an application that takes logout tokens.
type receiver struct {
	*httptest.Server
	tokens chan string
	status int
}

func receive(t *testing.T, status int) *receiver {
	t.Helper()
	r := &receiver{tokens: make(chan string, 100), status: status}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	form := req.FormValue("logout_token")
	if req.Method != http.MethodPost || req.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || len(req.PostForm) != 1 {
		form = "not a form of one field: " + req.Method + " " + req.Header.Get("Content-Type")
	}
	r.tokens <- form
	w.Header().Set("Location", "/elsewhere")
	w.WriteHeader(r.status)
}

// tells makes the client be told at the URL, of what it is said to want.
func tells(id, target string, by ...tenant.Initiator) change {
	return func(c *provider.Config) {
		logout := &tenant.ClientLogout{BackchannelLogoutURLs: []string{target}}
		switch {
		case len(by) == 1 && by[0] == "all":
			logout.BackchannelLogoutInitiators = &tenant.LogoutInitiators{Mode: "all"}
		case len(by) > 0:
			logout.BackchannelLogoutInitiators = &tenant.LogoutInitiators{Mode: "custom", SelectedInitiators: by}
		}
		client(c, id).OIDCLogout = logout
	}
}

// patience only ends a wait for what never comes.
const patience = 5 * time.Minute

// waitLog waits for an event of the type.
func (w *world) waitLog(typ tenant.LogType) provider.LogEvent {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	list, err := w.control.WaitLogs(ctx, provider.LogFilter{Type: typ})
	if err != nil {
		w.t.Fatalf("no event %s: the tenant's log says\n%s", typ, w.logged())
	}
	return list[len(list)-1]
}

// next is the next logout token.
func (r *receiver) next(t *testing.T) string {
	t.Helper()
	select {
	case raw := <-r.tokens:
		return raw
	case <-time.After(patience):
		t.Fatal("no logout token came")
		return ""
	}
}

// none checks that no more logout tokens arrive.
func (r *receiver) none(w *world, what string) {
	w.t.Helper()
	w.provider.Settle()
	if n := len(r.tokens); n != 0 {
		w.t.Errorf("%s: %d logout tokens", what, n)
	}
}

// OpenID Connect Back-Channel Logout 1.0 §2.4, §2.5; Auth0's claims and order.
func TestLogoutTokenIsAsSpecified(t *testing.T) {
	t.Parallel()
	app := receive(t, http.StatusOK)
	w := run(t, tells("shopWeb", app.URL+"/backchannel"))
	b := w.browser()
	id := claims(t, w.token(redeemWeb(b.code(webRequest("nonce", "n1"), "ada@shop.example"))...).want(200).text("id_token"))
	b.get("/v2/logout").want(302)

	raw := app.next(t)
	verify(t, w, raw)
	equal(t, "typ", part(t, raw, 0)["typ"].(string), "JWT")
	equal(t, "alg", part(t, raw, 0)["alg"].(string), "RS256")
	got := claims(t, raw)
	for name, want := range map[string]any{
		"iss": base + "/", "sub": "auth0|ada", "aud": "shopWeb", "sid": id["sid"],
		"iat": float64(start.Unix()), "exp": float64(start.Unix() + 120),
	} {
		equal(t, name, got[name], want)
	}
	events, _ := got["events"].(map[string]any)
	if event, ok := events["http://schemas.openid.net/event/backchannel-logout"].(map[string]any); !ok || len(events) != 1 || len(event) != 0 {
		t.Errorf("events %v", got["events"])
	}
	if len(got["jti"].(string)) != 36 || got["trace_id"] == "" {
		t.Errorf("jti %v, trace_id %v", got["jti"], got["trace_id"])
	}
	if _, there := got["nonce"]; there || len(got) != 9 {
		t.Errorf("claims %v", got)
	}
	e := w.waitLog(tenant.LogSuccessBackchannel)
	equal(t, "client", e.ClientID, "shopWeb")
	equal(t, "user", e.UserID, "auth0|ada")
	equal(t, "details", fmt.Sprint(e.Details), fmt.Sprintf(
		"map[initiator:rp-logout request:map[backchannel_logout_uri:%s/backchannel method:POST] response:map[statusCode:200]]", app.URL))
}

// OpenID Connect Back-Channel Logout 1.0 §2.3: the RPs of the session, and no
// others.
func TestOnlyClientsOfTheSessionAreTold(t *testing.T) {
	t.Parallel()
	web, portal, club := receive(t, 200), receive(t, 204), receive(t, 200)
	w := run(t, tells("shopWeb", web.URL), tells("shopPortal", portal.URL), tells("shopClub", club.URL))
	first, second := w.browser(), w.browser()
	first.login(webRequest(), "ada@shop.example")
	first.authorize(portalRequest()).want(302)
	second.login(portalRequest(), "ada@shop.example")

	first.get("/v2/logout").want(302)
	sid := claims(t, web.next(t))["sid"]
	equal(t, "portal's sid", claims(t, portal.next(t))["sid"], sid)
	club.none(w, "a client nobody logged into")
	second.get("/v2/logout").want(302)
	if claims(t, portal.next(t))["sid"] == sid {
		t.Error("both sessions have one sid")
	}
	web.none(w, "a session of another client")
	first.get("/v2/logout").want(302)
	web.none(w, "a logout without a session")
}

// Auth0 docs, "Configure back-channel logout initiators".
func TestEachInitiatorTellsThoseWhoSelectedIt(t *testing.T) {
	t.Parallel()
	everything := []tenant.Initiator{
		tenant.InitiatorRPLogout, tenant.InitiatorPasswordChanged, tenant.InitiatorEmailChanged, tenant.InitiatorSessionExpired,
		tenant.InitiatorSessionRevoked, tenant.InitiatorAccountDeleted, tenant.InitiatorAccountDeactivated, tenant.InitiatorMFAPhoneUnenrolled,
	}
	ends := map[tenant.Initiator]func(*world, *browser){
		tenant.InitiatorRPLogout: func(_ *world, b *browser) { b.get("/v2/logout") },
		tenant.InitiatorPasswordChanged: func(w *world, _ *browser) {
			w.edit("auth0|ada", func(u *tenant.User) { u.Password = "Another-Horse-9" })
		},
		tenant.InitiatorEmailChanged:   func(w *world, _ *browser) { w.edit("auth0|ada", func(u *tenant.User) { u.Email = "ada@new.example" }) },
		tenant.InitiatorSessionExpired: func(w *world, _ *browser) { w.control.Clock().Advance(73 * hour) },
		tenant.InitiatorSessionRevoked: func(w *world, _ *browser) { w.control.EndSessions("auth0|ada") },
		tenant.InitiatorAccountDeleted: func(w *world, _ *browser) { w.control.DeleteUser("auth0|ada") },
		tenant.InitiatorMFAPhoneUnenrolled: func(w *world, _ *browser) {
			w.enroll(ada, provider.MethodSMS, adaPhone)
			w.edit(ada, func(u *tenant.User) { u.MFAFactors = nil })
		},
		tenant.InitiatorAccountDeactivated: func(w *world, _ *browser) { w.edit("auth0|ada", func(u *tenant.User) { u.Blocked = true }) },
	}
	for _, by := range everything {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			one, all, others, byDefault := receive(t, 200), receive(t, 200), receive(t, 200), receive(t, 200)
			var rest []tenant.Initiator
			for _, i := range everything {
				if i != by {
					rest = append(rest, i)
				}
			}
			w := run(t, tells("shopWeb", one.URL, by), tells("shopPortal", all.URL, "all"), tells("shopHS", others.URL, rest...), tells("shopPS", byDefault.URL))
			b := w.browser()
			b.login(webRequest(), "ada@shop.example")
			for id, callback := range map[string]string{"shopPortal": portalCB, "shopHS": "https://hs.example/callback", "shopPS": "https://ps.example/callback"} {
				if b.authorize(portalRequest("client_id", id, "redirect_uri", callback)).query().Get("code") == "" {
					t.Fatal("no single sign-on")
				}
			}
			ends[by](w, b)
			equal(t, "subject", claims(t, one.next(t))["sub"], any("auth0|ada"))
			equal(t, "audience", claims(t, all.next(t))["aud"], any("shopPortal"))
			others.none(w, "a client that selected the others")
			if by == tenant.InitiatorRPLogout {
				byDefault.next(t)
			}
			byDefault.none(w, "a client that selected nothing")
			for _, e := range w.control.Logs(provider.LogFilter{Type: tenant.LogSuccessBackchannel}) {
				equal(t, "initiator in the log", e.Details["initiator"], any(string(by)))
			}
			want := "login_required Login required"
			if by == tenant.InitiatorAccountDeactivated {
				want = "unauthorized user is blocked"
			}
			q := b.authorize(webRequest("prompt", "none")).query()
			equal(t, "the next silent login", q.Get("error")+" "+q.Get("error_description"), want)
			one.none(w, "a second time")
		})
	}
}

func TestWhatEndsNoSessionTellsNobody(t *testing.T) {
	t.Parallel()
	app := receive(t, 200)
	w := run(t, tells("shopWeb", app.URL, "all"))
	b := w.browser()
	b.login(webRequest(), "ada@shop.example")
	w.edit("auth0|ada", func(u *tenant.User) { u.Password = password }) // the same again
	w.edit("auth0|ada", func(u *tenant.User) { u.Name, u.Roles = "Ada Lovelace", nil })
	w.edit("auth0|nora", func(u *tenant.User) { u.Password = "Another-Horse-9" })
	w.control.Clock().Advance(71 * hour)
	if b.authorize(webRequest("prompt", "none")).query().Get("code") == "" {
		t.Error("the session is over")
	}
	b.login(webRequest("prompt", "login"), "nora@shop.example") // takes ada's place
	if err := w.control.Reset(); err != nil {
		t.Fatal(err)
	}
	app.none(w, "all that")
}

// Sessions end by the one clock: idle time begins anew with each use, the
// absolute end does not move.
func TestSessionExpiryIsNoticedByTheOneClock(t *testing.T) {
	t.Parallel()
	app := receive(t, 200)
	w := run(t, tells("shopWeb", app.URL, tenant.InitiatorSessionExpired), func(c *provider.Config) {
		c.Snapshot.Settings.SessionLifetime, c.Snapshot.Settings.IdleSessionLifetime = 5, 2
	})
	b := w.browser()
	b.login(webRequest(), "ada@shop.example")
	for range 3 {
		w.control.Clock().Advance(90 * time.Minute)
		b.authorize(webRequest("prompt", "none")).wantPathless()
	}
	app.none(w, "used every 90 minutes")
	w.control.Clock().Advance(30 * time.Minute)
	equal(t, "iat", claims(t, app.next(t))["iat"], any(float64(start.Add(5*hour).Unix())))
	b.login(webRequest(), "ada@shop.example")
	w.control.Clock().Advance(2 * hour)
	app.next(t)
	app.none(w, "once for each session")
}

func (a *answer) wantPathless() {
	a.t.Helper()
	if a.query().Get("code") == "" {
		a.t.Fatalf("sent to %s", a.location())
	}
}

// Nobody need ask for the session, nor move the clock. Time stands still until
// the login is done, so that the session lives that long on a slow machine too.
func TestSessionExpiryIsNoticedInRealTime(t *testing.T) {
	t.Parallel()
	app := receive(t, 200)
	var passed atomic.Int64
	w := run(t, tells("shopWeb", app.URL, "all"), func(c *provider.Config) {
		c.Now = func() time.Time { return start.Add(time.Duration(passed.Load())) }
		c.Snapshot.Settings.SessionLifetime = 0.0001
	})
	w.browser().login(webRequest(), "ada@shop.example")
	passed.Store(int64(time.Second))
	verify(t, w, app.next(t))
}

func TestFailedDeliveriesAreLoggedAndNotTriedAgain(t *testing.T) {
	t.Parallel()
	closed := receive(t, 200)
	closed.Close()
	for what, target := range map[string]struct {
		*receiver
		want string
	}{
		"refuses": {receive(t, 400), "400 Bad Request"}, "breaks": {receive(t, 500), "500 Internal Server Error"},
		"redirects": {receive(t, 302), "302 Found"}, "accepts later": {receive(t, 202), "202 Accepted"}, "is gone": {closed, "connection refused"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := run(t, tells("shopWeb", target.URL))
			b := w.browser()
			b.login(webRequest(), "ada@shop.example")
			b.get("/v2/logout").want(302)
			e := w.waitLog(tenant.LogFailedBackchannel)
			if !strings.Contains(e.Description, target.want) || len(e.Details["errors"].([]any)) != 1 {
				t.Errorf("%q, %v", e.Description, e.Details)
			}
			if target.receiver != closed {
				target.next(t)
			}
			target.none(w, "not once more")
			equal(t, "deliveries logged", len(w.control.Logs(provider.LogFilter{Type: tenant.LogFailedBackchannel})), 1)
		})
	}
}

// A receiver that hangs holds up neither the logout nor, in the end, the tenant.
func TestCloseGivesUpDeliveries(t *testing.T) {
	t.Parallel()
	entered, done := make(chan bool, 1), make(chan bool)
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		entered <- true
		<-done
	}))
	t.Cleanup(app.Close)
	t.Cleanup(func() { close(done) })
	w := run(t, tells("shopWeb", app.URL))
	b := w.browser()
	b.login(webRequest(), "ada@shop.example")
	b.get("/v2/logout").want(302)
	<-entered
	w.provider.Close()
	w.waitLog(tenant.LogFailedBackchannel)
	b.login(webRequest(), "ada@shop.example")
	b.get("/v2/logout").want(302)
	w.provider.Settle()
}

func TestLogoutTokensOverHTTPS(t *testing.T) {
	t.Parallel()
	app := &receiver{tokens: make(chan string, 1), status: 200}
	app.Server = httptest.NewTLSServer(app) // signs its own certificate
	t.Cleanup(app.Close)
	w := run(t, tells("shopWeb", app.URL))
	b := w.browser()
	b.login(webRequest(), "ada@shop.example")
	b.get("/v2/logout").want(302)
	verify(t, w, app.next(t))
}

func TestReceiversElsewhereNeedACertificateThatIsTrusted(t *testing.T) {
	t.Parallel()
	ours, err := localtls.Memory([]string{"app.test"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := localtls.Memory([]string{"app.test"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]struct {
		authority *localtls.Authority
		host      string
		trusted   bool
	}{
		"the local authority": {ours, "app.test", true}, "another": {theirs, "app.test", false},
		"another, on this machine": {theirs, "app.localhost", true}, "another name": {ours, "other.test", false},
	} {
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.TLS = try.authority.TLSConfig()
		server.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are what is tested
		server.StartTLS()
		conn, err := tls.Dial("tcp", server.Listener.Addr().String(), provider.ReceiverTLS(ours.CAPEM(), try.host))
		if err == nil {
			_ = conn.Close()
		}
		if (err == nil) != try.trusted {
			t.Errorf("%s: %v", name, err)
		}
		server.Close()
	}
}

func TestConcurrentLogoutsTellOnceForEachSession(t *testing.T) {
	t.Parallel()
	app := receive(t, 200)
	w := run(t, tells("shopWeb", app.URL))
	const sessions = 30
	var wg sync.WaitGroup
	for range sessions {
		b := w.browser()
		b.login(webRequest(), "ada@shop.example")
		for range 3 { // the same session, three times at once
			wg.Add(1)
			go func() { defer wg.Done(); b.get("/v2/logout") }()
		}
	}
	wg.Wait()
	w.provider.Settle()
	seen := map[any]bool{}
	for len(app.tokens) > 0 {
		got := claims(t, app.next(t))
		if seen[got["sid"]] {
			t.Errorf("told twice of %v", got["sid"])
		}
		seen[got["sid"]] = true
	}
	equal(t, "sessions told of", len(seen), sessions)
}

func TestNoticesWaitTheirTurn(t *testing.T) {
	t.Parallel()
	app := receive(t, 200)
	w := run(t, tells("shopWeb", app.URL, "all"))
	for range 40 {
		w.browser().login(webRequest(), "ada@shop.example")
	}
	w.control.EndSessions("auth0|ada") // all at once
	w.provider.Settle()
	equal(t, "logout tokens", len(app.tokens), 40)
}
