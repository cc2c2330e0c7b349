package flow

import (
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// Log adds an event to the tenant's log, now, and fills in the names that
// belong to the ids it holds. Secrets have no place in it.
//
// Source: Auth0 docs, "Log event type codes".
func (f *Flow) Log(e tenant.LogEvent) {
	e.At = f.Clock.Now()
	briefEvent(&e)
	_ = f.Store.Update(func(s *store.State) error {
		name(s, &e)
		s.AddLogEvent(e)
		return nil
	})
	if f.Logged != nil {
		f.Logged()
	}
}

func name(s *store.State, e *tenant.LogEvent) {
	if c := s.Client(e.ClientID); c != nil {
		e.ClientName = c.Name
	}
	if u := s.User(e.UserID); u != nil {
		e.UserName = u.Label()
		if e.Connection == "" {
			e.Connection = u.Connection
		}
	}
	if c := s.ConnectionByName(e.Connection); c != nil {
		e.ConnectionID, e.Strategy, e.StrategyType = c.ID, c.Strategy, c.StrategyType()
	}
	if o := s.Organization(e.OrganizationID); o != nil {
		e.OrganizationName = o.Name
	}
}
