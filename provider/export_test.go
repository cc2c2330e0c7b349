package provider

import (
	"time"

	"github.com/faux0/faux0/provider/internal/outbound"
	"github.com/faux0/faux0/provider/internal/store"
)

// A busy machine may take longer than an application or a provider may.
func init() { deliveryTime, outbound.Patience = 5*time.Minute, 5*time.Minute }

// Routes lists "METHOD /path" of everything mounted.
func (p *Provider) Routes() []string { return p.router.Routes() }

// Settle waits until every logout token has been delivered, or has failed to be.
func (p *Provider) Settle() { p.backchannel.work.Wait() }

// ReceiverTLS is what logout tokens are delivered with over HTTPS.
var ReceiverTLS = outbound.ServerTLS

// CountedFailures is how many accounts, and how many addresses, failed logins
// are remembered of.
func (p *Provider) CountedFailures() (accounts, addresses int) {
	_ = p.flow.Store.View(func(s *store.State) error {
		accounts, addresses = s.LoginFailures.Len(), s.AddressUse.Len()
		return nil
	})
	return accounts, addresses
}
