package tenant

import (
	"encoding/json"
	"slices"
	"strings"
)

// Provider is how a connection's identity provider is reached, as far as the
// connection's options say.
//
// Source: Management API, POST /api/v2/connections, options of oidc, okta and
// oauth2.
//
// Differs: Auth0 takes these options for the strategies of OpenID Connect and
// OAuth 2.0 only; here any but those of SAML may name a stand-in.
type Provider struct {
	// DiscoveryURL is where the provider describes itself, "" where the options
	// say all there is to say.
	DiscoveryURL string
	ProviderMetadata
	ClientID, ClientSecret string
	// PlainOAuth says that there is no ID token: who the person is, a script
	// finds out, or the UserinfoEndpoint says.
	PlainOAuth bool
	// Script is the JavaScript that fetches the person's profile, "" for none.
	Script string
	// FrontChannel says that the ID token comes through the browser.
	FrontChannel bool
	// PKCE is auto, S256, plain or disabled.
	PKCE string
	// Nonce says that the request names one although the ID token comes by the
	// back channel.
	Nonce bool
	// Algorithms may sign the ID token.
	Algorithms []string
	// AuthMethod is that of the token endpoint.
	AuthMethod string
	// Headers are sent to the token endpoint.
	Headers map[string]string
}

// ProviderMetadata is what an OpenID provider says about itself.
//
// Source: OpenID Connect Discovery 1.0 §3; RFC 9207 §3.
type ProviderMetadata struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	UserinfoEndpoint      string   `json:"userinfo_endpoint"`
	JWKSURI               string   `json:"jwks_uri"`
	ChallengeMethods      []string `json:"code_challenge_methods_supported"`
	NamesIssuer           bool     `json:"authorization_response_iss_parameter_supported"`
}

// Over is the metadata with what m lacks taken from the other.
func (m ProviderMetadata) Over(other ProviderMetadata) ProviderMetadata {
	for _, f := range []struct{ of, from *string }{
		{&m.Issuer, &other.Issuer}, {&m.AuthorizationEndpoint, &other.AuthorizationEndpoint}, {&m.TokenEndpoint, &other.TokenEndpoint},
		{&m.UserinfoEndpoint, &other.UserinfoEndpoint}, {&m.JWKSURI, &other.JWKSURI},
	} {
		if *f.of == "" {
			*f.of = *f.from
		}
	}
	if m.ChallengeMethods == nil {
		m.ChallengeMethods = other.ChallengeMethods
	}
	m.NamesIssuer = m.NamesIssuer || other.NamesIssuer
	return m
}

// Door is the URL that says where the provider is: its authorization endpoint,
// or where that is found. It is "" for a connection that names none.
func (p Provider) Door() string {
	if p.AuthorizationEndpoint != "" {
		return p.AuthorizationEndpoint
	}
	return p.DiscoveryURL
}

// Complete says whether no discovery is needed.
func (p Provider) Complete() bool {
	switch {
	case p.PlainOAuth:
		return true
	case p.FrontChannel:
		return p.Issuer != "" && p.AuthorizationEndpoint != "" && p.JWKSURI != ""
	}
	return p.Issuer != "" && p.AuthorizationEndpoint != "" && p.JWKSURI != "" && p.TokenEndpoint != ""
}

// otherProtocols are the strategies of providers that speak no OAuth 2.0.
var otherProtocols = []string{"samlp", "adfs", "pingfederate", "ad", "auth0-adldap", "ip", "sharepoint", "mscrm", "oauth1"}

const wellKnown = "/.well-known/openid-configuration"

// defaultAlgorithm signs ID tokens unless the connection says otherwise.
//
// Source: OpenID Connect Dynamic Client Registration 1.0 §2
// (id_token_signed_response_alg).
const defaultAlgorithm = "RS256"

// Provider is the identity provider that the connection's options describe.
func (c *Connection) Provider() Provider {
	text := func(name string) string { s, _ := c.Options[name].(string); return s }
	p := Provider{ClientID: text("client_id"), ClientSecret: text("client_secret"), PKCE: "auto", Algorithms: []string{defaultAlgorithm}}
	if !c.Upstream() || slices.Contains(otherProtocols, c.Strategy) {
		return p
	}
	p.AuthMethod = text("token_endpoint_auth_method")
	if c.Strategy == "oauth2" {
		p.PlainOAuth = true
		p.AuthorizationEndpoint, p.TokenEndpoint, p.UserinfoEndpoint = text("authorizationURL"), text("tokenURL"), text("userInfoURL")
		scripts, _ := c.Options["scripts"].(map[string]any)
		p.Script, _ = scripts["fetchUserProfile"].(string)
		p.PKCE = "disabled"
		if c.Options["pkce_enabled"] == true {
			p.PKCE = "S256"
		}
		p.Headers = texts(c.Options["customHeaders"])
		return p
	}
	p.ProviderMetadata = ProviderMetadata{
		Issuer: text("issuer"), AuthorizationEndpoint: text("authorization_endpoint"), TokenEndpoint: text("token_endpoint"),
		UserinfoEndpoint: text("userinfo_endpoint"), JWKSURI: text("jwks_uri"),
	}.Over(metadataOf(c.Options["oidc_metadata"]))
	p.FrontChannel = c.Strategy == "oidc" && text("type") != "back_channel"
	p.Nonce = p.FrontChannel || c.Options["send_back_channel_nonce"] == true
	if settings := texts(c.Options["connection_settings"]); settings["pkce"] != "" {
		p.PKCE = settings["pkce"]
	}
	if list, _ := c.Options["id_token_signed_response_algs"].([]any); len(list) > 0 {
		p.Algorithms = nil
		for _, alg := range list {
			if alg, ok := alg.(string); ok {
				p.Algorithms = append(p.Algorithms, alg)
			}
		}
	}
	switch {
	case text("discovery_url") != "":
		p.DiscoveryURL = text("discovery_url")
	case p.Issuer != "":
		p.DiscoveryURL = strings.TrimSuffix(p.Issuer, "/") + wellKnown
	case c.Strategy == "okta" && text("domain") != "":
		p.DiscoveryURL = "https://" + text("domain") + wellKnown
	}
	return p
}

// texts are the members of an object that are texts.
func texts(object any) map[string]string {
	m, _ := object.(map[string]any)
	out := make(map[string]string, len(m))
	for name, value := range m {
		if s, ok := value.(string); ok {
			out[name] = s
		}
	}
	return out
}

// metadataOf reads oidc_metadata, what Auth0 kept of the provider's description.
func metadataOf(object any) (m ProviderMetadata) {
	data, err := json.Marshal(object)
	if err == nil {
		_ = json.Unmarshal(data, &m) // what is of another type is not there
	}
	return m
}
