package ui

import (
	"encoding/base64"
	"html/template"
)

// Factor asks for a second factor: a code, or that a push be answered.
//
// Source: Auth0 docs, "Universal Login" (mfa prompts).
type Factor struct {
	Look
	State, Action, ClientName string
	// Screen begins the keys of the page's texts: "mfa-otp.mfa-otp-challenge".
	Screen string
	// To is where a code was sent, as far as it is shown.
	To string
	// Push asks for no code.
	Push bool
	// QR is an SVG image that enrols an app, Secret what it says, "" for none.
	QR, Secret string
	// Recovery is the recovery code that comes with the enrolment, "" for none.
	Recovery string
	// Remember offers not to ask again in this browser.
	Remember bool
	// Others are the other ways to go on.
	Others []FactorLink
	Error  *FieldError
}

// FactorLink leads to another factor.
type FactorLink struct{ Text, URL string }

func (Factor) template() string { return "factor" }

// Failed says whether the error belongs to the field.
func (p Factor) Failed(field string) bool { return p.Error != nil && p.Error.Field == field }

// Picture is the address of the QR code.
func (p Factor) Picture() template.URL {
	return template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(p.QR))) //nolint:gosec // an image of ours
}
