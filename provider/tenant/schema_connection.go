package tenant

// strategies are the values of Connection.Strategy.
//
// Source: Management API, POST /api/v2/connections, strategy.
var strategies = []string{
	"ad", "adfs", "amazon", "apple", "dropbox", "bitbucket", "auth0-oidc", StrategyAuth0, "baidu", "bitly", "box",
	"custom", "daccount", "dwolla", "email", "evernote-sandbox", "evernote", "exact", "facebook", "fitbit", "github",
	"google-apps", "google-oauth2", "instagram", "ip", "line", "linkedin", "oauth1", "oauth2", "office365", "oidc",
	"okta", "paypal", "paypal-sandbox", "pingfederate", "planningcenter", "salesforce-community",
	"salesforce-sandbox", "salesforce", "samlp", "sharepoint", "shopify", "shop", "sms", "soundcloud",
	"thirtysevensignals", "twitter", "untappd", "vkontakte", "waad", "weibo", "windowslive", "wordpress", "yahoo",
	"yandex",
}

// Source: Management API, POST /api/v2/connections; Auth0 Deploy CLI,
// databases and connections (enabled_clients by name, scripts as files).
func connectionSchema() field {
	metadata := object("metadata").atMost(10).null()
	item := str("").size(noMinimum, 255).null()
	metadata.items = &item
	switched := func(name string, more ...field) field {
		return object(name, append([]field{boolean("active").need()}, more...)...).null().later(true)
	}
	return object(KindConnection,
		str("id").only(ForFixture).atLeast(1),
		str("name").size(1, 128).as(connectionName).need().only(ForCreate|ForFixture),
		str("display_name").size(noMinimum, 128).null(),
		str("strategy").oneOf(strategies...).need().only(ForCreate|ForFixture),
		connectionOptions(),
		list("enabled_clients", str("")).null(),
		boolean("is_domain_connection"), boolean("show_as_button").null(),
		list("realms", str("").atLeast(1)).null(),
		metadata,
		switched("authentication"), switched("connected_accounts", boolean("cross_app_access")),
		switched("cross_app_access_requesting_app"), object("cross_app_access_resource_app").null().later(),
		str("provisioning_ticket_url").served(),
		object("directory_provisioning_configuration").only(ForFixture).null().later(),
	)
}

// connectionOptions knows the options of databases; identity providers have
// hundreds of their own, so it is open.
func connectionOptions() field {
	enabled := func(name string, more ...field) field {
		return object(name, append([]field{boolean("enable")}, more...)...).null()
	}
	return object("options",
		str("passwordPolicy").oneOf("none", "low", "fair", "good", "excellent").null(),
		object("password_complexity_options", integer("min_length").size(1, 128)).null(),
		enabled("password_history", integer("size").size(0, 24)),
		enabled("password_no_personal_info"),
		enabled("password_dictionary", list("dictionary", str("").size(noMinimum, 50))),
		boolean("requires_username").null(), boolean("disable_signup").null(),
		boolean("brute_force_protection").null(),
		object("validation", object("username", integer("min").atLeast(1).need(), integer("max").atMost(128).need()).null()).null(),
		object("mfa").null(), integer("strategy_version").null(), boolean("import_mode").null().later(),
		boolean("enabledDatabaseCustomization").null().later(), boolean("enable_script_context").null().later(),
		object("customScripts").null().later(), object("bareConfiguration").null().later(),
		object("configuration").null().later(),
		object("attributes", attribute("email"), attribute("phone_number"), attribute("username")).null(),
		authenticationMethods(),
		object("passkey_options", str("challenge_ui").oneOf("both", "autofill", "button"),
			boolean("progressive_enrollment_enabled"), boolean("local_enrollment_enabled")).null(),
		list("precedence", str("").oneOf("email", "phone_number", "username")).null().later(),
		object("gateway_authentication").null().later(), object("password_options").null().later(),
		list("non_persistent_attrs", str("")).null(),
		boolean("disable_self_service_change_password").null(),
		str("set_user_root_attributes").oneOf(OnEachLogin, OnFirstLogin, NeverOnLogin).null(),
	).more().null()
}

// authenticationMethods are the ways to log in that a database has switched on.
func authenticationMethods() field {
	method := func(name string) field { return object(name, boolean("enabled")).more() }
	return object("authentication_methods",
		method("password"), method("passkey"), method("email_otp"), method("phone_otp")).null()
}

func attribute(name string) field {
	return object(name, object("identifier").more(), boolean("unique"), boolean("profile_required"),
		str("verification_method").oneOf("link", "otp"), object("signup").more(), object("validation").more())
}
