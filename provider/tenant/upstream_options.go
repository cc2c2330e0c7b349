package tenant

import (
	"slices"
	"strings"
)

// Values of a connection's set_user_root_attributes.
//
// Source: Management API, POST /api/v2/connections,
// options.set_user_root_attributes.
const (
	OnEachLogin  = "on_each_login"
	OnFirstLogin = "on_first_login"
	NeverOnLogin = "never_on_login"
)

// RootAttributes says when the provider sets a user's root attributes, and
// whether its login makes the user: OnEachLogin unless the connection says
// otherwise.
func (c *Connection) RootAttributes() string {
	if when, _ := c.Options["set_user_root_attributes"].(string); when != "" {
		return when
	}
	return OnEachLogin
}

// TrustsEmail is a user's email_verified, given what the provider says of it.
// Microsoft's and ADFS's word counts for nothing, or is taken for granted.
//
// Source: Auth0 docs, "Email verification for Azure AD and ADFS".
func (c *Connection) TrustsEmail(verified bool) bool {
	if c.Strategy == "waad" || c.Strategy == "adfs" {
		return c.Options["should_trust_email_verified_connection"] == "always_set_emails_as_verified"
	}
	return verified
}

// openIDStrategies are those of providers that speak OpenID Connect.
var openIDStrategies = []string{"oidc", "okta", "auth0-oidc", "waad", "google-oauth2", "google-apps", "apple", "windowslive"}

// SpeaksOpenID says whether the connection's provider is an OpenID provider.
func (c *Connection) SpeaksOpenID() bool { return slices.Contains(openIDStrategies, c.Strategy) }

// UpstreamParam is a parameter that the connection sends its provider: a fixed
// Value, or the one that /authorize was sent under Alias.
type UpstreamParam struct{ Name, Value, Alias string }

// UpstreamParams are the connection's own parameters, in the order of their
// names.
//
// Source: Management API, POST /api/v2/connections, options.upstream_params,
// options.authParams, options.authParamsMap.
func (c *Connection) UpstreamParams() []UpstreamParam {
	var list []UpstreamParam
	upstream, _ := c.Options["upstream_params"].(map[string]any)
	for _, name := range sortedKeys(upstream) {
		p, _ := upstream[name].(map[string]any)
		value, _ := p["value"].(string)
		alias, _ := p["alias"].(string)
		list = append(list, UpstreamParam{name, value, alias})
	}
	static, _ := c.Options["authParams"].(map[string]any)
	for _, name := range sortedKeys(static) {
		value, _ := static[name].(string)
		list = append(list, UpstreamParam{Name: name, Value: value})
	}
	mapped, _ := c.Options["authParamsMap"].(map[string]any)
	for _, alias := range sortedKeys(mapped) {
		name, _ := mapped[alias].(string)
		list = append(list, UpstreamParam{Name: name, Alias: alias})
	}
	return list
}

// ProviderScopes are what the connection asks its provider for: options.scope,
// which is a text or a list, else what an OpenID provider is asked for.
//
// Source: Management API, POST /api/v2/connections, options.scope.
func (c *Connection) ProviderScopes() []string {
	var scopes []string
	switch scope := c.Options["scope"].(type) {
	case string:
		scopes = strings.FieldsFunc(scope, func(r rune) bool { return r == ',' || r == ' ' })
	case []any:
		for _, s := range scope {
			if s, _ := s.(string); s != "" {
				scopes = append(scopes, s)
			}
		}
	}
	if len(scopes) == 0 && c.SpeaksOpenID() {
		return []string{"openid", "profile", "email"}
	}
	return scopes
}

// KeepsTokens says whether the tokens of the connection's provider are kept
// with the identity, as those of social ones and Microsoft's are.
//
// Source: Auth0 docs, "Identity provider access tokens".
func (c *Connection) KeepsTokens() bool {
	return c.Social() || c.Strategy == "waad" || c.Strategy == "google-apps"
}
