package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/faux0/faux0/provider/tenant"
)

// Verified is a JWT of this tenant whose signature holds.
type Verified struct {
	Header jose.Header
	Issuer string
	// Subject is `sub`, Audience `aud` (always as a list).
	Subject  string
	Audience []string
	ClientID string
	Scope    string
	Expires  time.Time
	// Bound is the key the token is bound to, nil for none.
	Bound *Confirmation
	// Actor is `act`, nil for none.
	Actor *Actor
	// Claims is the payload as it stands.
	Claims map[string]any
}

// Type is the `typ` of the header.
func (v *Verified) Type() string {
	typ, _ := v.Header.ExtraHeaders[jose.HeaderType].(string)
	return typ
}

var errSignature = errors.New("the signature could not be verified with any of the tenant's keys")

// Verify checks a token signed by one of the set's keys. The algorithms are
// RS256, RS512 and PS256 and nothing else: a token that names another, or
// carries its own key, is refused. Expiry is left to the caller, who may want
// to explain an expired token.
//
// Source: RFC 8725 §3.1 (no algorithm confusion).
func (s *KeySet) Verify(raw string) (*Verified, error) {
	jws, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.RS256, jose.RS512, jose.PS256})
	if err != nil {
		return nil, fmt.Errorf("not a JWT of this tenant: %w", err)
	}
	head := jws.Signatures[0].Header
	key := s.find(head.KeyID)
	if key == nil || head.JSONWebKey != nil {
		return nil, errSignature
	}
	payload, err := jws.Verify(&key.Private.PublicKey)
	if err != nil {
		return nil, errSignature
	}
	v, err := readClaims(payload)
	if err != nil {
		return nil, err
	}
	v.Header = head
	return v, nil
}

var errNotForClient = errors.New("it is no ID token of a client of this tenant")

// VerifyIDToken checks an ID token: it must be signed as its client's are, by a
// key of the set or the client's secret. Expiry is left to the caller.
//
// Source: RFC 8725 §3.1 (no algorithm confusion); OpenID Connect Core 1.0
// §3.1.3.7.
func (s *KeySet) VerifyIDToken(raw string, client func(id string) *tenant.Client) (*Verified, *tenant.Client, error) {
	jws, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.RS256, jose.RS512, jose.PS256, jose.HS256})
	if err != nil {
		return nil, nil, fmt.Errorf("not a JWT of this tenant: %w", err)
	}
	v, err := readClaims(jws.UnsafePayloadWithoutVerification()) // to learn whose it claims to be
	if err != nil {
		return nil, nil, err
	}
	if len(v.Audience) != 1 {
		return nil, nil, errNotForClient
	}
	c := client(v.Audience[0])
	if c == nil || v.Scope != "" || jws.Signatures[0].Header.Algorithm != c.IDTokenAlg() {
		return nil, nil, errNotForClient
	}
	if c.IDTokenAlg() != string(jose.HS256) {
		v, err = s.Verify(raw)
		return v, c, err
	}
	if _, err := jws.Verify(IDTokenSecret(c)); err != nil {
		return nil, nil, errSignature
	}
	return v, c, nil
}

func readClaims(payload []byte) (*Verified, error) {
	v := &Verified{}
	if err := json.Unmarshal(payload, &v.Claims); err != nil {
		return nil, fmt.Errorf("the payload is not a JSON object: %w", err)
	}
	if act, ok := v.Claims["act"].(map[string]any); ok {
		v.Actor = ReadActor(act)
	}
	text := func(name string) string { s, _ := v.Claims[name].(string); return s }
	v.Issuer, v.Subject, v.Scope = text("iss"), text("sub"), text("scope")
	if v.ClientID = text("azp"); v.ClientID == "" {
		v.ClientID = text("client_id")
	}
	switch aud := v.Claims["aud"].(type) {
	case string:
		v.Audience = []string{aud}
	case []any:
		for _, a := range aud {
			if s, ok := a.(string); ok {
				v.Audience = append(v.Audience, s)
			}
		}
	}
	if cnf, ok := v.Claims["cnf"].(map[string]any); ok {
		key, _ := cnf["jkt"].(string)
		certificate, _ := cnf["x5t#S256"].(string)
		v.Bound = &Confirmation{DPoPKey: key, Certificate: certificate}
	}
	if exp, ok := v.Claims["exp"].(float64); ok {
		v.Expires = time.Unix(int64(exp), 0)
	}
	return v, nil
}
