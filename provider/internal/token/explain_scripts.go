package token

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// What custom code does to tokens, as far as its text shows.
//
// Source: Auth0 docs, "Actions triggers: post-login, API object", "Create
// custom claims", Rules' `context`.
var (
	setsClaim = regexp.MustCompile(`setCustomClaim\(\s*['"\x60]([^'"\x60]+)['"\x60]` +
		`|(?:idToken|accessToken)\.([A-Za-z_]+)\s*=[^=]` +
		`|(?:idToken|accessToken)\[\s*['"\x60]([^'"\x60]+)['"\x60]\s*\]\s*=[^=]`)
	changesScope     = regexp.MustCompile(`removeScope\(|addScope\(|accessToken\.scope\s*=[^=]`)
	readsPermissions = regexp.MustCompile(`event\.authorization\??\.permissions`)
)

func (s Script) name() string {
	kind := s.Kind
	if kind == "" {
		kind = "script"
	}
	return strings.ToUpper(kind[:1]) + kind[1:] + " " + quote(s.Name)
}

// claims are the names the script gives to claims.
func (s Script) claims() []string {
	var names []string
	for _, m := range setsClaim.FindAllStringSubmatch(s.Code, -1) {
		if name := cmp.Or(m[1:]...); name != "scope" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func (x *explainer) checkScripts() {
	for _, s := range x.Scripts {
		for _, name := range s.claims() {
			switch {
			case ReservedClaim(name):
				x.check(false, nil, "%s sets claim %s; the name is reserved, so the claim is discarded without a word.", s.name(), quote(name))
			case ForbiddenNamespace(name):
				x.check(false, nil, "%s sets claim %s; the namespace belongs to Auth0, so the claim is discarded.", s.name(), quote(name))
			}
		}
		if changesScope.MatchString(s.Code) {
			x.unsure("%s changes the scope of tokens; permissions it cannot change.", s.name())
		}
		if readsPermissions.MatchString(s.Code) {
			x.check(false, nil, "%s reads event.authorization.permissions, which does not exist; only roles are there.", s.name())
		}
	}
}

// scriptSetsPermissions: somebody tried to add the claim by code instead of by
// the API's switches.
func (x *explainer) scriptSetsPermissions() (why, bool) {
	for _, s := range x.Scripts {
		if slices.Contains(s.claims(), "permissions") {
			return why{
				cause: fmt.Sprintf("%s sets a claim named \"permissions\", and since that name is reserved the claim is discarded without a word.", s.name()),
				fix: fmt.Sprintf("Switch on %s and %s for %s, or use a namespaced name such as \"https://example.test/permissions\".",
					enableRBACToggle, addPermissionsToggle, apiName(x.api)),
				certain: true,
			}, true
		}
	}
	return why{}, false
}

func (x *explainer) scriptChangesScope() *Script {
	for i, s := range x.Scripts {
		if changesScope.MatchString(s.Code) {
			return &x.Scripts[i]
		}
	}
	return nil
}
