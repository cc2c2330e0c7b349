package tenant

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // x5t is SHA-1 by definition (RFC 7517 §4.8)
	"crypto/x509"
	"crypto/x509/pkix"
	_ "embed"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"time"
)

// Key is a signing key of a tenant with its self-signed certificate.
type Key struct {
	KID     string
	Private *rsa.PrivateKey
	// Cert is the DER certificate published as x5c.
	Cert []byte
}

// Thumbprint is the base64url SHA-1 of the certificate: the x5t member.
//
// Source: RFC 7517 §4.8.
func (k *Key) Thumbprint() string {
	sum := sha1.Sum(k.Cert) //nolint:gosec // see the import
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

const (
	keyBits = 2048
	// certDays is how long Auth0's signing certificates are valid.
	// Observed: x5c of public tenants.
	certDays = 5000
)

// NewKey generates an RSA-2048 key with a certificate for domain.
func NewKey(kid, domain string, now time.Time) (*Key, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("generate signing key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: domain},
		NotBefore:    now.UTC(),
		NotAfter:     now.UTC().AddDate(0, 0, certDays),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return nil, fmt.Errorf("make signing certificate: %w", err)
	}
	return &Key{KID: kid, Private: private, Cert: cert}, nil
}

const kidHeader = "Kid"

// MarshalPEM writes the key and its certificate as two PEM blocks.
func (k *Key) MarshalPEM() []byte {
	var b bytes.Buffer
	// Encoding into a buffer cannot fail: the headers hold no newline.
	_ = pem.Encode(&b, &pem.Block{
		Type: "RSA PRIVATE KEY", Headers: map[string]string{kidHeader: k.KID},
		Bytes: x509.MarshalPKCS1PrivateKey(k.Private),
	})
	_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: k.Cert})
	return b.Bytes()
}

// ParseKeys reads what MarshalPEM wrote, one key after another.
func ParseKeys(data []byte) ([]*Key, error) {
	var keys []*Key
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		switch block.Type {
		case "RSA PRIVATE KEY":
			private, err := x509.ParsePKCS1PrivateKey(block.Bytes)
			if err != nil {
				return nil, fmt.Errorf("signing key %d: %w", len(keys)+1, err)
			}
			keys = append(keys, &Key{KID: block.Headers[kidHeader], Private: private})
		case "CERTIFICATE":
			if len(keys) == 0 {
				return nil, errors.New("a certificate stands before its RSA PRIVATE KEY")
			}
			keys[len(keys)-1].Cert = block.Bytes
		}
	}
	for i, k := range keys {
		if k.KID == "" || k.Cert == nil {
			return nil, fmt.Errorf("signing key %d needs a %s header and a CERTIFICATE block behind it", i+1, kidHeader)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("no RSA PRIVATE KEY block found")
	}
	return keys, nil
}

//go:embed insecure_keys.pem
var insecureKeys []byte

// DefaultKeys are the two signing keys every Faux0 shares: current and next.
// They are published in the source, so tokens and cached JWKS survive a
// restart; whatever trusts them trusts everybody. They are parsed once per
// process.
var DefaultKeys = sync.OnceValue(func() []*Key {
	keys, err := ParseKeys(insecureKeys)
	if err != nil {
		panic("tenant: embedded keys: " + err.Error()) // a build fault, held by a test
	}
	return keys
})
