package login

import (
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// forwarded are the parameters of /authorize that a connection may let its
// provider have: those an alias of upstream_params can name, and Google's own.
//
// Source: Auth0 docs, "Pass parameters to identity providers" (available
// fields), "Adding scopes for an external identity provider".
var forwarded = []string{
	"acr_values", "audience", "client_id", "display", "id_token_hint", "login_hint", "max_age", "prompt", "resource", "response_mode",
	"response_type", "ui_locales", "connection_scope", "access_type", "approval_prompt", "screen_hint",
}

func forwardedParameters(p wire.Params) map[string]string {
	var kept map[string]string
	for _, name := range forwarded {
		if value := p.Get(name); value != "" {
			if kept == nil {
				kept = map[string]string{}
			}
			kept[name] = value
		}
	}
	return kept
}

// upstreamParameters are what the provider is asked beside what its protocol
// needs, as names and values: the connection's own parameters, scopes, and what
// the application passes on. identifier is the address that the person typed.
//
// Source: Auth0 docs, "Pass parameters to identity providers", "Connect your
// app to OAuth 2.0 providers" (authParams, authParamsMap), Authentication API,
// GET /authorize, social (connection_scope); Management API, PATCH
// /api/v2/tenants/settings, resource_parameter_profile (resource). That
// addresses and select_account reach OpenID providers is inferred.
func (h *Handler) upstreamParameters(c *tenant.Connection, a *authorization, identifier string) answer {
	var out answer
	set := func(name, value string) {
		for i := 0; i < len(out); i += 2 {
			if out[i] == name {
				out[i+1] = value
				return
			}
		}
		if value != "" {
			out.add(name, value)
		}
	}
	set("scope", upstreamScope(c, a.Forward["connection_scope"]))
	if c.SpeaksOpenID() {
		set("login_hint", emailOnly(identifier))
		if a.Prompts("select_account") {
			set("prompt", "select_account")
		}
	}
	if c.Strategy == "google-oauth2" || c.Strategy == "google-apps" {
		set("access_type", a.Forward["access_type"])
		set("approval_prompt", a.Forward["approval_prompt"])
	}
	_ = h.Store.View(func(s *store.State) error {
		if s.Settings().ResourceParameterProfile == "audience" {
			set("resource", a.Forward["resource"]) // else it names an API of ours
		}
		return nil
	})
	for _, p := range c.UpstreamParams() {
		if p.Alias != "" {
			p.Value = a.Forward[p.Alias]
		}
		if p.Value != "" && !slices.Contains(protocolParameters, p.Name) {
			set(p.Name, p.Value)
		}
	}
	return out
}

// protocolParameters are set by the protocol, and by nobody else.
var protocolParameters = []string{"client_id", "redirect_uri", "response_type", "response_mode", "state", "nonce", "code_challenge", "code_challenge_method"}

// upstreamScope is what the connection asks for, and what the application adds:
// between commas or spaces.
func upstreamScope(c *tenant.Connection, more string) string {
	scopes := c.ProviderScopes()
	for _, scope := range strings.FieldsFunc(more, func(r rune) bool { return r == ',' || r == ' ' }) {
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return strings.Join(scopes, " ")
}
