package login

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/mfa"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// factorScreens are the pages of the methods, by prompt and screen.
//
// Source: Auth0 docs, "Universal Login" (mfa prompts).
var factorScreens = map[string]string{
	store.MethodTOTP: "mfa-otp.mfa-otp-challenge", store.MethodSMS: "mfa-sms.mfa-sms-challenge",
	store.MethodVoice: "mfa-voice.mfa-voice-challenge", store.MethodEmail: "mfa-email.mfa-email-challenge",
	store.MethodPush: "mfa-push.mfa-push-challenge-push", store.MethodRecoveryCode: "mfa-recovery-code.mfa-recovery-code-challenge",
}

const (
	screenEnrolOTP = "mfa-otp.mfa-otp-enrollment-qr"
	pathEnrolOTP   = "/u/mfa-otp-enrollment-qr"
)

// Names of the cookie of a browser that is not asked, and how long it lasts.
//
// Source: Auth0 docs, "Multi-factor authentication" (remember this browser).
const (
	knownCookie      = "auth0-mf"
	knownCookiePlain = "auth0-mf_plain"
	knownLifetime    = 30 * 24 * time.Hour
)

func factorPath(method string) string {
	_, screen, _ := strings.Cut(factorScreens[method], ".")
	return "/u/" + screen
}

func (h *Handler) mountFactor(rt *wire.Router) {
	for _, method := range []string{store.MethodTOTP, store.MethodSMS, store.MethodVoice, store.MethodEmail, store.MethodPush, store.MethodRecoveryCode} {
		rt.Handle("GET", factorPath(method), h.errorPage, h.factorPage(method))
		rt.Handle("POST", factorPath(method), h.errorPage, h.factorAnswer(method))
	}
	rt.Handle("GET", pathEnrolOTP, h.errorPage, h.factorPage(""))
	rt.Handle("POST", pathEnrolOTP, h.errorPage, h.factorAnswer(""))
}

// factorDue says whether the login waits for a second factor, and why. A
// remembered browser is noted in the session.
func (h *Handler) factorDue(r *http.Request, a *authorization, session *store.Session, user *tenant.User) (token.Reason, bool) {
	known := session.KnownBrowser
	if id := h.cookies.read(r, knownCookie, knownCookie+compatSuffix, knownCookiePlain); id != "" && !known {
		_ = h.Store.Update(func(s *store.State) error {
			if owner, ok := s.KnownBrowsers.Get(id, h.Clock.Now()); !ok || owner != user.UserID {
				return nil
			}
			known = true
			if live, ok := s.Session(session.ID, h.Clock.Now()); ok {
				fresh := *live
				fresh.KnownBrowser = true
				s.PutSession(&fresh, h.Clock.Now())
			}
			return nil
		})
	}
	return h.FactorDue(token.SecondFactor{User: user, ACRValues: a.ACRValues, Passed: session.SecondFactor, Known: known})
}

// askFactor sends the browser to the page of the user's best factor, or to
// enrol in one; silence is refused.
//
// Source: Auth0 docs, "Silent authentication". Observed: SDKs test the
// description.
func (h *Handler) askFactor(r *http.Request, a *authorization, session *store.Session, why token.Reason) (*wire.Response, error) {
	if a.Prompts("none") {
		return h.refuse(a, tenant.MFALoginRequired().WithHint("%s", why.Advice()))
	}
	device, isNew := h.device(r)
	t := &store.Transaction{
		ID: h.IDs.State(), DeviceID: device, Request: a.AuthorizationRequest, SessionID: session.ID,
		Factor: &store.FactorStep{}, Shown: a.shown, Asked: a.asked,
	}
	h.keep(t)
	a.x.Note("second_factor", why.Code)
	path := pathEnrolOTP
	if list := h.Authenticators(session.UserID, true); h.Enrolled(session.UserID) {
		path = factorPath(list[0].Method)
	}
	res := wire.Redirect(path + "?state=" + url.QueryEscape(t.ID))
	if isNew {
		h.setDevice(res, a.x, device)
	}
	return res, nil
}

