package store

import (
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// Invitation finds an invitation by id, or returns nil.
func (s *State) Invitation(id string) *tenant.Invitation { v, _ := s.invitations.Get(id); return v }

// InvitationByTicket finds the invitation whose link holds the ticket, or
// returns nil.
func (s *State) InvitationByTicket(ticket string) *tenant.Invitation {
	for _, v := range s.invitations.All() {
		if v.TicketID == ticket {
			return v
		}
	}
	return nil
}

// InvitationsTo lists an organization's invitations that nobody has accepted,
// expired ones included, in the order they were made.
func (s *State) InvitationsTo(organizationID string) []*tenant.Invitation {
	var list []*tenant.Invitation
	for _, v := range s.invitations.All() {
		if v.OrganizationID == organizationID {
			list = append(list, v)
		}
	}
	return list
}

// PutInvitation adds an invitation.
func (s *State) PutInvitation(v *tenant.Invitation) { s.invitations.Put(v.ID, v) }

// SpendInvitation removes an invitation for good, and remembers what became of
// it.
func (s *State) SpendInvitation(v *tenant.Invitation, why string, now time.Time) {
	s.invitations.Delete(v.ID)
	s.SpentInvitations.Put(v.TicketID, why, now.Add(tenant.MaxInvitationLifetime), now)
}
