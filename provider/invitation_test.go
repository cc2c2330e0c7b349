package provider_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

const loginRoute = "https://shop.example/login?tab=team"

// inviting gives the single-page app a page that begins logins.
func inviting(c *provider.Config) { client(c, "shopWeb").InitiateLoginURI = loginRoute }

// invite invites somebody to Shop Europe, as a manager unless the request says
// otherwise.
func (w *world) invite(email string, changes ...func(*provider.InvitationRequest)) *provider.Invitation {
	w.t.Helper()
	r := provider.InvitationRequest{Organization: "eu", Client: "Shop Web", Inviter: tenant.Inviter{Name: "Ada"}, Invitee: tenant.Invitee{Email: email}, Roles: []string{"manager"}}
	for _, change := range changes {
		change(&r)
	}
	v, err := w.control.Invite(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// invited is what the app sends to /authorize once the link has led there.
func invited(v *provider.Invitation, changes ...string) []string {
	return webRequest(append([]string{"invitation", v.TicketID, "organization", v.OrganizationID}, changes...)...)
}

func (w *world) wantMember(userID string, roles ...string) *tenant.User {
	w.t.Helper()
	u := userOf(w.control.Snapshot(), userID)
	member := u.Member("org_eu")
	if member == nil {
		w.t.Fatalf("%s is not a member of eu", userID)
	}
	var names []string
	for _, id := range member.Roles {
		for _, r := range w.control.Snapshot().Roles {
			if r.ID == id {
				names = append(names, r.Name)
			}
		}
	}
	if !slices.Equal(names, roles) {
		w.t.Errorf("%s has roles %q in eu, want %q", userID, names, roles)
	}
	return u
}

func (w *world) wantNoMember(userID string) {
	w.t.Helper()
	if userOf(w.control.Snapshot(), userID).Member("org_eu") != nil {
		w.t.Errorf("%s has become a member of eu", userID)
	}
}

const (
	inviteUnknown  = "invitation not found or already used"
	inviteNotYours = "the specified account is not allowed to accept the current invitation"
)

func TestAnInvitationIsMailedAsALinkToTheApplication(t *testing.T) {
	t.Parallel()
	w := run(t, inviting)
	v := w.invite("New@Shop.example")
	u, err := url.Parse(v.URL)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "query", u.RawQuery, "tab=team&invitation="+v.TicketID+"&organization=org_eu&organization_name=eu")
	equal(t, "route", strings.TrimSuffix(v.URL, "&"+u.RawQuery[len("tab=team&"):]), loginRoute)
	m := w.lastMessage()
	equal(t, "kind", m.Kind, provider.MessageInvitation)
	equal(t, "to", m.To, "new@shop.example")
	equal(t, "link", m.Link, v.URL)
	if !strings.Contains(m.Text, "Ada invites you to Shop Europe.") || m.Subject != "Join Shop Europe at Shop Web" {
		t.Errorf("the mail says %q, %q", m.Subject, m.Text)
	}
	equal(t, "lifetime", v.ExpiresAt.Sub(v.CreatedAt), 7*24*time.Hour)

	w.control.ClearOutbox()
	quiet := false
	w.invite("other@shop.example", func(r *provider.InvitationRequest) { r.SendMail = &quiet })
	equal(t, "mails", len(w.control.Outbox(provider.OutboxFilter{})), 0)
}

func TestAnInvitationCanBeMadeOverHTTP(t *testing.T) {
	t.Parallel()
	w := run(t, inviting)
	b := w.browser()
	body := `{"organization":"eu","client_id":"Shop Web","invitee":{"email":"new@shop.example"},"roles":["manager"],"ttl_sec":60}`
	made := b.do("POST", "/_faux0/invitations", head("Content-Type", "application/json"), body).want(http.StatusCreated)
	id := made.text("id")
	if !strings.HasPrefix(id, "uinv_") || made.text("ticket_id") == "" || made.text("expires_at") != "2026-01-02T03:05:05Z" {
		t.Errorf("made %s", made.body)
	}
	inviter, _ := made.json()["inviter"].(map[string]any)
	equal(t, "inviter", inviter["name"], any("Shop"))
	var list []provider.Invitation
	if err := json.Unmarshal([]byte(b.get("/_faux0/invitations?organization=eu").want(200).body), &list); err != nil || len(list) != 1 || list[0].ID != id {
		t.Errorf("the list is %v, %v", list, err)
	}
	b.do("DELETE", "/_faux0/invitations/"+id, http.Header{}, "").want(http.StatusNoContent)
	b.do("DELETE", "/_faux0/invitations/"+id, http.Header{}, "").wantError(404, "inexistent_invitation", "The invitation does not exist.")
	equal(t, "list", strings.TrimSpace(b.get("/_faux0/invitations?organization=org_eu").want(200).body), "[]")
	b.authorize(webRequest("invitation", made.text("ticket_id"), "organization", "org_eu")).wantSent("invalid_request", inviteUnknown)
}

func TestAnInvitationThatCannotBeMadeSaysWhy(t *testing.T) {
	t.Parallel()
	w := run(t, inviting, withSocial)
	routeless := run(t)
	for name, c := range map[string]struct {
		w      *world
		change func(*provider.InvitationRequest)
		want   string
	}{
		"no login route": {routeless, func(*provider.InvitationRequest) {}, "A default login route is required"},
		"client refuses": {w, func(r *provider.InvitationRequest) { r.Client = "shopPortal" }, "The specified client_id does not allow organizations."},
		"no role":        {w, func(r *provider.InvitationRequest) { r.Roles = []string{"manager", "rol_x", "y"} }, "One or more of the specified roles do not exist: rol_x, y"},
		"no connection":  {w, func(r *provider.InvitationRequest) { r.Connection = "nothing" }, "The specified connection does not exist."},
		"not enabled":    {w, func(r *provider.InvitationRequest) { r.Connection = "google-oauth2" }, "The specified connection (con_social) is not enabled for the organization"},
		"too long":       {w, func(r *provider.InvitationRequest) { r.LifetimeSeconds = 2592001 }, "ttl_sec must be 0 to 2592000"},
		"no address":     {w, func(r *provider.InvitationRequest) { r.Invitee.Email = "x" }, "invitee.email must be an e-mail address"},
	} {
		r := provider.InvitationRequest{Organization: "eu", Client: "shopWeb", Inviter: tenant.Inviter{Name: "Ada"}, Invitee: tenant.Invitee{Email: "new@shop.example"}}
		c.change(&r)
		if _, err := c.w.control.Invite(r); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		equal(t, name+": mails", len(c.w.control.Outbox(provider.OutboxFilter{})), 0)
	}
}

// withSocial adds a social connection, which no organization uses yet.
func withSocial(c *provider.Config) {
	c.Snapshot.Connections = append(c.Snapshot.Connections,
		&tenant.Connection{ID: "con_social", Name: "google-oauth2", Strategy: "google-oauth2", EnabledClients: []string{"shopWeb"}, Options: map[string]any{}})
}

// byGoogle lets the organization's members log in through Google, and by
// nothing else.
func byGoogle(c *provider.Config) {
	withSocial(c)
	for _, o := range c.Snapshot.Organizations {
		o.Connections = []tenant.OrganizationConnection{{ConnectionID: "con_social"}}
	}
}

func TestSomebodyInvitedSignsUpAndIsAMember(t *testing.T) {
	t.Parallel()
	w := run(t, inviting)
	v := w.invite("new@shop.example", func(r *provider.InvitationRequest) {
		r.AppMetadata, r.UserMetadata = map[string]any{"plan": "pro"}, map[string]any{"lang": "en"}
	})
	w.control.ClearOutbox()
	b := w.browser()
	page := b.authorize(invited(v)).wantPath("/u/signup")
	body := b.get(page.RequestURI()).want(200).body
	for _, want := range []string{"You&#39;ve been invited", "Ada&#39;s invitation to join Shop Europe on Shop Web", `value="new@shop.example" required readonly`, "/u/login?state="} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	resume := b.submit(page, "email", "mallory@shop.example", "password", "Correct-Horse-9")
	token := b.tokens(resume)
	id := claims(t, token.text("id_token"))
	equal(t, "org_id", id["org_id"], any("org_eu"))
	permissions, _ := claims(t, token.text("access_token"))["permissions"].([]any)
	equal(t, "permissions", len(permissions), 2)
	sub, _ := id["sub"].(string)
	u := w.wantMember(sub, "manager")
	equal(t, "email", u.Email, "new@shop.example")
	equal(t, "email_verified", u.EmailVerified, true)
	equal(t, "app_metadata", u.AppMetadata["plan"], any("pro"))
	equal(t, "user_metadata", u.UserMetadata["lang"], any("en"))
	equal(t, "mails", len(w.control.Outbox(provider.OutboxFilter{})), 0)
	w.wantLogged("signing up",
		"ss | Shop Web | new@shop.example", "si | Shop Web | new@shop.example", "organization_member_added | Shop Web | new@shop.example",
		"s | Shop Web | new@shop.example", "seacft | Shop Web | new@shop.example")

	w.browser().authorize(invited(v)).wantSent("invalid_request", inviteUnknown)
	b.authorize(invited(v)).wantSent("invalid_request", inviteUnknown)
	if list, _ := w.control.Invitations("eu"); len(list) != 0 {
		t.Errorf("an accepted invitation is still listed: %v", list)
	}
}

func TestSomebodyInvitedLogsInWithTheAccountTheyHave(t *testing.T) {
	t.Parallel()
	w := run(t, inviting, func(c *provider.Config) { userOf(c.Snapshot, "auth0|nora").AppMetadata = map[string]any{"old": 1} })
	v := w.invite("nora@shop.example", func(r *provider.InvitationRequest) { r.AppMetadata = map[string]any{"plan": "pro"} })
	b := w.browser()
	page := b.authorize(invited(v)).wantPath("/u/signup")
	page.Path = "/u/login"
	body := b.get(page.RequestURI()).want(200).body
	if !strings.Contains(body, `value="nora@shop.example" readonly`) || !strings.Contains(body, "Log in to accept Ada&#39;s invitation") {
		t.Errorf("the login page is not of the invitation: %s", body)
	}
	errorCode(t, b.submit(page, "password", "wrong"), 400, "wrong-email-credentials")
	b.tokens(b.submit(page, "password", password))
	u := w.wantMember("auth0|nora", "manager")
	equal(t, "email_verified", u.EmailVerified, true)
	equal(t, "metadata", len(u.AppMetadata), 2)
	e := w.control.Logs(provider.LogFilter{Type: tenant.LogInvitationAccepted})[0]
	details, _ := e.Details["invitation"].(map[string]any)
	equal(t, "id", details["id"], any(v.ID))
	equal(t, "organization", e.OrganizationID, "org_eu")
}

func TestAMemberKeepsTheRolesTheyHave(t *testing.T) {
	t.Parallel()
	w := run(t, inviting)
	v := w.invite("ada@shop.example", func(r *provider.InvitationRequest) { r.Roles = []string{"clerk", "manager"} })
	b := w.browser()
	page := b.authorize(invited(v)).location()
	page.Path = "/u/login"
	b.tokens(b.submit(page, "password", password))
	w.wantMember("auth0|ada", "manager", "clerk")
	equal(t, "joined", len(w.control.Logs(provider.LogFilter{Type: tenant.LogMemberAdded})), 0)
}

func TestSomebodyElseCannotAcceptAnInvitationAndUsesItUp(t *testing.T) {
	t.Parallel()
	w := run(t, inviting)
	v := w.invite("new@shop.example")
	b := w.browser()
	page := b.authorize(invited(v)).location()
	page.Path = "/u/login"
	resume := b.submit(page, "username", "nora@shop.example", "password", password).wantPath("/authorize/resume")
	w.control.ClearLogs()
	b.get(resume.RequestURI()).wantSent("access_denied", inviteNotYours)
	w.wantNoMember("auth0|nora")
	w.wantLogged("the wrong account", "fi | Shop Web | nora@shop.example | "+inviteNotYours, "f | Shop Web | nora@shop.example | "+inviteNotYours)
	refused := w.browser().authorize(invited(v)).wantSent("invalid_request", inviteUnknown)
	if hint := refused.header.Get("Faux0-Hint"); !strings.Contains(hint, "nora@shop.example") || !strings.Contains(hint, "new@shop.example") {
		t.Errorf("the hint does not say what became of it: %q", hint)
	}
}

func TestASessionAcceptsItsOwnInvitationOnly(t *testing.T) {
	t.Parallel()
	w := run(t, inviting)
	b := w.browser()
	b.code(webRequest(), "nora@shop.example")
	own := w.invite("nora@shop.example")
	if b.authorize(invited(own)).query().Get("code") == "" {
		t.Error("the session of the invited person was not enough")
	}
	w.wantMember("auth0|nora", "manager")

	foreign := w.invite("new@shop.example")
	b.authorize(invited(foreign)).wantSent("access_denied", inviteNotYours)
	for _, u := range w.control.Snapshot().Users {
		if u.Email == "new@shop.example" {
			t.Error("the invited person has an account")
		}
	}
}

func TestAnInvitationEndsByTheTenantsClock(t *testing.T) {
	t.Parallel()
	w := run(t, inviting)
	v := w.invite("new@shop.example")
	long := w.invite("other@shop.example", func(r *provider.InvitationRequest) { r.LifetimeSeconds = 2592000 })
	b := w.browser()
	w.control.Clock().Advance(7*24*hour - time.Second)
	page := b.authorize(invited(v)).wantPath("/u/signup")
	w.control.Clock().Advance(time.Second)
	b.authorize(invited(v)).wantSent("invalid_request", inviteUnknown)
	b.submit(page, "password", password).wantSent("invalid_request", inviteUnknown)
	for _, u := range w.control.Snapshot().Users {
		if u.Email == "new@shop.example" {
			t.Error("an expired invitation made a user")
		}
	}
	w.control.Clock().Advance(22 * 24 * hour)
	b.authorize(invited(long)).wantPath("/u/signup")
	w.control.Clock().Advance(24 * hour)
	b.authorize(invited(long)).wantSent("invalid_request", inviteUnknown)
}

func TestAnInvitationThatDiesDuringTheLoginIsRefusedAtItsEnd(t *testing.T) {
	t.Parallel()
	w := run(t, inviting)
	v := w.invite("nora@shop.example")
	b := w.browser()
	page := b.authorize(invited(v)).location()
	page.Path = "/u/login"
	resume := b.submit(page, "password", password).wantPath("/authorize/resume")
	if err := w.control.Uninvite(v.ID); err != nil {
		t.Fatal(err)
	}
	b.get(resume.RequestURI()).wantSent("invalid_request", inviteUnknown)
	w.wantNoMember("auth0|nora")
}

func TestAnInvitationIsToOneOrganization(t *testing.T) {
	t.Parallel()
	w := run(t, inviting)
	v := w.invite("new@shop.example")
	w.browser().authorize(invited(v, "organization", "org_open")).wantSent("invalid_request", inviteUnknown)
	w.browser().authorize(invited(v)).wantPath("/u/signup")
}

func TestAnInvitationIsAcceptedAtAnIdentityProvider(t *testing.T) {
	t.Parallel()
	w := run(t, inviting, byGoogle)
	v := w.invite("new@gmail.example")
	b := w.browser()
	page := b.authorize(invited(v)).wantPath("/u/invitation")
	if body := b.get(page.RequestURI()).want(200).body; !strings.Contains(body, "Ada has invited you (new@gmail.example) to join Shop Europe on Shop Web.") {
		t.Errorf("the page does not say what it is: %s", body)
	}
	provider := b.submit(page).wantPath("/u/pretend/google-oauth2")
	b.tokens(b.submit(provider, "email", "new@gmail.example"))

	other := w.invite("other@gmail.example")
	b = w.browser()
	provider = b.submit(b.authorize(invited(other)).location()).wantPath("/u/pretend/google-oauth2")
	resume := b.submit(provider, "email", "mallory@gmail.example").wantPath("/authorize/resume")
	b.get(resume.RequestURI()).wantSent("access_denied", inviteNotYours)
}

func TestAnInvitationMayNameItsConnection(t *testing.T) {
	t.Parallel()
	w := run(t, inviting, withSocial, func(c *provider.Config) {
		for _, o := range c.Snapshot.Organizations {
			o.Connections = append(o.Connections, tenant.OrganizationConnection{ConnectionID: "con_social"})
		}
	})
	google := func(r *provider.InvitationRequest) { r.Connection = "google-oauth2" }
	either := w.invite("nora@shop.example")
	w.browser().authorize(invited(either)).wantPath("/u/signup")
	b := w.browser()
	b.code(webRequest(), "nora@shop.example")
	v := w.invite("nora@shop.example", google)
	b.authorize(invited(v)).wantPath("/u/invitation") // the session is of the database
	b = w.browser()
	upstream := b.submit(b.authorize(invited(v, "connection", database)).wantPath("/u/invitation")).wantPath("/u/pretend/google-oauth2")
	b.tokens(b.submit(upstream, "email", "nora@shop.example"))
	w.wantNoMember("auth0|nora")
}

func TestAnInvitedPersonMaySignUpAtAProvider(t *testing.T) {
	t.Parallel()
	w := run(t, inviting, withSocial, func(c *provider.Config) {
		for _, o := range c.Snapshot.Organizations {
			o.Connections = append(o.Connections, tenant.OrganizationConnection{ConnectionID: "con_social"})
		}
	})
	v := w.invite("new@gmail.example")
	b := w.browser()
	page := b.authorize(invited(v)).wantPath("/u/signup")
	if body := b.get(page.RequestURI()).want(200).body; !strings.Contains(body, "Continue with Google") {
		t.Errorf("the page has no button for the provider: %s", body)
	}
	google := b.submit(page, "connection", "google-oauth2").wantPath("/u/pretend/google-oauth2")
	b.tokens(b.submit(google, "email", "new@gmail.example"))
}

func TestSignupsAreOpenToTheInvitedWhereEitherSideAllowsThem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		disabled, enabled bool
		path              string
	}{
		"both closed":              {true, false, "/u/login"},
		"the organization is open": {true, true, "/u/signup"},
		"the database is open":     {false, false, "/u/signup"},
	} {
		w := run(t, inviting, databaseOption("disable_signup", c.disabled), func(config *provider.Config) {
			for _, o := range config.Snapshot.Organizations {
				o.Connections[0].IsSignupEnabled = c.enabled
			}
		})
		if got := w.browser().authorize(invited(w.invite("new@shop.example"))).location().Path; got != c.path {
			t.Errorf("%s: sent to %s, want %s", name, got, c.path)
		}
	}
}

