package login

import (
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// identifiersOf are the attributes that people may name themselves by, at one
// of the databases.
func identifiersOf(connections []*tenant.Connection) []string {
	var names []string
	for _, name := range []string{tenant.AttributePhone, tenant.AttributeUsername, tenant.AttributeEmail} {
		if slices.ContainsFunc(connections, func(c *tenant.Connection) bool { return slices.Contains(c.Identifiers(), name) }) {
			names = append(names, words[name])
		}
	}
	return names
}

// words are what the keys of texts call the attributes.
var words = map[string]string{tenant.AttributePhone: "phone", tenant.AttributeUsername: "username", tenant.AttributeEmail: "email"}

// placeholder is the key of the label of the first field.
func placeholder(identifiers []string) string {
	switch {
	case len(identifiers) == 0:
		return "emailPlaceholder"
	case oneWord(identifiers) == "username":
		return "usernameOnlyPlaceholder" // usernamePlaceholder means an address too
	}
	key := identifiers[0]
	for _, word := range identifiers[1:] {
		key += "Or" + strings.ToUpper(word[:1]) + word[1:]
	}
	return key + "Placeholder"
}

// oneWord is the only identifier, "" if there are several.
func oneWord(identifiers []string) string {
	if len(identifiers) == 1 {
		return identifiers[0]
	}
	return ""
}
