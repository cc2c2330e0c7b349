package login

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// readRequest checks everything that can be answered at the callback.
func (h *Handler) readRequest(a *authorization, p wire.Params) error {
	if err := readResponse(a, p); err != nil {
		return err
	}
	a.Nonce, a.Audience, a.Resource = p.Get("nonce"), p.Get("audience"), p.Get("resource")
	a.Scopes = tenant.ParseScope(p.Get("scope"))
	a.Forward = forwardedParameters(p)
	a.LoginHint, a.Connection, a.ScreenHint = p.Get("login_hint"), p.Get("connection"), p.Get("screen_hint")
	a.Popup = p.Get("owp") == "true"
	a.DPoPJKT, a.Device = p.Get("dpop_jkt"), p.Get("device")
	a.CorrelationID, a.Ext = p.Get("correlation_id"), extParameters(p)
	a.UILocales, a.ACRValues = strings.Fields(p.Get("ui_locales")), strings.Fields(p.Get("acr_values"))
	for _, check := range []func(*authorization, wire.Params) error{
		checkThirdParty, h.checkDelivery, checkGrantTypes, checkNonce, readPrompt, readMaxAge, readChallenge, checkThirdPartyPKCE, h.checkACR,
		readDetails, h.readOrganization, h.checkInvitation, h.checkConnection,
	} {
		if err := check(a, p); err != nil {
			return err
		}
	}
	return h.Store.View(func(s *store.State) error { return token.CheckAccess(s, a.tokenRequest(nil)) })
}

// responseTypes are the combinations on offer, words sorted.
//
// Source: OAuth 2.0 Multiple Response Type Encoding Practices §3, §5.
var responseTypes = []string{
	"code", "token", "id_token", "id_token token", "code id_token", "code token", "code id_token token",
}

// readResponse settles what comes back and how. The mode is settled first, so
// that an error about the type already travels by it.
func readResponse(a *authorization, p wire.Params) error {
	words := strings.Fields(p.Get("response_type"))
	slices.Sort(words)
	a.ResponseType = strings.Join(words, " ")
	a.ResponseMode = p.Get("response_mode")
	if err := readResponseMode(a); err != nil {
		return err
	}
	switch {
	case a.ResponseType == "":
		return tenant.MissingParameter("response_type")
	case !slices.Contains(responseTypes, a.ResponseType):
		return tenant.UnsupportedResponseType(p.Get("response_type"))
	}
	return nil
}

// Response modes.
//
// Source: OAuth 2.0 Multiple Response Type Encoding Practices §2.1; OAuth 2.0
// Form Post Response Mode; Auth0 docs, "Silent authentication" (web_message).
const (
	modeQuery      = "query"
	modeFragment   = "fragment"
	modeFormPost   = "form_post"
	modeWebMessage = "web_message"
)

func readResponseMode(a *authorization) error {
	byDefault := modeFragment
	if a.ResponseType == "code" || a.ResponseType == "" {
		byDefault = modeQuery
	}
	mode := a.ResponseMode
	switch {
	case mode == "":
		a.ResponseMode = byDefault
	case mode == modeQuery && byDefault == modeFragment:
		a.ResponseMode = byDefault
		return tenant.UnsupportedResponseMode(mode).WithHint("tokens never travel in a query; use fragment or form_post")
	case mode == modeWebMessage:
		if origin := tenant.Origin(a.RedirectURI); !a.client.AllowsWebMessage(origin) {
			a.ResponseMode = "" // nobody to post to: shown as a page
			return tenant.OriginNotAllowed(origin, a.client)
		}
	case mode != modeQuery && mode != modeFragment && mode != modeFormPost:
		a.ResponseMode = byDefault
		return tenant.UnsupportedResponseMode(mode).WithHint("response_mode is one of query, fragment, form_post, web_message")
	}
	return nil
}

// checkGrantTypes: a code needs the authorization_code grant, tokens from here
// the implicit one, hybrids both.
//
// Source: Auth0 docs, "Application grant types".
func checkGrantTypes(a *authorization, _ wire.Params) error {
	for _, need := range []struct{ word, grantType string }{
		{"code", tenant.GrantAuthorizationCode}, {"token", tenant.GrantImplicit}, {"id_token", tenant.GrantImplicit},
	} {
		if grantType := need.grantType; a.responds(need.word) && !a.client.AllowsGrant(grantType) {
			return tenant.GrantSwitchedOff(a.client, grantType)
		}
	}
	return nil
}

func (a *authorization) responds(word string) bool {
	return slices.Contains(strings.Fields(a.ResponseType), word)
}

