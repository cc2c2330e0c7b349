package tenant

import (
	"math"
	"sync"
)

// schemaOf returns the table of a kind, or nil.
func schemaOf(kind string) *field { return schemas()[kind] }

// schemas are made on first use: a start that reads no fixture does not pay
// for them.
var schemas = sync.OnceValue(func() map[string]*field {
	kinds := map[string]*field{}
	for _, f := range []field{
		settingsSchema(), brandingSchema(), promptsSchema(), clientSchema(), resourceServerSchema(),
		clientGrantSchema(), roleSchema(), connectionSchema(), organizationSchema(), userSchema(),
		factorSchema(), mfaPoliciesSchema(), phoneTypesSchema(), attackProtectionSchema(),
		emailTemplateSchema(), phoneTemplateSchema(), factorTemplateSchema(),
		actionSchema(), tokenExchangeProfileSchema(),
	} {
		kinds[f.name] = &f
	}
	return kinds
})

const (
	maxInt32  = math.MaxInt32
	noMinimum = 0
)

// tokenQuota appears on tenants, clients and organizations.
func tokenQuota(name string) field {
	return object(name, object("client_credentials",
		boolean("enforce"), integer("per_day").size(1, maxInt32), integer("per_hour").size(1, maxInt32)).need()).null()
}

// Source: Management API, PATCH /api/v2/tenants/settings.
func settingsSchema() field {
	page := func(name string) field {
		return object(name, boolean("enabled"), str("html")).null().later()
	}
	return object(KindTenant,
		str("friendly_name"), str("picture_url").as(absoluteURLOrEmpty),
		str("support_email").as(emailOrEmpty), str("support_url").as(absoluteURLOrEmpty),
		str("default_audience"), str("default_directory"),
		str("resource_parameter_profile").oneOf("audience", "compatibility"),
		list("allowed_logout_urls", str("").as(allowedURL)),
		str("default_redirection_uri").as(absoluteURLOrEmpty),
		list("enabled_locales", str("").oneOf(locales...)).atLeast(1),
		str("sandbox_version").size(noMinimum, 8).later(), str("legacy_sandbox_version").size(noMinimum, 8).later(),
		tokenQuotaDefaults(),
		list("acr_values_supported", str("").atLeast(1)).null(),
		boolean("allow_organization_name_in_authentication_api").null(),
		// Hours may be fractions: an export of minutes is written so.
		number("session_lifetime"), number("idle_session_lifetime"),
		integer("session_lifetime_in_minutes").atLeast(1), integer("idle_session_lifetime_in_minutes").atLeast(1),
		number("ephemeral_session_lifetime").later(float64(72)), number("idle_ephemeral_session_lifetime").later(float64(24)),
		integer("ephemeral_session_lifetime_in_minutes").atLeast(1).later(float64(72*60)),
		integer("idle_ephemeral_session_lifetime_in_minutes").atLeast(1).later(float64(24*60)),
		object("session_cookie", str("mode").oneOf("persistent", "non-persistent").need()).null(),
		object("error_page", str("html"), boolean("show_log_link"), str("url").as(absoluteURLOrEmpty)).null(),
		object("oidc_logout", boolean("rp_logout_end_session_endpoint_discovery")),
		flagsSchema(),
		page("change_password"), page("guardian_mfa_page"),
		object("device_flow", str("charset").oneOf("base20", "digits"), str("mask").size(noMinimum, 20)).null(),
		object("sessions", boolean("oidc_logout_prompt_enabled")).null(),
		object("security_headers").null().later(),
		boolean("customize_mfa_in_postlogin_action").null().later(),
		object("mtls", boolean("enable_endpoint_aliases")).null(),
		boolean("pushed_authorization_requests_supported").null(), boolean("require_pushed_authorization_requests").null(),
		boolean("authorization_response_iss_parameter_supported").null(),
		boolean("skip_non_verifiable_callback_uri_confirmation_prompt").null(),
		boolean("client_id_metadata_document_supported").later(), boolean("enable_ai_guide").later(),
		boolean("phone_consolidated_experience").later(), boolean("include_session_metadata_in_tenant_logs").later(),
		str("dynamic_client_registration_security_mode").oneOf(SecurityModeStrict, SecurityModePermissive),
		object("country_codes", list("list", str("").size(2, 2)), str("mode").oneOf("allow", "deny")).null().later(),
		// The classic login page's colours; exports of old tenants have them.
		object("universal_login").null().later(),
		list("sandbox_versions_available", str("")).served(),
	)
}

func tokenQuotaDefaults() field {
	return object("default_token_quota", tokenQuota("clients"), tokenQuota("organizations")).null().later()
}

// flagsSchema is open: tenants keep flags that no description lists, and an
// export has them all.
//
// Observed: flags of GET /api/v2/tenants/settings in auth0-deploy-cli.
func flagsSchema() field {
	f := object("flags").null()
	item := boolean("").null()
	f.items = &item
	return f
}

