package flow

import (
	"sync/atomic"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// Flow is one tenant at work. It is safe for concurrent use.
type Flow struct {
	Store  *store.Store
	Clock  *tenant.Clock
	IDs    *tenant.IDs
	Sealer *token.Sealer
	// FixtureUsers offers the tenant's users on the login page, to sign in
	// with one click.
	FixtureUsers bool
	// HeadlessLogin lets login_hint log a user in without a page.
	HeadlessLogin bool
	// Consent says when first-party clients need consent.
	Consent tenant.ConsentRule
	// PasswordCost is the number of PBKDF2 rounds for new password hashes.
	PasswordCost int
	// Issued is told of every decision that became tokens.
	Issued func(*token.Decision, token.Request)
	// Actions runs the tenant's Actions.
	Actions ActionRunner
	// Sent is told of every mail and text message.
	Sent func(store.Message)
	// Asked is told of every request for somebody's approval.
	Asked func(store.Approval)
	// Logged is told that the tenant's log has grown.
	Logged func()
	// Notify is given what clients are to be told of ended sessions.
	Notify func(LogoutNotice)
	// Watched is told when a session has come to have an end that somebody
	// wants to hear of.
	Watched func()

	keys atomic.Pointer[token.KeySet]
}

// Keys is the tenant's present key set.
func (f *Flow) Keys() *token.KeySet { return f.keys.Load() }

// SetKeys replaces the key set.
func (f *Flow) SetKeys(keys *token.KeySet) { f.keys.Store(keys) }
