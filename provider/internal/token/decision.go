package token

import (
	"fmt"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// Flow is how a token is being asked for; it decides wording of errors,
// lifetimes, and whether a refresh token may be issued.
type Flow string

// Flows.
const (
	FlowCode Flow = "authorization_code"
	// FlowImplicit and FlowHybrid answer at /authorize, the second with a code
	// too.
	FlowImplicit          Flow = "implicit"
	FlowHybrid            Flow = "hybrid"
	FlowPassword          Flow = "password"
	FlowClientCredentials Flow = "client_credentials"
	FlowRefresh           Flow = "refresh_token"
	// FlowNativeSocial, FlowCustomExchange and FlowOnBehalfOf are the kinds of
	// token exchange.
	FlowNativeSocial   Flow = "native_social"
	FlowCustomExchange Flow = "custom_token_exchange"
	FlowOnBehalfOf     Flow = "on_behalf_of"
	FlowDevice         Flow = "device_code"
	FlowCIBA           Flow = "ciba"
)

// atAuthorize says whether the flow's tokens come from /authorize.
func (f Flow) atAuthorize() bool { return f == FlowImplicit || f == FlowHybrid }

// Request is what somebody asks a token for.
type Request struct {
	Flow   Flow
	Client *tenant.Client
	// User is nil for client_credentials.
	User *tenant.User
	// Organization is the one the login happens in, or nil.
	Organization *tenant.Organization
	// Audience and Resource are the parameters as sent.
	Audience, Resource string
	Scopes             []string
	// Details are authorization_details, for the API.
	Details []map[string]any
	// Consented limits the scopes to those the user has consented to; nil is
	// no limit.
	Consented []string
	// AccessToken says that /authorize answers with an access token.
	AccessToken bool
	// Possession is what the caller has shown to hold.
	Possession Possession
	// Issuer is the tenant's own base URL with its trailing slash.
	Issuer string
	// Session says that a browser session of the user's stands behind the
	// request.
	Session bool
	// Actor is who acts for the user, the `act` claim; nil for nobody.
	Actor *Actor

	// ACRValues is the parameter as sent.
	ACRValues []string
	// SecondFactor says why one was asked for or not, without a code where that
	// is no question.
	SecondFactor Reason

	// notes are Reasons found while the request was put together.
	notes []Reason
}

// Decision is what a request is granted, with a Reason for each thing given,
// withheld or changed.
type Decision struct {
	// API is the audience of the access token; nil means an opaque token that
	// only /userinfo understands.
	API *tenant.ResourceServer `json:"-"`
	// Audience is API's identifier, or "".
	Audience string `json:"audience,omitempty"`
	// Scopes granted, in the order they were asked for.
	Scopes []string `json:"scopes"`
	// Permissions of the claim, sorted. They are in the token only if
	// HasPermissions: an empty list is not the same as none.
	Permissions    []string `json:"permissions,omitempty"`
	HasPermissions bool     `json:"has_permissions"`
	IDToken        bool     `json:"id_token"`
	RefreshToken   bool     `json:"refresh_token"`
	// Online says that the refresh token is bound to the session.
	Online bool `json:"online,omitempty"`
	// Bound is the key that the access token is bound to, nil for a bearer
	// token.
	Bound *Confirmation `json:"cnf,omitempty"`
	// LifetimeSeconds of the access token.
	LifetimeSeconds int      `json:"expires_in"`
	Reasons         []Reason `json:"reasons"`
	// Possession is what the request showed.
	Possession Possession `json:"-"`

	dir tenant.Directory
}

// Opaque says whether the access token is a sealed one for /userinfo.
func (d *Decision) Opaque() bool { return d.API == nil }

// Scope is the granted scopes as the wire has them.
func (d *Decision) Scope() string { return strings.Join(d.Scopes, " ") }

// Has says whether the scope was granted.
func (d *Decision) Has(scope string) bool { return slices.Contains(d.Scopes, scope) }

func (d *Decision) because(r Reason) {
	if r.Setting != nil && r.Source == "" {
		r.Source = d.dir.Source(*r.Setting)
	}
	d.Reasons = append(d.Reasons, r)
}

// Lifetimes of opaque access tokens, which are also the defaults of APIs that
// set none, and of strict third-party clients, in seconds.
//
// Source: Auth0 docs, "Access token lifetime", "Third-party applications".
const (
	opaqueLifetime     = 86400
	opaqueLifetimeWeb  = 7200
	thirdPartyLifetime = 3600
)

// Decide applies the tenant's rules to a request.
//
// It returns ServiceNotFound, InvalidPasswordAudience, NoAudience,
// NoClientGrant, NotAuthorizedForAPI, BothOfflineAndOnline, ProofRequired, or
// the organization errors of client grants.
func Decide(dir tenant.Directory, req Request) (*Decision, error) {
	d, err := decide(dir, req)
	if err != nil {
		return nil, err
	}
	if err := d.decidePossession(req); err != nil {
		return nil, err
	}
	return d, nil
}

// Foresee is Decide before the token request. It takes for granted what only
// that shows: a session behind it, and possession of a key.
func Foresee(dir tenant.Directory, req Request) (*Decision, error) {
	req.Session = true
	if req.Possession.DPoPKey == "" {
		req.Possession.DPoPKey = "any"
	}
	return decide(dir, req)
}

// decide is Decide but for the key that the access token is bound to.
func decide(dir tenant.Directory, req Request) (*Decision, error) {
	d := &Decision{Scopes: []string{}, Reasons: []Reason{}, dir: dir}
	if err := checkScopes(req.Scopes); err != nil {
		return nil, err
	}
	if err := d.decideAudience(req); err != nil {
		return nil, err
	}
	for _, note := range req.notes {
		d.because(note)
	}
	grant, err := d.decideAccess(req)
	if err != nil {
		return nil, err
	}
	if err := d.checkDetails(req); err != nil {
		return nil, err
	}
	if req.Flow == FlowClientCredentials {
		d.decideMachineScopes(req, grant)
	} else {
		d.decideUserScopes(req, grant)
		d.decideOfflineAccess(req)
		d.decideOnlineAccess(req)
		d.decideIDToken(req)
	}
	if d.IDToken && req.SecondFactor.Code != "" {
		d.because(req.SecondFactor)
	}
	d.LifetimeSeconds = lifetime(d.API, req)
	return d, nil
}

// decideAudience finds the API the token is for: the request's audience, else
// its resource, else the tenant's default.
//
// Source: Auth0 docs, "Access tokens" (opaque and JWT), "API settings";
// RFC 8707 for resource.
func (d *Decision) decideAudience(req Request) error {
	settings := d.dir.Settings()
	audience, from := req.Audience, "requested"
	if audience == "" && req.Resource != "" && settings.ResourceParameterProfile != "audience" {
		audience, from = req.Resource, "resource"
	}
	if audience == "" && settings.DefaultAudience != "" {
		audience, from = settings.DefaultAudience, "default"
	}
	if opaqueAudience(audience, req.Issuer) {
		if req.Flow == FlowClientCredentials {
			return tenant.NoAudience()
		}
		d.opaqueBecause(audience)
		return nil
	}
	api := d.dir.ResourceServer(audience)
	if api == nil {
		return d.unknownAudience(req.Flow, audience)
	}
	d.API, d.Audience = api, audience
	d.audienceBecause(from)
	return nil
}

// opaqueAudience says whether the audience yields an opaque token: none, the
// tenant's own /userinfo, or the bare tenant domain.
func opaqueAudience(audience, issuer string) bool {
	if audience == "" || audience == issuer+"userinfo" {
		return true
	}
	_, host, _ := strings.Cut(strings.TrimSuffix(issuer, "/"), "://")
	return audience == host
}

// decideAccess asks whether the API gives this client tokens at all, and
// returns the client grant that limits them, if one does.
//
// Source: Auth0 docs, "API access policies for applications",
// "Third-party applications".
func (d *Decision) decideAccess(req Request) (*tenant.ClientGrant, error) {
	if d.Opaque() {
		return nil, nil
	}
	if req.Flow == FlowClientCredentials {
		return d.machineGrant(req)
	}
	policy := d.API.UserPolicy()
	if !req.Client.IsFirstParty && policy == tenant.PolicyAllowAll {
		policy = tenant.PolicyRequireClientGrant // third parties always need a grant
	}
	switch policy {
	case tenant.PolicyAllowAll:
		return nil, nil
	case tenant.PolicyRequireClientGrant:
		if grant := d.dir.ClientGrant(req.Client, d.API.Identifier, tenant.SubjectUser); grant != nil {
			return grant, nil
		}
	}
	return nil, tenant.NotAuthorizedForAPI(req.Client, d.Audience).
		WithHint("API %q has user policy %q: add a client grant for %q with subject_type \"user\" and audience %q, or set subject_type_authorization.user.policy to \"allow_all\"",
			d.API.Name, policy, req.Client.Name, d.API.Identifier)
}

// machineGrant finds the client grant of a machine-to-machine request.
//
// Source: Auth0 docs, "Client credentials flow", "Machine-to-machine access
// for organizations".
func (d *Decision) machineGrant(req Request) (*tenant.ClientGrant, error) {
	refused := tenant.NoClientGrant(req.Client.ClientID, d.Audience)
	if d.API.ClientPolicy() == tenant.PolicyDenyAll {
		return nil, refused.WithHint("API %q has client policy \"deny_all\"", d.API.Name)
	}
	grant := d.dir.ClientGrant(req.Client, d.API.Identifier, tenant.SubjectClient)
	if grant == nil {
		return nil, refused.WithHint("add to clientGrants: {client_id: %q, audience: %q, scope: […]}", req.Client.Name, d.API.Identifier)
	}
	return grant, machineOrganization(req, grant)
}

// machineOrganization applies the client grant's rules about organizations. For
// third-party clients each organization says which may come.
//
// Source: Auth0 docs, "Configure your application for M2M access", "Enable
// third-party application access for an organization" (machine-to-machine).
func machineOrganization(req Request, grant *tenant.ClientGrant) error {
	usage := grant.OrganizationUsage
	switch {
	case req.Organization == nil && usage == organizationRequired:
		return tenant.ClientOrganizationRefused("An organization is required for this client and audience.")
	case req.Organization == nil:
		return nil
	case usage == "" || usage == "deny":
		return tenant.ClientOrganizationRefused("The client grant does not allow organizations.").
			WithHint("set organization_usage of the grant to \"allow\" or \"require\"")
	case !(grant.AllowAnyOrganization && req.Client.IsFirstParty) && !slices.Contains(req.Organization.ClientGrants, grant.ID):
		return tenant.ClientOrganizationRefused(
			fmt.Sprintf("The client grant is not associated with organization %s.", req.Organization.ID)).
			WithHint("associate it with the organization, or, of a first-party client, set allow_any_organization")
	}
	return nil
}

// RequiresOrganization says whether a machine's request, which names no
// organization, gets its client's default one: its client grant must require
// one.
//
// Source: Auth0 docs, "Configure your application for M2M access" (set default
// organization).
func RequiresOrganization(dir tenant.Directory, req Request) bool {
	d := &Decision{dir: dir}
	if err := d.decideAudience(req); err != nil || d.Opaque() {
		return false
	}
	grant := dir.ClientGrant(req.Client, d.Audience, tenant.SubjectClient)
	return grant != nil && grant.OrganizationUsage == organizationRequired
}

const organizationRequired = "require"

// lifetime is that of the access token, in seconds. A strict third-party
// client brings its own.
//
// Source: Auth0 docs, "Access token lifetime", "Third-party applications".
func lifetime(api *tenant.ResourceServer, req Request) int {
	web := req.Flow.atAuthorize()
	switch {
	case api == nil && req.Flow == FlowImplicit:
		return opaqueLifetimeWeb
	case api == nil:
		return opaqueLifetime
	case req.Client.ThirdPartyStrict():
		return pick(req.Client.JWTConfiguration.LifetimeInSeconds, thirdPartyLifetime)
	case web:
		return pick(api.TokenLifetimeForWebSeconds, opaqueLifetimeWeb)
	}
	return pick(api.TokenLifetimeSeconds, opaqueLifetime)
}
