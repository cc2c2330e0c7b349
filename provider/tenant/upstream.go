package tenant

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"
)

// Strategies of passwordless connections.
//
// Source: Auth0 docs, "Passwordless connections".
const (
	StrategyEmail = "email"
	StrategySMS   = "sms"
)

// enterprise are the strategies of identity providers that belong to an
// organization; all others but databases and passwordless ones are social.
//
// Source: Auth0 docs, "Enterprise identity providers". Observed: Lock,
// connection/enterprise.
var enterprise = []string{
	"ad", "adfs", "auth0-adldap", "auth0-oidc", "custom", "google-apps", "ip", "mscrm", "office365", "oidc", "okta",
	"pingfederate", "samlp", "sharepoint", "waad",
}

// Upstream says whether users of the connection sign in with another identity
// provider, social or enterprise.
func (c *Connection) Upstream() bool {
	return !c.Database() && c.Strategy != StrategyEmail && c.Strategy != StrategySMS
}

// Social says whether the connection is a social identity provider.
func (c *Connection) Social() bool { return c.Upstream() && !slices.Contains(enterprise, c.Strategy) }

// StrategyType is the strategy's kind, as the tenant's log calls it.
//
// Source: the description of tenant logs, strategy_type.
func (c *Connection) StrategyType() string {
	switch {
	case c.Database():
		return "database"
	case c.Passwordless():
		return "passwordless"
	case c.Social():
		return "social"
	}
	return "enterprise"
}

// Domains are the e-mail domains whose people belong to the connection.
//
// Source: Auth0 docs, "Identifier first authentication" (home realm discovery).
func (c *Connection) Domains() []string {
	var domains []string
	if d, _ := c.Options["tenant_domain"].(string); d != "" {
		domains = append(domains, strings.ToLower(d))
	}
	aliases, _ := c.Options["domain_aliases"].([]any)
	for _, a := range aliases {
		if d, _ := a.(string); d != "" {
			domains = append(domains, strings.ToLower(d))
		}
	}
	return domains
}

// providerLabels are the names people know the commonest providers by.
var providerLabels = map[string]string{
	"google-oauth2": "Google", "facebook": "Facebook", "apple": "Apple", "github": "GitHub", "windowslive": "Microsoft Account",
	"linkedin": "LinkedIn", "twitter": "X", "amazon": "Amazon", "bitbucket": "Bitbucket", "dropbox": "Dropbox", "paypal": "PayPal",
	"salesforce": "Salesforce", "shopify": "Shopify", "wordpress": "WordPress", "yahoo": "Yahoo!", "line": "LINE", "instagram": "Instagram",
}

// ProviderIssuer is the `iss` of the connection's provider, "" where the
// connection does not say.
//
// Source: Management API, POST /api/v2/connections, options of okta and oidc.
func (c *Connection) ProviderIssuer() string {
	metadata, _ := c.Options["oidc_metadata"].(map[string]any)
	for _, value := range []any{c.Options["issuer"], metadata["issuer"]} {
		if issuer, _ := value.(string); issuer != "" {
			return issuer
		}
	}
	if domain, _ := c.Options["domain"].(string); domain != "" {
		return "https://" + domain
	}
	return ""
}

// Label is what the connection's button says.
func (c *Connection) Label() string {
	if c.DisplayName != "" {
		return c.DisplayName
	}
	if label := providerLabels[c.Strategy]; label != "" && c.Name == c.Strategy {
		return label
	}
	return c.Name
}

// NewUpstreamUser is the user that the connection's provider would describe to
// Auth0 after the person with the address signed in there for the first time.
// The same address is always the same user.
//
// Source: Auth0 docs, "Identify users", "Normalized user profiles".
func NewUpstreamUser(c *Connection, email, name string) *User {
	u := &User{Connection: c.Name, Email: strings.ToLower(email), Name: name}
	u.splitName()
	return WithSubject(u, c, strings.TrimPrefix(FullUserID(u, c.Strategy), providerPrefix(c.Strategy, c.Name)))
}