// factorStep finds the login that waits for a factor, and the authenticator of
// the page: "" is the one being enrolled, while the user has none.
func (h *Handler) factorStep(r *http.Request, state, method string) (t *store.Transaction, a *authorization, user *tenant.User, found *store.Authenticator, err error) {
	if t, a, err = h.transaction(r, state); err != nil {
		return nil, nil, nil, nil, err
	}
	_ = h.Store.View(func(s *store.State) error {
		if session, alive := s.Session(t.SessionID, h.Clock.Now()); alive {
			user = s.User(session.UserID)
		}
		return nil
	})
	if t.Factor == nil || user == nil {
		return nil, nil, nil, nil, tenant.TransactionLost().WithHint("the factor was shown, or the user has logged out meanwhile")
	}
	a.isOf(user)
	copied, step := *t, *t.Factor
	copied.Factor = &step
	enrolled := h.Enrolled(user.UserID)
	if method == "" && !enrolled {
		found, err = h.enrolling(&copied, user)
		return &copied, a, user, found, err
	}
	for _, other := range h.Authenticators(user.UserID, true) {
		if enrolled && other.Method == method && found == nil {
			found = other
		}
	}
	if found == nil {
		err = tenant.TransactionLost().WithHint("the user has no such factor")
	}
	return &copied, a, user, found, err
}

// enrolling is the app that the login enrols, begun when first shown.
func (h *Handler) enrolling(t *store.Transaction, user *tenant.User) (*store.Authenticator, error) {
	offered := false
	_ = h.Store.View(func(s *store.State) error { offered = s.Guardian().Enabled(tenant.FactorOTP); return nil })
	if !offered {
		return nil, tenant.NotBuilt("enrolling on Universal Login in another factor than otp")
	}
	for _, a := range h.Authenticators(user.UserID, false) {
		if a.ID == t.Factor.AuthenticatorID {
			return a, nil
		}
	}
	a, _ := h.Enrol(user.UserID, store.MethodTOTP, "")
	t.Factor.AuthenticatorID = a.ID
	h.keep(t)
	return a, nil
}

func (h *Handler) factorPage(method string) wire.Handler {
	return func(r *http.Request) (*wire.Response, error) {
		t, a, user, factor, err := h.factorStep(r, r.URL.Query().Get("state"), method)
		if err != nil {
			return h.lost(r, err)
		}
		if factor.OutOfBand() && (t.Factor.OOBCode == "" || t.Factor.AuthenticatorID != factor.ID) {
			t.Factor.OOBCode, t.Factor.AuthenticatorID = h.Challenge(user.UserID, factor, a.client, "", a.x.Issuer), factor.ID
			h.keep(t)
			h.Log(a.event(flow.SentEvent(factor.Method)))
		}
		return h.showFactor(t, a, user, factor, method, nil)
	}
}

func (h *Handler) showFactor(t *store.Transaction, a *authorization, user *tenant.User, factor *store.Authenticator, method string, failure *formError) (*wire.Response, error) {
	query := "?state=" + url.QueryEscape(t.ID)
	page := ui.Factor{State: t.ID, ClientName: a.client.Name, To: tenant.MaskedContact(factor.To), Push: method == store.MethodPush, Remember: true}
	page.Screen, page.Action = factorScreens[method], factorPath(method)+query
	_ = h.Store.View(func(s *store.State) error { page.Look = lookFor(s, a); return nil })
	if method == "" {
		page.Screen, page.Action, page.Secret = screenEnrolOTP, pathEnrolOTP+query, factor.Secret
		picture, err := mfa.QR(mfa.URI(page.TenantName, user.Label(), factor.Secret))
		if err != nil {
			return nil, err
		}
		page.QR = picture
		for _, other := range h.Authenticators(user.UserID, false) {
			if other.Method == store.MethodRecoveryCode && !other.Active {
				page.Recovery = other.Secret
			}
		}
	} else {
		for _, other := range h.Authenticators(user.UserID, true) {
			if other.ID != factor.ID {
				page.Others = append(page.Others, ui.FactorLink{Text: page.T("mfa.factor." + factorWords[other.Method]), URL: factorPath(other.Method) + query})
			}
		}
	}
	page.Error = failure.show(page.Look, "mfa.factor.", "")
	return render(statusOf(failure), page, "")
}

