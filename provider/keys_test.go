package provider_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// keyIDs are the kid of the current, next and previous key, "" for none.
func keyIDs(t testing.TB, w *world) (current, next, previous string) {
	t.Helper()
	var list []provider.SigningKey
	if err := json.Unmarshal([]byte(w.browser().get("/_faux0/keys").want(200).body), &list); err != nil {
		t.Fatal(err)
	}
	for _, k := range list {
		switch {
		case k.Current:
			current = k.KID
		case k.Next:
			next = k.KID
		case k.Previous:
			previous = k.KID
		}
	}
	return current, next, previous
}

func (w *world) revokeKey(kid string) *answer {
	w.t.Helper()
	return w.browser().postJSON("/_faux0/keys/revoke", map[string]any{"kid": kid})
}

func TestPublishedKeysNameTheirAlgorithmUnlessTheTenantSaysNo(t *testing.T) {
	t.Parallel()
	keys := func(w *world) string { return w.browser().get("/.well-known/jwks.json").want(200).body }
	if w := run(t); strings.Count(keys(w), `"alg":"RS256"`) != strings.Count(keys(w), `"kid"`) {
		t.Errorf("a key has no alg: %s", keys(w))
	}
	bare := run(t, func(c *provider.Config) { c.Snapshot.Settings.Flags = map[string]bool{"remove_alg_from_jwks": true} })
	if strings.Contains(keys(bare), `"alg"`) {
		t.Errorf("a key has an alg: %s", keys(bare))
	}
}

func TestOnlyThePreviousKeyCanBeRevoked(t *testing.T) {
	t.Parallel()
	w := run(t)
	user := w.token(redeemWeb(w.browser().code(webRequest(), "ada@shop.example"))...).want(200).text("access_token")
	opaque := w.token(redeemWeb(w.browser().code(webRequest("audience", ""), "ada@shop.example"))...).want(200).text("access_token")
	userinfo := func(raw string, status int) {
		t.Helper()
		w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+raw), "").want(status)
	}
	first, second, none := keyIDs(t, w)
	equal(t, "the previous key", none, "")
	w.revokeKey(first).want(400)
	w.revokeKey(second).want(400)
	w.revokeKey("nobody's").want(404)
	w.revokeKey("").want(404)
	w.browser().do("POST", "/_faux0/keys/rotate", nil, "").want(200)
	current, next, previous := keyIDs(t, w)
	equal(t, "the current key", current, second)
	equal(t, "the previous key", previous, first)
	w.revokeKey(current).want(400)
	w.revokeKey(next).want(400)
	userinfo(user, 200) // it verifies until the key is revoked
	equal(t, "kid", w.revokeKey(previous).want(200).text("kid"), first)
	userinfo(user, 401)
	userinfo(opaque, 200) // no signing key made that
	if strings.Contains(w.browser().get("/.well-known/jwks.json").body, first) {
		t.Error("the revoked key is still listed")
	}
	w.revokeKey(previous).want(404)
	w.browser().do("POST", "/_faux0/keys/rotate", nil, "").want(200) // the next rotation goes on
	if err := w.control.Reset(); err != nil {
		t.Fatal(err)
	}
	current, _, previous = keyIDs(t, w)
	equal(t, "the current key after a reset", current, first)
	equal(t, "the previous key after a reset", previous, "")
}

func TestKeysSurviveARestart(t *testing.T) {
	t.Parallel()
	var kept []*tenant.Key
	keep := func(c *provider.Config) { c.SaveKeys = func(keys []*tenant.Key) error { kept = keys; return nil } }
	w := run(t, keep)
	user := w.token(redeemWeb(w.browser().code(webRequest(), "ada@shop.example"))...).want(200).text("access_token")
	opaque := w.token(redeemWeb(w.browser().code(webRequest("audience", ""), "ada@shop.example"))...).want(200).text("access_token")
	if err := w.control.RotateKeys(); err != nil {
		t.Fatal(err)
	}
	current, next, previous := keyIDs(t, w)
	again := run(t, keep, func(c *provider.Config) { c.Keys = kept })
	c, n, p := keyIDs(t, again)
	equal(t, "current, next and previous", c+" "+n+" "+p, current+" "+next+" "+previous)
	for _, raw := range []string{user, opaque} {
		again.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+raw), "").want(200)
	}
	if err := again.control.RevokeKey(previous); err != nil || len(kept) != 2 {
		t.Errorf("after the revocation %d keys are kept, %v", len(kept), err)
	}
}

