package login

import (
	"encoding/json"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Paths of pages of keys that belong to no step of a factor.
//
// Source: Auth0 docs, "Universal Login" (mfa-webauthn prompt).
const (
	pathEnrolPlatform   = "/u/mfa-webauthn-platform-enrollment"
	pathKeyName         = "/u/mfa-webauthn-change-key-nickname"
	pathKeyAdded        = "/u/mfa-webauthn-enrollment-success"
	pathKeyFailed       = "/u/mfa-webauthn-error"
	pathKeysUnsupported = "/u/mfa-webauthn-not-available-error"
)

// promptWebAuthn begins the keys of the texts of these pages.
const promptWebAuthn = "mfa-webauthn."

// maxKeyName is how long the name of a key may be.
//
// Source: Management API, POST /api/v2/users/{id}/authentication-methods.
const maxKeyName = 20

// Names of what the pages of keys send.
//
// Observed: ACUL, MfaWebAuthn….
const (
	fieldResponse   = "response"
	actionShowError = "showError::"
	// actionRefuseDevice and actionSnooze leave a device as it is.
	actionRefuseDevice = "refuse-add-device"
	actionSnooze       = "snooze-enrollment"
)

// securityKeys are keys that are carried about.
//
// Source: Auth0 docs, "Configure WebAuthn with security keys for MFA".
func securityKeys() *factorKind {
	return &factorKind{
		name: "webauthn-roaming", text: "authenticatorNamesWebauthnRoaming", methods: []string{store.MethodWebAuthnRoaming},
		usable: func(_ *Handler, s *factorStep) bool { return s.t.Factor.Browser != nil && s.t.Factor.Browser.WebAuthn },
		offered: func(g *tenant.Guardian, b *store.BrowserCapabilities) bool {
			return g.Enabled(tenant.FactorWebAuthnRoaming) && b != nil && b.WebAuthn
		},
		challenge: &factorPage{screen: promptWebAuthn + "mfa-webauthn-roaming-challenge", show: (*Handler).showKeyChallenge, take: (*Handler).takeKeyChallenge},
		enrol:     &factorPage{screen: promptWebAuthn + "mfa-webauthn-roaming-enrollment", enrols: true, show: (*Handler).showKeyEnrolment, take: (*Handler).takeKeyEnrolment},
	}
}

// devices are fingerprint and face recognition of the device that the browser
// runs on. Nobody enrols in them before another factor: see offerKey.
//
// Source: Auth0 docs, "Configure WebAuthn with device biometrics for MFA"
// (limitations; device recognition).
func devices() *factorKind {
	return &factorKind{
		name: "webauthn-platform", text: "authenticatorNamesWebauthnPlatform", methods: []string{store.MethodWebAuthnPlatform},
		usable: func(_ *Handler, s *factorStep) bool {
			return s.t.Factor.Browser != nil && s.t.Factor.Browser.WebAuthnPlatform && flow.HasKeyHere(s.user, s.x.UserAgent)
		},
		challenge: &factorPage{screen: promptWebAuthn + "mfa-webauthn-platform-challenge", show: (*Handler).showKeyChallenge, take: (*Handler).takeKeyChallenge},
	}
}

func (h *Handler) mountKeys(rt *wire.Router) {
	rt.Handle("GET", pathKeyName, h.errorPage, h.keyNamePage)
	rt.Handle("POST", pathKeyName, h.errorPage, h.nameKey)
	rt.Handle("GET", pathKeyAdded, h.errorPage, h.keyAddedPage)
	rt.Handle("POST", pathKeyAdded, h.errorPage, h.keyAdded)
	rt.Handle("GET", pathKeyFailed, h.errorPage, h.keyFailedPage)
	rt.Handle("POST", pathKeyFailed, h.errorPage, h.keyFailed)
	h.mountFactorPage(rt, nil, &factorPage{
		screen: promptWebAuthn + "mfa-webauthn-not-available-error", show: (*Handler).showUnsupported,
		take: func(h *Handler, s *factorStep, _ wire.Params) (*wire.Response, error) {
			return s.redirect(h.optionsPath(s))
		},
	})
}

// answerOf is the answer of an authenticator that a page of this login sent.
func (a *authorization) answerOf(t *store.Transaction, credential, purpose string) flow.KeyAnswer {
	own := tenant.Origin(a.x.Base)
	return flow.KeyAnswer{
		JSON: credential, UserAgent: a.x.UserAgent,
		Fits:   func(c *store.Ceremony) bool { return c.TransactionID == t.ID && c.Purpose == purpose },
		Origin: func(origin string) bool { return tenant.Origin(origin) == own },
	}
}

// optionsJSON is what an authenticator is asked, as a page carries it.
func optionsJSON(options any) string {
	data, err := json.Marshal(options)
	if err != nil {
		panic("login: options: " + err.Error()) // they are structs of strings
	}
	return string(data)
}

// keyView shows a page of keys that belongs to the path.
func (h *Handler) keyView(a *authorization, t *store.Transaction, path string, page ui.Key, failure *formError) (*wire.Response, error) {
	page.ScreenPage = h.screen(t, a, path, page.Screen, failure)
	if page.Call != "" {
		page.ScriptNonce = h.nonce()
	}
	if page.ButtonAction == "" {
		page.ButtonAction = "default"
	}
	return render(statusOf(failure), page, page.ScriptNonce)
}

// showKeyChallenge asks for a signature of the user's security key or device.
func (h *Handler) showKeyChallenge(s *factorStep) (*wire.Response, error) {
	return h.keyChallengeView(s, nil)
}

func (h *Handler) keyChallengeView(s *factorStep, failure *formError) (*wire.Response, error) {
	options := h.AskFactorKey(store.Ceremony{TransactionID: s.t.ID, KeyType: s.factor.Method}, s.user, s.x.Base)
	return h.keyView(s.authorization, s.t, s.page.path(), ui.Key{
		ScreenPage: ui.ScreenPage{Screen: s.page.screen}, Call: "get", Options: optionsJSON(options), Field: fieldResponse,
		Button: "continueButtonText", Remember: true, Others: h.hasOthers(s),
	}, failure)
}

// takeKeyChallenge takes the signature, and lets the login go on.
func (h *Handler) takeKeyChallenge(s *factorStep, p wire.Params) (*wire.Response, error) {
	if res := h.reported(s.t, s.authorization, p, s.page.path(), tenant.LogWebAuthnFailed); res != nil {
		return res, nil
	}
	err := h.CheckFactorKey(s.user.UserID, s.answerOf(s.t, p.Get(fieldResponse), store.CeremonyFactor))
	if err == nil {
		return h.proved(s, p.Get("rememberBrowser") == "true", "", "")
	}
	e := wire.AsError(err)
	s.x.Failed(e)
	h.Log(flow.ProofEvent(s.event(""), false, err))
	switch {
	case e.Code == tenant.TooManyMFAAttempts().Code:
		return h.keyChallengeView(s, &formError{"", "too-many-webauthn-challenge-attempts-error"})
	case s.factor.Method == store.MethodWebAuthnPlatform:
		return h.keyChallengeView(s, &formError{"", "webauthn-platform-challenge-error"})
	}
	return h.keyChallengeView(s, &formError{"", "webauthn-challenge-error"})
}

// reported goes on to the page that tells of an error which the browser
// reported, nil where it reported none.
//
// Observed: ACUL, reportBrowserError.
func (h *Handler) reported(t *store.Transaction, a *authorization, p wire.Params, path string, typ tenant.LogType) *wire.Response {
	report, is := strings.CutPrefix(p.Get("action"), actionShowError)
	if !is {
		return nil
	}
	e := a.event(typ)
	e.Description = report
	h.Log(e)
	t.FailedAt = path
	h.keep(t)
	return wire.Redirect(atState(pathKeyFailed, t.ID))
}

// showKeyEnrolment asks for a new security key.
func (h *Handler) showKeyEnrolment(s *factorStep) (*wire.Response, error) {
	return h.keyEnrolmentView(s, nil)
}

func (h *Handler) keyEnrolmentView(s *factorStep, failure *formError) (*wire.Response, error) {
	options, _ := h.AskKey(store.Ceremony{Purpose: store.CeremonyEnrol, TransactionID: s.t.ID, KeyType: tenant.KeyWebAuthnRoaming}, s.user, s.x.Base, false)
	return h.keyView(s.authorization, s.t, s.page.path(), ui.Key{
		ScreenPage: ui.ScreenPage{Screen: s.page.screen}, Call: "create", Options: optionsJSON(options), Field: fieldResponse,
		Steps: []string{"instructions1", "instructions2", "instructions3"}, Button: "continueButtonText", Others: h.hasOthers(s),
	}, failure)
}

// takeKeyEnrolment takes the new security key and asks what it is called. The
// login goes on from there: see keyAdded.
func (h *Handler) takeKeyEnrolment(s *factorStep, p wire.Params) (*wire.Response, error) {
	if res := h.reported(s.t, s.authorization, p, s.page.path(), tenant.LogWebAuthnNotEnrolled); res != nil {
		return res, nil
	}
	key, recovery, err := h.newKey(s.t, s.authorization, p.Get(fieldResponse), false)
	if err != nil {
		return h.keyEnrolmentView(s, &formError{"", "webauthn-associate-error"})
	}
	s.t.NewKey, s.t.Factor.Enrols, s.t.Factor.RecoveryCode = key.KeyID, true, recovery
	h.keep(s.t)
	return s.redirect(pathKeyName)
}

// newKey takes a key that a page of the login asked for and gives it to the
// user, with a recovery code where it is the first factor. may is that of
// flow.AddKey.
func (h *Handler) newKey(t *store.Transaction, a *authorization, credential string, may bool) (*tenant.UserKey, string, error) {
	recovery := ""
	c, key, err := h.NewKey(a.answerOf(t, credential, store.CeremonyEnrol))
	if err == nil && c.UserID != a.userID {
		err = tenant.KeyRefused().WithHint("another user was asked for the key")
	}
	if err == nil {
		recovery, err = h.AddKey(a.userID, key, may)
	}
	if err != nil {
		failure := wire.AsError(err)
		a.x.Failed(failure)
		e := a.event(tenant.LogWebAuthnNotEnrolled)
		e.Description = failure.Description
		h.Log(e)
		return nil, "", err
	}
	return key, recovery, nil
}

// showUnsupported tells that the user's only factors are keys, which the
// browser has not.
func (h *Handler) showUnsupported(s *factorStep) (*wire.Response, error) {
	return h.keyView(s.authorization, s.t, s.page.path(), ui.Key{
		ScreenPage: ui.ScreenPage{Screen: s.page.screen}, TitleKey: "errorTitle", DescriptionKey: "errorDescription",
	}, nil)
}
