package ui

import (
	"encoding/base64"
	"html/template"
)

// Factor asks for a second factor: a code, or that a push be answered. With a
// QR code it enrols in one.
//
// Source: Auth0 docs, "Universal Login" (mfa prompts). Observed: ACUL, names of
// fields and actions.
type Factor struct {
	ScreenPage
	// To is where a code was sent, as far as it is shown; EditURL leads to where
	// it can be changed, "" for nowhere.
	To, EditURL string
	// Push asks for no code.
	Push bool
	// QR is an SVG image that enrols a device, "" for none. Secret is what an
	// app can be told instead, SecretURL the page that shows it, QRURL the one
	// that shows the picture.
	QR, Secret, SecretURL, QRURL string
	// Remember offers not to ask again in this browser.
	Remember bool
	// Resend is the action that sends another code, SwitchTo the one that sends
	// it another way, SwitchText the key of its text; "" for none. Resent says
	// that one was sent just now.
	Resend, SwitchTo, SwitchText string
	Resent                       bool
	// PickOther is the action that leaves for another number or address, "" where
	// there is one alone.
	PickOther string
	// Others says that there are other ways to go on.
	Others bool
}

func (Factor) template() string { return "factor" }

// Picture is the address of the QR code.
func (p Factor) Picture() template.URL {
	return template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(p.QR))) //nolint:gosec // an image of ours
}

// FactorOptions lets a person choose among their factors, or among those they
// may enrol in.
//
// Source: Auth0 docs, "Universal Login" (mfa-login-options,
// mfa-begin-enroll-options).
type FactorOptions struct {
	ScreenPage
	Options []FactorOption
	// BackURL leads to where the person came from, "" for nowhere.
	BackURL string
}

// FactorOption is one factor: what is posted, what it is called, and whom a
// code goes to.
type FactorOption struct{ Name, Text, Detail string }

func (FactorOptions) template() string { return "factor_options" }

// FactorPhone asks for the phone number that codes are sent to, or how they are
// to be sent there.
//
// Source: Auth0 docs, "Universal Login" (mfa-sms-enrollment,
// mfa-phone-enrollment, mfa-phone-challenge).
type FactorPhone struct {
	ScreenPage
	// Country is the one whose prefix stands before the number, "" where the
	// number is known and shown as To.
	Country, Phone, To string
	// Types says that the person chooses between message and call; Type is
	// chosen.
	Types bool
	Type  string
	// PickOther is the action that leaves for another number, "" where there is
	// one alone.
	PickOther string
	Others    bool
}

func (FactorPhone) template() string { return "factor_phone" }

// Button is the key of the text on the button.
func (p FactorPhone) Button() string {
	if p.Types {
		return "continueButtonText"
	}
	return "buttonText"
}

// FactorCountries lists the prefixes of phone numbers.
//
// Source: Auth0 docs, "Universal Login" (mfa-country-codes).
type FactorCountries struct {
	ScreenPage
	// Path is where the search goes, Query what was searched for, "" for all.
	Path, Query string
	Countries   []Country
}

// Country is a country and the prefix of its phone numbers.
type Country struct{ Code, Prefix, Name string }

func (FactorCountries) template() string { return "factor_countries" }

// RecoveryCode shows a recovery code, once.
//
// Source: Auth0 docs, "Universal Login" (mfa-recovery-code-enrollment,
// mfa-recovery-code-challenge-new-code).
type RecoveryCode struct {
	ScreenPage
	Code string
}

func (RecoveryCode) template() string { return "recovery_code" }

// BrowserCapabilities finds out what the browser can do, and goes on.
//
// Source: Auth0 docs, "Universal Login" (mfa-detect-browser-capabilities).
type BrowserCapabilities struct {
	ScreenPage
	ScriptNonce string
}

func (BrowserCapabilities) template() string { return "browser_capabilities" }
