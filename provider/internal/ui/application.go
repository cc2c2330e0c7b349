package ui

// Application is a page of the console that plays an application: what it got
// at its callback, or what a device shows.
type Application struct {
	Look
	ClientName, ClientID string
	// Error and Description are what it got instead of tokens, Hint what to
	// change; "" for no advice.
	Error, Description, Hint string
	// User is who has logged in; Identity and Access are the claims of the
	// tokens, indented, "" for a token that is no JWT.
	User, Identity, Access string
	AccessToken            string
	// Answer is the token endpoint's, indented.
	Answer string
	// UserCode is on the device's screen, ActivateURL where it is typed. Pending
	// says that the device has asked, and waits.
	DeviceCode, UserCode, ActivateURL, Pending string
	// ApprovalID is the request that waits for the approval of Asked.
	ApprovalID, Asked string
	// Assertion is the SAML response that a service provider got.
	Assertion string
}

func (Application) template() string { return "application" }

// Heading is the page's first line.
func (p Application) Heading() string {
	switch {
	case p.ApprovalID != "":
		return p.ClientName + " waits for an answer"
	case p.UserCode != "":
		return p.ClientName + " waits for somebody to log in"
	case p.Error != "":
		return p.ClientName + " got no tokens"
	case p.User != "":
		return p.ClientName + " knows you as " + p.User
	}
	return p.ClientName + " got its tokens"
}

// Advice is the hint as a sentence.
func (p Application) Advice() string { return sentence(p.Hint) }

// Journey is a way to log in that somebody may try from the console: a link,
// or a form that begins what a program would begin.
type Journey struct {
	Title, Text, URL string
	// Form is the name of the journey that the form begins for ClientID. Ask is
	// an example of the address that it asks for, "" for none.
	Form, ClientID, Ask string
}
