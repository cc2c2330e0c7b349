package ui

import "html/template"

// LoginCode asks for the one-time code that logs somebody in.
//
// Source: Auth0 docs, "Universal Login" (login-passwordless prompts).
type LoginCode struct {
	Look
	State, Action, ClientName string
	// Screen begins the keys of the page's texts:
	// "login-passwordless.login-passwordless-email-code".
	Screen string
	// To is where the code was sent, EditURL where another address or number
	// can be typed.
	To, EditURL string
	Error       *FieldError
}

func (LoginCode) template() string { return "login_code" }

// Failed says whether the error belongs to the field.
func (p LoginCode) Failed(field string) bool { return p.Error != nil && p.Error.Field == field }

func (p LoginCode) screen() string { return p.Screen }

// Insert is the tenant's partial for a place on the page.
func (p LoginCode) Insert(point string) (template.HTML, error) { return p.insert(p.Screen, point) }

// CreateAccount asks somebody unknown, whose code was right, whether they want
// an account.
//
// Source: Auth0 docs, "Implicit signup and login for passwordless database
// connections".
type CreateAccount struct {
	Look
	State, Action, ClientName string
	// Identifier is the address or number that the code was sent to.
	Identifier string
}

func (CreateAccount) template() string { return "create_account" }
