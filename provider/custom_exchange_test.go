package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/action"
	"github.com/faux0/faux0/provider/tenant"
)

const legacyType = "urn:shop:legacy-token"

// deciding gives the tenant an Action that decides on legacy tokens, in
// JavaScript, and lets the portal bring them.
func deciding(code string) change {
	return func(c *provider.Config) {
		portal := client(c, "shopPortal")
		portal.TokenExchange = &tenant.TokenExchange{AllowAnyProfileOfType: []string{"custom_authentication"}}
		c.Snapshot.Actions = append(c.Snapshot.Actions, &tenant.Action{
			ID: "act1", Name: "Legacy tokens", Code: "exports.onExecuteCustomTokenExchange = async (event, api) => {" + code + "\n};",
			SupportedTriggers: []tenant.ActionTrigger{{ID: "custom-token-exchange"}}, Secrets: []tenant.ActionSecret{{Name: "KEY", Value: "s3cret"}},
		})
		c.Snapshot.TokenExchangeProfiles = append(c.Snapshot.TokenExchangeProfiles, &tenant.TokenExchangeProfile{
			ID: "tep1", Name: "Legacy", SubjectTokenType: legacyType, ActionID: "act1", Type: "custom_authentication",
		})
	}
}

func (w *world) legacy(subject string, changes ...string) *answer {
	w.t.Helper()
	return w.token(with([]string{
		"grant_type", exchange, "client_id", "shopPortal", "client_secret", "shop-portal-secret", "subject_token_type", legacyType,
		"subject_token", subject, "audience", orders,
	}, changes...)...)
}

func TestRFC8693_2_2_1_AnActionSaysWhoseTokensAreIssued(t *testing.T) {
	t.Parallel()
	w := run(t, deciding(`api.authentication.setUserById('auth0|' + event.transaction.subject_token);`))
	res := w.legacy("ada", "scope", "openid profile offline_access read:orders write:orders").want(200)
	equal(t, "issued_token_type", res.text("issued_token_type"), accessType)
	equal(t, "token_type", res.text("token_type"), "Bearer")
	equal(t, "scope", res.text("scope"), "openid profile offline_access read:orders")
	equal(t, "sub", claims(t, res.text("id_token"))["sub"], any("auth0|ada"))
	access := claims(t, res.text("access_token"))
	equal(t, "gty", access["gty"], nil)
	equal(t, "act", access["act"], nil)
	again := w.portalRefresh(res.text("refresh_token")).want(200)
	equal(t, "issued_token_type of a refresh", again.text("issued_token_type"), "")
	if n := userOf(w.control.Snapshot(), "auth0|ada").LoginsCount; n != 1 {
		t.Errorf("%d logins counted", n)
	}
	events := w.events(tenant.LogSuccessCustomExchange)
	if len(events) != 1 || events[0].UserID != "auth0|ada" || events[0].Details["subject_token_type"] != legacyType {
		t.Errorf("events secte: %+v", events)
	}
	// Observed: go-auth0, TestLoginWithCustomTokenExchange asks for no scope.
	equal(t, "scope, when none is asked for", w.legacy("ada", "audience", "").want(200).text("scope"), "openid profile email")
}

func TestWhatTheActionIsTold(t *testing.T) {
	t.Parallel()
	w := run(t, deciding(`api.access.deny('told', JSON.stringify(event));`))
	res := w.legacy("secret subject", "scope", "openid read:orders", "actor_token", "a", "actor_token_type", "urn:shop:actor", "custom", "x", "organization", "org_eu")
	res.want(403)
	var got map[string]any
	decodeInto(t, res.text("error_description"), &got)
	for path, want := range map[string]any{
		"client.client_id": "shopPortal", "client.name": "Shop Portal", "organization.id": "org_eu", "organization.name": "eu",
		"resource_server.identifier": orders, "request.method": "POST", "request.body.custom": "x", "request.body.client_secret": nil,
		"request.hostname": "tenant.localhost:4400", "tenant.id": "tenant", "secrets.KEY": "s3cret",
		"transaction.subject_token": "secret subject", "transaction.subject_token_type": legacyType,
		"transaction.actor_token": "a", "transaction.actor_token_type": "urn:shop:actor", "transaction.protocol": "oauth2-token-exchange",
		"user": nil,
	} {
		v := any(got)
		for _, name := range strings.Split(path, ".") {
			m, _ := v.(map[string]any)
			v = m[name]
		}
		equal(t, path, v, want)
	}
}

