package oauth

import (
	"net/http"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/mfa"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// associated is the answer of /mfa/associate.
//
// Observed: go-auth0, TestMFAAddAuthenticator.
type associated struct {
	AuthenticatorType string   `json:"authenticator_type"`
	BarcodeURI        string   `json:"barcode_uri,omitempty"`
	OOBChannel        string   `json:"oob_channel,omitempty"`
	OOBCode           string   `json:"oob_code,omitempty"`
	BindingMethod     string   `json:"binding_method,omitempty"`
	Secret            string   `json:"secret,omitempty"`
	RecoveryCodes     []string `json:"recovery_codes,omitempty"`
}

// mfaAssociate begins an enrolment, which the MFA grants confirm. An mfa_token
// lets only somebody enrol who has no factor yet: whoever has stolen a password
// could else add one of their own.
//
// Source: Auth0 docs, Authentication API, "Add an authenticator".
func (h *Handler) mfaAssociate(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	if p.Get("client_secret") != "" || p.Get("client_assertion") != "" {
		if _, err := h.AuthenticateClient(r, p); err != nil {
			return nil, err
		}
	}
	caller, err := h.bearer(r, p.Get("client_id"))
	if err != nil {
		return nil, err
	}
	method, to, err := h.enrolment(caller, p)
	if err != nil {
		return nil, err
	}
	switch {
	case caller.pending == nil && !caller.may(tenant.ScopeEnroll):
		return nil, tenant.MFAScopeMissing(tenant.ScopeEnroll)
	case caller.pending != nil && h.Enrolled(caller.userID):
		return nil, tenant.AlreadyEnrolled()
	}
	return h.associate(r, caller, method, to)
}

// enrolment reads what is to be enrolled in.
func (h *Handler) enrolment(caller *mfaCaller, p wire.Params) (method, to string, err error) {
	types, channels := strings.Fields(p.Get("authenticator_types")), strings.Fields(p.Get("oob_channels"))
	switch {
	case slices.Contains(types, "otp"):
		method = store.MethodTOTP
	case !slices.Contains(types, "oob"):
		return "", "", tenant.MissingParameter("authenticator_types").WithHint(`authenticator_types is ["otp"] or ["oob"]`)
	case slices.Contains(channels, "auth0"):
		method = store.MethodPush
	case slices.Contains(channels, "email"):
		method, to = store.MethodEmail, p.Get("email")
		if to == "" {
			_ = h.Store.View(func(s *store.State) error {
				if u := s.User(caller.userID); u != nil {
					to = u.Email
				}
				return nil
			})
		}
		if !tenant.ValidEmail(to) {
			return "", "", tenant.InvalidRequest("Invalid email")
		}
	case slices.Contains(channels, "sms"), slices.Contains(channels, "voice"):
		if method, to = store.MethodSMS, p.Get("phone_number"); !slices.Contains(channels, "sms") {
			method = store.MethodVoice
		}
		if to == "" {
			return "", "", tenant.MissingParameter("phone_number")
		}
		if !tenant.ValidPhone(to) {
			return "", "", tenant.InvalidRequest("Invalid phone_number").WithHint("a phone number begins with + and the country code")
		}
	default:
		return "", "", tenant.MissingParameter("oob_channels").WithHint(`oob_channels is ["sms"], ["voice"], ["email"] or ["auth0"]`)
	}
	factor := (&store.Authenticator{Method: method}).Factor()
	_ = h.Store.View(func(s *store.State) error {
		switch {
		case !s.Guardian().Enabled(factor):
			err = tenant.FactorDisabled(factor)
		case factor == tenant.FactorSMS && !slices.Contains(s.Guardian().PhoneTypes(), method):
			err = tenant.FactorDisabled(method).WithHint("guardianPhoneFactorMessageTypes of the fixture has no %q in message_types", method)
		}
		return nil
	})
	return method, to, err
}

func (h *Handler) associate(r *http.Request, caller *mfaCaller, method, to string) (*wire.Response, error) {
	var user *tenant.User
	var client *tenant.Client
	issuer := "Faux0"
	_ = h.Store.View(func(s *store.State) error {
		user, client = s.User(caller.userID), s.Client(caller.clientID)
		if name := s.Settings().FriendlyName; name != "" {
			issuer = name
		}
		return nil
	})
	if user == nil || client == nil {
		return nil, tenant.MalformedMFAToken().WithHint("the user or the client was deleted meanwhile")
	}
	a, recovery := h.Enrol(user.UserID, method, to)
	answer := associated{AuthenticatorType: "oob"}
	if recovery != "" {
		answer.RecoveryCodes = []string{recovery}
	}
	x := wire.From(r)
	pendingID := ""
	if caller.pending != nil {
		pendingID = caller.pending.ID
	}
	switch method {
	case store.MethodTOTP:
		answer.AuthenticatorType, answer.Secret = "otp", a.Secret
		answer.BarcodeURI = mfa.URI(issuer, user.Label(), a.Secret)
	case store.MethodPush:
		answer.OOBChannel, answer.BarcodeURI = "auth0", mfa.PushURI(issuer, user.Label(), a.Secret, x.Issuer)
	default:
		answer.OOBChannel, answer.BindingMethod = method, "prompt"
	}
	if a.OutOfBand() {
		var err error
		if answer.OOBCode, err = h.Challenge(user.UserID, a, client, pendingID, occasion(x)); err != nil {
			return nil, err
		}
	}
	e := x.LogEvent(tenant.LogEnrolmentStarted)
	e.ClientID, e.UserID = client.ClientID, user.UserID
	h.Log(flow.AboutAuthenticator(e, a.ID, a.Method))
	return withCharset(answer)
}

// listed is an authenticator as its user may see it.
//
// Observed: go-auth0, TestMFAListAuthenticators.
type listed struct {
	ID                string `json:"id"`
	AuthenticatorType string `json:"authenticator_type"`
	Active            bool   `json:"active"`
	OOBChannel        string `json:"oob_channel,omitempty"`
	Name              string `json:"name,omitempty"`
}

func (h *Handler) mfaAuthenticators(r *http.Request) (*wire.Response, error) {
	caller, err := h.bearer(r, "")
	switch {
	case err != nil:
		return nil, err
	case caller.pending == nil && !caller.may(tenant.ScopeReadAuthenticators):
		return nil, tenant.MFAScopeMissing(tenant.ScopeReadAuthenticators)
	}
	list := []listed{}
	for _, a := range h.everyAuthenticator(caller.userID) {
		row := listed{ID: a.ID, AuthenticatorType: "oob", Active: a.Active}
		switch a.Method {
		case store.MethodTOTP:
			row.AuthenticatorType = "otp"
		case store.MethodRecoveryCode:
			row.AuthenticatorType = "recovery-code"
		case store.MethodPush:
			row.OOBChannel = "auth0"
		case store.MethodWebAuthnRoaming, store.MethodWebAuthnPlatform:
			row.AuthenticatorType, row.Name = a.Method, a.Key.Name // inferred; the documentation says that they are listed
		default:
			row.OOBChannel, row.Name = a.Method, tenant.MaskedContact(a.To)
		}
		list = append(list, row)
	}
	return withCharset(list)
}

// everyAuthenticator lists what a user has enrolled in, with the address that
// needs no enrolment.
func (h *Handler) everyAuthenticator(userID string) []*store.Authenticator {
	list := h.Authenticators(userID, false)
	for _, a := range h.Authenticators(userID, true) {
		if a.Implicit {
			list = append(list, a)
		}
	}
	return list
}

// mfaRemove takes an authenticator from its user. An mfa_token is not enough:
// whoever has the password alone could else take the second factor away.
//
// Source: Auth0 docs, Authentication API, "Delete an authenticator".
func (h *Handler) mfaRemove(r *http.Request) (*wire.Response, error) {
	caller, err := h.bearer(r, "")
	switch {
	case err != nil:
		return nil, err
	case !caller.may(tenant.ScopeRemoveAuthenticators):
		return nil, tenant.MFAScopeMissing(tenant.ScopeRemoveAuthenticators)
	}
	id, found := wire.PathVar(r, "id"), false
	_ = h.Store.Update(func(s *store.State) error { found = s.DeleteAuthenticator(caller.userID, id); return nil })
	if !found {
		return nil, tenant.UnknownAuthenticator()
	}
	e := wire.From(r).LogEvent(tenant.LogUnenrolled)
	e.ClientID, e.UserID = caller.clientID, caller.userID
	e.Details = map[string]any{"authenticator": map[string]any{"id": id}}
	h.Log(e)
	return wire.Empty(http.StatusNoContent), nil
}
