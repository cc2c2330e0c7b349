package login

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// factorKind is one kind of second factor with its pages. factorKinds lists
// them; another kind is one more of these, in a file of its own.
type factorKind struct {
	// name is what the pages of options post for it, text the key of what they
	// call it.
	name, text string
	// methods are those of the authenticators that it challenges.
	methods []string
	// fits narrows methods by what the tenant allows, nil for nothing: whether
	// the page takes an authenticator, and whether it is listed for it among the
	// options.
	fits func(g *tenant.Guardian, method string) (takes, listed bool)
	// usable says whether the browser can show the factor; nil is that every
	// browser can.
	usable func(h *Handler, s *factorStep) bool
	// offered says whether people may enrol in it on its page.
	offered func(g *tenant.Guardian, b *store.BrowserCapabilities) bool
	// challenge and enrol are its first pages; enrol is nil where nobody enrols
	// on a page. more are those that only others of its pages lead to.
	challenge, enrol *factorPage
	more             []*factorPage
}

// factorPage is a page of a kind. Its path is /u/ with the name of its screen.
type factorPage struct {
	// screen is the prompt and the screen: "mfa-otp.mfa-otp-challenge".
	screen string
	// enrols says that the page is for somebody who has no factor yet.
	enrols bool
	// show answers a GET, take a POST.
	show func(h *Handler, s *factorStep) (*wire.Response, error)
	take func(h *Handler, s *factorStep, p wire.Params) (*wire.Response, error)
}

func (p *factorPage) path() string {
	_, screen, _ := strings.Cut(p.screen, ".")
	return "/u/" + screen
}

// pages are all of a kind's pages.
func (k *factorKind) pages() []*factorPage {
	list := slices.Clone(k.more)
	for _, p := range []*factorPage{k.challenge, k.enrol} {
		if p != nil {
			list = append(list, p)
		}
	}
	return list
}

// factorStep is one visit to a page of a login that waits for a second factor.
type factorStep struct {
	*authorization
	r *http.Request
	t *store.Transaction
	// user is who has shown the first factor.
	user *tenant.User
	// kind and page are those visited, nil on the pages of options.
	kind *factorKind
	page *factorPage
	// factor is the authenticator that the page challenges, nil where it is
	// for the page to begin an enrolment.
	factor *store.Authenticator
}

// url is the address of a path for this login.
func (s *factorStep) url(path string) string { return atState(path, s.t.ID) }

func (s *factorStep) redirect(path string) (*wire.Response, error) {
	return wire.Redirect(s.url(path)), nil
}

func (h *Handler) mountFactor(rt *wire.Router) {
	for _, kind := range factorKinds() {
		for _, page := range kind.pages() {
			h.mountFactorPage(rt, kind, page)
		}
	}
	for _, page := range factorOptionPages() {
		h.mountFactorPage(rt, nil, page)
	}
	h.mountKeys(rt)
	h.mountOffers(rt)
}

func (h *Handler) mountFactorPage(rt *wire.Router, kind *factorKind, page *factorPage) {
	rt.Handle("GET", page.path(), h.errorPage, func(r *http.Request) (*wire.Response, error) {
		s, err := h.factorStep(r, r.URL.Query().Get("state"), kind, page)
		switch {
		case err != nil:
			return h.lost(r, err)
		case s.page != page:
			return s.redirect(s.page.path())
		}
		return page.show(h, s)
	})
	rt.Handle("POST", page.path(), h.errorPage, func(r *http.Request) (*wire.Response, error) {
		p, err := wire.Body(r)
		if err != nil {
			return nil, err
		}
		s, err := h.factorStep(r, stateOf(r, p), kind, page)
		switch {
		case err != nil:
			return h.lost(r, err)
		case s.page != page:
			return s.redirect(s.page.path())
		case kind != nil && p.Get("action") == actionPickAuthenticator:
			return s.redirect(h.optionsPath(s))
		}
		return page.take(h, s, p)
	})
}

// factorStep finds the login that waits for a factor, and what the page may do
// for it. A page that comes too late or too early gets the step of the one that
// is due: its page is then another.
//
// It returns TransactionLost.
func (h *Handler) factorStep(r *http.Request, state string, kind *factorKind, page *factorPage) (*factorStep, error) {
	t, a, err := h.transaction(r, state)
	if err != nil {
		return nil, err
	}
	s := &factorStep{authorization: a, r: r, t: t, user: h.personOf(t), kind: kind, page: page}
	if t.Factor == nil || s.user == nil {
		return nil, tenant.TransactionLost().WithHint("the factor was shown, or the user has logged out meanwhile")
	}
	a.isOf(s.user)
	step := t.Factor
	if step.Mail != (page.path() == pathMailCode) {
		return nil, tenant.TransactionLost().WithHint("the login waits for another page")
	}
	if step.Passed != (kind == nil && isRecoveryPage(page)) {
		if !step.Passed {
			return nil, tenant.TransactionLost().WithHint("no recovery code waits to be shown")
		}
		s.page = recoveryPage(step.RecoveryPath)
		return s, nil
	}
	if kind == nil {
		return s, nil
	}
	return s, h.findFactor(s)
}

