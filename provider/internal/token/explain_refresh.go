package token

import (
	"fmt"
	"slices"

	"github.com/faux0/faux0/provider/tenant"
)

// explainRefreshToken says what became of the token's family, where the tenant
// still knows.
//
// Source: Auth0 docs, "Refresh tokens", "Refresh token rotation".
func (x *explainer) explainRefreshToken() {
	x.out.Verdict = "It is a refresh token: random characters that only /oauth/token understands."
	const exchange = "Exchange it at /oauth/token (grant_type=refresh_token) and use the access_token of the answer."
	var f *Family
	if x.Families != nil {
		f = x.Families(x.read.compact)
	}
	if f == nil {
		x.because(why{"This is a refresh token, which holds nothing to read and is not for APIs.", exchange, true})
		if x.Families != nil {
			x.note("This tenant does not know its family: another tenant made it, or it ended long ago, or before the last start or reset.")
		}
		return
	}
	x.client, x.user = x.dir.Client(f.ClientID), x.dir.User(f.UserID)
	whose := fmt.Sprintf("%s for %s", x.appCalled(f.ClientID), x.userCalled(f.UserID))
	end, ended := familyEnds[f.End]
	switch {
	case ended:
		x.because(why{fmt.Sprintf("This refresh token of %s no longer works: its family ended at %s, %s.", whose, at(f.At), end.cause), end.fix, true})
	case !f.Works:
		x.because(why{
			fmt.Sprintf("This refresh token of %s was replaced by rotation, and a newer one of its family works.", whose),
			"Use the refresh_token of the latest answer; sending this one again would revoke the whole family.", true,
		})
	default:
		x.because(why{fmt.Sprintf("This refresh token of %s works, holds nothing to read and is not for APIs.", whose), exchange, true})
	}
	x.check(f.Works, nil, "It works.")
	if f.Audience == "" {
		x.check(true, nil, "It was granted scope %s, for no API.", quoteAll(f.Scopes))
	} else {
		x.check(true, nil, "It was granted scope %s for API %s.", quoteAll(f.Scopes), quote(f.Audience))
	}
}

func (x *explainer) appCalled(clientID string) string {
	if x.client != nil {
		return "application " + quote(x.client.Name)
	}
	return "an application that is gone (" + quote(clientID) + ")"
}

func (x *explainer) userCalled(userID string) string {
	if x.user != nil {
		return x.user.Label()
	}
	return "a user who is gone (" + quote(userID) + ")"
}

// missingCompanions says why a token response has no refresh_token, or no
// id_token. Only of a whole response is it known that they are missing.
//
// Source: Auth0 docs, "Get refresh tokens", "ID tokens", "Third-party
// applications".
func (x *explainer) missingCompanions() {
	if !x.read.response {
		return
	}
	if !slices.Contains(x.read.other, "refresh_token") {
		if text := x.whyNoRefreshToken(); text != "" {
			x.note("The answer has no refresh_token: %s", text)
		}
	}
	if !slices.Contains(x.read.other, "id_token") {
		if text := x.whyNoIDToken(); text != "" {
			x.note("The answer has no id_token: %s", text)
		}
	}
}

// granted is what the request gets now. Unlike decision it is for the audience
// that was asked for, even if that was none.
func (x *explainer) granted() *Decision {
	if x.client == nil || x.user == nil {
		return nil
	}
	req := Request{Flow: x.flow(), Client: x.client, User: x.user, Organization: x.org, Scopes: x.requestedScopes(), Issuer: x.Issuer}
	switch {
	case x.request != nil:
		req.Audience, req.Consented = x.request.Audience, x.request.Consented
	case x.out.Kind != KindOpaqueAccessToken:
		req.Audience = x.audience()
	}
	d, err := Foresee(x.dir, req)
	if err != nil {
		return nil
	}
	return d
}

func (x *explainer) whyNoRefreshToken() string {
	switch {
	case x.out.Kind == KindMachineToken:
		return "machines get none, since they can ask for a token anew at any time."
	case x.flow() == FlowRefresh:
		return "the refresh token that was exchanged does not rotate, and goes on working."
	case x.client != nil && x.client.ThirdPartyStrict():
		return lowerFirst(scopeThirdParty(tenant.ScopeOfflineAccess, x.client).Advice())
	}
	d := x.granted()
	if d == nil {
		return ""
	}
	for _, r := range d.Reasons {
		if r.Outcome == Withheld && (r.About == "refresh_token" || r.About == aboutScope+" "+tenant.ScopeOfflineAccess) {
			return lowerFirst(r.Advice())
		}
	}
	if x.request != nil && !slices.Contains(x.request.Scopes, tenant.ScopeOfflineAccess) {
		return "scope offline_access was not requested. Request it at login."
	}
	return ""
}

func (x *explainer) whyNoIDToken() string {
	if x.out.Kind == KindMachineToken {
		return "an ID token tells who logged in, and no user is involved."
	}
	d := x.granted()
	if d == nil {
		return ""
	}
	for _, r := range d.Reasons {
		if r.Outcome == Withheld && r.About == aboutIDToken {
			return lowerFirst(r.Advice())
		}
	}
	return ""
}