var locales = []string{
	"am", "ar", "ar-EG", "ar-SA", "az", "bg", "bn", "bs", "ca-ES", "cnr", "cs", "cy", "da", "de", "el", "en", "en-CA",
	"es", "es-419", "es-AR", "es-MX", "et", "eu-ES", "fa", "fi", "fr", "fr-CA", "fr-FR", "gl-ES", "gu", "he", "hi", "hr",
	"hu", "hy", "id", "is", "it", "ja", "ka", "kk", "kn", "ko", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "my", "nb", "nl",
	"nn", "no", "pa", "pl", "pt", "pt-BR", "pt-PT", "ro", "ru", "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "te",
	"th", "tl", "tr", "uk", "ur", "vi", "zgh", "zh-CN", "zh-HK", "zh-MO", "zh-TW",
}

// Source: Management API, PATCH /api/v2/branding; Auth0 Deploy CLI, branding.
func brandingSchema() field {
	return object(KindBranding,
		brandingColors(),
		str("logo_url").as(absoluteURLOrEmpty).null(), str("favicon_url").as(absoluteURLOrEmpty).null(),
		object("font", str("url").as(absoluteURLOrEmpty).null()).null().later(),
		list("templates", object("", str("template").need(), str("body").size(noMinimum, 102400).need())).only(ForFixture),
	)
}

func brandingColors() field {
	return object("colors", str("primary").as(htmlColor).null(), brandingBackground()).null()
}

func brandingBackground() field {
	f := object("page_background", str("type"), str("start").as(htmlColor), str("end").as(htmlColor), number("angle_deg"))
	f.types |= isString | isNull
	f.format = htmlColor
	return f
}

// Source: Management API, PATCH /api/v2/prompts; Auth0 Deploy CLI, prompts.
func promptsSchema() field {
	return object(KindPrompts,
		str("universal_login_experience").oneOf("new", "classic"),
		boolean("identifier_first").null(),
		boolean("webauthn_platform_first_factor").null().later(),
		customText().only(ForFixture),
		partials().only(ForFixture),
		list("screenRenderers", object("")).only(ForFixture).later(),
	)
}

// insertionPoints are the places of a screen that partials go to.
//
// Source: Auth0 docs, "Customize signup and login prompts"; Auth0 Deploy CLI.
var insertionPoints = []string{
	"form-content", "form-content-start", "form-content-end", "form-footer-start", "form-footer-end", "secondary-actions-start", "secondary-actions-end",
}

// partials holds HTML by prompt, screen and insertion point.
//
// Source: Management API, PUT /api/v2/prompts/{prompt}/partials.
func partials() field {
	points := make([]field, len(insertionPoints))
	for i, name := range insertionPoints {
		points[i] = str(name).size(noMinimum, 10000)
	}
	screen, prompt := object("", points...), object("")
	prompt.items = &screen
	f := object("partials")
	f.items = &prompt
	return f
}

// customText holds texts by language, prompt, screen and key.
//
// Source: Auth0 Deploy CLI, prompts; Management API, PUT
// /api/v2/prompts/{prompt}/custom-text/{language}.
func customText() field {
	text := str("")
	for _, name := range []string{"", "", ""} {
		level, item := object(name), text
		level.items = &item
		text = level
	}
	f := object("customText")
	f.items = &text
	return f
}

// factorSchema is open: what belongs to a factor's provider is kept.
//
// Source: Auth0 Deploy CLI, guardianFactors; Management API, PUT
// /api/v2/guardian/factors/{name}. Observed: go-auth0, PUT
// /api/v2/guardian/factors/webauthn-roaming/settings.
func factorSchema() field {
	return object(KindFactor, str("name").atLeast(1).need(), boolean("enabled"),
		str("userVerification").oneOf("discouraged", "preferred", "required"),
		boolean("overrideRelyingParty"), str("relyingPartyIdentifier")).more()
}

// Source: Auth0 Deploy CLI, guardianPolicies; Management API, PUT
// /api/v2/guardian/policies.
func mfaPoliciesSchema() field {
	return object(KindMFAPolicies, list("policies", str("").oneOf(PolicyAllApplications, PolicyConfidenceScore)).null())
}

// Source: Auth0 Deploy CLI, guardianPhoneFactorMessageTypes; Management API, PUT
// /api/v2/guardian/factors/phone/message-types.
func phoneTypesSchema() field {
	return object(KindPhoneTypes, list("message_types", str("").oneOf(MessageTypeSMS, MessageTypeVoice)))
}

