package login

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/outbound"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// callback is where a login comes back to: from the classic page's script, or
// from an identity provider.
//
// Source: Auth0 docs, "Redirect users after login" (/login/callback), "Connect
// to OpenID Connect identity providers".
func (h *Handler) callback(r *http.Request) (*wire.Response, error) {
	p := wire.Query(r)
	if r.Method == http.MethodPost {
		var err error
		if p, err = wire.Body(r); err != nil {
			return nil, err
		}
		if p.Get("SAMLResponse") != "" {
			return h.samlAnswered(r, p)
		}
		if p.Get("wresult") != "" || p.Get("state") == "" {
			return h.classicCallback(r, p)
		}
	}
	return h.providerAnswered(r, p)
}

// providerAnswered goes on with a login whose provider sent the browser back.
// The answer counts once, and only in the browser that was sent there.
func (h *Handler) providerAnswered(r *http.Request, p wire.Params) (*wire.Response, error) {
	step, err := h.takeUpstreamRequest(r, p.Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	told, err := h.readAnswer(r, step, p)
	t, a, lost := h.transaction(r, step.TransactionID) // asking the provider took time
	if lost != nil {
		return h.lost(r, lost)
	}
	c, gone := h.upstreamOf(a, step.Connection)
	if gone != nil {
		return nil, gone
	}
	a.upstream = upstreamDetails(step.Provider)
	var refused *tenant.Error
	switch {
	case errors.As(err, &refused):
		return h.endInRefusal(t, a, refused)
	case err != nil:
		return h.providerFailed(t, a, c, err)
	}
	profile, err := flow.ProviderProfile(c, told.claims, told.userinfo)
	if err != nil {
		return h.providerFailed(t, a, c, err)
	}
	if c.KeepsTokens() {
		profile.AccessToken, profile.RefreshToken = told.tokens.AccessToken, told.tokens.RefreshToken
	}
	user, err := h.UpstreamUser(c, profile)
	if err != nil {
		return h.endInRefusal(t, a, err)
	}
	t.Upstream = a.upstream
	if told.algorithm != "" {
		t.Upstream["id_token_signing_alg"] = told.algorithm
	}
	return h.upstreamDone(r, t, a, c, user)
}

// takeUpstreamRequest finds what a provider was asked under the state, and takes
// it.
//
// It returns TransactionLost.
func (h *Handler) takeUpstreamRequest(r *http.Request, state string) (step *store.UpstreamRequest, err error) {
	now := h.Clock.Now()
	_ = h.Store.View(func(s *store.State) error { step, _ = s.UpstreamRequests.Get(state, now); return nil })
	if step == nil {
		return nil, tenant.TransactionLost().WithHint("the provider's answer has a state that was not sent, was used, or is older than %d minutes: begin again at the application", int(transactionLifetime.Minutes()))
	}
	if _, _, err := h.transaction(r, step.TransactionID); err != nil {
		return nil, sharedCookies(r, step.Provider, err)
	}
	taken := false
	_ = h.Store.Update(func(s *store.State) error { _, taken = s.UpstreamRequests.Take(state, now); return nil })
	if !taken {
		return nil, tenant.TransactionLost().WithHint("the provider's answer was used before")
	}
	return step, nil
}

// sharedCookies adds to a lost login what is the likeliest cause where the
// provider is another Faux0: cookies do not tell ports apart (RFC 6265 §8.5).
func sharedCookies(r *http.Request, p tenant.Provider, err error) error {
	theirs, parseErr := url.Parse(p.Door())
	ours, ownErr := url.Parse(wire.From(r).Base)
	if parseErr != nil || ownErr != nil || theirs.Hostname() != ours.Hostname() {
		return err
	}
	return wire.AsError(err).WithHint("the provider is at %s as well, so that its cookies replace those of this tenant: give it a host name of its own, such as 127.0.0.1 or provider.localhost", ours.Hostname())
}

// told is what a provider said about the person.
type told struct {
	claims, userinfo map[string]any
	tokens           outbound.ProviderTokens
	algorithm        string
}

// readAnswer checks a provider's answer, and asks it for the rest. An error is a
// tenant.Error where the provider said no.
//
// Source: OpenID Connect Core 1.0 §3.1.2.7, §3.1.3, §5.3; RFC 9207 §2.4.
// Observed: openid-client, client.callback.
func (h *Handler) readAnswer(r *http.Request, step *store.UpstreamRequest, p wire.Params) (*told, error) {
	provider := step.Provider
	switch iss := p.Get("iss"); {
	case iss != "" && provider.Issuer != "" && iss != provider.Issuer:
		return nil, fmt.Errorf("iss mismatch, expected %s, got: %s", provider.Issuer, iss)
	case iss == "" && provider.NamesIssuer && p.Get("id_token") == "":
		return nil, errors.New("iss missing from the response")
	}
	if code := p.Get("error"); code != "" {
		if !isErrorCode(code) {
			return nil, errors.New("the provider's error is none that OAuth allows")
		}
		return nil, tenant.UpstreamError(code, clipped(p.Get("error_description"))).WithHint("%s said so: see its log, and what is configured there", provider.Door())
	}
	if provider.FrontChannel {
		if p.Get("id_token") == "" {
			return nil, errors.New("id_token missing from response")
		}
		return h.verified(r, step, outbound.ProviderTokens{IDToken: p.Get("id_token")}, "")
	}
	code := p.Get("code")
	if code == "" {
		return nil, errors.New("code missing from response")
	}
	tokens, err := h.providers.Redeem(r.Context(), provider.TokenEndpoint, tokenForm(step, code), provider.Headers)
	switch {
	case err != nil:
		return nil, err
	case provider.PlainOAuth:
		return h.profileOf(r, step, tokens)
	}
	return h.verified(r, step, tokens, code)
}

// profileOf asks a provider without ID tokens who the person is.
//
// Source: Auth0 docs, "Connect your app to OAuth 2.0 providers". Observed:
// passport-oauth2 (failed to obtain access token).
//
// Differs: Auth0 leaves that to options.scripts.fetchUserProfile. Where there is
// none, options.userInfoURL, which Auth0 does not know, says where to ask.
func (h *Handler) profileOf(r *http.Request, step *store.UpstreamRequest, tokens outbound.ProviderTokens) (*told, error) {
	provider := step.Provider
	switch {
	case tokens.AccessToken == "":
		return nil, errors.New("failed to obtain access token")
	case provider.Script != "":
		profile, err := h.Actions.FetchProfile(r.Context(), step.Connection, provider.Script, tokens.AccessToken, tokens.All)
		return &told{claims: flow.PlainProfile(profile), tokens: tokens}, err
	case provider.UserinfoEndpoint == "":
		return nil, &outbound.ProviderError{Message: "missing user_id in the profile", Hint: "options.scripts.fetchUserProfile is missing, which finds out who the person is; options.userInfoURL does in its place"}
	}
	userinfo, err := h.providers.UserInfo(r.Context(), provider.UserinfoEndpoint, tokens.AccessToken)
	if err != nil {
		return nil, err
	}
	return &told{claims: flow.PlainProfile(userinfo), tokens: tokens}, nil
}

// verified checks the ID token and asks for what is not in it.
func (h *Handler) verified(r *http.Request, step *store.UpstreamRequest, tokens outbound.ProviderTokens, code string) (*told, error) {
	provider := step.Provider
	jwks, err := h.providers.Keys(r.Context(), provider.JWKSURI)
	if err != nil {
		return nil, err
	}
	v, err := token.VerifyProviderIDToken(tokens.IDToken, jwks, token.ProviderIDToken{
		Issuer: provider.Issuer, ClientID: provider.ClientID, Nonce: step.Nonce, Algorithms: provider.Algorithms,
		AccessToken: tokens.AccessToken, Code: code, Now: h.Clock.Now(),
	})
	if err != nil {
		return nil, err
	}
	out := &told{claims: v.Claims, tokens: tokens, algorithm: v.Header.Algorithm}
	if provider.UserinfoEndpoint == "" || tokens.AccessToken == "" {
		return out, nil
	}
	if out.userinfo, err = h.providers.UserInfo(r.Context(), provider.UserinfoEndpoint, tokens.AccessToken); err != nil {
		return nil, err
	}
	if sub := out.userinfo["sub"]; sub != v.Subject {
		return nil, fmt.Errorf("userinfo sub mismatch, expected %s, got: %v", v.Subject, sub)
	}
	return out, nil
}
