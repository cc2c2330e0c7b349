package token

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// encryptionHeader is the header of an encrypted access token.
//
// Source: RFC 7516 §4.1; RFC 7519 §5.2 (cty of a nested JWT); Auth0 docs,
// "JSON Web Encryption", whose sample has alg and enc the wrong way round.
type encryptionHeader struct {
	Alg string `json:"alg"`
	Enc string `json:"enc"`
	Cty string `json:"cty"`
	KID string `json:"kid,omitempty"`
}

// oaepHashes are the hash functions of the RSA-OAEP algorithms. go-jose has
// only the first, which is why the token is put together here.
//
// Source: RFC 7518 §4.3; the other two are registered by W3C Web Cryptography.
var oaepHashes = map[string]func() hash.Hash{
	"RSA-OAEP-256": sha256.New, "RSA-OAEP-384": sha512.New384, "RSA-OAEP-512": sha512.New,
}

// Encrypt nests a signed token in a compact JWE for the holder of the key.
//
// Source: RFC 7516 §5.1, §7.1; RFC 7518 §5.3 (A256GCM).
func Encrypt(signed string, key *tenant.EncryptionKey) (string, error) {
	public, err := key.PublicKey()
	if err != nil {
		return "", fmt.Errorf("encryption key: the PEM %w", err)
	}
	newHash, ok := oaepHashes[key.Alg]
	if !ok {
		return "", fmt.Errorf("encryption algorithm %q is not supported", key.Alg)
	}
	header, err := json.Marshal(encryptionHeader{Alg: key.Alg, Enc: "A256GCM", Cty: "JWT", KID: key.KID})
	if err != nil {
		return "", fmt.Errorf("encode header: %w", err)
	}
	content, nonce := make([]byte, 32), make([]byte, 12)
	for _, b := range [][]byte{content, nonce} {
		if _, err := io.ReadFull(rand.Reader, b); err != nil {
			return "", fmt.Errorf("encrypt token: %w", err)
		}
	}
	wrapped, err := rsa.EncryptOAEP(newHash(), rand.Reader, public, content, nil)
	if err != nil {
		return "", fmt.Errorf("encrypt key: %w", err)
	}
	block, err := aes.NewCipher(content)
	if err != nil {
		return "", fmt.Errorf("encrypt token: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return "", fmt.Errorf("encrypt token: %w", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	head := encode(header)
	sealed := gcm.Seal(nil, nonce, []byte(signed), []byte(head))
	text, tag := sealed[:len(sealed)-gcm.Overhead()], sealed[len(sealed)-gcm.Overhead():]
	return strings.Join([]string{head, encode(wrapped), encode(nonce), encode(text), encode(tag)}, "."), nil
}
