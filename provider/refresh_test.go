package provider_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

const day = 24 * hour

// setClient changes a client of the running tenant, as the Management API
// would: logins and tokens stay.
func (w *world) setClient(id string, f func(*tenant.Client)) {
	w.t.Helper()
	for _, c := range w.control.Snapshot().Clients {
		if c.ClientID == id {
			f(c)
			return
		}
	}
	w.t.Fatalf("no client %s", id)
}

// events lists the tenant's log from the given types.
func (w *world) events(types ...tenant.LogType) []tenant.LogEvent {
	var list []tenant.LogEvent
	for _, e := range w.control.Logs(provider.LogFilter{}) {
		for _, typ := range types {
			if e.Type == typ {
				list = append(list, e)
			}
		}
	}
	return list
}

func portalRefreshable(w *world, scope string) string {
	w.t.Helper()
	code := w.browser().code(portalRequest("scope", scope, "audience", orders), "ada@shop.example")
	return w.token(redeemPortal(code)...).want(200).text("refresh_token")
}

func (w *world) portalRefresh(token string, changes ...string) *answer {
	w.t.Helper()
	return w.token(with([]string{
		"grant_type", "refresh_token", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "refresh_token", token,
	}, changes...)...)
}

func TestRFC9700_4_14_2_AnyDeadMemberEndsTheFamily(t *testing.T) {
	t.Parallel()
	for _, dead := range []int{0, 1, 4} {
		w := run(t)
		tokens := []string{refreshable(w, "openid offline_access").text("refresh_token")}
		for range 5 {
			tokens = append(tokens, w.refresh(tokens[len(tokens)-1]).want(200).text("refresh_token"))
		}
		w.refresh(tokens[dead]).wantError(403, "invalid_grant", unknownRefresh)
		for i, token := range tokens {
			if res := w.refresh(token); res.status != 403 {
				t.Errorf("after number %d was reused, number %d answers %d", dead, i, res.status)
			}
		}
		reuse := w.events(tenant.LogFailedRotating)
		if len(reuse) != 1 {
			t.Fatalf("%d events ferrt, want 1", len(reuse))
		}
		equal(t, "tokenCounter", reuse[0].Details["tokenCounter"], any(dead))
		equal(t, "latestCounter", reuse[0].Details["latestCounter"], any(5))
		equal(t, "user_id", reuse[0].UserID, "auth0|ada")
	}
}

