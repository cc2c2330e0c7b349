package tenant

// codeMethods are the authentication methods that send a code, by the
// attribute it is sent to.
//
// Source: Management API, POST /api/v2/connections,
// options.authentication_methods and options.attributes.
var codeMethods = map[string]string{AttributeEmail: "email_otp", AttributePhone: "phone_otp"}

// methodEnabled says what options.authentication_methods say of a method,
// otherwise where they say nothing.
func (c *Connection) methodEnabled(method string, otherwise bool) bool {
	methods, _ := c.Options["authentication_methods"].(map[string]any)
	settings, _ := methods[method].(map[string]any)
	if enabled, said := settings["enabled"].(bool); said {
		return enabled
	}
	return otherwise
}

// PasswordsEnabled says whether people of the database have passwords.
func (c *Connection) PasswordsEnabled() bool {
	return c.Database() && c.methodEnabled("password", true)
}

// SendsCodesTo says whether people of the database may log in with a code sent
// to the attribute. It must be one they log in with.
//
// Source: Auth0 docs, "Passwordless authentication on database connections".
func (c *Connection) SendsCodesTo(attribute string) bool {
	if !c.Database() || !c.Flexible() || !c.methodEnabled(codeMethods[attribute], false) {
		return false
	}
	for _, name := range c.Identifiers() {
		if name == attribute {
			return true
		}
	}
	return false
}

// CodeFirst says whether Universal Login asks for a code, and not for a
// password, once the attribute was typed.
//
// Source: Auth0 docs, "Passwordless authentication on database connections"
// (default_method). That a code is asked for where there are no passwords,
// whatever default_method says, is inferred.
func (c *Connection) CodeFirst(attribute string) bool {
	attributes, _ := c.Options["attributes"].(map[string]any)
	settings, _ := attributes[attribute].(map[string]any)
	identifier, _ := settings["identifier"].(map[string]any)
	return c.SendsCodesTo(attribute) && (identifier["default_method"] == codeMethods[attribute] || !c.PasswordsEnabled())
}

// SignsUpByCode says whether somebody unknown becomes a user of the database by
// the code sent to the attribute: it must be all that a user needs.
//
// Source: Auth0 docs, "Implicit signup and login for passwordless database
// connections".
func (c *Connection) SignsUpByCode(attribute string) bool {
	if c.SignupDisabled() || !c.SendsCodesTo(attribute) {
		return false
	}
	for _, a := range c.Attributes() {
		if a.Required && a.Name != attribute {
			return false
		}
	}
	return true
}

// AttributeOf is the attribute that a code would be sent to, by how what was
// typed looks: an address or a number; else "".
func AttributeOf(typed string) string {
	switch {
	case ValidEmail(typed):
		return AttributeEmail
	case ValidPhone(typed):
		return AttributePhone
	}
	return ""
}
