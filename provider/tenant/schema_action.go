package tenant

import "strings"

// A fixture may leave out supported_triggers, which a POST must have: an Action
// that a profile names needs no other word.
//
// Source: Management API, POST /api/v2/actions/actions; Auth0 Deploy CLI,
// actions.
func actionSchema() field {
	return object(KindAction,
		str("id").only(ForFixture).atLeast(1),
		str("name").atLeast(1).need(), str("code").atMost(100_000),
		list("supported_triggers", object("", str("id").need(), str("version")).more()).atLeast(1),
		list("secrets", object("", str("name").atLeast(1).need(), str("value").size(noMinimum, 4096)).more()).atMost(128),
		list("dependencies", anything("")).later(), list("modules", anything("")).later(),
		str("runtime"), boolean("deploy"), boolean("deployed"), str("status").only(ForFixture), anything("installed_integration_id").served(),
		anything("created_at").served(), anything("updated_at").served(), anything("built_at").served(),
		anything("all_changes_deployed").served(), anything("current_version").served(), anything("deployed_version").served(),
		anything("integration").served(),
	)
}

// Source: Management API, POST /api/v2/token-exchange-profiles; Auth0 Deploy
// CLI, tokenExchangeProfiles (action is a name there).
func tokenExchangeProfileSchema() field {
	return object(KindTokenExchangeProfile,
		str("id").only(ForFixture).atLeast(1),
		str("name").size(3, 50).need(),
		str("subject_token_type").size(8, 100).as(ownTokenType).need(),
		str("action_id").atLeast(1), str("action").only(ForFixture).atLeast(1),
		str("type").oneOf(ProfileCustomAuthentication),
		anything("created_at").served(), anything("updated_at").served(),
	)
}

// ownTokenType wants a URI that is not one of Auth0's or the IETF's.
//
// Source: Auth0 docs, "Call your API using the custom token exchange flow"
// (reserved namespaces).
func ownTokenType(s string) (message string, soft bool) {
	if !strings.HasPrefix(s, "urn:") && !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") {
		return "must be a URI, such as urn:acme:legacy-token", false
	}
	for _, reserved := range []string{"http://auth0.com", "https://auth0.com", "http://okta.com", "https://okta.com", "urn:ietf", "urn:auth0", "urn:okta"} {
		if strings.HasPrefix(s, reserved) {
			return "begins with " + reserved + ", which is reserved", false
		}
	}
	return "", false
}