// A thousand callers hold the same token; no more than 64 call at once.
func TestRFC9700_4_14_2_OneOfAThousandConcurrentExchangesWins(t *testing.T) {
	t.Parallel()
	w := run(t)
	token := refreshable(w, "openid offline_access").text("refresh_token")
	body := form("grant_type", "refresh_token", "client_id", "shopWeb", "refresh_token", token)
	client := w.browser().http
	var mu sync.Mutex
	statuses := map[int]int{}
	calls := make(chan struct{}, 1000)
	for range 1000 {
		calls <- struct{}{}
	}
	close(calls)
	var done sync.WaitGroup
	for range 64 {
		done.Go(func() {
			for range calls {
				res, err := client.Post(base+"/oauth/token", "application/x-www-form-urlencoded", strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				res.Body.Close()
				mu.Lock()
				statuses[res.StatusCode]++
				mu.Unlock()
			}
		})
	}
	done.Wait()
	if statuses[200] != 1 || statuses[403] != 999 {
		t.Errorf("answers by status %v, want one 200 and 999 of 403", statuses)
	}
}

func TestRFC6749_6_AnotherClientCannotUseTheToken(t *testing.T) {
	t.Parallel()
	w := run(t)
	token := portalRefreshable(w, "openid offline_access")
	w.refresh(token).wantError(403, "invalid_grant", unknownRefresh)
	w.portalRefresh(token, "client_secret", "wrong").wantError(401, "access_denied", "Unauthorized")
	w.portalRefresh(token).want(200)
}

func TestRFC6749_6_ScopeMustNotExceedTheOriginal(t *testing.T) {
	t.Parallel()
	w := run(t)
	token := portalRefreshable(w, "openid offline_access read:orders")
	res := w.portalRefresh(token, "scope", "read:orders profile write:orders").want(200)
	equal(t, "scope", res.text("scope"), "read:orders")
	equal(t, "scope, when none is sent", w.portalRefresh(token).want(200).text("scope"), "openid offline_access read:orders")
}

func TestRFC6749_5_2_MalformedRefreshRequests(t *testing.T) {
	t.Parallel()
	w := run(t)
	w.portalRefresh("").wantError(400, "invalid_request", "Missing required parameter: refresh_token")
	for _, raw := range []string{"x", "v1.M", "ORT", "v1.M" + strings.Repeat("A", 60), "ORT" + strings.Repeat("?", 60), strings.Repeat("v1.M", 5000)} {
		w.portalRefresh(raw).wantError(403, "invalid_grant", unknownRefresh)
	}
	if got := w.events(tenant.LogFailedRefresh); len(got) != 6 || got[0].Description != unknownRefresh || got[0].ClientID != "shopPortal" {
		t.Errorf("events fertft: %+v", got)
	}
}

func TestTheGrantMustBeAllowedForTheClient(t *testing.T) {
	t.Parallel()
	w := run(t)
	token := portalRefreshable(w, "openid offline_access")
	w.setClient("shopPortal", func(c *tenant.Client) { c.GrantTypes = []string{"authorization_code"} })
	w.portalRefresh(token).wantError(403, "unauthorized_client", "Grant type 'refresh_token' not allowed for the client.")
}

func TestRotationSwitchedOn(t *testing.T) {
	t.Parallel()
	w := run(t)
	var old []string
	for range 3 {
		old = append(old, portalRefreshable(w, "openid offline_access"))
	}
	other := w.token(redeemPortal(w.browser().code(portalRequest("scope", "openid offline_access", "audience", catalog), "ada@shop.example"))...).text("refresh_token")
	w.setClient("shopPortal", func(c *tenant.Client) {
		c.RefreshToken = tenant.RefreshTokenPolicy{RotationType: "rotating", ExpirationType: "expiring", TokenLifetimeSeconds: 3600, IdleTokenLifetimeSeconds: 1800}
	})
	fresh := w.portalRefresh(old[0]).want(200).text("refresh_token")
	if fresh == "" || fresh == old[0] {
		t.Fatalf("the exchange gave %q", fresh)
	}
	for _, token := range old[1:] {
		w.portalRefresh(token).wantError(403, "invalid_grant", unknownRefresh)
	}
	w.portalRefresh(other).want(200) // of another API
	next := w.portalRefresh(fresh).want(200).text("refresh_token")
	w.portalRefresh(fresh).wantError(403, "invalid_grant", unknownRefresh)
	w.portalRefresh(next).wantError(403, "invalid_grant", unknownRefresh)
}

func TestRotationSwitchedOff(t *testing.T) {
	t.Parallel()
	w := run(t)
	first := refreshable(w, "openid offline_access").text("refresh_token")
	second := w.refresh(first).want(200).text("refresh_token")
	w.setClient("shopWeb", func(c *tenant.Client) { c.RefreshToken.RotationType = "non-rotating" })
	steady := w.refresh(second).want(200).text("refresh_token")
	if steady == "" || steady == second {
		t.Fatalf("the exchange gave %q", steady)
	}
	w.refresh(second).wantError(403, "invalid_grant", unknownRefresh)
	for range 3 {
		equal(t, "refresh_token", w.refresh(steady).want(200).text("refresh_token"), "")
	}
	w.control.Clock().Advance(15 * day)
	w.refresh(steady).wantError(403, "invalid_grant", unknownRefresh)
}

func TestEndedTokensDoNotCountAsHeld(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	login := func() string {
		return b.post("/oauth/token", "grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret",
			"username", "ada@shop.example", "password", password, "scope", "offline_access").want(200).text("refresh_token")
	}
	first := login()
	for range 199 {
		b.post("/oauth/revoke", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "token", login()).want(200)
	}
	login()
	w.portalRefresh(first).want(200)
}

func TestGtyAfterARefresh(t *testing.T) {
	t.Parallel()
	w := run(t)
	byCode := w.portalRefresh(portalRefreshable(w, "offline_access")).want(200)
	equal(t, "gty after a code", claims(t, byCode.text("access_token"))["gty"], any("refresh_token"))
	token := w.token("grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "audience", orders,
		"username", "ada@shop.example", "password", password, "scope", "offline_access").want(200).text("refresh_token")
	for range 2 {
		list, _ := claims(t, w.portalRefresh(token).want(200).text("access_token"))["gty"].([]any)
		if len(list) != 2 || list[0] != "refresh_token" || list[1] != "password" {
			t.Errorf("gty after a password is %v", list)
		}
	}
}

func multiResource(c *provider.Config) {
	api(c, catalog).SkipConsent = true
	// The name of a scope at one API says nothing about another.
	api(c, catalog).Scopes = append(api(c, catalog).Scopes, tenant.Scope{Value: "read:orders"})
	client(c, "shopPortal").RefreshToken.Policies = []tenant.RefreshPolicy{
		{Audience: catalog, Scope: []string{"read:catalog", "no:such"}},
		{Audience: "https://gone.example", Scope: []string{"x"}},
		{Audience: tenant.ManagementIdentifier, Scope: []string{"read:users"}},
		{Audience: "https://ledger.example", Scope: []string{"read:ledger"}},
	}
}

func TestOneRefreshTokenForSeveralAPIs(t *testing.T) {
	t.Parallel()
	w := run(t, multiResource)
	token := portalRefreshable(w, "openid offline_access read:orders")
	for _, c := range []struct {
		name          string
		send          []string
		audience, got string
	}{
		{"no audience keeps the login's", nil, orders, "openid offline_access read:orders"},
		{"the login's, named", []string{"audience", orders}, orders, "openid offline_access read:orders"},
		{"a policy's API gets all its scopes", []string{"audience", catalog}, catalog, "openid offline_access read:catalog"},
		{"or those asked for", []string{"audience", catalog, "scope", "read:catalog read:orders"}, catalog, "read:catalog"},
		{"unknown scopes are ignored", []string{"audience", catalog, "scope", "no:such other"}, catalog, ""},
	} {
		res := w.portalRefresh(token, c.send...).want(200)
		equal(t, "scope: "+c.name, res.text("scope"), c.got)
		aud := claims(t, res.text("access_token"))["aud"]
		if list, ok := aud.([]any); ok {
			aud = list[0]
		}
		equal(t, "aud: "+c.name, aud, any(c.audience))
	}
}

func TestAPIsNoPolicyOpens(t *testing.T) {
	t.Parallel()
	w := run(t, multiResource)
	token := portalRefreshable(w, "openid offline_access read:orders")
	for _, c := range []struct{ audience, hint string }{
		{"https://unknown.example", "no API has the identifier"},
		{"https://gone.example", "no API has the identifier"},
		{base + "/api/v2/", "add {audience"},
		{"https://ledger.example", "skip_consent_for_verifiable_first_party_clients"},
	} {
		res := w.portalRefresh(token, "audience", c.audience).
			wantError(403, "invalid_grant", "The refresh token may not be exchanged for audience "+c.audience+".")
		if hint := res.header.Get("Faux0-Hint"); !strings.Contains(hint, c.hint) {
			t.Errorf("hint for %s is %q", c.audience, hint)
		}
	}
	w.setClient("shopPortal", func(c *tenant.Client) { c.IsFirstParty = false })
	w.portalRefresh(token, "audience", catalog).want(403)
	// Without any policy the parameter is ignored.
	w.setClient("shopPortal", func(c *tenant.Client) { c.IsFirstParty, c.RefreshToken.Policies = true, nil })
	equal(t, "scope", w.portalRefresh(token, "audience", catalog).want(200).text("scope"), "openid offline_access read:orders")
}

func online(c *provider.Config) {
	api(c, orders).AllowOnlineAccess = true
	client(c, "shopPortal").RefreshToken = tenant.RefreshTokenPolicy{RotationType: "rotating", ExpirationType: "expiring", TokenLifetimeSeconds: 60, IdleTokenLifetimeSeconds: 60}
}

func TestOnlineRefreshTokensLiveAsLongAsTheSession(t *testing.T) {
	t.Parallel()
	t.Run("they do not rotate, and using them keeps the session alive", func(t *testing.T) {
		t.Parallel()
		w := run(t, online)
		b := w.browser()
		res := w.token(redeemPortal(b.code(portalRequest("scope", "openid online_access", "audience", orders), "ada@shop.example"))...).want(200)
		token := res.text("refresh_token")
		if !strings.HasPrefix(token, "ORT") {
			t.Errorf("refresh token %q does not begin with ORT", token)
		}
		equal(t, "scope", res.text("scope"), "openid online_access")
		for range 2 { // the session may lie idle for three days and live for seven
			w.control.Clock().Advance(2 * day)
			again := w.portalRefresh(token).want(200)
			equal(t, "refresh_token", again.text("refresh_token"), "")
			equal(t, "sid", claims(t, again.text("id_token"))["sid"], claims(t, res.text("id_token"))["sid"])
		}
		w.control.Clock().Advance(day)
		if code := b.authorize(portalRequest("prompt", "none")).query().Get("code"); code == "" {
			t.Error("the session has ended, though the token was used")
		}
		w.control.Clock().Advance(2 * day) // the seventh
		w.portalRefresh(token).wantError(403, "invalid_grant", unknownRefresh)
	})
	t.Run("logging out ends them", func(t *testing.T) {
		t.Parallel()
		w := run(t, online)
		b := w.browser()
		token := w.token(redeemPortal(b.code(portalRequest("scope", "openid online_access", "audience", orders), "ada@shop.example"))...).text("refresh_token")
		b.get("/v2/logout?client_id=shopPortal").want(302)
		w.portalRefresh(token).wantError(403, "invalid_grant", unknownRefresh)
	})
	t.Run("revoking one ends the session and the others", func(t *testing.T) {
		t.Parallel()
		w := run(t, online)
		b := w.browser()
		first := w.token(redeemPortal(b.code(portalRequest("scope", "openid online_access", "audience", orders), "ada@shop.example"))...).text("refresh_token")
		code := b.authorize(portalRequest("scope", "openid online_access", "audience", orders, "prompt", "none")).query().Get("code")
		second := w.token(redeemPortal(code)...).want(200).text("refresh_token")
		b.post("/oauth/revoke", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "token", first).want(200)
		w.portalRefresh(second).wantError(403, "invalid_grant", unknownRefresh)
		equal(t, "error", b.authorize(portalRequest("prompt", "none")).query().Get("error"), "login_required")
	})
}

func TestPublicClientsBindOnlineRefreshTokens(t *testing.T) {
	t.Parallel()
	w := run(t, online, takesDPoP(orders, false, ""))
	code := func() string {
		return w.browser().code(webRequest("scope", "openid online_access"), "ada@shop.example")
	}
	equal(t, "refresh token without a proof", w.token(redeemWeb(code())...).want(200).text("refresh_token"), "")
	p := newProver(t)
	token := w.tokenWith(w.nonced(p), redeemWeb(code())...).want(200).text("refresh_token")
	refresh := []string{"grant_type", "refresh_token", "client_id", "shopWeb", "refresh_token", token}
	w.token(refresh...).wantError(403, "invalid_grant", unknownRefresh)
	w.tokenWith(w.nonced(p), refresh...).want(200)
}

func TestWhoGetsNoOnlineRefreshToken(t *testing.T) {
	t.Parallel()
	w := run(t, online)
	for name, request := range map[string][]string{
		"no API":                      portalRequest("scope", "openid online_access"),
		"an API that does not say so": portalRequest("scope", "openid online_access", "audience", catalog),
	} {
		res := w.token(redeemPortal(w.browser().code(request, "ada@shop.example"))...).want(200)
		equal(t, "refresh token, "+name, res.text("refresh_token"), "")
		equal(t, "scope, "+name, res.text("scope"), "openid")
	}
	res := w.token("grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "audience", orders,
		"username", "ada@shop.example", "password", password, "scope", "openid online_access").want(200)
	equal(t, "refresh token of a password grant", res.text("refresh_token"), "")
	ephemeral := run(t, online, nonPersistent)
	res = ephemeral.token(redeemPortal(ephemeral.browser().code(portalRequest("scope", "openid online_access", "audience", orders), "ada@shop.example"))...).want(200)
	equal(t, "refresh token where sessions end with the browser", res.text("refresh_token"), "")
}

func TestRFC7009_2_1_OnlyTheClientItWasIssuedToRevokes(t *testing.T) {
	t.Parallel()
	w := run(t)
	token := portalRefreshable(w, "openid offline_access")
	b := w.browser()
	b.post("/oauth/revoke", "client_id", "shopWeb", "token", token).want(200)
	w.portalRefresh(token).want(200)
	b.post("/oauth/revoke", "client_id", "shopPortal", "client_secret", "wrong", "token", token).wantError(401, "invalid_client", "Client authentication failed")
	w.portalRefresh(token).want(200)
	if list := w.events(tenant.LogSuccessRevoke); len(list) != 0 {
		t.Errorf("events srrt though nothing was revoked: %+v", list)
	}
	b.postJSON("/oauth/revoke", map[string]any{"client_id": "shopPortal", "client_secret": "shop-portal-secret", "token": token, "token_type_hint": "refresh_token"}).want(200)
	w.portalRefresh(token).wantError(403, "invalid_grant", unknownRefresh)
	list := w.events(tenant.LogSuccessRevoke)
	if len(list) != 1 || list[0].UserID != "auth0|ada" || list[0].ClientID != "shopPortal" || list[0].Audience != orders {
		t.Errorf("events srrt: %+v", list)
	}
}

func TestRFC7009_2_2_UnknownTokensAnswerLikeRevokedOnes(t *testing.T) {
	t.Parallel()
	w := run(t)
	access := refreshable(w, "openid").text("access_token")
	for _, token := range []string{"x", "v1.Munknown", access, strings.Repeat("A", 9000)} {
		res := w.browser().post("/oauth/revoke", "client_id", "shopWeb", "token", token).want(200)
		equal(t, "body", res.body, "")
	}
	w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+access), "").want(200) // access tokens are not revoked
}

