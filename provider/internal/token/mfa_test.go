package token_test

import (
	"testing"
	"time"

	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// TestWhoIsAskedForASecondFactor: each row is a sentence of the documentation,
// or of what stands for it.
func TestWhoIsAskedForASecondFactor(t *testing.T) {
	t.Parallel()
	otp := []*tenant.GuardianFactor{{Name: tenant.FactorOTP, Enabled: true}}
	always, adaptive := []string{tenant.PolicyAllApplications}, []string{tenant.PolicyConfidenceScore}
	stepUp := []string{tenant.ACRMultiFactor}
	low, high := &token.Risk{Confidence: token.ConfidenceLow}, &token.Risk{Confidence: token.ConfidenceHigh}
	type factors = []*tenant.GuardianFactor
	rows := []struct {
		sentence string
		factors  factors
		policies []string
		login    token.SecondFactor
		want     token.FactorAsk
		because  string
	}{
		{"without factors nobody is asked", nil, always, token.SecondFactor{Enrolled: true}, token.AskNoFactor, ""},
		{"acr_values ask for none where there is none", nil, nil, token.SecondFactor{ACRValues: stepUp}, token.AskNoFactor, token.ReasonFactorDisabled},
		{"never: who is not enrolled is not asked", otp, nil, token.SecondFactor{}, token.AskNoFactor, token.ReasonFactorNotEnrolled},
		{"never: who is enrolled is asked", otp, nil, token.SecondFactor{Enrolled: true}, token.AskFactor, token.ReasonFactorEnrolled},
		{"all applications: everybody is asked", otp, always, token.SecondFactor{}, token.AskFactor, token.ReasonFactorPolicy},
		{"all applications: not in a browser that is remembered", otp, always, token.SecondFactor{Known: true}, token.AskNoFactor, token.ReasonFactorRemembered},
		{"acr_values ask in a browser that is remembered", otp, nil, token.SecondFactor{Known: true, ACRValues: stepUp}, token.AskFactor, token.ReasonFactorRequested},
		{"who has just shown one is not asked again", otp, always, token.SecondFactor{Passed: true, Here: true}, token.AskNoFactor, token.ReasonFactorShown},
		{"a session that has seen a factor tells of it only if asked", otp, always, token.SecondFactor{Passed: true}, token.AskNoFactor, token.ReasonFactorEarlier},
		{"silence tells of no factor", otp, always, token.SecondFactor{Passed: true, Silent: true, ACRValues: stepUp}, token.AskNoFactor, token.ReasonFactorEarlier},
		{"a session that has seen a factor is not asked", otp, always, token.SecondFactor{Passed: true, ACRValues: stepUp}, token.AskNoFactor, token.ReasonFactorShown},
		{"adaptive: a risky login is asked", otp, adaptive, token.SecondFactor{Enrolled: true, Risk: low}, token.AskFactor, token.ReasonFactorRisk},
		{"adaptive: another is not", otp, adaptive, token.SecondFactor{Enrolled: true, Risk: high}, token.AskNoFactor, token.ReasonFactorTrusted},
		{"adaptive: where no browser is involved nobody is asked", otp, adaptive, token.SecondFactor{Enrolled: true}, token.AskNoFactor, token.ReasonFactorTrusted},
		{"adaptive: who is not enrolled may not enrol in a risky login", otp, adaptive, token.SecondFactor{Risk: low, ACRValues: stepUp}, token.AskMail, token.ReasonFactorRisk},
		{"adaptive: both policies ask everybody", otp, append(adaptive, always...), token.SecondFactor{Risk: high}, token.AskFactor, token.ReasonFactorPolicy},
		{"risk is nothing to other policies", otp, nil, token.SecondFactor{Risk: low}, token.AskNoFactor, token.ReasonFactorNotEnrolled},
		{"the MFA API asks who is enrolled, whatever the policy", otp, adaptive, token.SecondFactor{Enrolled: true, Known: true, Audience: mfaAPI}, token.AskFactor, token.ReasonFactorMFAAPI},
		{"the MFA API does not ask who is not", otp, nil, token.SecondFactor{Audience: mfaAPI}, token.AskNoFactor, token.ReasonFactorNotEnrolled},
	}
	for _, row := range rows {
		t.Run(row.sentence, func(t *testing.T) {
			t.Parallel()
			q := row.login
			q.Guardian = &tenant.Guardian{Factors: row.factors, Policies: tenant.GuardianPolicies{Policies: row.policies}}
			q.User = &tenant.User{UserID: "auth0|ada", Email: "ada@acme.test"}
			why, ask := q.Due(mfaDirectory{})
			if ask != row.want || why.Code != row.because {
				t.Errorf("asked for %q because of %q, want %q, %q", ask, why.Code, row.want, row.because)
			}
			if why.Code != "" && why.Sentence == "" {
				t.Error("the reason has no sentence")
			}
		})
	}
}

const mfaAPI = "https://acme.test/mfa/"

// mfaDirectory knows the MFA API and nothing else.
type mfaDirectory struct{ tenant.Directory }

func (mfaDirectory) ResourceServer(identifier string) *tenant.ResourceServer {
	if identifier == mfaAPI {
		return tenant.MFAAPI(identifier)
	}
	return nil
}

func (mfaDirectory) Source(tenant.Setting) string { return "" }

func TestWhatABrowserSaysAboutALogin(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	home := token.Device{ID: "a", UserAgent: "Firefox", IP: "10.0.0.1", SeenAt: now.Add(-time.Hour)}
	with := func(change func(*token.Device)) token.Device {
		d := home
		d.SeenAt = now
		change(&d)
		return d
	}
	for sentence, row := range map[string]struct {
		known  []token.Device
		login  token.Device
		logins int
		want   token.Risk
	}{
		"the first login of all":             {nil, home, 1, token.Risk{NewDevice: token.DeviceInitial, Confidence: token.ConfidenceMedium}},
		"nothing is known":                   {nil, home, 2, token.Risk{NewDevice: token.DeviceNoHistory, Confidence: token.ConfidenceLow}},
		"the same browser":                   {[]token.Device{home}, with(func(d *token.Device) { d.IP = "10.9.9.9" }), 2, token.Risk{NewDevice: token.DeviceMatch, Confidence: token.ConfidenceHigh}},
		"without its cookie, from home":      {[]token.Device{home}, with(func(d *token.Device) { d.ID = "b" }), 2, token.Risk{NewDevice: token.DevicePartial, Confidence: token.ConfidenceMedium}},
		"without its cookie, from elsewhere": {[]token.Device{home}, with(func(d *token.Device) { d.ID, d.IP = "b", "10.9.9.9" }), 2, token.Risk{NewDevice: token.DevicePartial, Confidence: token.ConfidenceLow}},
		"another browser":                    {[]token.Device{home}, with(func(d *token.Device) { d.ID, d.UserAgent = "b", "curl" }), 2, token.Risk{NewDevice: token.DeviceNoMatch, Confidence: token.ConfidenceLow}},
		"not for thirty days": {[]token.Device{home}, with(func(d *token.Device) { d.SeenAt = home.SeenAt.Add(token.DeviceMemory) }), 2,
			token.Risk{NewDevice: token.DeviceNoHistory, Confidence: token.ConfidenceLow}},
	} {
		if got := token.AssessRisk(row.known, row.login, row.logins); got != row.want {
			t.Errorf("%s: %+v, want %+v", sentence, got, row.want)
		}
	}
}
