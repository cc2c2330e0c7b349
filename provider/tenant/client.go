package tenant

import (
	"slices"
	"strings"
)

// Grant types a Client may be allowed to use.
//
// Source: Auth0 docs, "Application grant types".
const (
	GrantAuthorizationCode = "authorization_code"
	GrantImplicit          = "implicit"
	GrantRefreshToken      = "refresh_token"
	GrantClientCredentials = "client_credentials"
	GrantPassword          = "password"
	GrantPasskey           = "urn:okta:params:oauth:grant-type:webauthn"
	GrantPasswordRealm     = "http://auth0.com/oauth/grant-type/password-realm"
	GrantDeviceCode        = "urn:ietf:params:oauth:grant-type:device_code"
	GrantTokenExchange     = "urn:ietf:params:oauth:grant-type:token-exchange"
	GrantMFAOTP            = "http://auth0.com/oauth/grant-type/mfa-otp"
	GrantMFAOOB            = "http://auth0.com/oauth/grant-type/mfa-oob"
	GrantMFARecoveryCode   = "http://auth0.com/oauth/grant-type/mfa-recovery-code"
	GrantPasswordlessOTP   = "http://auth0.com/oauth/grant-type/passwordless/otp"
	GrantCIBA              = "urn:openid:params:grant-type:ciba"
)

// Client is an Application: something that logs users in or calls APIs.
//
// Source: Management API, POST /api/v2/clients.
type Client struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret,omitempty"`
	Name         string `json:"name"`
	Description  string `json:"description,omitempty"`
	LogoURI      string `json:"logo_uri,omitempty"`
	// AppType is "spa", "native", "regular_web", "non_interactive" or one of
	// the single-sign-on integrations.
	AppType string `json:"app_type,omitempty"`

	Callbacks         []string `json:"callbacks,omitempty"`
	AllowedLogoutURLs []string `json:"allowed_logout_urls,omitempty"`
	WebOrigins        []string `json:"web_origins,omitempty"`
	AllowedOrigins    []string `json:"allowed_origins,omitempty"`
	InitiateLoginURI  string   `json:"initiate_login_uri,omitempty"`

	GrantTypes              []string `json:"grant_types"`
	TokenEndpointAuthMethod string   `json:"token_endpoint_auth_method"`
	// AuthenticationMethods, if set, stand in for TokenEndpointAuthMethod.
	AuthenticationMethods *AuthenticationMethods `json:"client_authentication_methods,omitempty"`
	// TokenEndpointIPHeaderTrusted believes the client, once it has
	// authenticated, which address its user has.
	TokenEndpointIPHeaderTrusted bool `json:"is_token_endpoint_ip_header_trusted,omitempty"`
	// RequireProofOfPossession refuses access tokens that are bound to no key.
	RequireProofOfPossession bool `json:"require_proof_of_possession,omitempty"`

	IsFirstParty   bool `json:"is_first_party"`
	OIDCConformant bool `json:"oidc_conformant"`

	JWTConfiguration JWTConfiguration   `json:"jwt_configuration"`
	RefreshToken     RefreshTokenPolicy `json:"refresh_token"`

	// OrganizationUsage is "deny" (the default), "allow" or "require".
	OrganizationUsage string `json:"organization_usage,omitempty"`
	// OrganizationRequireBehavior is "no_prompt" (the default),
	// "pre_login_prompt" or "post_login_prompt".
	OrganizationRequireBehavior string `json:"organization_require_behavior,omitempty"`
	// OrganizationDiscoveryMethods are what pre_login_prompt asks for:
	// DiscoverByEmail, DiscoverByName (also where it is empty), or both.
	OrganizationDiscoveryMethods []string             `json:"organization_discovery_methods,omitempty"`
	DefaultOrganization          *DefaultOrganization `json:"default_organization,omitempty"`

	// NotificationChannels are how the client may ask people for approval.
	NotificationChannels []string `json:"async_approval_notification_channels,omitempty"`

	CrossOriginAuthentication bool `json:"cross_origin_authentication,omitempty"`
	// CustomLoginPageOn false keeps custom login pages away from the client;
	// nil is true.
	CustomLoginPageOn *bool `json:"custom_login_page_on,omitempty"`
	// CustomLoginPage is the HTML of the client's own classic login page.
	CustomLoginPage string `json:"custom_login_page,omitempty"`

	// SignedRequestObject configures request objects (JAR), nil for none.
	SignedRequestObject *SignedRequestObject `json:"signed_request_object,omitempty"`
	// RequirePAR refuses authorization requests that were not pushed;
	// PARRequestExpirySeconds is how long pushed ones wait, 0 for the default.
	RequirePAR              bool `json:"require_pushed_authorization_requests,omitempty"`
	PARRequestExpirySeconds int  `json:"par_request_expiry,omitempty"`
	// ComplianceLevel is "none", "" or one of the FAPI profiles.
	ComplianceLevel string `json:"compliance_level,omitempty"`
	// ThirdPartySecurityMode is "strict" or "permissive"; RedirectionPolicy is
	// "open_redirect_protection" or "allow_always". Both are for third-party
	// clients. Empty: see ThirdPartyStrict and RedirectsErrors.
	ThirdPartySecurityMode string `json:"third_party_security_mode,omitempty"`
	RedirectionPolicy      string `json:"redirection_policy,omitempty"`
	// SkipConfirmation keeps the confirmation prompt away from callbacks that
	// cannot be verified; nil leaves it to the tenant.
	SkipConfirmation *bool `json:"skip_non_verifiable_callback_uri_confirmation_prompt,omitempty"`
	// NativeSocialLogin says whose tokens a native app may exchange for ours.
	NativeSocialLogin *NativeSocialLogin `json:"native_social_login,omitempty"`
	TokenExchange     *TokenExchange     `json:"token_exchange,omitempty"`
	// ResourceServerIdentifier is the API that the client is, for clients of
	// AppType "resource_server".
	ResourceServerIdentifier string `json:"resource_server_identifier,omitempty"`

	OIDCLogout *ClientLogout `json:"oidc_logout,omitempty"`
	// OIDCBackchannelLogout is the old name of OIDCLogout, which wins.
	OIDCBackchannelLogout *ClientLogout `json:"oidc_backchannel_logout,omitempty"`

	// Addons are the integrations of the client, by name; see SAML.
	Addons map[string]any `json:"addons,omitempty"`

	ClientMetadata map[string]string `json:"client_metadata,omitempty"`
	Global         bool              `json:"global"`

	Extra map[string]any `json:"-"`
}