func TestRFC7009_2_1_MalformedRevocations(t *testing.T) {
	t.Parallel()
	b := run(t).browser()
	b.post("/oauth/revoke", "client_id", "shopWeb").wantError(400, "invalid_request", "Missing required parameter: token")
	b.post("/oauth/revoke", "token", "x").wantError(401, "invalid_client", "Client authentication failed")
	b.post("/oauth/revoke", "client_id", "nobody", "token", "x").wantError(401, "invalid_client", "Client authentication failed")
	b.do("POST", "/oauth/revoke", head("Content-Type", "application/json"), `{"token":`).want(400)
	b.do("GET", "/oauth/revoke", nil, "").want(http.StatusMethodNotAllowed)
}

func TestRevokingMayEndTheWholeGrant(t *testing.T) {
	t.Parallel()
	for _, flag := range []bool{false, true} {
		w := run(t, func(c *provider.Config) {
			c.Snapshot.Settings.Flags = map[string]bool{"revoke_refresh_token_grant": flag}
		})
		one, two := portalRefreshable(w, "openid offline_access"), portalRefreshable(w, "openid offline_access")
		other := w.token(redeemPortal(w.browser().code(portalRequest("scope", "openid offline_access", "audience", catalog), "ada@shop.example"))...).text("refresh_token")
		w.browser().post("/oauth/revoke", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "token", one).want(200)
		equal(t, "the same grant's other token works", w.portalRefresh(two).status == 200, !flag)
		w.portalRefresh(other).want(200) // of another API
	}
}

