package login

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/faux0/faux0/provider/internal/outbound"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// isReal says whether the connection's provider is one that is asked, and not
// played: the options name it, and it is on this machine or a host that was
// named.
func (h *Handler) isReal(c *tenant.Connection) bool {
	_, speaksSAML := h.realSAML(c)
	return speaksSAML || h.providers.Reaches(c.Provider().Door())
}

// askProvider sends the browser to a real provider, which answers at
// /login/callback.
func (h *Handler) askProvider(r *http.Request, t *store.Transaction, a *authorization, c *tenant.Connection) (*wire.Response, error) {
	if p, speaksSAML := h.realSAML(c); speaksSAML {
		return h.askSAML(r, t, a, c, p)
	}
	return h.askOpenID(r, t, a, c, c.Provider())
}

// Values of a connection's `type`, as the tenant's log calls the channel.
const (
	frontChannel = "front_channel"
	backChannel  = "back_channel"
)

// upstreamDetails are what the tenant's log says of a provider.
//
// Source: the description of tenant logs, s, f (details.channel).
func upstreamDetails(p tenant.Provider) map[string]any {
	if p.FrontChannel {
		return map[string]any{"channel": frontChannel}
	}
	return map[string]any{"channel": backChannel}
}

// askOpenID asks a provider of OpenID Connect or OAuth 2.0.
//
// Source: OpenID Connect Core 1.0 §3.1.2.1; RFC 7636; Auth0 docs, "Connect to
// OpenID Connect identity providers" (back channel with PKCE, front channel
// with form_post).
func (h *Handler) askOpenID(r *http.Request, t *store.Transaction, a *authorization, c *tenant.Connection, p tenant.Provider) (*wire.Response, error) {
	a.upstream = upstreamDetails(p)
	if !p.Complete() {
		described, err := h.providers.Describe(r.Context(), p.DiscoveryURL)
		if err != nil {
			return h.providerFailed(t, a, c, err)
		}
		p.ProviderMetadata = p.Over(described)
	}
	switch {
	case !h.providers.Reaches(p.Door()):
		return h.providerFailed(t, a, c, &outbound.ProviderError{Message: "connect ECONNREFUSED", Hint: "its authorization_endpoint, " + p.AuthorizationEndpoint + ", is not on this machine"})
	case p.ClientID == "":
		return h.providerFailed(t, a, c, &outbound.ProviderError{Message: "client_id is required", Hint: "options.client_id is missing"})
	case p.AuthMethod == "private_key_jwt":
		return nil, tenant.NotBuilt("private_key_jwt at the identity provider of connection " + c.Name)
	}
	state := h.IDs.State()
	step := &store.UpstreamRequest{TransactionID: t.ID, Connection: c.Name, Provider: p, RedirectURI: a.x.Base + pathClassicCallback}
	out := answer{"client_id", p.ClientID, "redirect_uri", step.RedirectURI, "state", state}
	if p.FrontChannel {
		out = append(out, "response_type", "id_token", "response_mode", modeFormPost)
	} else {
		out = append(out, "response_type", "code")
	}
	if p.Nonce {
		step.Nonce = base64.RawURLEncoding.EncodeToString(h.IDs.Bytes(24))
		out.add("nonce", step.Nonce)
	}
	if method := challengeMethod(p); method != "" {
		step.Verifier = base64.RawURLEncoding.EncodeToString(h.IDs.Bytes(32))
		out = append(out, "code_challenge", challengeOf(step.Verifier, method), "code_challenge_method", method)
	}
	out = append(out, h.upstreamParameters(c, a, t.Identifier)...)
	h.awaitProvider(state, step)
	return wire.Redirect(wire.AddQuery(p.AuthorizationEndpoint, out...)), nil
}

// awaitProvider keeps what a provider is asked until its answer comes with the
// state.
func (h *Handler) awaitProvider(state string, step *store.UpstreamRequest) {
	now := h.Clock.Now()
	_ = h.Store.Update(func(s *store.State) error {
		s.UpstreamRequests.PutAtMost(store.MaxWaiting, state, step, now.Add(transactionLifetime), now)
		return nil
	})
}

// challengeMethod is the PKCE method for a provider, "" for none: as the
// connection says or, with auto, the best that the provider has.
//
// Source: Auth0 docs, "Configure PKCE and claim mapping for OIDC connections".
func challengeMethod(p tenant.Provider) string {
	switch {
	case p.FrontChannel || p.PKCE == "disabled":
		return ""
	case p.PKCE == "plain":
		return "plain"
	case p.PKCE == "S256" || p.PKCE == "s256" || slices.Contains(p.ChallengeMethods, "S256"):
		return "S256"
	case slices.Contains(p.ChallengeMethods, "plain"):
		return "plain"
	}
	return ""
}

func challengeOf(verifier, method string) string {
	if method == "plain" {
		return verifier
	}
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// maxSaid is how much of what a provider says an application is told.
const maxSaid = 500

// providerFailed tells the app that the provider did not do its part. The
// sentence is what Auth0 says, the hint what is to be done.
func (h *Handler) providerFailed(t *store.Transaction, a *authorization, c *tenant.Connection, err error) (*wire.Response, error) {
	e := tenant.UpstreamFailed(clipped(err.Error()))
	var failed *outbound.ProviderError
	hint := err.Error()
	if errors.As(err, &failed) {
		hint = failed.Hint
		if advice := providerAdvice(failed.Code); advice != "" {
			hint += "; " + advice
		}
	}
	return h.endInRefusal(t, a, e.WithHint("connection %q: %s", c.Name, hint))
}

func clipped(s string) string {
	if len(s) > maxSaid {
		return s[:maxSaid]
	}
	return s
}

// providerAdvice is what to look at when a provider refuses a code.
func providerAdvice(code string) string {
	switch code {
	case "invalid_client", "access_denied":
		return "check options.client_id and options.client_secret, which is sent in the body (client_secret_post), and that the provider's application allows that"
	case "invalid_grant":
		return "the code was used, expired, or belongs to another client_id, redirect_uri or code_verifier"
	case "unauthorized_client":
		return "the provider's application must have the authorization_code grant"
	}
	return ""
}

// tokenForm is what the provider's token endpoint is sent.
//
// Source: RFC 6749 §2.3.1, §4.1.3; RFC 7636 §4.5; Auth0's knowledge base,
// "Authentication failure when upstream OIDC connection requires
// client_secret_basic" (client_secret_post is all there is).
func tokenForm(step *store.UpstreamRequest, code string) url.Values {
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {step.RedirectURI}, "client_id": {step.Provider.ClientID},
	}
	if step.Provider.ClientSecret != "" {
		form.Set("client_secret", step.Provider.ClientSecret)
	}
	if step.Verifier != "" {
		form.Set("code_verifier", step.Verifier)
	}
	return form
}