// SignedRequestObject says how a Client's request objects are signed.
//
// Source: Auth0 docs, "Authorization code flow with JAR".
type SignedRequestObject struct {
	// Required refuses authorization requests without a request object.
	Required    bool         `json:"required,omitempty"`
	Credentials []Credential `json:"credentials,omitempty"`
}

// JWTConfiguration says how a Client's ID tokens are signed.
type JWTConfiguration struct {
	LifetimeInSeconds int  `json:"lifetime_in_seconds"`
	SecretEncoded     bool `json:"secret_encoded"`
	// Alg is RS256, RS512, HS256 or PS256. Empty: see Client.IDTokenAlg.
	Alg string `json:"alg,omitempty"`
}

// RefreshTokenPolicy is how a Client's refresh tokens age. Lifetimes are in
// seconds.
//
// Source: Auth0 docs, "Refresh token rotation", "Refresh token expiration".
type RefreshTokenPolicy struct {
	RotationType              string `json:"rotation_type"`
	ExpirationType            string `json:"expiration_type"`
	LeewaySeconds             int    `json:"leeway"`
	TokenLifetimeSeconds      int    `json:"token_lifetime"`
	InfiniteTokenLifetime     bool   `json:"infinite_token_lifetime"`
	IdleTokenLifetimeSeconds  int    `json:"idle_token_lifetime"`
	InfiniteIdleTokenLifetime bool   `json:"infinite_idle_token_lifetime"`
	// Policies let a refresh token be exchanged for tokens of further APIs.
	Policies []RefreshPolicy `json:"policies,omitempty"`
}

// RefreshPolicy is one API that a multi-resource refresh token is good for,
// and the scopes it may be asked for there.
//
// Source: Auth0 docs, "Multi-resource refresh token".
type RefreshPolicy struct {
	Audience string   `json:"audience"`
	Scope    []string `json:"scope,omitempty"`
}

// Rotating says whether each exchange replaces the refresh token.
func (p RefreshTokenPolicy) Rotating() bool { return p.RotationType == "rotating" }

// Expiring says whether the lifetimes apply at all.
func (p RefreshTokenPolicy) Expiring() bool { return p.ExpirationType == "expiring" }

// NativeSocialLogin holds the providers of native social login.
//
// Source: Management API, POST /api/v2/clients, native_social_login.
type NativeSocialLogin struct {
	Apple    *Enabled `json:"apple,omitempty"`
	Facebook *Enabled `json:"facebook,omitempty"`
	Google   *Enabled `json:"google,omitempty"`
}

