package login

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// codeLifetime is how long an authorization code may wait to be redeemed.
//
// Source: RFC 6749 §4.1.2 (ten minutes at most). Auth0 publishes no number.
const codeLifetime = 10 * time.Minute

// succeed answers the app with what its response_type asked for.
//
// Source: RFC 6749 §4.1.2, §4.2.2; OpenID Connect Core 1.0 §3.2.2.5, §3.3.2.5.
func (h *Handler) succeed(a *authorization, session *store.Session, user *tenant.User) (*wire.Response, error) {
	switch {
	case a.DeviceCode != "":
		return h.deviceApproved(a, session)
	case a.SAML != nil:
		return h.samlAsserted(a, session, user)
	}
	answer := answer{}
	code := ""
	if a.responds("code") {
		code = h.newCode(a, session)
		answer.add("code", code)
	}
	if a.responds("token") || a.responds("id_token") {
		if err := h.addTokens(&answer, a, session, user, code); err != nil {
			var e *tenant.Error
			if errors.As(err, &e) {
				return h.refuse(a, e)
			}
			return nil, err
		}
	}
	h.logLogin(a, session, user)
	return h.deliver(a, answer)
}

func (h *Handler) newCode(a *authorization, session *store.Session) string {
	code, now := h.IDs.Code(), h.Clock.Now()
	_ = h.Store.Update(func(s *store.State) error {
		s.Codes.PutAtMost(store.MaxWaiting, code, &store.AuthorizationCode{
			Request: a.AuthorizationRequest, UserID: session.UserID, SessionID: session.ID, AuthTime: authTime(a, session),
			Consented: a.consented, Factor: a.factor.Code,
		}, now.Add(codeLifetime), now)
		return nil
	})
	return code
}

// authTime is when the user last showed a credential, for ID tokens that must
// say so: those asked for with max_age or prompt=login.
//
// Source: OpenID Connect Core 1.0 §2; Auth0 docs, "Force reauthentication".
func authTime(a *authorization, session *store.Session) time.Time {
	if a.MaxAgeSeconds >= 0 || a.Prompts("login") {
		return session.AuthenticatedAt
	}
	return time.Time{}
}

// addTokens issues the tokens that /authorize hands out itself. A client that
// is not OIDC conformant gets an ID token with its access token, and a refresh
// token for a device that it names.
//
// Source: Auth0 docs (legacy), "OIDC-conformant applications", implicit flow.
func (h *Handler) addTokens(out *answer, a *authorization, session *store.Session, user *tenant.User, code string) error {
	g := flow.Grant{
		Request: a.tokenRequest(user), Nonce: a.Nonce, SessionID: session.ID, AuthTime: authTime(a, session),
	}
	d, err := h.Decide(g.Request)
	if err != nil {
		return err
	}
	issue := token.Issue{
		Issuer: a.Issuer, At: h.Clock.Now(), Nonce: a.Nonce, SessionID: session.ID, AuthTime: g.AuthTime, Code: code,
	}
	if a.responds("token") {
		access, err := h.AccessToken(g, d, issue)
		if err != nil {
			return err
		}
		out.add("access_token", access)
		issue.AccessToken = access
	}
	legacy := !a.client.OIDCConformant && a.ResponseType == "token"
	if (a.responds("id_token") || legacy) && d.IDToken {
		id, err := h.IDToken(g, d, issue)
		if err != nil {
			return err
		}
		out.add("id_token", id)
	}
	if a.responds("token") {
		if !slices.Equal(d.Scopes, a.Scopes) {
			out.add("scope", d.Scope())
		}
		out.add("expires_in", strconv.Itoa(d.LifetimeSeconds))
		out.add("token_type", d.TokenType())
	}
	if legacy && a.Device != "" && slices.Contains(a.Scopes, tenant.ScopeOfflineAccess) &&
		a.client.AllowsGrant(tenant.GrantRefreshToken) && (d.API == nil || d.API.AllowOfflineAccess) {
		out.add("refresh_token", h.LegacyRefreshToken(g, d))
	}
	if h.Issued != nil {
		h.Issued(d, g.Request)
	}
	return nil
}

// answer is what goes back to the app: names and values in order.
type answer []string

func (out *answer) add(name, value string) { *out = append(*out, name, value) }

// object is the answer as JSON has it.
func (out answer) object() map[string]any {
	object := map[string]any{}
	for i := 0; i < len(out); i += 2 {
		switch {
		case out[i+1] == "":
		case out[i] == "expires_in":
			object[out[i]], _ = strconv.Atoi(out[i+1])
		default:
			object[out[i]] = out[i+1]
		}
	}
	return object
}