func TestAnInvitationWaitsForTheSecondFactor(t *testing.T) {
	t.Parallel()
	w := run(t, inviting, factors(tenant.FactorOTP), always)
	w.enroll("auth0|nora", provider.MethodTOTP, "")
	v := w.invite("nora@shop.example")
	b := w.browser()
	page := b.authorize(invited(v)).location()
	page.Path = "/u/login"
	resume := b.submit(page, "password", password).wantPath("/authorize/resume")
	toFactor := b.get(resume.RequestURI())
	b.showFactor(toFactor, otpPage, "000000").want(400)
	w.wantNoMember("auth0|nora")
	wantCode(t, b.showFactor(toFactor, otpPage, w.otp("auth0|nora")))
	w.wantMember("auth0|nora", "manager")
}

func TestSomebodyElseIsRefusedBeforeTheSecondFactor(t *testing.T) {
	t.Parallel()
	w := run(t, inviting, factors(tenant.FactorOTP), always)
	w.enroll("auth0|nora", provider.MethodTOTP, "")
	b := w.browser()
	page := b.authorize(invited(w.invite("new@shop.example"))).location()
	page.Path = "/u/login"
	resume := b.submit(page, "username", "nora@shop.example", "password", password).wantPath("/authorize/resume")
	b.get(resume.RequestURI()).wantSent("access_denied", inviteNotYours)
}

