package tenant

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Defaults are the choices made for a new entry whose body makes none.
type Defaults struct {
	// UserPolicy is an API's subject_type_authorization.user.policy.
	UserPolicy string
	// OIDCConformant and IDTokenAlg are a client's oidc_conformant and
	// jwt_configuration.alg; an empty IDTokenAlg leaves alg out.
	OIDCConformant bool
	IDTokenAlg     string
}

// CreateDefaults are what a POST to the Management API gets.
//
// Observed: answers to POST /api/v2/clients and /api/v2/resource-servers.
func CreateDefaults() Defaults { return Defaults{UserPolicy: PolicyAllowAll} }

// FixtureDefaults are what an entry of a fixture gets. They differ from
// CreateDefaults in one thing: a client that does not say otherwise is OIDC
// conformant and signs ID tokens with RS256, as one made in the Dashboard is.
// People who write a fixture by hand leave both out and expect what the
// Dashboard gives; exports always carry both.
//
// Differs: a POST without them makes a client that signs with HS256.
func FixtureDefaults() Defaults {
	return Defaults{UserPolicy: PolicyAllowAll, OIDCConformant: true, IDTokenAlg: "RS256"}
}

// NewClient makes a Client of a body that passed Check. It has no ids yet.
//
// Source: Management API, POST /api/v2/clients; Auth0 docs, "Refresh token
// expiration". Observed: answers to POST /api/v2/clients.
func NewClient(body map[string]any, d Defaults) (*Client, error) {
	appType, _ := body["app_type"].(string)
	method, _ := body["token_endpoint_auth_method"].(string)
	if method == "" {
		method = "client_secret_post"
		if appType == "spa" || appType == "native" {
			method = "none"
		}
	}
	c := &Client{
		TokenEndpointAuthMethod: method,
		GrantTypes:              defaultGrantTypes(appType, method),
		IsFirstParty:            true,
		OIDCConformant:          d.OIDCConformant,
		JWTConfiguration:        JWTConfiguration{LifetimeInSeconds: 36000, Alg: d.IDTokenAlg},
		RefreshToken:            defaultRefreshTokenPolicy(body["refresh_token"]),
	}
	if _, said := body["oidc_conformant"].(bool); said {
		c.JWTConfiguration.Alg = "" // the body knows its own mind: Client.IDTokenAlg follows it
	}
	extra, err := decode(KindClient, body, c)
	c.Extra = extra
	return c, err
}

func defaultGrantTypes(appType, method string) []string {
	switch {
	case appType == "resource_server":
		return []string{}
	case appType == "express_configuration":
		return []string{GrantAuthorizationCode, GrantClientCredentials}
	case method == "none":
		return []string{GrantAuthorizationCode, GrantImplicit, GrantRefreshToken}
	}
	return []string{GrantAuthorizationCode, GrantImplicit, GrantRefreshToken, GrantClientCredentials}
}

// defaultRefreshTokenPolicy depends on what the body says: without a word,
// tokens live forever; when they expire, they do within a month.
func defaultRefreshTokenPolicy(given any) RefreshTokenPolicy {
	m, _ := given.(map[string]any)
	if m["expiration_type"] == "expiring" {
		return RefreshTokenPolicy{TokenLifetimeSeconds: 2592000, IdleTokenLifetimeSeconds: 1296000}
	}
	return RefreshTokenPolicy{
		RotationType: "non-rotating", ExpirationType: "non-expiring",
		TokenLifetimeSeconds: 31557600, InfiniteTokenLifetime: true,
		IdleTokenLifetimeSeconds: 2592000, InfiniteIdleTokenLifetime: true,
	}
}

// NewResourceServer makes a ResourceServer of a body that passed Check. It has
// no id yet.
//
// Observed: answers to POST /api/v2/resource-servers.
func NewResourceServer(body map[string]any, d Defaults) (*ResourceServer, error) {
	if d.UserPolicy == "" {
		d.UserPolicy = PolicyAllowAll
	}
	r := &ResourceServer{
		SigningAlg: "RS256", TokenLifetimeSeconds: 86400, TokenLifetimeForWebSeconds: 7200,
		SubjectTypeAuthorization: SubjectTypeAuthorization{
			User: SubjectTypePolicy{d.UserPolicy}, Client: SubjectTypePolicy{PolicyRequireClientGrant},
		},
	}
	extra, err := decode(KindResourceServer, body, r)
	r.Extra = extra
	// A browser's token lives no longer than any other.
	if _, said := body["token_lifetime_for_web"]; !said {
		r.TokenLifetimeForWebSeconds = min(r.TokenLifetimeForWebSeconds, r.TokenLifetimeSeconds)
	}
	return r, err
}

// NewClientGrant makes a ClientGrant of a body that passed Check.
func NewClientGrant(body map[string]any) (*ClientGrant, error) {
	g := &ClientGrant{}
	extra, err := decode(KindClientGrant, body, g)
	g.Extra = extra
	if g.Scope == nil {
		g.Scope = []string{}
	}
	return g, err
}

// NewRole makes a Role of a body that passed Check.
func NewRole(body map[string]any) (*Role, error) {
	r := &Role{}
	extra, err := decode(KindRole, body, r)
	r.Extra = extra
	return r, err
}

