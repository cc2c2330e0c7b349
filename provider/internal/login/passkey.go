package login

import (
	"net"
	"net/http"
	"net/url"
	"slices"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// named says whether the tenant is called by a name: browsers keep no keys for
// IP addresses.
//
// Source: Web Authentication Level 3 §4 (relying party identifier).
func (a *authorization) named() bool {
	base, err := url.Parse(a.x.Base)
	return err == nil && net.ParseIP(base.Hostname()) == nil
}

// addPasskeys lets the page that asks for the identifier offer a login with a
// passkey: in the field, by a button, or both, as the first database wants that
// has passkeys.
//
// Source: Auth0 docs, "Enable and configure passkey authentication for database
// connections" (identifier first; passkey authentication UI).
func (h *Handler) addPasskeys(page *ui.Login, t *store.Transaction, a *authorization) {
	for _, c := range h.connections(a) {
		o, on := c.Passkeys()
		if !on || !a.named() {
			continue
		}
		options, _ := h.AskPasskey(store.Ceremony{TransactionID: t.ID}, a.x.Base)
		page.ScriptNonce, page.Passkey = h.nonce(), &ui.PasskeyLogin{Options: optionsJSON(options), Autofill: o.Autofill, Button: o.Button}
		return
	}
}

// errPasskey is that of a passkey that does not do.
var errPasskey = &formError{"", "invalid-passkey"}

// passkeyLogin logs in whoever the passkey is of.
func (h *Handler) passkeyLogin(r *http.Request, t *store.Transaction, a *authorization, credential string) (*wire.Response, error) {
	used, err := h.CheckKey(a.answerOf(t, credential, store.CeremonyLogin))
	if err == nil {
		a.isOf(used.User)
		err = h.mayUsePasskey(a, used.User)
	}
	if err != nil {
		e := wire.AsError(err)
		a.x.Failed(e)
		event := a.event(tenant.LogFailedLogin)
		event.Description = e.Description
		h.Log(event)
		return h.showLogin(r, t, a, errPasskey)
	}
	if used.User.Blocked {
		return h.loginFailed(h.showLogin, r, t, a, tenant.UserBlocked())
	}
	t.First = store.FirstFactor{Passkey: true, CrossDevice: used.CrossDevice}
	return h.loggedIn(r, t, a, used.User)
}

// mayUsePasskey holds the user of a passkey against the databases of the login.
func (h *Handler) mayUsePasskey(a *authorization, user *tenant.User) error {
	if slices.ContainsFunc(h.connections(a), func(c *tenant.Connection) bool {
		_, on := c.Passkeys()
		return on && c.Name == user.Connection
	}) {
		return nil
	}
	return tenant.KeyRefused().WithHint("connection %q is none of this login's, or has no passkeys", user.Connection)
}

// passkeySignupStep finds the login in which somebody signs up, and the
// database if it has passkeys; else the database is nil.
func (h *Handler) passkeySignupStep(r *http.Request, state string) (*store.Transaction, *authorization, *tenant.Connection) {
	t, a, err := h.transaction(r, state)
	if err != nil || t.Signup == nil || t.Offer != "" {
		return nil, nil, nil
	}
	c := h.signupConnectionOf(a)
	if c == nil {
		return nil, nil, nil
	}
	if _, on := c.Passkeys(); !on {
		return nil, nil, nil
	}
	return t, a, c
}

// passkeySignupPage offers somebody who signs up a passkey in place of a
// password.
//
// Source: Auth0 docs, "Passkey authentication for database connections"
// (sign-up flow).
func (h *Handler) passkeySignupPage(r *http.Request, t *store.Transaction, a *authorization, c *tenant.Connection) (*wire.Response, error) {
	draft := *t.Signup
	if draft.User == nil || len(draft.User.Keys) > 0 {
		draft.User, draft.ToVerify, draft.Code = &tenant.User{Email: draft.Email, EmailVerified: a.invitation != nil, PhoneNumber: draft.Phone, Username: draft.Username}, nil, nil
		if err := h.PrepareSignUp(flow.NewUser{About: a.event(""), Connection: c, User: draft.User, Passkey: true}); err != nil {
			return h.signupRefused(asIdentifierPage(r), t, a, c, draft, "", err)
		}
		t.Signup, t.First = &draft, store.FirstFactor{}
		h.keep(t)
	}
	return h.passkeySignupView(t, a, nil)
}

// asIdentifierPage is the request as one for the first page of the sign-up,
// where what is wrong with it can be mended.
func asIdentifierPage(r *http.Request) *http.Request {
	first := r.Clone(r.Context())
	first.URL.Path = pathSignupIdentifier
	return first
}

func (h *Handler) passkeySignupView(t *store.Transaction, a *authorization, failure *formError) (*wire.Response, error) {
	o := offers[store.OfferPasskey]
	options, _ := h.AskKey(store.Ceremony{Purpose: store.CeremonySignup, TransactionID: t.ID, KeyType: o.keyType}, t.Signup.User, a.x.Base, false)
	page := o.page
	page.Screen, page.Call, page.Options = o.screen, "create", optionsJSON(options)
	page.Ways = []ui.KeyWay{{Action: actionAbortPasskey, Text: "usePasswordButtonText"}}
	return h.keyView(a, t, o.path, page, failure)
}

// passkeySignup makes the user with their passkey, once what is to be verified
// by a code is.
func (h *Handler) passkeySignup(r *http.Request, t *store.Transaction, a *authorization, c *tenant.Connection, p wire.Params) (*wire.Response, error) {
	draft := *t.Signup
	if p.Get("action") == actionAbortPasskey || draft.User == nil {
		draft.User = nil
		t.Signup, t.First = &draft, store.FirstFactor{}
		h.keep(t)
		return wire.Redirect(atState(pathSignupPassword, t.ID)), nil
	}
	ceremony, key, err := h.NewKey(a.answerOf(t, p.Get(fieldPasskey), store.CeremonySignup))
	if err == nil && (ceremony.UserID != draft.User.UserID || h.KeyKnown(key.KeyID)) {
		err = tenant.KeyRefused().WithHint("the passkey is another user's")
	}
	if err != nil {
		a.x.Failed(wire.AsError(err))
		return h.passkeySignupView(t, a, &formError{"", "passkey-enrollment-failure"})
	}
	draft.User = draft.User.WithKey(*key)
	draft.ToVerify = toVerify(c, draft, a.invitation != nil)
	t.Signup = &draft
	t.First = store.FirstFactor{Passkey: true}
	return h.nextSignupStep(asIdentifierPage(r), t, a, c)
}
