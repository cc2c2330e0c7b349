package tenant

import (
	"cmp"
	"net/url"
	"strings"
	"time"
)

// Invitation asks somebody, by mail, to become a member of an Organization.
//
// Source: Management API, POST /api/v2/organizations/{id}/invitations. Observed:
// the order of the members, in the recordings of go-auth0.
type Invitation struct {
	ID       string  `json:"id,omitempty"`
	ClientID string  `json:"client_id"`
	Inviter  Inviter `json:"inviter"`
	Invitee  Invitee `json:"invitee"`
	// URL is the application's login route, with what it has to send on to
	// /authorize.
	URL string `json:"invitation_url,omitempty"`
	// TicketID is the secret in URL: the `invitation` of /authorize.
	TicketID       string    `json:"ticket_id,omitempty"`
	CreatedAt      time.Time `json:"created_at,omitzero"`
	ExpiresAt      time.Time `json:"expires_at,omitzero"`
	OrganizationID string    `json:"organization_id,omitempty"`
	// ConnectionID is the only connection to accept it through, "" for any of
	// the organization's.
	ConnectionID string `json:"connection_id,omitempty"`
	// Roles are those of the new member, by id.
	Roles        []string       `json:"roles,omitempty"`
	AppMetadata  map[string]any `json:"app_metadata,omitempty"`
	UserMetadata map[string]any `json:"user_metadata,omitempty"`
}

// Inviter is who an Invitation comes from.
type Inviter struct {
	Name string `json:"name"`
}

// Invitee is who an Invitation goes to.
type Invitee struct {
	Email string `json:"email"`
}

// How long an Invitation may be accepted.
//
// Source: Management API, POST /api/v2/organizations/{id}/invitations, ttl_sec.
const (
	InvitationLifetime    = 7 * 24 * time.Hour
	MaxInvitationLifetime = 30 * 24 * time.Hour
)

// MaxInviterName is how long an inviter's name may be.
const MaxInviterName = 300

// Open says whether the invitation can still be accepted, as far as its time
// goes.
func (i *Invitation) Open(now time.Time) bool { return now.Before(i.ExpiresAt) }

// Clone returns a copy whose top-level fields may be replaced.
func (i *Invitation) Clone() *Invitation { d := *i; return &d }

// FillDefaults gives an invitation of a fixture what it does not say. Its id and
// its ticket are the same at every start.
func (i *Invitation) FillDefaults(org *Organization, route string, now time.Time) {
	name := strings.Join([]string{org.ID, i.ClientID, i.Invitee.Email}, "\x00")
	i.OrganizationID = org.ID
	i.ID = cmp.Or(i.ID, "uinv_"+derive("invitations", name, 16))
	i.TicketID = cmp.Or(i.TicketID, derive("tickets", name, 32))
	if i.CreatedAt.IsZero() {
		i.CreatedAt = now.UTC().Truncate(time.Millisecond)
	}
	if i.ExpiresAt.IsZero() {
		i.ExpiresAt = i.CreatedAt.Add(InvitationLifetime)
	}
	if i.URL == "" {
		i.Lead(route, org)
	}
}

// Lead makes the link of the mail, which leads to the application's login route.
// organization_name is for applications that live at an address of each
// organization's.
//
// Source: Auth0 docs, "Invite organization members" (route behavior).
func (i *Invitation) Lead(route string, org *Organization) {
	separator := "?"
	if strings.Contains(route, "?") {
		separator = "&"
	}
	i.URL = route + separator + url.Values{
		"invitation": {i.TicketID}, "organization": {org.ID}, "organization_name": {org.Name},
	}.Encode()
}

// LoginRoute is where people begin to log in to the client: its own place, or
// the tenant's, "" for none.
//
// Source: Auth0 docs, "Configure default login routes".
func LoginRoute(c *Client, s *Settings) string {
	if c.InitiateLoginURI != "" {
		return c.InitiateLoginURI
	}
	return s.DefaultRedirectionURI
}
