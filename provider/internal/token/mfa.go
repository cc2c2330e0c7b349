package token

import (
	"fmt"
	"slices"

	"github.com/faux0/faux0/provider/tenant"
)

// aboutAMR is the claim that tells of a second factor.
const aboutAMR = "amr"

// Reasons why a second factor is asked for.
const (
	ReasonFactorRequested = "second-factor-requested"
	ReasonFactorPolicy    = "second-factor-policy"
	ReasonFactorEnrolled  = "second-factor-enrolled"
	ReasonFactorRisk      = "second-factor-risk"
	ReasonFactorMFAAPI    = "second-factor-mfa-api"
)

// Reasons why none is asked for, or why the ID token tells of none.
const (
	// ReasonFactorShown is the one with which the ID token tells of the factor.
	ReasonFactorShown       = "second-factor-shown"
	ReasonFactorEarlier     = "second-factor-earlier"
	ReasonFactorRemembered  = "second-factor-remembered"
	ReasonFactorNotEnrolled = "second-factor-not-enrolled"
	ReasonFactorTrusted     = "second-factor-trusted"
	ReasonFactorDisabled    = "second-factor-disabled"
	ReasonFactorByAPI       = "second-factor-by-api"
	ReasonFactorRefreshed   = "second-factor-refreshed"
)

// FactorAsk is what a login is asked for beside its first factor.
type FactorAsk string

// What may be asked for. A code by mail stands in where a login looks risky and
// its user has no factor: whoever it is may not enrol in one.
//
// Source: Auth0 docs, "Adaptive MFA".
const (
	AskNoFactor FactorAsk = ""
	AskFactor   FactorAsk = "factor"
	AskMail     FactorAsk = "mail"
)

// SecondFactor is a login of which may be asked more than a first factor.
type SecondFactor struct {
	Guardian *tenant.Guardian
	User     *tenant.User
	// Enrolled says that the user has a factor that may be used.
	Enrolled bool
	// ACRValues and Audience are those of the request.
	ACRValues []string
	Audience  string
	// Passed says that the session has seen a second factor, Here that it was at
	// this login, and Known that the browser need not be asked for one.
	Passed, Here, Known bool
	// Silent says that nobody may be asked anything.
	Silent bool
	// Risk is that of the browser, nil where none is involved.
	Risk *Risk
}

// Due says what the login has to show, and why, or why nothing. Where no factor
// can be used, none is asked for. That people who are enrolled are asked
// although no policy says so is observed by the community, and so not for an
// adaptive policy; that acr_values counts for browsers that are remembered is
// inferred, and so is that it has an earlier factor told of, which nothing else
// does.
//
// Source: Auth0 docs, "Enable multi-factor authentication" (policies), "Adaptive
// MFA", "Configure step-up authentication for web apps" (AMR claim exceptions);
// Auth0 support, "Enable allow unchallenged MFA API access"; community reports
// (policy never).
func (q SecondFactor) Due(dir tenant.Directory) (r Reason, ask FactorAsk) {
	api := dir.ResourceServer(q.Audience)
	code, ask := q.decide(api != nil && api.IsMFAAPI())
	if code == "" {
		return Reason{}, AskNoFactor
	}
	r = FactorReason(dir, code, q.User)
	if ask != AskNoFactor {
		r.Outcome = Withheld
	}
	return r, ask
}

func (q SecondFactor) decide(mfaAPI bool) (code string, ask FactorAsk) {
	requested := slices.Contains(q.ACRValues, tenant.ACRMultiFactor)
	risky := q.Guardian.Adaptive() && q.Risk != nil && q.Risk.Confidence == ConfidenceLow
	switch {
	case len(q.Guardian.Usable()) == 0 && requested:
		return ReasonFactorDisabled, AskNoFactor
	case len(q.Guardian.Usable()) == 0:
		return "", AskNoFactor
	case q.Passed:
		return q.shown(requested), AskNoFactor
	case risky && !q.Enrolled && q.User.Email != "":
		return ReasonFactorRisk, AskMail
	case requested:
		return ReasonFactorRequested, AskFactor
	case mfaAPI && q.Enrolled:
		return ReasonFactorMFAAPI, AskFactor
	case q.Known:
		return ReasonFactorRemembered, AskNoFactor
	}
	return q.byPolicy(risky)
}

