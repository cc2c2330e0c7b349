package provider

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/flow"
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Invitation asks somebody to become a member of an organization.
type Invitation = tenant.Invitation

// InvitationRequest invites somebody. Its members are those of the Management
// API, where each id may be a name.
type InvitationRequest struct {
	// Organization is an id or a name.
	Organization string `json:"organization"`
	// Client is a client_id or a client's name.
	Client string `json:"client_id"`
	// Inviter is whom the invitation comes from; without a name, the tenant.
	Inviter tenant.Inviter `json:"inviter"`
	Invitee tenant.Invitee `json:"invitee"`
	// Connection is the id or name of the only one to accept it through, "" for
	// any of the organization's.
	Connection string `json:"connection_id"`
	// Roles are ids or names.
	Roles        []string       `json:"roles"`
	AppMetadata  map[string]any `json:"app_metadata"`
	UserMetadata map[string]any `json:"user_metadata"`
	// LifetimeSeconds is how long it can be accepted; 0 is seven days.
	LifetimeSeconds int `json:"ttl_sec"`
	// SendMail false makes the invitation and no mail; nil is true.
	SendMail *bool `json:"send_invitation_email"`
	// Issuer is the tenant's as the mail may name it; empty is the fixed issuer,
	// or http://localhost/.
	Issuer string `json:"-"`
}

// Invite invites somebody to an organization, by a mail with the link that the
// Invitation has.
func (c *Control) Invite(r InvitationRequest) (*Invitation, error) {
	v := Invitation{Inviter: r.Inviter, Invitee: r.Invitee, AppMetadata: r.AppMetadata, UserMetadata: r.UserMetadata}
	err := c.p.flow.Store.View(func(s *store.State) error {
		org, err := findOrganization(s, r.Organization)
		if err != nil {
			return err
		}
		if org == nil {
			return tenant.MissingParameter("organization")
		}
		client, err := findClient(s, r.Client)
		if err != nil {
			return err
		}
		v.OrganizationID, v.ClientID, v.ConnectionID = org.ID, client.ClientID, r.Connection
		if named := s.ConnectionByName(r.Connection); named != nil {
			v.ConnectionID = named.ID
		}
		v.Roles = roleIDs(s, r.Roles)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if v.Inviter.Name == "" {
		v.Inviter.Name = "Faux0"
		if title := c.title(); title != "" {
			v.Inviter.Name = title
		}
	}
	return c.p.flow.Invite(c.occasion(r.Issuer), v, time.Duration(r.LifetimeSeconds)*time.Second, r.SendMail == nil || *r.SendMail)
}

// occasion is that of a mail that no login causes.
func (c *Control) occasion(issuer string) flow.Occasion {
	if issuer == "" {
		issuer = c.issuer()
	}
	at := wire.Exchange{Base: strings.TrimSuffix(issuer, "/")}
	return flow.Occasion{Issuer: issuer, Tenant: at.TenantName()}
}

// roleIDs are the ids of roles given by id or name; what names no role stays
// as it is.
func roleIDs(s *store.State, names []string) []string {
	ids := slices.Clone(names)
	for i, name := range names {
		for _, role := range s.Roles() {
			if role.Name == name {
				ids[i] = role.ID
			}
		}
	}
	return ids
}

// Invitations lists an organization's invitations that nobody has accepted,
// expired ones included, oldest first.
func (c *Control) Invitations(organization string) (list []*Invitation, err error) {
	err = c.p.flow.Store.View(func(s *store.State) error {
		org, err := findOrganization(s, organization)
		switch {
		case err != nil:
			return err
		case org == nil:
			return tenant.MissingParameter("organization")
		}
		list = s.InvitationsTo(org.ID)
		return nil
	})
	return list, err
}

// Uninvite deletes the invitation with the id.
func (c *Control) Uninvite(id string) error { return c.p.flow.Uninvite(id) }

func (c *Control) mountInvitations(guarded func(methods, path string, h wire.Handler)) {
	guarded("GET POST", "/_faux0/invitations", c.invitations)
	guarded("DELETE", "/_faux0/invitations/{id}", c.uninvite)
}

// invitations lists those of an organization, or makes one.
func (c *Control) invitations(r *http.Request) (*wire.Response, error) {
	if r.Method == http.MethodGet {
		list, err := c.Invitations(r.URL.Query().Get("organization"))
		if err != nil {
			return nil, err
		}
		return wire.JSON(http.StatusOK, append([]*Invitation{}, list...)) // never null
	}
	var request InvitationRequest
	if err := decodeJSON(r, &request); err != nil {
		return nil, err
	}
	request.Issuer = wire.From(r).Issuer
	made, err := c.Invite(request)
	if err != nil {
		return nil, err
	}
	return wire.JSON(http.StatusCreated, made)
}

func (c *Control) uninvite(r *http.Request) (*wire.Response, error) {
	if err := c.Uninvite(wire.PathVar(r, "id")); err != nil {
		return nil, err
	}
	return wire.Empty(http.StatusNoContent), nil
}
