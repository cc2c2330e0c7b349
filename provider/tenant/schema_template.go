package tenant

// emailTemplates are the names of mails.
//
// Source: Management API, GET /api/v2/email-templates/{templateName}.
var emailTemplates = []string{
	"verify_email", "verify_email_by_code", "auth_email_by_code", "reset_email", "reset_email_by_code", "welcome_email", "blocked_account",
	"stolen_credentials", "enrollment_email", "mfa_oob_code", "user_invitation", "change_password", "password_reset", "async_approval",
}

// Source: Management API, POST /api/v2/email-templates; Auth0 Deploy CLI,
// emailTemplates.
func emailTemplateSchema() field {
	return object(KindEmailTemplate,
		str("template").oneOf(emailTemplates...).need(),
		str("from").null(), str("subject").null(), str("body").null(), str("resultUrl").null(),
		str("syntax").null(), integer("urlLifetimeInSeconds").atLeast(0).null(),
		boolean("includeEmailInRedirect"), boolean("enabled").null(),
	)
}

// Source: Management API, POST /api/v2/branding/phone/templates.
func phoneTemplateSchema() field {
	const longest = 20000
	return object(KindPhoneTemplate,
		str("id").only(ForFixture), str("type").oneOf(PhoneVerify, PhoneEnroll, PhoneBlocked, "change_password", "password_breach").need(),
		boolean("disabled"),
		object("content", str("syntax"), str("from").size(1, 16).null(),
			object("body", str("text").size(1, longest), str("voice").size(1, longest))),
		str("channel").served(), str("tenant").served(), boolean("customizable").served(), str("created_at").served(), str("updated_at").served(),
	)
}

// Source: Management API, PUT /api/v2/guardian/factors/sms/templates; Auth0
// Deploy CLI, guardianFactorTemplates.
func factorTemplateSchema() field {
	return object(KindFactorTemplate,
		str("name").need(), str("enrollment_message"), str("verification_message"),
	).more()
}
