package testkit_test

import (
	"strings"
	"testing"

	"github.com/faux0/faux0/testkit"
)

func TestAccountsAndOrganizationsGoWrong(t *testing.T) {
	t.Parallel()
	organized := func(do func(*testkit.Tenant)) func(testkit.T) {
		return func(t testkit.T) { do(testkit.Run(t, testkit.YAML(organizationFixture))) }
	}
	inDemo := func(do func(*testkit.Tenant)) func(testkit.T) {
		return func(t testkit.T) { do(testkit.Run(t)) }
	}
	before := strings.Replace(organizationFixture, "post_login_prompt", "pre_login_prompt", 1)
	for name, c := range map[string]struct {
		test func(testkit.T)
		want string
	}{
		"no link": {inDemo(func(a *testkit.Tenant) {
			a.ResetPassword(a.URL()+"/u/reset-verify?ticket=gone", testkit.DefaultPassword)
		}), "password reset: stopped at"},
		"used link": {inDemo(func(a *testkit.Tenant) {
			changePassword(a, "ada@acme.test")
			link := a.WaitMail("ada@acme.test").Link
			a.ResetPassword(link, "Another-Horse-7")
			a.ResetPassword(link, "Third-Horse-8")
		}), "password reset: stopped at"},
		"weak password": {inDemo(func(a *testkit.Tenant) {
			changePassword(a, "ada@acme.test")
			a.ResetPassword(a.WaitMail("ada@acme.test").Link, "x")
		}), "/u/reset-password with 400"},
		"no organization": {organized(func(a *testkit.Tenant) { a.Login(shopLogin(a), a.User("olga@acme.test")) }), "testkit.InOrganization"},
		"another organization": {organized(func(a *testkit.Tenant) {
			a.Login(shopLogin(a), a.User("olga@acme.test"), testkit.InOrganization("shop-uk"))
		}), `does not offer "shop-uk", but shop-eu, shop-us`},
		"unknown organization": {func(t testkit.T) {
			a := testkit.Run(t, testkit.YAML(before))
			a.Login(shopLogin(a), a.User("olga@acme.test"), testkit.InOrganization("shop-uk"))
		}, "/u/organization with 400"},
	} {
		if got := record(c.test).fatal; !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	auth := testkit.Run(t, testkit.YAML(before))
	if login := auth.Login(shopLogin(auth), auth.User("olga@acme.test"), testkit.InOrganization("shop-eu")); login.Code == "" {
		t.Errorf("named before the login: %s %s", login.Error, login.ErrorDescription)
	}
}
