package password

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/faux0/faux0/provider/tenant"
)

// Rule is one rule of a policy, and whether a password keeps it. The members
// of its JSON stand in an order that depends on the kind of rule.
//
// Observed: the library password-sheriff.
type Rule any

// Verdict is what a policy says of a password, rule by rule.
//
// Observed: the library password-sheriff, PasswordPolicy.missing.
type Verdict struct {
	Rules    []Rule `json:"rules"`
	Verified bool   `json:"verified"`
}

// The kinds of rules, each in its own order of members.
type (
	plainRule struct {
		Message  string `json:"message"`
		Code     string `json:"code"`
		Verified bool   `json:"verified"`
	}
	lengthRule struct {
		Message  string `json:"message"`
		Format   []any  `json:"format"`
		Code     string `json:"code"`
		Verified bool   `json:"verified"`
	}
	containsRule struct {
		Message  string      `json:"message"`
		Code     string      `json:"code"`
		Verified bool        `json:"verified"`
		Items    []plainRule `json:"items"`
	}
	atLeastRule struct {
		Message  string      `json:"message"`
		Code     string      `json:"code"`
		Format   []any       `json:"format"`
		Items    []plainRule `json:"items"`
		Verified bool        `json:"verified"`
	}
	identicalRule struct {
		Message  string `json:"message"`
		Code     string `json:"code"`
		Format   []any  `json:"format"`
		Verified bool   `json:"verified"`
	}
)

// Policies, from weak to strong.
//
// Source: Management API, POST /api/v2/connections, options.passwordPolicy.
const (
	policyNone      = "none"
	policyLow       = "low"
	policyFair      = "fair"
	policyGood      = "good"
	policyExcellent = "excellent"
)

// maxBytes is what bcrypt hashes of a password.
//
// Source: Auth0 docs, "Password strength in Auth0 database connections".
const maxBytes = 72

// CheckPolicy says whether the connection takes plain as the password of the
// user, who need not exist yet.
//
// It returns PasswordTooWeak, PasswordInDictionary or PasswordHasUserInfo.
//
// Source: Auth0 docs, "Password strength in Auth0 database connections",
// "Password options in Auth0 database connections". Observed: the libraries
// password-sheriff and auth0-password-policies.
func CheckPolicy(c *tenant.Connection, user *tenant.User, plain string) error {
	if v := Judge(c, plain); !v.Verified {
		return tenant.PasswordTooWeak(v, v.String())
	}
	switch {
	case enabled(c, "password_dictionary") && inDictionary(c, plain):
		return tenant.PasswordInDictionary()
	case enabled(c, "password_no_personal_info") && hasUserInfo(user, plain):
		return tenant.PasswordHasUserInfo()
	}
	return nil
}

// Judge holds plain against the connection's policy.
func Judge(c *tenant.Connection, plain string) Verdict {
	policy, _ := c.Options["passwordPolicy"].(string)
	length := map[string]int{policyNone: 1, policyLow: 6, policyFair: 8, policyGood: 8, policyExcellent: 10}[policy]
	if length == 0 {
		policy, length = policyGood, 8
	}
	if options, _ := c.Options["password_complexity_options"].(map[string]any); options != nil {
		if n := whole(options["min_length"]); n > 0 {
			length = n
		}
	}
	v := Verdict{Rules: []Rule{minLength(plain, length)}}
	switch policy {
	case policyFair:
		v.Rules = append(v.Rules, shouldContain(plain))
	case policyGood, policyExcellent:
		v.Rules = append(v.Rules, containsAtLeast(plain))
	}
	if policy == policyExcellent {
		v.Rules = append(v.Rules, identical(plain))
	}
	if len(plain) > maxBytes {
		v.Rules = append(v.Rules, plainRule{Message: "Maximum password length exceeded", Code: "maxLength"})
	}
	v.Verified = !slices.ContainsFunc(v.Rules, func(r Rule) bool { return !verified(r) })
	return v
}

