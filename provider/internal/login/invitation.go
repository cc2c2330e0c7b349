package login

import (
	"net/http"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// pathInvitation is where somebody accepts an invitation who will be asked for
// nothing here: whose organization leaves logging in to an identity provider.
//
// Source: Auth0 docs, "Customize Universal Login text elements" (prompt
// invitation). The address is inferred.
const pathInvitation = "/u/invitation"

func (h *Handler) mountInvitation(rt *wire.Router) {
	rt.Handle("GET", pathInvitation, h.errorPage, h.invitationPage)
	rt.Handle("POST", pathInvitation, h.errorPage, h.continueInvited)
}

// checkInvitation: an invitation is to an organization, and may say which
// connection to accept it through; then that is the one to log in by.
//
// Source: Auth0 docs, "Invite organization members" (invitation and
// organization go together); Management API, POST
// /api/v2/organizations/{id}/invitations, connection_id.
func (h *Handler) checkInvitation(a *authorization, p wire.Params) (err error) {
	ticket := p.Get("invitation")
	switch {
	case ticket == "":
		return nil
	case p.Get("organization") == "":
		return tenant.MissingParameter("organization")
	}
	if a.invitation, err = h.OpenInvitation(ticket, a.OrganizationID); err != nil {
		return err
	}
	a.Invitation = ticket
	if id := a.invitation.ConnectionID; id != "" {
		a.Connection = id // of a connection deleted since, there is no name
		_ = h.Store.View(func(s *store.State) error {
			if c := s.Connection(id); c != nil {
				a.Connection = c.Name
			}
			return nil
		})
	}
	return nil
}

// uninvited says why the invitation that brought somebody here can no longer be
// accepted; nil while it can, and where there is none.
func (h *Handler) uninvited(a *authorization) error {
	if a.Invitation == "" {
		return nil
	}
	_, err := h.OpenInvitation(a.Invitation, a.OrganizationID)
	return err
}

// invitationStep is where somebody begins who follows an invitation: most have
// no account yet.
func invitationStep(s *store.State, a *authorization, id string) string {
	if signup := signupURL(s, a, id); signup != "" {
		return signup
	}
	if len(connectionsFor(s, a)) > 0 {
		return loginURL(s, id)
	}
	return atState(pathInvitation, id)
}

func (h *Handler) invitationPage(r *http.Request) (*wire.Response, error) {
	t, a, err := h.transaction(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	if err := h.uninvited(a); err != nil {
		return h.endInRefusal(t, a, err)
	}
	if a.invitation == nil {
		return nil, tenant.TransactionLost().WithHint("the login is not of an invitation")
	}
	return render(http.StatusOK, ui.AcceptInvitation{
		Form: h.form(t, a, pathInvitation), Inviter: a.invitation.Inviter.Name, Email: a.invitation.Invitee.Email,
	}, "")
}

// continueInvited goes on to the identity provider, or to the choice of them.
func (h *Handler) continueInvited(r *http.Request) (*wire.Response, error) {
	t, a, _, err := h.submitted(r)
	if err != nil {
		return h.lost(r, err)
	}
	if err := h.uninvited(a); err != nil {
		return h.endInRefusal(t, a, err)
	}
	next := ""
	_ = h.Store.View(func(s *store.State) error {
		next = loginURL(s, t.ID)
		if list := upstreamsFor(s, a); len(list) == 1 && len(connectionsFor(s, a)) == 0 {
			next = upstreamURL(list[0].Name, t.ID)
		}
		return nil
	})
	return wire.Redirect(next), nil
}

// inviter is who invites the person that logs in, "" where nobody does.
func (a *authorization) inviter() string {
	if a.invitation == nil {
		return ""
	}
	return a.invitation.Inviter.Name
}

// invited says whether the person may be shown: everybody, or the invited one.
func (a *authorization) invited(u *tenant.User) bool {
	return a.invitation == nil || strings.EqualFold(u.Email, a.invitation.Invitee.Email)
}

// checkInvited refuses somebody who is not invited, before they are asked for
// more.
func (h *Handler) checkInvited(a *authorization, user *tenant.User) error {
	v, err := h.Invited(a.Invitation, a.OrganizationID, user)
	if err != nil && v != nil {
		h.logInvitation(a, v, user, err)
	}
	return err
}

// accept makes the invited person a member, once all that proves who they are
// is done. From then on the login is one like any other.
func (h *Handler) accept(a *authorization, user *tenant.User) error {
	v, err := h.AcceptInvitation(a.Invitation, a.OrganizationID, user)
	if v != nil {
		h.logInvitation(a, v, user, err)
	}
	if err != nil {
		return err
	}
	a.Invitation, a.invitation = "", nil
	if user.Member(v.OrganizationID) == nil {
		h.LogJoined(a.event(""), user, "invitation")
	}
	return nil
}

// logInvitation tells of an invitation that was accepted, or by whom it could
// not be.
//
// Source: the description of tenant logs, si, fi; Auth0 support, "Auth0
// Organization Invitation Disappears Without Being Accepted".
func (h *Handler) logInvitation(a *authorization, v *tenant.Invitation, user *tenant.User, err error) {
	e := a.event(tenant.LogInvitationAccepted)
	e.UserID, e.Connection, e.Audience, e.Scope = user.UserID, user.Connection, "", ""
	if err != nil {
		e.Type, e.Description = tenant.LogInvitationFailed, wire.AsError(err).Description
	}
	stamp := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
	e.Details = map[string]any{"invitation": map[string]any{
		"id": v.ID, "ticket_id": v.TicketID, "client_id": v.ClientID, "roles": append([]string{}, v.Roles...),
		"inviter": map[string]any{"name": v.Inviter.Name, "organization_id": v.OrganizationID}, "invitee": map[string]any{"email": v.Invitee.Email},
		"created_at": stamp(v.CreatedAt), "expires_at": stamp(v.ExpiresAt),
	}}
	h.Log(e)
}
