package token

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// AssertionType is the client_assertion_type of a JWT.
//
// Source: RFC 7523 §2.2.
const AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// Assertion is a JWT by which its client has authenticated. It serves once:
// the caller keeps JTI until Expires.
type Assertion struct {
	JTI     string
	Expires time.Time
}

// Limits of an assertion.
//
// Source: Auth0 docs, "Authenticate with Private Key JWT".
const (
	maxAssertion      = 2048
	maxAssertionClaim = 64
	assertionLifetime = 5 * time.Minute
	assertionSkew     = 10 * time.Second
)

// AssertionSubject reads, unverified, which client an assertion is of; "" if
// it is no JWT.
func AssertionSubject(raw string) string {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		Sub string `json:"sub"`
	}
	_ = json.Unmarshal(payload, &claims) // "" it is
	return claims.Sub
}

// ReadAssertion checks an assertion of the client, which must be for one of the
// audiences. The error is a sentence about it.
//
// Source: RFC 7523 §3; Auth0 docs, "Authenticate with Private Key JWT".
func ReadAssertion(raw string, client *tenant.Client, audiences []string, now time.Time) (*Assertion, error) {
	if len(raw) > maxAssertion {
		return nil, fmt.Errorf("it is longer than %d bytes", maxAssertion)
	}
	claims, err := VerifyByCredential(raw, client.AuthenticationMethods.PrivateKeyJWT.Credentials, now)
	if err != nil {
		return nil, err
	}
	jti, _ := claims["jti"].(string)
	switch {
	case claims["iss"] != client.ClientID || claims["sub"] != client.ClientID:
		return nil, fmt.Errorf("iss is %v and sub is %v, and both must be the client_id", claims["iss"], claims["sub"])
	case !slices.ContainsFunc(audiences, func(a string) bool { return audienceHas(claims["aud"], a) }):
		return nil, fmt.Errorf("aud is %v, and must be the issuer %q", claims["aud"], audiences[0])
	case jti == "" || len(jti) > maxAssertionClaim:
		return nil, fmt.Errorf("jti must be a text of at most %d characters", maxAssertionClaim)
	}
	expires, err := assertionTimes(claims, now)
	if err != nil {
		return nil, err
	}
	return &Assertion{JTI: jti, Expires: expires}, nil
}

// assertionTimes judges the times of an assertion by the tenant's clock.
func assertionTimes(claims map[string]any, now time.Time) (expires time.Time, err error) {
	at := map[string]time.Time{}
	for _, name := range []string{"exp", "iat", "nbf"} {
		switch seconds, ok := claims[name].(float64); {
		case ok:
			at[name] = time.UnixMilli(int64(seconds * 1000))
		case claims[name] != nil || name == "exp":
			return time.Time{}, fmt.Errorf("%s must be a number of seconds", name)
		}
	}
	expires = at["exp"]
	switch latest := now.Add(assertionSkew); {
	case !now.Before(expires):
		return expires, errors.New("it has expired by the tenant's clock (exp)")
	case expires.Sub(latest) > assertionLifetime || !at["iat"].IsZero() && expires.Sub(at["iat"]) > assertionLifetime:
		return expires, fmt.Errorf("it may live for %s at most (exp)", assertionLifetime)
	case at["iat"].After(latest), at["nbf"].After(latest):
		return expires, errors.New("it is not valid yet by the tenant's clock (iat, nbf)")
	}
	return expires, nil
}
