package tenant

// appTypes are the values of Client.AppType.
//
// Source: Management API, POST /api/v2/clients, app_type.
var appTypes = []string{
	"spa", "native", "regular_web", "non_interactive", "resource_server", "express_configuration", "rms", "box",
	"cloudbees", "concur", "dropbox", "mscrm", "echosign", "egnyte", "newrelic", "office365", "salesforce", "sentry",
	"sharepoint", "slack", "springcm", "zendesk", "zoom", "sso_integration", "oag",
}

// grantTypes are the values of Client.GrantTypes; the old names are still in
// exports.
//
// Source: Auth0 docs, "Application grant types".
var grantTypes = []string{
	GrantAuthorizationCode, GrantImplicit, GrantRefreshToken, GrantClientCredentials, GrantPassword, GrantPasswordRealm,
	GrantDeviceCode, GrantTokenExchange, GrantMFAOTP, GrantMFAOOB, GrantMFARecoveryCode, GrantPasswordlessOTP,
	GrantCIBA, GrantPasskey,
	"urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:saml2-bearer",
	"urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token",
	"http://auth0.com/oauth/legacy/grant-type/ro", "http://auth0.com/oauth/legacy/grant-type/ro/jwt-bearer",
	"http://auth0.com/oauth/legacy/grant-type/delegation/refresh_token",
	"http://auth0.com/oauth/legacy/grant-type/delegation/id_token", "http://auth0.com/oauth/legacy/grant-type/access_token",
}

// Source: Management API, POST /api/v2/clients; Auth0 Deploy CLI, clients.
func clientSchema() field {
	return object(KindClient,
		str("client_id").size(1, 300).as(noBlanks).only(ForFixture),
		str("client_secret").atLeast(1).only(ForFixture|ForUpdate).null(),
		str("name").atLeast(1).as(displayedName).need(),
		str("description").size(noMinimum, 140), str("logo_uri").as(absoluteURLOrEmpty),
		str("app_type").oneOf(appTypes...).or(isNull),
		list("callbacks", str("").as(allowedURL)).null(),
		list("allowed_logout_urls", str("").as(allowedURL)).null(),
		list("web_origins", str("").as(allowedURL)).null(),
		list("allowed_origins", str("").as(allowedURL)).null(),
		str("initiate_login_uri").as(absoluteURLOrEmpty),
		list("grant_types", str("").oneOf(grantTypes...)).distinct(),
		str("token_endpoint_auth_method").oneOf("none", "client_secret_post", "client_secret_basic").null(),
		boolean("is_first_party"), boolean("oidc_conformant"),
		object("jwt_configuration",
			integer("lifetime_in_seconds").atLeast(1), boolean("secret_encoded"), object("scopes").later(),
			str("alg").oneOf("HS256", "RS256", "PS256", "RS512")),
		refreshTokenSchema(),
		object("default_organization",
			str("organization_id").need(), list("flows", str("").oneOf(GrantClientCredentials)).need()).null(),
		str("organization_usage").oneOf("deny", "allow", "require").null(),
		str("organization_require_behavior").oneOf("no_prompt", "pre_login_prompt", "post_login_prompt").null(),
		list("organization_discovery_methods", str("").oneOf(DiscoverByEmail, DiscoverByName)).null(),
		boolean("cross_origin_authentication"), boolean("cross_origin_auth").served().only(forAll), // its old name
		clientMetadata(),
		boolean("global").only(ForFixture),
		clientLater(),
	).flat()
}

// flat lifts the members of nameless members: it lets a long table be written
// in parts.
func (f field) flat() field {
	var members []field
	for _, m := range f.members {
		if m.name == "" {
			members = append(members, m.members...)
		} else {
			members = append(members, m)
		}
	}
	f.members = members
	return f
}

func clientMetadata() field {
	f := object("client_metadata").atMost(10)
	item := str("").size(noMinimum, 255).null()
	f.items = &item
	return f
}

