package ui

// Asking is what the pages between login and answer have in common.
type Asking struct {
	Form
	ClientLogo string
	UserLabel  string
}

// AppLogo is the client's logo if it is one a page may load, else "".
func (a Asking) AppLogo() string { return webURL(a.ClientLogo) }

// AppInitial stands in for a client's logo.
func (a Asking) AppInitial() string { return Look{TenantName: a.ClientName}.Initial() }

// Consent asks whether a client may have what it asks for.
//
// Source: Auth0 docs, "User consent and third-party applications", "Customize
// Universal Login text elements" (prompt consent).
type Consent struct {
	Asking
	// APIName is the API asked for, "" for none.
	APIName string
	// Audience and Scopes go back with the form, as in Auth0's. They decide
	// nothing.
	Audience string
	Scopes   []string
	Lines    []ConsentLine
}

// ConsentLine is one thing the client asks for: "Orders: read your orders".
type ConsentLine struct{ Title, Text string }

func (Consent) template() string { return "consent" }

// manyLines is how many lines of a Consent fit a small screen.
const manyLines = 8

// Long says whether the list scrolls, and so must be reached by keyboard.
func (p Consent) Long() bool { return len(p.Lines) > manyLines }

// Confirmation asks a person who has seen no page whether it is they who log
// in.
//
// Source: Auth0 docs, "Measures against application impersonation". The wording
// is ours.
type Confirmation struct {
	Asking
	// Callback is where the answer goes.
	Callback string
}

func (Confirmation) template() string { return "confirmation" }
