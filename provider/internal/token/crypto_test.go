package token_test

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // x5t is SHA-1 by definition
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

var claims = token.Claims{{Name: "iss", Value: issuer}, {Name: "sub", Value: ada}, {Name: "aud", Value: []string{orders, issuer + "userinfo"}},
	{Name: "exp", Value: noon.Unix()}, {Name: "scope", Value: "openid"}, {Name: "azp", Value: webID}}

func sign(t testing.TB, keys *token.KeySet, alg, typ string, secret []byte) string {
	t.Helper()
	raw, err := keys.Sign(alg, typ, claims, secret)
	if err != nil {
		t.Fatalf("Sign %s: %v", alg, err)
	}
	return raw
}

func TestSign(t *testing.T) {
	t.Parallel()
	keys := keySet(t)
	kid := keys.Current.KID
	for _, row := range []struct{ alg, typ, header string }{
		{"RS256", token.TypeJWT, `{"alg":"RS256","typ":"JWT","kid":"` + kid + `"}`},
		{"PS256", token.TypeJWT, `{"alg":"PS256","typ":"JWT","kid":"` + kid + `"}`},
		{"RS512", token.TypeJWT, `{"alg":"RS512","typ":"JWT","kid":"` + kid + `"}`},
		{"RS256", token.TypeAccessToken, `{"alg":"RS256","typ":"at+jwt","kid":"` + kid + `"}`},
		{"RS256", "logout+jwt", `{"alg":"RS256","typ":"logout+jwt","kid":"` + kid + `"}`},
		{"HS256", token.TypeJWT, `{"alg":"HS256","typ":"JWT"}`},
	} {
		raw := sign(t, keys, row.alg, row.typ, []byte("secret"))
		header, payload := parts(t, raw)
		equal(t, "header", header, row.header)
		equal(t, "members", joined(members(t, payload)), "iss sub aud exp scope azp")
		_, err := keys.Verify(raw)
		equal(t, row.alg+" "+row.typ+" verifies by the key set", err == nil, row.alg != "HS256")
	}
	for _, alg := range []string{"none", "ES256", "RS384", "rs256", ""} {
		if raw, err := keys.Sign(alg, token.TypeJWT, claims, []byte("secret")); err == nil {
			t.Errorf("Sign %q gave %s", alg, raw)
		}
	}
	if _, err := keys.Sign("HS256", token.TypeJWT, claims, nil); err == nil {
		t.Error("HS256 without a secret should fail")
	}
}

// TestHS256IsAnHMAC computes the signature by hand.
func TestHS256IsAnHMAC(t *testing.T) {
	t.Parallel()
	raw := sign(t, keySet(t), "HS256", token.TypeJWT, []byte("secret"))
	i := strings.LastIndex(raw, ".")
	mac := hmac.New(sha256.New, []byte("secret"))
	mac.Write([]byte(raw[:i]))
	equal(t, "signature", raw[i+1:], base64.RawURLEncoding.EncodeToString(mac.Sum(nil)))
}

func TestVerifyReads(t *testing.T) {
	t.Parallel()
	keys := keySet(t)
	v, err := keys.Verify(sign(t, keys, "RS256", token.TypeJWT, nil))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "iss", v.Issuer, issuer)
	equal(t, "sub", v.Subject, ada)
	equal(t, "aud", joined(v.Audience), orders+" "+issuer+"userinfo")
	equal(t, "azp", v.ClientID, webID)
	equal(t, "scope", v.Scope, "openid")
	equal(t, "exp", v.Expires.Unix(), noon.Unix())
}

