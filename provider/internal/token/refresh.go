package token

import (
	"fmt"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// Codes of the Reasons that refreshing adds.
const (
	ReasonRefreshNotGranted   = "scope_not_of_refresh_token"
	ReasonRefreshNarrowed     = "scope_narrowed_by_request"
	ReasonRefreshAudienceKept = "refresh_audience_kept"
	ReasonOnlineAPI           = "online_access_api"
	ReasonOnlineSession       = "online_access_session"
	ReasonOnlineGrantType     = "online_access_grant_type"
	ReasonOnlineEphemeral     = "online_access_ephemeral_session"
	ReasonOnlineProof         = "online_access_proof"
)

// Held is what a refresh token was granted at login.
type Held struct {
	Audience string
	Scopes   []string
}

// Refreshing turns what an exchange asks for into a Request: the audience is
// the login's, or one that the client's policies add; the scopes are narrowed
// to what the login granted for it and what the policies add. scopes is nil
// where none were sent, and then nothing is narrowed. What was asked for beyond
// that is dropped in silence on the wire, and leaves a Reason.
//
// That the scopes of OpenID Connect count for each audience, and how an
// audience that no policy names is refused, is inferred.
//
// Source: RFC 6749 §6; Auth0 docs, "Multi-resource refresh token".
func Refreshing(dir tenant.Directory, req Request, held Held, audience string, scopes []string) (Request, error) {
	req.Flow = FlowRefresh
	if audience == "" || len(req.Client.RefreshToken.Policies) == 0 {
		if audience != "" && audience != held.Audience {
			req.notes = append(req.notes, audienceKept(held, audience, req.Client))
		}
		audience = held.Audience
	}
	policy := refreshPolicy(dir, req.Client, audience)
	if audience != held.Audience && policy == nil {
		return req, tenant.RefreshAudienceNotAllowed(audience).WithHint("%s", policyHint(dir, req.Client, audience))
	}
	allowed := slices.Clone(held.Scopes)
	if audience != held.Audience {
		allowed = slices.DeleteFunc(allowed, func(s string) bool { return !tenant.OIDCScope(s) })
	}
	if policy != nil {
		for _, s := range policy.Scope {
			if !slices.Contains(allowed, s) {
				allowed = append(allowed, s)
			}
		}
	}
	req.Audience, req.Resource, req.Scopes = audience, "", allowed
	if scopes != nil {
		req.narrow(allowed, scopes)
	}
	return req, nil
}

func (r *Request) narrow(allowed, wanted []string) {
	r.Scopes = []string{}
	for _, s := range wanted {
		if slices.Contains(allowed, s) {
			r.Scopes = append(r.Scopes, s)
			continue
		}
		r.notes = append(r.notes, Reason{
			Code: ReasonRefreshNotGranted, About: aboutScope + " " + s, Outcome: Withheld,
			Sentence: "The refresh token was not granted it at login, and an exchange can only ask for less.",
			Fix:      "Request it at login.",
		})
	}
	for _, s := range allowed {
		if !slices.Contains(wanted, s) {
			r.notes = append(r.notes, Reason{
				Code: ReasonRefreshNarrowed, About: aboutScope + " " + s, Outcome: Withheld,
				Sentence: "The exchange asked for other scopes, and so for less than the refresh token is good for.",
				Fix:      "Send no scope with the exchange, or name it.",
			})
		}
	}
}

// Narrowed are the scopes of the refresh token that its exchange did not ask
// for.
func (d *Decision) Narrowed() []string {
	var scopes []string
	for _, r := range d.Reasons {
		if r.Code == ReasonRefreshNarrowed {
			scopes = append(scopes, strings.TrimPrefix(r.About, aboutScope+" "))
		}
	}
	return scopes
}

// refreshPolicy is the client's policy for an audience. Policies count for
// first-party clients, and for APIs that exist, skip consent and are not the
// Management API.
//
// Source: Auth0 docs, "Multi-resource refresh token".
func refreshPolicy(dir tenant.Directory, c *tenant.Client, audience string) *tenant.RefreshPolicy {
	api := dir.ResourceServer(audience)
	if !c.IsFirstParty || api == nil || api.IsSystem || !api.SkipConsent {
		return nil
	}
	for i := range c.RefreshToken.Policies {
		if p := &c.RefreshToken.Policies[i]; p.Audience == audience {
			return p
		}
	}
	return nil
}

func policyHint(dir tenant.Directory, c *tenant.Client, audience string) string {
	var names []string
	for _, p := range c.RefreshToken.Policies {
		names = append(names, p.Audience)
	}
	api := dir.ResourceServer(audience)
	switch {
	case api == nil:
		return fmt.Sprintf("no API has the identifier %q; the refresh_token.policies of client %q name %s", audience, c.Name, strings.Join(names, ", "))
	case !slices.Contains(names, audience):
		return fmt.Sprintf("add {audience: %s} to refresh_token.policies of client %q", audience, c.Name)
	case !c.IsFirstParty:
		return fmt.Sprintf("client %q is a third-party application, for which refresh_token.policies do not count", c.Name)
	case api.IsSystem:
		return "refresh_token.policies do not count for the Management API"
	}
	return fmt.Sprintf("set skip_consent_for_verifiable_first_party_clients of API %q", api.Name)
}

func audienceKept(held Held, audience string, c *tenant.Client) Reason {
	kept := "the opaque access token"
	if held.Audience != "" {
		kept = fmt.Sprintf("%q", held.Audience)
	}
	return Reason{
		Code: ReasonRefreshAudienceKept, About: aboutAccessToken, Outcome: Changed,
		Sentence: fmt.Sprintf("The audience %q was ignored: a refresh keeps the login's, %s, unless the client's policies name others.", audience, kept),
		Fix:      fmt.Sprintf("Add {audience: %s} to refresh_token.policies of %q.", audience, c.Name),
		Setting:  clientSetting(c, "refresh_token"),
	}
}

// onlineRefused says why no refresh token of the session's can be issued
// although online_access was asked for.
func onlineRefused(req Request, d *Decision) (Reason, bool) {
	r := Reason{About: "refresh_token", Outcome: Withheld}
	switch {
	case req.Flow != FlowCode && req.Flow != FlowHybrid || !req.Session:
		r.Code = ReasonOnlineSession
		r.Sentence = "online_access ties a refresh token to a browser session, and there is none behind this request."
		r.Fix = "Use the authorization code flow, or request offline_access."
	case !req.Client.AllowsGrant(tenant.GrantRefreshToken):
		r.Code = ReasonOnlineGrantType
		r.Sentence = fmt.Sprintf("Client %q may not use the refresh_token grant.", req.Client.Name)
		r.Fix = "Add refresh_token to its grant_types."
		r.Setting = clientSetting(req.Client, fieldRefreshTokenGrantType)
	case d.API == nil:
		r.Code = ReasonOnlineAPI
		r.Sentence = "No API was asked for that could allow online access."
		r.Fix = audienceFix(d.dir)
	case !d.API.AllowOnlineAccess:
		r.Code = ReasonOnlineAPI
		r.Sentence = fmt.Sprintf("API %q does not allow online access.", d.API.Name)
		r.Fix = "Set its allow_online_access to true."
		r.Setting = apiSetting(d.API, "allow_online_access")
	case !d.dir.Settings().PersistentSessionCookie() && !d.API.AllowOnlineAccessEphemeral:
		r.Code = ReasonOnlineEphemeral
		r.Sentence = "The tenant's sessions end with the browser."
		r.Fix = "Set the API's allow_online_access_with_ephemeral_sessions to true."
		r.Setting = apiSetting(d.API, "allow_online_access_with_ephemeral_sessions")
	case req.Client.Public() && req.Possession.DPoPKey == "":
		r.Code = ReasonOnlineProof
		r.Sentence = fmt.Sprintf("Client %q has no secret, so a refresh token of the session's must be bound to a key of its own.", req.Client.Name)
		r.Fix = "Send a DPoP proof with the code."
	default:
		return r, false
	}
	return r, true
}
