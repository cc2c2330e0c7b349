package provider

import (
	"context"
	"fmt"
	"net/http"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// LogEvent is an entry of the tenant's log, as the Dashboard shows it. It is
// not to be confused with what Config.Log gets.
type LogEvent = tenant.LogEvent

// LogFilter says which events are meant; the zero value means all.
type LogFilter struct {
	Type             tenant.LogType
	ClientID, UserID string
	// After is the ID of an event: only later ones are meant.
	After string
}

func (f LogFilter) matches(e LogEvent) bool {
	return (f.Type == "" || f.Type == e.Type) && (f.ClientID == "" || f.ClientID == e.ClientID) &&
		(f.UserID == "" || f.UserID == e.UserID) && (f.After == "" || e.CountedAfter(f.After))
}

// Logs lists the tenant's log, oldest first: the last 1,000 events since the
// start, the last Reset or ClearLogs.
func (c *Control) Logs(filter LogFilter) []LogEvent {
	list := []LogEvent{}
	_ = c.p.flow.Store.View(func(s *store.State) error {
		for _, e := range s.LogEvents() {
			if filter.matches(e) {
				list = append(list, e)
			}
		}
		return nil
	})
	return list
}

// WaitLogs is Logs once there is an event to list. When the context ends
// before, it returns none and the context's error.
func (c *Control) WaitLogs(ctx context.Context, filter LogFilter) ([]LogEvent, error) {
	return waitFor(ctx, &c.p.logged, func() []LogEvent { return c.Logs(filter) })
}

// ClearLogs empties the tenant's log.
func (c *Control) ClearLogs() {
	_ = c.p.flow.Store.Update(func(s *store.State) error { s.ClearLogEvents(); return nil })
}

func (c *Control) mountLogs(guarded func(methods, path string, h wire.Handler)) {
	guarded("GET DELETE", "/_faux0/logs", c.logs)
}

// logs lists the tenant's log, or empties it.
func (c *Control) logs(r *http.Request) (*wire.Response, error) {
	if r.Method == http.MethodDelete {
		c.ClearLogs()
		return wire.Empty(http.StatusNoContent), nil
	}
	return listing(r, (*LogFilter).read, "type, client_id, user_id, after", c.Logs, c.WaitLogs)
}

func (f *LogFilter) read(name, value string) (known bool, err error) {
	switch name {
	case "type":
		f.Type = tenant.LogType(value)
	case "client_id":
		f.ClientID = value
	case "user_id":
		f.UserID = value
	case "after":
		if f.After = value; !tenant.ValidLogID(value) {
			return true, tenant.InvalidRequest(fmt.Sprintf("after %q: give the log_id of an event", value))
		}
	default:
		return false, nil
	}
	return true, nil
}