// TestVerifyRefuses: the attacks of RFC 8725 §2.
func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	keys := keySet(t)
	good := sign(t, keys, "RS256", token.TypeJWT, nil)
	dot := strings.Split(good, ".")
	enc := base64.RawURLEncoding.EncodeToString
	publicKey, err := x509.MarshalPKIXPublicKey(&keys.Current.Private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	confused := enc([]byte(`{"alg":"HS256","typ":"JWT","kid":"`+keys.Current.KID+`"}`)) + "." + dot[1]
	mac := hmac.New(sha256.New, publicKey)
	mac.Write([]byte(confused))

	stranger, err := tenant.NewKey(keys.Current.KID, "evil.test", noon)
	if err != nil {
		t.Fatal(err)
	}
	strangers, err := token.NewKeySet(stranger, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := tenant.NewKey("a-foreign-kid", "evil.test", noon)
	if err != nil {
		t.Fatal(err)
	}
	foreigners, err := token.NewKeySet(foreign, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	public := foreign.Private.PublicKey
	embedded := `{"kty":"RSA","n":"` + enc(public.N.Bytes()) + `","e":"AQAB"}`
	withHeader := func(header string) string { return enc([]byte(header)) + "." + dot[1] + "." + dot[2] }
	for name, raw := range map[string]string{
		"alg none":                       enc([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + dot[1] + ".",
		"alg none with our kid":          enc([]byte(`{"alg":"none","kid":"`+keys.Current.KID+`"}`)) + "." + dot[1] + ".",
		"alg none with our signature":    withHeader(`{"alg":"none","kid":"` + keys.Current.KID + `"}`),
		"HS256 with the public key":      confused + "." + enc(mac.Sum(nil)),
		"a stranger's key under our kid": sign(t, strangers, "RS256", token.TypeJWT, nil),
		"a foreign kid":                  sign(t, foreigners, "RS256", token.TypeJWT, nil),
		"an embedded key":                withHeader(`{"alg":"RS256","typ":"JWT","kid":"` + keys.Current.KID + `","jwk":` + embedded + `}`),
		"no kid":                         withHeader(`{"alg":"RS256","typ":"JWT"}`),
		"another payload":                dot[0] + "." + enc([]byte(`{"sub":"auth0|admin"}`)) + "." + dot[2],
		"no signature":                   dot[0] + "." + dot[1] + ".",
		"a cut signature":                good[:len(good)-4],
		"two parts":                      dot[0] + "." + dot[1],
		"four parts":                     good + ".x",
		"a space in front":               " " + good,
		"a critical header":              withHeader(`{"alg":"RS256","kid":"` + keys.Current.KID + `","crit":["exp"],"exp":1}`),
		"nothing":                        "",
		"two tokens":                     good + good,
	} {
		if v, err := keys.Verify(raw); err == nil {
			t.Errorf("%s was accepted: %+v", name, v)
		}
	}
	if _, err := keys.Verify(good); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

// TestEmbeddedKeySignedByUs: even our own signature does not make a token that
// brings its own key acceptable.
func TestEmbeddedKeySignedByUs(t *testing.T) {
	t.Parallel()
	keys := keySet(t)
	n := base64.RawURLEncoding.EncodeToString(keys.Current.Private.N.Bytes())
	header := `{"alg":"RS256","kid":"` + keys.Current.KID + `","jwk":{"kty":"RSA","n":"` + n + `","e":"AQAB"}}`
	input := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"x"}`))
	if _, err := keys.Verify(input + "." + rawSignature(t, keys, input)); err == nil {
		t.Error("accepted")
	}
}

func TestJWKS(t *testing.T) {
	t.Parallel()
	pair := tenant.DefaultKeys()
	third, err := tenant.NewKey("third", "acme.test", noon)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := token.NewKeySet(pair[0], pair[1], third)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(keys.JWKS(true), &doc); err != nil {
		t.Fatal(err)
	}
	want := []*tenant.Key{pair[0], pair[1], third} // current first: what old libraries take
	equal(t, "keys", len(doc.Keys), len(want))
	for i, raw := range doc.Keys {
		equal(t, "members", joined(members(t, string(raw))), "kty use n e kid x5t x5c alg")
		var k struct {
			Kty, Use, N, E, Kid, X5t, Alg string
			X5c                           []string
		}
		if err := json.Unmarshal(raw, &k); err != nil {
			t.Fatal(err)
		}
		equal(t, "kid", k.Kid, want[i].KID)
		equal(t, "kty use alg e", k.Kty+k.Use+k.Alg+k.E, "RSAsigRS256AQAB")
		n, err := base64.RawURLEncoding.DecodeString(k.N)
		if err != nil || new(big.Int).SetBytes(n).Cmp(want[i].Private.N) != 0 {
			t.Errorf("n is not the modulus (%v)", err)
		}
		der, err := base64.StdEncoding.DecodeString(k.X5c[0]) // standard, not URL-safe: RFC 7517 §4.7
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		if !want[i].Private.PublicKey.Equal(cert.PublicKey) {
			t.Error("x5c holds another key")
		}
		if err := cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature); err != nil {
			t.Errorf("x5c: %v", err)
		}
		sum := sha1.Sum(der) //nolint:gosec // see the import
		equal(t, "x5t", k.X5t, base64.RawURLEncoding.EncodeToString(sum[:]))
		for _, private := range []string{`"d"`, `"p"`, `"q"`, `"dp"`, `"dq"`, `"qi"`} {
			if strings.Contains(string(raw), private) {
				t.Errorf("a private member %s is published", private)
			}
		}
	}
}

// TestRotate: tokens live on through one rotation and end with the second,
// and what is signed next was published before.
func TestRotate(t *testing.T) {
	t.Parallel()
	first := keySet(t)
	old := sign(t, first, "RS256", token.TypeJWT, nil)
	fresh, err := tenant.NewKey("fresh", "acme.test", noon)
	if err != nil {
		t.Fatal(err)
	}
	second, err := first.Rotate(fresh)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "current", second.Current.KID, first.Next.KID)
	equal(t, "previous", second.Previous.KID, first.Current.KID)
	equal(t, "next", second.Next.KID, "fresh")
	if _, err := second.Verify(old); err != nil {
		t.Errorf("after one rotation: %v", err)
	}
	if _, err := first.Verify(sign(t, second, "RS256", token.TypeJWT, nil)); err != nil {
		t.Errorf("a cached key set should know the next key: %v", err)
	}
	later, err := tenant.NewKey("later", "acme.test", noon)
	if err != nil {
		t.Fatal(err)
	}
	gone, err := second.Rotate(later)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gone.Verify(old); err == nil {
		t.Error("after two rotations the first key should be gone")
	}
	lonely, err := token.NewKeySet(first.Current, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lonely.Rotate(fresh); err == nil {
		t.Error("a set without a next key cannot rotate")
	}
	if _, err := token.NewKeySet(nil, nil, nil); err == nil {
		t.Error("a set needs a current key")
	}
}

func TestOpaqueShape(t *testing.T) {
	t.Parallel()
	raw, err := token.NewSealer(tenant.DefaultKeys()[0]).Seal(issuer, token.Opaque{Subject: ada, ClientID: webID, Scopes: []string{"openid"}, Expires: noon.Unix()})
	if err != nil {
		t.Fatal(err)
	}
	dot := strings.Split(raw, ".")
	if len(dot) != 5 {
		t.Fatalf("%d parts", len(dot))
	}
	header, err := base64.RawURLEncoding.DecodeString(dot[0])
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "header", string(header), `{"alg":"dir","enc":"A256GCM","iss":"https://acme.test/"}`)
	equal(t, "beginning", strings.HasPrefix(raw, "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiaXNzIjoi"), true)
	equal(t, "encrypted key", dot[1], "")
	equal(t, "IV", len(dot[2]), 16)
	equal(t, "tag", len(dot[4]), 22)
	if strings.Contains(raw, base64.RawURLEncoding.EncodeToString([]byte(ada))) || !regexp.MustCompile(`^[\w.-]+$`).MatchString(raw) {
		t.Error("it should be sealed and URL-safe")
	}
}

func TestSealer(t *testing.T) {
	t.Parallel()
	pair := tenant.DefaultKeys()
	sealer, other := token.NewSealer(pair[0]), token.NewSealer(pair[1])
	in := token.Opaque{Subject: ada, ClientID: webID, Scopes: []string{"openid", "email"}, Expires: noon.Unix()}
	raw, err := sealer.Seal(issuer, in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sealer.Seal(issuer, in)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "two seals are the same", raw == again, false)
	before := noon.Add(-time.Second)
	out, err := token.NewSealer(pair[0]).Open(raw, before)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "opened", out.Subject+out.ClientID+joined(out.Scopes), ada+webID+"openid email")
	for name, try := range map[string]func() (*token.Opaque, error){
		"at the second it expires": func() (*token.Opaque, error) { return sealer.Open(raw, noon) },
		"another tenant's key":     func() (*token.Opaque, error) { return other.Open(raw, before) },
		"a changed ciphertext": func() (*token.Opaque, error) {
			dot := strings.Split(raw, ".")
			dot[3] = "AAAA" + dot[3][4:]
			return sealer.Open(strings.Join(dot, "."), before)
		},
		"a changed header": func() (*token.Opaque, error) {
			dot := strings.Split(raw, ".")
			dot[0] = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"dir","enc":"A256GCM","iss":"https://evil.test/"}`))
			return sealer.Open(strings.Join(dot, "."), before)
		},
		"a JWT":   func() (*token.Opaque, error) { return sealer.Open(sign(t, keySet(t), "RS256", "JWT", nil), before) },
		"nothing": func() (*token.Opaque, error) { return sealer.Open("", before) },
	} {
		if o, err := try(); err == nil {
			t.Errorf("%s: opened %+v", name, o)
		}
	}
}

// TestIDTokenSecret: an encoded secret is decoded before it signs.
func TestIDTokenSecret(t *testing.T) {
	t.Parallel()
	c := &tenant.Client{ClientSecret: base64.RawURLEncoding.EncodeToString([]byte("the secret"))}
	equal(t, "plain", string(token.IDTokenSecret(c)), c.ClientSecret)
	c.JWTConfiguration.SecretEncoded = true
	equal(t, "encoded", string(token.IDTokenSecret(c)), "the secret")
}