func TestAUserOfAConnection(t *testing.T) {
	t.Parallel()
	w := run(t, deciding(`
		const { options, ...profile } = JSON.parse(event.transaction.subject_token);
		api.user.setUserMetadata('color', 'blue');
		api.user.setAppMetadata('from', 'legacy');
		api.authentication.setUserByConnection('Username-Password-Authentication', profile, options);`))
	w.legacy(`{"user_id":"lena","email":"lena@shop.example"}`).wantError(400, "invalid_request", "User not found")
	make := `{"user_id":"lena","email":"Lena@shop.example","email_verified":true,"given_name":"Lena","ignored":1,"options":{"creationBehavior":"create_if_not_exists"}}`
	id := claims(t, w.legacy(make, "scope", "openid profile email").want(200).text("id_token"))
	equal(t, "sub", id["sub"], any("auth0|lena"))
	equal(t, "email", id["email"], any("lena@shop.example"))
	equal(t, "email_verified", id["email_verified"], any(true))
	equal(t, "nickname, made up", id["nickname"], any("lena"))
	w.legacy(`{"user_id":"lena","given_name":"Helena"}`).want(200)
	u := userOf(w.control.Snapshot(), "auth0|lena")
	equal(t, "given_name, not replaced", u.GivenName, "Lena")
	equal(t, "user_metadata", u.UserMetadata["color"], any("blue"))
	equal(t, "app_metadata", u.AppMetadata["from"], any("legacy"))
	w.legacy(`{"user_id":"lena","given_name":"Helena","options":{"updateBehavior":"replace"}}`).want(200)
	u = userOf(w.control.Snapshot(), "auth0|lena")
	equal(t, "given_name, replaced", u.GivenName, "Helena")
	equal(t, "email, not told", u.Email, "lena@shop.example")
	for name, subject := range map[string]string{
		"no user_id":   `{"email":"x@shop.example","options":{"creationBehavior":"create_if_not_exists"}}`,
		"no address":   `{"user_id":"x","email":"nonsense","options":{"creationBehavior":"create_if_not_exists"}}`,
		"a wrong type": `{"user_id":"x","email":["x@shop.example"],"options":{"creationBehavior":"create_if_not_exists"}}`,
	} {
		if res := w.legacy(subject); res.status != 400 {
			t.Errorf("%s: %d %s", name, res.status, res.body)
		}
	}
	other := run(t, deciding(`api.authentication.setUserByConnection(event.transaction.subject_token, {user_id: 'x'});`), func(c *provider.Config) {
		for _, connection := range c.Snapshot.Connections {
			if connection.Name == "Staff" {
				connection.EnabledClients = []string{"shopWeb"}
			}
		}
	})
	other.legacy("None").wantError(400, "invalid_request", "the connection was not found")
	other.legacy("Staff").wantError(403, "unauthorized_client", "The connection is not enabled for the client.")
}

func TestAnActorStandsInEveryToken(t *testing.T) {
	t.Parallel()
	w := run(t, deciding(`
		api.authentication.setUserById('auth0|ada');
		api.authentication.setActor({sub: event.transaction.subject_token, name: 'Agent', act: {sub: 'boss'}});`))
	for _, audience := range []string{orders, ""} {
		res := w.legacy("agent-1", "scope", "openid offline_access", "audience", audience).want(200)
		equal(t, "refresh_token", res.text("refresh_token"), "")
		equal(t, "scope", res.text("scope"), "openid")
		userinfo := w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+res.text("access_token")), "").want(200).json()
		tokens := []map[string]any{claims(t, res.text("id_token")), userinfo}
		if audience != "" {
			tokens = append(tokens, claims(t, res.text("access_token")))
		}
		for _, c := range tokens {
			equal(t, "actors", actors(c), "agent-1 boss")
			equal(t, "name", c["act"].(map[string]any)["name"], any("Agent"))
		}
	}
	for _, bad := range []string{"{}", "{sub: 1}", "null", "'x'", "{sub: 'a', act: {sub: 'b', act: {sub: 'c', act: {sub: 'd', act: {sub: 'e', act: {sub: 'f'}}}}}}"} {
		w := run(t, deciding(`api.authentication.setUserById('auth0|ada'); api.authentication.setActor(`+bad+`);`))
		if res := w.legacy("x"); res.status < 400 {
			t.Errorf("the actor %s: %d %s", bad, res.status, res.body)
		}
	}
}

