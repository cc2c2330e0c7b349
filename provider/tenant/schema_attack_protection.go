package tenant

import "net/netip"

// attackProtectionSchema holds the sections under the names of the Deploy CLI.
//
// Source: Auth0 Deploy CLI, attackProtection; Management API, PATCH
// /api/v2/attack-protection/…. Observed: the stage pre-custom-token-exchange.
func attackProtectionSchema() field {
	shields := func(names ...string) field { return list("shields", str("").oneOf(names...)) }
	allowlist := func() field { return list("allowlist", str("").as(addressOrRange)) }
	throttle := func(name string, attempts, slowest float64) field {
		return object(name, integer("max_attempts").size(1, attempts), integer("rate").size(slowest, 86_400_000))
	}
	breached := func(name string) field { return object(name, shields(ShieldBlock, ShieldAdminNotification)) }
	return object(KindAttackProtection,
		object("bruteForceProtection",
			boolean("enabled"), shields(ShieldBlock, ShieldUserNotification), allowlist(),
			str("mode").oneOf(CountPerIdentifierAndIP, CountPerIdentifier), integer("max_attempts").size(1, 100)),
		object("suspiciousIpThrottling",
			boolean("enabled"), shields(ShieldBlock, ShieldAdminNotification), allowlist(),
			object("stage",
				throttle(StagePreLogin, 2500, 34_560), throttle(StagePreUserRegistration, 72_000, 1_200),
				throttle(StagePreTokenExchange, 72_000, 1_200))),
		object("breachedPasswordDetection",
			boolean("enabled"), shields(ShieldBlock, ShieldUserNotification, ShieldAdminNotification),
			list("admin_notification_frequency", str("").oneOf(frequencyAtOnce, "daily", "weekly", "monthly")),
			str("method").oneOf("standard", "enhanced"),
			object("stage", breached(StagePreUserRegistration), breached(StagePreChangePassword))),
		object("botDetection").null().later(), object("captcha").null().later(),
		object("phoneProviderProtection").null().later(),
	)
}

// addressOrRange is an IP address or a range of them.
func addressOrRange(s string) (string, bool) {
	if _, err := netip.ParseAddr(s); err == nil {
		return "", false
	}
	if _, err := netip.ParsePrefix(s); err == nil {
		return "", false
	}
	return "must be an IP address or a range, such as 203.0.113.7 or 203.0.113.0/24", false
}