func TestAnInvitationIsAcceptedBeforeTheQuestionForConsent(t *testing.T) {
	t.Parallel()
	w := run(t, inviting)
	b := w.browser()
	b.code(webRequest(), "nora@shop.example")
	v := w.invite("nora@shop.example")
	question := b.authorize(invited(v, "prompt", "consent", "scope", "openid read:orders write:orders"))
	w.wantMember("auth0|nora", "manager")
	code := wantCode(t, b.reply(question, "accept"))
	equal(t, "scope", w.token(redeemWeb(code)...).want(200).text("scope"), "openid read:orders write:orders")
	equal(t, "accepted", len(w.control.Logs(provider.LogFilter{Type: tenant.LogInvitationAccepted})), 1)
}

func TestAnInvitationIsAcceptedIdentifierFirst(t *testing.T) {
	t.Parallel()
	w := run(t, inviting, func(c *provider.Config) { c.Snapshot.Prompts.IdentifierFirst = true })
	b := w.browser()
	page := b.authorize(invited(w.invite("new@shop.example"))).wantPath("/u/signup/identifier")
	if body := b.get(page.RequestURI()).want(200).body; !strings.Contains(body, `value="new@shop.example" required readonly`) {
		t.Errorf("the address may be changed: %s", body)
	}
	second := b.submit(page, "email", "mallory@shop.example").wantPath("/u/signup/password")
	b.tokens(b.submit(second, "password", password))

	b = w.browser()
	page = b.authorize(invited(w.invite("nora@shop.example"))).location()
	page.Path = "/u/login/identifier"
	second = b.submit(page, "username", "nora@shop.example").wantPath("/u/login/password")
	if body := b.get(second.RequestURI()).want(200).body; strings.Contains(body, "edit-username") {
		t.Errorf("the address may be edited: %s", body)
	}
	b.tokens(b.submit(second, "password", password))
}

