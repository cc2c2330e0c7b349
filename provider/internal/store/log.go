package store

import "github.com/faux0/faux0/provider/tenant"

// maxLogEvents is how many events the tenant's log keeps.
const maxLogEvents = 1000

// AddLogEvent appends to the tenant's log and returns the event with its id.
func (s *State) AddLogEvent(e tenant.LogEvent) tenant.LogEvent {
	s.logged++
	e.ID = tenant.LogID(e.At, s.logged)
	s.logs.add(e)
	return e
}

// LogEvents lists the tenant's log, oldest first.
func (s *State) LogEvents() []tenant.LogEvent { return s.logs.all() }

// ClearLogEvents empties the tenant's log. The ids go on counting.
func (s *State) ClearLogEvents() { s.logs.clear() }
