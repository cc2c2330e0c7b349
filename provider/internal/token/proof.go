package token

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/faux0/faux0/provider/tenant"
)

// ProofAlgorithms are those a DPoP proof may be signed with.
//
// Source: Auth0 docs, "Demonstrating Proof-of-Possession (DPoP)". Observed:
// dpop_signing_alg_values_supported.
var ProofAlgorithms = []string{string(jose.ES256)}

// ProofContext is the request that a DPoP proof came with.
type ProofContext struct {
	Method string
	// URLs are those the proof may name: the request's own, as its caller sees
	// it. Query and fragment do not count.
	URLs []string
	Now  time.Time
	// AccessToken is the token the proof must name by its hash, "" for none.
	AccessToken string
	// FreshNonce says whether the tenant gave out the nonce lately.
	FreshNonce func(nonce string) bool
}

// Proof is a DPoP proof that counts for its request.
type Proof struct {
	// Thumbprint is that of the key which signed it.
	Thumbprint string
	JTI        string
	// Fresh says that the proof holds a nonce the tenant gave out lately.
	Fresh bool
}

// A proof counts for a while after it was made, and its client's clock may be
// a little ahead. How much is inferred.
//
// Source: RFC 9449 §11.1.
const (
	proofLifetime = 5 * time.Minute
	proofSkew     = time.Minute
)

// ProofMemory is how long the `jti` of a proof has to be remembered.
const ProofMemory = proofLifetime + proofSkew

// maxProof is how long a proof may be, in bytes.
const maxProof = 4096

// ReadProof checks a DPoP proof. Whether its jti was used before is left to
// the caller, who keeps them.
//
// It returns InvalidDPoPProof.
//
// Source: RFC 9449 §4.3.
func ReadProof(raw string, c ProofContext) (*Proof, error) {
	payload, thumbprint, err := verifyProof(raw)
	if err != nil {
		return nil, err
	}
	var claims struct {
		JTI   string  `json:"jti"`
		HTM   string  `json:"htm"`
		HTU   string  `json:"htu"`
		IAT   float64 `json:"iat"` // SDKs send fractions
		ATH   string  `json:"ath"`
		Nonce string  `json:"nonce"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, tenant.InvalidDPoPProof("The DPoP proof's payload is not a JSON object of the right types")
	}
	p := &Proof{Thumbprint: thumbprint, JTI: claims.JTI, Fresh: claims.Nonce != "" && c.FreshNonce(claims.Nonce)}
	age := c.Now.Sub(time.UnixMilli(int64(claims.IAT * 1000)))
	switch {
	case claims.JTI == "" || claims.HTM == "" || claims.HTU == "" || claims.IAT == 0:
		return nil, tenant.InvalidDPoPProof("The DPoP proof must have the claims jti, htm, htu and iat")
	case claims.HTM != c.Method:
		return nil, tenant.InvalidDPoPProof("The DPoP proof's htm is not the request's method").
			WithHint("htm is %q, the request is a %s", claims.HTM, c.Method)
	case !slices.ContainsFunc(c.URLs, func(u string) bool { return sameTarget(claims.HTU, u) }):
		return nil, tenant.InvalidDPoPProof("The DPoP proof's htu is not the request's URL").
			WithHint("htu is %q, the request went to %q", claims.HTU, c.URLs[0])
	case !p.Fresh && (age > proofLifetime || age < -proofSkew):
		return nil, tenant.InvalidDPoPProof("The DPoP proof's iat is too far from now").
			WithHint("iat is %s by the tenant's clock, which may have been moved; with a nonce of the tenant, iat does not matter", since(age))
	case c.AccessToken != "" && claims.ATH != sha256Of(c.AccessToken):
		return nil, tenant.InvalidDPoPProof("The DPoP proof's ath is not the hash of the access token")
	}
	return p, nil
}

// verifyProof checks everything about a proof but its claims. The key is the
// proof's own, so the header has to be watched: a public key, and a type that
// no other token has.
//
// Source: RFC 9449 §4.2, §4.3; RFC 8725 §3.11 (explicit typing).
func verifyProof(raw string) (payload []byte, thumbprint string, err error) {
	if len(raw) > maxProof {
		return nil, "", tenant.InvalidDPoPProof("The DPoP proof is too long")
	}
	algorithms := make([]jose.SignatureAlgorithm, len(ProofAlgorithms))
	for i, alg := range ProofAlgorithms {
		algorithms[i] = jose.SignatureAlgorithm(alg)
	}
	jws, err := jose.ParseSignedCompact(raw, algorithms)
	if err != nil {
		return nil, "", tenant.InvalidDPoPProof("The DPoP proof is not a JWS signed with "+strings.Join(ProofAlgorithms, " or ")+" that holds a public key").
			WithHint("%s", err)
	}
	head := jws.Signatures[0].Protected
	switch {
	case head.ExtraHeaders[jose.HeaderType] != "dpop+jwt":
		return nil, "", tenant.InvalidDPoPProof("The DPoP proof's typ must be dpop+jwt")
	case head.JSONWebKey == nil || !head.JSONWebKey.Valid() || !head.JSONWebKey.IsPublic():
		return nil, "", tenant.InvalidDPoPProof("The DPoP proof's jwk must be a public key")
	}
	if payload, err = jws.Verify(head.JSONWebKey.Key); err != nil {
		return nil, "", tenant.InvalidDPoPProof("The DPoP proof's signature does not hold")
	}
	sum, err := head.JSONWebKey.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, "", tenant.InvalidDPoPProof("The DPoP proof's jwk has no thumbprint")
	}
	return payload, base64.RawURLEncoding.EncodeToString(sum), nil
}

// sameTarget compares two URLs without query and fragment, after the
// normalization of the scheme, the host and its default port.
//
// Source: RFC 9449 §4.3 (9); RFC 3986 §6.2.2, §6.2.3.
func sameTarget(a, b string) bool {
	x, err := url.Parse(a)
	y, err2 := url.Parse(b)
	if err != nil || err2 != nil || x.Host == "" {
		return false
	}
	return strings.EqualFold(x.Scheme, y.Scheme) && strings.EqualFold(x.Hostname(), y.Hostname()) &&
		port(x) == port(y) && x.EscapedPath() == y.EscapedPath()
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case strings.EqualFold(u.Scheme, "https"):
		return "443"
	}
	return "80"
}

func sha256Of(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func since(age time.Duration) string {
	if age < 0 {
		return (-age).Round(time.Second).String() + " ahead"
	}
	return age.Round(time.Second).String() + " ago"
}
