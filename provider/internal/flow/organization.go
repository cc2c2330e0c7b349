package flow

import (
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// FindOrganization reads the `organization` parameter: an id, or a name where
// the tenant allows names. "" is no organization and no error.
//
// It returns OrganizationMustBeID or OrganizationInvalid.
//
// Source: Auth0 docs, "Use organization names in Authentication API".
func (f *Flow) FindOrganization(value string) (org *tenant.Organization, err error) {
	if value == "" {
		return nil, nil
	}
	err = f.Store.View(func(s *store.State) error {
		if strings.HasPrefix(value, "org_") {
			org = s.Organization(value)
		} else if !s.Settings().AllowOrganizationNames {
			return tenant.OrganizationMustBeID().
				WithHint("%q is a name; send the organization's id, or set the tenant's allow_organization_name_in_authentication_api", value)
		} else {
			org = s.OrganizationByName(value)
		}
		if org == nil {
			return tenant.OrganizationInvalid(value)
		}
		return nil
	})
	return org, err
}
