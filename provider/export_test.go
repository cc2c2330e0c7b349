package provider

// Routes lists "METHOD /path" of everything mounted.
func (p *Provider) Routes() []string { return p.router.Routes() }