// factorWords are the keys of the links to the methods.
var factorWords = map[string]string{
	store.MethodTOTP: "otpText", store.MethodSMS: "smsText", store.MethodVoice: "voiceText", store.MethodEmail: "emailText",
	store.MethodPush: "pushText", store.MethodRecoveryCode: "recoveryCodeText",
}

// factorAnswer takes what the page asked for, and lets the login go on.
func (h *Handler) factorAnswer(method string) wire.Handler {
	return func(r *http.Request) (*wire.Response, error) {
		p, err := wire.Body(r)
		if err != nil {
			return nil, err
		}
		t, a, user, factor, err := h.factorStep(r, stateOf(r, p), method)
		if err != nil {
			return h.lost(r, err)
		}
		next, err := h.proveFactor(t, a, user, factor, p.Get("code"))
		if err == nil || wire.AsError(err).Code != tenant.MFAPending().Code {
			h.Log(flow.ProofEvent(a.event(""), method == store.MethodRecoveryCode, err))
		}
		if err != nil {
			return h.showFactor(t, a, user, factor, method, factorFailure(wire.AsError(err)))
		}
		res, err := h.factorPassed(t, a, user, p.Get("rememberBrowser") == "true")
		if err != nil || next == "" {
			return res, err
		}
		return h.showRecovery(a, res, next)
	}
}

// proveFactor checks the answer. Where a recovery code was spent, it returns
// the next one.
func (h *Handler) proveFactor(t *store.Transaction, a *authorization, user *tenant.User, factor *store.Authenticator, code string) (next string, err error) {
	switch factor.Method {
	case store.MethodTOTP:
		return "", h.CheckOTP(user.UserID, code, false)
	case store.MethodRecoveryCode:
		if next, err = h.CheckRecoveryCode(user.UserID, code); err != nil {
			return "", err
		}
		return next, nil
	}
	c, err := h.FindChallenge(t.Factor.OOBCode, "")
	switch {
	case err != nil:
		return "", err
	case c.UserID != user.UserID || c.AuthenticatorID != factor.ID:
		return "", tenant.InvalidBindingCode()
	case c.ApprovalID != "":
		return "", h.PollPush(a.ClientID, t.Factor.OOBCode, c, false)
	}
	return "", h.CheckBindingCode(t.Factor.OOBCode, c, code, false)
}

// showRecovery shows the recovery code that takes the place of the spent one,
// once; from there the login goes on as res says.
//
// Source: Auth0 docs, "Universal Login" (mfa-recovery-code-challenge-new-code).
func (h *Handler) showRecovery(a *authorization, res *wire.Response, code string) (*wire.Response, error) {
	page := ui.RecoveryCode{ClientName: a.client.Name, Code: code, ContinueURL: res.Header.Get("Location")}
	_ = h.Store.View(func(s *store.State) error { page.Look = lookFor(s, a); return nil })
	shown, err := render(http.StatusOK, page, "")
	if err != nil {
		return nil, err
	}
	for _, cookie := range res.Header.Values("Set-Cookie") {
		shown.With("Set-Cookie", cookie)
	}
	return shown, nil
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

// factorPassed notes the factor in the session and goes on to the answer.
func (h *Handler) factorPassed(t *store.Transaction, a *authorization, user *tenant.User, remember bool) (*wire.Response, error) {
	now, id := h.Clock.Now(), h.IDs.DeviceID()
	alive := false
	_ = h.Store.Update(func(s *store.State) error {
		session, ok := s.Session(t.SessionID, now)
		if alive = ok && session.UserID == user.UserID; !alive {
			return nil
		}
		fresh := *session
		fresh.SecondFactor = true
		s.PutSession(&fresh, now)
		if remember {
			s.KnownBrowsers.PutAtMost(store.MaxWaiting, id, user.UserID, now.Add(knownLifetime), now)
		}
		done := *t
		done.Factor, done.Shown = nil, true
		s.Transactions.Put(done.ID, &done, now.Add(transactionLifetime), now)
		return nil
	})
	if !alive {
		return nil, tenant.TransactionLost()
	}
	res := wire.Redirect(pathResume + "?state=" + url.QueryEscape(t.ID))
	if remember {
		h.cookies.set(res, a.x, knownCookie, knownCookiePlain, id, int(knownLifetime/time.Second))
	}
	return res, nil
}
