package provider_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
)

// legacy keeps the endpoints of the time before OpenID Connect, and makes a
// client of that time.
func legacy(c *provider.Config) {
	c.Snapshot.Settings.Flags = map[string]bool{"allow_legacy_tokeninfo_endpoint": true, "allow_legacy_ro_grant_types": true}
	hs := client(c, "shopHS")
	hs.OIDCConformant = false
	hs.GrantTypes = append(slices.Clone(hs.GrantTypes), "http://auth0.com/oauth/legacy/grant-type/ro")
}

func legacyRequest(changes ...string) []string {
	return with([]string{
		"client_id", "shopHS", "username", "ada@shop.example", "password", password, "connection", "Username-Password-Authentication",
		"grant_type", "password", "scope", "openid",
	}, changes...)
}

func TestLegacyEndpointsAreDisabled(t *testing.T) {
	t.Parallel()
	b := run(t).browser()
	for _, path := range []string{"/oauth/ro", "/delegation", "/oauth/access_token", "/users/x/impersonate", "/unlink", "/login/unlink"} {
		b.post(path, "client_id", "shopWeb").wantError(404, "endpoint_disabled", "The "+strings.Replace(path, "/x/", "/{id}/", 1)+" endpoint is disabled for this tenant.")
	}
	b.get("/tokeninfo?id_token=x").want(404)
}

func TestLegacyPasswordLoginAndTokenInfo(t *testing.T) {
	t.Parallel()
	w := run(t, legacy)
	b := w.browser()
	tokens := b.post("/oauth/ro", legacyRequest()...).want(200)
	equal(t, "token_type", tokens.text("token_type"), "bearer")
	verifyHMAC(t, tokens.text("id_token"), "shop-hs-secret-shop-hs-secret-shop-hs-secret")
	info := b.postJSON("/tokeninfo", map[string]string{"id_token": tokens.text("id_token")}).want(200).json()
	equal(t, "user_id", info["user_id"], any("auth0|ada"))
	equal(t, "clientID", info["clientID"], any("shopHS"))
	equal(t, "the same by GET", b.get("/tokeninfo?id_token="+tokens.text("id_token")).text("user_id"), "auth0|ada")

	b.get("/tokeninfo").want(400)
	conformant := w.token(redeemWeb(w.browser().code(webRequest(), "ada@shop.example"))...)
	for what, token := range map[string]string{
		"nonsense": "x", "an access token": tokens.text("access_token"), "a conformant client's": conformant.text("id_token"),
		"one without a signature": tokens.text("id_token")[:strings.LastIndex(tokens.text("id_token"), ".")+1],
	} {
		res := b.get("/tokeninfo?id_token=" + token)
		if res.status != 401 || res.body != "Unauthorized" {
			t.Errorf("%s: %d %s", what, res.status, res.body)
		}
	}
	w.control.Clock().Advance(48 * time.Hour)
	b.get("/tokeninfo?id_token=" + tokens.text("id_token")).want(401)
}

// RFC 8725 §3.1: a client whose tokens are signed with a key cannot sign one
// with its secret.
func TestTokenInfoIsNotConfusedAboutAlgorithms(t *testing.T) {
	t.Parallel()
	const secret = "a-secret-that-is-long-enough-for-HS256"
	w := run(t, legacy, func(c *provider.Config) {
		ps := client(c, "shopPS")
		ps.OIDCConformant, ps.ClientSecret = false, secret
	})
	b64 := base64.RawURLEncoding.EncodeToString
	forged := b64([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." +
		b64([]byte(`{"iss":"`+base+`/","aud":"shopPS","sub":"auth0|ada","iat":1767323045,"exp":1799999999}`))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(forged))
	w.browser().get("/tokeninfo?id_token=" + forged + "." + b64(mac.Sum(nil))).want(401)
}

func TestLegacyPasswordLoginRefuses(t *testing.T) {
	t.Parallel()
	w := run(t, legacy)
	for _, c := range []struct {
		name, value string
		status      int
		code, text  string
	}{
		{"username", "", 400, "invalid_request", "missing username parameter"},
		{"client_id", "nobody", 403, "unauthorized_client", "invalid client"},
		{"client_id", "shopPortal", 403, "unauthorized_client", "Grant type 'http://auth0.com/oauth/legacy/grant-type/ro' not allowed for the client."},
		{"connection", "Nowhere", 400, "invalid_request", "the connection was not found"},
		{"connection", "Staff", 400, "invalid_request", "the connection was disabled"},
		{"password", "wrong", 401, "invalid_user_password", "Wrong email or password."},
		{"username", "bob@shop.example", 401, "unauthorized", "user is blocked"},
	} {
		w.browser().post("/oauth/ro", legacyRequest(c.name, c.value)...).wantError(c.status, c.code, c.text)
	}
	equal(t, "logins", userOf(w.control.Snapshot(), "auth0|ada").LoginsCount, 0)
}
