package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/faux0/faux0/provider/tenant"
)

// clientAlgs are the algorithms that clients sign with.
//
// Source: Auth0 docs, "Private Key JWT", "Authorization code flow with JAR".
var clientAlgs = []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.PS256}

// VerifyByCredential checks what a client has signed by one of its credentials
// that have not ended, and returns the payload. A signature that names a key is
// checked by that key alone; a key that the token brings along counts for
// nothing.
//
// Source: RFC 7515 §4.1.4; RFC 8725 §3.1, §3.5.
func VerifyByCredential(raw string, credentials []tenant.Credential, now time.Time) (map[string]any, error) {
	_, claims, err := verifyByCredential(raw, credentials, now)
	return claims, err
}

func verifyByCredential(raw string, credentials []tenant.Credential, now time.Time) (jose.Header, map[string]any, error) {
	jws, err := jose.ParseSignedCompact(raw, clientAlgs)
	if err != nil {
		return jose.Header{}, nil, fmt.Errorf("not a JWT signed with RS256, RS384 or PS256: %w", err)
	}
	head := jws.Signatures[0].Header
	refused := errors.New("the client has no credential to verify it by")
	if head.KeyID != "" {
		refused = fmt.Errorf("the client has no credential with kid %q", head.KeyID)
	}
	for i := range credentials {
		c := &credentials[i]
		key, err := c.PublicKey()
		switch {
		case err != nil || head.KeyID != "" && c.KeyID() != head.KeyID:
			continue
		case c.ExpiredAt(now):
			refused = fmt.Errorf("the credential %q has expired", c.KeyID())
			continue
		case c.SigningAlg() != head.Algorithm:
			refused = fmt.Errorf("the credential %q is for %s, and the JWT is signed with %s", c.KeyID(), c.SigningAlg(), head.Algorithm)
			continue
		}
		payload, err := jws.Verify(key)
		if err != nil {
			refused = fmt.Errorf("the signature does not verify by the credential %q", c.KeyID())
			continue
		}
		var claims map[string]any
		if err := json.Unmarshal(payload, &claims); err != nil {
			return head, nil, fmt.Errorf("the payload is not a JSON object: %w", err)
		}
		return head, claims, nil
	}
	return head, nil, refused
}

// RequestObject reads an authorization request that the client signed: the
// claims that are parameters, as text.
//
// Source: RFC 9101 §4, §6; Auth0 docs, "Authorization code flow with JAR".
func RequestObject(raw string, client *tenant.Client, issuer string, now time.Time) (map[string]string, error) {
	if client.SignedRequestObject == nil {
		return nil, errors.New("the client has no signed_request_object")
	}
	head, claims, err := verifyByCredential(raw, client.SignedRequestObject.Credentials, now)
	if err != nil {
		return nil, err
	}
	if typ, _ := head.ExtraHeaders[jose.HeaderType].(string); !slices.Contains(objectTypes, strings.ToLower(typ)) {
		return nil, fmt.Errorf("its header has typ %q, and must have jwt or oauth-authz-req+jwt", typ)
	}
	if err := checkObjectClaims(claims, client, issuer, now); err != nil {
		return nil, err
	}
	p := map[string]string{}
	for name, value := range claims {
		switch value := value.(type) {
		case nil:
		case string:
			p[name] = value
		default:
			text, err := json.Marshal(value)
			if err != nil {
				return nil, err
			}
			p[name] = string(text)
		}
	}
	for _, name := range []string{"iss", "aud", "exp", "nbf", "iat", "jti"} {
		delete(p, name)
	}
	return p, nil
}

// objectTypes are the values of a request object's `typ`.
//
// Source: RFC 9101 §10.8; Auth0 docs, "Authorization code flow with JAR".
var objectTypes = []string{"jwt", "oauth-authz-req+jwt"}

// maxJTI is how long a request object's `jti` may be, in bytes.
//
// Source: Auth0 docs, "Authorization code flow with JAR".
const maxJTI = 64

func checkObjectClaims(claims map[string]any, client *tenant.Client, issuer string, now time.Time) error {
	exp, expires := claims["exp"].(float64)
	nbf, begins := claims["nbf"].(float64)
	iat := claims["iat"]
	_, dated := iat.(float64)
	jti, named := claims["jti"].(string)
	_, nested := claims["request"]
	_, pushed := claims["request_uri"]
	switch {
	case nested || pushed:
		return errors.New("a request object may not hold request or request_uri")
	case claims["iss"] != client.ClientID:
		return fmt.Errorf("iss is %v, and must be the client_id %q", claims["iss"], client.ClientID)
	case claims["client_id"] != client.ClientID:
		return fmt.Errorf("client_id is %v, and must be %q as outside the object", claims["client_id"], client.ClientID)
	case !audienceHas(claims["aud"], issuer):
		return fmt.Errorf("aud is %v, and must be the issuer %q", claims["aud"], issuer)
	case claims["exp"] != nil && !expires || expires && float64(now.Unix()) >= exp:
		return errors.New("it has expired (exp)")
	case claims["nbf"] != nil && !begins || begins && float64(now.Unix()) < nbf:
		return errors.New("it is not valid yet (nbf)")
	case iat != nil && !dated:
		return errors.New("iat must be a number of seconds")
	case claims["jti"] != nil && !named || len(jti) > maxJTI:
		return fmt.Errorf("jti must be a string of at most %d bytes", maxJTI)
	}
	return nil
}

// audienceHas says whether an `aud`, one text or a list, holds the value.
func audienceHas(aud any, want string) bool {
	if list, ok := aud.([]any); ok {
		for _, a := range list {
			if a == want {
				return true
			}
		}
		return false
	}
	return aud == want
}
