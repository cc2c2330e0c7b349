package oauth

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// backchannelAnswer is what the client polls with.
//
// Source: OpenID CIBA Core 1.0 §7.3. Observed: go-auth0, TestCIBA_Initiate.
type backchannelAnswer struct {
	AuthReqID string `json:"auth_req_id"`
	ExpiresIn int    `json:"expires_in"`
	Interval  int    `json:"interval"`
}

// backchannel begins a login that the person approves elsewhere.
//
// Source: OpenID CIBA Core 1.0 §7; Auth0 docs, Authentication API,
// "Back-Channel Login".
func (h *Handler) backchannel(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	b := &backchannelRequest{Params: p, x: wire.From(r)}
	err = h.askApproval(r, b)
	h.logBackchannel(b, err)
	if err != nil {
		return nil, err
	}
	res, err := wire.JSON(http.StatusOK, backchannelAnswer{AuthReqID: b.approval.ID, ExpiresIn: b.seconds, Interval: flow.PollingInterval})
	if err != nil {
		return nil, err
	}
	return res.Charset(), nil
}

// backchannelRequest is a request to /bc-authorize on its way through the
// checks.
type backchannelRequest struct {
	wire.Params
	x        *wire.Exchange
	client   *tenant.Client
	user     *tenant.User
	approval store.Approval
	seconds  int
}

// askApproval checks the request and asks the person.
//
// It returns InvalidClient, GrantNotAllowed, MissingParameter, OpenIDRequired,
// UnknownUserID, InvalidBindingMessage, InvalidRequestedExpiry,
// NoApprovalChannel, InvalidAuthorizationDetails, or an error of
// token.CheckAccess.
func (h *Handler) askApproval(r *http.Request, b *backchannelRequest) (err error) {
	if b.client, err = h.AuthenticateClient(r, b.Params); err != nil {
		return revokeError(err) // CIBA Core §13 names it as RFC 6749 does
	}
	if why := b.client.CIBARefused(); why != "" {
		return tenant.GrantNotAllowed(tenant.GrantCIBA).WithHint("client %q may not use CIBA: %s", b.client.Name, why)
	}
	b.approval = store.Approval{
		Kind: store.ApprovalCIBA, ClientID: b.client.ClientID, Scopes: tenant.ParseScope(b.Get("scope")),
		Audience: b.Get("audience"), Resource: b.Get("resource"), Message: b.Get("binding_message"),
	}
	for _, check := range []func(*backchannelRequest) error{
		h.checkBackchannelScope, h.readLoginHint, checkBindingMessage, readRequestedExpiry, readDetails, h.checkBackchannelAccess,
	} {
		if err := check(b); err != nil {
			return err
		}
	}
	b.approval.ExpiresAt = h.Clock.Now().Add(time.Duration(b.seconds) * time.Second)
	h.AskApproval(&b.approval, b.client, b.user.Email, occasion(b.x))
	return nil
}

func (h *Handler) checkBackchannelScope(b *backchannelRequest) error {
	if !slices.Contains(b.approval.Scopes, tenant.ScopeOpenID) {
		return tenant.OpenIDRequired()
	}
	return nil
}

// loginHint names a user as a subject of this tenant.
//
// Source: Auth0 docs, Authentication API, "Back-Channel Login"; RFC 9493 §3.2.3
// (iss_sub).
type loginHint struct {
	Format string `json:"format"`
	Issuer string `json:"iss"`
	Sub    string `json:"sub"`
}

func (h *Handler) readLoginHint(b *backchannelRequest) error {
	raw := b.Get("login_hint")
	if raw == "" {
		return tenant.MissingParameter("login_hint")
	}
	var hint loginHint
	unknown := tenant.UnknownUserID()
	if err := json.Unmarshal([]byte(raw), &hint); err != nil || hint.Format != "iss_sub" {
		return unknown.WithHint(`login_hint is {"format":"iss_sub","iss":"%s","sub":"auth0|..."}, as JSON in one parameter`, b.x.Issuer)
	}
	if !h.OwnIssuer(hint.Issuer) {
		return unknown.WithHint("iss of the login_hint is %q, and this tenant's is %q", hint.Issuer, b.x.Issuer)
	}
	_ = h.Store.View(func(s *store.State) error { b.user = s.User(hint.Sub); return nil })
	if b.user == nil {
		return unknown.WithHint("no user has user_id %q", hint.Sub)
	}
	b.approval.UserID = b.user.UserID
	b.x.Note("user_id", b.user.UserID)
	return nil
}

func checkBindingMessage(b *backchannelRequest) error {
	switch {
	case b.approval.Message == "":
		return tenant.MissingParameter("binding_message")
	case !tenant.ValidBindingMessage(b.approval.Message):
		return tenant.InvalidBindingMessage(tenant.MaxBindingMessage)
	}
	return nil
}

