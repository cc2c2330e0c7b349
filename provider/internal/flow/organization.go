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

// Join is the user as a member of the organization, made one where the
// connection they have logged in by assigns that. about is the event that tells
// of it; no organization takes anybody.
//
// It returns NotAMember.
//
// Source: Auth0 docs, "Assign members to an organization" (auto-membership).
func (f *Flow) Join(about tenant.LogEvent, org *tenant.Organization, user *tenant.User, connection string) (*tenant.User, error) {
	if org == nil || user.Member(org.ID) != nil {
		return user, nil
	}
	var joined *tenant.User
	err := f.Store.Update(func(s *store.State) error {
		c, fresh := s.ConnectionByName(connection), s.User(user.UserID)
		if c == nil || fresh == nil || !org.Allows(c.ID) || !org.Connection(c.ID).AssignMembershipOnLogin {
			return tenant.NotAMember(user.UserID, org.ID).
				WithHint("add organization %q to the user's organizations, invite them, or set assign_membership_on_login on its connection", org.Name)
		}
		joined = fresh.Clone()
		joined.Join(org.ID, nil)
		s.PutUser(joined)
		return nil
	})
	if err != nil {
		return nil, err
	}
	f.LogJoined(about, joined, "auto_membership")
	return joined, nil
}

// LogJoined tells of a new member of the organization that the event is about.
//
// Source: the description of tenant logs, organization_member_added.
func (f *Flow) LogJoined(about tenant.LogEvent, user *tenant.User, reason string) {
	about.Type, about.UserID, about.Connection, about.Audience, about.Scope = tenant.LogMemberAdded, user.UserID, user.Connection, "", ""
	about.Details = map[string]any{"reason": reason}
	f.Log(about)
}
