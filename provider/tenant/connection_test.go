package tenant_test

import (
	"testing"

	"github.com/faux0/faux0/provider/tenant"
)

// Third-party applications, domain-level connections.
func TestServesClient(t *testing.T) {
	t.Parallel()
	first := &tenant.Client{ClientID: "first", IsFirstParty: true}
	third := &tenant.Client{ClientID: "third"}
	strict := &tenant.Client{ClientID: "tpc_strict"}
	everybody := []string{"first", "third", "tpc_strict"}
	for _, c := range []struct {
		name       string
		connection tenant.Connection
		client     *tenant.Client
		want       bool
	}{
		{"first party, enabled", tenant.Connection{EnabledClients: everybody}, first, true},
		{"first party, not enabled, domain-level", tenant.Connection{IsDomainConnection: true}, first, false},
		{"third party, not enabled, domain-level", tenant.Connection{IsDomainConnection: true}, third, true},
		{"third party, enabled", tenant.Connection{EnabledClients: everybody}, third, true},
		{"third party, neither", tenant.Connection{EnabledClients: []string{"first"}}, third, false},
		{"strict third party, domain-level", tenant.Connection{IsDomainConnection: true}, strict, true},
		{"strict third party, enabled only", tenant.Connection{EnabledClients: everybody}, strict, false},
	} {
		if got := c.connection.ServesClient(c.client); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
