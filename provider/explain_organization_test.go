package provider_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// Whatever refuses a login to an organization is explained when its error is
// pasted, with what this tenant has.
func TestRefusalsOfOrganizationsAreExplained(t *testing.T) {
	t.Parallel()
	w := run(t, inviting)
	sent := func(b *browser, pairs []string) string {
		t.Helper()
		a := b.authorize(pairs)
		if a.query().Get("error") == "" {
			t.Fatalf("the login was not refused: %s", a.header.Get("Location"))
		}
		return a.header.Get("Location")
	}
	nora := w.browser()
	nora.code(webRequest(), "nora@shop.example")
	wantExplained(t, w.explained(sent(nora, webRequest("organization", "org_eu"))),
		`"nora@shop.example" logged in to organization "eu" without being a member of it`, "invite them", `✘ The last request of application "Shop Web" was refused`)
	wantExplained(t, w.explained(sent(nora, webRequest("organization", "org_ue"))), `No organization has the id or name "org_ue"`, `Did you mean "org_eu"?`)
	wantExplained(t, w.explained(sent(nora, webRequest("organization", "eu"))), "by its name, and this tenant takes ids only")
	wantExplained(t, w.explained(sent(nora, portalRequest("organization", "org_eu"))), `organization_usage is "deny"`)
	v := w.invite("new@shop.example")
	wantExplained(t, w.explained(sent(nora, invited(v))), "Somebody else than the invited person was logged in", "nora@shop.example (auth0|nora) is logged in")
	wantExplained(t, w.explained(sent(nora, invited(v))), "The invitation was accepted, deleted or tried by somebody else", "tried to accept it, and it was for new@shop.example")

	plain := w.browser().do("POST", "/_faux0/explain", http.Header{"Accept": {"text/plain"}, "Content-Type": {"application/json"}},
		`{"token":"access_denied: user auth0|nora is not part of the org_eu organization"}`).want(200)
	wantExplained(t, plain.body, `without being a member of it`)
}

func TestRolesOfTheOtherSideOfAnOrganizationAreExplained(t *testing.T) {
	t.Parallel()
	w := run(t)
	w.edit("auth0|ada", func(u *tenant.User) { u.Join("org_open", nil) })
	for organization, want := range map[string][2]string{
		"":         {`As a member of organization "eu", ada@shop.example has write:orders too; that counts in logins to it only.`, "organization=org_eu"},
		"org_open": {`Outside of organization "open", ada@shop.example has read:orders too`, "log in without an organization"},
	} {
		made, err := w.control.Token(provider.TokenRequest{Client: "shopWeb", User: "auth0|ada", Audience: orders, Organization: organization})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(made.Reasons, func(r provider.Reason) bool {
			return strings.Contains(r.Sentence, want[0]) && strings.Contains(r.Fix, want[1])
		}) {
			t.Errorf("in %q the reasons are %v", organization, made.Reasons)
		}
	}
}
