package login

import (
	"net/http"
	"slices"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Paths that lead from one kind of factor to another.
//
// Source: Auth0 docs, "Universal Login" (prompt mfa).
const (
	pathEnrolOptions = "/u/mfa-begin-enroll-options"
	pathLoginOptions = "/u/mfa-login-options"
	pathCapabilities = "/u/mfa-detect-browser-capabilities"
)

// Paths that show a recovery code: the first one, and one that takes the place
// of one that was spent.
//
// Source: Auth0 docs, "Universal Login" (prompt mfa-recovery-code).
const (
	pathRecoveryEnrolment = "/u/mfa-recovery-code-enrollment"
	pathRecoveryNew       = "/u/mfa-recovery-code-challenge-new-code"
)

// actionPickAuthenticator is the `action` that leaves for another factor.
//
// Observed: ACUL, MFA screens.
const actionPickAuthenticator = "pick-authenticator"

// factorOptionPages are the pages that belong to no kind of factor.
func factorOptionPages() []*factorPage {
	return []*factorPage{
		{screen: "mfa.mfa-begin-enroll-options", show: (*Handler).showEnrolOptions, take: (*Handler).takeOption},
		{screen: "mfa.mfa-login-options", show: (*Handler).showLoginOptions, take: (*Handler).takeOption},
		{screen: "mfa.mfa-detect-browser-capabilities", show: (*Handler).showCapabilities, take: (*Handler).takeCapabilities},
		listPage("mfa-sms.mfa-sms-list"), listPage("mfa-email.mfa-email-list"),
		{screen: "mfa-sms.mfa-country-codes", show: (*Handler).showCountries, take: (*Handler).takeCountry},
		recoveryPage(pathRecoveryEnrolment), recoveryPage(pathRecoveryNew),
		{screen: screenMailCode, show: (*Handler).showMailCode, take: (*Handler).takeMailCode},
	}
}

func recoveryPage(path string) *factorPage {
	return &factorPage{screen: "mfa-recovery-code." + path[len("/u/"):], show: (*Handler).showRecovery, take: (*Handler).takeRecovery}
}

func isRecoveryPage(p *factorPage) bool {
	return p.path() == pathRecoveryEnrolment || p.path() == pathRecoveryNew
}

// firstFactorPath is where a login begins to ask for a factor: at what the
// browser can do, where that decides anything; at the user's best factor; at
// the only one that the user may enrol in, or at the choice of them, unless the
// tenant says that the most secure one is chosen for them. It is "" where there
// is none. That a tenant which says neither lets people choose is inferred.
//
// Source: Auth0 support, "Setting MFA Default Factor when Multiple MFA Factors
// are Enabled".
func (h *Handler) firstFactorPath(s *factorStep) string {
	if s.t.Factor.Browser == nil && h.needsCapabilities() {
		return pathCapabilities
	}
	if h.Enrolled(s.user.UserID) {
		if kinds := h.challengeable(s); len(kinds) > 0 {
			return kinds[0].challenge.path()
		}
		return pathKeysUnsupported // nothing else is not usable
	}
	kinds := h.enrollable(s)
	switch {
	case len(kinds) == 0:
		return ""
	case len(kinds) == 1 || !h.listsFactors():
		return kinds[0].enrol.path()
	}
	return pathEnrolOptions
}

// flagFactorList lets people choose what to enrol in.
//
// Source: Management API, PATCH /api/v2/tenants/settings, flags.
const flagFactorList = "mfa_show_factor_list_on_enrollment"

func (h *Handler) listsFactors() (lists bool) {
	_ = h.Store.View(func(st *store.State) error {
		on, said := st.Settings().Flags[flagFactorList]
		lists = on || !said
		return nil
	})
	return lists
}

// needsCapabilities says whether a factor is enabled that not every browser has.
func (h *Handler) needsCapabilities() (needs bool) {
	_ = h.Store.View(func(st *store.State) error {
		needs = st.Guardian().Enabled(tenant.FactorWebAuthnRoaming) || st.Guardian().Enabled(tenant.FactorWebAuthnPlatform)
		return nil
	})
	return needs
}

// optionsPath is the page that offers other factors than the step's.
func (h *Handler) optionsPath(s *factorStep) string {
	if h.Enrolled(s.user.UserID) {
		return pathLoginOptions
	}
	return pathEnrolOptions
}

// challengeable are the kinds that the user has a factor of, best first.
func (h *Handler) challengeable(s *factorStep) []*factorKind {
	return slices.DeleteFunc(factorKinds(), func(k *factorKind) bool {
		return k.challenge == nil || h.challenged(s, k, true) == nil || k.usable != nil && !k.usable(h, s)
	})
}

// enrollable are the kinds that somebody without a factor may enrol in.
func (h *Handler) enrollable(s *factorStep) []*factorKind {
	return slices.DeleteFunc(factorKinds(), func(k *factorKind) bool { return k.enrol == nil || !h.offered(s, k) })
}

func (h *Handler) offered(s *factorStep, k *factorKind) (is bool) {
	_ = h.Store.View(func(st *store.State) error {
		is = k.offered != nil && k.offered(st.Guardian(), s.t.Factor.Browser)
		return nil
	})
	return is
}

// hasOthers says whether there is another way to go on than the step's.
func (h *Handler) hasOthers(s *factorStep) bool {
	if h.Enrolled(s.user.UserID) {
		return len(h.challengeable(s)) > 1
	}
	return len(h.enrollable(s)) > 1
}

func (h *Handler) showEnrolOptions(s *factorStep) (*wire.Response, error) {
	if h.Enrolled(s.user.UserID) {
		return s.redirect(pathLoginOptions)
	}
	page := ui.FactorOptions{ScreenPage: h.factorView(s, nil)}
	for _, k := range h.enrollable(s) {
		page.Options = append(page.Options, ui.FactorOption{Name: k.name, Text: page.S(k.text)})
	}
	return render(http.StatusOK, page, "")
}

func (h *Handler) showLoginOptions(s *factorStep) (*wire.Response, error) {
	if !h.Enrolled(s.user.UserID) {
		return s.redirect(pathEnrolOptions)
	}
	page := ui.FactorOptions{ScreenPage: h.factorView(s, nil), BackURL: s.url(h.firstFactorPath(s))}
	for _, k := range h.challengeable(s) {
		page.Options = append(page.Options, ui.FactorOption{
			Name: k.name, Text: page.S(k.text), Detail: tenant.MaskedContact(h.challenged(s, k, true).To),
		})
	}
	return render(http.StatusOK, page, "")
}

// takeOption goes to the page of the factor that was chosen.
func (h *Handler) takeOption(s *factorStep, p wire.Params) (*wire.Response, error) {
	enrolled := h.Enrolled(s.user.UserID)
	kinds := h.enrollable(s)
	if enrolled {
		kinds = h.challengeable(s)
	}
	for _, k := range kinds {
		switch {
		case k.name != p.Get("action"):
		case enrolled:
			return s.redirect(k.challenge.path())
		default:
			return s.redirect(k.enrol.path())
		}
	}
	return s.redirect(h.optionsPath(s))
}

func (h *Handler) showCapabilities(s *factorStep) (*wire.Response, error) {
	page := ui.BrowserCapabilities{ScreenPage: h.factorView(s, nil), ScriptNonce: h.nonce()}
	return render(http.StatusOK, page, page.ScriptNonce)
}

// takeCapabilities notes what the browser says of itself, and goes on.
//
// Observed: ACUL, MfaDetectBrowserCapabilities.
func (h *Handler) takeCapabilities(s *factorStep, p wire.Params) (*wire.Response, error) {
	if s.t.Factor.Browser = readBrowser(p); s.t.Factor.Browser == nil {
		s.t.Factor.Browser = &store.BrowserCapabilities{}
	}
	first := h.firstFactorPath(s)
	if first == "" {
		return h.endInRefusal(s.t, s.authorization, tenant.NoFactorToEnrol().WithHint("the browser has none of the factors that are enabled"))
	}
	h.keep(s.t)
	return s.redirect(first)
}

func (h *Handler) showRecovery(s *factorStep) (*wire.Response, error) { return h.recoveryView(s, nil) }

func (h *Handler) recoveryView(s *factorStep, failure *formError) (*wire.Response, error) {
	page := ui.RecoveryCode{ScreenPage: h.factorView(s, failure), Code: s.t.Factor.RecoveryCode}
	return render(statusOf(failure), page, "")
}

// takeRecovery goes on once the person says that the code is kept.
func (h *Handler) takeRecovery(s *factorStep, p wire.Params) (*wire.Response, error) {
	if p.Get("saved") == "" {
		return h.recoveryView(s, &formError{"", "no-confirmation"})
	}
	return h.factorPassed(s)
}

// freshRecoveryCode is the recovery code that came with the enrolment that the
// step has ended, "" for none.
func (h *Handler) freshRecoveryCode(s *factorStep) string {
	if s.t.Factor.RecoveryCode == "" {
		return ""
	}
	for _, a := range h.Authenticators(s.user.UserID, true) {
		if a.Method == store.MethodRecoveryCode {
			return a.Secret
		}
	}
	return ""
}

// beginEnrolment begins to enrol the user in a method, and makes it the step's.
func (h *Handler) beginEnrolment(s *factorStep, method, to string) {
	a, recovery := h.Enrol(s.user.UserID, method, to)
	s.factor = a
	step := s.t.Factor
	step.AuthenticatorID, step.Enrols, step.OOBCode, step.Method, step.RecoveryCode = a.ID, true, "", "", recovery
	h.keep(s.t)
	h.Log(flow.AboutAuthenticator(s.event(tenant.LogEnrolmentStarted), a.ID, a.Method))
}