// refuse answers the app with an error, in the place its response_mode says;
// where that place cannot be used, the error is returned, to be shown on a
// page.
//
// Source: RFC 6749 §4.1.2.1; OpenID Connect Core 1.0 §3.1.2.6.
func (h *Handler) refuse(a *authorization, err error) (*wire.Response, error) {
	e := h.logFailure(a, err)
	switch {
	case e.Status == http.StatusNotImplemented:
		return nil, e
	case a.DeviceCode != "":
		return h.deviceRefused(a, e)
	case a.SAML != nil:
		return h.samlRefused(a, e)
	case a.ResponseMode == "" || !a.client.RedirectsErrors():
		return nil, e
	}
	a.x.Failed(e)
	h.Remember(store.IssuedToken{
		At: h.Clock.Now(), ClientID: a.ClientID, UserID: a.userID, Flow: string(token.FlowCode), Audience: a.Audience,
		Scopes: a.Scopes, OrganizationID: a.OrganizationID, Err: e,
	})
	res, err := h.deliver(a, answer{"error", e.Code, "error_description", e.Description})
	return hinted(res, err, e.Hint)
}

// deliver sends the answer and the app's state back by the response mode.
func (h *Handler) deliver(a *authorization, out answer) (*wire.Response, error) {
	out.add("state", a.State)
	_ = h.Store.View(func(s *store.State) error {
		if s.Settings().ResponseIssuer {
			out.add("iss", a.Issuer) // RFC 9207 §2
		}
		return nil
	})
	if a.Popup {
		return h.popup(a, out)
	}
	switch a.ResponseMode {
	case modeFormPost:
		return h.formPost(a, out)
	case modeWebMessage:
		return h.webMessage(a, out)
	case modeFragment:
		return wire.Redirect(a.RedirectURI + "#" + wire.Encode(out...)), nil
	}
	return wire.Redirect(wire.AddQuery(a.RedirectURI, out...)), nil
}

// formPost answers with a form that submits itself.
//
// Source: OAuth 2.0 Form Post Response Mode §2.
func (h *Handler) formPost(a *authorization, out answer) (*wire.Response, error) {
	page := ui.FormPost{Action: a.RedirectURI, ScriptNonce: h.nonce()}
	page.Look = h.lookFor(a)
	for i := 0; i < len(out); i += 2 {
		if out[i+1] != "" {
			page.Fields = append(page.Fields, ui.Field{Name: out[i], Value: out[i+1]})
		}
	}
	return render(http.StatusOK, page, page.ScriptNonce)
}

// webMessage answers with a page that posts to its opener or parent, and may
// be framed for that.
//
// Observed: a recorded page of 2019; the same shape in SDK test suites.
func (h *Handler) webMessage(a *authorization, out answer) (*wire.Response, error) {
	page := ui.WebMessage{TargetOrigin: tenant.Origin(a.RedirectURI), Response: out.object(), ScriptNonce: h.nonce()}
	body, err := ui.Render(page)
	if err != nil {
		return nil, err
	}
	res := wire.HTML(http.StatusOK, body)
	res.Header["Cache-Control"] = []string{"no-cache, no-store"}
	return res.With("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+page.ScriptNonce+"'"), nil
}

// popup answers in the popup window itself, which auth0.js opened with owp and
// talks to: only the client's own origins may read it.
//
// Observed: auth0.js, popup.authorize; WinChan.
func (h *Handler) popup(a *authorization, out answer) (*wire.Response, error) {
	response := out.object()
	if claims := idTokenPayload(response); claims != nil {
		response["id_token_payload"] = claims
	}
	page := ui.Popup{Origins: a.client.Origins(), Response: response, ScriptNonce: h.nonce()}
	page.Look = h.lookFor(a)
	body, err := ui.Render(page)
	if err != nil {
		return nil, err
	}
	return wire.HTML(http.StatusOK, body).
		With("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'nonce-"+page.ScriptNonce+"'; frame-ancestors 'none'"), nil
}

// idTokenPayload is the claims of an answer's ID token. Lock hands the popup's
// answer on as it is, and applications read idTokenPayload of it.
//
// Observed: Lock, core/web_api; auth0.js, response-handler.
func idTokenPayload(response map[string]any) json.RawMessage {
	idToken, _ := response["id_token"].(string)
	_, rest, _ := strings.Cut(idToken, ".")
	claims, _, _ := strings.Cut(rest, ".")
	if payload, err := base64.RawURLEncoding.DecodeString(claims); err == nil && json.Valid(payload) {
		return payload
	}
	return nil
}
