package provider_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// portalKey is the key the portal signs its requests with.
func portalKey() *rsa.PrivateKey { return tenant.DefaultKeys()[1].Private }

func publicPEM(key *rsa.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// withJAR gives the portal its key; required says it must sign.
func withJAR(required bool, more ...tenant.Credential) change {
	own := tenant.Credential{CredentialType: tenant.CredentialPublicKey, PEM: publicPEM(&portalKey().PublicKey)}
	return changed("shopPortal", func(c *tenant.Client) {
		c.SignedRequestObject = &tenant.SignedRequestObject{Required: required, Credentials: append([]tenant.Credential{own}, more...)}
	})
}

type object = map[string]any

// requestObject is the claims of a signed request of the portal, some changed;
// nil removes.
func requestObject(changes object) object {
	claims := object{"iss": "shopPortal", "aud": base + "/"}
	pairs := portalRequest("login_hint", "ada@shop.example")
	for i := 0; i < len(pairs); i += 2 {
		claims[pairs[i]] = pairs[i+1]
	}
	for name, value := range changes {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return claims
}

// sign makes a JWT with any header.
func sign(t testing.TB, key *rsa.PrivateKey, header, claims object) string {
	t.Helper()
	h := object{"alg": "RS256", "typ": "oauth-authz-req+jwt"}
	maps.Copy(h, header)
	var parts [2]string
	for i, v := range []object{h, claims} {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = base64.RawURLEncoding.EncodeToString(raw)
	}
	input := parts[0] + "." + parts[1]
	return input + "." + base64.RawURLEncoding.EncodeToString(signature(t, key, h["alg"], []byte(input)))
}

func signature(t testing.TB, key *rsa.PrivateKey, alg any, input []byte) (sig []byte) {
	t.Helper()
	s256, s384 := sha256.Sum256(input), sha512.Sum384(input)
	var err error
	switch alg {
	case "RS256":
		sig, err = rsa.SignPKCS1v15(nil, key, crypto.SHA256, s256[:])
	case "RS384":
		sig, err = rsa.SignPKCS1v15(nil, key, crypto.SHA384, s384[:])
	case "PS256":
		sig, err = rsa.SignPSS(rand.Reader, key, crypto.SHA256, s256[:], nil)
	case "HS256":
		mac := hmac.New(sha256.New, []byte(publicPEM(&key.PublicKey)))
		mac.Write(input)
		sig = mac.Sum(nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// signedRequest is what the browser is sent to /authorize with.
func signedRequest(raw string, more ...string) []string {
	return append([]string{"client_id", "shopPortal", "request", raw}, more...)
}

func TestSignedRequestIsTheWholeRequest(t *testing.T) {
	t.Parallel()
	w := run(t, headless, withJAR(false))
	raw := sign(t, portalKey(), nil, requestObject(object{"max_age": 600, "nonce": "n1"}))
	// RFC 9101 §6.3: parameters outside of the object do not count.
	u := w.browser().authorize(signedRequest(raw, "redirect_uri", "https://evil.example/", "state", "other", "response_type", "token", "scope", "openid email")).location()
	equal(t, "callback", u.Scheme+"://"+u.Host+u.Path, portalCB)
	equal(t, "state", u.Query().Get("state"), "s1")
	id := claims(t, w.token(redeemPortal(u.Query().Get("code"))...).want(200).text("id_token"))
	equal(t, "nonce", id["nonce"], any("n1"))
	if id["auth_time"] == nil {
		t.Error("max_age, a number in the object, was not read")
	}
	if _, ok := id["email"]; ok {
		t.Error("the scope outside of the object was granted")
	}
	// The client and its callback are known, so a refusal goes there.
	w.browser().authorize(signedRequest(sign(t, portalKey(), nil, requestObject(object{"prompt": "none"})))).wantSent("login_required", "Login required")
}

func TestSignedRequestOfEveryAlgorithm(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{"RS256", "RS384", "PS256"} {
		w := run(t, headless, changed("shopPortal", func(c *tenant.Client) {
			c.SignedRequestObject = &tenant.SignedRequestObject{Credentials: []tenant.Credential{{PEM: publicPEM(&portalKey().PublicKey), Alg: alg}}}
		}))
		for _, typ := range []string{"JWT", "jwt", "oauth-authz-req+jwt"} {
			if w.browser().authorize(signedRequest(sign(t, portalKey(), object{"alg": alg, "typ": typ}, requestObject(nil)))).query().Get("code") == "" {
				t.Errorf("%s, typ %s: no code", alg, typ)
			}
		}
	}
}

// TestRequestObjectsThatAreNotBelieved: none of them reaches a callback, since
// what it says about the callback is not believed either.
func TestRequestObjectsThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	other := tenant.DefaultKeys()[0].Private
	ended := tenant.Credential{PEM: publicPEM(&other.PublicKey), KID: "ended-credential", ExpiresAt: start}
	w := run(t, headless, withPAR, withJAR(false, ended))
	own := tenant.Credential{PEM: publicPEM(&portalKey().PublicKey)}
	now := start.Unix()
	good := sign(t, portalKey(), nil, requestObject(nil))
	unsigned := strings.Join(strings.Split(sign(t, portalKey(), object{"alg": "none"}, requestObject(nil)), ".")[:2], ".") + "."
	jwk := object{"kty": "RSA", "e": "AQAB", "n": base64.RawURLEncoding.EncodeToString(other.N.Bytes())}
	for name, c := range map[string]struct{ raw, hint string }{
		"alg none (RFC 9101 §10.2)":          {unsigned, "RS256, RS384 or PS256"},
		"HS256 with the public key":          {sign(t, portalKey(), object{"alg": "HS256"}, requestObject(nil)), "RS256, RS384 or PS256"},
		"an algorithm of another credential": {sign(t, portalKey(), object{"alg": "PS256", "kid": own.KeyID()}, requestObject(nil)), "is for RS256"},
		"a stranger's key":                   {sign(t, other, object{"kid": own.KeyID()}, requestObject(nil)), "does not verify"},
		"a key that came along":              {sign(t, other, object{"jwk": jwk, "kid": "stranger-s-key"}, requestObject(nil)), "no credential with kid"},
		"an ended credential":                {sign(t, other, object{"kid": "ended-credential"}, requestObject(nil)), "has expired"},
		"another kid":                        {sign(t, portalKey(), object{"kid": "another-kid"}, requestObject(nil)), `no credential with kid "another-kid"`},
		"a changed payload":                  {strings.Replace(good, ".", ".e30", 1), ""},
		"no JWT":                             {"hello", "not a JWT"},
		"five parts":                         {"a.b.c.d.e", "not a JWT"},
		"no typ":                             {sign(t, portalKey(), object{"typ": ""}, requestObject(nil)), "typ"},
		"the typ of an access token":         {sign(t, portalKey(), object{"typ": "at+jwt"}, requestObject(nil)), "typ"},
		"a critical header":                  {sign(t, portalKey(), object{"crit": []string{"x"}, "x": 1}, requestObject(nil)), ""},
		"no iss":                             {sign(t, portalKey(), nil, requestObject(object{"iss": nil})), "iss is"},
		"another iss":                        {sign(t, portalKey(), nil, requestObject(object{"iss": "shopWeb"})), "iss is shopWeb"},
		"no aud":                             {sign(t, portalKey(), nil, requestObject(object{"aud": nil})), "aud is"},
		"another aud":                        {sign(t, portalKey(), nil, requestObject(object{"aud": "https://other.example/"})), "aud is https://other.example/"},
		"aud without its slash":              {sign(t, portalKey(), nil, requestObject(object{"aud": base})), "aud is"},
		"another client_id (RFC 9101 §5)":    {sign(t, portalKey(), nil, requestObject(object{"client_id": "shopWeb"})), "client_id is shopWeb"},
		"no client_id":                       {sign(t, portalKey(), nil, requestObject(object{"client_id": nil})), "client_id is"},
		"expired":                            {sign(t, portalKey(), nil, requestObject(object{"exp": now})), "expired (exp)"},
		"exp in words":                       {sign(t, portalKey(), nil, requestObject(object{"exp": "tomorrow"})), "exp"},
		"not yet":                            {sign(t, portalKey(), nil, requestObject(object{"nbf": now + 1})), "not valid yet (nbf)"},
		"iat in words":                       {sign(t, portalKey(), nil, requestObject(object{"iat": "now"})), "iat must be a number"},
		"a jti that is too long":             {sign(t, portalKey(), nil, requestObject(object{"jti": strings.Repeat("x", 65)})), "jti"},
		"request inside (RFC 9101 §4)":       {sign(t, portalKey(), nil, requestObject(object{"request": good})), "request or request_uri"},
		"request_uri inside (RFC 9101 §4)":   {sign(t, portalKey(), nil, requestObject(object{"request_uri": "urn:x"})), "request or request_uri"},
	} {
		a := w.browser().authorize(signedRequest(c.raw, "redirect_uri", portalCB, "response_type", "code", "state", "s1"))
		if a.status != 400 || !strings.Contains(a.body, "invalid_request_object") || a.header.Get("Location") != "" {
			t.Errorf("%s: %d %s %s", name, a.status, a.header.Get("Location"), a.body)
		}
		if hint := a.header.Get("Faux0-Hint"); !strings.Contains(hint, c.hint) {
			t.Errorf("%s: the hint is %q, want %q", name, hint, c.hint)
		}
		w.push(signedRequest(c.raw), portalSecret...).wantError(400, "invalid_request_object", "The request object is invalid")
	}
	w.browser().authorize(signedRequest(sign(t, portalKey(), nil, requestObject(object{
		"aud": []string{"https://other.example/", base + "/"}, "exp": now + 1, "nbf": now, "iat": now, "jti": strings.Repeat("x", 64), "display": nil,
	})))).query()
}

func TestSignedRequestMayBePushed(t *testing.T) {
	t.Parallel()
	w := run(t, headless, withPAR, withJAR(true))
	raw := sign(t, portalKey(), nil, requestObject(nil))
	// RFC 9126 §3: the object is the request, what is pushed beside it is not.
	pushed := w.push(signedRequest(raw, "state", "other", "redirect_uri", "https://evil.example/"), portalSecret...)
	if q := w.browser().authorize(w.reference("shopPortal", pushed)).query(); q.Get("code") == "" || q.Get("state") != "s1" {
		t.Errorf("the app is sent %v", q)
	}
	w.push(portalRequest(), portalSecret...).wantError(400, "invalid_request", "A signed request object is required")
	w.browser().authorize(portalRequest()).wantSent("invalid_request", "A signed request object is required")
	if w.browser().authorize(signedRequest(raw)).query().Get("code") == "" {
		t.Error("a signed request that was not pushed gives no code")
	}
}

func TestRequestObjectOfAClientWithoutCredentials(t *testing.T) {
	t.Parallel()
	raw := sign(t, portalKey(), nil, requestObject(nil))
	for name, c := range map[string]change{
		"no signed_request_object": func(*provider.Config) {},
		"only the id of an export": changed("shopPortal", func(c *tenant.Client) {
			c.SignedRequestObject = &tenant.SignedRequestObject{Credentials: []tenant.Credential{{ID: "cred_x"}}}
		}),
	} {
		a := run(t, c).browser().authorize(signedRequest(raw)).want(400)
		if !strings.Contains(a.body, "invalid_request_object") {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

func TestObjectsEndWithTheClock(t *testing.T) {
	t.Parallel()
	w := run(t, headless, withJAR(false))
	raw := sign(t, portalKey(), nil, requestObject(object{"exp": start.Add(time.Minute).Unix()}))
	w.browser().authorize(signedRequest(raw)).query()
	w.control.Clock().Advance(time.Minute)
	w.browser().authorize(signedRequest(raw)).want(400)
}
