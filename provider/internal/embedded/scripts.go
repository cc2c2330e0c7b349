package embedded

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

func (h *Handler) mountScripts(rt *wire.Router) {
	rt.Handle("GET HEAD", "/client/{name}", wire.PlainText, h.clientScript)
	rt.Handle("GET HEAD", "/tenants/v1/{name}", wire.PlainText, h.tenantScript)
	rt.Handle("GET HEAD", "/info-v1.js", wire.PlainText, h.tenantScript)
	rt.Handle("GET HEAD", "/js/lock/{version}/{name}", wire.PlainText, languageScript)
	rt.Handle("GET HEAD", "/relay.html", wire.PlainText, relayPage)
	rt.Handle("GET", "/user/geoloc/country", wire.OAuth, geoloc)
}

// script answers with JavaScript that calls a function of Lock's with one
// object.
func script(call string, args ...any) (*wire.Response, error) {
	var b strings.Builder
	b.WriteString(call + "(")
	for i, arg := range args {
		if i > 0 {
			b.WriteString(",")
		}
		encoded, err := json.Marshal(arg) // escapes <, > and the line separators too
		if err != nil {
			return nil, err
		}
		b.Write(encoded)
	}
	b.WriteString(");")
	return wire.Bytes(http.StatusOK, "application/x-javascript; charset=utf-8", []byte(b.String())).
		With("Cache-Control", "public, max-age=15"), nil
}

// clientConfig is what Lock learns about an application before it shows
// anything.
//
// Observed: fixtures and tests of Lock, "client" scripts.
type clientConfig struct {
	ID                string           `json:"id"`
	Tenant            string           `json:"tenant"`
	Subscription      string           `json:"subscription"`
	Authorize         string           `json:"authorize"`
	Callback          string           `json:"callback"`
	HasAllowedOrigins bool             `json:"hasAllowedOrigins"`
	Strategies        []strategyConfig `json:"strategies"`
}

type strategyConfig struct {
	Name        string             `json:"name"`
	Connections []connectionConfig `json:"connections"`
}

type connectionConfig struct {
	Name              string         `json:"name"`
	DisplayName       string         `json:"display_name,omitempty"`
	Domain            string         `json:"domain,omitempty"`
	DomainAliases     []string       `json:"domain_aliases,omitempty"`
	PasswordPolicy    string         `json:"passwordPolicy,omitempty"`
	PasswordOptions   map[string]any `json:"password_complexity_options,omitempty"`
	RequiresUsername  *bool          `json:"requires_username,omitempty"`
	Validation        any            `json:"validation,omitempty"`
	ShowSignup        *bool          `json:"showSignup,omitempty"`
	ShowForgot        *bool          `json:"showForgot,omitempty"`
	Scope             any            `json:"scope,omitempty"`
	ForgotPasswordURL string         `json:"forgot_password_url,omitempty"`
	SignupURL         string         `json:"signup_url,omitempty"`
}

// clientScript serves /client/{client_id}.js, which Lock loads first of all.
//
// Observed: Lock, core/client.
func (h *Handler) clientScript(r *http.Request) (*wire.Response, error) {
	id, isScript := strings.CutSuffix(wire.PathVar(r, "name"), ".js")
	x := wire.From(r)
	var config *clientConfig
	_ = h.Store.View(func(s *store.State) error {
		client := s.Client(id)
		if client == nil || !isScript {
			return nil
		}
		config = &clientConfig{
			ID: id, Tenant: x.TenantName(), Subscription: "enterprise", Authorize: x.Base + "/authorize",
			HasAllowedOrigins: true, Strategies: strategies(s, x, func(c *tenant.Connection) bool { return c.EnabledFor(id) }),
		}
		if len(client.Callbacks) > 0 {
			config.Callback = client.Callbacks[0]
		}
		return nil
	})
	if config == nil {
		return nil, tenant.NotFound().WithHint("no client has client_id %q", id)
	}
	return script("Auth0.setClient", config)
}

func strategies(s *store.State, x *wire.Exchange, enabled func(*tenant.Connection) bool) []strategyConfig {
	list := []strategyConfig{}
	at := map[string]int{}
	for _, c := range s.Connections() {
		if !enabled(c) {
			continue
		}
		i, ok := at[c.Strategy]
		if !ok {
			i = len(list)
			at[c.Strategy] = i
			list = append(list, strategyConfig{Name: c.Strategy})
		}
		list[i].Connections = append(list[i].Connections, connection(x, c))
	}
	return list
}

// defaultPolicy is the password policy of a connection that names none.
//
// Observed: new connections in the recordings.
const defaultPolicy = "good"

