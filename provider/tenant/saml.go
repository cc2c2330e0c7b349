package tenant

import "encoding/json"

// SAMLAddon is a Client's "SAML2 Web App" addon: the tenant is the identity
// provider, the Client a service provider, and this is what the one tells the
// other. Fields that are nil or empty have the defaults of the accessors.
//
// Source: Auth0 docs, "SAML identity provider configuration settings".
type SAMLAddon struct {
	Audience    string `json:"audience"`
	Recipient   string `json:"recipient"`
	Destination string `json:"destination"`
	Issuer      string `json:"issuer"`
	// Mappings are the names of attributes, by the property of the profile; a
	// value is one name or several.
	Mappings             map[string]any `json:"mappings"`
	CreateUPNClaim       *bool          `json:"createUpnClaim"`
	PassthroughClaims    *bool          `json:"passthroughClaimsWithNoMapping"`
	MapUnknownClaimsAsIs bool           `json:"mapUnknownClaimsAsIs"`
	MapIdentities        *bool          `json:"mapIdentities"`
	TypedAttributes      *bool          `json:"typedAttributes"`
	AttributeNameFormat  *bool          `json:"includeAttributeNameFormat"`
	// SignatureAlgorithm is "rsa-sha1" or "rsa-sha256".
	SignatureAlgorithm string `json:"signatureAlgorithm"`
	// LifetimeInSeconds is how long the assertion may be used.
	LifetimeInSeconds int `json:"lifetimeInSeconds"`
	// SignResponse signs the response in place of the assertion.
	SignResponse         bool     `json:"signResponse"`
	NameIdentifierFormat string   `json:"nameIdentifierFormat"`
	NameIdentifierProbes []string `json:"nameIdentifierProbes"`
	AuthnContextClassRef string   `json:"authnContextClassRef"`
	// SigningCert is the service provider's certificate in PEM; with it, its
	// requests must be signed.
	SigningCert string `json:"signingCert"`
	// Logout says where answers to logout requests go, Binding how.
	Logout struct {
		Callback string `json:"callback"`
	} `json:"logout"`
	Binding string `json:"binding"`
}

// SAML is the Client's SAML addon, nil if it has none. An addon whose settings
// have wrong types counts as one without settings.
func (c *Client) SAML() *SAMLAddon {
	settings, enabled := c.Addons["samlp"].(map[string]any)
	if !enabled {
		return nil
	}
	addon := &SAMLAddon{}
	raw, err := json.Marshal(settings)
	if err != nil || json.Unmarshal(raw, addon) != nil {
		addon = &SAMLAddon{}
	}
	if addon.LifetimeInSeconds <= 0 {
		addon.LifetimeInSeconds = 3600
	}
	addon.SignatureAlgorithm = or(addon.SignatureAlgorithm, "rsa-sha1")
	addon.NameIdentifierFormat = or(addon.NameIdentifierFormat, "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified")
	addon.AuthnContextClassRef = or(addon.AuthnContextClassRef, "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified")
	return addon
}

func or(s, other string) string {
	if s != "" {
		return s
	}
	return other
}
