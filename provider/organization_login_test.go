package provider_test

import (
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// organizations changes every organization that there is so far.
func organizations(change func(*tenant.Organization)) change {
	return func(c *provider.Config) {
		for _, o := range c.Snapshot.Organizations {
			change(o)
		}
	}
}

// discovering makes the app ask for an organization by these methods, and gives
// the organizations domains.
func discovering(methods ...string) change {
	return func(c *provider.Config) {
		requiring("pre_login_prompt")(c)
		client(c, "shopWeb").OrganizationDiscoveryMethods = methods
		off := false
		domains := map[string][]tenant.DiscoveryDomain{
			"org_eu":   {{Domain: "eu.example", Status: "verified"}, {Domain: "both.example", Status: "verified"}, {Domain: "pending.example", Status: "pending"}},
			"org_us":   {{Domain: "us.example", Status: "verified", UseForDiscovery: &off}, {Domain: "both.example", Status: "verified"}},
			"org_open": {{Domain: "new.example"}},
		}
		for _, o := range c.Snapshot.Organizations {
			o.DiscoveryDomains = domains[o.ID]
		}
	}
}

func TestAnAddressLeadsToItsOrganization(t *testing.T) {
	t.Parallel()
	w := run(t, discovering("email"), func(c *provider.Config) { userOf(c.Snapshot, "auth0|ada").Email = "ada@eu.example" })
	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/u/organization")
	if body := b.get(page.RequestURI()).want(200).body; !strings.Contains(body, "Email address") || strings.Contains(body, "Organization name") {
		t.Errorf("the page asks for something else than an address: %s", body)
	}
	for typed, code := range map[string]string{
		" ": "no-email", "eu": "invalid-email", "ada@": "invalid-email", "ada@nowhere.example": "unknown-email-domain",
		"ada@pending.example": "unknown-email-domain", "ada@us.example": "unknown-email-domain", "ada@new.example": "unknown-email-domain",
	} {
		errorCode(t, b.submit(page, "organizationName", typed), 400, code)
	}
	if hint := b.submit(page, "organizationName", "ada@pending.example").header.Get("Faux0-Hint"); !strings.Contains(hint, "not verified") {
		t.Errorf("the hint about a pending domain is %q", hint)
	}
	login := b.submit(page, "organizationName", "ada@EU.example").wantPath("/u/login")
	if body := b.get(login.RequestURI()).want(200).body; !strings.Contains(body, "Shop Europe") || !strings.Contains(body, `value="ada@EU.example"`) {
		t.Errorf("the login page is not the organization's, for the address: %s", body)
	}
	resume := b.submit(login, "username", "ada@eu.example", "password", password).wantPath("/authorize/resume")
	equal(t, "org_id", orgOf(t, w, b.get(resume.RequestURI())), any("org_eu"))
}

func TestAnAddressThatLeadsToSeveralIsAskedAbout(t *testing.T) {
	t.Parallel()
	w := run(t, discovering("email"))
	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/u/organization")
	picker := b.submit(page, "organizationName", "ada@both.example").wantPath("/u/organization/picker")
	body := b.get(picker.RequestURI()).want(200).body
	if !strings.Contains(body, "Shop America") || !strings.Contains(body, "Shop Europe") || strings.Contains(body, "org_open") {
		t.Errorf("the picker has %s", body)
	}
	b.submit(picker, "organization", "org_open").want(400)
	w.browser().submit(picker, "organization", "org_eu").want(400) // another browser
	login := b.submit(picker, "organization", "org_eu").wantPath("/u/login")
	resume := b.submit(login, "username", "ada@shop.example", "password", password).wantPath("/authorize/resume")
	equal(t, "org_id", orgOf(t, w, b.get(resume.RequestURI())), any("org_eu"))
}

func TestAnOrganizationIsFoundByNameOrAddress(t *testing.T) {
	t.Parallel()
	w := run(t, discovering("email", "organization_name"))
	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/u/organization")
	errorCode(t, b.submit(page, "organizationName", ""), 400, "no-organization")
	errorCode(t, b.submit(page, "organizationName", "nobody"), 400, "invalid-organization")
	b.submit(page, "organizationName", "ada@eu.example").wantPath("/u/login")
	page = b.authorize(webRequest()).wantPath("/u/organization")
	b.submit(page, "organizationName", "eu").wantPath("/u/login")

	byName := run(t, discovering()).browser()
	page = byName.authorize(webRequest()).wantPath("/u/organization")
	errorCode(t, byName.submit(page, "organizationName", "ada@eu.example"), 400, "invalid-organization")
}

func TestTheEnterpriseConnectionOfTheOrganizationTakesTheAddress(t *testing.T) {
	t.Parallel()
	w := run(t, discovering("email"), func(c *provider.Config) {
		c.Snapshot.Connections = append(c.Snapshot.Connections, &tenant.Connection{
			ID: "con_corp", Name: "corp", Strategy: "oidc", EnabledClients: []string{"shopWeb"}, Options: map[string]any{"domain_aliases": []any{"eu.example"}},
		})
	}, organizations(func(o *tenant.Organization) {
		o.Connections = append(o.Connections, tenant.OrganizationConnection{ConnectionID: "con_corp", AssignMembershipOnLogin: true})
	}))
	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/u/organization")
	upstream := b.submit(page, "organizationName", "zoe@eu.example").wantPath("/u/pretend/corp")
	resume := b.submit(upstream, "email", "zoe@eu.example").wantPath("/authorize/resume")
	w.control.ClearLogs()
	equal(t, "org_id", orgOf(t, w, b.get(resume.RequestURI())), any("org_eu"))
	e := w.control.Logs(provider.LogFilter{Type: tenant.LogMemberAdded})
	if len(e) != 1 || e[0].Details["reason"] != "auto_membership" || e[0].OrganizationName != "eu" {
		t.Errorf("the log says of the new member: %+v", e)
	}
}

func TestAnAddressLeadsToTheEnterpriseConnectionOfAnyOrganization(t *testing.T) {
	t.Parallel()
	corp := func(c *provider.Config) {
		c.Snapshot.Connections = append(c.Snapshot.Connections, &tenant.Connection{
			ID: "con_corp", Name: "corp", Strategy: "oidc", Options: map[string]any{"domain_aliases": []any{"corp.example"}},
		})
	}
	ofUS := organizations(func(o *tenant.Organization) {
		if o.ID == "org_us" {
			o.Connections = []tenant.OrganizationConnection{{ConnectionID: "con_corp", AssignMembershipOnLogin: true}}
		}
	})
	w := run(t, corp, requiring("post_login_prompt"), ofUS)
	b := w.browser()
	login := b.authorize(webRequest()).wantPath("/u/login")
	upstream := b.submit(login, "username", "zoe@corp.example").wantPath("/u/pretend/corp")
	resume := b.submit(upstream, "email", "zoe@corp.example").wantPath("/authorize/resume")
	equal(t, "org_id", orgOf(t, w, b.get(resume.RequestURI())), any("org_us"))

	none := run(t, corp, requiring("post_login_prompt")).browser()
	login = none.authorize(webRequest()).wantPath("/u/login")
	errorCode(t, none.submit(login, "username", "zoe@corp.example", "password", "x"), 400, "wrong-email-credentials")
	login.Path = "/u/pretend/corp"
	none.get(login.RequestURI()).want(400)
	plain := run(t, corp, requiring("no_prompt"), func(c *provider.Config) { client(c, "shopWeb").OrganizationUsage = "allow" }, ofUS).browser()
	login = plain.authorize(webRequest()).wantPath("/u/login")
	errorCode(t, plain.submit(login, "username", "zoe@corp.example", "password", "x"), 400, "wrong-email-credentials")
}

// either lets people log in with or without an organization, and asks.
func either(behavior string) change {
	return func(c *provider.Config) {
		requiring(behavior)(c)
		client(c, "shopWeb").OrganizationUsage = "allow"
	}
}

func TestAPersonalAccountMayBeChosenBeforeTheLogin(t *testing.T) {
	t.Parallel()
	w := run(t, either("pre_login_prompt"))
	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/u/organization")
	if body := b.get(page.RequestURI()).want(200).body; !strings.Contains(body, "Continue with personal account") {
		t.Errorf("no personal account is offered: %s", body)
	}
	login := b.submit(page, "organizationSkipped", "true").wantPath("/u/login")
	resume := b.submit(login, "username", "ada@shop.example", "password", password).wantPath("/authorize/resume")
	equal(t, "org_id", orgOf(t, w, b.get(resume.RequestURI())), nil)
	equal(t, "org_id in silence", orgOf(t, w, b.authorize(webRequest("prompt", "none"))), nil)

	must := run(t, requiring("pre_login_prompt")).browser()
	page = must.authorize(webRequest()).wantPath("/u/organization")
	errorCode(t, must.submit(page, "organizationSkipped", "true"), 400, "no-organization-name")
}

func TestAPersonalAccountMayBeChosenAfterTheLogin(t *testing.T) {
	t.Parallel()
	w := run(t, either("post_login_prompt"), memberOf("auth0|ada", "org_eu"))
	b := w.browser()
	picker := b.login(webRequest(), "ada@shop.example").wantPath("/u/organization/picker")
	if body := b.get(picker.RequestURI()).want(200).body; !strings.Contains(body, "Choose an account") || !strings.Contains(body, "Shop Europe") {
		t.Errorf("the picker has %s", body)
	}
	resume := b.submit(picker, "organizationSkipped", "true").wantPath("/authorize/resume")
	equal(t, "org_id", orgOf(t, w, b.get(resume.RequestURI())), nil)
	picker = b.authorize(webRequest()).wantPath("/u/organization/picker")
	resume = b.submit(picker, "organization", "org_eu").wantPath("/authorize/resume")
	equal(t, "org_id", orgOf(t, w, b.get(resume.RequestURI())), any("org_eu"))
	equal(t, "org_id in silence", orgOf(t, w, b.authorize(webRequest("prompt", "none"))), nil)
	equal(t, "org_id of nobody's member", orgOf(t, w, w.browser().login(webRequest(), "nora@shop.example")), nil)

	must := run(t, requiring("post_login_prompt"), memberOf("auth0|ada", "org_eu", "org_us")).browser()
	picker = must.login(webRequest(), "ada@shop.example").wantPath("/u/organization/picker")
	must.submit(picker, "organizationSkipped", "true").want(400)
}

func TestWhoeverIsNoMemberJoinsTheOnlyOrganizationThatTakesEverybody(t *testing.T) {
	t.Parallel()
	w := run(t, requiring("post_login_prompt"))
	equal(t, "org_id", orgOf(t, w, w.browser().login(webRequest(), "nora@shop.example")), any("org_open"))

	two := run(t, requiring("post_login_prompt"), organizations(func(o *tenant.Organization) {
		if o.ID == "org_eu" {
			o.Connections[0].AssignMembershipOnLogin = true
		}
	}))
	two.browser().login(webRequest(), "nora@shop.example").wantSent("access_denied", "user auth0|nora is not part of any organization")
}

// Source: Auth0 docs, "Login flows for organizations" (default directory).
func TestWhoPicksLaterLogsInThroughTheDefaultDirectory(t *testing.T) {
	t.Parallel()
	w := run(t, requiring("post_login_prompt"), memberOf("auth0|sam", "org_staff"), func(c *provider.Config) {
		c.Snapshot.Settings.DefaultDirectory = "Staff" // which is not the app's
		c.Snapshot.Organizations = append(c.Snapshot.Organizations, &tenant.Organization{
			ID: "org_staff", Name: "staff", Connections: []tenant.OrganizationConnection{{ConnectionID: connection(c, "Staff").ID}},
		})
	})
	equal(t, "org_id", orgOf(t, w, w.browser().login(webRequest(), "sam@shop.example")), any("org_staff"))
	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/u/login")
	b.submit(page, "username", adaMail, "password", password).want(400)
	// an organization that is named brings the app's own connections back
	wantCode(t, w.browser().login(webRequest("organization", "org_open"), adaMail))
}

func TestASessionGoesFromOneOrganizationToAnother(t *testing.T) {
	t.Parallel()
	w := run(t, func(c *provider.Config) { requiring("no_prompt")(c); client(c, "shopWeb").OrganizationUsage = "allow" }, memberOf("auth0|ada", "org_eu", "org_us"))
	b := w.browser()
	equal(t, "first", orgOf(t, w, b.login(webRequest("organization", "org_eu"), "ada@shop.example")), any("org_eu"))
	equal(t, "second", orgOf(t, w, b.authorize(webRequest("organization", "org_us"))), any("org_us"))
	equal(t, "none", orgOf(t, w, b.authorize(webRequest())), nil)
	equal(t, "one that takes everybody", orgOf(t, w, b.authorize(webRequest("organization", "org_open"))), any("org_open"))
	w.edit("auth0|ada", func(u *tenant.User) { u.Organizations = u.Organizations[1:] })
	b.authorize(webRequest("organization", "org_eu")).wantSent("access_denied", "user auth0|ada is not part of the org_eu organization")
}

func TestASessionOfAConnectionThatTheOrganizationDoesNotUseIsNotEnough(t *testing.T) {
	t.Parallel()
	w := run(t, withSocial, organizations(func(o *tenant.Organization) {
		if o.ID == "org_eu" {
			o.Connections = []tenant.OrganizationConnection{{ConnectionID: "con_social"}}
		}
	}))
	b := w.browser()
	b.code(webRequest(), "ada@shop.example")
	b.authorize(webRequest("organization", "org_eu")).wantPath("/u/login")
	silent := b.authorize(webRequest("organization", "org_eu", "prompt", "none")).wantSent("login_required", "Login required")
	if hint := silent.header.Get("Faux0-Hint"); !strings.Contains(hint, "organization eu does not use") {
		t.Errorf("the hint is %q", hint)
	}
	b.authorize(webRequest("organization", "org_eu", "connection", database)).wantSent("invalid_request", "the connection is not enabled for the organization")
}

func TestAnOrganizationWithNothingToLogInByRefuses(t *testing.T) {
	t.Parallel()
	off := false
	elsewhere := run(t, organizations(func(o *tenant.Organization) {
		o.Connections = []tenant.OrganizationConnection{{ConnectionID: "con_elsewhere"}}
	}))
	elsewhere.browser().authorize(webRequest("organization", "org_eu")).wantSent("invalid_request", "no connections enabled for the organization")
	none := run(t, organizations(func(o *tenant.Organization) { o.Connections = nil })).browser().
		authorize(webRequest("organization", "org_eu")).wantSent("invalid_request", "no connections enabled for the organization")
	if hint := none.header.Get("Faux0-Hint"); !strings.Contains(hint, `organization "eu" has no connections`) {
		t.Errorf("the hint is %q", hint)
	}
	disabled := run(t, organizations(func(o *tenant.Organization) { o.Connections[0].IsEnabled = &off }))
	disabled.browser().authorize(webRequest("organization", "org_eu")).wantSent("invalid_request", "no connections enabled for the organization")

	corp := func(c *provider.Config) {
		c.Snapshot.Connections = append(c.Snapshot.Connections, &tenant.Connection{ID: "con_corp", Name: "corp", Strategy: "samlp", EnabledClients: []string{"shopWeb"}})
	}
	hidden := organizations(func(o *tenant.Organization) {
		o.Connections = []tenant.OrganizationConnection{{ConnectionID: "con_corp", ShowAsButton: &off}}
	})
	const invisible = "no connections enabled for the organization are visible"
	w := run(t, corp, hidden)
	w.browser().authorize(webRequest("organization", "org_eu")).wantSent("invalid_request", invisible)
	w.browser().authorize(webRequest("organization", "org_eu", "connection", "corp")).wantPath("/u/pretend/corp")

	b := run(t, corp, requiring("pre_login_prompt"), hidden).browser()
	page := b.authorize(webRequest()).wantPath("/u/organization")
	b.submit(page, "organizationName", "eu").wantSent("invalid_request", invisible)
}

func TestThirdPartiesAreLetIntoOrganizationsThatSaySo(t *testing.T) {
	t.Parallel()
	refuse := organizations(func(o *tenant.Organization) { o.ThirdPartyClientAccess = "block" })
	w := run(t, thirdParty, refuse)
	w.browser().authorize(webRequest("organization", "org_eu")).wantSent("invalid_request", "parameter organization is not allowed for this client")
	run(t, thirdParty).browser().authorize(webRequest("organization", "org_eu")).wantPath("/u/login")

	asked := run(t, thirdParty, requiring("pre_login_prompt"), refuse).browser()
	page := asked.authorize(webRequest()).wantPath("/u/organization")
	errorCode(t, asked.submit(page, "organizationName", "eu"), 400, "invalid-organization")
	after := run(t, thirdParty, requiring("post_login_prompt"), refuse, memberOf("auth0|ada", "org_eu"))
	after.browser().login(webRequest(), "ada@shop.example").wantSent("access_denied", "user auth0|ada is not part of any organization")
}

func TestSigningUpInAnOrganizationIsTheOrganizationsToAllow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		disabled, enabled, assigns, offered bool
	}{
		"the database's switch does not count": {true, true, true, true},
		"the organization does not say so":     {false, false, true, false},
		"new users would be no members":        {false, true, false, false},
	} {
		w := run(t, databaseOption("disable_signup", c.disabled), organizations(func(o *tenant.Organization) {
			o.Connections[0].IsSignupEnabled, o.Connections[0].AssignMembershipOnLogin = c.enabled, c.assigns
		}))
		b := w.browser()
		page := b.authorize(webRequest("organization", "org_eu", "screen_hint", "signup")).location()
		equal(t, name, page.Path == "/u/signup", c.offered)
		if c.offered {
			equal(t, name+": org_id", claims(t, b.tokens(b.submit(page, "email", "new@shop.example", "password", password)).text("id_token"))["org_id"], any("org_eu"))
		}
	}
}