// NewConnection makes a Connection of a body that passed Check. A database
// gets the options every database has.
//
// Observed: answers to POST /api/v2/connections.
func NewConnection(body map[string]any) (*Connection, error) {
	c := &Connection{EnabledClients: []string{}}
	extra, err := decode(KindConnection, body, c)
	c.Extra = extra
	if c.EnabledClients == nil {
		c.EnabledClients = []string{}
	}
	if len(c.Realms) == 0 {
		c.Realms = []string{c.Name}
	}
	if c.Database() {
		options := databaseOptions()
		maps.Copy(options, c.Options)
		c.Options = options
	}
	return c, err
}

func databaseOptions() map[string]any {
	return map[string]any{
		"mfa":                    map[string]any{"active": true, "return_enroll_settings": true},
		"passwordPolicy":         "good",
		"strategy_version":       float64(2),
		"brute_force_protection": true,
	}
}

// NewOrganization makes an Organization of a body that passed Check. What a
// POST calls enabled_connections are its Connections.
func NewOrganization(body map[string]any) (*Organization, error) {
	if enabled, ok := body["enabled_connections"].([]any); ok {
		body = maps.Clone(body)
		delete(body, "enabled_connections")
		given, _ := body["connections"].([]any)
		body["connections"] = append(slices.Clone(given), enabled...)
	}
	o := &Organization{}
	extra, err := decode(KindOrganization, body, o)
	o.Extra = extra
	return o, err
}

// NewUser makes a User of a body that passed Check. What Auth0 fills in itself
// (name, picture, times) is left to User.FillDefaults.
func NewUser(body map[string]any) (*User, error) {
	u := &User{}
	rest := maps.Clone(body)
	for _, claim := range profileClaims {
		if value, ok := rest[claim]; ok {
			delete(rest, claim)
			if value != nil {
				u.setProfile(claim, value)
			}
		}
	}
	if identities, ok := rest["identities"].([]any); ok {
		rest["identities"] = textIdentities(identities)
	}
	extra, err := decode(KindUser, rest, u)
	u.Extra = extra
	u.Email = strings.ToLower(u.Email)
	u.Username = strings.ToLower(u.Username)
	return u, err
}

func (u *User) setProfile(claim string, value any) {
	if u.Profile == nil {
		u.Profile = map[string]any{}
	}
	u.Profile[claim] = value
}

// textIdentities writes the numeric ids some identity providers have as text.
func textIdentities(identities []any) []any {
	out := slices.Clone(identities)
	for i, identity := range out {
		m, ok := identity.(map[string]any)
		if !ok {
			continue
		}
		if _, isText := m["user_id"].(string); !isText && m["user_id"] != nil {
			m = maps.Clone(m)
			m["user_id"] = fmt.Sprint(m["user_id"])
			out[i] = m
		}
	}
	return out
}

// NewSettings lays a body that passed Check over settings.
func NewSettings(body map[string]any, over Settings) (Settings, error) {
	extra, err := decode(KindTenant, body, &over)
	over.Extra = overlay(over.Extra, extra)
	return over, err
}

// NewBranding lays a body that passed Check over branding.
func NewBranding(body map[string]any, over Branding) (Branding, error) {
	extra, err := decode(KindBranding, body, &over)
	over.Extra = overlay(over.Extra, extra)
	return over, err
}

// NewPrompts lays a body that passed Check over prompts.
func NewPrompts(body map[string]any, over Prompts) (Prompts, error) {
	extra, err := decode(KindPrompts, body, &over)
	over.Extra = overlay(over.Extra, extra)
	return over, err
}

// NewGuardianFactor makes a factor of a body that passed Check.
func NewGuardianFactor(body map[string]any) (*GuardianFactor, error) {
	f := &GuardianFactor{}
	extra, err := decode(KindFactor, body, f)
	f.Extra = extra
	return f, err
}

// NewEmailTemplate makes a mail of a body that passed Check. One that does not
// say whether it is enabled is: somebody wrote it to see it.
func NewEmailTemplate(body map[string]any) (*EmailTemplate, error) {
	t := &EmailTemplate{Enabled: true}
	extra, err := decode(KindEmailTemplate, body, t)
	t.Extra = extra
	return t, err
}

// NewPhoneTemplate makes a text message of a body that passed Check.
func NewPhoneTemplate(body map[string]any) (*PhoneTemplate, error) {
	t := &PhoneTemplate{}
	extra, err := decode(KindPhoneTemplate, body, t)
	t.Extra = extra
	return t, err
}

// NewFactorTemplate makes a factor's text message of a body that passed Check.
func NewFactorTemplate(body map[string]any) (*FactorTemplate, error) {
	t := &FactorTemplate{}
	extra, err := decode(KindFactorTemplate, body, t)
	t.Extra = extra
	return t, err
}

// NewGuardianPolicies lays a body that passed Check over the policies.
func NewGuardianPolicies(body map[string]any, over GuardianPolicies) (GuardianPolicies, error) {
	extra, err := decode(KindMFAPolicies, body, &over)
	over.Extra = overlay(over.Extra, extra)
	return over, err
}

// NewAttackProtection lays a body that passed Check over the settings.
func NewAttackProtection(body map[string]any, over AttackProtection) (AttackProtection, error) {
	extra, err := decode(KindAttackProtection, body, &over)
	over.Extra = overlay(over.Extra, extra)
	return over, err
}

// NewPhoneMessageTypes makes the ways a code gets to a phone of a body that
// passed Check.
func NewPhoneMessageTypes(body map[string]any) (PhoneMessageTypes, error) {
	var types PhoneMessageTypes
	extra, err := decode(KindPhoneTypes, body, &types)
	types.Extra = extra
	return types, err
}
