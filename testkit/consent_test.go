package testkit_test

import (
	"testing"

	"github.com/faux0/faux0/testkit"
)

func TestLoginStopsWhereTheUserHasToAgree(t *testing.T) {
	t.Parallel()
	r := record(func(t testkit.T) {
		auth := testkit.Run(t, testkit.YAML(partnerFixture))
		auth.Login(auth.URL()+partnerLogin, auth.User("ada@acme.test"))
	})
	contains(t, r.fatal, "login of ada@acme.test", "/u/consent", "Partner", "Tenant.Consent")
}

func TestConsentNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	r := record(func(t testkit.T) {
		auth := testkit.Run(t, testkit.YAML(partnerFixture))
		auth.Consent(auth.User("ada@acme.test"), "Partner", "https://order.test")
	})
	contains(t, r.fatal, "consent of ada@acme.test", `Did you mean "https://orders.test"?`)
}