// readRequestedExpiry settles how long the person has, and so how they are
// asked.
//
// Source: Auth0 docs, "Configure client-initiated backchannel authentication".
func readRequestedExpiry(b *backchannelRequest) error {
	limit := tenant.PushApprovalSeconds
	if slices.Contains(b.client.ApprovalChannels(), tenant.ChannelApprovalMail) {
		limit = tenant.MailApprovalSeconds
	}
	b.seconds = tenant.PushApprovalSeconds
	if raw := b.Get("requested_expiry"); raw != "" {
		n, err := strconv.Atoi(raw)
		if err != nil || n < 1 || n > limit {
			return tenant.InvalidRequestedExpiry(limit).
				WithHint("more than %d takes \"email\" in async_approval_notification_channels of client %q", tenant.PushApprovalSeconds, b.client.Name)
		}
		b.seconds = n
	}
	if b.approval.Channel = b.client.ApprovalChannel(b.user, b.seconds); b.approval.Channel == "" {
		return tenant.NoApprovalChannel().
			WithHint("client %q may ask by %q; push takes requested_expiry up to %d, and email a verified address of the user",
				b.client.Name, b.client.ApprovalChannels(), tenant.PushApprovalSeconds)
	}
	return nil
}

// readDetails reads authorization_details: a JSON array of objects.
//
// Source: RFC 9396 §2, §3.
func readDetails(b *backchannelRequest) error {
	raw := b.Get("authorization_details")
	if raw == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(raw), &b.approval.Details); err != nil {
		return tenant.InvalidAuthorizationDetails("authorization_details must be a JSON array of objects")
	}
	return nil
}

func (h *Handler) checkBackchannelAccess(b *backchannelRequest) error {
	return h.Store.View(func(s *store.State) error {
		return token.CheckAccess(s, approvedRequest(b.client, nil, &b.approval, b.x.Issuer))
	})
}

func approvedRequest(client *tenant.Client, user *tenant.User, a *store.Approval, issuer string) token.Request {
	return token.Request{
		Flow: token.FlowCIBA, Client: client, User: user,
		Audience: a.Audience, Resource: a.Resource, Scopes: a.Scopes, Details: a.Details, Issuer: issuer,
	}
}

// grantCIBA gives the client its tokens, once the person has approved.
//
// It returns an error of flow.PollApproval, UserBlocked, or an error of
// token.Decide.
//
// Source: OpenID CIBA Core 1.0 §10.1; Auth0 docs, Authentication API,
// "Back-Channel Login flow: status check".
func grantCIBA(h *Handler, t *tokenRequest) (*flow.Tokens, error) {
	tokens, approval, err := h.redeemApproval(t)
	if err != nil && stillWaiting(err) {
		return nil, err
	}
	e := t.event(tenant.LogCIBAExchanged)
	if approval != nil {
		e.UserID, e.Details = approval.UserID, map[string]any{"notification_channel": approval.Channel}
	}
	if err != nil {
		e.Type, e.Description = tenant.LogCIBAExchangeFailed, describe(err)
		e.Details = map[string]any{"error": map[string]any{"message": describe(err)}}
	} else {
		e.Audience, e.Scope = tokens.Decision.Audience, tokens.Scope
	}
	h.Log(e)
	return tokens, err
}

func (h *Handler) redeemApproval(t *tokenRequest) (*flow.Tokens, *store.Approval, error) {
	raw := t.Get("auth_req_id")
	if raw == "" {
		return nil, nil, tenant.MissingParameter("auth_req_id")
	}
	approval, err := h.PollApproval(store.ApprovalCIBA, t.client.ClientID, raw)
	if err != nil {
		return nil, nil, err
	}
	user, _, err := h.userAndOrganization(approval.UserID, "")
	switch {
	case user == nil:
		return nil, approval, tenant.InvalidAuthReqID().WithHint("user %s was deleted meanwhile", approval.UserID)
	case err != nil:
		return nil, approval, err
	}
	t.x.Note("user_id", user.UserID)
	request := approvedRequest(t.client, user, approval, t.x.Issuer)
	request.Possession = t.possession
	decision, err := h.Decide(request)
	if err != nil {
		return nil, approval, err
	}
	request.User = h.LoggedIn(user.UserID, t.x.IP, false)
	tokens, err := h.IssueDecided(flow.Grant{Request: request}, decision)
	return tokens, approval, err
}

// logBackchannel tells of a request for approval.
//
// Source: the description of tenant logs, ciba_start_succeeded,
// ciba_start_failed.
func (h *Handler) logBackchannel(b *backchannelRequest, err error) {
	e := b.x.LogEvent(tenant.LogCIBAStarted)
	e.ClientID, e.UserID = b.Get("client_id"), b.approval.UserID
	if b.client != nil {
		e.ClientID = b.client.ClientID
	}
	e.Details = map[string]any{"body": map[string]any{
		"audience": b.Get("audience"), "login_hint": b.Get("login_hint"), "scope": b.Get("scope"),
	}}
	if err != nil {
		e.Type, e.Description = tenant.LogCIBAStartFailed, describe(err)
		e.Details["error"] = map[string]any{"message": describe(err)}
	} else {
		e.Details["notification_channel"] = b.approval.Channel
	}
	h.Log(e)
}
