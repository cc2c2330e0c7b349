package tenant

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Attributes a user of a database may be known by.
//
// Source: Management API, POST /api/v2/connections, options.attributes.
const (
	AttributeEmail    = "email"
	AttributePhone    = "phone_number"
	AttributeUsername = "username"
)

// Attribute is one thing that a database asks of those who sign up, and may
// log them in by.
//
// Source: Auth0 docs, "Activate and configure attributes for flexible
// identifiers".
type Attribute struct {
	// Name is one of the Attribute constants.
	Name string
	// Identifier says that people may log in with it.
	Identifier bool
	// Asked says that sign-up asks for it, Required that it insists.
	Asked, Required bool
	// VerifyByCode sends a code during the sign-up, where otherwise a mail
	// with a link follows it.
	VerifyByCode bool
}

// Attributes are what the database asks for, in the order of its sign-up page.
// A database without options.attributes asks for an e-mail address, and for a
// username where it requires one; a passwordless connection, for what its codes
// are sent to.
//
// Source: Auth0 docs, "Activate and configure attributes for flexible
// identifiers", "Adding username for database connections".
func (c *Connection) Attributes() []Attribute {
	switch c.Strategy {
	case StrategyEmail:
		return []Attribute{{Name: AttributeEmail, Identifier: true, Asked: true, Required: true}}
	case StrategySMS:
		return []Attribute{{Name: AttributePhone, Identifier: true, Asked: true, Required: true}}
	}
	given, flexible := c.Options["attributes"].(map[string]any)
	if !flexible {
		list := []Attribute{{Name: AttributeEmail, Identifier: true, Asked: true, Required: true}}
		if c.RequiresUsername() {
			list = append(list, Attribute{Name: AttributeUsername, Identifier: true, Asked: true, Required: true})
		}
		return list
	}
	var list []Attribute
	for _, name := range []string{AttributeEmail, AttributePhone, AttributeUsername} {
		if settings, ok := given[name].(map[string]any); ok {
			list = append(list, attributeOf(name, settings))
		}
	}
	return list
}

func attributeOf(name string, settings map[string]any) Attribute {
	a := Attribute{Name: name}
	identifier, _ := settings["identifier"].(map[string]any)
	a.Identifier, _ = identifier["active"].(bool)
	signup, _ := settings["signup"].(map[string]any)
	switch status, _ := signup["status"].(string); status {
	case "required":
		a.Asked, a.Required = true, true
	case "optional":
		a.Asked = true
	case "":
		a.Asked, a.Required = a.Identifier, a.Identifier
	}
	if required, _ := settings["profile_required"].(bool); required {
		a.Asked, a.Required = true, true
	}
	method, _ := settings["verification_method"].(string)
	verification, _ := signup["verification"].(map[string]any)
	active, said := verification["active"].(bool)
	// A number can only be verified by a code, and an address is by a link
	// unless a code is chosen.
	switch name {
	case AttributeEmail:
		a.VerifyByCode = method == "otp" && (active || !said)
	case AttributePhone:
		a.VerifyByCode = active
	}
	return a
}

// Flexible says whether the database has attributes of its own choosing.
func (c *Connection) Flexible() bool { _, ok := c.Options["attributes"].(map[string]any); return ok }

// Identifiers are the attributes that people may log in with.
func (c *Connection) Identifiers() []string {
	var names []string
	for _, a := range c.Attributes() {
		if a.Identifier {
			names = append(names, a.Name)
		}
	}
	return names
}

// Identifies says whether people may log in with what was typed: a username
// is no identifier of a database that has only e-mail addresses.
func (c *Connection) Identifies(user *User, typed string) bool {
	names := c.Identifiers()
	typed = strings.TrimSpace(typed)
	for name, value := range map[string]string{AttributeEmail: user.Email, AttributePhone: user.PhoneNumber, AttributeUsername: user.Username} {
		if value != "" && strings.EqualFold(value, typed) {
			// A user who was given a username keeps it, whatever the options say.
			return slices.Contains(names, name) || !c.Flexible()
		}
	}
	return false
}

var usernamePattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^[a-zA-Z0-9_+\\-.!#$^`~@']*$") })

// UsernameLimits are how long a username of the database may be, in
// characters.
//
// Source: Auth0 docs, "Adding username for database connections"; Management
// API, POST /api/v2/connections, options.validation and
// options.attributes.username.validation.
func (c *Connection) UsernameLimits() (least, most int) {
	least, most = 1, 15
	attributes, _ := c.Options["attributes"].(map[string]any)
	username, _ := attributes[AttributeUsername].(map[string]any)
	for _, options := range []map[string]any{c.Options, username} {
		validation, _ := options["validation"].(map[string]any)
		limits, _ := validation["username"].(map[string]any)
		for _, given := range []any{limits["min"], validation["min_length"]} {
			if n := wholeNumber(given); n > 0 {
				least = n
			}
		}
		for _, given := range []any{limits["max"], validation["max_length"]} {
			if n := wholeNumber(given); n > 0 {
				most = n
			}
		}
	}
	return least, most
}

// ValidUsername says whether the text is made as usernames are. An e-mail
// address is none.
//
// Source: Auth0 docs, "Adding username for database connections". Observed:
// Lock, field/username.
func ValidUsername(s string) bool { return usernamePattern().MatchString(s) && !ValidEmail(s) }
