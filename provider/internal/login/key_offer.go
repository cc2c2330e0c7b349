package login

import (
	"net/http"
	"time"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Paths of the pages that offer a passkey.
//
// Source: Auth0 docs, "Universal Login" (passkeys prompt).
const (
	pathPasskey      = "/u/passkey-enrollment"
	pathPasskeyLocal = "/u/passkey-enrollment-local"
)

// What the pages that offer a key send.
//
// Observed: ACUL, PasskeyEnrollment, MfaWebAuthnPlatformEnrollment.
const (
	fieldPasskey        = "passkey"
	actionAbortPasskey  = "abort-passkey-enrollment"
	fieldDontShowAgain  = "dontShowAgain"
	passkeyPromptPrefix = "passkeys."
)

// How long an offer that was put off is not repeated.
//
// Source: Auth0 docs, "Configure WebAuthn with device biometrics for
// passwordless authentication" (two weeks, a year); "Enable and configure
// passkey authentication for database connections" (30 days).
const (
	snoozePause  = 14 * 24 * time.Hour
	refusalPause = 365 * 24 * time.Hour
	passkeyPause = 30 * 24 * time.Hour
)

// readBrowser is what a page's script has found out, nil where the form has no
// room for it.
//
// Observed: ACUL, MfaDetectBrowserCapabilities; fields of the login pages, in
// public scripts.
func readBrowser(p wire.Params) *store.BrowserCapabilities {
	if p.Get("js-available") == "" {
		return nil
	}
	return &store.BrowserCapabilities{
		JavaScript: p.Get("js-available") == "true", Brave: p.Get("is-brave") == "true",
		WebAuthn: p.Get("webauthn-available") == "true", WebAuthnPlatform: p.Get("webauthn-platform-available") == "true",
	}
}

// offer is a key that people may make at the end of a login.
type offer struct {
	// path is its page's, screen that of the texts.
	path, screen, keyType string
	// local wants the key made on this device.
	local bool
	// page is what the page has beside what all of them have.
	page ui.Key
	// pauses are the actions that put the offer off, and for how long.
	pauses map[string]time.Duration
}

// offers are by what a Transaction calls them.
var offers = map[string]offer{
	store.OfferPlatform: {
		path: pathEnrolPlatform, screen: promptWebAuthn + "mfa-webauthn-platform-enrollment", keyType: tenant.KeyWebAuthnPlatform,
		page: ui.Key{
			Field: fieldResponse, Button: "continueButtonText",
			Ways: []ui.KeyWay{{Action: actionSnooze, Text: "snoozeEnrollmentButtonText"}, {Action: actionRefuseDevice, Text: "refuseAddingDeviceText"}},
		},
		pauses: map[string]time.Duration{actionSnooze: snoozePause, actionRefuseDevice: refusalPause},
	},
	store.OfferPasskey: {
		path: pathPasskey, screen: passkeyPromptPrefix + "passkey-enrollment", keyType: tenant.KeyPasskey,
		page: ui.Key{
			Field: fieldPasskey, Button: "createButtonText", Inline: "passkey-enrollment-failure",
			Benefits: []string{"passkeyBenefit1", "passkeyBenefit2", "passkeyBenefit3"},
			Ways:     []ui.KeyWay{{Action: actionAbortPasskey, Text: "continueButtonText"}},
		},
		pauses: map[string]time.Duration{actionAbortPasskey: passkeyPause},
	},
	store.OfferLocalPasskey: {
		path: pathPasskeyLocal, screen: passkeyPromptPrefix + "passkey-enrollment-local", keyType: tenant.KeyPasskey, local: true,
		page: ui.Key{
			Field: fieldPasskey, Button: "createButtonText", Inline: "passkey-enrollment-failure", DontShowAgain: true,
			Benefits: []string{"passkeyBenefit1", "passkeyBenefit2"},
			Ways:     []ui.KeyWay{{Action: actionAbortPasskey, Text: "continueButtonText"}},
		},
		pauses: map[string]time.Duration{actionAbortPasskey: 0},
	},
}

func (h *Handler) mountOffers(rt *wire.Router) {
	for _, o := range offers {
		rt.Handle("GET", o.path, h.errorPage, h.offerPage(o))
		rt.Handle("POST", o.path, h.errorPage, h.takeOffer(o))
	}
}

// dueOffer is the key to offer at the end of a login, "" for none: the device
// as a second factor once another was shown, a passkey to who typed a password,
// one of this device to who used another's. Of several the first counts, which
// is inferred.
//
// Source: Auth0 docs, "Configure WebAuthn with device biometrics for MFA"
// (progressive enrolment), "Enable and configure passkey authentication for
// database connections" (progressive, local enrolment).
func (h *Handler) dueOffer(a *authorization, session *store.Session, user *tenant.User) string {
	var guardian *tenant.Guardian
	var passkeys tenant.PasskeyOptions
	_ = h.Store.View(func(s *store.State) error {
		guardian = s.Guardian()
		if c := s.ConnectionByName(session.Connection); c != nil {
			passkeys, _ = c.Passkeys()
		}
		return nil
	})
	first, browser := session.First, session.Browser
	switch {
	case session.SecondFactor && browser.WebAuthnPlatform && guardian.Enabled(tenant.FactorWebAuthnPlatform) && !flow.HasKeyHere(user, a.x.UserAgent):
		return store.OfferPlatform
	case first.Password && browser.WebAuthn && passkeys.Progressive && !h.hasPasskey(a, user):
		return store.OfferPasskey
	case first.CrossDevice && browser.WebAuthnPlatform && passkeys.Local && len(user.KeysOf(tenant.KeyPasskey)) < tenant.MaxPasskeys:
		return store.OfferLocalPasskey
	}
	return ""
}

// hasPasskey says whether the user has one for the host that the tenant is
// called by.
func (h *Handler) hasPasskey(a *authorization, user *tenant.User) bool {
	for _, k := range user.KeysOf(tenant.KeyPasskey) {
		if k.RelyingParty == "" || k.RelyingParty == h.RPID(a.x.Base, tenant.KeyPasskey) {
			return true
		}
	}
	return false
}

// offerKey sends the browser to the page that offers a key, nil for none. A
// session is offered one once, and only where a browser has said that it has
// Web Authentication: scripts that know nothing of it are left alone.
func (h *Handler) offerKey(r *http.Request, a *authorization, session *store.Session, user *tenant.User) *wire.Response {
	if session.Offered || session.Browser == nil || !a.named() || a.bySession || a.Prompts("none") {
		return nil
	}
	due := h.dueOffer(a, session, user)
	if due == "" || h.KeyPaused(h.knownDevice(r), user.UserID, due) {
		return nil
	}
	now := h.Clock.Now()
	_ = h.Store.Update(func(s *store.State) error {
		if live, ok := s.Session(session.ID, now); ok {
			fresh := *live
			fresh.Offered = true
			s.PutSession(&fresh, now)
		}
		return nil
	})
	t := h.detour(r, a, session)
	t.Offer, t.Shown = due, true
	return h.begin(r, a, t, atState(offers[due].path, t.ID))
}

// offerStep finds the login that offers the key.
//
// It returns TransactionLost.
func (h *Handler) offerStep(r *http.Request, state string, o offer) (*store.Transaction, *authorization, *tenant.User, error) {
	t, a, user, err := h.keyStep(r, state)
	if err == nil && offers[t.Offer].path != o.path {
		err = tenant.TransactionLost().WithHint("no such key is offered, or the offer was answered")
	}
	return t, a, user, err
}

func (h *Handler) offerPage(o offer) wire.Handler {
	return func(r *http.Request) (*wire.Response, error) {
		state := r.URL.Query().Get("state")
		if o.path == pathPasskey {
			if t, a, c := h.passkeySignupStep(r, state); c != nil {
				return h.passkeySignupPage(r, t, a, c)
			}
		}
		t, a, user, err := h.offerStep(r, state, o)
		if err != nil {
			return h.lost(r, err)
		}
		return h.offerView(t, a, user, o, nil)
	}
}

func (h *Handler) offerView(t *store.Transaction, a *authorization, user *tenant.User, o offer, failure *formError) (*wire.Response, error) {
	options, _ := h.AskKey(store.Ceremony{Purpose: store.CeremonyEnrol, TransactionID: t.ID, KeyType: o.keyType}, user, a.x.Base, o.local)
	page := o.page
	page.Screen, page.Call, page.Options = o.screen, "create", optionsJSON(options)
	return h.keyView(a, t, o.path, page, failure)
}

// takeOffer takes the key, or that the person wants none, and goes on to the
// end of the login.
func (h *Handler) takeOffer(o offer) wire.Handler {
	return func(r *http.Request) (*wire.Response, error) {
		p, err := wire.Body(r)
		if err != nil {
			return nil, err
		}
		if o.path == pathPasskey {
			if t, a, c := h.passkeySignupStep(r, stateOf(r, p)); c != nil {
				return h.passkeySignup(r, t, a, c, p)
			}
		}
		t, a, user, err := h.offerStep(r, stateOf(r, p), o)
		if err != nil {
			return h.lost(r, err)
		}
		if pause, is := o.pauses[p.Get("action")]; is {
			return h.declineOffer(t, user, pause, p.Get(fieldDontShowAgain) != ""), nil
		}
		if res := h.reported(t, a, p, o.path, tenant.LogWebAuthnNotEnrolled); res != nil {
			return res, nil
		}
		key, _, err := h.newKey(t, a, p.Get(o.page.Field), true)
		if err != nil {
			return h.offerView(t, a, user, o, offerFailure(o, wire.AsError(err)))
		}
		h.Log(flow.AboutAuthenticator(a.event(tenant.LogEnrolled), key.ID, key.Type))
		t.Offer, t.NewKey = "", key.KeyID
		h.keep(t)
		if key.Type == tenant.KeyPasskey {
			return wire.Redirect(atState(pathResume, t.ID)), nil
		}
		return wire.Redirect(atState(pathKeyAdded, t.ID)), nil
	}
}

func offerFailure(o offer, e *tenant.Error) *formError {
	switch {
	case o.keyType != tenant.KeyPasskey:
		return &formError{"", "webauthn-platform-associate-error"}
	case e.Code == tenant.TooManyPasskeys().Code:
		return &formError{"", "passkey-enrollment-max-allowed-reached"}
	}
	return &formError{"", "passkey-enrollment-failure"}
}

// declineOffer puts the offer off, for a year if the person wants to see it no
// more, and ends the login.
func (h *Handler) declineOffer(t *store.Transaction, user *tenant.User, pause time.Duration, forever bool) *wire.Response {
	if forever {
		pause = refusalPause
	}
	if pause > 0 {
		h.PauseKey(t.DeviceID, user.UserID, t.Offer, pause)
	}
	t.Offer = ""
	h.keep(t)
	return wire.Redirect(atState(pathResume, t.ID))
}