func checkNonce(a *authorization, _ wire.Params) error {
	if a.responds("id_token") && a.Nonce == "" {
		return tenant.MissingParameter("nonce")
	}
	return nil
}

func readPrompt(a *authorization, p wire.Params) error {
	a.Prompt = strings.Fields(p.Get("prompt"))
	for _, word := range a.Prompt {
		switch word {
		case "none":
			if len(a.Prompt) > 1 {
				return tenant.InvalidRequest("prompt=none cannot be combined with other values")
			}
		case "login", "consent", "select_account":
		default:
			return tenant.InvalidRequest("Unsupported prompt value: " + word)
		}
	}
	return nil
}

func readMaxAge(a *authorization, p wire.Params) error {
	a.MaxAgeSeconds = -1
	if raw := p.Get("max_age"); raw != "" {
		n, err := strconv.Atoi(raw)
		if err != nil || n < 0 {
			return tenant.InvalidRequest("max_age must be a whole number of seconds, not " + strconv.Quote(raw))
		}
		a.MaxAgeSeconds = n
	}
	return nil
}

// readChallenge reads PKCE. A method without a challenge is a client that
// believes itself protected.
//
// Source: RFC 7636 §4.3, §4.4.1.
func readChallenge(a *authorization, p wire.Params) error {
	a.CodeChallenge, a.CodeChallengeMethod = p.Get("code_challenge"), p.Get("code_challenge_method")
	if a.CodeChallenge == "" {
		if a.CodeChallengeMethod != "" {
			return tenant.MissingParameter("code_challenge")
		}
		return nil
	}
	switch a.CodeChallengeMethod {
	case "":
		a.CodeChallengeMethod = "plain"
	case "plain", "S256":
	default:
		return tenant.InvalidRequest("code_challenge_method must be S256 or plain, not " + strconv.Quote(a.CodeChallengeMethod))
	}
	if n := len(a.CodeChallenge); n < 43 || n > 128 {
		return tenant.InvalidRequest("code_challenge must be 43 to 128 characters long")
	}
	return nil
}

// extParameters are those that begin with extPrefix, nil for none.
func extParameters(p wire.Params) map[string]string {
	var ext map[string]string
	for name, value := range p {
		if strings.HasPrefix(name, extPrefix) {
			if ext == nil {
				ext = map[string]string{}
			}
			ext[name] = value
		}
	}
	return ext
}

// checkACR: a tenant that lists the acr_values it supports refuses others.
//
// Source: Management API, PATCH /api/v2/tenants/settings, acr_values_supported.
func (h *Handler) checkACR(a *authorization, _ wire.Params) error {
	return h.Store.View(func(s *store.State) error {
		supported := s.Settings().ACRValuesSupported
		for _, value := range a.ACRValues {
			if len(supported) > 0 && !slices.Contains(supported, value) {
				return tenant.ACRUnsupported(value, supported)
			}
		}
		return nil
	})
}

// readDetails reads authorization_details: a JSON array of objects. Whether
// the API knows their types, the token rules say.
//
// Source: RFC 9396 §2, §5.
func readDetails(a *authorization, p wire.Params) error {
	raw := p.Get("authorization_details")
	if raw == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(raw), &a.Details); err != nil {
		return tenant.InvalidAuthorizationDetails("authorization_details must be a JSON array of objects")
	}
	return nil
}

// readOrganization applies the client's rules about organizations.
//
// Source: Auth0 docs, "Define organization behavior".
func (h *Handler) readOrganization(a *authorization, p wire.Params) error {
	value := p.Get("organization")
	usage := a.client.OrganizationUsage
	behavior := a.client.OrganizationRequireBehavior
	switch {
	case value == "" && (usage == "require" || usage == "allow") && (behavior == promptBeforeLogin || behavior == promptAfterLogin):
		a.OrganizationPrompt = behavior
		return nil
	case value == "" && usage == "require":
		return tenant.OrganizationRequired()
	case value == "":
		return nil
	case usage != "allow" && usage != "require":
		return tenant.OrganizationNotAllowed().
			WithHint("set organization_usage of client %q to \"allow\" or \"require\"", a.client.Name)
	}
	org, err := h.FindOrganization(value)
	switch {
	case err != nil:
		return err
	case !org.AllowsClient(a.client):
		return tenant.OrganizationNotAllowed().
			WithHint("client %q is a third-party application: set third_party_client_access of organization %q to \"allow\"", a.client.Name, org.Name)
	}
	a.org, a.OrganizationID = org, org.ID
	return nil
}