// Source: Management API, POST /api/v2/resource-servers.
func resourceServerSchema() field {
	policy := func(name string, values ...string) field {
		return object(name, str("policy").oneOf(values...)).more()
	}
	return object(KindResourceServer,
		str("id").only(ForFixture).atLeast(1),
		str("name").size(noMinimum, 200).as(displayedName),
		str("identifier").size(1, 600).need().only(ForCreate|ForFixture),
		list("scopes", object("",
			str("value").size(1, 280).as(noBlanks).need(), str("description").size(noMinimum, 500).null())).distinct().atMost(1000),
		str("signing_alg").oneOf("RS256", "HS256", "PS256", "RS512"),
		str("signing_secret").atLeast(16),
		boolean("allow_offline_access"),
		boolean("allow_online_access"), boolean("allow_online_access_with_ephemeral_sessions"),
		integer("token_lifetime").size(0, 2592000), integer("token_lifetime_for_web").size(0, 2592000),
		str("token_dialect").oneOf(DialectAuth0, DialectAuth0Authz, DialectRFC9068, DialectRFC9068Authz),
		boolean("skip_consent_for_verifiable_first_party_clients"),
		boolean("enforce_policies"),
		tokenEncryptionSchema(),
		str("consent_policy").oneOf("transactional-authorization-with-mfa").null().later(),
		list("authorization_details", object("")).null(),
		object("proof_of_possession", str("mechanism").oneOf(MechanismMTLS, MechanismDPoP).need(), boolean("required").need(),
			str("required_for").oneOf("public_clients", "all_clients")).null(),
		object("subject_type_authorization",
			policy("user", PolicyAllowAll, PolicyRequireClientGrant, PolicyDenyAll),
			policy("client", PolicyRequireClientGrant, PolicyDenyAll)),
		object("authorization_policy", str("policy_id").size(1, 1024).need()).null().later(),
		boolean("is_system").only(ForFixture),
		str("client_id").only(ForFixture).later(),
	)
}

// Source: Management API, POST /api/v2/client-grants; Auth0 Deploy CLI,
// clientGrants (client_id is a name there).
func clientGrantSchema() field {
	return object(KindClientGrant,
		str("id").only(ForFixture).atLeast(1),
		str("client_id").null(), str("audience").atLeast(1).need(),
		str("default_for").oneOf("third_party_clients"),
		str("organization_usage").oneOf("deny", "allow", "require"),
		boolean("allow_any_organization"),
		list("scope", str("").size(1, 280)).distinct().null(),
		str("subject_type").oneOf(SubjectClient, SubjectUser),
		list("authorization_details_types", str("").size(1, 255)).later(),
		boolean("allow_all_scopes"),
		boolean("is_system").only(ForFixture),
	)
}

func permissions() field {
	return list("permissions", object("",
		str("resource_server_identifier").need(), str("permission_name").need(),
		str("description").null().served(), str("resource_server_name").null().served(), list("sources", anything("")).served()))
}

// Source: Management API, POST /api/v2/roles; Auth0 Deploy CLI, roles.
func roleSchema() field {
	return object(KindRole,
		str("id").only(ForFixture).atLeast(1),
		str("name").atLeast(1).need(), str("description").null(),
		permissions().atMost(1000).only(ForFixture),
		str("type").later("tenant"), str("owner_id").later(),
	)
}

// Source: Management API, POST /api/v2/organizations; Auth0 Deploy CLI,
// organizations (connections by name, client_grants by client name).
func organizationSchema() field {
	metadata := object("metadata").atMost(25)
	item := str("").size(noMinimum, 255).null()
	metadata.items = &item
	return object(KindOrganization,
		str("id").only(ForFixture).atLeast(1),
		str("name").size(1, 50).as(organizationName).need(),
		str("display_name").size(1, 255),
		object("branding", str("logo_url").as(absoluteURLOrEmpty).null(), brandingColors()),
		metadata,
		list("enabled_connections", organizationConnection()).distinct(),
		list("connections", organizationConnection()).distinct().only(ForFixture),
		list("client_grants", object("", str("client_id"), str("grant_id")).or(isString)).only(ForFixture),
		tokenQuota("token_quota").later(),
		list("discovery_domains", object("", str("id"), str("domain").size(3, 255).need(), str("status").oneOf("pending", "verified"),
			boolean("use_for_organization_discovery"), str("verification_txt"), str("verification_host"))).only(ForFixture),
		str("third_party_client_access").oneOf("allow", "block"),
		list("invitations", invitationSchema()).only(ForFixture),
		boolean("is_app_entitlement_active").later(),
		list("clients", anything("")).only(ForFixture).later(), anything("client").only(ForFixture).later(),
	)
}

// Source: Management API, GET /api/v2/organizations/{id}/invitations.
func invitationSchema() field {
	return object("",
		str("id").atLeast(1), str("client_id").need(), object("inviter", str("name").size(1, MaxInviterName).need()).need(),
		object("invitee", str("email").as(emailAddress).need()).need(), str("invitation_url"), str("ticket_id").atLeast(1),
		str("created_at").as(timestamp), str("expires_at").as(timestamp), str("organization_id").served(),
		str("connection_id"), list("roles", str("").atLeast(1)), object("app_metadata"), object("user_metadata"))
}

func organizationConnection() field {
	return object("",
		str("connection_id"), str("name").only(ForFixture),
		boolean("assign_membership_on_login"), boolean("show_as_button"), boolean("is_signup_enabled"),
		boolean("is_enabled"), str("organization_connection_name").null().later(),
		str("organization_access_level").later("none"),
		anything("connection").served())
}
