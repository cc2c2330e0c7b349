package provider_test

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// clientKeys are RSA keys of clients, made once.
var clientKeys = sync.OnceValues(func() ([2]*rsa.PrivateKey, error) {
	one, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return [2]*rsa.PrivateKey{}, err
	}
	two, err := rsa.GenerateKey(rand.Reader, 2048)
	return [2]*rsa.PrivateKey{one, two}, err
})

func clientKey(t testing.TB, i int) *rsa.PrivateKey {
	t.Helper()
	keys, err := clientKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys[i]
}

// byKey lets the client authenticate by private_key_jwt.
func byKey(id string, credentials ...tenant.Credential) change {
	return func(c *provider.Config) {
		client(c, id).AuthenticationMethods = &tenant.AuthenticationMethods{PrivateKeyJWT: &tenant.Credentials{Credentials: credentials}}
	}
}

// assertion signs a client assertion; changes set claims, or with a dot in
// front header members, and nil removes them.
func assertion(t testing.TB, key *rsa.PrivateKey, id, jti string, changes ...any) string {
	t.Helper()
	header := object{"alg": "RS256", "typ": "JWT"}
	payload := object{
		"iss": id, "sub": id, "aud": base + "/", "iat": start.Unix(), "exp": start.Add(time.Minute).Unix(), "jti": jti,
	}
	for i := 0; i < len(changes); i += 2 {
		name, _ := changes[i].(string)
		into := payload
		if name[0] == '.' {
			name, into = name[1:], header
		}
		if into[name] = changes[i+1]; into[name] == nil {
			delete(into, name)
		}
	}
	return sign(t, key, header, payload)
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// byAssertion is the worker's token request with an assertion for its secret.
func byAssertion(raw string, changes ...string) []string {
	return with([]string{"grant_type", "client_credentials", "client_assertion_type", assertionType, "client_assertion", raw, "audience", orders}, changes...)
}

const notAuthenticated = "Client authentication failed"

func TestRFC7523Section2ClientsAuthenticateByAssertion(t *testing.T) {
	t.Parallel()
	key := clientKey(t, 0)
	w := run(t, byKey("shopWorker", tenant.Credential{PEM: publicPEM(&key.PublicKey)}))
	res := w.token(byAssertion(assertion(t, key, "shopWorker", "1"))...).want(200)
	equal(t, "sub", claims(t, res.text("access_token"))["sub"], any("shopWorker@clients"))
	w.token(byAssertion(assertion(t, key, "shopWorker", "2"), "client_id", "shopWorker")...).want(200)
	members := map[string]any{}
	pairs := byAssertion(assertion(t, key, "shopWorker", "3"))
	for i := 0; i < len(pairs); i += 2 {
		members[pairs[i]] = pairs[i+1]
	}
	w.browser().postJSON("/oauth/token", members).want(200)
	for i, aud := range []any{
		base + "/", tokenURL, []string{"https://elsewhere.example/", base + "/"}, []string{tokenURL},
	} {
		w.token(byAssertion(assertion(t, key, "shopWorker", fmt.Sprint("aud", i), "aud", aud))...).want(200)
	}
	for i, changes := range [][]any{
		{"iat", nil}, {"exp", start.Add(5 * time.Minute).Unix()}, {"iat", start.Add(9 * time.Second).Unix()},
		{"nbf", start.Unix()}, {"exp", float64(start.Unix()) + 30.5}, {".typ", "client-authentication+jwt"},
	} {
		w.token(byAssertion(assertion(t, key, "shopWorker", fmt.Sprint("ok", i), changes...))...).want(200)
	}
}

func TestRFC7523Section3AssertionsThatDoNotCount(t *testing.T) {
	t.Parallel()
	key, other := clientKey(t, 0), clientKey(t, 1)
	w := run(t, byKey("shopWorker", tenant.Credential{PEM: publicPEM(&key.PublicKey), KID: "key-number-1"}))
	jwk := map[string]any{"kty": "RSA", "e": "AQAB", "n": b64(other.N.Bytes())}
	good := strings.Split(assertion(t, key, "shopWorker", "good"), ".")
	for name, raw := range map[string]string{
		"somebody else's key":                     assertion(t, other, "shopWorker", "1"),
		"a key it brings along (RFC 8725 §2.8)":   assertion(t, other, "shopWorker", "2", ".jwk", jwk),
		"a kid of nobody's":                       assertion(t, key, "shopWorker", "3", ".kid", "key-number-2"),
		"a MAC by the public key (RFC 8725 §2.1)": assertion(t, key, "shopWorker", "4", ".alg", "HS256"),
		"no algorithm":                            assertion(t, key, "shopWorker", "5", ".alg", "none"),
		"an algorithm not on offer":               assertion(t, key, "shopWorker", "6", ".alg", "RS512"),
		"another algorithm than the credential":   assertion(t, key, "shopWorker", "7", ".alg", "PS256"),
		"a critical extension":                    assertion(t, key, "shopWorker", "8", ".crit", []string{"x"}, ".x", true),
		"a changed payload":                       good[0] + "." + b64([]byte(`{"sub":"shopWorker"}`)) + "." + good[2],
		"no signature":                            good[0] + "." + good[1] + ".",
		"another issuer":                          assertion(t, key, "shopWorker", "9", "iss", "shopPortal"),
		"no issuer":                               assertion(t, key, "shopWorker", "10", "iss", nil),
		"another audience":                        assertion(t, key, "shopWorker", "11", "aud", "https://elsewhere.example/"),
		"no audience":                             assertion(t, key, "shopWorker", "12", "aud", nil),
		"expired":                                 assertion(t, key, "shopWorker", "13", "exp", start.Unix()),
		"no end":                                  assertion(t, key, "shopWorker", "14", "exp", nil),
		"an end too far ahead":                    assertion(t, key, "shopWorker", "15", "iat", nil, "exp", start.Add(6*time.Minute).Unix()),
		"too long a life":                         assertion(t, key, "shopWorker", "16", "iat", start.Add(-5*time.Minute).Unix()),
		"issued in the future":                    assertion(t, key, "shopWorker", "17", "iat", start.Add(11*time.Second).Unix()),
		"not valid yet":                           assertion(t, key, "shopWorker", "18", "nbf", start.Add(11*time.Second).Unix()),
		"times in words":                          assertion(t, key, "shopWorker", "19", "exp", "tomorrow"),
		"no jti":                                  assertion(t, key, "shopWorker", "", "jti", nil),
		"too long a jti":                          assertion(t, key, "shopWorker", strings.Repeat("x", 65)),
		"too long":                                assertion(t, key, "shopWorker", "20", "pad", strings.Repeat("x", 2048)),
		"an unknown client":                       assertion(t, key, "nobody", "21"),
	} {
		a := w.token(byAssertion(raw)...)
		if code := a.text("error"); a.status != 401 || code != "invalid_client" && code != "access_denied" || a.header.Get("Faux0-Hint") == "" {
			t.Errorf("%s: status %d, %s, hint %q", name, a.status, a.body, a.header.Get("Faux0-Hint"))
		}
	}
	ok := assertion(t, key, "shopWorker", "ok")
	w.token(byAssertion(ok, "client_assertion_type", "urn:other")...).wantError(401, "invalid_client", notAuthenticated)
	w.token(byAssertion("no JWT")...).wantError(401, "invalid_client", notAuthenticated)
	w.token(byAssertion(ok, "client_id", "shopPortal")...).wantError(401, "invalid_client", notAuthenticated)
	w.token(byAssertion(ok)...).want(200) // none of these used it up
}

func TestRFC7523Section3AssertionsServeOnce(t *testing.T) {
	t.Parallel()
	key := clientKey(t, 0)
	credential := tenant.Credential{PEM: publicPEM(&key.PublicKey)}
	w := run(t, byKey("shopWorker", credential), byKey("shopPortal", credential))
	raw := assertion(t, key, "shopWorker", "once")
	w.token(byAssertion(raw)...).want(200)
	w.token(byAssertion(raw)...).wantError(401, "invalid_client", notAuthenticated)
	w.token(byAssertion(assertion(t, key, "shopWorker", "once", "exp", start.Add(2*time.Minute).Unix()))...).
		wantError(401, "invalid_client", notAuthenticated)
	w.control.Clock().Advance(59 * time.Second)
	w.token(byAssertion(raw)...).wantError(401, "invalid_client", notAuthenticated)
	// Another client may come upon the same jti.
	w.token(byAssertion(assertion(t, key, "shopPortal", "once", "exp", start.Add(2*time.Minute).Unix()), "grant_type", "refresh_token", "refresh_token", "x")...).
		wantError(403, "invalid_grant", unknownRefresh)
}

func TestCredentialsAreRotatedAndExpire(t *testing.T) {
	t.Parallel()
	old, fresh := clientKey(t, 0), clientKey(t, 1)
	w := run(t, byKey("shopWorker",
		tenant.Credential{Name: "old", PEM: publicPEM(&old.PublicKey), KID: "credential-old", ExpiresAt: start.Add(hour)},
		tenant.Credential{Name: "fresh", PEM: publicPEM(&fresh.PublicKey), KID: "credential-new", Alg: "PS256"}))
	at := func() []any {
		return []any{"iat", w.control.Clock().Now().Unix(), "exp", w.control.Clock().Now().Unix() + 60}
	}
	with := func(key *rsa.PrivateKey, jti string, changes ...any) *answer {
		return w.token(byAssertion(assertion(t, key, "shopWorker", jti, append(at(), changes...)...))...)
	}
	with(old, "1").want(200)
	with(old, "2", ".kid", "credential-old").want(200)
	with(fresh, "3", ".alg", "PS256").want(200)
	with(fresh, "4", ".alg", "PS256", ".kid", "credential-new").want(200)
	with(fresh, "5", ".alg", "PS256", ".kid", "credential-old").want(401)
	with(old, "6", ".kid", "credential-new").want(401)
	w.control.Clock().Advance(hour)
	hint := with(old, "7", ".kid", "credential-old").wantError(401, "invalid_client", notAuthenticated).header.Get("Faux0-Hint")
	if !strings.Contains(hint, "expired") {
		t.Errorf("hint %q", hint)
	}
	with(fresh, "8", ".alg", "PS256").want(200)
}

func TestRFC6749Section2OneMethodARequest(t *testing.T) {
	t.Parallel()
	key := clientKey(t, 0)
	w := run(t, byKey("shopWorker", tenant.Credential{PEM: publicPEM(&key.PublicKey)}))
	const mixed = "The client must not use more than one authentication method in a request"
	basic := head("Content-Type", "application/x-www-form-urlencoded")
	(&http.Request{Header: basic}).SetBasicAuth("shopPortal", "shop-portal-secret")
	w.token(byAssertion(assertion(t, key, "shopWorker", "1"), "client_id", "shopWorker", "client_secret", "shop-worker-secret")...).
		wantError(400, "invalid_request", mixed)
	for _, pairs := range [][]string{
		byAssertion(assertion(t, key, "shopWorker", "2")),
		redeemPortal("x"),
	} {
		w.browser().do("POST", "/oauth/token", basic, form(pairs...)).wantError(400, "invalid_request", mixed)
	}
	// A client_id beside HTTP Basic is no second method.
	w.browser().do("POST", "/oauth/token", basic, form(redeemPortal("x", "client_secret", "")...)).
		wantError(403, "invalid_grant", "Invalid authorization code")
}

func TestAClientOfPrivateKeyJWTHasNoSecret(t *testing.T) {
	t.Parallel()
	key := clientKey(t, 0)
	w := run(t, byKey("shopWorker", tenant.Credential{PEM: publicPEM(&key.PublicKey)}))
	w.token(worker()...).wantError(401, "invalid_client", notAuthenticated)
	w.token(worker("client_secret", "")...).wantError(401, "invalid_client", notAuthenticated)
	// And one with a secret has no assertion.
	raw := assertion(t, key, "shopPortal", "1")
	hint := w.token(byAssertion(raw, "grant_type", "authorization_code")...).
		wantError(401, "invalid_client", notAuthenticated).header.Get("Faux0-Hint")
	if !strings.Contains(hint, "client_authentication_methods") {
		t.Errorf("hint %q", hint)
	}
}

func TestAFailedAssertionSpendsNothing(t *testing.T) {
	t.Parallel()
	key, other := clientKey(t, 0), clientKey(t, 1)
	w := run(t, byKey("shopPortal", tenant.Credential{PEM: publicPEM(&key.PublicKey)}))
	code := w.browser().code(portalRequest("scope", "openid offline_access"), "ada@shop.example")
	redeem := func(raw string) *answer {
		return w.token(redeemPortal(code, "client_secret", "", "client_assertion_type", assertionType, "client_assertion", raw)...)
	}
	redeem(assertion(t, other, "shopPortal", "1")).wantError(401, "invalid_client", notAuthenticated)
	res := redeem(assertion(t, key, "shopPortal", "2")).want(200)
	// The other endpoints that clients authenticate at take an assertion too.
	revoke := func(raw string) *answer {
		return w.browser().post("/oauth/revoke", "client_assertion_type", assertionType, "client_assertion", raw, "token", res.text("refresh_token"))
	}
	revoke(assertion(t, key, "shopPortal", "2")).wantError(401, "invalid_client", notAuthenticated)
	revoke(assertion(t, key, "shopPortal", "3", "aud", base+"/oauth/revoke")).want(200)
}

func TestPasswordlessStartTakesAnAssertion(t *testing.T) {
	t.Parallel()
	key := clientKey(t, 0)
	w := run(t, passwordless, byKey("shopPortal", tenant.Credential{PEM: publicPEM(&key.PublicKey)}))
	body := func(raw string) map[string]any {
		return startBody("client_id", "shopPortal", "client_assertion_type", assertionType, "client_assertion", raw)
	}
	w.browser().postJSON("/passwordless/start", body(assertion(t, key, "shopPortal", "1"))).want(200)
	w.browser().postJSON("/passwordless/start", body(assertion(t, key, "shopPortal", "1"))).
		wantError(401, "unauthorized_client", "Client authentication is required.")
}
