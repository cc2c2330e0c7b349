package password

import (
	"slices"

	"github.com/faux0/faux0/provider/tenant"
)

// Sizes of a password history.
//
// Source: Management API, POST /api/v2/connections,
// options.password_history.size.
const (
	defaultHistory = 5
	maxHistory     = 24
)

// historySize is how many former passwords the connection remembers, 0 for
// none.
//
// Source: Auth0 docs, "Password options in Auth0 database connections".
func historySize(c *tenant.Connection) int {
	if !enabled(c, "password_history") {
		return 0
	}
	o, _ := c.Options["password_history"].(map[string]any)
	if n := whole(o["size"]); n > 0 {
		return min(n, maxHistory)
	}
	return defaultHistory
}

// InHistory says whether the user has the password, or had it lately enough
// for the connection to remember.
func InHistory(c *tenant.Connection, user *tenant.User, plain string) bool {
	size := historySize(c)
	if size == 0 {
		return false
	}
	known := []*tenant.User{user}
	for _, hash := range user.PasswordHistory {
		if len(known) < size {
			known = append(known, &tenant.User{PasswordHash: hash.Bcrypt, CustomPasswordHash: hash.Custom})
		}
	}
	return slices.ContainsFunc(known, func(u *tenant.User) bool { return Verify(u, plain) })
}

// Replace gives the user a new hash, and keeps the old one as long as the
// connection remembers.
func Replace(c *tenant.Connection, user *tenant.User, hash *tenant.CustomPasswordHash) {
	old := tenant.FormerPassword{Bcrypt: user.PasswordHash, Custom: user.CustomPasswordHash}
	history := append([]tenant.FormerPassword{old}, user.PasswordHistory...)
	user.PasswordHistory = history[:min(len(history), historySize(c))]
	user.PasswordHash, user.CustomPasswordHash = "", hash
}
