package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

var (
	// oldOpaque is an opaque access token from before 2021: random characters.
	// Observed: recordings of 2018 to 2021.
	oldOpaque = regexp.MustCompile(`^[A-Za-z0-9_-]{16,43}$`)
	clientID  = regexp.MustCompile(`^[A-Za-z0-9]{32}$`)
)

// identify says what was pasted. The first match wins.
//
// Source: Auth0 docs, "Access tokens", "ID tokens", "Refresh tokens",
// "Back-channel logout"; RFC 7516 §3.
func (x *explainer) identify() Kind {
	p := x.read
	switch {
	case p.claims.members != nil:
		return x.identifyClaims()
	case p.profile.members != nil:
		return x.identifyProfile()
	case p.errorText != "":
		return KindError
	case strings.HasPrefix(p.compact, "v1.") && !p.broken:
		return KindRefreshToken
	case strings.HasPrefix(p.compact, "Fe26."):
		return KindMFAToken
	case len(p.parts) == 5 && p.header.members != nil:
		if p.parts[1] == "" || p.header.text("alg") == "dir" {
			return KindOpaqueAccessToken
		}
		return KindEncryptedAccessToken
	case len(p.parts) == 1 && (findErrorCause(p.compact) != nil || isOrganizationError(p.compact)):
		return KindError
	case len(p.parts) == 1 && oldOpaque.MatchString(p.compact):
		return KindOpaqueAccessToken
	}
	return KindUnknown
}

func (x *explainer) identifyProfile() Kind {
	for _, name := range []string{"sub", "user_id", "email", "nickname"} {
		if x.read.profile.has(name) {
			return KindUserinfo
		}
	}
	return KindUnknown
}

func (x *explainer) identifyClaims() Kind {
	c := x.read.claims
	audiences := c.list("aud")
	if x.isIDToken(audiences) {
		return KindIDToken
	}
	if events, ok := c.members["events"].(map[string]any); ok {
		for name := range events {
			if strings.Contains(name, "backchannel-logout") {
				return KindLogoutToken
			}
		}
	}
	if len(audiences) == 1 && x.auth0Audience(audiences[0], "userinfo") {
		return KindOpaqueAccessToken
	}
	for _, aud := range audiences {
		switch {
		case x.auth0Audience(aud, "api/v2/"):
			return KindManagementToken
		case x.auth0Audience(aud, "mfa/"):
			return KindMFAToken
		case x.auth0Audience(aud, "me/"):
			return KindMyAccountToken
		}
	}
	switch {
	case slices.Contains(c.list("gty"), GTYClientCredentials) || strings.HasSuffix(c.text("sub"), "@clients"):
		return KindMachineToken
	case x.audienceAPI() != nil:
		return KindAccessToken
	case !x.ours(c.text("iss")):
		return KindForeign
	}
	return KindAccessToken
}

// isIDToken: made for one application, and carrying no scope. ID tokens are the
// only tokens whose audience is a client id.
//
// Source: OpenID Connect Core 1.0 §2.
func (x *explainer) isIDToken(audiences []string) bool {
	c := x.read.claims
	if len(audiences) != 1 || c.has("azp") || c.has("scope") || c.has("client_id") || c.has("events") ||
		x.dir.ResourceServer(audiences[0]) != nil {
		return false
	}
	if x.dir.Client(audiences[0]) != nil {
		return true
	}
	if !clientID.MatchString(audiences[0]) {
		return false
	}
	for _, name := range []string{"nonce", "at_hash", "c_hash", "sid", "email", "nickname", "name", "picture", "auth_time"} {
		if c.has(name) {
			return true
		}
	}
	return false
}

// auth0Audience says whether the audience is an endpoint of the tenant itself,
// or of any tenant of Auth0's, and no API somebody defined.
func (x *explainer) auth0Audience(audience, path string) bool {
	if !strings.HasSuffix(audience, "/"+path) {
		return false
	}
	if api := x.dir.ResourceServer(audience); api != nil && !api.IsSystem {
		return false
	}
	if audience == x.Issuer+path || audience == x.read.claims.text("iss")+path {
		return true
	}
	u, err := url.Parse(audience)
	return err == nil && strings.HasSuffix(u.Hostname(), ".auth0.com") && u.Path == "/"+path
}

// audienceAPI is the API of the tenant that the token names as an audience.
func (x *explainer) audienceAPI() *tenant.ResourceServer {
	for _, aud := range x.read.claims.list("aud") {
		if api := x.dir.ResourceServer(aud); api != nil {
			return api
		}
	}
	return nil
}

// audience is the token's own audience, without the tenant's /userinfo.
func (x *explainer) audience() string {
	for _, aud := range x.read.claims.list("aud") {
		if !x.auth0Audience(aud, "userinfo") {
			return aud
		}
	}
	return ""
}

func (x *explainer) ours(iss string) bool {
	return iss != "" && (iss == x.Issuer || x.Issuers != nil && x.Issuers(iss))
}

// signature checks the signature if the tenant could have made it. A token of
// another tenant is signed with a key nobody here knows.
func (x *explainer) signature() *bool {
	p := x.read
	if p.claims.members == nil || p.compact == "" {
		return nil
	}
	valid := false
	switch p.header.text("alg") {
	case "HS256":
		secret := x.sharedSecret()
		if len(secret) == 0 {
			return nil
		}
		valid = validHS256(p.parts, secret)
	default:
		if x.Keys == nil {
			return nil
		}
		_, err := x.Keys.Verify(p.compact)
		valid = err == nil
	}
	if !valid && !x.ours(p.claims.text("iss")) {
		return nil
	}
	return &valid
}

// sharedSecret is what the tenant would sign such a token with by HS256.
func (x *explainer) sharedSecret() []byte {
	switch {
	case x.out.Kind == KindIDToken && x.client != nil:
		return IDTokenSecret(x.client)
	case x.out.Kind != KindIDToken && x.audienceAPI() != nil:
		return []byte(x.audienceAPI().SigningSecret)
	}
	return nil
}

func validHS256(parts []string, secret []byte) bool {
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(parts[0] + "." + parts[1]))
	return hmac.Equal(signature, mac.Sum(nil))
}
