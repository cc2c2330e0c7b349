package login

import (
	"net/http"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// actionFixtureUser is the `action` of the one-click buttons.
const actionFixtureUser = "fixture-user"

// maxFixtureUsers is how many users the one-click list shows.
const maxFixtureUsers = 50

func fixtureUsers(s *store.State, l ui.Look, connections []*tenant.Connection, a *authorization) []ui.QuickUser {
	var list []ui.QuickUser
	for _, u := range s.FirstUsers(maxFixtureUsers) {
		if !a.invited(u) || !slices.ContainsFunc(connections, func(c *tenant.Connection) bool { return c.Name == u.Connection }) {
			continue
		}
		list = append(list, ui.QuickUser{UserID: u.UserID, Label: u.Label(), Detail: userDetail(s, l, u, a.org)})
	}
	return list
}

func userDetail(s *store.State, l ui.Look, u *tenant.User, org *tenant.Organization) string {
	if u.Blocked {
		return l.T("common.users.blocked")
	}
	ids := u.Roles
	if org != nil {
		member := u.Member(org.ID)
		if member == nil {
			return l.T("common.users.notMember", "organizationName", org.Name)
		}
		ids = member.Roles
	}
	var names []string
	for _, id := range ids {
		if role := s.Role(id); role != nil {
			names = append(names, role.Name)
		}
	}
	if len(names) == 0 {
		return l.T("common.users.noRoles")
	}
	return strings.Join(names, ", ")
}

// fixtureLogin signs in one of the listed users without a password.
//
// Differs: Auth0 has no such thing; --fixture-users=off takes it away.
func (h *Handler) fixtureLogin(r *http.Request, t *store.Transaction, a *authorization, userID string) (*wire.Response, error) {
	if !h.FixtureUsers {
		return nil, tenant.NotFound()
	}
	user := h.user(userID)
	var connections []*tenant.Connection
	_ = h.Store.View(func(s *store.State) error { connections = formConnections(s, a); return nil })
	if user == nil || !slices.ContainsFunc(connections, func(c *tenant.Connection) bool { return c.Name == user.Connection }) {
		return h.showLogin(r, t, a, errUserUnknown)
	}
	if user.Blocked {
		return h.loginFailed(h.showLogin, r, t, a, tenant.UserBlocked())
	}
	return h.loggedIn(r, t, a, user)
}
