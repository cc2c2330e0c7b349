package ui

// Form is what the pages that post a form have in common.
type Form struct {
	Look
	// State is the transaction, Action the address the forms post to.
	State, Action string
	ClientName    string
	// Error is what was wrong with what was posted, nil for nothing.
	Error *FieldError
}

// FieldError is what a person typed wrong.
type FieldError struct {
	// Field is the name of the field, "" for the whole form.
	Field string
	Code  string
	Text  string
}

// Fault is the error if it belongs to the field, else nil.
func (p Form) Fault(field string) *FieldError {
	if p.Error == nil || p.Error.Field != field {
		return nil
	}
	return p.Error
}

// Failed says whether the error belongs to the field.
func (p Form) Failed(field string) bool { return p.Fault(field) != nil }

func (p Form) state() string { return p.State }

// ScreenPage is a Form whose texts are those of one screen of a prompt.
type ScreenPage struct {
	Form
	// Screen begins the keys of the texts: "mfa-otp.mfa-otp-challenge".
	Screen string
}

func (p ScreenPage) screen() string { return p.Screen }

// S is a text of the page's screen; pairs are as in T.
func (p ScreenPage) S(key string, pairs ...string) string {
	return p.T(p.Screen+"."+key, append([]string{"clientName", p.ClientName}, pairs...)...)
}
