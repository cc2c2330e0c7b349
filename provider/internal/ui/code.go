package ui

import (
	"html/template"
	"strings"
)

// Code asks for a one-time code that was sent to somebody: to log in, or to
// verify an address or number of theirs.
//
// Source: Auth0 docs, "Universal Login" (prompts login-passwordless,
// email-identifier-challenge, phone-identifier-challenge).
type Code struct {
	ScreenPage
	// To is where the code was sent, EditURL where another address or number
	// can be typed, "" for nowhere.
	To, EditURL string
}

func (Code) template() string { return "code" }

// Lead is what stands below the title.
func (p Code) Lead() string {
	key := "description"
	if strings.HasPrefix(p.Screen, "phone-") {
		key = "smsDescription"
	}
	return p.S(key, "email", p.To, "phone", p.To)
}

// Insert is the tenant's partial for a place on the page.
func (p Code) Insert(point string) (template.HTML, error) { return p.insert(p.Screen, point) }

// CreateAccount asks somebody unknown, whose code was right, whether they want
// an account.
//
// Source: Auth0 docs, "Implicit signup and login for passwordless database
// connections".
type CreateAccount struct {
	Form
	// Identifier is the address or number that the code was sent to.
	Identifier string
}

func (CreateAccount) template() string { return "create_account" }
