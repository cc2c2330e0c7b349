package provider_test

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// members are what was sent, form or JSON; lists and objects are left out.
func (r *recording) members() map[string]string {
	m := map[string]string{}
	for name, v := range r.Request.Form {
		m[name] = v
	}
	for name, v := range r.Request.Body {
		if text, ok := v.(string); ok {
			m[name] = text
		}
	}
	if id, ok := strings.CutPrefix(r.Path, "/samlp/metadata/"); ok {
		m["client_id"] = id
	}
	return m
}

// everyGrant is what the recorded clients may use.
var everyGrant = []string{
	"authorization_code", "refresh_token", "client_credentials", "implicit", "password", tenant.GrantPasswordlessOTP, tenant.GrantTokenExchange,
	tenant.GrantMFAOTP, tenant.GrantMFAOOB, tenant.GrantMFARecoveryCode, "urn:openid:params:grant-type:ciba",
}

// tenantOf makes the tenant hold what a request names: its client, user, APIs,
// connections and organization.
func tenantOf(r *recording, sent map[string]string) change {
	return func(c *provider.Config) {
		passwordless(c)
		if strings.Contains(r.Scenario, "MFA") {
			recordedFactors(c, sent)
		}
		c.Snapshot.Settings.PAR = true
		if name := sent["connection"]; name == "Username-Password" {
			c.Snapshot.Connections = append(c.Snapshot.Connections, &tenant.Connection{ID: "con_recorded", Name: name, Strategy: tenant.StrategyAuth0, Options: map[string]any{}})
		}
		if r.Path == "/userinfo" && r.Status == http.StatusOK {
			_, email, _ := strings.Cut(string(r.Response.Body), `"email":"`)
			userOf(c.Snapshot, "auth0|nora").Email, _, _ = strings.Cut(email, `"`)
		}
		recordedClient(c, sent)
		recordedExchange(c, sent)
		if strings.HasPrefix(r.Path, "/dbconnections/") {
			o := connection(c, database).Options
			o["passwordPolicy"] = "low"
			o["requires_username"] = sent["username"] != ""
			if sent["phone_number"] != "" {
				o["attributes"] = map[string]any{"phone_number": map[string]any{}}
			}
		} else {
			recordedUser(c, r, sent)
		}
		if audience := sent["audience"]; audience != "" && !strings.Contains(audience, "invalid") {
			scope := []tenant.Scope{{Value: "test:scope"}}
			c.Snapshot.ResourceServers = append(c.Snapshot.ResourceServers, &tenant.ResourceServer{Name: "Recorded", Identifier: audience, Scopes: scope, AllowOfflineAccess: true})
			c.Snapshot.ClientGrants = append(c.Snapshot.ClientGrants, &tenant.ClientGrant{ClientID: sent["client_id"], Audience: audience, OrganizationUsage: "allow", AllowAnyOrganization: true})
		}
		if org := sent["organization"]; org != "" {
			o := &tenant.Organization{ID: org, Name: org}
			if !strings.HasPrefix(org, "org_") {
				o.ID = "org_recorded"
				c.Snapshot.Settings.AllowOrganizationNames = true
			} else {
				o.Name = "recorded"
			}
			for _, connection := range c.Snapshot.Connections {
				o.Connections = append(o.Connections, tenant.OrganizationConnection{ConnectionID: connection.ID})
			}
			c.Snapshot.Organizations = append(c.Snapshot.Organizations, o)
		}
	}
}

func recordedClient(c *provider.Config, sent map[string]string) {
	id := sent["client_id"]
	if id == "" {
		return
	}
	app := &tenant.Client{
		ClientID: id, Name: "Recorded", ClientSecret: sent["client_secret"], AppType: "regular_web", IsFirstParty: true, OIDCConformant: true,
		GrantTypes: everyGrant, TokenEndpointAuthMethod: "client_secret_post", Callbacks: []string{"http://localhost:3000", "http://localhost:3000/callback"},
		OrganizationUsage: "allow", InitiateLoginURI: "https://recorded.example/login", RefreshToken: tenant.RefreshTokenPolicy{RotationType: "rotating"},
	}
	if sent["client_secret"] == "" {
		app.TokenEndpointAuthMethod = "none"
	}
	if sent["client_assertion"] != "" {
		key := tenant.Credential{PEM: publicPEM(&portalKey().PublicKey)}
		app.AuthenticationMethods = &tenant.AuthenticationMethods{PrivateKeyJWT: &tenant.Credentials{Credentials: []tenant.Credential{key}}}
	}
	c.Snapshot.Clients = append(c.Snapshot.Clients, app)
	for _, v := range c.Snapshot.Connections {
		v.EnabledClients = append(v.EnabledClients, id)
	}
}

