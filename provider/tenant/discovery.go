package tenant

import "strings"

// DiscoveryDomain is an e-mail domain that leads people to an Organization.
//
// Source: Management API, POST /api/v2/organizations/{id}/discovery-domains.
type DiscoveryDomain struct {
	ID     string `json:"id,omitempty"`
	Domain string `json:"domain"`
	// Status is "verified", or "pending", as also where it is empty.
	Status string `json:"status,omitempty"`
	// UseForDiscovery false keeps it from leading anybody; nil is true.
	UseForDiscovery  *bool  `json:"use_for_organization_discovery,omitempty"`
	VerificationTXT  string `json:"verification_txt,omitempty"`
	VerificationHost string `json:"verification_host,omitempty"`
}

// Leads says whether people with addresses of the domain are led to the
// organization.
//
// Source: Auth0 docs, "Login flows for organizations" (organization domain
// discovery: verified, not pending domains).
func (d DiscoveryDomain) Leads() bool {
	return d.Status == "verified" && (d.UseForDiscovery == nil || *d.UseForDiscovery)
}

// DiscoveryDomain finds the organization's domain by its name, or returns nil.
func (o *Organization) DiscoveryDomain(name string) *DiscoveryDomain {
	for i := range o.DiscoveryDomains {
		if strings.EqualFold(o.DiscoveryDomains[i].Domain, name) {
			return &o.DiscoveryDomains[i]
		}
	}
	return nil
}

// AllowsClient says whether people may log in to the organization at the
// client: a third party's only where it says so.
//
// Source: Auth0 docs, "Enable third-party application access for an
// organization".
func (o *Organization) AllowsClient(c *Client) bool {
	return c.IsFirstParty || o.ThirdPartyClientAccess == "allow"
}

// Ways to find out which organization somebody belongs to.
//
// Source: Management API, POST /api/v2/clients, organization_discovery_methods.
const (
	DiscoverByEmail = "email"
	DiscoverByName  = "organization_name"
)
