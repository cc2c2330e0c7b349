package tenant

import (
	"sync"
	"time"
)

// Clock is the one clock of a tenant: codes, tokens, sessions and tickets all
// read it. It runs ahead of, or stands still beside, the time it is given. It
// is safe for concurrent use.
type Clock struct {
	mu     sync.Mutex
	now    func() time.Time
	offset time.Duration
	frozen time.Time
	still  bool
	// Moved, if set, is told that the clock was advanced, frozen or let run.
	Moved func()
}

// NewClock returns a clock that follows now.
func NewClock(now func() time.Time) *Clock { return &Clock{now: now} }

// Now is the tenant's present time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read()
}

func (c *Clock) read() time.Time {
	if c.still {
		return c.frozen
	}
	return c.now().Add(c.offset)
}

// Advance moves the clock forward by d, running or frozen.
func (c *Clock) Advance(d time.Duration) {
	c.move(func() {
		if c.still {
			c.frozen = c.frozen.Add(d)
			return
		}
		c.offset += d
	})
}

func (c *Clock) move(f func()) {
	c.mu.Lock()
	f()
	c.mu.Unlock()
	if c.Moved != nil {
		c.Moved()
	}
}

// Freeze stops the clock at t.
func (c *Clock) Freeze(t time.Time) {
	c.move(func() { c.frozen, c.still = t, true })
}

// Run lets a frozen clock go on from where it stands.
func (c *Clock) Run() {
	c.move(func() {
		if c.still {
			c.offset, c.still = c.frozen.Sub(c.now()), false
		}
	})
}

// Frozen says whether the clock stands still.
func (c *Clock) Frozen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.still
}

// Reset lets the clock follow its source again, undoing Advance and Freeze.
// Nobody is told: what aged by it is reset too.
func (c *Clock) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset, c.still = 0, false
}