// findFactor finds the authenticator that the step's page is about. Who has a
// factor may not enrol in another here: a password alone would then do to add
// one.
//
// It returns TransactionLost.
func (h *Handler) findFactor(s *factorStep) error {
	enrolled := h.Enrolled(s.user.UserID)
	if s.t.Factor.Enrols && !enrolled {
		for _, a := range h.Authenticators(s.user.UserID, false) {
			if takes, _ := h.fits(s.kind, a); takes && a.ID == s.t.Factor.AuthenticatorID {
				s.factor = a
			}
		}
	}
	switch {
	case s.factor != nil:
	case s.page.enrols && !enrolled && h.offered(s, s.kind):
	case s.page.enrols:
		return tenant.TransactionLost().WithHint("the user is enrolled, or the tenant does not offer the factor")
	default:
		if s.factor = h.challenged(s, s.kind, false); s.factor == nil {
			return tenant.TransactionLost().WithHint("the user has no such factor")
		}
	}
	return nil
}

// challenged is the authenticator of a kind that a user is asked for: the one
// they chose, else the first; nil for none. With listed, only one counts that
// stands among the options.
func (h *Handler) challenged(s *factorStep, kind *factorKind, listed bool) *store.Authenticator {
	list := h.challenges(s.user.UserID, kind, listed)
	for _, a := range list {
		if a.ID == s.t.Factor.Chosen {
			return a
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// challenges are a user's authenticators of a kind.
func (h *Handler) challenges(userID string, kind *factorKind, listed bool) (list []*store.Authenticator) {
	for _, method := range kind.methods {
		for _, a := range h.Authenticators(userID, true) {
			if takes, lists := h.fits(kind, a); a.Method == method && (lists || takes && !listed) {
				list = append(list, a)
			}
		}
	}
	return list
}

func (h *Handler) fits(kind *factorKind, a *store.Authenticator) (takes, listed bool) {
	if known := slices.Contains(kind.methods, a.Method); kind.fits == nil || !known {
		return known, known
	}
	_ = h.Store.View(func(st *store.State) error { takes, listed = kind.fits(st.Guardian(), a.Method); return nil })
	return takes, listed
}

// factorView is what the step's page has in common with the others.
func (h *Handler) factorView(s *factorStep, failure *formError) ui.ScreenPage {
	return h.screen(s.t, s.authorization, s.page.path(), s.page.screen, failure)
}

// proved goes on after a good proof. Where a recovery code is to be shown first,
// it is next, on the page of that path.
func (h *Handler) proved(s *factorStep, remember bool, next, path string) (*wire.Response, error) {
	h.Log(flow.ProofEvent(s.event(""), s.factor.Method == store.MethodRecoveryCode, nil))
	if s.t.Factor.Enrols {
		h.Log(flow.AboutAuthenticator(s.event(tenant.LogEnrolled), s.factor.ID, s.factor.Method))
		next, path = h.freshRecoveryCode(s), pathRecoveryEnrolment
	}
	step := s.t.Factor
	step.Passed, step.Remember = true, remember
	if next == "" {
		return h.factorPassed(s)
	}
	step.RecoveryCode, step.RecoveryPath = next, path
	h.keep(s.t)
	return s.redirect(path)
}

// factorPassed notes the factor in the session and goes on to the answer.
func (h *Handler) factorPassed(s *factorStep) (*wire.Response, error) {
	now, id := h.Clock.Now(), h.IDs.DeviceID()
	done, remember := false, s.t.Factor.Remember
	_ = h.Store.Update(func(st *store.State) error {
		session, alive := st.Session(s.t.SessionID, now)
		passed := s.t.Clone()
		passed.Factor, passed.Shown, passed.Request.FactorShown = nil, true, true
		if done = alive && session.UserID == s.user.UserID && keepIn(st, passed, now); !done {
			return nil
		}
		fresh := *session
		fresh.SecondFactor = true
		if s.t.Factor.Browser != nil {
			fresh.Browser = s.t.Factor.Browser
		}
		st.PutSession(&fresh, now)
		if remember {
			putKnown(st, id, store.KnownBrowser{UserID: s.user.UserID, Until: now.Add(knownLifetime)}, now)
		}
		return nil
	})
	if !done {
		return nil, tenant.TransactionLost()
	}
	res := wire.Redirect(s.url(pathResume))
	if remember {
		h.cookies.set(res, s.x, knownCookie, knownCookiePlain, id, int(knownLifetime/time.Second))
	}
	return res, nil
}
