package testkit

import (
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// Invitation asks somebody to become a member of an organization, by the names
// a test knows things by.
type Invitation struct {
	// Email is who is invited.
	Email string
	// Organization and Client are names or ids. The client's initiate_login_uri,
	// or else the tenant's default_redirection_uri, is where the link leads.
	Organization, Client string
	// Roles are the names or ids of the roles they will have there.
	Roles []string
	// Connection is the name or id of the only one to accept it through, "" for
	// any of the organization's.
	Connection string
	// Inviter is who the invitation comes from; empty is the tenant.
	Inviter string
	// AppMetadata and UserMetadata are added to the user's.
	AppMetadata  map[string]any
	UserMetadata map[string]any
	// Lifetime is how long it can be accepted; zero is seven days.
	Lifetime time.Duration
}

// Invite invites somebody, as the Management API does: a mail with the link is
// in the outbox, and the link is returned too. It leads to the application,
// which has to send invitation and organization on to /authorize. Login with
// the link signs up a User without an ID, and logs in one that has one.
func (a *Tenant) Invite(v Invitation) *provider.Invitation {
	a.t.Helper()
	made, err := a.provider.Control().Invite(provider.InvitationRequest{
		Organization: v.Organization, Client: v.Client, Inviter: tenant.Inviter{Name: v.Inviter}, Invitee: tenant.Invitee{Email: v.Email},
		Connection: v.Connection, Roles: v.Roles, AppMetadata: v.AppMetadata, UserMetadata: v.UserMetadata,
		LifetimeSeconds: int(v.Lifetime.Seconds()),
	})
	if err != nil {
		a.t.Fatalf("testkit: invite %s: %s", v.Email, why(err))
		return &provider.Invitation{}
	}
	return made
}
