package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/faux0/faux0/fixtures"
	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// zoe is Google's user, who is also the database's ada.
func zoe(c *provider.Config) {
	c.Snapshot.Users = append(c.Snapshot.Users, &tenant.User{
		UserID: "google-oauth2|4711", Connection: "google-oauth2", Email: "zoe@mail.example", EmailVerified: true, Name: "Zoe", AppMetadata: map[string]any{"plan": "free"},
	})
}

func ids(list []tenant.Identity) string {
	s := ""
	for _, i := range list {
		s += i.FullID() + " "
	}
	return s
}

// Source: Auth0 docs, "User account linking". Observed: go-auth0,
// TestUserManager_Link, TestUserManager_Unlink.
func TestLinkedAccountLogsInAsThePrimary(t *testing.T) {
	t.Parallel()
	w := run(t, google, zoe, fixtureUsers)
	before := w.browser().login(webRequest("scope", "openid profile email"), "ada@shop.example")
	want := w.profile(before)
	list, err := w.control.Link("ada@shop.example", "google-oauth2|4711")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "identities", ids(list), "auth0|ada google-oauth2|4711 ")
	equal(t, "the account's address", list[1].ProfileData["email"], any("zoe@mail.example"))
	equal(t, "the account's name", list[1].ProfileData["name"], any("Zoe"))
	equal(t, "the primary's address", list[0].ProfileData["email"], any("ada@shop.example"))
	for _, u := range w.control.Snapshot().Users {
		if u.UserID == "google-oauth2|4711" {
			t.Error("the linked user is still there")
		}
	}
	// By address, by id and by the list, new profile or not: it is ada.
	for _, fields := range [][]string{{"email", "zoe@mail.example", "name", "Zoe Two"}, {"email", "zoe@mail.example", "sub", "4711"}, {"user_id", "google-oauth2|4711"}} {
		got := w.profile(w.browser().says("google-oauth2", fields...))
		for _, name := range []string{"sub", "email", "email_verified", "name", "nickname", "picture"} {
			if fmt.Sprint(got[name]) != fmt.Sprint(want[name]) {
				t.Errorf("by %v, %s is %v, want %v", fields, name, got[name], want[name])
			}
		}
	}
	u := userOf(w.control.Snapshot(), "auth0|ada")
	equal(t, "the account's new name", u.Identities[1].ProfileData["name"], any("Zoe Two"))
	equal(t, "logins", u.LoginsCount, 4)
	// The session is the account's, not the primary's.
	b := w.browser()
	b.says("google-oauth2", "email", "zoe@mail.example")
	if b.authorize(webRequest("connection", "google-oauth2", "prompt", "none")).query().Get("code") == "" {
		t.Error("the session does not answer for the account's connection")
	}
	// Unlinked, it is a user again, without metadata.
	list, err = w.control.Unlink("auth0|ada", "google-oauth2|4711")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "identities left", ids(list), "auth0|ada ")
	again := userOf(w.control.Snapshot(), "google-oauth2|4711")
	equal(t, "email", again.Email, "zoe@mail.example")
	equal(t, "metadata", len(again.AppMetadata), 0)
	equal(t, "sub", w.profile(w.browser().says("google-oauth2", "email", "zoe@mail.example"))["sub"], any("google-oauth2|4711"))
}

