package tenant

import "strings"

// Token dialects: what an access token for a ResourceServer looks like.
//
// Source: Auth0 docs, "Access token profiles".
const (
	DialectAuth0        = "access_token"
	DialectAuth0Authz   = "access_token_authz"
	DialectRFC9068      = "rfc9068_profile"
	DialectRFC9068Authz = "rfc9068_profile_authz"
)

// ResourceServer is an API: the audience access tokens are made for.
//
// Source: Management API, POST /api/v2/resource-servers.
type ResourceServer struct {
	ID         string  `json:"id"`
	Name       string  `json:"name"`
	Identifier string  `json:"identifier"`
	Scopes     []Scope `json:"scopes,omitempty"`

	SigningAlg    string `json:"signing_alg"`
	SigningSecret string `json:"signing_secret,omitempty"`

	AllowOfflineAccess bool `json:"allow_offline_access"`
	// AllowOnlineAccess lets applications have refresh tokens that live and die
	// with the session, also where sessions end with the browser if
	// AllowOnlineAccessEphemeral is set.
	AllowOnlineAccess          bool `json:"allow_online_access,omitempty"`
	AllowOnlineAccessEphemeral bool `json:"allow_online_access_with_ephemeral_sessions,omitempty"`
	TokenLifetimeSeconds       int  `json:"token_lifetime"`
	// TokenLifetimeForWebSeconds applies to tokens issued by /authorize itself
	// (implicit and hybrid flows), not to PKCE from a browser.
	TokenLifetimeForWebSeconds int `json:"token_lifetime_for_web"`

	// EnforcePolicies is "Enable RBAC"; nil (never set) means off.
	EnforcePolicies *bool `json:"enforce_policies,omitempty"`
	// TokenDialect: one of the Dialect constants; empty (never set) means
	// DialectAuth0. "Add Permissions in the Access Token" picks an …_authz one.
	TokenDialect string `json:"token_dialect,omitempty"`

	SkipConsent              bool                     `json:"skip_consent_for_verifiable_first_party_clients"`
	SubjectTypeAuthorization SubjectTypeAuthorization `json:"subject_type_authorization,omitzero"`
	// TokenEncryption encrypts access tokens for the API; nil leaves them as
	// they are signed.
	TokenEncryption *TokenEncryption `json:"token_encryption,omitempty"`
	// ProofOfPossession binds access tokens to a key of the caller; nil (never
	// set) does not.
	ProofOfPossession *ProofOfPossession `json:"proof_of_possession,omitempty"`
	IsSystem          bool               `json:"is_system,omitempty"`
	// AuthorizationDetails are the types of authorization_details it knows.
	AuthorizationDetails []map[string]any `json:"authorization_details,omitempty"`

	Extra map[string]any `json:"-"`
}

// Scope is a permission an API defines.
type Scope struct {
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
}

// SubjectTypeAuthorization says who may get tokens for an API.
//
// Source: Auth0 docs, "API access policies for applications".
type SubjectTypeAuthorization struct {
	User   SubjectTypePolicy `json:"user,omitzero"`
	Client SubjectTypePolicy `json:"client,omitzero"`
}

// SubjectTypePolicy holds "allow_all", "require_client_grant" or "deny_all".
type SubjectTypePolicy struct {
	Policy string `json:"policy,omitempty"`
}

// Policies of SubjectTypeAuthorization.
const (
	PolicyAllowAll           = "allow_all"
	PolicyRequireClientGrant = "require_client_grant"
	PolicyDenyAll            = "deny_all"
)

// RBAC says whether "Enable RBAC" is on.
func (r *ResourceServer) RBAC() bool { return r.EnforcePolicies != nil && *r.EnforcePolicies }

// Dialect is the effective token dialect.
func (r *ResourceServer) Dialect() string {
	if r.TokenDialect == "" {
		return DialectAuth0
	}
	return r.TokenDialect
}

// PermissionsInToken says whether "Add Permissions in the Access Token" is on.
// Alone it does nothing: RBAC must be on too.
func (r *ResourceServer) PermissionsInToken() bool {
	return r.Dialect() == DialectAuth0Authz || r.Dialect() == DialectRFC9068Authz
}

// RFC9068 says whether access tokens follow the RFC 9068 profile.
func (r *ResourceServer) RFC9068() bool { return strings.HasPrefix(r.Dialect(), "rfc9068") }

// Alg is the algorithm access tokens are signed with.
func (r *ResourceServer) Alg() string {
	if r.SigningAlg == "" {
		return "RS256"
	}
	return r.SigningAlg
}

// UserPolicy is the effective policy for tokens on behalf of users.
func (r *ResourceServer) UserPolicy() string {
	if r.SubjectTypeAuthorization.User.Policy == "" {
		return PolicyAllowAll
	}
	return r.SubjectTypeAuthorization.User.Policy
}

// ClientPolicy is the effective policy for machine-to-machine tokens.
func (r *ResourceServer) ClientPolicy() string {
	if r.SubjectTypeAuthorization.Client.Policy == "" {
		return PolicyRequireClientGrant
	}
	return r.SubjectTypeAuthorization.Client.Policy
}

// Defines says whether the API has the scope.
func (r *ResourceServer) Defines(scope string) bool {
	for _, s := range r.Scopes {
		if s.Value == scope {
			return true
		}
	}
	return false
}

// ScopeValues lists the names of the API's scopes in order.
func (r *ResourceServer) ScopeValues() []string {
	values := make([]string, len(r.Scopes))
	for i, s := range r.Scopes {
		values[i] = s.Value
	}
	return values
}

// Clone returns a copy whose top-level fields may be replaced.
func (r *ResourceServer) Clone() *ResourceServer { d := *r; return &d }
