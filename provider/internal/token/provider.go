package token

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// ProviderIDToken says what an ID token of an identity provider must be.
type ProviderIDToken struct {
	Issuer, ClientID string
	// Nonce is the one that was sent, "" for none.
	Nonce string
	// Algorithms may have signed it; none and those with a secret never do.
	Algorithms []string
	// AccessToken and Code are those it came with, "" for none.
	AccessToken, Code string
	Now               time.Time
}

// providerAlgorithms are all that an ID token of a provider can be signed with.
//
// Source: Management API, POST /api/v2/connections,
// options.id_token_signed_response_algs; RFC 8725 §3.1 (no algorithm
// confusion).
var providerAlgorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512,
}

// providerSkew is how far a provider's clock may be off the tenant's.
const providerSkew = 10 * time.Second

// VerifyProviderIDToken checks an ID token with the keys of its issuer's JWKS.
// The error is a sentence in the words of openid-client, which Auth0's
// connections speak in.
//
// Source: OpenID Connect Core 1.0 §3.1.3.7, §3.2.2.11; RFC 8725. Observed:
// openid-client, client.validateIdToken.
func VerifyProviderIDToken(raw string, jwks []byte, want ProviderIDToken) (*Verified, error) {
	if raw == "" {
		return nil, errors.New("id_token not present in TokenSet")
	}
	alg := algorithmOf(raw)
	if alg == "" {
		return nil, errors.New("failed to decode JWT")
	}
	if !slices.Contains(want.Algorithms, alg) || !slices.Contains(providerAlgorithms, jose.SignatureAlgorithm(alg)) {
		return nil, fmt.Errorf("unexpected JWT alg received, expected %s, got: %s", strings.Join(want.Algorithms, ", "), alg)
	}
	jws, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
	if err != nil {
		return nil, errors.New("failed to decode JWT")
	}
	payload, err := verifyByJWKS(jws, jwks)
	if err != nil {
		return nil, err
	}
	v, err := readClaims(payload)
	if err != nil {
		return nil, err
	}
	v.Header = jws.Signatures[0].Header
	if err := want.check(v, alg); err != nil {
		return nil, err
	}
	return v, nil
}

// algorithmOf reads the `alg` of a compact JWS, "" if it is none.
func algorithmOf(raw string) string {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return ""
	}
	head, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		return ""
	}
	var header struct {
		Alg string `json:"alg"`
	}
	_ = json.Unmarshal(head, &header) // "" it is
	return header.Alg
}

// verifyByJWKS finds the key that the header names, or tries each where it
// names none. A key in the header itself counts for nothing.
func verifyByJWKS(jws *jose.JSONWebSignature, jwks []byte) ([]byte, error) {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(jwks, &set); err != nil {
		return nil, errors.New("jwks must be a JSON Web Key Set formatted object")
	}
	kid := jws.Signatures[0].Header.KeyID
	found := false
	for _, key := range set.Keys {
		if kid != "" && key.KeyID != kid || key.Use != "" && key.Use != "sig" || !key.IsPublic() {
			continue
		}
		found = true
		if payload, err := jws.Verify(key.Key); err == nil {
			return payload, nil
		}
	}
	if !found {
		return nil, fmt.Errorf("no valid key found in issuer's jwks_uri for key parameters {\"kid\":%q}", kid)
	}
	return nil, errors.New("failed to validate JWT signature")
}

func (want ProviderIDToken) check(v *Verified, alg string) error {
	for _, name := range []string{"iss", "sub", "aud", "exp", "iat"} {
		if v.Claims[name] == nil {
			return fmt.Errorf("missing required JWT property %s", name)
		}
	}
	azp, hasParty := v.Claims["azp"].(string)
	switch {
	case v.Issuer != want.Issuer:
		return fmt.Errorf("unexpected iss value, expected %s, got: %v", want.Issuer, v.Claims["iss"])
	case v.Subject == "":
		return errors.New("missing required JWT property sub")
	case !slices.Contains(v.Audience, want.ClientID):
		return fmt.Errorf("aud mismatch, expected %s, got: %s", want.ClientID, strings.Join(v.Audience, ", "))
	case len(v.Audience) > 1 && !hasParty:
		return errors.New("missing required JWT property azp")
	case hasParty && azp != want.ClientID:
		return fmt.Errorf("azp mismatch, got: %s", azp)
	case want.Nonce != "" && v.Claims["nonce"] != want.Nonce:
		return fmt.Errorf("nonce mismatch, expected %s, got: %v", want.Nonce, v.Claims["nonce"])
	}
	for name, value := range map[string]string{"at_hash": want.AccessToken, "c_hash": want.Code} {
		if got, ok := v.Claims[name].(string); ok && value != "" && got != halfHash(alg, value) {
			return fmt.Errorf("%s mismatch, expected %s, got: %s", name, halfHash(alg, value), got)
		}
	}
	return checkProviderTimes(v.Claims, want.Now.Unix())
}

// checkProviderTimes judges an ID token's times by the tenant's clock.
func checkProviderTimes(claims map[string]any, now int64) error {
	const skew = int64(providerSkew / time.Second)
	number := func(name string) (int64, bool) { n, ok := claims[name].(float64); return int64(n), ok }
	exp, hasEnd := number("exp")
	_, hasStart := number("iat")
	nbf, hasNotBefore := number("nbf")
	switch {
	case !hasEnd:
		return errors.New("JWT exp claim must be a JSON numeric value")
	case !hasStart:
		return errors.New("JWT iat claim must be a JSON numeric value")
	case now >= exp+skew:
		return fmt.Errorf("JWT expired, now %d, exp %d", now, exp)
	case hasNotBefore && nbf > now+skew:
		return fmt.Errorf("JWT not active yet, now %d, nbf %d", now, nbf)
	}
	return nil
}

// halfHash is the left half of the hash that goes with the algorithm.
//
// Source: OpenID Connect Core 1.0 §3.1.3.6.
func halfHash(alg, value string) string {
	var h hash.Hash
	switch alg[len(alg)-3:] {
	case "384":
		h = sha512.New384()
	case "512":
		h = sha512.New()
	default:
		h = sha256.New()
	}
	h.Write([]byte(value))
	sum := h.Sum(nil)
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}