func TestKeysThatCannotBeKeptDoNotChange(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) {
		c.SaveKeys = func([]*tenant.Key) error { return errors.New("the disk is full") }
	})
	before, _, _ := keyIDs(t, w)
	w.browser().do("POST", "/_faux0/keys/rotate", nil, "").want(500)
	after, _, _ := keyIDs(t, w)
	equal(t, "the current key", after, before)
}

func TestSigningKeysAreListedAsTheManagementAPIDoes(t *testing.T) {
	t.Parallel()
	w := run(t)
	keys, err := w.control.SigningKeys()
	if err != nil || len(keys) != 2 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	k := keys[0]
	block, _ := pem.Decode([]byte(k.Cert))
	if block == nil {
		t.Fatalf("cert is no PEM: %s", k.Cert)
	}
	if _, err := x509.ParseCertificate(block.Bytes); err != nil {
		t.Error(err)
	}
	equal(t, "thumbprint", k.Thumbprint, strings.ReplaceAll(k.Fingerprint, ":", ""))
	x5t, _ := base64.RawURLEncoding.DecodeString(tenant.DefaultKeys()[0].Thumbprint())
	equal(t, "thumbprint as bytes", k.Thumbprint, strings.ToUpper(hex.EncodeToString(x5t)))
}

func TestCertificateURLs(t *testing.T) {
	t.Parallel()
	w := run(t)
	key := tenant.DefaultKeys()[0]
	b := w.browser()
	block, _ := pem.Decode([]byte(b.get("/pem").want(200).body))
	if block == nil || !bytes.Equal(block.Bytes, key.Cert) {
		t.Error("/pem is not the certificate")
	}
	equal(t, "/cer", b.get("/cer").want(200).body, string(key.Cert))
	equal(t, "/rawpem", b.get("/rawpem").want(200).body, base64.StdEncoding.EncodeToString(key.Cert))
	sum := sha256.Sum256(key.Cert)
	equal(t, "/fingerprint by sha256", strings.ReplaceAll(b.get("/fingerprint?encoding=sha256").want(200).body, ":", ""), strings.ToUpper(hex.EncodeToString(sum[:])))
	equal(t, "length of /fingerprint", len(b.get("/fingerprint").want(200).body), 20*3-1)
	b.get("/fingerprint?encoding=md5").want(400)
	message := b.get("/pb7").want(200).body
	if openssl, err := exec.LookPath("openssl"); err == nil {
		cmd := exec.Command(openssl, "pkcs7", "-print_certs")
		cmd.Stdin = strings.NewReader(message)
		out, err := cmd.CombinedOutput()
		_, rest, _ := strings.Cut(string(out), "-----BEGIN")
		printed, _ := pem.Decode([]byte("-----BEGIN" + rest))
		if err != nil || printed == nil || !bytes.Equal(printed.Bytes, key.Cert) {
			t.Errorf("openssl reads of /pb7: %v, %s", err, out)
		}
	}
}

func TestWebFinger(t *testing.T) {
	t.Parallel()
	w := run(t)
	const rel = "&rel=http%3A%2F%2Fopenid.net%2Fspecs%2Fconnect%2F1.0%2Fissuer"
	at := func(query string) *answer { return w.browser().get("/.well-known/webfinger?" + query) }
	doc := at("resource=urn:auth0:discovery:domain:tenant.localhost:4400" + rel).want(200).json()
	links := doc["links"].([]any)
	equal(t, "href", links[0].(map[string]any)["href"], any(base+"/"))
	at("resource=urn:auth0:discovery:domain:evil.example" + rel).want(404)
	at("resource=urn:auth0:discovery:domain:localhost/x" + rel).want(404)
	at("resource=acct:ada@shop.example").want(404)
	at("resource=urn:auth0:discovery:domain:localhost&rel=other").want(404)
	at("").want(400)
}
