package token

import (
	"fmt"
	"slices"

	"github.com/faux0/faux0/provider/tenant"
)

// Question is what a person has to be asked before an app gets its answer.
type Question string

// Questions.
const (
	// AskConsent asks whether the client may have what it asks for.
	AskConsent Question = "consent"
	// AskConfirmation asks whether it is the person who wants to log in.
	AskConfirmation Question = "confirmation"
)

// Login is a login that is about to be answered.
type Login struct {
	Request
	Decision *Decision
	Rule     tenant.ConsentRule
	// RedirectURI is where the answer goes.
	RedirectURI string
	// Prompted says that prompt=consent was sent and not yet obeyed.
	Prompted bool
	// Shown says that a page was shown for this login.
	Shown bool
	// Given is what the person consented to before, nil for nothing.
	Given *tenant.Consent
}

// Asks says what is to be asked before the login may go on, and why; "" is
// nothing.
//
// Source: Auth0 docs, "User consent and third-party applications", "Measures
// against application impersonation".
func (l Login) Asks(dir tenant.Directory) (Question, Reason) {
	if r, due := l.consentDue(dir); due && (l.Prompted || !l.Given.Covers(l.Decision.Scopes)) {
		return AskConsent, r
	}
	if r, due := l.confirmationDue(dir); due {
		return AskConfirmation, r
	}
	return "", Reason{}
}

// NeedsConsent says whether the client gets only what the person has consented
// to.
func (l Login) NeedsConsent(dir tenant.Directory) bool {
	l.Prompted = false
	_, due := l.consentDue(dir)
	return due
}

// consentDue says whether a person has to consent at least once, and why.
func (l Login) consentDue(dir tenant.Directory) (Reason, bool) {
	r := Reason{About: aboutConsent, Outcome: Withheld}
	switch api := l.Decision.API; {
	case l.Prompted:
		r.Code = ReasonConsentPrompted
		r.Sentence = "The request asked for it with prompt=consent."
	case !l.Client.IsFirstParty:
		r.Code = ReasonConsentThirdParty
		r.Sentence = fmt.Sprintf("%q is a third-party application (is_first_party false), which needs the user's consent.", l.Client.Name)
		r.Setting = clientSetting(l.Client, "is_first_party")
	case api == nil || l.Rule == tenant.ConsentSkip || l.Rule == "":
		return Reason{}, false // OpenID Connect's scopes alone need none
	case !api.SkipConsent:
		r.Code = ReasonConsentAPI
		r.Sentence = fmt.Sprintf("API %q does not skip consent for first-party applications.", api.Name)
		r.Fix = "Set its skip_consent_for_verifiable_first_party_clients to true."
		r.Setting = apiSetting(api, "skip_consent_for_verifiable_first_party_clients")
	case l.Rule == tenant.ConsentLocalhost && l.onLocalhost():
		r.Code = ReasonConsentLocalhost
		r.Sentence = fmt.Sprintf("%q has a callback on localhost, where consent cannot be skipped.", l.Client.Name)
		r.Fix = "Use a host name of your own, such as app.test, in every callback."
		r.Setting = clientSetting(l.Client, "callbacks")
	default:
		return Reason{}, false
	}
	if r.Setting != nil {
		r.Source = dir.Source(*r.Setting)
	}
	return r, true
}

func (l Login) onLocalhost() bool {
	return tenant.OnLocalhost(l.RedirectURI) || slices.ContainsFunc(l.Client.Callbacks, tenant.OnLocalhost)
}

// confirmationDue says whether the answer would go to a callback that cannot
// be verified without the person having seen anything.
func (l Login) confirmationDue(dir tenant.Directory) (Reason, bool) {
	skip := dir.Settings().SkipConfirmation
	if l.Client.SkipConfirmation != nil {
		skip = l.Client.SkipConfirmation
	}
	if l.Rule != tenant.ConsentVerifiable || l.Shown || l.RedirectURI == "" || skip != nil && *skip || tenant.Verifiable(l.RedirectURI) {
		return Reason{}, false
	}
	r := Reason{
		Code: ReasonConfirmation, About: aboutConsent, Outcome: Withheld,
		Sentence: fmt.Sprintf("The answer goes to %s, where Auth0 cannot know which program receives it.", l.RedirectURI),
		Fix:      "Set skip_non_verifiable_callback_uri_confirmation_prompt to true on the client or the tenant.",
		Setting:  clientSetting(l.Client, "skip_non_verifiable_callback_uri_confirmation_prompt"),
	}
	r.Source = dir.Source(*r.Setting)
	return r, true
}

// scopeNotConsented: the person was not asked about it. It happens when more
// could be granted only after the question, such as by a new role.
func scopeNotConsented(scope string, c *tenant.Client) Reason {
	return Reason{
		Code: ReasonScopeNotConsented, About: aboutScope + " " + scope, Outcome: Withheld,
		Sentence: fmt.Sprintf("The user's consent for %q does not include it.", c.Name),
		Fix:      "Log in again: the user is asked anew where more is requested.",
	}
}
