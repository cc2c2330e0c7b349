package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// Invite makes an invitation, whose organization, client, invitee and inviter
// must be set, and mails its link if it is to be sent. A lifetime of zero is
// the usual one. It returns what was made.
//
// It returns OrganizationInvalid, InvitationIncomplete or another error of
// tenant's error_invitation.go.
//
// Source: Management API, POST /api/v2/organizations/{id}/invitations; Auth0
// docs, "Invite organization members".
func (f *Flow) Invite(o Occasion, v tenant.Invitation, lifetime time.Duration, send bool) (*tenant.Invitation, error) {
	now := f.Clock.Now().UTC().Truncate(time.Millisecond)
	if lifetime == 0 {
		lifetime = tenant.InvitationLifetime
	}
	v.ID, v.TicketID = f.IDs.InvitationID(), f.IDs.InvitationTicket()
	v.Invitee.Email = strings.ToLower(strings.TrimSpace(v.Invitee.Email))
	v.CreatedAt, v.ExpiresAt = now, now.Add(lifetime)
	var org *tenant.Organization
	var client *tenant.Client
	err := f.Store.Update(func(s *store.State) (err error) {
		if org, client, err = checkInvitation(s, &v, lifetime); err != nil {
			return err
		}
		v.Lead(tenant.LoginRoute(client, s.Settings()), org)
		s.PutInvitation(&v)
		return nil
	})
	if err == nil && send {
		f.sendInvitation(o, &v, org, client, lifetime)
	}
	return &v, err
}

func checkInvitation(s *store.State, v *tenant.Invitation, lifetime time.Duration) (*tenant.Organization, *tenant.Client, error) {
	org, client := s.Organization(v.OrganizationID), s.Client(v.ClientID)
	switch {
	case org == nil:
		return nil, nil, tenant.OrganizationInvalid(v.OrganizationID)
	case client == nil:
		return nil, nil, tenant.InvitationClientUnknown()
	case client.OrganizationUsage != "allow" && client.OrganizationUsage != "require":
		return nil, nil, tenant.InvitationClientRefuses(client)
	case !tenant.ValidEmail(v.Invitee.Email):
		return nil, nil, tenant.InvitationIncomplete("invitee.email must be an e-mail address")
	case v.Inviter.Name == "" || len([]rune(v.Inviter.Name)) > tenant.MaxInviterName:
		return nil, nil, tenant.InvitationIncomplete(fmt.Sprintf("inviter.name must have 1 to %d characters", tenant.MaxInviterName))
	case lifetime < 0 || lifetime > tenant.MaxInvitationLifetime:
		return nil, nil, tenant.InvitationIncomplete(fmt.Sprintf("ttl_sec must be 0 to %d", int(tenant.MaxInvitationLifetime.Seconds())))
	case tenant.LoginRoute(client, s.Settings()) == "":
		return nil, nil, tenant.InvitationNoLoginRoute(client)
	}
	if v.ConnectionID != "" {
		switch c := s.Connection(v.ConnectionID); {
		case c == nil:
			return nil, nil, tenant.InvitationConnectionUnknown()
		case c.Passwordless():
			return nil, nil, tenant.InvitationPasswordless()
		case !org.Allows(c.ID):
			return nil, nil, tenant.InvitationConnectionDisabled(c.ID)
		}
	}
	if missing := slices.DeleteFunc(slices.Clone(v.Roles), func(id string) bool { return s.Role(id) != nil }); len(missing) > 0 {
		return nil, nil, tenant.InvitationRolesUnknown(missing)
	}
	return org, client, nil
}

// sendInvitation mails the link. The user that the template knows is the one
// that there will be.
func (f *Flow) sendInvitation(o Occasion, v *tenant.Invitation, org *tenant.Organization, client *tenant.Client, lifetime time.Duration) {
	o.Organization = org
	f.SendMail(o, Mail{
		Kind: store.MessageInvitation, To: v.Invitee.Email, Client: client, Link: v.URL, Lifetime: lifetime,
		User:   &tenant.User{Email: v.Invitee.Email, AppMetadata: v.AppMetadata, UserMetadata: v.UserMetadata},
		Values: map[string]any{"inviter": map[string]any{"name": v.Inviter.Name}},
	})
}

// Uninvite deletes an invitation.
//
// It returns InvitationNotFound.
func (f *Flow) Uninvite(id string) error {
	return f.Store.Update(func(s *store.State) error {
		v := s.Invitation(id)
		if v == nil {
			return tenant.InvitationNotFound()
		}
		s.SpendInvitation(v, "it was deleted", f.Clock.Now())
		return nil
	})
}