func whole(v any) int {
	switch n := v.(type) {
	case float64:
		return int(n)
	case int:
		return n
	}
	return 0
}

func verified(r Rule) bool {
	switch r := r.(type) {
	case plainRule:
		return r.Verified
	case lengthRule:
		return r.Verified
	case containsRule:
		return r.Verified
	case atLeastRule:
		return r.Verified
	case identicalRule:
		return r.Verified
	}
	return false
}

// minLength counts as JavaScript does, in UTF-16: it judges passwords at Auth0
// and in Lock.
func minLength(plain string, n int) Rule {
	long := len(utf16.Encode([]rune(plain))) >= n
	if n == 1 {
		return plainRule{Message: "Non-empty password required", Code: "nonEmpty", Verified: long}
	}
	return lengthRule{Message: "At least %d characters in length", Format: []any{n}, Code: "lengthAtLeast", Verified: long}
}

func charsets(plain string) []plainRule {
	within := func(message, code, first, last string) plainRule {
		return plainRule{message, code, strings.ContainsFunc(plain, func(r rune) bool { return string(r) >= first && string(r) <= last && r < 0x80 })}
	}
	return []plainRule{
		within("lower case letters (a-z)", "lowerCase", "a", "z"),
		within("upper case letters (A-Z)", "upperCase", "A", "Z"),
		within("numbers (i.e. 0-9)", "numbers", "0", "9"),
		{"special characters (e.g. !@#$%^&*)", "specialCharacters", strings.ContainsAny(plain, " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")},
	}
}

func count(rules []plainRule) (n int) {
	for _, r := range rules {
		if r.Verified {
			n++
		}
	}
	return n
}

func shouldContain(plain string) Rule {
	items := charsets(plain)[:3]
	return containsRule{Message: "Should contain:", Code: "shouldContain", Verified: count(items) == len(items), Items: items}
}

func containsAtLeast(plain string) Rule {
	items := charsets(plain)
	return atLeastRule{
		Message: "Contain at least %d of the following %d types of characters:", Code: "containsAtLeast",
		Format: []any{3, len(items)}, Items: items, Verified: count(items) >= 3,
	}
}

func identical(plain string) Rule {
	const most = 2
	run, last := 0, uint16(0)
	ok := plain != ""
	for _, unit := range utf16.Encode([]rune(plain)) {
		if unit != last {
			run, last = 0, unit
		}
		run++
		ok = ok && run <= most
	}
	return identicalRule{
		Message: `No more than %d identical characters in a row (e.g., "%s" not allowed)`, Code: "identicalChars",
		Format: []any{most, strings.Repeat("a", most+1)}, Verified: ok,
	}
}

// Line is a rule in words.
type Line struct {
	Text string
	// Code names the rule, Pairs are the names and values of its numbers, for
	// those who say it in another language.
	Code  string
	Pairs []string
	Kept  bool
	// Parts are the kinds of characters that the rule counts.
	Parts []Line
}

// pairs are the values of a rule with their names.
func pairs(values []any, names ...string) []string {
	var list []string
	for i, name := range names {
		list = append(list, name, fmt.Sprint(values[i]))
	}
	return list
}

// Lines are the rules for people.
func (v Verdict) Lines() []Line {
	parts := func(list []plainRule) []Line {
		lines := make([]Line, len(list))
		for i, r := range list {
			lines[i] = Line{Text: r.Message, Code: r.Code, Kept: r.Verified}
		}
		return lines
	}
	var lines []Line
	for _, r := range v.Rules {
		switch r := r.(type) {
		case plainRule:
			lines = append(lines, Line{Text: r.Message, Code: r.Code, Kept: r.Verified})
		case lengthRule:
			lines = append(lines, Line{Text: fmt.Sprintf(r.Message, r.Format...), Code: r.Code, Pairs: pairs(r.Format, "n"), Kept: r.Verified})
		case identicalRule:
			lines = append(lines, Line{Text: fmt.Sprintf(r.Message, r.Format...), Code: r.Code, Pairs: pairs(r.Format, "n", "example"), Kept: r.Verified})
		case containsRule:
			lines = append(lines, Line{Text: r.Message, Code: r.Code, Kept: r.Verified, Parts: parts(r.Items)})
		case atLeastRule:
			lines = append(lines, Line{Text: fmt.Sprintf(r.Message, r.Format...), Code: r.Code, Pairs: pairs(r.Format, "n", "total"), Kept: r.Verified, Parts: parts(r.Items)})
		}
	}
	return lines
}

