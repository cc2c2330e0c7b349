package provider_test

import (
	"testing"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// TestMachinesAndOrganizations: what a client grant says of organizations, and
// what the organization says of the grant.
//
// Source: Auth0 docs, "Machine-to-machine access for organizations", "Configure
// your application for M2M access", "Enable third-party application access for
// an organization".
func TestMachinesAndOrganizations(t *testing.T) {
	t.Parallel()
	worker := func(c *provider.Config) *tenant.Client { return client(c, "shopWorker") }
	standard := func(c *provider.Config) {
		worker(c).DefaultOrganization = &tenant.DefaultOrganization{OrganizationID: "org_open", Flows: []string{"client_credentials"}}
	}
	const refused, required, apart = "The client grant does not allow organizations.", "An organization is required for this client and audience.",
		"The client grant is not associated with organization org_eu."
	for name, c := range map[string]struct {
		usage      string
		change     func(*provider.Config, *tenant.ClientGrant)
		sent       string
		want, fail string
	}{
		"deny is what nothing means":             {sent: "org_eu", fail: refused},
		"deny":                                   {usage: "deny", sent: "org_eu", fail: refused},
		"allow, without":                         {usage: "allow"},
		"allow, not associated":                  {usage: "allow", sent: "org_eu", fail: apart},
		"require, without":                       {usage: "require", fail: required},
		"a default is not for who need none":     {usage: "allow", change: func(c *provider.Config, _ *tenant.ClientGrant) { standard(c) }},
		"a default is not for who may have none": {change: func(c *provider.Config, _ *tenant.ClientGrant) { standard(c) }},
		"allow, not associated, for any":         {usage: "allow", change: func(_ *provider.Config, g *tenant.ClientGrant) { g.AllowAnyOrganization = true }, sent: "org_eu", want: "org_eu"},
		"third parties are let in one by one": {usage: "allow", change: func(c *provider.Config, g *tenant.ClientGrant) {
			g.AllowAnyOrganization, worker(c).IsFirstParty = true, false
		}, sent: "org_eu", fail: apart},
		"a default is for who require one":        {usage: "require", change: func(c *provider.Config, g *tenant.ClientGrant) { standard(c); g.AllowAnyOrganization = true }, want: "org_open"},
		"what is asked for counts before default": {usage: "require", change: func(c *provider.Config, g *tenant.ClientGrant) { standard(c); g.AllowAnyOrganization = true }, sent: "org_eu", want: "org_eu"},
		"third parties, let in": {usage: "allow", change: func(c *provider.Config, g *tenant.ClientGrant) {
			worker(c).IsFirstParty = false
			for _, o := range c.Snapshot.Organizations {
				o.ClientGrants = append(o.ClientGrants, g.ID)
			}
		}, sent: "org_eu", want: "org_eu"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := run(t, func(config *provider.Config) {
				for _, g := range config.Snapshot.ClientGrants {
					if g.ClientID == "shopWorker" {
						g.OrganizationUsage = c.usage
						if c.change != nil {
							c.change(config, g)
						}
					}
				}
			})
			res := w.token("grant_type", "client_credentials", "client_id", "shopWorker", "client_secret", "shop-worker-secret", "audience", orders, "organization", c.sent)
			if c.fail != "" {
				res.wantError(403, "access_denied", c.fail)
				return
			}
			var want any
			if c.want != "" {
				want = c.want
			}
			access := claims(t, res.want(200).text("access_token"))
			equal(t, "org_id", access["org_id"], want)
			equal(t, "org_name", access["org_name"], nil)
		})
	}
	w := run(t, func(c *provider.Config) {
		c.Snapshot.Settings.AllowOrganizationNames = true
		for _, g := range c.Snapshot.ClientGrants {
			g.OrganizationUsage, g.AllowAnyOrganization = "allow", true
		}
	})
	access := claims(t, w.token("grant_type", "client_credentials", "client_id", "shopWorker", "client_secret", "shop-worker-secret", "audience", orders, "organization", "eu").want(200).text("access_token"))
	equal(t, "org_name, where names are allowed", access["org_name"], any("eu"))
}
