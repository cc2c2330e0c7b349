package ui

// Upstream is the page that plays another identity provider: whoever sits
// before it says who they are.
//
// Differs: Auth0 sends the browser to the real provider.
type Upstream struct {
	Look
	// State is the transaction, Action the address the forms post to.
	State, Action string
	ClientName    string
	// Provider is what people call the provider, Connection its name here.
	Provider, Connection string
	// Users have an account there already.
	Users []QuickUser
	// Email and Name are what was typed.
	Email, Name string
	Error       *FieldError
}

func (Upstream) template() string { return "upstream" }

// Failed says whether the error belongs to the field.
func (p Upstream) Failed(field string) bool { return p.Error != nil && p.Error.Field == field }