// String lists the rules as the service's errors do.
//
// Observed: the library password-sheriff, PasswordPolicy.toString.
func (v Verdict) String() string {
	var lines []string
	for _, line := range v.Lines() {
		lines = append(lines, "* "+line.Text)
		for _, part := range line.Parts {
			lines = append(lines, " * "+part.Text)
		}
	}
	return strings.Join(lines, "\n")
}

func enabled(c *tenant.Connection, option string) bool {
	o, _ := c.Options[option].(map[string]any)
	on, _ := o["enable"].(bool)
	return on
}

// commonest are passwords that everybody tries first. Auth0 refuses the 10,000
// commonest.
//
// Differs: a short list of ours; a fixture's own dictionary counts too.
var commonest = []string{
	"123456", "123456789", "12345678", "1234567890", "1234567", "12345", "123123", "111111", "000000", "654321", "666666",
	"password", "password1", "password12", "password123", "passw0rd", "p@ssw0rd", "p@ssword", "p@ssw0rd1", "p@ssword1",
	"qwerty", "qwerty1", "qwerty12", "qwerty123", "qwertyuiop", "1q2w3e4r", "1qaz2wsx", "abc123", "abcd1234", "a1b2c3d4",
	"letmein", "welcome", "welcome1", "welcome123", "admin", "admin123", "administrator", "iloveyou", "monkey", "dragon",
	"football", "baseball", "basketball", "superman", "batman", "sunshine", "princess", "master", "shadow", "michael",
	"trustno1", "starwars", "whatever", "changeme", "changeme1", "secret", "secret123", "login", "guest", "test", "test123", "test1234",
}

// inDictionary compares whatever the case.
//
// Source: Auth0 docs, "Password options in Auth0 database connections"
// (dictionary).
func inDictionary(c *tenant.Connection, plain string) bool {
	lower := strings.ToLower(plain)
	if slices.Contains(commonest, lower) {
		return true
	}
	o, _ := c.Options["password_dictionary"].(map[string]any)
	own, _ := o["dictionary"].([]any)
	return slices.ContainsFunc(own, func(v any) bool { word, _ := v.(string); return word != "" && strings.ToLower(word) == lower })
}

// minPersonal is how long a part of the user's data must be to be looked for:
// a shorter one is in too many passwords.
const minPersonal = 3

// hasUserInfo looks for the user's name, username, e-mail address and its
// first part, and the values of user_metadata that sign-up pages ask for.
//
// Source: Auth0 docs, "Password options in Auth0 database connections"
// (personal data).
func hasUserInfo(user *tenant.User, plain string) bool {
	parts := []string{user.Name, user.Username, user.Nickname, user.GivenName, user.FamilyName, user.Email, user.PhoneNumber}
	local, _, _ := strings.Cut(user.Email, "@")
	parts = append(parts, local)
	for _, name := range []string{"name", "username", "nickname", "user_name", "email", "given_name", "family_name", "first", "last", "first_name", "last_name"} {
		value, _ := user.UserMetadata[name].(string)
		parts = append(parts, value)
	}
	lower := strings.ToLower(plain)
	return slices.ContainsFunc(parts, func(part string) bool {
		return len(part) >= minPersonal && strings.Contains(lower, strings.ToLower(part))
	})
}
