package provider_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"hash"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// decrypt opens a compact JWE as the API does (RFC 7516 §5.2).
func decrypt(t testing.TB, raw string, newHash func() hash.Hash, key *rsa.PrivateKey) (header map[string]any, signed string) {
	t.Helper()
	parts := strings.Split(raw, ".")
	if len(parts) != 5 {
		t.Fatalf("no compact JWE: %s", raw)
	}
	var decoded [5][]byte
	for i, p := range parts {
		var err error
		if decoded[i], err = base64.RawURLEncoding.DecodeString(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := json.Unmarshal(decoded[0], &header); err != nil {
		t.Fatal(err)
	}
	content, err := rsa.DecryptOAEP(newHash(), nil, key, decoded[1], nil)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(content)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := gcm.Open(nil, decoded[2], append(decoded[3], decoded[4]...), []byte(parts[0]))
	if err != nil {
		t.Fatal(err)
	}
	return header, string(plain)
}

func TestEncryptedAccessTokens(t *testing.T) {
	t.Parallel()
	key := clientKey(t, 0)
	for alg, newHash := range map[string]func() hash.Hash{
		"RSA-OAEP-256": sha256.New, "RSA-OAEP-384": sha512.New384, "RSA-OAEP-512": sha512.New,
	} {
		t.Run(alg, func(t *testing.T) {
			t.Parallel()
			w := run(t, func(c *provider.Config) {
				api(c, orders).TokenEncryption = &tenant.TokenEncryption{Format: "compact-nested-jwe", Key: tenant.EncryptionKey{
					Name: "orders", Alg: alg, KID: "orders-1", PEM: publicPEM(&key.PublicKey),
				}}
			})
			res := w.token(worker()...).want(200)
			equal(t, "token_type", res.text("token_type"), "Bearer")
			raw := res.text("access_token")
			header, signed := decrypt(t, raw, newHash, key)
			for name, want := range map[string]string{"alg": alg, "enc": "A256GCM", "cty": "JWT", "kid": "orders-1"} {
				equal(t, name, header[name], any(want))
			}
			verify(t, w, signed)
			equal(t, "aud", claims(t, signed)["aud"], any(orders))
			w.browser().do("GET", "/userinfo", head("Authorization", "Bearer "+raw), "").want(401)
			explained := w.browser().postJSON("/_faux0/explain", map[string]any{"token": raw}).want(200).body
			if !strings.Contains(explained, "token_encryption") {
				t.Errorf("the explanation does not name the setting: %s", explained)
			}
		})
	}
}

func TestAnAPIWithoutEncryptionGetsItsTokenSigned(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) {
		api(c, catalog).TokenEncryption = &tenant.TokenEncryption{Format: "compact-nested-jwe", Key: tenant.EncryptionKey{Alg: "RSA-OAEP-256", PEM: publicPEM(&clientKey(t, 0).PublicKey)}}
	})
	verify(t, w, w.token(worker()...).want(200).text("access_token"))
}
