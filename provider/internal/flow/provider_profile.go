package flow

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// protocolClaims are of the ID token, and not of the person.
//
// Source: OpenID Connect Core 1.0 §2, §3.1.3.6, §3.3.2.11.
var protocolClaims = []string{"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "nonce", "at_hash", "c_hash", "azp", "auth_time", "acr", "amr", "sid"}

// basicProfile are the claims that the mapping of that name lets through.
//
// Source: OpenID Connect Core 1.0 §5.1, §5.4 (profile, email).
var basicProfile = []string{
	"name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender",
	"birthdate", "zoneinfo", "locale", "email", "email_verified",
}

// ProviderProfile is what the claims of an ID token and of a provider's userinfo
// say about a person, as the connection maps them.
//
// It returns an error, a sentence, where there is no id among them.
//
// Source: Management API, POST /api/v2/connections, options.attribute_map,
// options.userid_attribute; Auth0 docs, "Configure PKCE and claim mapping for
// OIDC connections".
func ProviderProfile(c *tenant.Connection, idToken, userinfo map[string]any) (p store.UpstreamProfile, err error) {
	p.Subject = subjectIn(c, idToken)
	if p.Subject == "" {
		return p, errors.New("missing user_id in the profile")
	}
	claims := mapped(c, idToken, userinfo)
	p.Email, _ = claims["email"].(string)
	p.Name, _ = claims["name"].(string)
	p.EmailVerified = claims["email_verified"] == true || claims["email_verified"] == "true"
	if !tenant.ValidEmail(p.Email) {
		p.Email, p.EmailVerified = "", false
	}
	for _, name := range append([]string{"email", "email_verified", "name"}, protocolClaims...) {
		delete(claims, name)
	}
	p.Claims = claims
	return p, nil
}

// subjectIn is the person's id: `sub`, or Microsoft's `oid` unless the
// connection asks for the other.
func subjectIn(c *tenant.Connection, idToken map[string]any) string {
	if oid, _ := idToken["oid"].(string); c.Strategy == "waad" && oid != "" && c.Options["userid_attribute"] != "sub" {
		return oid
	}
	sub, _ := idToken["sub"].(string)
	return sub
}

// PlainProfile is what a provider without ID tokens says about a person, with
// the id under the name that ID tokens have for it.
//
// Source: Auth0 docs, "Connect your app to OAuth 2.0 providers" (user_id is
// required).
func PlainProfile(profile map[string]any) map[string]any {
	claims := maps.Clone(profile)
	for _, name := range []string{"user_id", "sub", "id"} {
		switch id := claims[name].(type) {
		case string:
			claims["sub"] = id
			return claims
		case float64:
			claims["sub"] = fmt.Sprintf("%.0f", id)
			return claims
		}
	}
	return claims
}

func mapped(c *tenant.Connection, idToken, userinfo map[string]any) map[string]any {
	all := maps.Clone(idToken)
	maps.Copy(all, userinfo)
	settings, _ := c.Options["attribute_map"].(map[string]any)
	mode, _ := settings["mapping_mode"].(string)
	switch {
	case mode == "use_map":
		attributes, _ := settings["attributes"].(map[string]any)
		claims := map[string]any{}
		for name, template := range attributes {
			if value := filled(template, idToken, userinfo); value != nil {
				claims[name] = value
			}
		}
		return claims
	case mode == "basic_profile" || mode == "" && c.Strategy == "okta":
		maps.DeleteFunc(all, func(name string, _ any) bool { return !slices.Contains(basicProfile, name) })
	}
	return all
}

var templateVariable = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\$\{context\.(tokenset|userinfo)\.([\w.:/-]+)\}`)
})

// filled is a template of attribute_map with its variables' values: one that is
// a variable and nothing else has that one's value, whatever its type.
func filled(template any, idToken, userinfo map[string]any) any {
	text, ok := template.(string)
	if !ok {
		return template
	}
	value := func(parts []string) any {
		if parts[1] == "userinfo" {
			return userinfo[parts[2]]
		}
		return idToken[parts[2]]
	}
	if parts := templateVariable().FindStringSubmatch(text); parts != nil && parts[0] == text {
		return value(parts)
	}
	return templateVariable().ReplaceAllStringFunc(text, func(variable string) string {
		if v := value(templateVariable().FindStringSubmatch(variable)); v != nil {
			return fmt.Sprint(v)
		}
		return ""
	})
}
