package flow

import (
	"testing"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// tryer is a tenant at which tries can be made in any order of their steps, as
// they come about when many are made at once.
func tryer() (*Flow, attempt) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f := &Flow{Store: store.New(&tenant.Snapshot{}, func(string) bool { return false }), Clock: tenant.NewClock(func() time.Time { return start }), IDs: tenant.SeededIDs(1)}
	return f, attempt{about: tenant.LogEvent{IP: "203.0.113.7"}, identifier: "ada@acme.test"}
}

func locked(err error) bool {
	e, ok := err.(*tenant.Error) //nolint:errorlint // it is returned bare
	return ok && e.Locked()
}

func TestOfManyGuessesAdmittedAtOnceNoMoreAreAnsweredThanTheLimit(t *testing.T) {
	t.Parallel()
	f, a := tryer()
	const guesses = 50
	for range guesses {
		if err := f.admit(a); err != nil {
			t.Fatal(err)
		}
	}
	answered := 0
	for range guesses {
		if err := f.failed(a); err == nil {
			answered++
		} else if !locked(err) {
			t.Fatal(err)
		}
	}
	if answered != 10 {
		t.Errorf("%d guesses were answered", answered)
	}
}

func TestARightGuessAdmittedBeforeTheLimitWasReachedIsRefusedAfterIt(t *testing.T) {
	t.Parallel()
	f, a := tryer()
	if err := f.admit(a); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if err := f.failed(a); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.passed(a); !locked(err) {
		t.Errorf("the right guess is answered with %v", err)
	}
	if err := f.admit(a); !locked(err) {
		t.Errorf("after it the account is %v", err)
	}
}
