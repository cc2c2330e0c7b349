package login

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Paths of the classic login.
//
// Observed: auth0.js, web-auth/username-password and hosted-pages.
const (
	pathClassic          = "/login"
	pathClassicCallback  = "/login/callback"
	pathUsernamePassword = "/usernamepassword/login"
	pathChallenge        = "/usernamepassword/challenge"
)

func (h *Handler) mountClassic(rt *wire.Router) {
	rt.Handle("GET", pathClassic, h.errorPage, h.classicPage)
	rt.Handle("POST", pathUsernamePassword, h.classicError, h.usernamePassword)
	rt.Handle("POST", pathChallenge, h.classicError, challenge)
	rt.Handle("GET", pathSSOData, wire.OAuth, h.ssodata)
}

// classicHTML is the page the login has, "" for ours; classic says whether it
// has the classic one at all. Organizations and strict third-party clients log
// in on Universal Login only.
//
// Source: Auth0 docs, "Understand how Auth0 Organizations work" (limitations),
// "Third-party applications" (security controls).
func classicHTML(s *store.State, a *authorization) (html string, classic bool) {
	if a.org != nil || a.client.ThirdPartyStrict() {
		return "", false
	}
	var global *tenant.Client
	for _, c := range s.Clients() {
		if c.Global {
			global = c
		}
	}
	return tenant.ClassicLogin(a.client, global, s.Prompts())
}

// classicURL is the classic page with everything /authorize was sent, for the
// page's scripts. A request that was pushed or signed is spelt out, since its
// reference is used up.
//
// Source: community reports.
func classicURL(r *http.Request, a *authorization, id string) string {
	pairs := []string{"state", id, "client", a.ClientID, "protocol", protocolOAuth2}
	if r.Method == http.MethodPost || a.pushed || a.signed {
		options := internalOptions(a)
		for _, name := range optionNames {
			pairs = append(pairs, name, options[name])
		}
		return wire.AddQuery(pathClassic, pairs...)
	}
	seen := []string{"state", "client", "protocol", "client_id"}
	for _, part := range strings.Split(r.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		if nameErr == nil && valueErr == nil && !slices.Contains(seen, name) {
			seen = append(seen, name)
			pairs = append(pairs, name, value)
		}
	}
	return wire.AddQuery(pathClassic, pairs...)
}

const (
	protocolOAuth2 = "oauth2"
	// intstate is what older pages sent to name the transaction.
	intstate = "deprecated"
)

// optionNames are the members of internalOptions that /authorize was sent.
var optionNames = []string{"response_type", "response_mode", "redirect_uri", "scope", "audience", "nonce", "connection", "login_hint", "screen_hint", "prompt", "ui_locales"}

func internalOptions(a *authorization) map[string]string {
	options := map[string]string{
		"protocol": protocolOAuth2, "response_type": a.ResponseType, "response_mode": a.ResponseMode, "redirect_uri": a.RedirectURI,
		"scope": strings.Join(a.Scopes, " "), "audience": a.Audience, "nonce": a.Nonce, "connection": a.Connection,
		"login_hint": a.LoginHint, "screen_hint": a.ScreenHint, "prompt": strings.Join(a.Prompt, " "), "ui_locales": strings.Join(a.UILocales, " "),
	}
	for name, value := range options {
		if value == "" {
			delete(options, name)
		}
	}
	return options
}

