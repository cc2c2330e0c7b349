package token

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// explainIDToken: the most frequent case of all. An ID token tells the
// application who logged in; it never holds permissions.
//
// Source: Auth0 docs, "ID tokens", "Access tokens"; community reports.
func (x *explainer) explainIDToken() {
	x.out.Verdict = fmt.Sprintf("It is the ID token of %s: its aud (%s) is the application's client_id, and it was made for the application, not for an API.",
		x.app(), quote(x.audience()))
	w := why{
		cause:   fmt.Sprintf("This is the ID token of %s, and permissions are never in an ID token, only in an access token made for your API.", x.app()),
		certain: true,
	}
	switch {
	case x.request != nil && x.request.Audience != "" && !x.request.AccessTokenOpaque:
		w.fix = fmt.Sprintf("Use the access token of the same login (access_token, accessToken), which is for %s, and send that one to the API.",
			quote(x.request.Audience))
	case x.dir.Settings().DefaultAudience != "" && (x.request == nil || !x.request.AccessTokenOpaque):
		w.fix = fmt.Sprintf("Use the access token of the same login (access_token, accessToken), which is for the default audience %s.",
			quote(x.dir.Settings().DefaultAudience))
	default:
		w.fix = fmt.Sprintf("Request audience=%s at login, and send the access token (access_token, accessToken) to the API instead.", x.identifier())
	}
	x.because(w)
	x.checkAudience()
	x.noteFactor()
	x.chain()
	x.again()
	x.notLinked()
	x.places()
}

// noteFactor says why the ID token tells of a second factor or not.
func (x *explainer) noteFactor() {
	if x.request == nil || x.request.Factor == "" || x.user == nil {
		return
	}
	r := FactorReason(x.dir, x.request.Factor, x.user)
	if r.Outcome == Granted {
		x.note("amr: %s", r.Advice())
	} else {
		x.note("No amr: %s", r.Advice())
	}
}

// checkAudience says whether the login named an API.
func (x *explainer) checkAudience() {
	setting := &tenant.Setting{Kind: tenant.KindTenant, Field: "default_audience"}
	audience := x.dir.Settings().DefaultAudience
	switch r := x.request; {
	case r == nil && audience != "":
		x.check(true, setting, "The tenant's default audience is %s.", quote(audience))
	case r == nil:
		x.unsure("Whether the login named an API (audience) is not known.")
	case r.Audience == "" && r.AccessTokenOpaque:
		x.check(false, setting, "The login named no API (no audience), so its access token is opaque.")
	case r.Audience == "":
		x.check(true, setting, "The login named no API, so the tenant's default audience applied.")
	case r.AccessTokenOpaque:
		x.check(false, nil, "The login asked for audience %s, which gives an opaque access token.", quote(r.Audience))
	default:
		x.check(true, nil, "The login asked for audience %s.", quote(r.Audience))
	}
}

// explainOpaque: an access token that only /userinfo understands.
//
// Source: Auth0 docs, "Access tokens" (opaque); community reports of "Invalid
// Compact JWS".
func (x *explainer) explainOpaque() {
	x.out.Verdict = "It is not broken: it is an opaque access token, made for /userinfo only, and holds nothing an API could read. It becomes a JWT when the login names an API."
	if o := x.opened(); o != nil {
		x.out.Expired = !x.Now.Before(time.Unix(o.Expires, 0))
	}
	x.because(x.whyOpaque())
	x.checkAudience()
	x.chain()
	x.again()
	x.places()
}

func (x *explainer) whyOpaque() why {
	fix := fmt.Sprintf("Send audience=%s with the login request.", x.identifier())
	iss := x.read.header.text("iss")
	last := x.lastError()
	switch {
	case iss != "" && !x.ours(iss):
		return why{fmt.Sprintf("This is an opaque access token of %s: no API was named as its audience, so it works at that tenant's /userinfo only.", quote(iss)), fix, true}
	case last != nil && missingService(last.ErrorDescription) != "":
		audience := missingService(last.ErrorDescription)
		return why{
			cause: fmt.Sprintf("This access token is opaque, and the latest login asked for audience %s, which is the identifier of no API.", quote(audience)),
			fix:   cmp.Or(strings.TrimSpace(x.hint(audience)), fix), certain: true,
		}
	case x.request == nil:
		return why{"This is an opaque access token: no API was named as its audience, so it works at /userinfo only.", fix, true}
	case x.request.Audience != "":
		return why{
			cause: fmt.Sprintf("The requested audience %s is the tenant itself, so the access token is opaque and works at /userinfo only.", quote(x.request.Audience)),
			fix:   fix, certain: true,
		}
	}
	if other := x.otherCall(); other != nil {
		return why{
			cause: fmt.Sprintf("This access token is opaque because its request named no audience, while another request of %s named %s.", x.app(), quote(other.Audience)),
			fix:   fmt.Sprintf("Name audience=%s in every call that gets a token, at login as well as in getTokenSilently or getAccessToken.", other.Audience), certain: true,
		}
	}
	return why{"The login request named no audience, so the access token is opaque: it is not a JWT and works at /userinfo only.", fix, true}
}