// OpenInvitation finds the invitation to the organization that a ticket is for,
// if it can still be accepted.
//
// It returns InvitationUnknown. That an invitation may be accepted at another
// client than it names is inferred: the client is documented as where the link
// leads.
func (f *Flow) OpenInvitation(ticket, organizationID string) (v *tenant.Invitation, err error) {
	err = f.Store.View(func(s *store.State) error {
		v, err = openInvitation(s, ticket, organizationID, f.Clock.Now())
		return err
	})
	return v, err
}

func openInvitation(s *store.State, ticket, organizationID string, now time.Time) (*tenant.Invitation, error) {
	v := s.InvitationByTicket(ticket)
	refused := tenant.InvitationUnknown()
	switch {
	case v == nil:
		if why, ok := s.SpentInvitations.Get(ticket, now); ok {
			return nil, refused.WithHint("the invitation is there no more: %s", why)
		}
		return nil, refused.WithHint("no invitation has this ticket; POST /_faux0/invitations makes one")
	case !v.Open(now):
		return nil, refused.WithHint("the invitation of %s expired at %s", v.Invitee.Email, v.ExpiresAt.UTC().Format(time.RFC3339))
	case v.OrganizationID != organizationID:
		return nil, refused.WithHint("the invitation is to organization %s", v.OrganizationID)
	}
	return v, nil
}

// Invited says whether the invitation is the user's. Once somebody else has
// tried to accept it, nobody can.
//
// It returns InvitationNotYours or InvitationUnknown.
//
// Source: Auth0 support, "Auth0 Organization Invitation Disappears Without
// Being Accepted".
func (f *Flow) Invited(ticket, organizationID string, user *tenant.User) (v *tenant.Invitation, err error) {
	_ = f.Store.Update(func(s *store.State) error {
		now := f.Clock.Now()
		if v, err = openInvitation(s, ticket, organizationID, now); err != nil {
			return nil
		}
		if err = notYours(s, v, user); err != nil {
			s.SpendInvitation(v, fmt.Sprintf("%s (%s) tried to accept it, and it was for %s", user.Label(), user.UserID, v.Invitee.Email), now)
		}
		return nil
	})
	return v, err
}

func notYours(s *store.State, v *tenant.Invitation, user *tenant.User) error {
	c := s.ConnectionByName(user.Connection)
	switch {
	case !strings.EqualFold(user.Email, v.Invitee.Email):
		return tenant.InvitationNotYours().WithHint("the invitation was for %s, and %s (%s) is logged in; it is used up, send another", v.Invitee.Email, user.Label(), user.UserID)
	case v.ConnectionID != "" && (c == nil || c.ID != v.ConnectionID):
		return tenant.InvitationNotYours().WithHint("the invitation was for connection %s, and %s logged in through %s; it is used up, send another", v.ConnectionID, user.Label(), user.Connection)
	}
	return nil
}

// AcceptInvitation makes the user a member of the organization, with the roles
// and metadata that the invitation gives, and uses it up. The address that the
// invitation reached is verified by that. Metadata is merged, as a PATCH of the
// user would; that and what an existing member keeps is inferred.
//
// It returns InvitationNotYours or InvitationUnknown.
//
// Source: Auth0 docs, "Invite organization members".
func (f *Flow) AcceptInvitation(ticket, organizationID string, user *tenant.User) (*tenant.Invitation, error) {
	v, err := f.Invited(ticket, organizationID, user)
	if err != nil {
		return v, err
	}
	return v, f.Store.Update(func(s *store.State) error {
		now := f.Clock.Now()
		if _, err := openInvitation(s, ticket, organizationID, now); err != nil {
			return err
		}
		old := s.User(user.UserID)
		if old == nil {
			return tenant.InvitationUnknown().WithHint("the user was deleted meanwhile")
		}
		s.SpendInvitation(v, old.Label()+" accepted it", now)
		member := old.Clone()
		member.Join(v.OrganizationID, v.Roles)
		member.AppMetadata, member.UserMetadata = withMetadata(old.AppMetadata, v.AppMetadata), withMetadata(old.UserMetadata, v.UserMetadata)
		member.EmailVerified, member.UpdatedAt = true, now
		s.ChangeUser(member, now)
		return nil
	})
}

func withMetadata(old, added map[string]any) map[string]any {
	if len(added) == 0 {
		return old
	}
	all := maps.Clone(old)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, added)
	return all
}
