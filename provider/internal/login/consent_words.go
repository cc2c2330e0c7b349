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

// standardLines are the scopes that mean something by themselves, in words of
// ours.
var standardLines = []struct {
	scope string
	line  ui.ConsentLine
}{
	{tenant.ScopeProfile, ui.ConsentLine{Title: "Profile", Text: "access to your profile"}},
	{tenant.ScopeEmail, ui.ConsentLine{Title: "Email", Text: "access to your email address"}},
	{tenant.ScopePhone, ui.ConsentLine{Title: "Phone", Text: "access to your phone number"}},
	{tenant.ScopeAddress, ui.ConsentLine{Title: "Address", Text: "access to your postal address"}},
	{tenant.ScopeOpenID, ui.ConsentLine{Title: "Account", Text: "know which account is yours"}},
	{tenant.ScopeOfflineAccess, ui.ConsentLine{Title: "Offline access", Text: "keep this access while you are away"}},
	{tenant.ScopeOnlineAccess, ui.ConsentLine{Title: "Lasting access", Text: "keep this access while you are logged in"}},
}

// consentLines say what the scopes allow. Scopes named action:resource are one
// line per resource; openid has one only where nothing else says who the user
// is.
//
// Source: Auth0 docs, "Customize consent prompts".
func consentLines(api *tenant.ResourceServer, scopes []string, descriptions bool) []ui.ConsentLine {
	var lines []ui.ConsentLine
	for _, standard := range standardLines {
		if slices.Contains(scopes, standard.scope) && (standard.scope != tenant.ScopeOpenID || len(lines) == 0) {
			lines = append(lines, standard.line)
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
		lines = append(lines, ui.ConsentLine{Title: capital(words), Text: and(actions[resource]) + " your " + words})
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
func and(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
