package provider_test

import (
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
)

// TestASnapshotKeepsWhatWasOfferedAndAgreedTo: invitations and consents are the
// tenant's, whichever process serves it.
func TestASnapshotKeepsWhatWasOfferedAndAgreedTo(t *testing.T) {
	t.Parallel()
	for _, accept := range []string{"application/yaml", "application/json"} {
		t.Run(accept, func(t *testing.T) {
			t.Parallel()
			from := run(t, inviting, thirdParty)
			open, gone := from.invite("nora@shop.example"), from.invite("bob@shop.example")
			if err := from.control.Uninvite(gone.ID); err != nil {
				t.Fatal(err)
			}
			agreed := webRequest("scope", "openid read:orders", "organization", "org_eu")
			ada := from.browser()
			wantCode(t, ada.reply(ada.login(agreed, "ada@shop.example"), "accept"))

			out := from.browser().do("GET", "/_faux0/snapshot", head("Accept", accept), "").want(200)
			to := run(t)
			to.browser().do("PUT", "/_faux0/snapshot", head("Content-Type", accept), out.body).want(200)
			equal(t, "the snapshot of the snapshot", to.browser().do("GET", "/_faux0/snapshot", head("Accept", accept), "").want(200).body, out.body)

			wantCode(t, to.browser().login(agreed, "ada@shop.example"))
			to.browser().login(with(agreed, "organization", ""), "ada@shop.example").wantPath(pageConsent)
			b := to.browser()
			page := b.authorize(invited(open)).wantPath("/u/signup")
			page.Path = "/u/login"
			b.reply(b.get(b.submit(page, "password", password).wantPath("/authorize/resume").RequestURI()), "accept")
			to.wantMember("auth0|nora", "manager")
			to.browser().authorize(invited(gone)).wantSent("invalid_request", inviteUnknown)

			to.browser().do("POST", "/_faux0/reset", nil, "").want(204)
			to.wantNoMember("auth0|nora")
			to.browser().authorize(invited(open)).wantPath("/u/signup")
		})
	}
}

// TestAFixtureMayInvite: an invitation of a fixture needs to say no more than
// who invites whom where.
func TestAFixtureMayInvite(t *testing.T) {
	t.Parallel()
	made := make([]*provider.Invitation, 2)
	for i := range made {
		w := run(t, inviting, func(c *provider.Config) {
			v := &provider.Invitation{ClientID: "shopWeb"}
			v.Inviter.Name, v.Invitee.Email = "Ada", "nora@shop.example"
			c.Snapshot.Organizations[0].Invitations = append(c.Snapshot.Organizations[0].Invitations, v)
		})
		list, err := w.control.Invitations("eu")
		if err != nil || len(list) != 1 {
			t.Fatalf("invitations: %v, %v", list, err)
		}
		made[i] = list[0]
		w.browser().authorize(invited(made[i])).wantPath("/u/signup")
	}
	equal(t, "the ticket at the next start", made[1].TicketID, made[0].TicketID)
	equal(t, "its lifetime", made[0].ExpiresAt.Sub(made[0].CreatedAt), 7*24*hour)
	if link := made[0].URL; !strings.HasPrefix(link, loginRoute+"&") || !strings.Contains(link, "organization=org_eu") {
		t.Errorf("the link is %s", link)
	}
}
