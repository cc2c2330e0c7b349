package login

import (
	"net/http"
	"net/url"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// pathConsent is where people are asked between login and answer: for consent,
// and for the confirmation of a login that showed them nothing.
//
// Source: Auth0 docs, "Universal Login" (prompt consent). That the confirmation
// has the same address is inferred.
const pathConsent = "/u/consent"

func (h *Handler) mountConsent(rt *wire.Router) {
	rt.Handle("GET", pathConsent, h.errorPage, h.consentPage)
	rt.Handle("POST", pathConsent, h.errorPage, h.answerConsent)
}

// question is what the user has to be asked before the app gets its answer, nil
// for nothing. Where the client gets only what the user consented to, it notes
// what that is.
func (h *Handler) question(a *authorization, user *tenant.User) (question *store.Question, why token.Reason, err error) {
	if a.SAML != nil {
		return nil, why, nil // scopes are OAuth's
	}
	err = h.Store.View(func(s *store.State) error {
		l := token.Login{
			Request: a.tokenRequest(user), Rule: h.Consent, RedirectURI: a.RedirectURI,
			Prompted: a.Prompts("consent") && !a.asked, Shown: a.shown,
		}
		if l.Decision, err = token.Foresee(s, l.Request); err != nil {
			return err
		}
		l.Given = s.Consent(user.UserID, a.ClientID, l.Decision.Audience, a.OrganizationID)
		var kind token.Question
		if kind, why = l.Asks(s); kind != "" {
			question = &store.Question{Kind: string(kind), Audience: l.Decision.Audience, Scopes: l.Decision.Scopes}
		} else if l.NeedsConsent(s) {
			a.consented = l.Given.Scopes
		}
		return nil
	})
	return question, why, err
}

// ask sends the browser to the page with the question; silence is refused. That
// a confirmation is refused as interaction_required is inferred.
//
// Source: OpenID Connect Core 1.0 §3.1.2.4, §3.1.2.6; Auth0 docs,
// "Non-verifiable callback URI end-user confirmation" (for the refusal).
func (h *Handler) ask(r *http.Request, a *authorization, session *store.Session, q *store.Question, why token.Reason) (*wire.Response, error) {
	if a.Prompts("none") {
		refusal := tenant.ConsentRequired()
		if q.Kind == string(token.AskConfirmation) {
			refusal = tenant.InteractionRequired()
		}
		return h.refuse(a, refusal.WithHint("%s", why.Advice()))
	}
	t := h.detour(r, a, session)
	t.Question = q
	return h.begin(r, a, t, atState(pathConsent, t.ID)), nil
}

// asking finds the question that waits in this browser, and whom it is put to.
//
// It returns TransactionLost.
func (h *Handler) asking(r *http.Request, state string) (*store.Transaction, *authorization, *tenant.User, error) {
	t, a, err := h.transaction(r, state)
	if err != nil {
		return nil, nil, nil, err
	}
	user := h.personOf(t)
	if t.Question == nil || user == nil {
		return nil, nil, nil, tenant.TransactionLost().WithHint("the question is answered, or the user has logged out meanwhile")
	}
	return t, a, user, nil
}

func (h *Handler) consentPage(r *http.Request) (*wire.Response, error) {
	t, a, user, err := h.asking(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	t.Question.Seen = true
	h.keep(t)
	common := ui.Asking{Form: h.form(t, a, pathConsent), ClientLogo: a.client.LogoURI, UserLabel: user.Label()}
	var page ui.Page
	_ = h.Store.View(func(s *store.State) error {
		if t.Question.Kind == string(token.AskConfirmation) {
			page = ui.Confirmation{Asking: common, Callback: shortCallback(a.RedirectURI)}
			return nil
		}
		consent := ui.Consent{Asking: common, Audience: t.Question.Audience, Scopes: t.Question.Scopes}
		api := s.ResourceServer(t.Question.Audience)
		if api != nil {
			consent.APIName = api.Name
		}
		consent.Lines = consentLines(common.Look, api, t.Question.Scopes, s.Settings().Flags[flagScopeDescriptions])
		page = consent
		return nil
	})
	return render(http.StatusOK, page, "")
}

// shortCallback is as much of a callback as tells a person where it leads.
func shortCallback(callback string) string {
	if origin := tenant.Origin(callback); origin != "" {
		return origin
	}
	u, err := url.Parse(callback)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// answerConsent takes the answer: all or nothing, of what the page showed. The
// state is as good as a token against forged requests: it cannot be guessed,
// works in the browser that was asked, and once.
//
// Source: Auth0 docs, "User consent and third-party applications". Observed:
// the form fields in public browser test suites. That scopes cannot be declined
// one by one is inferred.
func (h *Handler) answerConsent(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	t, a, user, err := h.asking(r, stateOf(r, p))
	if err != nil {
		return h.lost(r, err)
	}
	a.isOf(user)
	accepted := p.Get("action") == "accept"
	switch {
	case !t.Question.Seen:
		return wire.Redirect(atState(pathConsent, t.ID)), nil
	case !accepted && p.Get("action") != "deny" && p.Get("action") != "decline":
		return nil, tenant.MissingParameter("action").WithHint("action is accept or deny")
	}
	question := h.takeQuestion(t.ID)
	if question == nil {
		return h.lost(r, tenant.TransactionLost())
	}
	if !accepted {
		return h.endInRefusal(t, a, tenant.ConsentDeclined())
	}
	if question.Kind == string(token.AskConsent) {
		h.GiveConsent(tenant.Consent{
			UserID: user.UserID, ClientID: a.ClientID, Audience: question.Audience, Scopes: question.Scopes, OrganizationID: a.OrganizationID,
		})
	}
	return wire.Redirect(atState(pathResume, t.ID)), nil
}

// takeQuestion ends the question of a transaction and returns it, nil if it was
// answered meanwhile.
func (h *Handler) takeQuestion(id string) (question *store.Question) {
	now := h.Clock.Now()
	_ = h.Store.Update(func(s *store.State) error {
		t, ok := s.Transactions.Get(id, now)
		if !ok || t.Question == nil {
			return nil
		}
		question = t.Question
		answered := t.Clone()
		answered.Question, answered.Shown = nil, true
		answered.Asked = t.Asked || question.Kind == string(token.AskConsent)
		keepIn(s, answered, now)
		return nil
	})
	return question
}
