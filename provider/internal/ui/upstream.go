package ui

// Upstream is the page that plays another identity provider: whoever sits
// before it says who they are, or what the provider does wrong.
//
// Differs: Auth0 sends the browser to the real provider.
type Upstream struct {
	Form
	// Provider is what people call the provider, Connection its name here.
	Provider, Connection string
	// Users have an account there already.
	Users []QuickUser
	// Email, Name, Subject and Claims are what was typed.
	Email, Name, Subject, Claims string
	// EmailVerified is what the provider says of the address.
	EmailVerified bool
	// Asked are the parameters that a real provider would be sent.
	Asked []Field
	// Failures are the codes that the provider can fail with, ErrorCode and
	// ErrorDescription those that were chosen.
	Failures                    []string
	ErrorCode, ErrorDescription string
}

func (Upstream) template() string { return "upstream" }

// More says whether the part about subject and claims is to be open.
func (p Upstream) More() bool {
	return p.Subject != "" || p.Claims != "" || p.Failed("sub") || p.Failed("claims")
}
