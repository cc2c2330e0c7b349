package tenant_test

import (
	"sync"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// source is a clock that a test moves.
type source struct {
	mu  sync.Mutex
	now time.Time
}

func (s *source) Now() time.Time { s.mu.Lock(); defer s.mu.Unlock(); return s.now }

func (s *source) add(d time.Duration) { s.mu.Lock(); defer s.mu.Unlock(); s.now = s.now.Add(d) }

func TestClock(t *testing.T) {
	t.Parallel()
	src := &source{now: noon}
	c := tenant.NewClock(src.Now)
	reads := func(step string, want time.Duration, frozen bool) {
		t.Helper()
		if got := c.Now().Sub(noon); got != want {
			t.Errorf("%s: %s after noon, want %s", step, got, want)
		}
		if c.Frozen() != frozen {
			t.Errorf("%s: frozen is %t", step, c.Frozen())
		}
	}
	reads("a new clock follows its source", 0, false)
	src.add(time.Minute)
	reads("and goes on with it", time.Minute, false)
	c.Advance(time.Hour)
	reads("it can run ahead", time.Hour+time.Minute, false)
	src.add(time.Minute)
	reads("and still follows", time.Hour+2*time.Minute, false)
	c.Freeze(noon.Add(5 * time.Hour))
	src.add(time.Minute)
	reads("frozen it stands still", 5*time.Hour, true)
	c.Advance(time.Second)
	reads("unless it is moved by hand", 5*time.Hour+time.Second, true)
	c.Run()
	reads("running on from where it stands", 5*time.Hour+time.Second, false)
	src.add(time.Minute)
	reads("it follows again", 5*time.Hour+time.Second+time.Minute, false)
	c.Run()
	reads("which changes nothing when repeated", 5*time.Hour+time.Second+time.Minute, false)
	c.Reset()
	reads("reset, it reads what its source reads", 4*time.Minute, false)
	c.Freeze(time.Time{})
	if !c.Frozen() || !c.Now().IsZero() {
		t.Error("even the zero time can be frozen at")
	}
	c.Reset()
	reads("reset from frozen", 4*time.Minute, false)
}

func TestClockIsSafe(t *testing.T) {
	t.Parallel()
	src := &source{now: noon}
	c := tenant.NewClock(src.Now)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				c.Advance(time.Second)
				c.Now()
				c.Frozen()
			}
		})
	}
	wg.Wait()
	if got := c.Now().Sub(noon); got != 800*time.Second {
		t.Errorf("%s", got)
	}
}
