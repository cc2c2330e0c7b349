package store

import (
	"sync"
	"time"

	"github.com/faux0/faux0/provider/tenant"
)

// Store guards the State. It is safe for concurrent use.
type Store struct {
	mu      sync.RWMutex
	state   *State
	ownHost func(string) bool
	// Ended, if set, is told of sessions that an Update has ended, after it.
	Ended func([]EndedSession)
}

// New returns a store holding the snapshot. ownHost says whether the tenant
// answers to a Host header.
func New(s *tenant.Snapshot, ownHost func(host string) bool) *Store {
	return &Store{state: newState(s, ownHost), ownHost: ownHost}
}

// View runs f on the state, which f must not change.
func (s *Store) View(f func(*State) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return f(s.state)
}

// Update runs f on the state as one step: nobody sees a part of it. f checks
// before it changes, since an error does not undo, and does no I/O and no
// cryptography, since everybody waits.
func (s *Store) Update(f func(*State) error) error {
	ended, err := s.update(f)
	if len(ended) > 0 && s.Ended != nil {
		s.Ended(ended)
	}
	return err
}

func (s *Store) update(f func(*State) error) ([]EndedSession, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := f(s.state)
	return s.state.takeEnded(), err
}

// Reset replaces the state with a snapshot: sessions, codes and tokens end.
func (s *Store) Reset(snapshot *tenant.Snapshot, now time.Time) {
	fresh := newState(snapshot, s.ownHost)
	s.mu.Lock()
	defer s.mu.Unlock()
	noteChanges(s.state, fresh, now)
	s.state = fresh
}
