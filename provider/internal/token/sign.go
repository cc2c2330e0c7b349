package token

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"

	"github.com/faux0/faux0/provider/tenant"
)

// Values of the `typ` header.
const (
	TypeJWT = "JWT"
	// TypeAccessToken marks RFC 9068 access tokens.
	TypeAccessToken = "at+jwt"
	// TypeGlobalRevocation marks what an identity provider authenticates with
	// when it logs a user out everywhere.
	//
	// Source: Okta docs, "Universal Logout"; discovery,
	// global_token_revocation_endpoint_auth_methods_supported.
	TypeGlobalRevocation = "global-token-revocation+jwt"
)

// header is a JOSE header with its members in the order Auth0 writes them.
// go-jose sorts them, which is why compact tokens are put together here; it
// still verifies them all.
type header struct {
	Alg string `json:"alg"`
	Typ string `json:"typ"`
	KID string `json:"kid,omitempty"`
}

func encodeHeader(h header) string {
	b, err := json.Marshal(h)
	if err != nil {
		panic("token: header: " + err.Error()) // three strings always marshal
	}
	return base64.RawURLEncoding.EncodeToString(b) + "."
}

// Sign makes a compact JWT. alg is RS256, RS512, PS256 (by the current key) or
// HS256 (by secret; such tokens name no key).
//
// Source: RFC 7515 §7.1; RFC 7518 §3.
func (s *KeySet) Sign(alg, typ string, claims Claims, secret []byte) (string, error) {
	payload, err := claims.MarshalJSON()
	if err != nil {
		return "", fmt.Errorf("encode claims: %w", err)
	}
	head, ok := s.headers[alg+typ]
	if !ok {
		h := header{Alg: alg, Typ: typ}
		if jose.SignatureAlgorithm(alg) != jose.HS256 {
			h.KID = s.Current.KID
		}
		head = encodeHeader(h)
	}
	input := make([]byte, 0, len(head)+2*len(payload)+400)
	input = append(input, head...)
	input = base64.RawURLEncoding.AppendEncode(input, payload)
	signature, err := s.signature(alg, input, secret)
	if err != nil {
		return "", err
	}
	input = append(input, '.')
	return string(base64.RawURLEncoding.AppendEncode(input, signature)), nil
}

func (s *KeySet) signature(alg string, input, secret []byte) ([]byte, error) {
	sum := sha256.Sum256(input)
	switch jose.SignatureAlgorithm(alg) {
	case jose.RS256:
		return rsa.SignPKCS1v15(nil, s.Current.Private, crypto.SHA256, sum[:])
	case jose.RS512:
		sum := sha512.Sum512(input)
		return rsa.SignPKCS1v15(nil, s.Current.Private, crypto.SHA512, sum[:])
	case jose.PS256:
		return rsa.SignPSS(rand.Reader, s.Current.Private, crypto.SHA256, sum[:],
			&rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	case jose.HS256:
		if len(secret) == 0 {
			return nil, errors.New("HS256 needs a secret, and none is set")
		}
		mac := hmac.New(sha256.New, secret)
		mac.Write(input)
		return mac.Sum(nil), nil
	}
	return nil, fmt.Errorf("signing algorithm %q is not supported", alg)
}

// IDTokenSecret is what the client's HS256 ID tokens are signed with: its
// secret, decoded first where the client says that it is encoded.
//
// Source: Auth0 docs, "Application settings" (JWT secret is base64 encoded).
func IDTokenSecret(c *tenant.Client) []byte {
	if c.JWTConfiguration.SecretEncoded {
		if key, err := base64.RawURLEncoding.DecodeString(c.ClientSecret); err == nil {
			return key
		}
	}
	return []byte(c.ClientSecret)
}
