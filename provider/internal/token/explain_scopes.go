package token

import (
	"fmt"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// whyScope says why a scope that was asked for is not in the token. Only the
// tenant's memory of the request tells what was asked for.
//
// Source: Auth0 docs, "Scopes", "Get refresh tokens", "Refresh token exchange".
func (x *explainer) whyScope() (why, bool) {
	if x.request == nil || x.decision == nil {
		return why{}, false
	}
	got := x.read.claims.scopes()
	missing := without(x.request.Scopes, got)
	for _, scope := range missing {
		if w, found := x.whyScopeMissing(scope); found {
			return w, true
		}
	}
	if left := without(x.request.Narrowed, got); len(left) > 0 {
		return why{
			cause:   fmt.Sprintf("Scope %s was granted at login, and the exchange of the refresh token asked for less.", quoteAll(left)),
			fix:     "Send no scope with the exchange, or name it there too.",
			certain: true,
		}, true
	}
	return why{}, false
}

func (x *explainer) whyScopeMissing(scope string) (why, bool) {
	if scope == tenant.ScopeOfflineAccess {
		if r := x.reason(ReasonOfflineAPI, ReasonOfflineGrantType, ReasonOfflineImplicit); r != nil {
			return why{"Scope \"offline_access\" was dropped and no refresh token issued: " + lowerFirst(r.Sentence), r.Fix, true}, true
		}
	}
	for _, r := range x.out.Reasons {
		if r.About == aboutScope+" "+scope && r.Outcome == Withheld {
			return why{fmt.Sprintf("Scope %s was requested and dropped: %s", quote(scope), lowerFirst(r.Sentence)), x.scopeFix(r), true}, true
		}
	}
	if !x.decision.Has(scope) || tenant.OIDCScope(scope) {
		return why{}, false
	}
	if s := x.scriptChangesScope(); s != nil {
		return why{
			cause: fmt.Sprintf("Scope %s would be granted, and %s changes the scopes of tokens.", quote(scope), s.name()),
			fix:   "Look for removeScope or accessToken.scope in it.",
		}, true
	}
	if x.request.Flow == FlowRefresh {
		return why{
			cause:   fmt.Sprintf("Scope %s was asked for in a refresh, which can only give scopes of the login it began with.", quote(scope)),
			fix:     "Log in again and request it there.",
			certain: true,
		}, true
	}
	return why{
		cause: fmt.Sprintf("Scope %s was requested when it could not be granted, and now could be.", quote(scope)),
		fix:   "Sign in again.",
	}, true
}

// scopeFix adds the role's name to Decide's advice where an assignment lacks.
func (x *explainer) scopeFix(r Reason) string {
	if r.Code != ReasonScopeNotAssigned {
		return r.Fix
	}
	scope := strings.TrimPrefix(r.About, aboutScope+" ")
	for _, role := range x.helpful() {
		if slices.Contains(x.gives(role.ID), scope) {
			return fmt.Sprintf("Give %s role %s, which has it%s.", x.who(), quote(role.Name), x.within())
		}
	}
	return fmt.Sprintf("Give %s a role that has %s of %s%s.", x.who(), quote(scope), apiName(x.api), x.within())
}

// within is where a role has to be given, "" for outside of organizations.
func (x *explainer) within() string {
	if x.org == nil {
		return ""
	}
	return ", in organization " + quote(x.org.Name)
}

func lowerFirst(s string) string {
	if strings.HasPrefix(s, "RBAC") || strings.HasPrefix(s, "API") || s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