func TestAnInvitedPersonTypesNoCodeForTheirAddress(t *testing.T) {
	t.Parallel()
	byCode := map[string]any{"verification_method": "otp", "identifier": map[string]any{"active": true}, "signup": map[string]any{"status": "required", "verification": map[string]any{"active": true}}}
	w := run(t, inviting, databaseOption("attributes", map[string]any{"email": byCode}))
	b := w.browser()
	b.tokens(b.submit(b.authorize(invited(w.invite("new@shop.example"))).wantPath("/u/signup"), "password", password))
	equal(t, "mails", len(w.control.Outbox(provider.OutboxFilter{Kind: provider.MessageVerifyByCode})), 0)
}

func TestNobodyAcceptsAnInvitationByACode(t *testing.T) {
	t.Parallel()
	w := run(t, inviting, passwordless, func(c *provider.Config) {
		c.Snapshot.Prompts.IdentifierFirst = true
		for _, o := range c.Snapshot.Organizations {
			o.Connections = []tenant.OrganizationConnection{{ConnectionID: connection(c, "email").ID}}
		}
	})
	w.browser().authorize(webRequest("organization", "org_eu")).wantPath("/u/login/identifier")
	w.browser().authorize(invited(w.invite("new@shop.example"))).wantSent("invalid_request", "no connections enabled for the organization")
}

