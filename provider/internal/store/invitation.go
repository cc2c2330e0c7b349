package store

import (
	"slices"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// invitation finds the first invitation that matches, or returns nil.
func (s *State) invitation(matches func(*tenant.Invitation) bool) *tenant.Invitation {
	for _, org := range s.organizations.All() {
		if at := slices.IndexFunc(org.Invitations, matches); at >= 0 {
			return org.Invitations[at]
		}
	}
	return nil
}

// Invitation finds an invitation by id, or returns nil.
func (s *State) Invitation(id string) *tenant.Invitation {
	return s.invitation(func(v *tenant.Invitation) bool { return v.ID == id })
}

// InvitationByTicket finds the invitation whose link holds the ticket, or
// returns nil.
func (s *State) InvitationByTicket(ticket string) *tenant.Invitation {
	if ticket == "" {
		return nil // what most logins have
	}
	return s.invitation(func(v *tenant.Invitation) bool { return v.TicketID == ticket })
}

// InvitationsTo lists an organization's invitations that nobody has accepted,
// expired ones included, in the order they were made.
func (s *State) InvitationsTo(organizationID string) []*tenant.Invitation {
	if org := s.Organization(organizationID); org != nil {
		return slices.Clone(org.Invitations)
	}
	return nil
}

// PutInvitation adds an invitation to its organization.
func (s *State) PutInvitation(v *tenant.Invitation) {
	s.setInvitations(v.OrganizationID, append(s.InvitationsTo(v.OrganizationID), v))
}

// SpendInvitation removes an invitation for good, and remembers what became of
// it.
func (s *State) SpendInvitation(v *tenant.Invitation, why string, now time.Time) {
	s.setInvitations(v.OrganizationID, slices.DeleteFunc(s.InvitationsTo(v.OrganizationID), func(o *tenant.Invitation) bool { return o.ID == v.ID }))
	s.SpentInvitations.Put(v.TicketID, why, now.Add(tenant.MaxInvitationLifetime), now)
}

func (s *State) setInvitations(organizationID string, list []*tenant.Invitation) {
	if old := s.Organization(organizationID); old != nil {
		org := old.Clone()
		org.Invitations = list
		s.organizations.Put(organizationID, org)
	}
}
