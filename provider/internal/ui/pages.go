package ui

import (
	"html/template"
	"strings"
)

// Login is the login page: both fields, or one of the two of identifier first.
//
// Source: Auth0 docs, "Universal Login". Observed: element names and ids in
// public browser test suites.
type Login struct {
	Form
	// IdentifierLabel names the first field, such as "Email address".
	IdentifierLabel string
	Username        string
	// Fixed says that Username is not for the person to choose.
	Fixed bool
	// Inviter is whose invitation the person accepts, "" for none.
	Inviter string
	// Users can be signed in with one click; empty hides the list.
	Users []QuickUser
	// SignupURL and ResetURL are hidden when empty.
	SignupURL, ResetURL        string
	AskIdentifier, AskPassword bool
	// NoPassword says that some people need none: an address of theirs leads to
	// their provider.
	NoPassword bool
	// EditURL leads from the password back to the identifier.
	EditURL     string
	Connections []ConnectionButton
	// Passkey offers to log in with one, nil for none; ScriptNonce is that of
	// its script.
	Passkey     *PasskeyLogin
	ScriptNonce string
	// DatabaseForm shows the fields; without it there are only buttons.
	DatabaseForm bool
}

// PasskeyLogin is what authenticators are asked on the login page, and whether
// the field for the identifier offers passkeys, or a button.
type PasskeyLogin struct {
	Options          string
	Autofill, Button bool
}

// PasswordRule is one of the rules a new password keeps, or breaks. While none
// was typed, Kept means nothing.
type PasswordRule struct {
	Text  string
	Kept  bool
	Parts []PasswordPart
}

// PasswordPart is a kind of characters that a PasswordRule counts.
type PasswordPart struct {
	Text string
	Kept bool
}

// QuickUser is a user of the one-click list.
type QuickUser struct{ UserID, Label, Detail string }

// ConnectionButton leads to another identity provider.
type ConnectionButton struct{ Name, Label, Strategy string }

func (Login) template() string { return "login" }

// Heading is the page's first line.
func (p Login) Heading() string {
	if p.invites() {
		return p.T(p.Screen("invitationTitle"))
	}
	return p.T(p.Screen("title"), "clientName", p.ClientName)
}

// Lead is what stands below.
func (p Login) Lead() string {
	if p.invites() {
		return p.T(p.Screen("invitationDescription"), "inviterName", p.Inviter, "clientName", p.ClientName)
	}
	return p.T(p.Screen("description"), "clientName", p.ClientName)
}

// invites says whether the page is the one that begins with the invitation.
func (p Login) invites() bool { return p.Inviter != "" && p.AskIdentifier }

// Screen is the key of a text of the page.
func (p Login) Screen(name string) string { return p.screen() + "." + name }

func (p Login) screen() string {
	switch {
	case !p.AskIdentifier:
		return "login-password.login-password"
	case !p.AskPassword:
		return "login-id.login-id"
	}
	return "login.login"
}

// Insert is the tenant's partial for a place on the page.
func (p Login) Insert(point string) (template.HTML, error) { return p.insert(p.screen(), point) }

// FocusPassword says whether the password is what to type next: it is when the
// identifier is known, unless that is what was wrong.
func (p Login) FocusPassword() bool {
	return p.AskPassword && (!p.AskIdentifier || p.Username != "" && !p.Failed("username"))
}

// Error is the error page: what went wrong, and what to change.
//
// Source: Auth0 docs, "Custom error pages" (the default page's title).
type Error struct {
	Look
	Status            int
	Code, Description string
	Hint              string
	Details           []Detail
	// Setting names the setting that what was sent did not fit, "" for none;
	// Configured is what it holds.
	Setting    string
	Configured []ConfiguredValue
	// LogURL leads to the tenant's log, "" for no link.
	LogURL    string
	RequestID string
}

// ConfiguredValue is a value of a setting, marked if it is the one nearest to
// what was sent.
type ConfiguredValue struct {
	Value   string
	Nearest bool
}

// Detail is a row of an error page: a parameter and the value sent.
type Detail struct{ Label, Value string }

