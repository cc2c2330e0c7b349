package testkit

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// The names of ByFactor; factorPhone is that of a phone which may be written to
// or called.
const (
	factorOTP          = "otp"
	factorSMS          = "sms"
	factorVoice        = "voice"
	factorPhone        = "phone"
	factorEmail        = "email"
	factorPush         = "push-notification"
	factorRecoveryCode = "recovery-code"
)

// DefaultPhone is the number that Login types where a user enrols a phone.
const DefaultPhone = "+12025550123"

// LoginOption says how a person goes through Login.
type LoginOption func(*visit)

// ByFactor chooses the second factor, where the tenant asks for one or lets the
// user enrol in one: "otp", "sms", "voice", "email", "push-notification" or
// "recovery-code", as Auth0's pages call them. Without it, Login uses the one
// it is asked for, and enrols in the first that is offered.
func ByFactor(name string) LoginOption { return func(v *visit) { v.factor = name } }

// RememberBrowser has the browser remembered, so that it is asked for no second
// factor again.
func RememberBrowser() LoginOption { return func(v *visit) { v.remember = true } }

// factorPages are the factors that pages ask for, or enrol in.
var factorPages = map[string]string{
	"/u/mfa-otp-challenge": factorOTP, "/u/mfa-otp-enrollment-qr": factorOTP, "/u/mfa-otp-enrollment-code": factorOTP,
	"/u/mfa-sms-challenge": factorSMS, "/u/mfa-sms-enrollment": factorSMS,
	"/u/mfa-voice-challenge": factorVoice, "/u/mfa-voice-enrollment": factorVoice,
	"/u/mfa-phone-challenge": factorPhone, "/u/mfa-phone-enrollment": factorPhone,
	"/u/mfa-email-challenge":     factorEmail,
	"/u/mfa-push-challenge-push": factorPush, "/u/mfa-push-enrollment-qr": factorPush,
	"/u/mfa-recovery-code-challenge": factorRecoveryCode,
}

// answerFactor is what the user types on a page about a second factor, nil where
// the page is about something else.
func (v *visit) answerFactor(at *url.URL, page string) (url.Values, error) {
	if !v.tenant.is(at) {
		return nil, nil
	}
	values := url.Values{"state": {at.Query().Get("state")}, "action": {"default"}}
	switch path := at.Path; {
	case path == "/u/mfa-begin-enroll-options" || path == "/u/mfa-login-options":
		option, err := v.option(page)
		values.Set("action", option)
		return values, err
	case strings.HasPrefix(path, "/u/mfa-recovery-code-") && path != "/u/mfa-recovery-code-challenge":
		values.Set("saved", "on")
		return values, nil
	case path == "/u/mfa-detect-browser-capabilities":
		return values, nil
	}
	factor, known := factorPages[at.Path]
	if !known {
		return nil, nil
	}
	if v.factor != "" && !v.is(factor) && !v.picked {
		v.picked = true
		values.Set("action", "pick-authenticator")
		return values, nil
	}
	if v.remember {
		values.Set("rememberBrowser", "true")
	}
	return values, v.prove(factor, at.Path, values)
}

// is says whether the factor of a page is the one that was chosen.
func (v *visit) is(factor string) bool {
	return factor == v.factor || factor == factorPhone && (v.factor == factorSMS || v.factor == factorVoice)
}

// option is the factor to choose on a page of options.
func (v *visit) option(page string) (string, error) {
	var offered []string
	for _, button := range strings.Split(page, `name="action" value="`)[1:] {
		name, _, _ := strings.Cut(button, `"`)
		offered = append(offered, name)
	}
	v.picked = true
	i := 0
	if v.factor != "" {
		i = slices.IndexFunc(offered, v.is)
	}
	if i < 0 || len(offered) == 0 {
		return "", errors.New("its factor " + v.factor + " is not offered, only " + strings.Join(offered, ", "))
	}
	return offered[i], nil
}

// prove adds what a factor's page asks for.
func (v *visit) prove(factor, path string, values url.Values) error {
	switch {
	case factor == factorOTP:
		code, err := v.tenant.provider.Control().OneTimeCode(v.name())
		values.Set("code", code)
		return err
	case strings.HasSuffix(path, "-enrollment") || factor == factorPhone:
		values.Set("phone", DefaultPhone)
		values.Set("type", cmp.Or(v.factor, factorSMS))
	case factor == factorPush:
		return v.approve()
	case factor == factorRecoveryCode:
		code, err := v.tenant.recoveryCode(v.name())
		values.Set("code", code)
		return err
	default:
		values.Set("code", v.sentCode())
	}
	return nil
}

// name is what the control plane knows the user by.
func (v *visit) name() string { return cmp.Or(v.user.ID, v.user.Email, v.user.Username) }

// approve says yes to the newest notification.
func (v *visit) approve() error {
	for _, asked := range slices.Backward(v.tenant.Approvals()) {
		if asked.UserID == v.user.ID || v.user.ID == "" {
			return v.tenant.provider.Control().Answer(provider.ApprovalAnswer{ID: asked.ID, Answer: provider.AnswerApprove})
		}
	}
	return errors.New("no notification waits for an answer")
}

// sentCode is that of the newest message to one of the user's numbers or
// addresses; the page has sent it before it was shown.
func (v *visit) sentCode() string {
	contacts := []string{v.user.Email, DefaultPhone}
	for _, f := range v.tenant.factors(v.name()) {
		for _, c := range []*tenant.MFAContact{f.Phone, f.Voice, f.Email} {
			if c != nil {
				contacts = append(contacts, c.Value)
			}
		}
	}
	for _, m := range slices.Backward(v.tenant.Outbox()) {
		if m.Kind == provider.MessageMFACode && slices.Contains(contacts, m.To) {
			return m.Code
		}
	}
	return ""
}

// factors are what a user is enrolled in.
func (a *Tenant) factors(name string) []tenant.MFAFactor {
	for _, u := range a.provider.Control().Snapshot().Users {
		if u.UserID == name || u.Email == name || u.Username == name {
			return u.MFAFactors
		}
	}
	return nil
}

func (a *Tenant) recoveryCode(name string) (string, error) {
	for _, f := range a.factors(name) {
		if f.RecoveryCode != nil {
			return f.RecoveryCode.Code, nil
		}
	}
	return "", errors.New("user " + name + " has no recovery code")
}