// byPolicy is what the tenant's policies say of a login that nothing else
// decides.
func (q SecondFactor) byPolicy(risky bool) (code string, ask FactorAsk) {
	switch {
	case q.Guardian.Always():
		return ReasonFactorPolicy, AskFactor
	case risky && q.Enrolled:
		return ReasonFactorRisk, AskFactor
	case q.Guardian.Adaptive():
		return ReasonFactorTrusted, AskNoFactor
	case q.Enrolled:
		return ReasonFactorEnrolled, AskFactor
	}
	return ReasonFactorNotEnrolled, AskNoFactor
}

// shown says whether the ID token tells of the factor that the session has seen.
func (q SecondFactor) shown(requested bool) string {
	if q.Here || requested && !q.Silent {
		return ReasonFactorShown
	}
	return ReasonFactorEarlier
}

// FactorReason is the Reason with a code, for a user.
func FactorReason(dir tenant.Directory, code string, user *tenant.User) Reason {
	r := Reason{Code: code, About: aboutAMR, Outcome: Withheld}
	policies := &tenant.Setting{Kind: tenant.KindMFAPolicies, Field: "policies"}
	switch code {
	case ReasonFactorRequested:
		r.Sentence = "The request asked for a second factor with acr_values."
	case ReasonFactorPolicy:
		r.Sentence = "The tenant asks for a second factor at every login (guardianPolicies all-applications)."
		r.Fix, r.Setting = "Remove the policy, or disable the factors, to log in with one.", policies
	case ReasonFactorEnrolled:
		r.Sentence = fmt.Sprintf("User %s is enrolled in a factor that is enabled.", user.Label())
		r.Fix = "Remove the user's mfa_factors, or disable the factor in guardianFactors."
		r.Setting = &tenant.Setting{Kind: tenant.KindUser, ID: user.UserID, Field: "mfa_factors"}
	case ReasonFactorRisk:
		r.Sentence = "The login looks risky (guardianPolicies confidence-score): its browser is not one that the user has logged in with of late."
		r.Setting = policies
	case ReasonFactorMFAAPI:
		r.Sentence = fmt.Sprintf("The request asks for a token of the MFA API, and user %s is enrolled.", user.Label())
	case ReasonFactorShown:
		r.Outcome, r.Sentence = Granted, "The session has seen a second factor."
	case ReasonFactorEarlier:
		r.Sentence = "The second factor was shown at an earlier login of the session, and ID tokens tell only of one shown for them."
		r.Fix = "Send acr_values=" + tenant.ACRMultiFactor + ", without prompt=none, for an ID token that tells of it."
	case ReasonFactorRemembered:
		r.Sentence = "The person chose to have this browser remembered, so no second factor was asked for."
		r.Fix = "Send acr_values=" + tenant.ACRMultiFactor + " to have one asked for anyway."
	case ReasonFactorNotEnrolled:
		r.Sentence = fmt.Sprintf("No second factor was asked for: user %s is enrolled in none that is enabled, and no policy makes anybody enrol.", user.Label())
		r.Fix = "Set guardianPolicies to all-applications, enrol the user (mfa_factors), or send acr_values=" + tenant.ACRMultiFactor + "."
		r.Setting = policies
	case ReasonFactorTrusted:
		r.Sentence = "No second factor was asked for: the login does not look risky (guardianPolicies confidence-score)."
		r.Fix, r.Setting = "Log in with another browser (cookie and User-Agent), or set guardianPolicies to all-applications.", policies
	case ReasonFactorDisabled:
		r.Sentence = "The request asked for a second factor with acr_values, and the tenant has none enabled."
		r.Fix, r.Setting = "Enable a factor in guardianFactors.", &tenant.Setting{Kind: tenant.KindFactor}
	case ReasonFactorByAPI:
		r.Sentence = "The second factor was shown to /oauth/token, and ID tokens tell only of those shown on the login pages."
	case ReasonFactorRefreshed:
		r.Sentence = "ID tokens of a refresh do not tell of a second factor, whatever the login has shown."
		r.Fix = "Log in again with acr_values=" + tenant.ACRMultiFactor + ", without prompt=none, for an ID token that does."
	}
	if r.Setting != nil {
		r.Source = dir.Source(*r.Setting)
	}
	return r
}
