package provider_test

import (
	"testing"

	"github.com/faux0/faux0/provider"
)

// TestRFC7009 is what refresh_test.go leaves out.
func TestRFC7009(t *testing.T) {
	revoke := func(w *world, pairs ...string) *answer { return w.browser().post("/oauth/revoke", pairs...) }
	standard(t, "RFC 7009",
		clause{rule: "§2: POST only", prove: func(t *testing.T, w *world) {
			w.browser().get("/oauth/revoke?client_id=shopWeb&token=x").want(405)
		}},
		clause{rule: "§2.1: a token_type_hint that is wrong or unknown changes nothing", prove: func(t *testing.T, w *world) {
			for _, hint := range []string{"access_token", "refresh_token", "wish"} {
				token := w.tokens("scope", "openid offline_access").text("refresh_token")
				revoke(w, "client_id", "shopWeb", "token", token, "token_type_hint", hint).want(200)
				w.refresh(token).wantError(403, "invalid_grant", unknownRefresh)
			}
		}},
		clause{rule: "§2.1: an access token may be revoked", auth0: "it is answered like an unknown token, and lives on", prove: func(t *testing.T, w *world) {
			token := w.tokens().text("access_token")
			revoke(w, "client_id", "shopWeb", "token", token, "token_type_hint", "access_token").want(200)
			w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+token), "").want(200)
		}},
		clause{rule: "§2.2.1: a client that fails to authenticate is invalid_client, 401", prove: func(t *testing.T, w *world) {
			revoke(w, "client_id", "shopPortal", "client_secret", "wrong", "token", "x").wantError(401, "invalid_client", "Client authentication failed")
		}},
	)
}

// TestRFC9126 is what par_test.go leaves out.
func TestRFC9126(t *testing.T) {
	standard(t, "RFC 9126",
		clause{rule: "§2.3: another method is 405, and a body that is too large 413", tenant: []change{withPAR}, prove: func(t *testing.T, w *world) {
			w.browser().get("/oauth/par?" + form(portalRequest(portalSecret...)...)).want(405)
			w.push(portalRequest("state", string(make([]byte, 1<<20))), portalSecret...).want(413)
		}},
		clause{rule: "§4, §7.1: a request_uri cannot be guessed, and a wrong one tells nothing", tenant: []change{withPAR}, prove: func(t *testing.T, w *world) {
			uri := w.push(portalRequest(), portalSecret...).want(201).text("request_uri")
			unknown := w.browser().authorize([]string{"client_id", "shopPortal", "request_uri", uri + "x"})
			w.browser().authorize([]string{"client_id", "shopPortal", "request_uri", uri}).wantPath("/u/login")
			spent := w.browser().authorize([]string{"client_id", "shopPortal", "request_uri", uri})
			equal(t, "status for an unknown and a spent one", unknown.status, spent.status)
		}},
	)
}

// TestRFC8628 is what device_test.go leaves out.
func TestRFC8628(t *testing.T) {
	standard(t, "RFC 8628",
		clause{rule: "§3.1: the client is named, and known", tenant: []change{tv}, prove: func(t *testing.T, w *world) {
			for _, id := range []string{"", "nobody"} {
				if a := w.startDevice("client_id", id); a.status < 400 || a.status >= 500 || hasMember(a, "device_code") {
					t.Errorf("client_id %q: %d %s", id, a.status, a.body)
				}
			}
			w.browser().get("/oauth/device/code?client_id=shopTV").want(405)
		}},
		clause{rule: "§5.5: whoever knows the user code alone gets nothing by it", tenant: []change{tv}, prove: func(t *testing.T, w *world) {
			device := w.startDevice().want(200)
			w.browser().activate(device, "ada@shop.example").want(302)
			w.poll(device, "device_code", device.text("user_code")).want(403)
			w.poll(device).want(200)
		}},
	)
}

