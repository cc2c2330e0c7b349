package tenant

import "time"

// Settings are the tenant-wide options.
//
// Source: Management API, PATCH /api/v2/tenants/settings.
type Settings struct {
	FriendlyName string `json:"friendly_name,omitempty"`
	PictureURL   string `json:"picture_url,omitempty"`
	SupportEmail string `json:"support_email,omitempty"`
	SupportURL   string `json:"support_url,omitempty"`

	// DefaultAudience is added to every authorization request that names no
	// audience of its own. Empty: such requests get an opaque access token.
	DefaultAudience string `json:"default_audience,omitempty"`
	// DefaultDirectory names the connection of the plain password grant.
	DefaultDirectory string `json:"default_directory,omitempty"`
	// ResourceParameterProfile "compatibility" lets `resource` stand in for
	// a missing `audience`; "audience" ignores it. Empty means compatibility.
	ResourceParameterProfile string `json:"resource_parameter_profile,omitempty"`

	AllowedLogoutURLs      []string `json:"allowed_logout_urls,omitempty"`
	DefaultRedirectionURI  string   `json:"default_redirection_uri,omitempty"`
	EnabledLocales         []string `json:"enabled_locales,omitempty"`
	SandboxVersion         string   `json:"sandbox_version,omitempty"`
	DefaultTokenQuota      any      `json:"default_token_quota,omitempty"`
	ACRValuesSupported     []string `json:"acr_values_supported,omitempty"`
	AllowOrganizationNames bool     `json:"allow_organization_name_in_authentication_api,omitempty"`

	// PAR enables /oauth/par; RequirePAR refuses requests that were not pushed.
	PAR        bool `json:"pushed_authorization_requests_supported,omitempty"`
	RequirePAR bool `json:"require_pushed_authorization_requests,omitempty"`
	// ResponseIssuer adds `iss` to the answers of /authorize.
	ResponseIssuer bool `json:"authorization_response_iss_parameter_supported,omitempty"`

	// MTLS configures client certificates, nil for nothing.
	MTLS *MTLS `json:"mtls,omitempty"`

	// Session lifetimes: hours, unless the …InMinutes variant is set, which wins.
	SessionLifetime              float64        `json:"session_lifetime,omitempty"`
	IdleSessionLifetime          float64        `json:"idle_session_lifetime,omitempty"`
	SessionLifetimeInMinutes     int            `json:"session_lifetime_in_minutes,omitempty"`
	IdleSessionLifetimeInMinutes int            `json:"idle_session_lifetime_in_minutes,omitempty"`
	SessionCookie                *SessionCookie `json:"session_cookie,omitempty"`
	Sessions                     *SessionLogout `json:"sessions,omitempty"`

	// SkipConfirmation keeps the confirmation prompt away from callbacks that
	// cannot be verified, where a client does not say otherwise; nil is false.
	SkipConfirmation *bool `json:"skip_non_verifiable_callback_uri_confirmation_prompt,omitempty"`

	ErrorPage  *ErrorPage    `json:"error_page,omitempty"`
	OIDCLogout *TenantLogout `json:"oidc_logout,omitempty"`
	DeviceFlow *DeviceFlow   `json:"device_flow,omitempty"`
	// RegistrationSecurityMode: see RegistrationMode.
	RegistrationSecurityMode string          `json:"dynamic_client_registration_security_mode,omitempty"`
	Flags                    map[string]bool `json:"flags,omitempty"`

	// Extra keeps the settings Faux0 knows by name but does not act on yet,
	// so that a snapshot loses nothing.
	Extra map[string]any `json:"-"`
}

// MTLS configures client certificates for the tenant.
//
// Source: Auth0 docs, "Configure mTLS authentication for a tenant".
type MTLS struct {
	// EnableEndpointAliases publishes the host that asks for certificates.
	EnableEndpointAliases bool `json:"enable_endpoint_aliases,omitempty"`
}

// SessionCookie says whether the SSO cookie outlives the browser.
type SessionCookie struct {
	// Mode is "persistent" (the default) or "non-persistent".
	Mode string `json:"mode,omitempty"`
}

// SessionLogout says whether people are asked before RP-initiated logout.
type SessionLogout struct {
	// OIDCLogoutPromptEnabled is true when nil.
	OIDCLogoutPromptEnabled *bool `json:"oidc_logout_prompt_enabled,omitempty"`
}

// AsksBeforeLogout says whether a logout that proves nothing is confirmed by
// the person.
//
// Source: Auth0 docs, "RP-initiated logout" (end-user confirmation).
func (s *Settings) AsksBeforeLogout() bool {
	return s.Sessions == nil || s.Sessions.OIDCLogoutPromptEnabled == nil || *s.Sessions.OIDCLogoutPromptEnabled
}

