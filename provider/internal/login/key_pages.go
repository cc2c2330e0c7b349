package login

import (
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// keyStep finds a login whose person is known.
//
// It returns TransactionLost.
func (h *Handler) keyStep(r *http.Request, state string) (*store.Transaction, *authorization, *tenant.User, error) {
	t, a, err := h.transaction(r, state)
	if err != nil {
		return nil, nil, nil, err
	}
	user := h.personOf(t)
	if user == nil {
		return nil, nil, nil, tenant.TransactionLost().WithHint("the user has logged out meanwhile")
	}
	a.isOf(user)
	return t, a, user, nil
}

// newKeyStep finds the login that has just made a key.
func (h *Handler) newKeyStep(r *http.Request, state string) (*store.Transaction, *authorization, *tenant.User, error) {
	t, a, user, err := h.keyStep(r, state)
	if err == nil && t.NewKey == "" {
		err = tenant.TransactionLost().WithHint("no key was made in this login")
	}
	return t, a, user, err
}

func (h *Handler) keyNamePage(r *http.Request) (*wire.Response, error) {
	t, a, user, err := h.newKeyStep(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	return h.keyNameView(t, a, user, "", nil)
}

// keyNameView asks what the new key is called, and has a proposal.
func (h *Handler) keyNameView(t *store.Transaction, a *authorization, user *tenant.User, name string, failure *formError) (*wire.Response, error) {
	const screen = promptWebAuthn + "mfa-webauthn-change-key-nickname"
	page := ui.KeyName{ScreenPage: h.screen(t, a, pathKeyName, screen, failure), Name: name}
	if proposal := page.T(screen+".nickname", "userName", user.Nickname); failure == nil && len([]rune(proposal)) <= maxKeyName {
		page.Name = proposal
	}
	return render(statusOf(failure), page, "")
}

func (h *Handler) nameKey(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	t, a, user, err := h.newKeyStep(r, stateOf(r, p))
	if err != nil {
		return h.lost(r, err)
	}
	name := strings.TrimSpace(p.Get("nickname"))
	switch {
	case name == "":
		return h.keyNameView(t, a, user, name, &formError{"nickname", "no-nickname"})
	case len([]rune(name)) > maxKeyName:
		return h.keyNameView(t, a, user, name, &formError{"nickname", "nickname-too-long"})
	}
	h.NameKey(user.UserID, t.NewKey, name)
	return wire.Redirect(atState(pathKeyAdded, t.ID)), nil
}

func (h *Handler) keyAddedPage(r *http.Request) (*wire.Response, error) {
	t, a, _, err := h.newKeyStep(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	page := ui.Key{ScreenPage: ui.ScreenPage{Screen: promptWebAuthn + "mfa-webauthn-enrollment-success"}, Button: "buttonText"}
	if t.Factor == nil {
		page.TitleKey, page.DescriptionKey = "titlePlatform", "descriptionPlatform"
	}
	return h.keyView(a, t, pathKeyAdded, page, nil)
}

// keyAdded goes on after an enrolment: to the end of the login or, where the
// key is the second factor that the login has waited for, as after any factor.
func (h *Handler) keyAdded(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	t, _, user, err := h.newKeyStep(r, stateOf(r, p))
	switch {
	case err != nil:
		return h.lost(r, err)
	case t.Factor == nil:
		return wire.Redirect(atState(pathResume, t.ID)), nil
	}
	kind := securityKeys()
	s, err := h.factorStep(r, t.ID, kind, kind.challenge)
	if err != nil {
		return h.lost(r, err)
	}
	if s.page != kind.challenge {
		return s.redirect(s.page.path())
	}
	for _, a := range h.Authenticators(user.UserID, true) {
		if a.Key != nil && a.Key.KeyID == t.NewKey {
			s.factor = a
			return h.proved(s, false, "", "")
		}
	}
	return h.lost(r, tenant.TransactionLost().WithHint("the key was removed meanwhile"))
}

// failedKeyStep finds the login in which the browser reported an error.
func (h *Handler) failedKeyStep(r *http.Request, state string) (*store.Transaction, *authorization, *tenant.User, error) {
	t, a, user, err := h.keyStep(r, state)
	if err == nil && t.FailedAt == "" {
		err = tenant.TransactionLost().WithHint("no browser has reported an error")
	}
	return t, a, user, err
}

// failedTitles are the keys of the titles of the page of errors, by the page
// where it went wrong.
var failedTitles = map[string]string{
	securityKeys().enrol.path():     "errorTitle",
	securityKeys().challenge.path(): "errorTitleChallenge",
	devices().challenge.path():      "errorTitlePlatformChallenge",
	pathEnrolPlatform:               "errorTitlePlatform",
}

func (h *Handler) keyFailedPage(r *http.Request) (*wire.Response, error) {
	t, a, user, err := h.failedKeyStep(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	page := ui.Key{
		ScreenPage: ui.ScreenPage{Screen: promptWebAuthn + "mfa-webauthn-error"}, TitleKey: failedTitles[t.FailedAt],
		Button: "tryAgainLinkText", ButtonAction: "tryagain",
		Others: t.Factor != nil && h.hasOthers(&factorStep{authorization: a, r: r, t: t, user: user}),
	}
	if t.FailedAt == devices().challenge.path() {
		page.DescriptionKey = "descriptionPlatform"
	}
	if t.Factor == nil {
		page.Ways = []ui.KeyWay{{Action: actionRefuseDevice, Text: "refuseAddingAuthenticatorText"}}
	}
	return h.keyView(a, t, pathKeyFailed, page, nil)
}

// keyFailed goes back to where it went wrong, or another way.
func (h *Handler) keyFailed(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	t, _, user, err := h.failedKeyStep(r, stateOf(r, p))
	if err != nil {
		return h.lost(r, err)
	}
	next := t.FailedAt
	switch action := p.Get("action"); {
	case action == actionRefuseDevice && t.Factor == nil:
		next = pathResume
	case action == actionPickAuthenticator && h.Enrolled(user.UserID):
		next = pathLoginOptions
	case action == actionPickAuthenticator:
		next = pathEnrolOptions
	}
	return wire.Redirect(atState(next, t.ID)), nil
}
