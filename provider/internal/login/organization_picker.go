package login

import (
	"net/http"
	"slices"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// maxPicked is how many organizations a person picks from: those they joined
// first.
//
// Source: Auth0 docs, "Login flows for organizations".
const maxPicked = 20

// memberships are the organizations that the user is a member of, that the
// session's connection may log in to, and that let the client in. Of somebody
// without any it is the one that makes members of all who log in through the
// connection, if it is the only one.
//
// Source: Auth0 docs, "Login flows for organizations" (auto-membership).
func (h *Handler) memberships(a *authorization, session *store.Session, user *tenant.User) (list []*tenant.Organization) {
	_ = h.Store.View(func(s *store.State) error {
		c := s.ConnectionByName(session.Connection)
		for _, membership := range user.Organizations {
			if org := s.Organization(membership.OrganizationID); org != nil && c != nil && org.Allows(c.ID) && org.AllowsClient(a.client) {
				list = append(list, org)
			}
		}
		if len(list) > 0 || a.mayBePersonal() || c == nil {
			return nil
		}
		for _, org := range s.Organizations() {
			if own := org.Connection(c.ID); own != nil && own.AssignMembershipOnLogin && org.AllowsClient(a.client) {
				list = append(list, org)
			}
		}
		if len(list) > 1 {
			list = nil
		}
		return nil
	})
	return list[:min(len(list), maxPicked)]
}

// pickAfterLogin settles the organization of somebody who is logged in: the
// only one they are a member of, or the one they pick; where the client allows
// it, that may be none. It answers nothing where none is to be picked.
//
// Source: Auth0 docs, "Define organization behavior" (post-login prompt). That
// a single organization is not asked about, and that silence means a personal
// account, is inferred.
func (h *Handler) pickAfterLogin(r *http.Request, a *authorization, session *store.Session, user *tenant.User) (*wire.Response, error) {
	if a.OrganizationPrompt != promptAfterLogin || a.org != nil {
		return nil, nil
	}
	list := h.memberships(a, session, user)
	switch {
	case a.mayBePersonal() && (len(list) == 0 || a.Prompts("none")):
		a.OrganizationPrompt = ""
		return nil, nil
	case len(list) == 0:
		return h.refuse(a, tenant.NoOrganization(user.UserID).
			WithHint("client %q requires an organization: add one to the user's organizations that has connection %q among its own", a.client.Name, session.Connection))
	case len(list) == 1 && !a.mayBePersonal():
		a.org, a.OrganizationID = list[0], list[0].ID
		return nil, nil
	case a.Prompts("none"):
		return h.refuse(a, tenant.InteractionRequired().WithHint("the user is a member of several organizations, and none was named"))
	}
	t := h.detour(r, a, session)
	t.Shown = true
	return h.begin(r, a, t, atState(pathOrganizationPicker, t.ID)), nil
}

// picking finds the login whose organization is to be picked: before it, from
// those that an address led to, or after it.
func (h *Handler) picking(r *http.Request, state string) (*store.Transaction, *authorization, []*tenant.Organization, error) {
	t, a, err := h.transaction(r, state)
	if err != nil {
		return nil, nil, nil, err
	}
	if a.asksFirst() && len(t.Candidates) > 0 {
		var list []*tenant.Organization
		_ = h.Store.View(func(s *store.State) error {
			for _, id := range t.Candidates {
				if org := s.Organization(id); org != nil {
					list = append(list, org)
				}
			}
			return nil
		})
		return t, a, list, nil
	}
	session := h.UseSession(t.SessionID, "")
	if session == nil || a.OrganizationPrompt != promptAfterLogin {
		return nil, nil, nil, tenant.TransactionLost().WithHint("the user has logged out meanwhile, or no organization is asked for")
	}
	user := h.user(session.UserID)
	if user == nil {
		return nil, nil, nil, tenant.TransactionLost()
	}
	return t, a, h.memberships(a, session, user), nil
}

func (h *Handler) pickerPage(r *http.Request) (*wire.Response, error) {
	t, a, list, err := h.picking(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	page := ui.OrganizationPicker{Form: h.form(t, a, pathOrganizationPicker), Personal: a.mayBePersonal()}
	for _, org := range list {
		page.Organizations = append(page.Organizations, ui.Organization{ID: org.ID, Label: org.Label(), Detail: org.Name})
	}
	return render(http.StatusOK, page, "")
}

// pickOrganization takes the organization that was picked, which must be one of
// those offered, or none where that is offered.
//
// Observed: @auth0/auth0-acul-js, screen organization-picker (fields).
func (h *Handler) pickOrganization(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	t, a, list, err := h.picking(r, stateOf(r, p))
	if err != nil {
		return h.lost(r, err)
	}
	id := p.Get("organization")
	at := slices.IndexFunc(list, func(o *tenant.Organization) bool { return o.ID == id })
	skipped := p.Get("organizationSkipped") == "true" && a.mayBePersonal()
	switch {
	case at < 0 && !skipped:
		return nil, tenant.OrganizationInvalid(id)
	case a.asksFirst() && skipped:
		return h.enter(r, t, a, nil)
	case a.asksFirst():
		return h.enter(r, t, a, list[at])
	case skipped:
		t.Request.OrganizationPrompt = ""
	default:
		t.Request.OrganizationID = id
	}
	h.keep(t)
	return wire.Redirect(atState(pathResume, t.ID)), nil
}