// recordedExchange gives the tenant an Action that takes the subject token.
func recordedExchange(c *provider.Config, sent map[string]string) {
	typ := sent["subject_token_type"]
	if typ == "" {
		return
	}
	deciding(`api.authentication.setUserById('auth0|ada');`)(c)
	c.Snapshot.TokenExchangeProfiles[0].SubjectTokenType = typ
	client(c, sent["client_id"]).TokenExchange = &tenant.TokenExchange{AllowAnyProfileOfType: []string{tenant.ProfileCustomAuthentication}}
}

// redacted stands in recordings for what is nobody's business. A password that
// is not known is right where it was taken and wrong where it was refused.
const redacted = "[REDACTED]"

func recordedUser(c *provider.Config, r *recording, sent map[string]string) {
	if _, sub, ok := strings.Cut(sent["login_hint"], `"sub":"`); ok {
		if id := strings.TrimSuffix(sub, `"}`); !strings.Contains(id, "Random") {
			c.Snapshot.Users = append(c.Snapshot.Users, &tenant.User{UserID: id, Connection: database, Email: "recorded@shop.example"})
		}
	}
	name := strings.TrimSuffix(sent["username"], "_invalid")
	if name == "" || sent["otp"] != "" {
		return
	}
	u := &tenant.User{UserID: "auth0|recorded", Connection: database, Email: name, Password: sent["password"]}
	if !strings.Contains(name, "@") {
		u.Email, u.Username = "", name
	}
	if sent["password"] == redacted && r.Status != http.StatusOK {
		u.Password = password
	}
	c.Snapshot.Users = append(c.Snapshot.Users, u)
}

// fillIn replaces the recording's placeholders for codes and tokens by real
// ones.
func fillIn(w *world, r *recording, sent map[string]string) {
	w.t.Helper()
	if hint := sent["login_hint"]; strings.HasPrefix(r.Path, "/bc-authorize") && hint != "" {
		_, sub, _ := strings.Cut(hint, `","sub"`)
		sent["login_hint"] = `{"format":"iss_sub","iss":"` + base + `/","sub"` + sub
	}
	if strings.Contains(r.Scenario, "MFA") {
		fillInFactors(w, r, sent)
	}
	if sent["client_assertion"] != "" {
		sent["client_assertion"] = assertion(w.t, portalKey(), sent["client_id"], "recorded")
	}
	log := []string{"client_id", sent["client_id"], "response_type", "code", "redirect_uri", sent["redirect_uri"], "state", "s1"}
	if sent["code_verifier"] != "" {
		sent["code_verifier"] = verifier
		log = append(log, "code_challenge", challenge(), "code_challenge_method", "S256")
	}
	if sent["invitation"] != "" {
		v, err := w.control.Invite(provider.InvitationRequest{Organization: sent["organization"], Client: sent["client_id"], Invitee: tenant.Invitee{Email: "invited@shop.example"}})
		if err != nil {
			w.t.Fatal(err)
		}
		sent["invitation"] = v.TicketID
	}
	if sent["code"] != "" {
		sent["code"] = w.browser().code(with(log), "ada@shop.example")
	}
	if sent["otp"] != "" && strings.Contains(sent["grant_type"], "passwordless") {
		to := map[string]any{"client_id": sent["client_id"], "connection": sent["realm"], "send": "code"}
		to[map[string]string{"email": "email", "sms": "phone_number"}[sent["realm"]]] = sent["username"]
		w.browser().postJSON("/passwordless/start", to).want(200)
		sent["otp"] = w.lastMessage().Code
	}
	if sent["refresh_token"] != "" || r.Path == "/oauth/revoke" {
		log = append(with(log, "redirect_uri", "http://localhost:3000"), "scope", "openid profile email offline_access", "code_challenge", challenge(), "code_challenge_method", "S256")
		token := w.token(with([]string{
			"grant_type", "authorization_code", "client_id", sent["client_id"], "client_secret", sent["client_secret"],
			"redirect_uri", "http://localhost:3000", "code_verifier", verifier, "code", w.browser().code(log, "ada@shop.example"),
		})...).want(200).text("refresh_token")
		for _, name := range []string{"refresh_token", "token"} {
			if sent[name] != "" {
				sent[name] = token
			}
		}
	}
}

