package store

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestCollectionKeepsTheOrderThingsCameIn(t *testing.T) {
	t.Parallel()
	c := newCollection[string](0)
	for _, id := range []string{"c", "a", "b"} {
		c.Put(id, id+"1")
	}
	c.Put("a", "a2") // replacing moves nothing
	c.Delete("c")
	c.Delete("nothing")
	c.Put("c", "c2") // coming back is coming last
	if got := c.All(); !slices.Equal(got, []string{"a2", "b1", "c2"}) {
		t.Errorf("in order: %q", got)
	}
	if got := c.first(2); !slices.Equal(got, []string{"a2", "b1"}) {
		t.Errorf("the first two: %q", got)
	}
	if got := c.first(9); len(got) != 3 || c.Len() != 3 {
		t.Errorf("the first nine of three: %q", got)
	}
	if _, ok := c.Get("nothing"); ok {
		t.Error("found nothing")
	}
	list := c.All()
	list[0] = "changed"
	if v, _ := c.Get("a"); v != "a2" {
		t.Error("a list from outside changed the collection")
	}
}

func TestExpiringEndsOnTheSecond(t *testing.T) {
	t.Parallel()
	e := newExpiring[int]()
	e.Put("x", 1, start.Add(time.Second), start)
	if v, ok := e.Get("x", start.Add(time.Second-1)); !ok || v != 1 {
		t.Error("ended too early")
	}
	if v, ok := e.Get("x", start.Add(time.Second)); ok || v != 0 {
		t.Error("did not end")
	}
	if _, ok := e.Take("x", start.Add(time.Second)); ok {
		t.Error("an ended value was taken")
	}
}

func TestTakeGivesAValueOnce(t *testing.T) {
	t.Parallel()
	s := New(&tenant.Snapshot{}, func(string) bool { return false })
	_ = s.Update(func(s *State) error {
		s.Codes.Put("code", &AuthorizationCode{}, start.Add(time.Minute), start)
		return nil
	})
	var taken atomic.Int64
	var done sync.WaitGroup
	for range 100 {
		done.Add(1)
		go func() {
			defer done.Done()
			_ = s.Update(func(s *State) error {
				if _, ok := s.Codes.Take("code", start); ok {
					taken.Add(1)
				}
				return nil
			})
		}()
	}
	done.Wait()
	if taken.Load() != 1 {
		t.Errorf("taken %d times", taken.Load())
	}
}

// TestSweepKeepsWhatLives runs a busy tenant for a long time: what ended goes,
// so memory stays flat, and what lives stays.
func TestSweepKeepsWhatLives(t *testing.T) {
	t.Parallel()
	e := newExpiring[int]()
	forever := start.Add(1000 * time.Hour)
	for i := range 500 {
		e.Put(fmt.Sprint("lives", i), i, forever, start)
	}
	most, now := 0, start
	for i := range 100_000 {
		now = start.Add(time.Duration(i) * time.Second)
		e.Put(fmt.Sprint("ends", i), i, now.Add(time.Minute), now)
		most = max(most, e.Len())
	}
	if most > 2*firstSweep {
		t.Errorf("as many as %d values were held, where 560 live", most)
	}
	living := 0
	e.Each(now, func(id string, _ int) { living++ })
	if living != 560 {
		t.Errorf("%d values live, want 560", living)
	}
	for i := range 500 {
		if v, ok := e.Get(fmt.Sprint("lives", i), now); !ok || v != i {
			t.Fatalf("value %d was swept away", i)
		}
	}
}

func TestDeleteFunc(t *testing.T) {
	t.Parallel()
	e := newExpiring[int]()
	for i := range 10 {
		e.Put(fmt.Sprint(i), i, start.Add(time.Hour), start)
	}
	e.DeleteFunc(func(i int) bool { return i%2 == 0 })
	e.Delete("1")
	if e.Len() != 4 {
		t.Errorf("%d values are left, want 4", e.Len())
	}
}

func TestRecentKeepsTheLast(t *testing.T) {
	t.Parallel()
	s := newState(&tenant.Snapshot{}, nil)
	for i := range 3 * recentTokens / 2 {
		s.Remember(IssuedToken{ClientID: fmt.Sprint(i)})
	}
	got := s.Recent()
	if len(got) != recentTokens || got[0].ClientID != fmt.Sprint(recentTokens/2) || got[recentTokens-1].ClientID != fmt.Sprint(3*recentTokens/2-1) {
		t.Errorf("%d values, from %s to %s", len(got), got[0].ClientID, got[len(got)-1].ClientID)
	}
}
