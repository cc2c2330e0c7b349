package login

import (
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/tenant"
)

// flagScopeDescriptions shows the descriptions of scopes in the place of their
// names.
//
// Source: Auth0 docs, "Customize consent prompts"; Management API, PATCH
// /api/v2/tenants/settings, flags.
const flagScopeDescriptions = "use_scope_descriptions_for_consent"

// standardScopes mean something by themselves. They are keys of texts of ours.
var standardScopes = []string{
	tenant.ScopeProfile, tenant.ScopeEmail, tenant.ScopePhone, tenant.ScopeAddress, tenant.ScopeOpenID,
	tenant.ScopeOfflineAccess, tenant.ScopeOnlineAccess,
}

const screenScopes = "consent.scopes."

// consentLines say what the scopes allow. Scopes named action:resource are one
// line per resource; openid has one only where nothing else says who the user
// is.
//
// Source: Auth0 docs, "Customize consent prompts".
func consentLines(l ui.Look, api *tenant.ResourceServer, scopes []string, descriptions bool) []ui.ConsentLine {
	var lines []ui.ConsentLine
	for _, scope := range standardScopes {
		if slices.Contains(scopes, scope) && (scope != tenant.ScopeOpenID || len(lines) == 0) {
			lines = append(lines, ui.ConsentLine{Title: l.T(screenScopes + scope + "Title"), Text: l.T(screenScopes + scope)})
		}
	}
	resources, actions := []string{}, map[string][]string{}
	for _, scope := range scopes {
		action, resource, grouped := strings.Cut(scope, ":")
		switch {
		case tenant.OIDCScope(scope) || api == nil:
		case descriptions && description(api, scope) != "":
			lines = append(lines, ui.ConsentLine{Text: description(api, scope)})
		case descriptions || !grouped || action == "" || resource == "":
			lines = append(lines, ui.ConsentLine{Text: scope})
		default:
			if actions[resource] == nil {
				resources = append(resources, resource)
			}
			actions[resource] = append(actions[resource], spaced(action))
		}
	}
	for _, resource := range resources {
		words := spaced(resource)
		lines = append(lines, ui.ConsentLine{Title: capital(words), Text: l.T(screenScopes+"resource", "actions", and(l, actions[resource]), "resource", words)})
	}
	return lines
}

func description(api *tenant.ResourceServer, scope string) string {
	for _, s := range api.Scopes {
		if s.Value == scope {
			return s.Description
		}
	}
	return ""
}

// spaced is a name as people read it.
func spaced(name string) string { return strings.NewReplacer("_", " ", "-", " ").Replace(name) }

func capital(words string) string {
	first, rest := words[:1], words[1:]
	return strings.ToUpper(first) + rest
}

// and lists words: "read", "read and write", "read, write and delete".
func and(l ui.Look, words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return l.T(screenScopes+"and", "first", strings.Join(words[:last], ", "), "last", words[last])
}
