package token

import (
	"fmt"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// explainAccessToken reads a user's access token. Whether `permissions` is
// missing, empty or filled is the quickest fork: missing means a switch, empty
// means the switches are right and nothing is assigned.
//
// Source: Auth0 support articles on the empty permissions claim; Auth0 docs,
// "Enable RBAC for APIs".
func (x *explainer) explainAccessToken() {
	c := x.read.claims
	x.out.Verdict = fmt.Sprintf("It is an access token of %s for %s, on behalf of %s.", x.app(), quote(x.audience()), x.who())
	x.chain()
	x.again()
	switch {
	case x.api == nil:
		x.because(x.unknownAPI())
	case x.wantsOther():
		x.because(x.otherAPIWanted())
	case len(c.list("permissions")) > 0:
		x.because(x.whyFilled())
	case c.has("permissions"):
		x.because(x.whyEmptyList())
	default:
		x.because(x.whyAbsent())
	}
	x.notLinked()
	if x.api != nil && x.api.Alg() == "HS256" && slices.Contains(c.scopes(), tenant.ScopeOpenID) {
		x.note("%s signs with HS256, so its tokens do not work at /userinfo; RS256 would change that.", apiName(x.api))
	}
}

// again says how to see that the fix worked.
func (x *explainer) again() {
	if x.api == nil {
		return
	}
	expected := x.api.ScopeValues()
	if roles := x.helpful(); len(roles) > 0 {
		expected = x.gives(roles[0].ID)
	}
	if x.user != nil && len(x.assigned()) > 0 {
		expected = x.assigned()
	}
	x.out.Again = fmt.Sprintf("Then sign in again, since tokens never change, and look at the access token (not the ID token): "+
		"aud must contain %s and permissions must list %s.", quote(x.api.Identifier), quoteAll(expected))
}

func (x *explainer) unknownAPI() why {
	aud := x.audience()
	w := why{cause: fmt.Sprintf("The token is for %s, and no API of this tenant has that identifier.", quote(aud)),
		fix: "Compare the audience that was requested with the identifiers of the tenant's APIs.", certain: true}
	if h := x.hint(aud); h != "" {
		w.fix = strings.TrimSpace(h)
	}
	return w
}

// wantsOther says whether the token is for another API than the one wanted.
func (x *explainer) wantsOther() bool {
	return x.Wanted != "" && !slices.Contains(x.read.claims.list("aud"), x.Wanted)
}

// otherAPIWanted: each API needs a token of its own.
//
// Source: Auth0 docs, "Access tokens" (one custom API per token).
func (x *explainer) otherAPIWanted() why {
	wanted := quote(x.Wanted)
	if api := x.dir.ResourceServer(x.Wanted); api != nil {
		wanted = fmt.Sprintf("%s (%s)", apiName(api), quote(api.Identifier))
	} else if h := x.hint(x.Wanted); h != "" {
		return why{cause: fmt.Sprintf("The token is for %s, and no API has the identifier %s.", quote(x.audience()), wanted),
			fix: strings.TrimSpace(h), certain: true}
	}
	return why{
		cause:   fmt.Sprintf("This token is for %s, and permissions of %s are only in tokens made for that API.", quote(x.audience()), wanted),
		fix:     fmt.Sprintf("Ask for a separate token with audience=%s.", x.Wanted),
		certain: true,
	}
}

// whyFilled: the claim holds something. What is left is a change since, a
// scope, or a recipient that refuses the token for other reasons.
func (x *explainer) whyFilled() why {
	if x.decision != nil && x.stale() && x.ours(x.read.claims.text("iss")) {
		return x.whyStale()
	}
	if w, found := x.whyScope(); found {
		return w
	}
	if w, found := x.whyInvalid(); found {
		return w
	}
	return x.right()
}

func (x *explainer) whyEmptyList() why {
	switch {
	case x.refused != nil:
		return x.whyRefused()
	case len(x.decision.Permissions) > 0:
		return x.whyStale()
	case !x.decision.HasPermissions:
		return x.whySwitches()
	}
	return x.whyEmpty()
}

func (x *explainer) whyAbsent() why {
	switch {
	case x.refused != nil:
		return x.whyRefused()
	case x.decision.HasPermissions && len(x.decision.Permissions) > 0:
		return x.whyStale()
	case x.decision.HasPermissions:
		return x.whyEmpty()
	}
	if w, found := x.scriptSetsPermissions(); found {
		return w
	}
	if !x.api.RBAC() && !x.api.PermissionsInToken() {
		if w, found := x.whyScope(); found {
			return w
		}
	}
	return x.whySwitches()
}

// whySwitches repeats what Decide says about the API's two switches.
func (x *explainer) whySwitches() why {
	if r := x.reason(ReasonPermissionsNeedRBAC, ReasonPermissionsDialect, ReasonPermissionsRBACOff); r != nil {
		return why{r.Sentence, r.Fix, true}
	}
	return x.right()
}

// whyRefused: the tenant would not make such a token any more.
func (x *explainer) whyRefused() why {
	e, _ := x.refused.(*tenant.Error) //nolint:errorlint // Decide returns it bare
	if e == nil {
		return why{cause: "The tenant would refuse this request now.", fix: "See the checks."}
	}
	return why{
		cause: fmt.Sprintf("The tenant would refuse this request now: %s.", strings.TrimSuffix(e.Description, ".")),
		fix: fmt.Sprintf("Create a client grant for %s with audience %s and subject_type \"user\", or set subject_type_authorization.user.policy of %s to \"allow_all\".",
			x.app(), quote(x.api.Identifier), apiName(x.api)),
		certain: true,
	}
}

// whyStale: the tenant would now put something else into the token.
func (x *explainer) whyStale() why {
	c := x.read.claims
	now := "no permissions claim"
	if x.decision.HasPermissions {
		now = "permissions " + quoteAll(x.decision.Permissions)
	}
	if !x.ours(c.text("iss")) {
		return why{
			cause: fmt.Sprintf("This token was issued by %s and not by this tenant, which would give it %s.", quote(c.text("iss")), now),
			fix:   fmt.Sprintf("Point the application at %s, or make the same settings there.", quote(x.Issuer)), certain: true,
		}
	}
	fix := "Sign in again or refresh: a token that was issued never changes (auth0-spa-js: getTokenSilently({ cacheMode: 'off' }))."
	if s, when := x.changedSince(c.time("iat")); s != nil {
		return why{
			cause: fmt.Sprintf("The token was issued at %s, before %s changed at %s; a new one would have %s.",
				at(c.time("iat")), x.entry(*s), at(when), now),
			fix: fix, certain: true,
		}
	}
	return why{
		cause: fmt.Sprintf("The token is probably older than the last change of its settings or roles: a new one would have %s.", now),
		fix:   fix,
	}
}

// whyInvalid: what makes recipients refuse a token that holds the right things.
func (x *explainer) whyInvalid() (why, bool) {
	c := x.read.claims
	switch {
	case !x.ours(c.text("iss")):
		return x.wrongTenant(), true
	case x.out.SignatureValid != nil && !*x.out.SignatureValid:
		return why{
			cause: "The token names this tenant as its issuer, but its signature does not hold: it was changed, or signed with a key the tenant no longer has.",
			fix:   "Sign in again for a fresh token.", certain: true,
		}, true
	case x.out.Expired:
		return why{
			cause: fmt.Sprintf("The token holds the right things and has expired at %s.", at(c.time("exp"))),
			fix:   "Sign in again or refresh for a fresh one.", certain: true,
		}, true
	}
	return why{}, false
}

func (x *explainer) wrongTenant() why {
	iss := x.read.claims.text("iss")
	if strings.TrimSuffix(iss, "/") == strings.TrimSuffix(x.Issuer, "/") && iss != "" {
		return why{
			cause: fmt.Sprintf("The token's issuer is %s and this tenant's is %s: they differ in the slash at the end.", quote(iss), quote(x.Issuer)),
			fix:   fmt.Sprintf("Use %s, with the slash, wherever an issuer is expected.", quote(x.Issuer)), certain: true,
		}
	}
	return why{
		cause: fmt.Sprintf("This token was issued by %s, and this tenant is %s.", quote(iss), quote(x.Issuer)),
		fix:   "Let the application and the API use the same tenant and the same domain.", certain: true,
	}
}

// right is the answer where the token lacks nothing.
func (x *explainer) right() why {
	x.out.Again = "" // nothing is to be changed
	c := x.read.claims
	permissions := c.list("permissions")
	missing := without(permissions, c.scopes())
	if len(missing) == 0 {
		return why{
			cause:   fmt.Sprintf("This token is right: permissions and scope both hold %s.", quoteAll(permissions)),
			fix:     "If the API still refuses it, compare the audience and the issuer (slash included) that the API expects with aud and iss.",
			certain: true,
		}
	}
	return why{
		cause: fmt.Sprintf("This token is right: permissions holds %s of %s, while scope lists only what the application asked for.",
			quoteAll(permissions), apiName(x.api)),
		fix: fmt.Sprintf("If the API still refuses it, let it check permissions instead of scope, or request scope %s.",
			quote(strings.Join(append([]string{"openid profile email"}, missing[0]), " "))),
		certain: true,
	}
}
