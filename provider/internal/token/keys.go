package token

import (
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/go-jose/go-jose/v4"

	"github.com/faux0/faux0/provider/tenant"
)

// KeySet is the tenant's signing keys. Current signs; Next and Previous are
// published beside it, so that a rotation leaves no gap. It is immutable.
//
// Source: Auth0 docs, "Rotate signing keys".
type KeySet struct {
	Current, Next, Previous *tenant.Key

	// jwks has the keys' alg, bareJWKS has not.
	jwks, bareJWKS []byte
	headers        map[string]string
}

// NewKeySet returns a set that signs with current. next and previous may be nil.
func NewKeySet(current, next, previous *tenant.Key) (*KeySet, error) {
	if current == nil {
		return nil, errors.New("a key set needs a current key")
	}
	s := &KeySet{Current: current, Next: next, Previous: previous, headers: map[string]string{}}
	for _, alg := range []string{string(jose.RS256), string(jose.PS256)} {
		for _, typ := range []string{TypeJWT, TypeAccessToken} {
			s.headers[alg+typ] = encodeHeader(header{Alg: alg, Typ: typ, KID: current.KID})
		}
	}
	published := s.published()
	var err error
	if s.jwks, err = json.Marshal(map[string]any{"keys": published}); err != nil {
		return nil, err
	}
	for i := range published {
		published[i].Alg = ""
	}
	s.bareJWKS, err = json.Marshal(map[string]any{"keys": published})
	return s, err
}

// Rotate makes next current, current previous, and fresh the new next. A set
// without a next key cannot rotate.
func (s *KeySet) Rotate(fresh *tenant.Key) (*KeySet, error) {
	return NewKeySet(s.Next, fresh, s.Current)
}

// Revoke takes the previous key out of the set.
//
// It returns KeyNotFound or KeyNotPrevious.
//
// Source: Auth0 docs, "Revoke signing keys".
func (s *KeySet) Revoke(kid string) (*KeySet, error) {
	switch {
	case s.find(kid) == nil:
		return nil, tenant.KeyNotFound()
	case s.Previous == nil || s.Previous.KID != kid:
		return nil, tenant.KeyNotPrevious()
	}
	return NewKeySet(s.Current, s.Next, nil)
}

// JWKS is the body of /.well-known/jwks.json, with or without the keys' `alg`.
func (s *KeySet) JWKS(alg bool) []byte {
	if alg {
		return s.jwks
	}
	return s.bareJWKS
}

// jwk is a published key. Member order is the one Auth0 uses.
//
// Observed: JWKS documents of public tenants.
type jwk struct {
	Kty string   `json:"kty"`
	Use string   `json:"use"`
	N   string   `json:"n"`
	E   string   `json:"e"`
	Kid string   `json:"kid"`
	X5t string   `json:"x5t"`
	X5c []string `json:"x5c"`
	Alg string   `json:"alg,omitempty"`
}

func (s *KeySet) keys() []*tenant.Key {
	all := []*tenant.Key{}
	for _, k := range []*tenant.Key{s.Current, s.Next, s.Previous} {
		if k != nil {
			all = append(all, k)
		}
	}
	return all
}

func (s *KeySet) published() []jwk {
	published := []jwk{}
	for _, k := range s.keys() {
		public := k.Private.PublicKey
		published = append(published, jwk{
			Kty: "RSA", Use: "sig",
			N:   base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
			E:   base64.RawURLEncoding.EncodeToString(exponent(public.E)),
			Kid: k.KID, X5t: k.Thumbprint(),
			X5c: []string{base64.StdEncoding.EncodeToString(k.Cert)},
			Alg: string(jose.RS256),
		})
	}
	return published
}

// exponent is e as big-endian bytes without leading zeros (RFC 7518 §6.3.1.2).
func exponent(e int) []byte {
	b := []byte{byte(e >> 24), byte(e >> 16), byte(e >> 8), byte(e)}
	for len(b) > 1 && b[0] == 0 {
		b = b[1:]
	}
	return b
}

// find returns the published key with the kid, or nil.
func (s *KeySet) find(kid string) *tenant.Key {
	for _, k := range s.keys() {
		if k.KID == kid {
			return k
		}
	}
	return nil
}