func (Error) template() string { return "error" }

// Advice is the hint as a sentence.
func (p Error) Advice() string { return sentence(p.Hint) }

// sentence gives a hint, which a header has too, its capital. A hint that begins
// with a name, such as redirect_uri, stays as it is.
func sentence(hint string) string {
	first, _, more := strings.Cut(hint, " ")
	if !more || strings.Trim(first, "abcdefghijklmnopqrstuvwxyz") != "" {
		return hint
	}
	return strings.ToUpper(hint[:1]) + hint[1:]
}

// FormPost carries an answer to the app as a form.
//
// Source: OAuth 2.0 Form Post Response Mode §2.
type FormPost struct {
	Look
	Action      string
	Fields      []Field
	ScriptNonce string
}

// Field is one parameter of a FormPost.
type Field struct{ Name, Value string }

func (FormPost) template() string { return "form_post" }

// WebMessage carries an answer to the window that opened or framed the page.
//
// Observed: a recorded page of 2019; the same shape in SDK test suites.
type WebMessage struct {
	// TargetOrigin is the only origin that may read the answer.
	TargetOrigin string
	Response     map[string]any
	ScriptNonce  string
}

func (WebMessage) template() string { return "web_message" }

// LogoutConfirm asks whether to log out.
//
// Source: OpenID Connect RP-Initiated Logout 1.0 §2.
type LogoutConfirm struct{ Form }

func (LogoutConfirm) template() string { return "logout_confirm" }

// LoggedOut says that a logout went nowhere else.
type LoggedOut struct{ Look }

func (LoggedOut) template() string { return "logged_out" }

// Message says one thing.
type Message struct {
	Look
	Title, Text string
}

func (Message) template() string { return "message" }

// Console is the overview of a tenant at /_faux0/.
type Console struct {
	Look
	Version, Issuer, CAURL string
	Clients                []ConsoleClient
	APIs                   []ConsoleAPI
	Users                  []ConsoleUser
	// Journeys can be tried from here.
	Journeys []Journey
	// Approvals wait for somebody's yes or no.
	Approvals []ConsoleApproval
	// Blocks are accounts and addresses that attack protection blocks.
	Blocks []ConsoleBlock
	// Messages is how many mails and text messages wait in the outbox.
	Messages int
	// Logs are the last events of the tenant's log, newest first.
	Logs []ConsoleLog
	// Curl is a command that gets a token, "" when no client can.
	Curl string
}

// ConsoleClient is a row of the console.
type ConsoleClient struct {
	Name, ClientID, Type string
	Callbacks            []string
}

// ConsoleAPI is a row of the console.
type ConsoleAPI struct {
	Name, Identifier  string
	RBAC, Permissions bool
	Scopes            []string
}

// ConsoleUser is a row of the console.
type ConsoleUser struct {
	Label, UserID, Detail string
	// Code is what the user's authenticator app shows, "" for no app.
	Code string
}

// ConsoleApproval is a row of the console.
type ConsoleApproval struct{ ID, Client, User, Message string }

// ConsoleBlock is a row of the console. Field and Value unblock it; When is its
// end, as RFC 3339 has it.
type ConsoleBlock struct{ Who, Why, When, Field, Value string }

// ConsoleLog is a row of the console.
type ConsoleLog struct {
	// Time is the time of day in UTC, as RFC 3339 has it in When.
	Time, When                             string
	Words, Type, Client, User, Description string
}

func (Console) template() string { return "console" }

// Explanation shows what a token is and what it lacks.
type Explanation struct {
	Look
	Verdict, Cause, Fix string
	Checks              []Check
	Notes               []string
	Again               string
	// Claims is the token's payload, indented.
	Claims string
}

// Check is one link between a login and a permission in a token.
type Check struct {
	// Mark is ✔, ✘ or ?.
	Mark, Text, Source string
}

// Word is the mark for people who cannot see it.
func (c Check) Word() string {
	switch c.Mark {
	case "✔":
		return "passed"
	case "✘":
		return "failed"
	}
	return "unknown"
}

func (Explanation) template() string { return "explanation" }