// TestRFC7591 is what register_test.go leaves out.
func TestRFC7591(t *testing.T) {
	standard(t, "RFC 7591",
		clause{rule: "§3.1: the client says what it is in JSON, by POST", tenant: []change{registration("")}, prove: func(t *testing.T, w *world) {
			w.browser().get("/oidc/register").want(405)
			for _, body := range []string{"", "[]", "null", "{", `"x"`} {
				if a := w.browser().do("POST", "/oidc/register", head("Content-Type", "application/json"), body); a.status != 400 {
					t.Errorf("%q: %d", body, a.status)
				}
			}
		}},
		clause{rule: "§5: a client cannot register what only an administrator may give", tenant: []change{registration("")}, prove: func(t *testing.T, w *world) {
			id := w.register(map[string]any{
				"client_name": "x", "redirect_uris": []string{"https://x.example/cb"}, "client_id": "shopPortal", "client_secret": "mine", "is_first_party": true, "global": true,
				"oidc_conformant": false, "grant_types": []string{"authorization_code"}, "allowed_logout_urls": []string{"https://x.example"}, "cross_origin_authentication": true,
			}).want(201).text("client_id")
			made := w.client(id)
			if id == "shopPortal" || made.IsFirstParty || made.Global || !made.OIDCConformant || made.CrossOriginAuthentication || made.ClientSecret == "mine" {
				t.Errorf("the client is %+v", made)
			}
		}},
	)
}

// TestNothingStandsForAnotherThing brings each thing that is handed out to each
// place that takes another: codes, tokens and tickets are of one kind only.
func TestNothingStandsForAnotherThing(t *testing.T) {
	t.Parallel()
	w := run(t, tv, ciba(), withPAR, passwordless, func(c *provider.Config) { client(c, "shopWeb").CrossOriginAuthentication = true })
	b := w.signedIn()
	tokens := w.tokens("scope", "openid offline_access")
	things := map[string]string{
		"an authorization code": b.authorize(portalRequest()).query().Get("code"), "a refresh token": tokens.text("refresh_token"), "an access token": tokens.text("access_token"),
		"an opaque access token": w.tokens("audience", "").text("access_token"), "an ID token": tokens.text("id_token"), "a session id": claims(t, tokens.text("id_token"))["sid"].(string),
		"a device code": w.startDevice().text("device_code"), "a user code": w.startDevice().text("user_code"), "an auth_req_id": w.ask().text("auth_req_id"),
		"a request_uri": w.push(portalRequest(), portalSecret...).text("request_uri"), "a one-time code": w.codeTo(), "a state": w.browser().authorize(webRequest()).wantPath("/u/login").Query().Get("state"),
		"a login ticket": w.browser().postJSON("/co/authenticate", map[string]string{"client_id": "shopWeb", "credential_type": "password", "username": "ada@shop.example", "password": password}).text("login_ticket"),
	}
	portal := func(grant, name, value string) *answer {
		return w.token("grant_type", grant, "client_id", "shopPortal", "client_secret", "shop-portal-secret", "redirect_uri", portalCB, name, value)
	}
	places := []struct {
		takes string
		try   func(value string) *answer
	}{
		{"an authorization code", func(v string) *answer { return portal("authorization_code", "code", v) }},
		{"a refresh token", func(v string) *answer { return w.refresh(v) }},
		{"a device code", func(v string) *answer {
			return w.token("grant_type", "urn:ietf:params:oauth:grant-type:device_code", "client_id", "shopTV", "device_code", v)
		}},
		{"an auth_req_id", func(v string) *answer { return portal("urn:openid:params:grant-type:ciba", "auth_req_id", v) }},
		{"a login ticket", func(v string) *answer { return w.browser().authorize(webRequest("login_ticket", v)) }},
		{"a request_uri", func(v string) *answer {
			return b.authorize([]string{"client_id", "shopPortal", "request_uri", v})
		}},
		{"a state", func(v string) *answer { return w.browser().get("/authorize/resume?" + form("state", v)) }},
		{"a reset ticket", func(v string) *answer {
			return w.browser().post("/u/reset-password", "ticket", v, "password-reset", "New-Horse-9", "re-enter-password", "New-Horse-9")
		}},
		{"a verification ticket", func(v string) *answer { return w.browser().get("/u/email-verification?" + form("ticket", v)) }},
		{"an approval ticket", func(v string) *answer { return w.browser().post("/u/approval", "ticket", v, "answer", "approve") }},
		{"an access token", func(v string) *answer {
			return w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+v), "")
		}},
	}
	for _, place := range places {
		for what, value := range things {
			if what == place.takes || place.takes == "an access token" && what == "an opaque access token" {
				continue
			}
			a := place.try(value)
			sent := a.header.Get("Location")
			if a.status < 300 || a.status == 302 && a.query().Get("error") == "" {
				t.Errorf("%s is taken for %s: %d to %q", what, place.takes, a.status, sent)
			}
		}
	}
}
