package tenant

import (
	"regexp"
	"strings"
	"sync"
	"time"
)

// MaxCodeFailures is how many wrong tries a one-time code stands.
//
// Source: Auth0 docs, "Passwordless connections" (limitations).
const MaxCodeFailures = 3

// Defaults and limits of one-time codes.
//
// Source: Auth0 docs, "Passwordless connections" (time_step, length); Management
// API, POST /api/v2/connections, options.totp. The limits are ours.
const (
	defaultCodeSeconds = 180
	defaultCodeLength  = 6
	maxCodeSeconds     = 7 * 24 * 60 * 60
	minCodeLength      = 4
	maxCodeLength      = 40
)

// Passwordless says whether users of the connection sign in with a code or a
// link sent to them.
func (c *Connection) Passwordless() bool {
	return c.Strategy == StrategyEmail || c.Strategy == StrategySMS
}

// OneTimeCode is how long a code of a passwordless connection lives, and how
// many digits it has.
//
// Source: Management API, POST /api/v2/connections, options.totp.
func (c *Connection) OneTimeCode() (lifetime time.Duration, digits int) {
	totp, _ := c.Options["totp"].(map[string]any)
	seconds, digits := wholeNumber(totp["time_step"]), wholeNumber(totp["length"])
	if seconds < 1 || seconds > maxCodeSeconds {
		seconds = defaultCodeSeconds
	}
	if digits < minCodeLength || digits > maxCodeLength {
		digits = defaultCodeLength
	}
	return time.Duration(seconds) * time.Second, digits
}

// wholeNumber reads a number of a decoded option, 0 if it is none.
func wholeNumber(v any) int {
	switch n := v.(type) {
	case float64:
		return int(n)
	case int:
		return n
	}
	return 0
}

// SignupDisabled says whether the connection takes no new users.
func (c *Connection) SignupDisabled() bool {
	disabled, _ := c.Options["disable_signup"].(bool)
	return disabled
}

// ResetEnabled says whether people may choose a new password themselves.
//
// Source: Management API, POST /api/v2/connections,
// options.disable_self_service_change_password.
func (c *Connection) ResetEnabled() bool {
	disabled, _ := c.Options["disable_self_service_change_password"].(bool)
	return !disabled
}

// NewPasswordlessUser is the user who signs in with a code sent to the address
// or number for the first time. The same address is always the same user.
//
// Source: Auth0 docs, "Identify users" (email|…, sms|…).
func NewPasswordlessUser(c *Connection, identifier string) *User {
	u := &User{Connection: c.Name}
	if c.Strategy == StrategySMS {
		u.PhoneNumber = identifier
	} else {
		u.Email = strings.ToLower(identifier)
	}
	u.UserID = FullUserID(u, c.Strategy)
	return u
}

var dialled = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(PhonePattern) })

// PhonePattern is what ValidPhone asks for, as Auth0 quotes it.
//
// Source: Auth0 docs, "Passwordless API troubleshooting" (bad.phone_number).
const PhonePattern = `^\+[0-9]{1,15}$`

// ValidPhone says whether a text message may be sent to the number.
func ValidPhone(s string) bool { return dialled().MatchString(s) }
