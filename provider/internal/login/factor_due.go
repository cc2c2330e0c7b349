package login

import (
	"net/http"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Names of the cookie of a browser that is not asked, how long it lasts, and how
// long without a login.
//
// Source: Auth0 support, "MFA session cookie (auth0-mf)".
const (
	knownCookie      = "auth0-mf"
	knownCookiePlain = "auth0-mf_plain"
	knownLifetime    = 30 * 24 * time.Hour
	knownIdle        = 7 * 24 * time.Hour
)

// factorDue says what the login waits for beside the first factor. Why, or why
// for nothing, is noted in it; a remembered browser in the session.
func (h *Handler) factorDue(r *http.Request, a *authorization, session *store.Session, user *tenant.User) (ask token.FactorAsk) {
	known := session.KnownBrowser
	if id := h.cookies.read(r, knownCookie, knownCookie+compatSuffix, knownCookiePlain); id != "" && !known {
		_ = h.Store.Update(func(s *store.State) error {
			browser, ok := s.KnownBrowsers.Get(id, h.Clock.Now())
			if !ok || browser.UserID != user.UserID {
				return nil
			}
			known = true
			putKnown(s, id, browser, h.Clock.Now())
			if live, ok := s.Session(session.ID, h.Clock.Now()); ok {
				fresh := *live
				fresh.KnownBrowser = true
				s.PutSession(&fresh, h.Clock.Now())
			}
			return nil
		})
	}
	if h.AssessesRisk() {
		risk := h.Risk(user, h.browserOf(r, a))
		a.risk = &risk
	}
	a.factor, ask = h.FactorDue(token.SecondFactor{
		User: user, ACRValues: a.ACRValues, Audience: a.Audience, Passed: session.SecondFactor, Here: a.FactorShown, Known: known, Risk: a.risk,
		Silent: a.Prompts("none"),
	})
	return ask
}

// putKnown keeps a remembered browser until it is unused for too long.
func putKnown(s *store.State, id string, browser store.KnownBrowser, now time.Time) {
	end := now.Add(knownIdle)
	if browser.Until.Before(end) {
		end = browser.Until
	}
	s.KnownBrowsers.PutAtMost(store.MaxWaiting, id, browser, end, now)
}

// browserOf is the browser as a login is judged by it.
func (h *Handler) browserOf(r *http.Request, a *authorization) store.Browser {
	id, _ := h.device(r)
	return store.Browser{ID: id, UserAgent: r.UserAgent(), IP: a.x.IP}
}

// askFactor sends the browser to the page of the user's best factor, to enrol in
// one, or to the code in a mail; silence is refused.
//
// Source: Auth0 docs, "Silent authentication". Observed: SDKs test the
// description.
func (h *Handler) askFactor(r *http.Request, a *authorization, session *store.Session, ask token.FactorAsk) (*wire.Response, error) {
	why := a.factor
	if a.Prompts("none") {
		return h.refuse(a, tenant.MFALoginRequired().WithHint("%s", why.Advice()))
	}
	a.x.Note("second_factor", why.Code)
	h.logFactorRequired(a, session)
	t := h.detour(r, a, session)
	t.Factor = &store.FactorStep{Mail: ask == token.AskMail}
	first := pathMailCode
	if !t.Factor.Mail {
		first = h.firstFactorPath(&factorStep{authorization: a, r: r, t: t, user: h.user(session.UserID)})
	}
	if first == "" {
		return h.refuse(a, tenant.NoFactorToEnrol().WithHint("%s The factors that are enabled cannot be enrolled in here.", why.Advice()))
	}
	return h.begin(r, a, t, atState(first, t.ID)), nil
}
