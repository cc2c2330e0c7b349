package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

func TestOutboxKeepsTheLast(t *testing.T) {
	t.Parallel()
	s := newState(&tenant.Snapshot{}, nil)
	for i := range maxMessages + 5 {
		if m := s.Send(Message{To: fmt.Sprint(i)}); m.ID != i+1 {
			t.Fatalf("message %d has number %d", i, m.ID)
		}
	}
	got := s.Outbox()
	if len(got) != maxMessages || got[0].To != "5" || got[maxMessages-1].To != fmt.Sprint(maxMessages+4) {
		t.Errorf("%d messages, from %s to %s", len(got), got[0].To, got[len(got)-1].To)
	}
	s.ClearOutbox()
	if m := s.Send(Message{}); len(s.Outbox()) != 1 || m.ID != maxMessages+6 {
		t.Errorf("after clearing: %d messages, the last has number %d", len(s.Outbox()), m.ID)
	}
}

func TestPutAtMostDropsWhatEndsFirst(t *testing.T) {
	t.Parallel()
	e := newExpiring[int]()
	for i := range 10 {
		e.PutAtMost(3, fmt.Sprint(i), i, start.Add(time.Hour-time.Duration(i)*time.Second), start)
	}
	e.PutAtMost(3, "0", 100, start.Add(time.Minute), start) // replacing needs no room
	if v, _ := e.Get("0", start); e.Len() != 3 || v != 100 {
		t.Errorf("%d values, the first is %d", e.Len(), v)
	}
	if _, ok := e.Get("9", start); !ok {
		t.Error("the newest value is gone")
	}
	if _, ok := e.Get("1", start); !ok {
		t.Error("a value was dropped though others end before it")
	}
}