// otherCall finds a request of the same application and user that did name an
// API: SDKs keep tokens by audience, so each call needs it.
func (x *explainer) otherCall() *Issued {
	for i := range slices.Backward(x.Recent) {
		r := &x.Recent[i]
		if r.ClientID == x.request.ClientID && r.UserID == x.request.UserID && r.Error == "" &&
			r.Audience != "" && !r.AccessTokenOpaque {
			return r
		}
	}
	return nil
}

// explainUserinfo: a profile is about the person and not about rights.
//
// Source: OpenID Connect Core 1.0 §5.3.2; Auth0 docs, "User profile".
func (x *explainer) explainUserinfo() {
	x.out.Claims = x.read.profile.json()
	x.out.Verdict = "It is a user profile, as /userinfo, the Management API or an SDK's `user` object give it; it is no token."
	x.because(why{
		cause:   fmt.Sprintf("This is the profile of %s, and permissions never appear in a profile or in /userinfo.", x.profileName()),
		fix:     fmt.Sprintf("Request audience=%s at login and decode the access token (access_token, accessToken).", x.identifier()),
		certain: true,
	})
	x.chain()
	x.again()
	x.places()
}

func (x *explainer) profileName() string {
	p := x.read.profile
	if x.user != nil {
		return x.user.Label()
	}
	return quote(cmp.Or(p.text("email"), p.text("name"), p.text("nickname"), p.text("sub"), p.text("user_id")))
}

// explainMachine: a token of the client-credentials grant.
//
// Source: Auth0 docs, "Client credentials flow", "Client grants".
func (x *explainer) explainMachine() {
	x.out.Verdict = fmt.Sprintf("It is the machine-to-machine access token of %s for %s; no user is involved.", x.app(), quote(x.audience()))
	x.chain()
	if x.api != nil {
		x.out.Again = fmt.Sprintf("Then request a new token, since tokens never change: aud must be %s.", quote(x.api.Identifier))
	}
	x.because(x.whyMachine())
}

func (x *explainer) whyMachine() why {
	c := x.read.claims
	switch {
	case x.api == nil && !x.ours(c.text("iss")):
		return x.wrongTenant()
	case x.api == nil:
		return x.unknownAPI()
	case x.wantsOther():
		return x.otherAPIWanted()
	case x.refused != nil:
		return why{
			cause: fmt.Sprintf("This is a machine token of %s, and the tenant would refuse it now: it has no client grant for %s.", x.app(), apiName(x.api)),
			fix:   fmt.Sprintf("Create a client grant for it with audience %s and the scopes it needs.", quote(x.api.Identifier)), certain: true,
		}
	case x.staleMachine() && x.ours(c.text("iss")):
		return why{
			cause: fmt.Sprintf("This machine token has scope %s, while a new one would have %s.", quoteAll(c.scopes()), quoteAll(x.decision.Scopes)),
			fix:   "Request a new token: one that was issued never changes.", certain: x.request != nil,
		}
	}
	if w, found := x.whyScope(); found {
		return w
	}
	if w, found := x.whyNarrowed(); found {
		return w
	}
	w := why{
		cause: fmt.Sprintf("This is a machine token of %s, so roles of users do not apply: it holds what its client grant for %s gives, %s.",
			x.app(), apiName(x.api), quoteAll(x.decision.Scopes)),
		fix:     "Add what is missing to the scope of the client grant, or let a user log in to get the user's permissions.",
		certain: true,
	}
	if r := x.reason(ReasonPermissionsNeedRBAC, ReasonPermissionsDialect, ReasonPermissionsRBACOff); r != nil {
		w.cause = fmt.Sprintf("This is a machine token of %s, whose client grant for %s gives scope %s but no permissions claim, because %s.",
			x.app(), apiName(x.api), quoteAll(x.decision.Scopes), strings.TrimSuffix(lowerFirst(r.Sentence), "."))
		w.fix = r.Fix
	}
	return w
}