// classicPage shows the tenant's own page, or ours.
func (h *Handler) classicPage(r *http.Request) (*wire.Response, error) {
	t, a, err := h.transaction(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	html := ""
	_ = h.Store.View(func(s *store.State) error { html, _ = classicHTML(s, a); return nil })
	if html == "" {
		return h.showClassic(r, t, a, nil)
	}
	config, err := h.pageConfig(r, t, a)
	if err != nil {
		return nil, err
	}
	res := ownPage(http.StatusOK, strings.ReplaceAll(html, "@@config@@", config))
	h.setCSRF(res, a.x, t.DeviceID)
	return res, nil
}

// pageConfig is what @@config@@ becomes: JSON in base64, which has no letter
// that could end the page's script.
//
// Source: Auth0 docs, "Customize the classic login page" (available
// parameters); the templates that the Dashboard offers.
func (h *Handler) pageConfig(r *http.Request, t *store.Transaction, a *authorization) (string, error) {
	options := internalOptions(a)
	options["state"], options["_csrf"], options["_intstate"] = t.ID, h.cookies.csrfToken(t), intstate
	extra := map[string]string{}
	for name, values := range r.URL.Query() {
		if name != "client" {
			extra[name] = values[0]
		}
	}
	for name, value := range options {
		extra[name] = value
	}
	_, host, _ := strings.Cut(a.x.Base, "://")
	config := map[string]any{
		"auth0Domain": host, "auth0Tenant": a.x.TenantName(), "clientID": a.ClientID,
		"callbackURL": a.RedirectURI, "callbackOnLocationHash": a.ResponseMode == modeFragment,
		"assetsUrl": a.x.Base, "clientConfigurationBaseUrl": a.x.Base, "languageBaseUrl": a.x.Base,
		"prompt":          a.Prompts("login") || a.Prompts("select_account"),
		"internalOptions": options, "extraParams": extra,
		"authorizationServer": map[string]any{"issuer": a.Issuer},
		"isThirdPartyClient":  !a.client.IsFirstParty,
	}
	if a.Connection != "" {
		config["connection"] = a.Connection
	}
	_ = h.Store.View(func(s *store.State) error {
		l := look(s, nil)
		config["icon"] = l.LogoURL
		config["colors"] = map[string]any{"page_background": l.PageBackground, "primary": l.PrimaryColor}
		config["dict"] = map[string]any{"signin": map[string]any{"title": l.TenantName}}
		return nil
	})
	raw, err := json.Marshal(config)
	return base64.StdEncoding.EncodeToString(raw), err
}

func (h *Handler) showClassic(r *http.Request, t *store.Transaction, a *authorization, failure *formError) (*wire.Response, error) {
	login, identifiers := h.loginView(t, a, pathUsernamePassword, connectionsFor)
	login.Action, login.AskIdentifier, login.AskPassword = pathUsernamePassword, true, true
	page := ui.Classic{ClientID: a.ClientID, CSRF: h.cookies.csrfToken(t), Login: login}
	page.IdentifierLabel = page.T(screenLogin + placeholder(identifiers))
	page.Error = failure.show(page.Look, screenLogin, oneWord(identifiers))
	res, err := render(statusOf(failure), page, "")
	if err == nil {
		h.setCSRF(res, wire.From(r), t.DeviceID)
	}
	return res, err
}

// challenge says that nobody has to solve a captcha.
//
// Observed: Lock, core/captcha.
func challenge(*http.Request) (*wire.Response, error) {
	return wire.JSON(http.StatusOK, struct {
		Required bool `json:"required"`
	}{})
}

// continueClassic recognises the social button of a page that shows Lock: it
// goes to /authorize anew, with the login's own state, and means the login
// under way.
//
// Observed: Lock, in hosted pages.
func (h *Handler) continueClassic(r *http.Request, p wire.Params) *wire.Response {
	id, name := p.Get("state"), p.Get("connection")
	if id == "" || name == "" {
		return nil
	}
	known := false
	_ = h.Store.View(func(s *store.State) error {
		c := s.ConnectionByName(name)
		_, found := s.Transactions.Get(id, h.Clock.Now())
		known = found && c != nil && c.Upstream()
		return nil
	})
	if !known {
		return nil
	}
	t, a, err := h.transaction(r, id)
	if err != nil || a.ClientID != p.Get("client_id") {
		return nil
	}
	return wire.Redirect(upstreamURL(name, t.ID))
}
