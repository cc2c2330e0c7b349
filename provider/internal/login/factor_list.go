package login

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// pickOther is the `action` that leaves for the list of a kind's authenticators,
// "" where the kind has no list.
//
// Observed: ACUL, mfa-sms-challenge, mfa-voice-challenge, mfa-phone-challenge,
// mfa-email-challenge.
func pickOther(kind *factorKind) string {
	return map[string]string{"sms": "pick-sms", "voice": "pick-phone", "phone": "pick-phone", "email": "pick-email"}[kind.name]
}

// listPath is the list that an action leads to, "" for none.
func listPath(action string) string {
	return map[string]string{
		"pick-sms": "/u/mfa-sms-list", "pick-phone": "/u/mfa-sms-list", "pick-email": "/u/mfa-email-list",
	}[action]
}

func listPage(screen string) *factorPage {
	return &factorPage{screen: screen, show: (*Handler).showList, take: (*Handler).takeList}
}

// several says whether the user may choose among several authenticators of the
// step's kind.
func (h *Handler) several(s *factorStep) bool {
	return !s.t.Factor.Enrols && pickOther(s.kind) != "" && len(h.challenges(s.user.UserID, s.kind, false)) > 1
}

func (h *Handler) toList(s *factorStep, path string) (*wire.Response, error) {
	s.t.Factor.ListPath = s.page.path()
	h.keep(s.t)
	return s.redirect(path)
}

// listKind is the kind whose page led to the list, nil where none did.
func (s *factorStep) listKind() *factorKind {
	for _, k := range factorKinds() {
		if k.challenge != nil && k.challenge.path() == s.t.Factor.ListPath && listPath(pickOther(k)) == s.page.path() {
			return k
		}
	}
	return nil
}

// showList lets a person choose among their numbers or addresses.
//
// Source: Auth0 docs, "Universal Login" (mfa-sms-list, mfa-email-list),
// "Configure email notifications for MFA".
func (h *Handler) showList(s *factorStep) (*wire.Response, error) {
	kind := s.listKind()
	if kind == nil {
		return s.redirect(h.optionsPath(s))
	}
	page := ui.FactorOptions{ScreenPage: h.factorView(s, nil), BackURL: s.url(s.t.Factor.ListPath)}
	for i, a := range h.challenges(s.user.UserID, kind, false) {
		page.Options = append(page.Options, ui.FactorOption{Name: actionSelected + strconv.Itoa(i), Text: tenant.MaskedContact(a.To)})
	}
	return render(http.StatusOK, page, "")
}

// takeList goes back with what was chosen, if anything.
func (h *Handler) takeList(s *factorStep, p wire.Params) (*wire.Response, error) {
	kind := s.listKind()
	if kind == nil {
		return s.redirect(h.optionsPath(s))
	}
	list := h.challenges(s.user.UserID, kind, false)
	if i, err := strconv.Atoi(strings.TrimPrefix(p.Get("action"), actionSelected)); err == nil && i >= 0 && i < len(list) {
		s.t.Factor.Chosen = list[i].ID
		h.keep(s.t)
	}
	return s.redirect(s.t.Factor.ListPath)
}
