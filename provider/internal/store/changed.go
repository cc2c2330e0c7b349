package store

import (
	"reflect"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// Changed says when an entry last changed while the tenant ran; zero when it
// has not. Tokens issued before know nothing of the change.
func (s *State) Changed(setting tenant.Setting) time.Time {
	setting.Field = ""
	return s.changed[setting]
}

// noteChanges records which entries of the new state differ from the old one's.
func noteChanges(old, fresh *State, now time.Time) {
	fresh.changed = old.changed
	mark := func(kind, id string, before, after any) {
		if !reflect.DeepEqual(before, after) {
			fresh.changed[tenant.Setting{Kind: kind, ID: id}] = now
		}
	}
	for id, after := range fresh.resourceServers.byID {
		mark(tenant.KindResourceServer, id, old.resourceServers.byID[id], after)
	}
	for id, after := range fresh.clients.byID {
		mark(tenant.KindClient, id, old.clients.byID[id], after)
	}
	for id, after := range fresh.clientGrants.byID {
		mark(tenant.KindClientGrant, id, old.clientGrants.byID[id], after)
	}
	for id, after := range fresh.roles.byID {
		mark(tenant.KindRole, id, old.roles.byID[id], after)
	}
	for id, after := range fresh.users.byID {
		if before := old.users.byID[id]; before != nil {
			mark(tenant.KindUser, id, rights(before), rights(after))
		}
	}
}

// rights is what a user may do, of all that a user has: a login changes the
// rest each time.
func rights(u *tenant.User) any {
	return []any{u.Roles, u.Permissions, u.Organizations, u.Blocked}
}