func TestAnOrganizationForTheExchange(t *testing.T) {
	t.Parallel()
	w := run(t, deciding(`
		const [user, org] = event.transaction.subject_token.split(' ');
		api.authentication.setUserById(user);
		if (org) api.authentication.setOrganization(org);`))
	equal(t, "org_id, by name", claims(t, w.legacy("auth0|ada eu").want(200).text("access_token"))["org_id"], any("org_eu"))
	equal(t, "org_id, by the request", claims(t, w.legacy("auth0|ada", "organization", "org_eu").want(200).text("access_token"))["org_id"], any("org_eu"))
	w.legacy("auth0|nora org_eu").wantError(403, "access_denied", "user auth0|nora is not part of the org_eu organization")
	w.legacy("auth0|ada none").want(400)
	w.legacy("auth0|ada", "organization", "org_none").want(400)
}

func TestAnActionThatRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code        string
		status      int
		error, text string
	}{
		"with a code of its own": {`api.access.deny('no_contract', 'Pay first'); api.authentication.setUserById('auth0|ada');`, 403, "no_contract", "Pay first"},
		"the first wins":         {`api.access.deny('invalid_request', 'one'); api.access.deny('two', 'two');`, 400, "invalid_request", "one"},
		"as the server":          {`api.access.deny('server_error', 'The old system is down');`, 500, "server_error", "The old system is down"},
		"in the older form":      {`api.access.deny('reason');`, 403, "access_denied", "reason"},
		"the subject token":      {`api.access.rejectInvalidSubjectToken('Forged');`, 400, "invalid_request", "Forged"},
		"by throwing":            {`throw new Error('No database');`, 403, "access_denied", "No database"},
		"by saying nothing":      {``, 400, "invalid_request", "The Action set no user"},
		"by saying too much":     {`api.authentication.setUserById('auth0|ada'); api.authentication.setUserById('auth0|nora');`, 400, "invalid_request", "The Action set the user more than once"},
		"by an unknown user":     {`api.authentication.setUserById('auth0|none');`, 400, "invalid_request", "User not found"},
		"by a blocked user":      {`api.authentication.setUserById('auth0|bob');`, 403, "unauthorized", "user is blocked"},
		"by a package":           {`require('axios');`, 403, "access_denied", `require("axios"): Actions in Faux0 have no packages but buffer, crypto and jsonwebtoken, and no network`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, deciding(c.code))
			w.legacy("x").wantError(c.status, c.error, c.text)
			events := w.events(tenant.LogFailedCustomExchange)
			if len(events) != 1 || events[0].Description != c.text || events[0].ClientID != "shopPortal" {
				t.Errorf("events fecte: %+v", events)
			}
			if n := userOf(w.control.Snapshot(), "auth0|ada").LoginsCount; n != 0 {
				t.Errorf("%d logins counted", n)
			}
		})
	}
}

func TestWhoMayNotExchange(t *testing.T) {
	t.Parallel()
	yes := `api.authentication.setUserById('auth0|ada');`
	for name, change := range map[string]func(*tenant.Client){
		"not switched on": func(c *tenant.Client) { c.TokenExchange = nil },
		"only for others": func(c *tenant.Client) {
			c.TokenExchange.AllowAnyProfileOfType = []string{"on_behalf_of_token_exchange"}
		},
		"a third party":    func(c *tenant.Client) { c.IsFirstParty = false },
		"a legacy profile": func(c *tenant.Client) { c.OIDCConformant = false },
	} {
		w := run(t, deciding(yes), func(c *provider.Config) { change(client(c, "shopPortal")) })
		if res := w.legacy("x").wantError(403, "unauthorized_client", notAllowed); res.header.Get("Faux0-Hint") == "" {
			t.Errorf("%s: no hint", name)
		}
	}
	w := run(t, deciding(yes))
	w.legacy("x", "subject_token_type", "urn:shop:other").wantError(400, "invalid_request", "Unsupported subject_token_type: urn:shop:other")
	w.legacy("x", "audience", "https://none.example").wantError(403, "access_denied", "Service not found: https://none.example")
	w.legacy("x", "actor_token", "a").wantError(400, "invalid_request", "Missing required parameter: actor_token_type")
	w.legacy("x", "actor_token_type", "urn:shop:a").wantError(400, "invalid_request", "Missing required parameter: actor_token")
	w.legacy("x", "requested_token_type", "urn:ietf:params:oauth:token-type:jwt").want(400)
}