// A database account that is linked keeps its password.
func TestLinkedPasswordLogsInAsThePrimary(t *testing.T) {
	t.Parallel()
	w := run(t, google, zoe)
	if _, err := w.control.Link("google-oauth2|4711", "auth0|ada"); err != nil {
		t.Fatal(err)
	}
	sent := w.browser().login(webRequest(), "ada@shop.example")
	equal(t, "sub", w.profile(sent)["sub"], any("google-oauth2|4711"))
	res := w.token("grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "username", "ada@shop.example", "password", password, "scope", "openid").want(200)
	equal(t, "sub of the password grant", claims(t, res.text("id_token"))["sub"], any("google-oauth2|4711"))
	w.token("grant_type", "password", "client_id", "shopPortal", "client_secret", "shop-portal-secret", "username", "ada@shop.example", "password", "wrong").want(403)
	// Nobody else may sign up with it.
	w.browser().postJSON("/dbconnections/signup", map[string]string{"client_id": "shopWeb", "email": "ada@shop.example", "password": password, "connection": "Username-Password-Authentication"}).want(400)
	// Blocked is blocked, whatever account is used.
	w.edit("google-oauth2|4711", func(u *tenant.User) { u.Blocked = true })
	w.browser().login(webRequest(), "ada@shop.example").wantSent("unauthorized", "user is blocked")
	w.edit("google-oauth2|4711", func(u *tenant.User) { u.Blocked = false })
	// Who deletes the user deletes the accounts.
	w.control.DeleteUser("google-oauth2|4711")
	b := w.browser()
	page := b.authorize(webRequest()).wantPath("/u/login")
	b.post(page.RequestURI(), "username", "ada@shop.example", "password", password).want(400)
}

func TestLinksSurviveASnapshot(t *testing.T) {
	t.Parallel()
	w := run(t, google, zoe)
	if _, err := w.control.Link("google-oauth2|4711", "auth0|ada"); err != nil {
		t.Fatal(err)
	}
	data, err := fixtures.MarshalYAML(w.control.Snapshot())
	if err != nil {
		t.Fatal(err)
	}
	snapshot, _, err := fixtures.Parse(fixtures.Options{}, "snapshot.yaml", data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if err := w.control.Restore(snapshot); err != nil {
		t.Fatal(err)
	}
	equal(t, "sub", w.profile(w.browser().login(webRequest(), "ada@shop.example"))["sub"], any("google-oauth2|4711"))
}

func TestLinkingRefuses(t *testing.T) {
	t.Parallel()
	w := run(t, google, zoe)
	b := w.browser()
	link := func(user, with string) *answer {
		return b.postJSON("/_faux0/identities", map[string]string{"user": user, "link": with})
	}
	link("auth0|ada", "auth0|ada").wantError(400, "operation_not_supported", "Main identity and the new one are the same.")
	link("auth0|ada", "google-oauth2|4711").want(200)
	link("auth0|bob", "google-oauth2|4711").wantError(409, "identity_conflict", "Specified identity already exists.")
	link("auth0|ada", "google-oauth2|4711").want(409)
	link("auth0|nobody", "auth0|bob").want(400)
	unlink := func(user, identity string) *answer {
		return b.postJSON("/_faux0/identities", map[string]string{"user": user, "unlink": identity})
	}
	unlink("auth0|ada", "auth0|ada").wantError(400, "operation_not_supported", "Main identity cannot be removed.")
	unlink("auth0|ada", "google-oauth2|815").want(400)
	unlink("auth0|ada", "google-oauth2|4711").want(200)
	for _, body := range []map[string]string{{}, {"user": "auth0|ada"}, {"user": "auth0|ada", "link": "a", "unlink": "b"}, {"link": "auth0|ada"}} {
		b.postJSON("/_faux0/identities", body).want(400)
	}
	// A chain of links ends in one user.
	link("auth0|bob", "google-oauth2|4711").want(200)
	link("auth0|ada", "auth0|bob").want(200)
	equal(t, "identities", ids(userOf(w.control.Snapshot(), "auth0|ada").Identities), "auth0|ada auth0|bob google-oauth2|4711 ")
}

// A fixture's users may have linked accounts, as an export has.
func TestFixtureLinksAccounts(t *testing.T) {
	t.Parallel()
	const fixture = `
clients:
  - {name: Web, client_id: shopWeb, app_type: spa, token_endpoint_auth_method: none, callbacks: [http://localhost:3000/callback]}
resourceServers: [{name: Orders, identifier: "https://orders.example"}]
connections: [{name: google-oauth2, strategy: google-oauth2, enabled_clients: [Web]}]
databases: [{name: Username-Password-Authentication, strategy: auth0, enabled_clients: [Web]}]
users: [{email: ada@shop.example, user_id: auth0|ada, identities: [%s]}]`
	for identity, says := range map[string]string{
		`{connection: google-oauth2, user_id: "4711", profileData: {email: zoe@mail.example}}`: "",
		`{connection: google-oauth2, profileData: {email: zoe@mail.example}}`:                  "",
		`{connection: google-oauth2}`:                 "user_id is missing",
		`{connection: gogle-oauth2, user_id: "4711"}`: "gogle-oauth2",
		`{connection: google-oauth2, user_id: "1"}]}, {email: bob@shop.example, user_id: auth0|bob, identities: [{connection: google-oauth2, user_id: "1"}`: "identity",
	} {
		snapshot, _, err := fixtures.Parse(fixtures.Options{}, "tenant.yaml", fmt.Appendf(nil, fixture, identity))
		if says != "" {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s is answered with %v, want %q", identity, err, says)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		w := run(t, func(c *provider.Config) { c.Snapshot = snapshot })
		equal(t, "sub", w.profile(w.browser().says("google-oauth2", "email", "zoe@mail.example"))["sub"], any("auth0|ada"))
		equal(t, "the first identity", userOf(w.control.Snapshot(), "auth0|ada").Identities[0].FullID(), "auth0|ada")
	}
}