func TestRefreshesAreInTheLog(t *testing.T) {
	t.Parallel()
	w := run(t)
	token := refreshable(w, "openid offline_access").text("refresh_token")
	w.control.Clock().Advance(time.Minute)
	w.refresh(token).want(200)
	list := w.events(tenant.LogSuccessRefresh)
	if len(list) != 1 {
		t.Fatalf("%d events sertft, want 1", len(list))
	}
	e := list[0]
	equal(t, "user", e.UserName, "ada@shop.example")
	equal(t, "client", e.ClientName, "Shop Web")
	equal(t, "audience", e.Audience, orders)
	equal(t, "scope", e.Scope, "openid offline_access")
	equal(t, "tokenCounter", e.Details["tokenCounter"], any(0))
}

// Source: Auth0 docs, "Configure refresh token expiration".
func TestEachLifetimeOfARefreshTokenMayBeInfinite(t *testing.T) {
	t.Parallel()
	policy := tenant.RefreshTokenPolicy{RotationType: "non-rotating", ExpirationType: "expiring", TokenLifetimeSeconds: 100, IdleTokenLifetimeSeconds: 40}
	for name, c := range map[string]struct {
		infinite, infiniteIdle bool
		// lives is for how many seconds, used each thirty, unused how long.
		used, unused int
	}{
		"neither":      {false, false, 90, 30},
		"the absolute": {true, false, 600, 30},
		"the idle":     {false, true, 90, 90},
		"both of them": {true, true, 600, 600},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, func(config *provider.Config) {
				p := policy
				p.InfiniteTokenLifetime, p.InfiniteIdleTokenLifetime = c.infinite, c.infiniteIdle
				client(config, "shopWeb").RefreshToken = p
			})
			b := w.browser()
			offline := webRequest("scope", "openid offline_access")
			often := w.token(redeemWeb(b.code(offline, adaMail))...).want(200).text("refresh_token")
			once := w.token(redeemWeb(b.authorize(offline).query().Get("code"))...).want(200).text("refresh_token")
			lived, rested := 0, 0
			for at := 30; at <= 600; at += 30 {
				w.control.Clock().Advance(30 * time.Second)
				if lived == at-30 && w.refresh(often).status == 200 {
					lived = at
				}
				if at == c.unused {
					w.refresh(once).want(200)
					rested = at
				}
			}
			equal(t, "used each half minute, it lives", lived, c.used)
			equal(t, "unused, it lives", rested, c.unused)
			if !c.infinite || !c.infiniteIdle {
				w.refresh(once).wantError(403, "invalid_grant", unknownRefresh)
			}
		})
	}
}

// Source: Auth0 docs, "Refresh token limits".
func TestTheOldestOfTooManyRefreshTokensGoes(t *testing.T) {
	t.Parallel()
	w := run(t)
	one := func() string {
		return w.token(byPassword("scope", "offline_access")...).want(200).text("refresh_token")
	}
	refresh := func(token string) *answer {
		return w.token("grant_type", "refresh_token", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "refresh_token", token)
	}
	first, second := one(), one()
	for range 198 {
		one()
	}
	refresh(first).want(200)
	one()
	refresh(first).wantError(403, "invalid_grant", unknownRefresh)
	refresh(second).want(200)
}
