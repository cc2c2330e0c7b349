package login

import (
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// The page that asks somebody who has no factor for a code by mail, where the
// login looks risky. Whoever it is may enrol in none before.
//
// Source: Auth0 docs, "Adaptive MFA"; "Universal Login" (prompt
// login-email-verification).
const (
	pathMailCode   = "/u/login-email-verification"
	screenMailCode = "login-email-verification.login-email-verification"
)

func (h *Handler) showMailCode(s *factorStep) (*wire.Response, error) {
	if s.t.Factor.OOBCode == "" {
		return h.mailCodeView(s, h.mailCode(s), false)
	}
	return h.mailCodeView(s, nil, false)
}

// mailCode sends a code to the user's address.
func (h *Handler) mailCode(s *factorStep) *formError {
	code, err := h.Challenge(s.user.UserID, &store.Authenticator{Method: store.MethodEmail, To: s.user.Email}, s.client, "", s.occasion())
	if err != nil {
		s.x.Failed(wire.AsError(err))
		return &formError{"", "too-many-email"}
	}
	s.t.Factor.OOBCode = code
	h.keep(s.t)
	h.Log(s.event(tenant.LogAddressCodeSent))
	return nil
}

func (h *Handler) mailCodeView(s *factorStep, failure *formError, resent bool) (*wire.Response, error) {
	return render(statusOf(failure), ui.Factor{
		ScreenPage: h.factorView(s, failure), To: tenant.MaskedContact(s.user.Email), Resend: "resend-code", Resent: resent,
	}, "")
}

// takeMailCode goes on once the code is right: the browser is then one of the
// user's.
func (h *Handler) takeMailCode(s *factorStep, p wire.Params) (*wire.Response, error) {
	if p.Get("action") == "resend-code" {
		failure := h.mailCode(s)
		return h.mailCodeView(s, failure, failure == nil)
	}
	c, err := h.FindChallenge(s.t.Factor.OOBCode, "")
	if err == nil {
		err = h.CheckMailedCode(s.t.Factor.OOBCode, c, p.Get("code"))
	}
	if err != nil {
		e := wire.AsError(err)
		s.x.Failed(e)
		return h.mailCodeView(s, factorFailure(e), false)
	}
	h.Log(s.event(tenant.LogAddressShown))
	h.Trust(s.user, h.browserOf(s.r, s.authorization))
	s.t.Factor, s.t.Shown = nil, true
	h.keep(s.t)
	return s.redirect(pathResume)
}