// Enabled is a switch.
type Enabled struct {
	Enabled bool `json:"enabled"`
}

// TokenExchange says which token exchanges a Client may ask for.
//
// Source: Management API, POST /api/v2/clients, token_exchange.
type TokenExchange struct {
	AllowAnyProfileOfType []string `json:"allow_any_profile_of_type,omitempty"`
}

// Types of token exchange.
const (
	ProfileCustomAuthentication = "custom_authentication"
	ProfileOnBehalfOf           = "on_behalf_of_token_exchange"
)

// AllowsExchange says whether the client may ask for token exchanges of the
// type.
func (c *Client) AllowsExchange(profileType string) bool {
	return c.TokenExchange != nil && slices.Contains(c.TokenExchange.AllowAnyProfileOfType, profileType)
}

// AllowsNativeSocial says whether the client may exchange tokens that the
// provider of the strategy gave to a native app.
func (c *Client) AllowsNativeSocial(strategy string) bool {
	if c.NativeSocialLogin == nil {
		return false
	}
	provider := map[string]*Enabled{
		"apple": c.NativeSocialLogin.Apple, "facebook": c.NativeSocialLogin.Facebook, "google-oauth2": c.NativeSocialLogin.Google,
	}[strategy]
	return provider != nil && provider.Enabled
}

// DefaultOrganization is used by the listed flows when a request names none.
type DefaultOrganization struct {
	OrganizationID string   `json:"organization_id"`
	Flows          []string `json:"flows"`
}

// Public says whether the client authenticates with nothing at all.
func (c *Client) Public() bool { return c.AuthenticationMethod() == "none" }

// AllowsGrant says whether grantType is switched on for the client. A strict
// third-party client has few to switch on.
func (c *Client) AllowsGrant(grantType string) bool {
	return slices.Contains(c.GrantTypes, grantType) &&
		(!c.ThirdPartyStrict() || slices.Contains(strictGrants, grantType))
}

// strictGrants are what third-party clients may use in strict mode.
//
// Source: Auth0 docs, "Third-party applications" (security controls).
var strictGrants = []string{GrantAuthorizationCode, GrantRefreshToken}

// ThirdPartyStrict says whether the client is a third-party application in
// strict mode: no ID tokens, no OIDC scopes. Where nothing is said, the id
// tells: strict clients are given one that begins with tpc_.
//
// Source: Auth0 docs, "Third-party applications" (security controls,
// permissive mode). That a client without the setting goes by its id is
// inferred: the setting is younger than most third-party clients.
func (c *Client) ThirdPartyStrict() bool {
	switch c.ThirdPartySecurityMode {
	case "strict":
		return !c.IsFirstParty
	case "permissive":
		return false
	}
	return strings.HasPrefix(c.ClientID, "tpc_")
}

// FAPI says whether the client's compliance level is one of the FAPI profiles.
//
// Source: Auth0 docs, "FAPI compliance levels".
func (c *Client) FAPI() bool { return c.ComplianceLevel != "" && c.ComplianceLevel != "none" }

// RedirectsErrors says whether errors of an authorization request go to the
// client's callback rather than onto a page of the tenant.
//
// Source: Management API, POST /api/v2/clients, redirection_policy.
func (c *Client) RedirectsErrors() bool {
	return !c.ThirdPartyStrict() || c.RedirectionPolicy == "allow_always"
}

// IDTokenAlg is the algorithm of the client's ID tokens. A client made through
// the Management API without one signs with HS256 unless it is OIDC conformant
// or has no secret to sign with.
//
// Source: Auth0 docs, "Signing algorithms".
func (c *Client) IDTokenAlg() string {
	switch {
	case c.JWTConfiguration.Alg != "" && !(c.Public() && c.JWTConfiguration.Alg == "HS256"):
		return c.JWTConfiguration.Alg
	case c.OIDCConformant || c.Public():
		return "RS256"
	}
	return "HS256"
}

// LogoutURLFallback is where logout goes when the request names no place.
func (c *Client) LogoutURLFallback() string {
	if len(c.AllowedLogoutURLs) == 0 {
		return ""
	}
	return c.AllowedLogoutURLs[0]
}

// Clone returns a copy whose top-level fields may be replaced. Slices and maps
// are shared: replace them, do not write into them.
func (c *Client) Clone() *Client { d := *c; return &d }
