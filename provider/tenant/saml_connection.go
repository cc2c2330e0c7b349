package tenant

// SAMLProvider is how a connection's SAML identity provider is reached, as far
// as the connection's options say.
//
// Source: Management API, POST /api/v2/connections, options of samlp.
type SAMLProvider struct {
	// SignInEndpoint takes requests. MetadataURL and MetadataXML stand in for
	// it and for the certificate.
	SignInEndpoint, MetadataURL, MetadataXML string
	// Certificate signs the provider's answers: PEM, or PEM or DER in base64.
	Certificate string
	// EntityID is what the connection is called at the provider, "" for the
	// usual name.
	EntityID string
	// Signed says that requests are signed, SignatureAlgorithm how; Posted that
	// they go by form and not by redirect.
	Signed             bool
	SignatureAlgorithm string
	Posted             bool
	// IDPInitiated says what becomes of answers that nobody asked for, nil that
	// they are refused.
	IDPInitiated *IDPInitiated
}

// IDPInitiated is the application that a login goes to which began at the
// identity provider. Query are the parameters of its authorization request.
type IDPInitiated struct{ ClientID, Protocol, Query string }

// bindingPost is the SAML binding that sends a form.
const bindingPost = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"

// SAMLProvider is the identity provider that the connection's options describe;
// ok is false for connections of other strategies.
func (c *Connection) SAMLProvider() (p SAMLProvider, ok bool) {
	if c.Strategy != "samlp" {
		return p, false
	}
	text := func(name string) string { s, _ := c.Options[name].(string); return s }
	p = SAMLProvider{
		SignInEndpoint: text("signInEndpoint"), MetadataURL: text("metadataUrl"), MetadataXML: text("metadataXml"),
		Certificate: or(text("signingCert"), text("cert")), EntityID: text("entityId"),
		Signed: c.Options["signSAMLRequest"] == true, SignatureAlgorithm: or(text("signatureAlgorithm"), "rsa-sha256"),
		Posted: text("protocolBinding") == bindingPost,
	}
	if settings, _ := c.Options["idpinitiated"].(map[string]any); settings["enabled"] == true {
		said := texts(settings)
		p.IDPInitiated = &IDPInitiated{ClientID: said["client_id"], Protocol: said["client_protocol"], Query: said["client_authorizequery"]}
	}
	return p, true
}

// Door is the URL that says where the provider is, "" for a connection that
// names none.
func (p SAMLProvider) Door() string { return or(p.SignInEndpoint, p.MetadataURL) }

// samlClaims are the names under which an assertion may have what a profile
// calls otherwise.
//
// Source: Auth0 docs, "Connect your app to SAML identity providers" (default
// mappings).
var samlClaims = map[string][]string{
	"user_id": {
		samlClaim + "nameidentifier", samlClaim + "upn", samlClaim + "name",
	},
	"email":       {samlClaim + "emailaddress"},
	"name":        {samlClaim + "name"},
	"given_name":  {samlClaim + "givenname"},
	"family_name": {samlClaim + "surname"},
	"groups":      {"http://schemas.xmlsoap.org/claims/Group"},
}

const samlClaim = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"

// MapSAML is what an assertion says about a person, under the names that
// profiles have for it; what has no name there keeps its own. The person's id
// is under `sub`. nameID stands for nameidentifier where the assertion has no
// such attribute.
//
// Source: Management API, POST /api/v2/connections, options.fieldsMap,
// options.user_id_attribute.
func (c *Connection) MapSAML(nameID string, attributes map[string]any) map[string]any {
	said := map[string]any{samlClaim + "nameidentifier": nameID}
	for name, value := range attributes {
		said[name] = value
	}
	fields := map[string][]string{}
	for name, from := range samlClaims {
		fields[name] = from
	}
	custom, _ := c.Options["fieldsMap"].(map[string]any)
	for name, from := range custom {
		switch from := from.(type) {
		case string:
			fields[name] = []string{from}
		case []any:
			fields[name] = nil
			for _, one := range from {
				if one, ok := one.(string); ok {
					fields[name] = append(fields[name], one)
				}
			}
		}
	}
	if id, _ := c.Options["user_id_attribute"].(string); id != "" {
		fields["user_id"] = append([]string{id}, fields["user_id"]...)
	}
	profile, used := map[string]any{}, map[string]bool{}
	for name, from := range fields {
		for _, attribute := range from {
			used[attribute] = true
			if value, there := said[attribute]; there && profile[name] == nil {
				profile[name] = value
			}
		}
	}
	for name, value := range said {
		if _, taken := profile[name]; !used[name] && !taken {
			profile[name] = value
		}
	}
	profile["sub"] = profile["user_id"]
	delete(profile, "user_id")
	return profile
}