// ErrorPage replaces Faux0's own error page.
//
// Source: Auth0 docs, "Custom error pages".
type ErrorPage struct {
	URL         string `json:"url,omitempty"`
	HTML        string `json:"html,omitempty"`
	ShowLogLink bool   `json:"show_log_link,omitempty"`
}

// DisplayName is what people call the tenant.
func (s *Settings) DisplayName() string {
	if s.FriendlyName == "" {
		return "Faux0"
	}
	return s.FriendlyName
}

// TenantLogout configures RP-initiated logout for the tenant.
type TenantLogout struct {
	// EndSessionEndpointDiscovery publishes end_session_endpoint; nil means yes.
	EndSessionEndpointDiscovery *bool `json:"rp_logout_end_session_endpoint_discovery,omitempty"`
}

const (
	defaultSessionHours     = 168
	defaultIdleSessionHours = 72
)

// SessionLifetimes returns how long a session may live at all and how long it
// may lie idle.
//
// Source: Auth0 docs, "Session lifetime limits".
func (s *Settings) SessionLifetimes() (absolute, idle time.Duration) {
	return lifetime(s.SessionLifetime, s.SessionLifetimeInMinutes, defaultSessionHours),
		lifetime(s.IdleSessionLifetime, s.IdleSessionLifetimeInMinutes, defaultIdleSessionHours)
}

func lifetime(hours float64, minutes int, defaultHours float64) time.Duration {
	if minutes > 0 {
		return time.Duration(minutes) * time.Minute
	}
	if hours <= 0 {
		hours = defaultHours
	}
	return time.Duration(hours * float64(time.Hour))
}

// PersistentSessionCookie says whether the SSO cookie carries an expiry.
func (s *Settings) PersistentSessionCookie() bool {
	return s.SessionCookie == nil || s.SessionCookie.Mode != "non-persistent"
}

// PublishesEndSession says whether discovery names the end_session_endpoint.
func (s *Settings) PublishesEndSession() bool {
	return s.OIDCLogout == nil || s.OIDCLogout.EndSessionEndpointDiscovery == nil ||
		*s.OIDCLogout.EndSessionEndpointDiscovery
}

// Branding is how the tenant's pages look.
//
// Source: Management API, PATCH /api/v2/branding.
type Branding struct {
	Colors     BrandingColors `json:"colors,omitzero"`
	LogoURL    string         `json:"logo_url,omitempty"`
	FaviconURL string         `json:"favicon_url,omitempty"`
	// Templates are the tenant's own pages, by name.
	Templates []BrandingTemplate `json:"templates,omitempty"`
	Extra     map[string]any     `json:"-"`
}

// BrandingTemplate is one of the tenant's own pages.
//
// Source: Auth0 Deploy CLI, branding.
type BrandingTemplate struct {
	Template string `json:"template"`
	Body     string `json:"body"`
}

// pageTemplate is the name of the page around Universal Login.
//
// Source: Management API, PUT /api/v2/branding/templates/universal-login; Auth0
// Deploy CLI, branding.
const pageTemplate = "universal_login"

// PageTemplate is the tenant's own page around Universal Login, "" for none.
func (b *Branding) PageTemplate() string {
	for _, t := range b.Templates {
		if t.Template == pageTemplate {
			return t.Body
		}
	}
	return ""
}

// BrandingColors are CSS colours, #rrggbb.
type BrandingColors struct {
	Primary string `json:"primary,omitempty"`
	// PageBackground is a colour, or an object describing a gradient.
	PageBackground any `json:"page_background,omitempty"`
}

// Background returns the page colour; for a gradient, its start.
func (c BrandingColors) Background() string {
	switch v := c.PageBackground.(type) {
	case string:
		return v
	case map[string]any:
		s, _ := v["start"].(string)
		return s
	}
	return ""
}

// Prompts configures Universal Login.
//
// Source: Management API, PATCH /api/v2/prompts.
type Prompts struct {
	UniversalLoginExperience string `json:"universal_login_experience,omitempty"`
	// IdentifierFirst splits the login page into /u/login/identifier and
	// /u/login/password.
	IdentifierFirst bool `json:"identifier_first,omitempty"`
	// CustomText are the tenant's own words: by language, prompt, screen and
	// key.
	CustomText map[string]map[string]map[string]map[string]string `json:"customText,omitempty"`
	// Partials are what the tenant has put into its pages: by prompt, screen
	// and insertion point.
	//
	// Source: Management API, PUT /api/v2/prompts/{prompt}/partials.
	Partials map[string]map[string]map[string]string `json:"partials,omitempty"`
	// LoginPage is the tenant's own classic login page, nil for none.
	LoginPage *LoginPage     `json:"-"`
	Extra     map[string]any `json:"-"`
}
