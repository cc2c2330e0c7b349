package tenant

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"math/big"
	"time"
)

// CredentialPublicKey is the credential_type of a key that signs assertions
// and request objects.
const CredentialPublicKey = "public_key"

// Credential is a key of a Client: what it signs with is checked by it.
//
// Source: Management API, POST /api/v2/clients/{client_id}/credentials.
type Credential struct {
	ID             string `json:"id,omitempty"`
	Name           string `json:"name,omitempty"`
	CredentialType string `json:"credential_type,omitempty"`
	// PEM is a public key (SPKI or PKCS #1) or an X.509 certificate.
	PEM string `json:"pem,omitempty"`
	// SubjectDN is the subject of a certificate, in place of PEM.
	SubjectDN string `json:"subject_dn,omitempty"`
	// Alg is RS256, RS384 or PS256. Empty: see SigningAlg.
	Alg string `json:"alg,omitempty"`
	// KID is the pinned key id. Empty: see KeyID.
	KID string `json:"kid,omitempty"`
	// ExpiresAt ends the credential, zero for never.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// ParseExpiryFromCert takes the end from the certificate.
	ParseExpiryFromCert bool `json:"parse_expiry_from_cert,omitempty"`
}

// SigningAlg is the algorithm that the credential is for.
//
// Source: Management API, POST /api/v2/clients/{client_id}/credentials, alg.
func (c *Credential) SigningAlg() string {
	if c.Alg == "" {
		return "RS256"
	}
	return c.Alg
}

// PublicKey reads the key. The error is a sentence about the PEM.
func (c *Credential) PublicKey() (*rsa.PublicKey, error) {
	key, _, err := parsePublicPEM(c.PEM)
	return key, err
}

// KeyID is the `kid` that a signature names the credential by: the pinned one,
// else the thumbprint of the key; "" for a credential without a key.
//
// Observed: kid of POST /api/v2/clients/{client_id}/credentials in go-auth0
// and terraform-provider-auth0 is the RFC 7638 thumbprint.
func (c *Credential) KeyID() string {
	if c.KID != "" {
		return c.KID
	}
	key, err := c.PublicKey()
	if err != nil {
		return ""
	}
	encode := base64.RawURLEncoding.EncodeToString
	sum := sha256.Sum256([]byte(`{"e":"` + encode(big.NewInt(int64(key.E)).Bytes()) + `","kty":"RSA","n":"` + encode(key.N.Bytes()) + `"}`))
	return encode(sum[:])
}

// ExpiredAt says whether the credential has ended.
func (c *Credential) ExpiredAt(now time.Time) bool {
	end := c.ExpiresAt
	if _, cert, err := parsePublicPEM(c.PEM); err == nil && cert != nil && c.ParseExpiryFromCert && end.IsZero() {
		end = cert.NotAfter
	}
	return !end.IsZero() && !now.Before(end)
}

// minKeyBits is the shortest RSA key.
//
// Source: RFC 7518 §3.3, §3.5.
const minKeyBits = 2048

func parsePublicPEM(text string) (*rsa.PublicKey, *x509.Certificate, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, nil, errors.New("must be PEM: a public key (-----BEGIN PUBLIC KEY-----) or a certificate")
	}
	var parsed any
	var cert *x509.Certificate
	var err error
	switch block.Type {
	case "PUBLIC KEY":
		parsed, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		parsed, err = x509.ParsePKCS1PublicKey(block.Bytes)
	case "CERTIFICATE":
		if cert, err = x509.ParseCertificate(block.Bytes); err == nil {
			parsed = cert.PublicKey
		}
	case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY":
		return nil, nil, errors.New("is a private key: give the public one, such as openssl pkey -in key.pem -pubout writes")
	default:
		return nil, nil, errors.New("is PEM of a " + block.Type + ", and must be of a public key or a certificate")
	}
	if err != nil {
		return nil, nil, errors.New("holds no readable key: " + err.Error())
	}
	key, ok := parsed.(*rsa.PublicKey)
	switch {
	case !ok:
		return nil, nil, errors.New("holds no RSA key: RS256, RS384 and PS256 need one")
	case key.N.BitLen() < minKeyBits:
		return nil, nil, errors.New("holds an RSA key that is too short: 2048 bits are the least")
	}
	return key, cert, nil
}

// credentialPEM is the format of Credential.PEM.
func credentialPEM(s string) (string, bool) {
	if _, _, err := parsePublicPEM(s); err != nil {
		return err.Error(), false
	}
	return "", false
}

// keyID is the format of Credential.KID.
//
// Source: Management API, POST /api/v2/clients/{client_id}/credentials, kid.
func keyID(s string) (string, bool) {
	for i := range len(s) {
		if !alphanumeric(s[i]) && s[i] != '-' && s[i] != '_' {
			return "must be letters, digits, hyphens and underscores", false
		}
	}
	return "", false
}

// publicKeyCredentials is a list of credentials that sign: whole ones, as a
// create body has them, or the ids of an export, which say nothing about the
// key.
//
// Source: Management API, POST /api/v2/clients, signed_request_object and
// client_authentication_methods.private_key_jwt.
func publicKeyCredentials() field {
	return list("credentials", object("",
		str("id").atLeast(1),
		str("credential_type").oneOf(CredentialPublicKey),
		str("name").size(noMinimum, 128),
		str("pem").as(credentialPEM),
		str("alg").oneOf("RS256", "RS384", "PS256"),
		str("kid").size(10, 64).as(keyID),
		boolean("parse_expiry_from_cert"),
		str("expires_at").as(timestamp).null(),
		str("created_at").served(), str("updated_at").served(),
	))
}

// keysGiven checks that each credential of the list has its key. An id alone
// is what exports have of a key that nobody can read back.
func (c *checker) keysGiven(path []any, credentials any) {
	list, _ := credentials.([]any)
	for i, entry := range list {
		m, _ := entry.(map[string]any)
		at := append(append([]any{}, path...), i)
		switch {
		case m["pem"] != nil:
		case m["id"] == nil:
			c.fault(RuleRequired, at, `"pem" is missing`)
		case c.mode == ForFixture:
			c.warn(RuleNoEffect, append(at, "id"), "names a key that an export does not hold, so nothing verifies by it; add its pem")
		}
	}
}