// whyNarrowed: the request named scopes, and got no more than it named.
func (x *explainer) whyNarrowed() (why, bool) {
	grant := x.grant()
	if x.request == nil || len(x.request.Scopes) == 0 || grant == nil {
		return why{}, false
	}
	left := without(grant.Scope, x.read.claims.scopes())
	if len(left) == 0 {
		return why{}, false
	}
	return why{
		cause:   fmt.Sprintf("The request named scope %s, so the machine token has no more, although its client grant also gives %s.", quoteAll(x.request.Scopes), quoteAll(left)),
		fix:     "Leave scope out of the request to get all of the grant, or name what is needed.",
		certain: true,
	}, true
}

// explainOtherAPI: a token for one of Auth0's own APIs.
//
// Source: Auth0 docs, "Management API access tokens", "My Account API".
func (x *explainer) explainOtherAPI() {
	what := "the Management API"
	if x.out.Kind == KindMyAccountToken {
		what = "the My Account API"
	}
	x.out.Verdict = fmt.Sprintf("It is an access token for %s (%s).", what, quote(x.audience()))
	x.because(why{
		cause:   fmt.Sprintf("This token is for %s, and permissions of %s are only in tokens made for it.", what, x.wantedName()),
		fix:     fmt.Sprintf("Ask for a separate token with audience=%s.", x.identifier()),
		certain: true,
	})
	x.chain()
	x.again()
}

func (x *explainer) wantedName() string {
	if x.api == nil {
		return "your API"
	}
	return fmt.Sprintf("%s (%s)", apiName(x.api), quote(x.api.Identifier))
}

func (x *explainer) explainForeign() {
	iss := x.read.claims.text("iss")
	x.out.Verdict = fmt.Sprintf("It is a token of another issuer, %s, for %s.", quote(iss), quoteAll(x.read.claims.list("aud")))
	x.checkToken()
	x.because(x.wrongTenant())
}

// explainNotForAPIs: tokens that an application keeps to itself.
//
// Source: Auth0 docs, "Refresh tokens", "Multi-factor authentication API",
// "JSON Web Encryption", "Back-channel logout".
func (x *explainer) explainNotForAPIs() {
	w := why{certain: true}
	switch x.out.Kind {
	case KindMFAToken:
		x.out.Verdict = "It is an mfa_token or oob_code: a step on the way to a login, not its result."
		w.cause = "This is a token of the multi-factor authentication API, which holds no permissions."
		w.fix = "Finish the challenge at /oauth/token and use the access_token of the answer."
	case KindEncryptedAccessToken:
		x.out.Verdict = fmt.Sprintf("It is an encrypted access token (JWE, alg %s).", quote(x.read.header.text("alg")))
		w.cause = "This access token is encrypted for its API, so nobody without the API's private key can see its permissions."
		w.fix = "Let the API decrypt it first, or switch token_encryption of the API off to inspect one."
	case KindLogoutToken:
		x.out.Verdict = "It is a back-channel logout token: it tells an application that a session has ended."
		w.cause = "This is a back-channel logout token, which never holds permissions."
		w.fix = "Look at the access token of a login instead."
	}
	x.because(w)
}

func (x *explainer) explainUnknown() {
	w := why{cause: "This is no token that Auth0 issues.", fix: "Paste the access_token of the login, whole and alone."}
	p := x.read
	switch {
	case strings.TrimSpace(x.Token) == "":
		w = why{"Nothing was given to explain.", "Paste the access_token of a login, a token response, or an error message.", true}
	case p.broken:
		w = why{"This begins like a JWT but cannot be decoded, so a part of it is missing or was changed.", "Copy the token again, whole.", true}
	case len(p.parts) == 1 && len(p.compact) >= 44:
		w.cause = "These are random characters that hold nothing to read: perhaps an authorization code or a refresh token."
		w.fix = "Exchange it at /oauth/token and look at the access_token of the answer."
	}
	x.out.Verdict = "It could not be recognised."
	x.because(w)
	x.note("The three quickest checks for a missing permission:")
	x.note("  1. aud of the token must contain the API's identifier; a client_id there means it is the ID token.")
	x.note("  2. permissions absent: a switch of the API is off. permissions empty: nothing is assigned to the user.")
	x.note("  3. iat must be later than the last change: tokens never change.")
}
