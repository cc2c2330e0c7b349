package provider

import "github.com/faux0/faux0/provider/internal/outbound"

// Routes lists "METHOD /path" of everything mounted.
func (p *Provider) Routes() []string { return p.router.Routes() }

// Settle waits until every logout token has been delivered, or has failed to be.
func (p *Provider) Settle() { p.backchannel.work.Wait() }

// ReceiverTLS is what logout tokens are delivered with over HTTPS.
var ReceiverTLS = outbound.ServerTLS
