package tenant

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// hashRules are what each algorithm of custom_password_hash needs.
//
// Source: Auth0 docs, "Bulk user import database schema and examples".
var hashRules = map[string]struct {
	// text: the value is a string of its own format (PHC, crypt, RFC 2307);
	// otherwise hex or base64.
	text     bool
	salt     bool
	prefixes []string
}{
	"argon2": {text: true, prefixes: []string{"$argon2i$", "$argon2d$", "$argon2id$"}},
	"bcrypt": {text: true, salt: true, prefixes: []string{"$2a$", "$2b$", "$2y$"}},
	"ldap":   {text: true, prefixes: []string{"{MD5}", "{SMD5}", "{SHA", "{SSHA"}},
	"pbkdf2": {text: true, prefixes: []string{"$pbkdf2-"}},
	"hmac":   {salt: true},
	"md4":    {salt: true},
	"md5":    {salt: true},
	"sha1":   {salt: true},
	"sha256": {salt: true},
	"sha512": {salt: true},
	"scrypt": {salt: true},
}

func (c *checker) hashRelations(h map[string]any) {
	at := func(steps ...any) []any { return append([]any{"custom_password_hash"}, steps...) }
	algorithm, _ := h["algorithm"].(string)
	rules := hashRules[algorithm]
	hash, _ := h["hash"].(map[string]any)
	value, _ := hash["value"].(string)
	encoding, _ := hash["encoding"].(string)
	if rules.text {
		if encoding != "" && encoding != "utf8" {
			c.fault(RuleEnum, at("hash", "encoding"), algorithm+" hashes are written as they are: the encoding is utf8")
		}
		if !slices.ContainsFunc(rules.prefixes, func(p string) bool { return strings.HasPrefix(value, p) }) {
			c.fault(RuleFormat, at("hash", "value"), "is not a hash of "+algorithm+": it begins with "+strings.Join(rules.prefixes, " or "))
		}
	} else {
		c.encodedHash(at, algorithm, encoding, value)
	}
	if h["salt"] != nil && !rules.salt {
		c.fault(RuleConflict, at("salt"), algorithm+" hashes carry their salt in the value").AtKey = true
	}
	if algorithm == "hmac" {
		if hash["digest"] == nil {
			c.fault(RuleRequired, at("hash"), `"digest" is missing: hmac needs it`)
		}
		if hash["key"] == nil {
			c.fault(RuleRequired, at("hash"), `"key" is missing: hmac needs it`)
		}
	}
	if algorithm == "scrypt" && h["keylen"] == nil {
		c.fault(RuleRequired, at(), `"keylen" is missing: scrypt needs it`)
	}
	for _, name := range []string{"keylen", "cost", "blockSize", "parallelization"} {
		if h[name] != nil && algorithm != "scrypt" {
			c.warn(RuleNoEffect, at(name), "means something for scrypt only")
		}
	}
}

func (c *checker) encodedHash(at func(...any) []any, algorithm, encoding, value string) {
	switch encoding {
	case "hex":
		if _, err := hex.DecodeString(value); err != nil {
			c.fault(RuleFormat, at("hash", "value"), "is not hex")
		}
	case "base64":
		plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(value, "="))
		if _, err := base64.RawStdEncoding.DecodeString(plain); err != nil {
			c.fault(RuleFormat, at("hash", "value"), "is not base64")
		}
	case "":
		c.fault(RuleRequired, at("hash"), `"encoding" is missing: hex or base64`)
	default:
		c.fault(RuleEnum, at("hash", "encoding"), algorithm+" hashes are hex or base64")
	}
}

// NewCustomPasswordHash makes a hash of the custom_password_hash of a body. It
// is not ok when Check has anything to say about it.
//
// Source: Auth0 docs, "Bulk user import database schema and examples".
func NewCustomPasswordHash(body map[string]any) (h *CustomPasswordHash, ok bool) {
	c := checker{mode: ForFixture}
	c.value(schemaOf(KindUser).member("custom_password_hash"), nil, body)
	if len(c.verdict.Faults) == 0 {
		c.hashRelations(body)
	}
	if len(c.verdict.Faults)+len(c.verdict.Warnings) > 0 {
		return nil, false
	}
	text := func(m map[string]any, key string) string { s, _ := m[key].(string); return s }
	number := func(key string) int { n, _ := body[key].(float64); return int(n) }
	h = &CustomPasswordHash{
		Algorithm: text(body, "algorithm"), KeyLen: number("keylen"), Cost: number("cost"),
		BlockSize: number("blockSize"), Parallelization: number("parallelization"),
	}
	hash, _ := body["hash"].(map[string]any)
	h.Hash.Value, h.Hash.Encoding, h.Hash.Digest = text(hash, "value"), text(hash, "encoding"), text(hash, "digest")
	if key, _ := hash["key"].(map[string]any); key != nil {
		h.Hash.Key = &HashKey{Value: text(key, "value"), Encoding: text(key, "encoding")}
	}
	if salt, _ := body["salt"].(map[string]any); salt != nil {
		h.Salt = &struct {
			Value    string `json:"value"`
			Encoding string `json:"encoding,omitempty"`
			Position string `json:"position,omitempty"`
		}{text(salt, "value"), text(salt, "encoding"), text(salt, "position")}
	}
	if password, _ := body["password"].(map[string]any); password != nil {
		h.Password = &struct {
			Encoding string `json:"encoding,omitempty"`
		}{text(password, "encoding")}
	}
	return h, true
}
