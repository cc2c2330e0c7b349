package token

import (
	"fmt"
	"slices"

	"github.com/faux0/faux0/provider/tenant"
)

const aboutSecondFactor = "second factor"

// Reasons for a second factor.
const (
	ReasonFactorRequested = "second-factor-requested"
	ReasonFactorPolicy    = "second-factor-policy"
	ReasonFactorEnrolled  = "second-factor-enrolled"
)

// SecondFactor is a login of which may be asked more than a first factor.
type SecondFactor struct {
	Guardian *tenant.Guardian
	User     *tenant.User
	// Enrolled says that the user has a factor that may be used.
	Enrolled bool
	// ACRValues are those of the request.
	ACRValues []string
	// Passed says that the session has seen a second factor, Known that the
	// browser need not be asked for one.
	Passed, Known bool
}

// Due says whether the login has to show a second factor, and why. Where no
// factor can be used, none is asked for. That people who are enrolled are asked
// whatever the policy is inferred, as is that acr_values counts for browsers
// that are remembered.
//
// Source: Auth0 docs, "Enable multi-factor authentication" (policies),
// "Step-up authentication for web applications".
func (q SecondFactor) Due(dir tenant.Directory) (Reason, bool) {
	r := Reason{About: aboutSecondFactor, Outcome: Withheld}
	usable := len(q.Guardian.Usable()) > 0
	switch {
	case !usable || q.Passed:
		return Reason{}, false
	case slices.Contains(q.ACRValues, tenant.ACRMultiFactor):
		r.Code = ReasonFactorRequested
		r.Sentence = "The request asked for it with acr_values."
		return r, true
	case q.Known:
		return Reason{}, false
	case q.Guardian.Always():
		r.Code = ReasonFactorPolicy
		r.Sentence = "The tenant asks for a second factor at every login (guardianPolicies all-applications)."
		r.Fix = "Remove the policy, or disable the factors, to log in with one."
		r.Setting = &tenant.Setting{Kind: tenant.KindMFAPolicies, Field: "policies"}
	case q.Enrolled && !q.Guardian.Adaptive():
		r.Code = ReasonFactorEnrolled
		r.Sentence = fmt.Sprintf("User %s is enrolled in a factor that is enabled.", q.User.Label())
		r.Fix = "Remove the user's mfa_factors, or disable the factor in guardianFactors."
		r.Setting = &tenant.Setting{Kind: tenant.KindUser, ID: q.User.UserID, Field: "mfa_factors"}
	default:
		return Reason{}, false
	}
	r.Source = dir.Source(*r.Setting)
	return r, true
}
