package provider

import (
	"sync"
	"time"
)

// expiry ends sessions on time where somebody wants to hear of it; otherwise
// they end when they are next asked for. It is one timer, and none while nobody
// waits or the clock stands still.
type expiry struct {
	mu     sync.Mutex
	timer  *time.Timer
	closed bool
}

// watchSessions sets the timer, if none is set, to when the first session that
// is watched will end. One that is used meanwhile ends later; the timer is then
// set anew.
func (p *Provider) watchSessions() {
	p.expiry.mu.Lock()
	defer p.expiry.mu.Unlock()
	if p.expiry.timer != nil || p.expiry.closed || p.flow.Clock.Frozen() {
		return
	}
	if end, ok := p.flow.NextSessionEnd(); ok {
		p.expiry.timer = time.AfterFunc(end.Sub(p.flow.Clock.Now()), p.expireSessions)
	}
}

// expireSessions ends the sessions whose time is up: when the timer says so,
// and whenever the clock was moved.
func (p *Provider) expireSessions() {
	p.stopWatching(false)
	p.flow.ExpireSessions()
	p.watchSessions()
}

func (p *Provider) stopWatching(forGood bool) {
	p.expiry.mu.Lock()
	defer p.expiry.mu.Unlock()
	if p.expiry.timer != nil {
		p.expiry.timer.Stop()
		p.expiry.timer = nil
	}
	p.expiry.closed = p.expiry.closed || forGood
}