// splitName takes the last word of the name for the family's.
func (u *User) splitName() {
	if words := strings.Fields(u.Name); len(words) > 1 {
		last := len(words) - 1
		u.GivenName, u.FamilyName = strings.Join(words[:last], " "), words[last]
	}
}

// SetClaims fills in what the claims of a provider say about the user: root
// attributes, and what OpenID Connect knows beside them. Others are left.
//
// Source: Auth0 docs, "Normalized user profiles"; OpenID Connect Core 1.0 §5.1.
func (u *User) SetClaims(claims map[string]any) {
	for name, to := range map[string]*string{"nickname": &u.Nickname, "given_name": &u.GivenName, "family_name": &u.FamilyName} {
		if value, _ := claims[name].(string); value != "" && len(value) <= maxRootAttribute {
			*to = value
		}
	}
	if value, _ := claims["picture"].(string); value != "" {
		if fault, _ := strictURI(value); fault == "" {
			u.Picture = value
		}
	}
	for _, name := range profileClaims {
		_, isText := claims[name].(string)
		_, isAddress := claims[name].(map[string]any)
		if isText || isAddress && name == "address" {
			u.setProfile(name, claims[name])
		}
	}
}

// maxRootAttribute is how long an attribute may be that a provider sets.
//
// Source: Management API, POST /api/v2/users, given_name.
const maxRootAttribute = 150

// WithSubject makes u the connection's user whom its provider knows by the
// subject.
func WithSubject(u *User, c *Connection, subject string) *User {
	u.UserID = providerPrefix(c.Strategy, c.Name) + subject
	_, id, _ := strings.Cut(u.UserID, "|")
	u.Identities = []Identity{{Connection: c.Name, UserID: id, Provider: c.Strategy, IsSocial: c.Social()}}
	return u
}

// derivedUserID is the id of a user whose fixture pins none, in the shape that
// the provider gives its ids.
//
// Source: community reports of user ids by provider.
func derivedUserID(strategy, connection, login string) string {
	switch strategy {
	case "google-oauth2":
		return derivedDigits(connection, login, 21)
	case "github", "bitbucket":
		return derivedDigits(connection, login, 8)
	case "facebook", "twitter":
		return derivedDigits(connection, login, 17)
	case "windowslive":
		return deriveHex(KindUser, connection+"\x00"+login)[:16]
	case "linkedin":
		return derive(KindUser, connection+"\x00"+login, 10)
	case "apple":
		sum := sha256.Sum256([]byte(KindUser + "\x00" + connection + "\x00" + login))
		return "00" + derivedDigits(connection, login, 4) + "." + hex.EncodeToString(sum[:16]) + "." + derivedDigits(login, connection, 4)
	case "waad":
		sum := sha256.Sum256([]byte(KindUser + "\x00" + connection + "\x00" + login))
		return base64.RawURLEncoding.EncodeToString(sum[:])
	case "okta":
		return "00u" + derive(KindUser, connection+"\x00"+login, 17)
	case "samlp", "adfs", "google-apps":
		return login
	}
	return deriveHex(KindUser, connection+"\x00"+login)
}

// derivedDigits begins with no zero.
func derivedDigits(connection, login string, n int) string {
	sum := sha256.Sum256([]byte(KindUser + "\x00" + connection + "\x00" + login))
	digits := new(big.Int).SetBytes(sum[:]).String()
	return "1" + digits[len(digits)-n+1:]
}

// maxEmail is how long an e-mail address may be.
//
// Source: RFC 5321 §4.5.3.1.3.
const maxEmail = 254

// ValidEmail says whether a person may be known by the address.
func ValidEmail(s string) bool {
	message, _ := emailAddress(s)
	return message == "" && len(s) <= maxEmail
}
