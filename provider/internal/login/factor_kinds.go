package login

import (
	"slices"
	"unicode"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/mfa"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// factorKinds are all kinds of second factor, best first: the order in which
// people are asked. Auth0's documentation names no order; it is inferred.
//
// Observed: ACUL, names of the factors.
func factorKinds() []*factorKind {
	return []*factorKind{
		devices(), securityKeys(),
		{
			name: "push-notification", text: "authenticatorNamesPushNotification", methods: []string{store.MethodPush},
			offered:   enabled(tenant.FactorPush),
			challenge: codePage("mfa-push.mfa-push-challenge-push"),
			enrol:     &factorPage{screen: "mfa-push.mfa-push-enrollment-qr", enrols: true, show: (*Handler).showPushEnrolment, take: (*Handler).takeCode},
		},
		{
			name: "otp", text: "authenticatorNamesOTP", methods: []string{store.MethodTOTP},
			offered:   enabled(tenant.FactorOTP),
			challenge: codePage("mfa-otp.mfa-otp-challenge"),
			enrol:     &factorPage{screen: screenEnrolQR, enrols: true, show: (*Handler).showAppEnrolment, take: (*Handler).takeCode},
			more:      []*factorPage{{screen: screenEnrolSecret, enrols: true, show: (*Handler).showAppEnrolment, take: (*Handler).takeCode}},
		},
		smsKind(), voiceKind(), phoneKind(),
		{
			name: "email", text: "authenticatorNamesEmail", methods: []string{store.MethodEmail},
			challenge: codePage("mfa-email.mfa-email-challenge"),
		},
		{
			name: "recovery-code", text: "authenticatorNamesRecoveryCode", methods: []string{store.MethodRecoveryCode},
			challenge: codePage("mfa-recovery-code.mfa-recovery-code-challenge"),
		},
	}
}

// Screens that enrol an authenticator app.
const (
	screenEnrolQR     = "mfa-otp.mfa-otp-enrollment-qr"
	screenEnrolSecret = "mfa-otp.mfa-otp-enrollment-code"
)

func enabled(factor string) func(*tenant.Guardian, *store.BrowserCapabilities) bool {
	return func(g *tenant.Guardian, _ *store.BrowserCapabilities) bool { return g.Enabled(factor) }
}

// codePage is a page that asks for a code, or that a push be answered.
func codePage(screen string) *factorPage {
	return &factorPage{screen: screen, show: (*Handler).showCode, take: (*Handler).takeCode}
}

// showCode asks for the proof, and sends what it needs the first time.
func (h *Handler) showCode(s *factorStep) (*wire.Response, error) {
	step := s.t.Factor
	if s.factor.OutOfBand() && (step.OOBCode == "" || step.AuthenticatorID != s.factor.ID || step.Method != s.way()) {
		if failure := h.sendCode(s); failure != nil {
			return h.codeView(s, failure, false)
		}
	}
	return h.codeView(s, nil, false)
}

// way is how the page gets to its authenticator: a phone may be called or
// written to, whatever it was enrolled by.
func (s *factorStep) way() string {
	if slices.Contains(s.kind.methods, s.factor.Method) {
		return s.kind.methods[0]
	}
	return s.factor.Method
}

// sendCode sends a code, or a push, to the step's authenticator.
func (h *Handler) sendCode(s *factorStep) *formError {
	to := *s.factor
	to.Method = s.way()
	code, err := h.Challenge(s.user.UserID, &to, s.client, "", s.occasion())
	if err != nil {
		e := wire.AsError(err)
		s.x.Failed(e)
		about := s.event(flow.NotSentEvent(to.Method))
		about.Description = e.Description
		h.Log(about)
		return &formError{"", "too-many-" + to.Method}
	}
	step := s.t.Factor
	step.OOBCode, step.AuthenticatorID, step.Method = code, s.factor.ID, to.Method
	h.keep(s.t)
	h.Log(s.event(flow.SentEvent(to.Method)))
	return nil
}

func (h *Handler) codeView(s *factorStep, failure *formError, resent bool) (*wire.Response, error) {
	page := ui.Factor{
		ScreenPage: h.factorView(s, failure), To: tenant.MaskedContact(s.factor.To), Push: s.factor.Method == store.MethodPush,
		Others: h.hasOthers(s), Remember: !s.t.Factor.Enrols && s.factor.Method != store.MethodRecoveryCode, Resent: resent,
	}
	if s.factor.OutOfBand() && !s.page.enrols {
		page.Resend = "resend-code"
		if page.Push {
			page.Resend = "resend"
		}
	}
	h.addPhone(s, &page)
	if h.several(s) {
		page.PickOther = pickOther(s.kind)
	}
	if s.page.enrols {
		if err := h.addPicture(s, &page); err != nil {
			return nil, err
		}
	}
	return render(statusOf(failure), page, "")
}

// addPicture adds what enrols a device, or the app's secret in words.
func (h *Handler) addPicture(s *factorStep, page *ui.Factor) error {
	content := mfa.URI(page.TenantName, s.user.Label(), s.factor.Secret)
	switch {
	case s.page.screen == screenEnrolSecret:
		page.Secret, page.QRURL = s.factor.Secret, s.url(s.kind.enrol.path())
		return nil
	case page.Push:
		content = mfa.PushURI(page.TenantName, s.user.Label(), s.factor.Secret, s.x.Issuer)
	default:
		page.SecretURL = s.url(s.kind.more[0].path())
	}
	picture, err := mfa.QR(content)
	page.QR = picture
	return err
}

// showAppEnrolment shows the secret of the app that the login enrols.
func (h *Handler) showAppEnrolment(s *factorStep) (*wire.Response, error) {
	if s.factor == nil {
		h.beginEnrolment(s, store.MethodTOTP, "")
	}
	return h.codeView(s, nil, false)
}

// showPushEnrolment shows what the app on a device scans. Here no device does:
// its yes is given where approvals are.
func (h *Handler) showPushEnrolment(s *factorStep) (*wire.Response, error) {
	if s.factor == nil {
		h.beginEnrolment(s, store.MethodPush, "")
	}
	return h.showCode(s)
}

// takeCode takes what a page asked for, and lets the login go on.
func (h *Handler) takeCode(s *factorStep, p wire.Params) (*wire.Response, error) {
	switch action := p.Get("action"); {
	case s.factor == nil:
		return s.redirect(s.page.path())
	case listPath(action) != "" && h.several(s):
		return h.toList(s, listPath(action))
	case action == actionVoice && h.sends(store.MethodVoice):
		return s.redirect(voiceKind().challenge.path())
	case action == actionSMS && h.sends(store.MethodSMS):
		return s.redirect(smsKind().challenge.path())
	case (action == "resend-code" || action == "resend") && s.factor.OutOfBand():
		failure := h.sendCode(s)
		return h.codeView(s, failure, failure == nil)
	}
	code := p.Get("code")
	if asksDigits(s.factor.Method) && !sixDigits(code) {
		return h.codeView(s, &formError{"code", "invalid-otp-code-format"}, false)
	}
	next, err := h.prove(s, code)
	if err != nil {
		e := wire.AsError(err)
		if e.Code != tenant.MFAPending().Code && e.Code != tenant.MFASlowDown().Code {
			s.x.Failed(e)
			h.Log(flow.ProofEvent(s.event(""), s.factor.Method == store.MethodRecoveryCode, err))
		}
		if e.Code == tenant.MFARejected().Code && s.page.enrols {
			s.t.Factor.OOBCode = "" // the next look at the page asks again
			h.keep(s.t)
		}
		return h.codeView(s, factorFailure(e), false)
	}
	return h.proved(s, remembers(p), next, pathRecoveryNew)
}

// remembers says whether the person wants the browser remembered.
//
// Observed: ACUL, which has two names for it.
func remembers(p wire.Params) bool {
	return slices.Contains([]string{p.Get("rememberBrowser"), p.Get("rememberDevice")}, "true") || p.Get("rememberBrowser") == "on"
}

func asksDigits(method string) bool {
	return method != store.MethodRecoveryCode && method != store.MethodPush
}

func sixDigits(code string) bool {
	digits := 0
	for _, r := range code {
		switch {
		case unicode.IsSpace(r):
		case r < '0' || r > '9':
			return false
		default:
			digits++
		}
	}
	return digits == mfa.Digits
}

// prove checks the answer. Where a recovery code was spent, it returns the next
// one.
func (h *Handler) prove(s *factorStep, code string) (next string, err error) {
	switch s.factor.Method {
	case store.MethodTOTP:
		return "", h.CheckOTP(s.user.UserID, code, false)
	case store.MethodRecoveryCode:
		return h.CheckRecoveryCode(s.user.UserID, code)
	}
	c, err := h.FindChallenge(s.t.Factor.OOBCode, "")
	switch {
	case err != nil:
		return "", err
	case c.UserID != s.user.UserID || c.AuthenticatorID != s.factor.ID:
		return "", tenant.InvalidBindingCode()
	case c.ApprovalID != "":
		return "", h.PollPush(s.ClientID, s.t.Factor.OOBCode, c, false)
	}
	return "", h.CheckBindingCode(s.t.Factor.OOBCode, c, code, false)
}

func factorFailure(e *tenant.Error) *formError {
	switch e.Code {
	case tenant.TooManyMFAAttempts().Code:
		return &formError{"", "too-many-failures"}
	case tenant.MFAPending().Code, tenant.MFASlowDown().Code:
		return &formError{"", "pending"}
	case tenant.MFARejected().Code:
		return &formError{"", "rejected"}
	}
	return &formError{"code", "invalid-code"}
}