const tooManyAttempts = "We have detected suspicious login behavior and further attempts will be blocked. Please contact the administrator."

func TestTooManyBadSubjectTokens(t *testing.T) {
	t.Parallel()
	w := run(t, deciding(`
		if (event.transaction.subject_token === 'bad') api.access.rejectInvalidSubjectToken();
		else if (event.transaction.subject_token === 'no') api.access.deny('no', 'no');
		else api.authentication.setUserById('auth0|ada');`))
	for range 12 {
		w.legacy("no").want(403) // a refusal for other reasons is no bad token
	}
	for range 10 {
		w.legacy("bad").wantError(400, "invalid_request", badSubject)
	}
	w.legacy("good").wantError(429, "too_many_attempts", tooManyAttempts)
	w.control.Clock().Advance(10 * time.Minute)
	w.legacy("good").want(200)
	w.legacy("bad").want(400)
	w.legacy("good").want(429)
	w.control.Clock().Advance(100 * time.Minute)
	for range 10 {
		w.legacy("bad").want(400)
	}
	w.legacy("bad").want(429)
	if err := w.control.Reset(); err != nil {
		t.Fatal(err)
	}
	w.legacy("good").want(200)
}

func TestTheActionsCache(t *testing.T) {
	t.Parallel()
	w := run(t, deciding(`
		const [verb, key, value, ttl] = event.transaction.subject_token.split(' ');
		let said;
		if (verb === 'set') { const r = api.cache.set(key, value, ttl ? { ttl: Number(ttl) } : undefined); said = r.code ?? r.type; }
		else if (verb === 'delete') { api.cache.delete(key); said = 'gone'; }
		else said = api.cache.get(key)?.value ?? 'none';
		api.access.deny('said', said);`))
	say := func(want, format string, args ...any) {
		t.Helper()
		equal(t, format, w.legacy(fmt.Sprintf(format, args...)).text("error_description"), want)
	}
	say("none", "get a")
	say("success", "set a 1")
	say("1", "get a")
	w.control.Clock().Advance(15 * time.Minute)
	say("none", "get a")
	say("success", "set a 1 1000000000000") // a day at most
	w.control.Clock().Advance(24*hour - time.Second)
	say("1", "get a")
	w.control.Clock().Advance(time.Second)
	say("none", "get a")
	say("success", "set a 2")
	say("gone", "delete a")
	say("none", "get a")
	say("CacheKeySizeExceeded", "set %s 1", strings.Repeat("k", 65))
	say("CacheValueSizeExceeded", "set a %s", strings.Repeat("v", 4097))
	say("ItemAlreadyExpired", "set a 1 -1")
	for i := range 20 {
		say("success", "set k%d 1", i)
	}
	say("CacheSizeExceeded", "set one-more 1")
	say("success", "set k3 2")
	say("2", "get k3")
}

func TestAnActionInGo(t *testing.T) {
	t.Parallel()
	fail := false
	w := run(t, deciding(`throw new Error('the JavaScript ran');`), func(c *provider.Config) {
		c.Actions = map[action.Trigger]action.Func{action.CustomTokenExchange: func(e action.Event, api *action.API) {
			if fail {
				panic("no luck")
			}
			api.Authentication.SetUserByID("auth0|" + e.Transaction.SubjectToken)
		}}
	})
	equal(t, "sub", claims(t, w.legacy("nora").want(200).text("access_token"))["sub"], any("auth0|nora"))
	fail = true
	w.legacy("nora").wantError(403, "access_denied", "no luck")
}

func TestProfilesSurviveASnapshot(t *testing.T) {
	t.Parallel()
	w := run(t, deciding(`api.authentication.setUserById('auth0|ada');`))
	b := w.browser()
	snapshot := b.get("/_faux0/snapshot").want(200).body
	b.do("PUT", "/_faux0/snapshot", head("Content-Type", "application/yaml"), snapshot).want(200)
	w.legacy("x").want(200)
}
