package provider_test

import (
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// Somebody who signs in with Google is not the database's user of the same
// address.
func TestExplainSaysThatAccountsAreNotLinked(t *testing.T) {
	t.Parallel()
	w := run(t, google, func(c *provider.Config) { userOf(c.Snapshot, "auth0|ada").EmailVerified = true })
	b := w.browser()
	sent := b.says("google-oauth2", "email", "ada@shop.example", "sub", "7")
	res := w.token(redeemWeb(sent.query().Get("code"))...).want(200)
	explained := func(name string) string {
		a := b.do("POST", "/_faux0/explain", head("Content-Type", "application/json", "Accept", "text/plain"), `{"token": "`+res.text(name)+`"}`)
		return a.want(200).body
	}
	const want = `The e-mail ada@shop.example also belongs to "auth0|ada"`
	for _, name := range []string{"access_token", "id_token"} {
		if got := explained(name); !strings.Contains(got, want) || !strings.Contains(got, "does not link accounts by itself; POST /api/v2/users/{id}/identities") {
			t.Errorf("the explanation of the %s does not say why: %s", name, got)
		}
	}
	w.edit("auth0|ada", func(u *tenant.User) { u.EmailVerified = false })
	if got := explained("access_token"); !strings.Contains(got, "must not be linked before both addresses are verified") {
		t.Errorf("no warning of an address that is not verified: %s", got)
	}
	if _, err := w.control.Link("auth0|ada", "google-oauth2|7"); err != nil {
		t.Fatal(err)
	}
	if got := explained("access_token"); !strings.Contains(got, `The account "google-oauth2|7" was linked to "auth0|ada" since`) {
		t.Errorf("what became of the token's user is not said: %s", got)
	}
	res = w.token(redeemWeb(b.says("google-oauth2", "email", "ada@shop.example", "sub", "7").query().Get("code"))...).want(200)
	if got := explained("access_token"); strings.Contains(got, "also belongs to") {
		t.Errorf("linked accounts are called two: %s", got)
	}
}