// Source: Auth0 docs, "Configure refresh token rotation", "Configure refresh
// token expiration".
func refreshTokenSchema() field {
	return object("refresh_token",
		str("rotation_type").oneOf("non-rotating", "rotating").need(),
		str("expiration_type").oneOf("non-expiring", "expiring").need(),
		integer("leeway").atLeast(0),
		integer("token_lifetime").size(1, 157788000), boolean("infinite_token_lifetime"),
		integer("idle_token_lifetime").atLeast(1), boolean("infinite_idle_token_lifetime"),
		list("policies", object("", str("audience").need(), list("scope", str("").atLeast(1)))).null(),
	).null()
}

// clientLater are the members Faux0 keeps and does not act on yet.
func clientLater() field {
	logout := func(name string) field {
		return object(name, list("backchannel_logout_urls", str("").as(backchannelURL)).size(noMinimum, 1),
			object("backchannel_logout_initiators", str("mode").oneOf("custom", "all"),
				list("selected_initiators", str("").oneOf(initiators...))).more(),
			object("backchannel_logout_session_metadata", boolean("include")).more().null().later()).more().null()
	}
	credentials := func(name string) field { return object(name).later() }
	return object("",
		logout("oidc_logout"), logout("oidc_backchannel_logout"),
		object("session_transfer").null().later(),
		list("client_aliases", str("")).later(), list("allowed_clients", str("")).null().later(),
		boolean("is_token_endpoint_ip_header_trusted"),
		object("encryption_key").null().later(),
		boolean("sso").later(), boolean("sso_disabled").later(),
		str("cross_origin_loc").null().later(),
		boolean("custom_login_page_on"), str("custom_login_page").null(),
		str("custom_login_page_preview").null().later(), str("form_template").null().later(),
		addons(),
		object("mobile", object("android", str("app_package_name"), list("sha256_cert_fingerprints", str(""))).more(),
			object("ios", str("team_id"), str("app_bundle_identifier")).more()).more().null().later(),
		nativeSocialLogin(), object("fedcm_login").null().later(),
		authenticationMethodsSchema(),
		boolean("require_pushed_authorization_requests"), boolean("require_proof_of_possession"),
		object("signed_request_object", boolean("required"), publicKeyCredentials()).null(),
		credentials("token_vault_privileged_access").null(),
		str("compliance_level").oneOf("none", "fapi1_adv_pkj_par", "fapi1_adv_mtls_par",
			"fapi2_sp_pkj_mtls", "fapi2_sp_mtls_mtls").null(),
		boolean("skip_non_verifiable_callback_uri_confirmation_prompt").null(),
		object("token_exchange", list("allow_any_profile_of_type", str("").oneOf(ProfileCustomAuthentication, ProfileOnBehalfOf))).null(),
		integer("par_request_expiry").size(10, 600).null(),
		tokenQuota("token_quota").later(),
		str("resource_server_identifier").size(1, 600),
		str("third_party_security_mode").oneOf("strict", "permissive"),
		str("redirection_policy").oneOf("allow_always", "open_redirect_protection"),
		object("express_configuration").later(), object("my_organization_configuration").later(),
		object("identity_assertion_authorization_grant").null().later(),
		list("async_approval_notification_channels", str("").oneOf(ChannelGuardianPush, ChannelApprovalMail)).null(),
		str("tenant").served(), anything("signing_keys").served(), boolean("callback_url_template").served(),
		anything("owners").served(), boolean("encrypted").served(), str("config_route").served(),
		str("external_client_id").later(), str("external_metadata_type").later(), str("external_metadata_created_by").later(),
	)
}

func nativeSocialLogin() field {
	provider := func(name string) field { return object(name, boolean("enabled").need()).null() }
	return object("native_social_login", provider("apple"), provider("facebook"), provider("google")).null()
}

func addons() field {
	names := []string{
		"aws", "azure_blob", "azure_sb", "rms", "mscrm", "slack", "sentry", "box", "cloudbees", "concur", "dropbox",
		"echosign", "egnyte", "firebase", "newrelic", "office365", "salesforce", "salesforce_api",
		"salesforce_sandbox_api", "samlp", "layer", "sap_api", "sharepoint", "springcm", "wams", "wsfed", "zendesk",
		"zoom", "sso_integration", "oag",
	}
	members := make([]field, len(names))
	for i, name := range names {
		members[i] = object(name).null()
		if name != "samlp" {
			members[i] = members[i].later()
		}
	}
	return object("addons", members...).null()
}