// recordedFactors enables what the recordings of multi-factor authentication
// use, and names the client of those that name none.
func recordedFactors(c *provider.Config, sent map[string]string) {
	if sent["client_id"] == "" {
		sent["client_id"], sent["client_secret"] = "test-client_id", "test-client_secret"
	}
	for _, name := range []string{tenant.FactorOTP, tenant.FactorSMS, tenant.FactorEmail, tenant.FactorPush} {
		c.Snapshot.Guardian.Factors = append(c.Snapshot.Guardian.Factors, &tenant.GuardianFactor{Name: name, Enabled: true})
	}
	c.Snapshot.Guardian.Policies.Policies = []string{tenant.PolicyAllApplications}
}

// fillInFactors brings a user as far as the recording begins: with the
// mfa_token, the authenticator and the challenge that it names.
func fillInFactors(w *world, r *recording, sent map[string]string) {
	w.t.Helper()
	waiting := func(changes ...string) string {
		return w.token(with([]string{
			"grant_type", "password", "client_id", sent["client_id"], "client_secret", sent["client_secret"],
			"username", "ada@shop.example", "password", password, "scope", "openid profile",
		}, changes...)...).want(403).text("mfa_token")
	}
	method := map[bool]string{true: provider.MethodPush, false: provider.MethodTOTP}[strings.Contains(r.Scenario, "OOB")]
	if r.Path != "/mfa/associate" {
		if _, err := w.control.Enroll(provider.Enrolment{User: "auth0|ada", Method: method}); err != nil {
			w.t.Fatal(err)
		}
	}
	own, _ := w.control.OneTimeCode("auth0|ada")
	sent["mfa_token"] = waiting()
	switch {
	case strings.HasPrefix(r.Path, "/mfa/authenticators"):
		sent["mfa_token"] = w.token("grant_type", tenant.GrantMFAOTP, "client_id", sent["client_id"], "client_secret", sent["client_secret"], "otp", own,
			"mfa_token", waiting("audience", base+"/mfa/", "scope", "read:authenticators remove:authenticators")).want(200).text("access_token")
	case sent["otp"] != "":
		sent["otp"] = own
	case sent["grant_type"] == tenant.GrantMFAOOB:
		sent["oob_code"] = w.browser().post("/mfa/challenge", "client_id", sent["client_id"], "client_secret", sent["client_secret"],
			"mfa_token", sent["mfa_token"]).want(200).text("oob_code")
		answer := map[bool]string{true: provider.AnswerApprove, false: provider.AnswerDeny}[r.Status == http.StatusOK]
		if !strings.Contains(r.Scenario, "before_authorizing") {
			if err := w.control.Answer(provider.ApprovalAnswer{User: "auth0|ada", Answer: answer}); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	list := w.browser().do("GET", "/mfa/authenticators", head("Authorization", "Bearer "+sent["mfa_token"]), "").body
	if sent["authenticator_id"] != "" || strings.HasPrefix(r.Path, "/mfa/authenticators/") {
		_, id, _ := strings.Cut(list, `"id":"`)
		id, _, _ = strings.Cut(id, `"`)
		sent["authenticator_id"] = id
		if r.Method == http.MethodDelete {
			r.Path = "/mfa/authenticators/" + url.PathEscape(id)
		}
	}
}

func replay(w *world, r *recording, sent map[string]string) *answer {
	w.t.Helper()
	switch {
	case r.Path == "/userinfo" && r.Status == http.StatusOK:
		token := mint(w.t, w, provider.TokenRequest{Client: "shopPortal", User: "auth0|nora", Issuer: base + "/"})
		return w.browser().do(r.Method, r.Path, head("Authorization", "Bearer "+token), "")
	case r.Path == "/userinfo":
		return w.browser().do(r.Method, r.Path, head("Authorization", "Bearer x"), "")
	case r.Request.Form != nil:
		var pairs []string
		for name, v := range sent {
			pairs = append(pairs, name, v)
		}
		return w.browser().post(r.Path, pairs...)
	case r.Method != http.MethodPost:
		return w.browser().do(r.Method, r.Path, head("Authorization", "Bearer "+sent["mfa_token"]), "")
	}
	body := map[string]any{}
	for name, v := range r.Request.Body {
		body[name] = v
	}
	for name, v := range sent {
		body[name] = v
	}
	b := w.browser()
	if r.Path == "/mfa/associate" {
		b.header.Set("Authorization", "Bearer "+sent["mfa_token"])
	}
	return b.postJSON(r.Path, body)
}
