package ui

import (
	"html/template"
)

// Signup is the page to become a user: all fields, or one half of them where
// the login is identifier first.
//
// Source: Auth0 docs, "Universal Login" (signup prompts). Observed: element
// names and ids in public browser test suites.
type Signup struct {
	Form
	// Fields are asked for, in order, before the password.
	Fields      []SignupField
	AskPassword bool
	// Rules are those of the database's password policy.
	Rules []PasswordRule
	// RulesJudged says that the rules know a password.
	RulesJudged bool
	LoginURL    string
	// Inviter is whose invitation the person accepts, "" for none.
	Inviter string
	// Connections are other ways to have an account.
	Connections []ConnectionButton
	// Known is what was typed on the page before, EditURL leads back to it.
	Known, EditURL string
	// ScriptNonce is that of the script which finds out what the browser can
	// do, "" for none.
	ScriptNonce string
}

// SignupField is one line of a Signup.
type SignupField struct {
	// Name is the field's name and id: "email", "phone" or "username".
	Name, Label, Value string
	Required           bool
	// Fixed says that the value is not for the person to choose.
	Fixed bool
}

func (Signup) template() string { return "signup" }

// Screen is the key of a text of the page.
func (p Signup) Screen(name string) string { return p.screen() + "." + name }

func (p Signup) screen() string {
	switch {
	case len(p.Fields) == 0:
		return "signup-password.signup-password"
	case !p.AskPassword:
		return "signup-id.signup-id"
	}
	return "signup.signup"
}

// Heading is the page's first line.
func (p Signup) Heading() string {
	if p.invites() {
		return p.T(p.Screen("invitationTitle"))
	}
	return p.T(p.Screen("title"))
}

// Lead is what stands below.
func (p Signup) Lead() string {
	if p.invites() {
		return p.T(p.Screen("invitationDescription"), "inviterName", p.Inviter, "clientName", p.ClientName)
	}
	return p.T(p.Screen("description"), "clientName", p.ClientName)
}

// invites says whether the page is the one that begins with the invitation.
func (p Signup) invites() bool { return p.Inviter != "" && len(p.Fields) > 0 }

// Insert is the tenant's partial for a place on the page.
func (p Signup) Insert(point string) (template.HTML, error) { return p.insert(p.screen(), point) }

// Focus says whether the field is where typing begins: the one that is wrong,
// else the first that is to be filled in.
func (p Signup) Focus(field string) bool {
	if p.Error != nil && p.Error.Field != "" {
		return p.Error.Field == field
	}
	for _, f := range p.Fields {
		if !f.Fixed {
			return f.Name == field
		}
	}
	return field == "password"
}

// InputMode is the keyboard a phone shows for the field, Autocomplete what a
// browser fills in.
func (f SignupField) InputMode() string {
	return map[string]string{"email": "email", "phone": "tel", "username": "text"}[f.Name]
}

// Autocomplete is what a browser may fill the field with.
func (f SignupField) Autocomplete() string {
	return map[string]string{"email": "email", "phone": "tel", "username": "username"}[f.Name]
}

// AcceptInvitation shows somebody the invitation that they are about to accept
// at an identity provider.
//
// Source: Auth0 docs, "Customize Universal Login text elements" (prompt
// invitation).
type AcceptInvitation struct {
	Form
	// Inviter is who invites, Email whom.
	Inviter, Email string
}

func (AcceptInvitation) template() string { return "accept_invitation" }

// ResetRequest asks whose password was forgotten.
//
// Source: Auth0 docs, "Universal Login" (reset-password prompts).
type ResetRequest struct {
	Form
	Email, BackURL string
}

func (ResetRequest) template() string { return "reset_request" }

// ResetSent says that a mail is on its way, if anybody has the address.
type ResetSent struct {
	Form
	Email, BackURL string
}

func (ResetSent) template() string { return "reset_sent" }

// ResetPassword asks for a new password, twice.
type ResetPassword struct {
	Form
	Ticket string
	// Account is whose password it is.
	Account     string
	Rules       []PasswordRule
	RulesJudged bool
}

func (ResetPassword) template() string { return "reset_password" }

// Outcome says how something that a mail began has ended.
type Outcome struct {
	Look
	// PageTitle, Title and Text are ready to read.
	PageTitle, Title, Text string
	Failure                bool
	// BackURL leads to the application, "" where it says no place.
	BackURL, BackText string
}

func (Outcome) template() string { return "outcome" }

// Back is BackURL if it is one a page may link to, else "".
func (p Outcome) Back() string { return webURL(p.BackURL) }

// Unblock asks whether failed logins into an account are to be forgotten. A
// browser that runs scripts answers at once; what only looks at links, as mail
// scanners do, does not.
//
// Source: Auth0 support article on the end of the older unblock mail.
type Unblock struct {
	Look
	Action, Ticket, ScriptNonce string
}

func (Unblock) template() string { return "unblock" }

// OrganizationName asks which organization somebody logs in to, by its name or
// by an e-mail address.
//
// Source: Auth0 docs, "Universal Login" (prompt organizations).
type OrganizationName struct {
	Form
	// Label names the field, Name is what was typed.
	Label, Name string
	// Email says that an address will do.
	Email bool
	// Personal offers to log in without an organization.
	Personal bool
}

func (OrganizationName) template() string { return "organization_name" }

// OrganizationPicker asks somebody who is logged in for one of their
// organizations.
//
// Source: Auth0 docs, "Universal Login" (prompt organizations).
type OrganizationPicker struct {
	Form
	Organizations []Organization
	// Personal offers to go on without an organization.
	Personal bool
}

// Title is the page's first line.
func (p OrganizationPicker) Title() string {
	if p.Personal {
		return p.T("organizations.organization-picker.titleB2C")
	}
	return p.T("organizations.organization-picker.title")
}

// Organization is one to pick.
type Organization struct{ ID, Label, Detail string }

func (OrganizationPicker) template() string { return "organization_picker" }
