package flow

import (
	"github.com/faux0/faux0/provider/internal/password"
	"github.com/faux0/faux0/provider/tenant"
)

// PasswordRule is a rule of a password policy in words.
type PasswordRule = password.Line

// PasswordRules are the rules of the database's policy in words, each with
// whether plain keeps it.
//
// Source: Auth0 docs, "Password strength in Auth0 database connections".
func PasswordRules(c *tenant.Connection, plain string) []PasswordRule {
	return password.Judge(c, plain).Lines()
}
