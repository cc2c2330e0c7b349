package token

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// Claims are a JSON object whose members keep their order, so that a token
// reads as Auth0's do.
type Claims []Claim

// Claim is one member of Claims.
type Claim struct {
	Name  string
	Value any
}

// MarshalJSON writes the members in order.
func (c Claims) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, claim := range c {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := enc.Encode(claim.Name); err != nil {
			return nil, err
		}
		b.Truncate(b.Len() - 1) // the encoder's newline
		b.WriteByte(':')
		if err := enc.Encode(claim.Value); err != nil {
			return nil, err
		}
		b.Truncate(b.Len() - 1)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Get returns the value of a claim, nil when absent.
func (c Claims) Get(name string) any {
	for _, claim := range c {
		if claim.Name == name {
			return claim.Value
		}
	}
	return nil
}

func (c *Claims) add(name string, value any) { *c = append(*c, Claim{name, value}) }

func (c *Claims) addIf(present bool, name string, value any) {
	if present {
		c.add(name, value)
	}
}

// Issue is what a token carries beyond the Decision: the circumstances of its
// making.
type Issue struct {
	// Issuer ends in a slash.
	Issuer string
	At     time.Time
	// JTI is used by the RFC 9068 dialects.
	JTI string
	// GrantedBy is the `gty` history, newest first; empty: no claim.
	GrantedBy []string
	// Nonce, SessionID and AuthTime go into the ID token if set.
	Nonce, SessionID string
	AuthTime         time.Time
	// AccessToken and Code make at_hash and c_hash, for tokens that
	// /authorize hands out itself.
	AccessToken, Code string
	// Custom claims, already admitted by AdmitCustom.
	AccessCustom, IDCustom Claims
	// LifetimeSeconds overrides the configured lifetimes when not zero.
	LifetimeSeconds int
}

// Values of `gty`.
//
// Source: Auth0 docs, "Access token profiles". Observed: decoded tokens.
const (
	GTYClientCredentials = "client-credentials"
	GTYPassword          = "password"
	GTYRefreshToken      = "refresh_token"
)

// AccessClaims are the claims of a JWT access token, in the order and with the
// members of the API's dialect.
//
// Source: Auth0 docs, "Access token profiles"; RFC 9068 §2.2. Observed: order
// of tokens since 2024.
func AccessClaims(d *Decision, req Request, issue Issue) Claims {
	claims := Claims{}
	claims.add("iss", issue.Issuer)
	claims.add("sub", subject(req))
	claims.add("aud", accessAudience(d, req, issue))
	claims.add("iat", issue.At.Unix())
	claims.add("exp", issue.At.Unix()+int64(pick(issue.LifetimeSeconds, d.LifetimeSeconds)))
	claims.addIf(len(d.Scopes) > 0, "scope", d.Scope())
	claims.organization(d, req)
	if d.API.RFC9068() {
		claims.add("client_id", req.Client.ClientID)
		claims.add("jti", issue.JTI)
	} else {
		claims.addIf(len(issue.GrantedBy) > 0, "gty", oneOrMany(issue.GrantedBy))
		claims.add("azp", req.Client.ClientID)
	}
	claims.addIf(d.HasPermissions, "permissions", d.Permissions)
	claims.addIf(len(req.Details) > 0, "authorization_details", req.Details)
	claims.addIf(d.Bound != nil, "cnf", d.Bound)
	claims.addIf(req.Actor != nil, "act", req.Actor)
	return claims.with(issue.AccessCustom, false)
}

// with puts custom claims before the others. Where a name is taken, the custom
// value replaces the other's (override) or is dropped: a member never appears
// twice.
//
// Source: Auth0 docs, "Create custom claims". Observed: decoded tokens.
func (c Claims) with(custom Claims, override bool) Claims {
	all := make(Claims, 0, len(custom)+len(c))
	for _, claim := range custom {
		i := slices.IndexFunc(c, func(o Claim) bool { return o.Name == claim.Name })
		switch {
		case i < 0:
			all = append(all, claim)
		case override:
			c[i].Value = claim.Value
		}
	}
	return append(all, c...)
}

// subject is the user's id, or for a machine its client id with a suffix.
//
// Observed: client_credentials tokens in the recordings.
func subject(req Request) string {
	if req.User == nil {
		return req.Client.ClientID + "@clients"
	}
	return req.User.UserID
}

// accessAudience adds /userinfo to the API's identifier when openid was granted
// and the signature can be checked by more than one party. On a custom domain
// it stays the tenant's own.
//
// Source: Auth0 docs, "Access tokens" (multiple audiences), "Custom domains".
// Observed: the /userinfo error about HS256.
func accessAudience(d *Decision, req Request, issue Issue) any {
	if d.Has(tenant.ScopeOpenID) && d.API.Alg() != "HS256" {
		canonical := req.Issuer
		if canonical == "" {
			canonical = issue.Issuer
		}
		return []string{d.Audience, canonical + "userinfo"}
	}
	return d.Audience
}

func (c *Claims) organization(d *Decision, req Request) {
	if req.Organization == nil {
		return
	}
	c.add("org_id", req.Organization.ID)
	c.addIf(d.dir.Settings().AllowOrganizationNames, "org_name", strings.ToLower(req.Organization.Name))
}

func oneOrMany(list []string) any {
	if len(list) == 1 {
		return list[0]
	}
	return list
}

func pick(override, otherwise int) int {
	if override != 0 {
		return override
	}
	return otherwise
}

// defaultIDTokenLifetime applies where a client sets none, in seconds.
//
// Source: Auth0 docs, "ID token lifetime".
const defaultIDTokenLifetime = 36000

// IDClaims are the claims of an ID token: the profile as far as the granted
// scopes reach, then what OpenID Connect asks for. Neither roles nor
// permissions are ever among them.
//
// Source: OpenID Connect Core 1.0 §2, §3.3.2.11; Auth0 docs, "ID token
// structure". Observed: order of recent tokens.
func IDClaims(d *Decision, req Request, issue Issue) Claims {
	claims := profileClaims(req.User, d.Has).with(issue.IDCustom, true)
	claims.add("iss", issue.Issuer)
	claims.add("aud", req.Client.ClientID)
	claims.add("sub", req.User.UserID)
	claims.add("iat", issue.At.Unix())
	lifetime := pick(req.Client.JWTConfiguration.LifetimeInSeconds, defaultIDTokenLifetime)
	claims.add("exp", issue.At.Unix()+int64(pick(issue.LifetimeSeconds, lifetime)))
	claims.addIf(!issue.AuthTime.IsZero(), "auth_time", issue.AuthTime.Unix())
	claims.factor(req)
	claims.addIf(issue.AccessToken != "", "at_hash", leftHash(issue.AccessToken))
	claims.addIf(issue.Code != "", "c_hash", leftHash(issue.Code))
	claims.addIf(issue.SessionID != "", "sid", issue.SessionID)
	claims.addIf(issue.Nonce != "", "nonce", issue.Nonce)
	claims.organization(d, req)
	claims.addIf(req.Actor != nil, "act", req.Actor)
	return claims
}

// factor adds what tells of a second factor: that it was shown for this token,
// and that this is what the request had asked for.
//
// Source: Auth0 docs, "Configure step-up authentication for web apps" (AMR claim
// exceptions).
func (c *Claims) factor(req Request) {
	shown := req.SecondFactor.Code == ReasonFactorShown
	c.addIf(shown && slices.Contains(req.ACRValues, tenant.ACRMultiFactor), "acr", tenant.ACRMultiFactor)
	c.addIf(shown, "amr", []string{"mfa"})
}

// leftHash is the left half of the SHA-256, as at_hash and c_hash want it. All
// signing algorithms on offer hash with SHA-256.
//
// Source: OpenID Connect Core 1.0 §3.3.2.11.
func leftHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

// profileScopeClaims are the optional claims of scope profile that a user may
// carry in User.Profile.
//
// Source: OpenID Connect Core 1.0 §5.4.
var profileScopeClaims = []string{
	"middle_name", "preferred_username", "profile", "website", "gender", "birthdate", "zoneinfo", "locale",
}

// profileClaims are the claims about the user that the scopes open.
//
// Source: OpenID Connect Core 1.0 §5.4; Auth0 docs, "OpenID Connect scopes".
// Observed: updated_at is an ISO 8601 string, not the number of the standard.
func profileClaims(u *tenant.User, has func(scope string) bool) Claims {
	var claims Claims
	if has(tenant.ScopeProfile) {
		claims.addIf(u.GivenName != "", "given_name", u.GivenName)
		claims.addIf(u.FamilyName != "", "family_name", u.FamilyName)
		claims.add("nickname", u.Nickname)
		claims.add("name", u.Name)
		claims.add("picture", u.Picture)
		for _, name := range profileScopeClaims {
			value, ok := u.Profile[name]
			claims.addIf(ok, name, value)
		}
		claims.add("updated_at", u.UpdatedAt.UTC().Format(isoMillis))
	}
	if has(tenant.ScopeEmail) && u.Email != "" {
		claims.add("email", u.Email)
		claims.add("email_verified", u.EmailVerified)
	}
	if has(tenant.ScopePhone) && u.PhoneNumber != "" {
		claims.add("phone_number", u.PhoneNumber)
		claims.add("phone_number_verified", u.PhoneVerified)
	}
	if address, ok := u.Profile["address"]; ok && has(tenant.ScopeAddress) {
		claims.add("address", address)
	}
	return claims
}

const isoMillis = "2006-01-02T15:04:05.000Z"

// UserInfo is the answer of /userinfo: sub first, then the profile, and who
// acts for the user, if the token says so.
//
// Source: OpenID Connect Core 1.0 §5.3.2; Auth0 docs, "Custom token exchange"
// (act claim). Observed: ruby-auth0, GET /userinfo.
func UserInfo(u *tenant.User, access *Opaque) Claims {
	has := func(scope string) bool { return contains(access.Scopes, scope) }
	if !has(tenant.ScopeOpenID) {
		return Claims{}
	}
	claims := append(Claims{{"sub", u.UserID}}, profileClaims(u, has)...)
	claims.addIf(access.Actor != nil, "act", access.Actor)
	return claims
}
