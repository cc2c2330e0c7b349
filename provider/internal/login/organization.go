package login

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// Paths of the pages that ask for an organization: before the login by its
// name, after it from those the person is a member of.
//
// Source: Auth0 docs, "Universal Login" (prompt organizations).
const (
	pathOrganization       = "/u/organization"
	pathOrganizationPicker = "/u/organization/picker"
)

func (h *Handler) mountOrganization(rt *wire.Router) {
	rt.Handle("GET", pathOrganization, h.errorPage, h.organizationPage)
	rt.Handle("POST", pathOrganization, h.errorPage, h.chooseOrganization)
	rt.Handle("GET", pathOrganizationPicker, h.errorPage, h.pickerPage)
	rt.Handle("POST", pathOrganizationPicker, h.errorPage, h.pickOrganization)
}

// Values of Client.OrganizationRequireBehavior that ask a person.
//
// Source: Auth0 docs, "Define organization behavior".
const (
	promptBeforeLogin = "pre_login_prompt"
	promptAfterLogin  = "post_login_prompt"
)

// asksFirst says whether the organization must be named before the login.
func (a *authorization) asksFirst() bool {
	return a.OrganizationPrompt == promptBeforeLogin && a.OrganizationID == ""
}

// Form errors of the organization pages.
//
// Source: Auth0 docs, "Customize Universal Login text elements" (text
// catalogue, prompt organizations).
var (
	errNoOrganization      = &formError{"organizationName", "no-organization-name"}
	errInvalidOrganization = &formError{"organizationName", "invalid-organization"}
)

func (h *Handler) organizationPage(r *http.Request) (*wire.Response, error) {
	t, a, err := h.transaction(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	return h.showOrganization(t, a, "", nil)
}

func (h *Handler) showOrganization(t *store.Transaction, a *authorization, name string, failure *formError) (*wire.Response, error) {
	page := ui.OrganizationName{State: t.ID, Action: pathOrganization + "?state=" + url.QueryEscape(t.ID), ClientName: a.client.Name, Name: name}
	_ = h.Store.View(func(s *store.State) error { page.Look = lookFor(s, a); return nil })
	page.Error = failure.show(page.Look, "organizations.organization-selection.", "")
	return render(statusOf(failure), page, "")
}

// chooseOrganization takes an organization's name and goes on to its login, or
// to the end where somebody is logged in already.
//
// Source: Auth0 docs, "Define organization behavior" (pre-login prompt).
func (h *Handler) chooseOrganization(r *http.Request) (*wire.Response, error) {
	t, a, p, err := h.submitted(r)
	if err != nil {
		return h.lost(r, err)
	}
	name := strings.TrimSpace(p.Get("organizationName"))
	if name == "" {
		return h.showOrganization(t, a, name, errNoOrganization)
	}
	_ = h.Store.View(func(s *store.State) error { a.org = s.OrganizationByName(name); return nil })
	if a.org == nil {
		return h.showOrganization(t, a, name, errInvalidOrganization)
	}
	a.OrganizationID = a.org.ID
	t.Request.OrganizationID = a.org.ID
	next := ""
	if session, _ := h.usableSession(r, a); session != nil {
		t.SessionID = session.ID
		next = pathResume + "?state=" + url.QueryEscape(t.ID)
	}
	h.keep(t)
	if next == "" {
		_ = h.Store.View(func(s *store.State) error { next = firstStep(r, s, a, t.ID); return nil })
	}
	return wire.Redirect(next), nil
}

// memberships are the organizations that the user is a member of and that the
// session's connection may log in to.
func (h *Handler) memberships(session *store.Session, user *tenant.User) (list []*tenant.Organization) {
	_ = h.Store.View(func(s *store.State) error {
		c := s.ConnectionByName(session.Connection)
		for _, membership := range user.Organizations {
			if org := s.Organization(membership.OrganizationID); org != nil && c != nil && org.Allows(c.ID) {
				list = append(list, org)
			}
		}
		return nil
	})
	return list
}

// pickAfterLogin settles the organization of somebody who is logged in: the
// only one they are a member of, or the one they pick. It answers nothing where
// none is to be picked.
//
// Source: Auth0 docs, "Define organization behavior" (post-login prompt). That
// a single organization is not asked about is inferred.
func (h *Handler) pickAfterLogin(r *http.Request, a *authorization, session *store.Session, user *tenant.User) (*wire.Response, error) {
	if a.OrganizationPrompt != promptAfterLogin || a.org != nil {
		return nil, nil
	}
	list := h.memberships(session, user)
	switch {
	case len(list) == 0:
		return h.refuse(a, tenant.NoOrganization(user.UserID).
			WithHint("client %q requires an organization: add one to the user's organizations", a.client.Name))
	case len(list) == 1:
		a.org, a.OrganizationID = list[0], list[0].ID
		return nil, nil
	case a.Prompts("none"):
		return h.refuse(a, tenant.InteractionRequired().WithHint("the user is a member of several organizations, and none was named"))
	}
	device, isNew := h.device(r)
	t := &store.Transaction{ID: h.IDs.State(), DeviceID: device, Request: a.AuthorizationRequest, SessionID: session.ID, Shown: true}
	h.keep(t)
	res := wire.Redirect(pathOrganizationPicker + "?state=" + url.QueryEscape(t.ID))
	if isNew {
		h.setDevice(res, a.x, device)
	}
	return res, nil
}

// picking finds the login whose organization is to be picked.
func (h *Handler) picking(r *http.Request, state string) (*store.Transaction, *authorization, []*tenant.Organization, error) {
	found, a, err := h.transaction(r, state)
	if err != nil {
		return nil, nil, nil, err
	}
	session := h.UseSession(found.SessionID, "")
	if session == nil || a.OrganizationPrompt != promptAfterLogin {
		return nil, nil, nil, tenant.TransactionLost().WithHint("the user has logged out meanwhile, or no organization is asked for")
	}
	user := h.user(session.UserID)
	if user == nil {
		return nil, nil, nil, tenant.TransactionLost()
	}
	t := *found
	return &t, a, h.memberships(session, user), nil
}

func (h *Handler) pickerPage(r *http.Request) (*wire.Response, error) {
	t, a, list, err := h.picking(r, r.URL.Query().Get("state"))
	if err != nil {
		return h.lost(r, err)
	}
	page := ui.OrganizationPicker{State: t.ID, Action: pathOrganizationPicker + "?state=" + url.QueryEscape(t.ID), ClientName: a.client.Name}
	for _, org := range list {
		page.Organizations = append(page.Organizations, ui.Organization{ID: org.ID, Label: org.Label(), Detail: org.Name})
	}
	_ = h.Store.View(func(s *store.State) error { page.Look = lookFor(s, a); return nil })
	return render(http.StatusOK, page, "")
}

// pickOrganization takes the organization that was picked, which must be one of
// those offered.
func (h *Handler) pickOrganization(r *http.Request) (*wire.Response, error) {
	p, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	t, _, list, err := h.picking(r, stateOf(r, p))
	if err != nil {
		return h.lost(r, err)
	}
	id := p.Get("organization")
	if !slices.ContainsFunc(list, func(o *tenant.Organization) bool { return o.ID == id }) {
		return nil, tenant.OrganizationInvalid(id)
	}
	t.Request.OrganizationID = id
	h.keep(t)
	return wire.Redirect(pathResume + "?state=" + url.QueryEscape(t.ID)), nil
}
