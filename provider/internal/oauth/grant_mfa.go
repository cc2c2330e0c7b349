package oauth

import (
	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// grantMFAOTP goes on with a request by a code of an authenticator app.
//
// Source: Auth0 docs, Authentication API, "Verify with one-time password".
func grantMFAOTP(h *Handler, t *tokenRequest) (*flow.Tokens, error) {
	return h.grantMFA(t, "otp", func(caller *mfaCaller) error {
		return h.CheckOTP(caller.userID, t.Get("otp"), caller.enrols())
	})
}

// grantMFAOOB goes on with a request by a code that was sent, or by a push that
// was answered.
//
// Source: Auth0 docs, Authentication API, "Verify with out-of-band".
func grantMFAOOB(h *Handler, t *tokenRequest) (*flow.Tokens, error) {
	return h.grantMFA(t, "oob_code", func(caller *mfaCaller) error {
		pendingID := ""
		if caller.pending != nil {
			pendingID = caller.pending.ID
		}
		oobCode := t.Get("oob_code")
		c, err := h.FindChallenge(oobCode, pendingID)
		switch {
		case err != nil:
			return err
		case c.UserID != caller.userID:
			return tenant.OOBOfAnotherToken()
		case c.ApprovalID != "":
			return h.PollPush(t.client.ClientID, oobCode, c, caller.enrols())
		case t.Get("binding_code") == "":
			return tenant.MissingParameter("binding_code")
		}
		return h.CheckBindingCode(oobCode, c, t.Get("binding_code"), caller.enrols())
	})
}

// grantMFARecoveryCode goes on with a request by a recovery code, and hands out
// the next one.
//
// Source: Auth0 docs, Authentication API, "Verify with recovery code".
func grantMFARecoveryCode(h *Handler, t *tokenRequest) (*flow.Tokens, error) {
	next := ""
	tokens, err := h.grantMFA(t, "recovery_code", func(caller *mfaCaller) (err error) {
		next, err = h.CheckRecoveryCode(caller.userID, t.Get("recovery_code"))
		return err
	})
	if err != nil {
		return nil, err
	}
	tokens.RecoveryCode = next
	return tokens, nil
}

// grantMFA issues what was asked for before, once the proof is good. An
// mfa_token serves once.
//
// It returns an error of flow.MFAToken or of the proof, UserBlocked, or an
// error of token.Decide.
func (h *Handler) grantMFA(t *tokenRequest, member string, prove func(*mfaCaller) error) (*flow.Tokens, error) {
	for _, name := range []string{"mfa_token", member} {
		if t.Get(name) == "" {
			return nil, tenant.MissingParameter(name)
		}
	}
	caller, err := h.readMFACaller(t.Get("mfa_token"), t.client.ClientID)
	if err != nil {
		return nil, err
	}
	t.isFor(caller.userID)
	err = prove(caller)
	h.logProof(t, err)
	if err != nil {
		return nil, err
	}
	if caller.pending == nil {
		return h.factorTokens(t, &store.MFAToken{UserID: caller.userID, Audience: caller.audience, Scopes: caller.scopes})
	}
	t.firstGrant = caller.pending.Grant
	if !h.TakeMFAToken(caller.pending.ID) {
		return nil, tenant.MalformedMFAToken()
	}
	return h.factorTokens(t, caller.pending)
}

// factorTokens issues the tokens of a request whose second factor has come.
func (h *Handler) factorTokens(t *tokenRequest, pending *store.MFAToken) (*flow.Tokens, error) {
	if pending.RefreshToken != "" {
		tokens, used, err := h.Refresh(flow.RefreshRequest{
			Client: t.client, Token: pending.RefreshToken, Audience: pending.Audience, Scopes: pending.Scopes,
			Issuer: t.x.Issuer, Possession: t.possession, SecondFactor: true,
		})
		h.logRefresh(t, tokens, used, err)
		return tokens, err
	}
	user, org, err := h.userAndOrganization(pending.UserID, pending.OrganizationID)
	if err != nil {
		return nil, err
	}
	request := token.Request{
		Flow: token.FlowPassword, Client: t.client, User: user, Organization: org, Audience: pending.Audience, Resource: pending.Resource,
		Scopes: pending.Scopes, Issuer: t.x.Issuer, Possession: t.possession,
		SecondFactor: h.FactorReason(token.ReasonFactorByAPI, user),
	}
	decision, err := h.Decide(request)
	if err != nil {
		return nil, err
	}
	request.User = h.LoggedIn(user.UserID, t.x.IP, false)
	return h.IssueDecided(flow.Grant{Request: request, GrantedBy: pending.GrantedBy, SecondFactor: true}, decision)
}

// logProof tells how a second factor ended.
//
// Source: the description of tenant logs, gd_….
func (h *Handler) logProof(t *tokenRequest, err error) {
	if err != nil && stillWaiting(err) {
		return
	}
	h.Log(flow.ProofEvent(t.event(""), t.Get("grant_type") == tenant.GrantMFARecoveryCode, err))
}
