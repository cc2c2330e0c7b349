package tenant

import "slices"

// profileClaims are the OpenID Connect claims kept in User.Profile.
//
// Source: OpenID Connect Core 1.0 §5.1.
var profileClaims = []string{
	"middle_name", "preferred_username", "profile", "website", "gender", "birthdate", "zoneinfo", "locale", "address",
}

// Source: Management API, POST /api/v2/users; Auth0 docs, "Bulk user import
// database schema and examples". An export's members (created_at, identities)
// may be given too: they are what a restored tenant needs.
func userSchema() field {
	time := func(name string) field { return str(name).as(timestamp).only(ForFixture) }
	members := []field{
		str("connection").atLeast(1).only(ForCreate | ForFixture),
		str("email").size(noMinimum, 254).as(emailAddress).null(), boolean("email_verified"),
		str("username").size(1, 128).null(),
		str("phone_number").as(phoneNumber).null(), boolean("phone_verified"),
		str("name").size(1, 300).null(), str("nickname").size(1, 300).null(),
		str("given_name").size(1, 150).null(), str("family_name").size(1, 150).null(),
		str("picture").as(strictURI).null(),
		object("user_metadata").null(), object("app_metadata").null(),
		boolean("blocked"),
		str("user_id").size(noMinimum, 255).as(noBlanks).only(ForCreate | ForFixture),
		str("password").atLeast(1).atMost(maxPassword),
		boolean("verify_email").later(), boolean("verify_phone_number").later(),
		str("password_hash").as(bcryptHash).only(ForFixture),
		customPasswordHash().only(ForFixture),
		mfaFactors(),
		list("authentication_methods", userKeySchema()).only(ForFixture),
		list("identities", object("", str("connection"), str("user_id").or(isInteger), str("provider"), boolean("isSocial"),
			object("profileData").more(), customPasswordHash(), str("password_hash").as(bcryptHash)).more()).only(ForFixture),
		time("created_at"), time("updated_at"), time("last_login"), time("last_password_reset"),
		str("last_ip").only(ForFixture), integer("logins_count").atLeast(0).only(ForFixture),
		list("multifactor", anything("")).served(), str("tenant").served(),
		list("roles", str("").atLeast(1)).only(ForFixture),
		permissions().only(ForFixture),
		list("organizations", object("", str("name"), str("id"), str("organization_id"),
			list("roles", str("").atLeast(1))).or(isString)).only(ForFixture),
		list("grants", userGrantSchema()).only(ForFixture),
	}
	for _, claim := range profileClaims {
		f := str(claim).null().only(ForFixture)
		if claim == "address" {
			f = f.or(isObject)
			f.open = true
		}
		members = append(members, f)
	}
	return object(KindUser, members...)
}

// mfaFactors are the second factors a user is imported with, and those of ours.
//
// Source: Auth0 docs, "Bulk user import database schema and examples".
func mfaFactors() field {
	to := func(name string, format func(string) (string, bool)) field {
		return object(name, str("value").as(format).need())
	}
	return list("mfa_factors", object("",
		object("totp", str("secret").need()), to("phone", phoneNumber), to("email", emailAddress),
		to("voice", phoneNumber), object("push"), object("recovery_code", str("code").atLeast(1).need()),
	)).size(1, 10).only(ForFixture)
}

// Source: Management API, POST /api/v2/users/{id}/authentication-methods.
func userKeySchema() field {
	return object("",
		str("id").atLeast(1), str("type").oneOf(KeyPasskey, KeyWebAuthnRoaming, KeyWebAuthnPlatform).need(), str("name").atMost(20),
		str("key_id").atLeast(1).need(), str("public_key").atLeast(1).need(), str("user_handle"), str("relying_party_identifier"), str("aaguid"),
		str("credential_device_type").oneOf(SingleDevice, MultiDevice), boolean("credential_backed_up"),
		list("transports", str("")), str("user_agent"), integer("sign_count").atLeast(0))
}

// Source: Management API, GET /api/v2/grants; organization_id is ours.
func userGrantSchema() field {
	return object("",
		str("id").atLeast(1), str("clientID").need(), str("user_id").served(), str("audience"), list("scope", str("").atLeast(1)), str("organization_id"))
}

// maxPassword is what bcrypt hashes.
//
// Source: Management API, POST /api/v2/users.
const maxPassword = 72