func TestAnInvitationCanBePushed(t *testing.T) {
	t.Parallel()
	w := run(t, inviting, func(c *provider.Config) { c.Snapshot.Settings.PAR = true })
	v := w.invite("nora@shop.example")
	pushed := w.browser().post("/oauth/par", invited(v)...).want(http.StatusCreated)
	b := w.browser()
	page := b.authorize([]string{"client_id", "shopWeb", "request_uri", pushed.text("request_uri")}).wantPath("/u/signup")
	page.Path = "/u/login"
	b.tokens(b.submit(page, "password", password))
	w.wantMember("auth0|nora", "manager")
	w.browser().post("/oauth/par", invited(v)...).wantError(400, "invalid_request", inviteUnknown)
}

func TestAnInvitationIsAcceptedOnceOfManyTries(t *testing.T) {
	t.Parallel()
	w := run(t, inviting)
	b := w.browser()
	b.code(webRequest(), "nora@shop.example")
	v := w.invite("nora@shop.example")
	codes := make(chan string, 8)
	for range cap(codes) {
		go func() { codes <- b.authorize(invited(v)).query().Get("code") }()
	}
	accepted := 0
	for range cap(codes) {
		if <-codes != "" {
			accepted++
		}
	}
	equal(t, "accepted", accepted, 1)
	equal(t, "events", len(w.control.Logs(provider.LogFilter{Type: tenant.LogInvitationAccepted})), 1)
}
