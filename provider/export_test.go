package provider

import (
	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// Routes lists "METHOD /path" of everything mounted.
func (p *Provider) Routes() []string { return p.router.Routes() }

// LogEvents lists the tenant's log, oldest first.
func LogEvents(c *Control) (list []tenant.LogEvent) {
	_ = c.p.flow.Store.View(func(s *store.State) error { list = s.LogEvents(); return nil })
	return list
}