// reservedAppMetadata may not be members of app_metadata.
//
// Source: Auth0 docs, "Metadata field names and data types".
var reservedAppMetadata = []string{
	"__tenant", "_id", "blocked", "clientID", "created_at", "email_verified", "email", "globalClientID",
	"global_client_id", "identities", "lastIP", "lastLogin", "loginsCount", "metadata", "multifactor_last_modified",
	"multifactor", "updated_at", "user_id",
}

// Hash formats of bulk import.
//
// Source: Auth0 docs, "Bulk user import database schema and examples".
var (
	hashAlgorithms = []string{"argon2", "bcrypt", "hmac", "ldap", "md4", "md5", "sha1", "sha256", "sha512", "pbkdf2", "scrypt"}
	hmacDigests    = []string{"md4", "md5", "ripemd160", "sha1", "sha224", "sha256", "sha384", "sha512", "whirlpool"}
	textEncodings  = []string{"utf8", "hex", "base64"}
)

func customPasswordHash() field {
	return object("custom_password_hash",
		str("algorithm").oneOf(hashAlgorithms...).need(),
		object("hash",
			str("value").atLeast(1).need(), str("encoding").oneOf(textEncodings...), str("digest").oneOf(hmacDigests...),
			object("key", str("value").need(), str("encoding").oneOf(textEncodings...))).need(),
		object("salt", str("value").need(), str("encoding").oneOf(textEncodings...), str("position").oneOf("prefix", "suffix")),
		object("password", str("encoding").oneOf("ascii", "utf8", "utf16le", "ucs2", "latin1", "binary")),
		integer("keylen").atLeast(1), integer("cost").atLeast(1), integer("blockSize").atLeast(1), integer("parallelization").atLeast(1),
	)
}

// relations are the rules between members.
func (c *checker) relations(kind string, body map[string]any) {
	switch kind {
	case KindUser:
		c.userRelations(body)
	case KindClient:
		c.clientRelations(body)
	case KindResourceServer:
		c.tokenEncryption(body)
	case KindClientGrant:
		if body["client_id"] == nil && body["default_for"] == nil && c.mode != ForUpdate {
			c.fault(RuleRequired, nil, `"client_id" is missing`)
		}
	}
}

func (c *checker) clientRelations(body map[string]any) {
	jwt, _ := body["jwt_configuration"].(map[string]any)
	if body["oidc_conformant"] == true && jwt["secret_encoded"] == true {
		c.warn(RuleNoEffect, []any{"jwt_configuration", "secret_encoded"}, "OIDC conformant applications have no encoded secret")
	}
	if methods, ok := body["client_authentication_methods"].(map[string]any); ok {
		c.authenticationMethods(methods)
	}
	if jar, ok := body["signed_request_object"].(map[string]any); ok {
		c.keysGiven([]any{"signed_request_object", "credentials"}, jar["credentials"])
	}
}

func (c *checker) userRelations(body map[string]any) {
	if c.mode != ForUpdate && body["email"] == nil && body["username"] == nil && body["phone_number"] == nil && body["user_id"] == nil {
		c.fault(RuleRequired, nil, `"email" is missing (or username, phone_number)`)
	}
	if metadata, ok := body["app_metadata"].(map[string]any); ok {
		for _, name := range sortedKeys(metadata) {
			if slices.Contains(reservedAppMetadata, name) {
				c.fault(RuleConflict, []any{"app_metadata", name}, "app_metadata must not have a member of this name").AtKey = true
			}
		}
	}
	given := ""
	for _, name := range []string{"password", "password_hash", "custom_password_hash"} {
		if body[name] == nil {
			continue
		}
		if given != "" {
			c.fault(RuleConflict, []any{name}, "excludes "+given).AtKey = true
		}
		given = name
	}
	if hash, ok := body["custom_password_hash"].(map[string]any); ok {
		c.hashRelations(hash)
	}
	factors, _ := body["mfa_factors"].([]any)
	for i, factor := range factors {
		if m, _ := factor.(map[string]any); len(m) != 1 {
			c.fault(RuleConflict, []any{"mfa_factors", i}, "must have exactly one of totp, phone, email, voice, push, recovery_code")
		}
	}
}

// HasReservedMetadata says whether app_metadata has a member of a name that
// Auth0 keeps for itself.
//
// Source: Auth0 docs, "Metadata field names and data types".
func HasReservedMetadata(appMetadata map[string]any) bool {
	for name := range appMetadata {
		if slices.Contains(reservedAppMetadata, name) {
			return true
		}
	}
	return false
}
