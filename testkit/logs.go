package testkit

import (
	"context"
	"time"

	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// logPatience is how long WaitLog waits: longer than the tenant waits for an
// application to take a logout token.
const logPatience = 8 * time.Second

// Logs lists the tenant's log, as the Dashboard would show it, since the tenant
// was started, reset, or the log cleared; oldest first, the last 1,000 at most.
func (a *Tenant) Logs() []provider.LogEvent { return a.provider.Control().Logs(provider.LogFilter{}) }

// WaitLog returns the newest event of the type, and waits for it if it has yet
// to happen.
func (a *Tenant) WaitLog(typ tenant.LogType) provider.LogEvent {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), logPatience)
	defer cancel()
	list, err := a.provider.Control().WaitLogs(ctx, provider.LogFilter{Type: typ})
	if err != nil {
		var known []string
		for _, e := range a.Logs() {
			known = append(known, string(e.Type))
		}
		a.missing("log event", string(typ), known)
		return provider.LogEvent{}
	}
	return list[len(list)-1]
}

// ClearLogs empties the tenant's log, so that WaitLog waits for a new event.
func (a *Tenant) ClearLogs() { a.provider.Control().ClearLogs() }