func connection(x *wire.Exchange, c *tenant.Connection) connectionConfig {
	config := connectionConfig{Name: c.Name, DisplayName: c.DisplayName, Scope: c.Options["scope"]}
	config.Domain, _ = c.Options["tenant_domain"].(string)
	if aliases, ok := c.Options["domain_aliases"].([]any); ok {
		for _, a := range aliases {
			if s, ok := a.(string); ok {
				config.DomainAliases = append(config.DomainAliases, s)
			}
		}
		if config.Domain == "" && len(config.DomainAliases) > 0 {
			config.Domain = config.DomainAliases[0]
		}
	}
	if !c.Database() {
		return config
	}
	yes, usernames, signup := true, c.RequiresUsername(), !c.SignupDisabled()
	config.ShowSignup, config.ShowForgot, config.RequiresUsername = &signup, &yes, &usernames
	config.PasswordPolicy = defaultPolicy
	if policy, ok := c.Options["passwordPolicy"].(string); ok {
		config.PasswordPolicy = policy
	}
	config.PasswordOptions, _ = c.Options["password_complexity_options"].(map[string]any)
	config.Validation = c.Options["validation"]
	wtrealm := "?wtrealm=urn:auth0:" + x.TenantName() + ":" + c.Name
	config.ForgotPasswordURL, config.SignupURL = x.Base+"/lo/forgot"+wtrealm, x.Base+"/lo/signup"+wtrealm
	return config
}

// tenantScript serves what Lock loads with useTenantInfo: the connections of
// all clients.
//
// Observed: Lock, core/tenant.
func (h *Handler) tenantScript(r *http.Request) (*wire.Response, error) {
	x := wire.From(r)
	var config map[string]any
	_ = h.Store.View(func(s *store.State) error {
		byKind, byClient, names := map[string]any{}, map[string][]string{}, map[string]string{}
		for _, st := range strategies(s, x, func(*tenant.Connection) bool { return true }) {
			byKind[kind(st.Name)] = append(asConnections(byKind[kind(st.Name)]), withStrategy(st)...)
		}
		for _, client := range s.Clients() {
			if client.Global {
				continue
			}
			names[client.ClientID] = client.Name
			byClient[client.ClientID] = []string{}
			for _, c := range s.Connections() {
				if c.EnabledFor(client.ClientID) {
					byClient[client.ClientID] = append(byClient[client.ClientID], c.Name)
				}
			}
		}
		config = map[string]any{
			"connections": byKind, "clientsConnections": byClient, "clients": names,
			"defaultDirectory": s.Settings().DefaultDirectory,
		}
		return nil
	})
	return script("Auth0.setTenant", config)
}

func asConnections(v any) []map[string]any { list, _ := v.([]map[string]any); return list }

func withStrategy(st strategyConfig) []map[string]any {
	var list []map[string]any
	for _, c := range st.Connections {
		encoded, _ := json.Marshal(c) // strings, booleans and decoded JSON always encode
		m := map[string]any{}
		_ = json.Unmarshal(encoded, &m)
		m["strategy"] = st.Name
		list = append(list, m)
	}
	return list
}

// kind is what Lock calls a strategy's family.
//
// Observed: Lock, connection/… (its lists of strategies).
func kind(strategy string) string {
	switch strategy {
	case tenant.StrategyAuth0:
		return "database"
	case tenant.StrategyEmail, tenant.StrategySMS:
		return "passwordless"
	case "ad", "adfs", "auth0-adldap", "custom", "google-apps", "ip", "mscrm", "office365", "okta", "oidc", "pingfederate", "samlp", "sharepoint", "waad":
		return "enterprise"
	}
	return "social"
}

var languagePattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*)\.js$`) })

// languageScript serves /js/lock/{version}/{language}.js with an empty
// dictionary, for which Lock falls back on the English it has built in.
//
// Observed: Lock, i18n.
func languageScript(r *http.Request) (*wire.Response, error) {
	m := languagePattern().FindStringSubmatch(wire.PathVar(r, "name"))
	if m == nil {
		return nil, tenant.NotFound()
	}
	return script("Auth0.registerLanguageDictionary", m[1], map[string]any{})
}

// relayPage is what a popup's opener loads beside it; only very old browsers
// need it to do anything, and it must merely share the tenant's origin.
//
// Observed: WinChan.
func relayPage(*http.Request) (*wire.Response, error) {
	return wire.HTML(http.StatusOK, []byte("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Relay</title></head><body></body></html>")).
		With("Content-Security-Policy", "default-src 'none'"), nil
}

// geoloc says which country the caller is in, for the dialling code of a phone
// number. On loopback nobody is anywhere.
//
// Observed: Lock, passwordless SMS.
func geoloc(r *http.Request) (*wire.Response, error) {
	return wire.JSON(http.StatusOK, struct {
		IP      string `json:"ip"`
		Code    string `json:"country_code"`
		Code3   string `json:"country_code3"`
		Country string `json:"country_name"`
	}{wire.From(r).IP, "US", "USA", "United States"})
}
