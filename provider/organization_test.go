package provider_test

import (
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// requiring makes the single-page app require an organization and ask for it.
func requiring(behavior string) change {
	return func(c *provider.Config) {
		app := client(c, "shopWeb")
		app.OrganizationUsage, app.OrganizationRequireBehavior = "require", behavior
		c.Snapshot.Organizations = append(c.Snapshot.Organizations, &tenant.Organization{
			ID: "org_us", Name: "shop-us", DisplayName: "Shop America", Branding: &tenant.Branding{Colors: tenant.BrandingColors{Primary: "#aa0000"}},
			Connections: []tenant.OrganizationConnection{{ConnectionID: connection(c, database).ID}},
		})
	}
}

// memberOf makes a user a member of the organizations.
func memberOf(userID string, ids ...string) change {
	return func(c *provider.Config) {
		for _, u := range c.Snapshot.Users {
			if u.UserID == userID {
				u.Organizations = nil
				for _, id := range ids {
					u.Organizations = append(u.Organizations, tenant.Membership{OrganizationID: id})
				}
			}
		}
	}
}

func orgOf(t *testing.T, w *world, a *answer) any {
	t.Helper()
	code := a.query().Get("code")
	return claims(t, w.token(redeemWeb(code)...).want(200).text("id_token"))["org_id"]
}

func TestTheOrganizationIsAskedForBeforeTheLogin(t *testing.T) {
	t.Parallel()
	w := run(t, requiring("pre_login_prompt"), memberOf("auth0|ada", "org_us"))
	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/u/organization")
	b.get(page.RequestURI()).want(200)
	errorCode(t, b.submit(page, "organizationName", " "), 400, "no-organization-name")
	errorCode(t, b.submit(page, "organizationName", "nobody"), 400, "invalid-organization")
	login := b.submit(page, "organizationName", "Shop-US").wantPath("/u/login")
	if body := b.get(login.RequestURI()).want(200).body; !strings.Contains(body, "Shop America") || !strings.Contains(body, "#aa0000") {
		t.Errorf("the login page is not the organization's: %s", body)
	}
	resume := b.submit(login, "username", "ada@shop.example", "password", password).wantPath("/authorize/resume")
	equal(t, "org_id", orgOf(t, w, b.get(resume.RequestURI())), any("org_us"))

	// With a session the name is all that is asked.
	again := b.authorize(webRequest()).wantPath("/u/organization")
	resume = b.submit(again, "organizationName", "shop-us").wantPath("/authorize/resume")
	equal(t, "org_id", orgOf(t, w, b.get(resume.RequestURI())), any("org_us"))
	b.authorize(webRequest("prompt", "none")).wantSent("interaction_required", "Interaction required")
	equal(t, "org_id in silence", orgOf(t, w, b.authorize(webRequest("prompt", "none", "organization", "org_us"))), any("org_us"))
}

func TestTheOrganizationIsPickedAfterTheLogin(t *testing.T) {
	t.Parallel()
	w := run(t, requiring("post_login_prompt"), memberOf("auth0|ada", "org_eu", "org_us"))
	b := w.browser()
	page := b.login(webRequest(), "ada@shop.example").wantPath("/u/organization/picker")
	body := b.get(page.RequestURI()).want(200).body
	for _, want := range []string{"Shop America", `value="org_eu"`, `value="org_us"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	b.submit(page, "organization", "org_nobody").want(400)
	w.browser().submit(page, "organization", "org_us").want(400) // another browser
	resume := b.submit(page, "organization", "org_us").wantPath("/authorize/resume")
	equal(t, "org_id", orgOf(t, w, b.get(resume.RequestURI())), any("org_us"))
	b.authorize(webRequest("prompt", "none")).wantSent("interaction_required", "Interaction required")
	b.authorize(webRequest()).wantPath("/u/organization/picker")
}

func TestAnOnlyOrganizationIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	w := run(t, requiring("post_login_prompt"), memberOf("auth0|ada", "org_us"))
	equal(t, "org_id", orgOf(t, w, w.browser().login(webRequest(), "ada@shop.example")), any("org_us"))
}

func TestNobodyLogsInWithoutAnOrganizationWhereOneIsRequired(t *testing.T) {
	t.Parallel()
	w := run(t, requiring("post_login_prompt"), memberOf("auth0|ada"), organizations(func(o *tenant.Organization) { o.Connections = nil }))
	w.browser().login(webRequest(), "ada@shop.example").
		wantSent("access_denied", "user auth0|ada is not part of any organization")
}

func TestAPickerOffersOnlyTheOrganizationsOfTheConnection(t *testing.T) {
	t.Parallel()
	w := run(t, requiring("post_login_prompt"), memberOf("auth0|ada", "org_eu", "org_us"), func(c *provider.Config) {
		for _, o := range c.Snapshot.Organizations {
			if o.ID == "org_us" {
				o.Connections = []tenant.OrganizationConnection{{ConnectionID: "con_elsewhere"}}
			}
		}
	})
	equal(t, "org_id", orgOf(t, w, w.browser().login(webRequest(), "ada@shop.example")), any("org_eu"))
}
