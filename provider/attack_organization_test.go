package provider_test

import (
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// Whoever must name an organization first gets nowhere by typing the address of
// a later page.
func TestNoPageSkipsTheOrganization(t *testing.T) {
	t.Parallel()
	w := run(t, requiring("pre_login_prompt"), google, crossOriginly)
	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/u/organization")
	login := *page
	login.Path = "/u/login"
	resume := b.submit(&login, "username", adaMail, "password", password).wantPath("/authorize/resume")
	again := b.get(resume.RequestURI()).wantPath("/u/organization")
	resume = b.submit(again, "organizationName", "eu").wantPath("/authorize/resume")
	equal(t, "org_id", orgOf(t, w, b.get(resume.RequestURI())), any("org_eu"))

	b = w.browser()
	page = b.authorize(webRequest()).wantPath("/u/organization")
	page.Path = "/u/pretend/google-oauth2"
	resume = b.submit(page, "email", "eve@gmail.example").wantPath("/authorize/resume")
	b.get(resume.RequestURI()).wantPath("/u/organization")

	b = w.browser()
	b.authorize(webRequest("login_ticket", w.loginTicket())).wantPath("/u/organization")
	b.authorize(webRequest("login_ticket", w.loginTicket(), "prompt", "none")).wantSent("interaction_required", "Interaction required")
}

// crossOriginly lets the app log people in on its own page.
func crossOriginly(c *provider.Config) { client(c, "shopWeb").CrossOriginAuthentication = true }

// loginTicket is what the app gets for Ada's password.
func (w *world) loginTicket() string {
	w.t.Helper()
	return w.browser().postJSON("/co/authenticate", map[string]string{
		"client_id": "shopWeb", "credential_type": "password", "username": adaMail, "password": password,
	}).want(200).text("login_ticket")
}

// The page that asks for an organization is for logins that need one: nobody
// brings one to an application that takes none.
func TestNobodyEntersAnOrganizationThatIsNotAskedFor(t *testing.T) {
	t.Parallel()
	w := run(t)
	b := w.browser()
	login := b.authorize(portalRequest()).wantPath("/u/login")
	page := *login
	page.Path = "/u/organization"
	b.get(page.RequestURI()).wantPath("/u/login")
	b.submit(&page, "organizationName", "eu").wantPath("/u/login")
	b.submit(&page, "organizationSkipped", "true").wantPath("/u/login")
	code := b.get(b.submit(login, "username", adaMail, "password", password).wantPath("/authorize/resume").RequestURI()).query().Get("code")
	equal(t, "org_id", claims(t, w.token(redeemPortal(code)...).want(200).text("id_token"))["org_id"], nil)
}

// An organization is entered by its own connections, whichever door one comes
// by.
func TestNoDoorLeadsAroundTheConnectionsOfAnOrganization(t *testing.T) {
	t.Parallel()
	const refusal = "the connection is not enabled for the organization"
	w := run(t, byGoogle, passwordless, memberOf(ada, "org_eu"))
	w.browser().authorize(webRequest("organization", "org_eu", "login_ticket", w.loginTicket())).wantSent("invalid_request", refusal)
	w.browser().get("/passwordless/verify_redirect?"+form("scope", "openid", "response_type", "code", "redirect_uri", callback, "state", "s1", "organization", "org_eu",
		"verification_code", w.codeTo(), "connection", "email", "client_id", "shopWeb", "email", "eve@shop.example")).wantSent("invalid_request", refusal)
}

// Who has gone back from a provider to the password has not come by the
// provider: its organization makes no members of them.
func TestWhoLogsInTwiceCameByTheLastConnection(t *testing.T) {
	t.Parallel()
	w := run(t, withSocial, organizations(func(o *tenant.Organization) {
		if o.ID == "org_eu" {
			o.Connections = append(o.Connections, tenant.OrganizationConnection{ConnectionID: "con_social", AssignMembershipOnLogin: true})
		}
	}))
	b := w.browser()
	login := b.authorize(webRequest("organization", "org_eu")).wantPath("/u/login")
	google := *login
	google.Path = "/u/pretend/google-oauth2"
	b.submit(&google, "email", "eve@gmail.example").wantPath("/authorize/resume")
	resume := b.submit(login, "username", noraMail, "password", password).wantPath("/authorize/resume")
	b.get(resume.RequestURI()).wantSent("access_denied", "user auth0|nora is not part of the org_eu organization")
}
