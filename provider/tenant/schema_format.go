package tenant

import (
	"net/url"
	"strings"
	"time"
)

// format is a rule for a string's shape. It answers what is wrong, or "", and
// whether that is worth a warning only.
type format func(s string) (message string, soft bool)

// emailAddress accepts what the service accepts more or less: one @ with
// something on either side, a dot-separated host behind it, no blanks.
func emailAddress(s string) (string, bool) {
	local, host, ok := strings.Cut(s, "@")
	if !ok || local == "" || host == "" || strings.ContainsAny(s, " \t\r\n<>,;\"") || strings.Contains(host, "@") ||
		strings.HasPrefix(host, ".") || strings.HasSuffix(host, ".") {
		return "must be an e-mail address, such as ada@acme.test", false
	}
	return "", false
}

func emailOrEmpty(s string) (string, bool) {
	if s == "" {
		return "", false
	}
	return emailAddress(s)
}

const noScheme = "has no scheme such as http://, so it matches nothing"

// allowedURL is a callback, logout URL or origin: absolute, of any scheme, and
// possibly with placeholders. A URL without a scheme is legal and useless.
func allowedURL(s string) (string, bool) {
	scheme, rest, ok := strings.Cut(s, ":")
	switch {
	case s == "":
		return "must not be empty", false
	case strings.ContainsAny(s, " \t\r\n"):
		return "must be one URL without blanks; write several as a list", false
	case !ok || !isScheme(scheme):
		return noScheme, true
	case (scheme == "http" || scheme == "https") && (!strings.HasPrefix(rest, "//") || len(rest) == 2):
		// The service takes https:localhost:3000, and never matches it.
		return "has no // and host behind " + scheme + ":, so it matches nothing", true
	case rest == "" || startsWithPort(rest):
		return noScheme, true // localhost:3000 reads as the scheme "localhost"
	}
	return "", false
}

func isScheme(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", r)) {
			return false
		}
	}
	return s != ""
}

func startsWithPort(rest string) bool { return rest[0] >= '0' && rest[0] <= '9' }

func absoluteURLOrEmpty(s string) (string, bool) {
	if s == "" {
		return "", false
	}
	return absoluteURL(s)
}

func absoluteURL(s string) (string, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return "must be an absolute URL, such as https://acme.test/logo.png", false
	}
	return "", false
}

// backchannelURL is where logout tokens are posted. The service demands https;
// a receiver on a developer's machine rarely has it.
//
// Source: Management API, POST /api/v2/clients, oidc_logout.
func backchannelURL(s string) (string, bool) {
	switch u, err := url.Parse(s); {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return "must be an absolute URL, such as https://localhost:3000/backchannel-logout", false
	case u.Scheme == "http":
		return "is not https, which Auth0 demands; logout tokens are sent there all the same", true
	}
	return "", false
}

// strictURI is an absolute URI of any scheme (a picture may be a data: URI).
func strictURI(s string) (string, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" {
		return "must be an absolute URI, such as https://acme.test/ada.png", false
	}
	return "", false
}

// displayedName is the name of a client or an API.
//
// Source: Management API, POST /api/v2/clients, name.
func displayedName(s string) (string, bool) {
	if strings.ContainsAny(s, "<>") {
		return "must not contain < or >", false
	}
	return "", false
}

// connectionName: letters and digits with single hyphens between them.
//
// Source: Management API, POST /api/v2/connections, name.
func connectionName(s string) (string, bool) {
	for i := range len(s) {
		if alphanumeric(s[i]) || s[i] == '-' && i > 0 && i < len(s)-1 && s[i-1] != '-' {
			continue
		}
		return "must be letters and digits with single hyphens between them", false
	}
	return "", false
}

func alphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// organizationName: lower case letters, digits, hyphens and underscores.
//
// Source: Management API, POST /api/v2/organizations, name.
func organizationName(s string) (string, bool) {
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || i > 0 && (c == '-' || c == '_') {
			continue
		}
		return "must be lower case letters, digits, hyphens and underscores, beginning with a letter or digit", false
	}
	return "", false
}

// phoneNumber is E.164.
//
// Source: Management API, POST /api/v2/users, phone_number.
func phoneNumber(s string) (string, bool) {
	digits, ok := strings.CutPrefix(s, "+")
	if !ok || digits == "" || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return "must be a phone number with + and country code, such as +442079460000", false
	}
	return "", false
}

func noBlanks(s string) (string, bool) {
	if strings.ContainsAny(s, " \t\r\n\v\f") {
		return "must not contain blanks", false
	}
	return "", false
}

// htmlColor is #rgb or #rrggbb.
func htmlColor(s string) (string, bool) {
	digits, ok := strings.CutPrefix(s, "#")
	if !ok || len(digits) != 3 && len(digits) != 6 || strings.Trim(digits, "0123456789abcdefABCDEF") != "" {
		return `must be a colour, such as "#635dff"`, false
	}
	return "", false
}

// bcryptHash is the only format of password_hash.
//
// Source: Auth0 docs, "Bulk user import database schema and examples".
func bcryptHash(s string) (string, bool) {
	if len(s) == 60 && (strings.HasPrefix(s, "$2a$") || strings.HasPrefix(s, "$2b$")) && s[6] == '$' {
		return "", false
	}
	return "must be a bcrypt hash ($2a$ or $2b$, 60 characters); other formats go into custom_password_hash, plain text into password", false
}

// timestamp is ISO 8601, as the service writes it.
func timestamp(s string) (string, bool) {
	if _, err := time.Parse(time.RFC3339Nano, s); err != nil {
		return "must be a time such as 2026-01-31T12:00:00.000Z", false
	}
	return "", false
}
