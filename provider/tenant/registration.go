package tenant

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Security modes of third-party clients.
//
// Source: Auth0 docs, "Third-party applications"; Management API, PATCH
// /api/v2/tenants/settings, dynamic_client_registration_security_mode.
const (
	SecurityModeStrict     = "strict"
	SecurityModePermissive = "permissive"
)

// FlagRegistration lets anybody register clients.
//
// Source: Management API, PATCH /api/v2/tenants/settings, flags.
const FlagRegistration = "enable_dynamic_client_registration"

// RegistrationMode is the security mode of clients that register themselves.
func (s *Settings) RegistrationMode() string {
	if s.RegistrationSecurityMode == "" {
		return SecurityModeStrict
	}
	return s.RegistrationSecurityMode
}

// Registration is the metadata by which a client registers itself. What else a
// client sends is not looked at.
//
// Source: RFC 7591 §2; OpenID Connect Dynamic Client Registration 1.0 §2; Auth0
// docs, "Dynamic client registration".
type Registration struct {
	Name          string   `json:"client_name"`
	RedirectURIs  []string `json:"redirect_uris"`
	AuthMethod    string   `json:"token_endpoint_auth_method"`
	GrantTypes    []string `json:"grant_types"`
	ResponseTypes []string `json:"response_types"`
	LogoURI       string   `json:"logo_uri"`
	// ApplicationType is "web" (the default) or "native".
	ApplicationType string `json:"application_type"`
	JWKS            any    `json:"jwks"`
	JWKSURI         string `json:"jwks_uri"`
}

// registeredName is the name of a client that gives none. It is ours.
const registeredName = "Registered client"

// responseGrants are the grants that the words of a response_type need.
//
// Source: RFC 7591 §2.1.
var responseGrants = map[string]string{"code": GrantAuthorizationCode, "token": GrantImplicit, "id_token": GrantImplicit}

// Client makes a third-party client of the metadata, for a security mode. It
// has no ids yet. What is not given becomes what was registered, so that the
// answer can say so.
//
// It returns InvalidRedirectURI or InvalidClientMetadata.
//
// Source: RFC 7591 §2, §2.1, §3.2; Auth0 docs, "Dynamic client registration"
// (defaults), "Third-party applications" (grants in strict mode).
func (r *Registration) Client(mode string) (*Client, error) {
	if err := r.checkRedirects(mode); err != nil {
		return nil, err
	}
	if err := r.settleAuthMethod(); err != nil {
		return nil, err
	}
	if err := r.settleGrants(mode); err != nil {
		return nil, err
	}
	if r.Name == "" {
		r.Name = registeredName
	}
	body := map[string]any{
		"name": r.Name, "callbacks": anys(r.RedirectURIs), "grant_types": anys(r.GrantTypes),
		"token_endpoint_auth_method": r.AuthMethod, "app_type": r.appType(), "is_first_party": false, "oidc_conformant": true,
		"jwt_configuration": map[string]any{"alg": "RS256"}, "third_party_security_mode": mode,
	}
	if r.LogoURI != "" {
		body["logo_uri"] = r.LogoURI
	}
	if v := Check(KindClient, ForCreate, body); len(v.Faults) > 0 {
		return nil, InvalidClientMetadata(v.Faults[0].String())
	}
	return NewClient(body, CreateDefaults())
}

// checkRedirects holds the callbacks to what a redirect may be. In strict mode
// none has a wildcard.
//
// Source: RFC 6749 §3.1.2; RFC 7591 §3.2.2; Auth0 docs, "Third-party
// applications".
func (r *Registration) checkRedirects(mode string) error {
	if len(r.RedirectURIs) == 0 {
		return InvalidRedirectURI("redirect_uris is required")
	}
	for _, raw := range r.RedirectURIs {
		u, err := url.Parse(raw)
		switch {
		case !ValidRedirect(raw) || strings.ContainsAny(raw, " \t\r\n"):
			return InvalidRedirectURI(fmt.Sprintf("%q is no URL that a browser can be redirected to", raw))
		case err == nil && u.Fragment != "" || strings.HasSuffix(raw, "#"):
			return InvalidRedirectURI(fmt.Sprintf("%q has a fragment", raw))
		case mode == SecurityModeStrict && strings.Contains(raw, "*"):
			return InvalidRedirectURI(fmt.Sprintf("%q has a wildcard", raw))
		}
	}
	return nil
}

func (r *Registration) settleAuthMethod() error {
	if r.JWKS != nil || r.JWKSURI != "" {
		return InvalidClientMetadata("jwks and jwks_uri are not supported")
	}
	switch r.AuthMethod {
	case "":
		r.AuthMethod = "client_secret_post"
	case "none", "client_secret_post", "client_secret_basic":
	default:
		return InvalidClientMetadata(fmt.Sprintf("token_endpoint_auth_method %q is not supported", r.AuthMethod))
	}
	switch r.ApplicationType {
	case "", "web", "native":
		return nil
	}
	return InvalidClientMetadata(fmt.Sprintf("application_type %q is not supported", r.ApplicationType))
}

// settleGrants checks the grants, fills them in, and makes sure that the
// response types go with them.
func (r *Registration) settleGrants(mode string) error {
	allowed := slices.Clone(strictGrants)
	if mode != SecurityModeStrict {
		allowed = append(allowed, GrantImplicit, GrantClientCredentials)
	}
	if len(r.GrantTypes) == 0 {
		r.GrantTypes = allowed
		if r.AuthMethod == "none" {
			r.GrantTypes = slices.DeleteFunc(slices.Clone(allowed), func(g string) bool { return g == GrantClientCredentials })
		}
	}
	for _, g := range r.GrantTypes {
		if !slices.Contains(allowed, g) {
			return InvalidClientMetadata(fmt.Sprintf("grant_type %q is not available to a client that registers itself", g)).
				WithHint("the tenant's dynamic_client_registration_security_mode is %q, where grant_types are %q", mode, allowed)
		}
	}
	if len(r.ResponseTypes) == 0 && slices.Contains(r.GrantTypes, GrantAuthorizationCode) {
		r.ResponseTypes = []string{"code"}
	}
	for _, t := range r.ResponseTypes {
		for word := range strings.FieldsSeq(t) {
			if grant := responseGrants[word]; grant == "" || !slices.Contains(r.GrantTypes, grant) {
				return InvalidClientMetadata(fmt.Sprintf("response_type %q does not go with the grant_types", t))
			}
		}
	}
	return nil
}

// appType is inferred: Auth0 documents no type of clients that register
// themselves.
func (r *Registration) appType() string {
	switch {
	case r.ApplicationType == "native":
		return "native"
	case r.AuthMethod == "none":
		return "spa"
	}
	return "regular_web"
}

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}
