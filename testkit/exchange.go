package testkit

import (
	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/action"
)

// On runs a Go function in place of the tenant's own Actions for a trigger. It
// is told what they would be told, and asks for things in the same way; a panic
// is what an exception is there. So far one trigger runs:
// action.CustomTokenExchange.
func On(trigger action.Trigger, f func(action.Event, *action.API)) Option {
	return func(o *options) {
		if o.config.Actions == nil {
			o.config.Actions = map[action.Trigger]action.Func{}
		}
		o.config.Actions[trigger] = f
	}
}

// ProviderToken makes what a social provider's SDK would give to a native app
// once the user has signed in there: the subject token of native social login,
// and its type. connection is the social connection's name.
func (a *Tenant) ProviderToken(connection string, u User) provider.ProviderToken {
	a.t.Helper()
	token, err := a.provider.Control().ProviderToken(provider.ProviderTokenRequest{Connection: connection, Email: u.Email, Name: u.Name})
	if err != nil {
		a.t.Fatalf("testkit: %v", err)
		return provider.ProviderToken{}
	}
	return *token
}
