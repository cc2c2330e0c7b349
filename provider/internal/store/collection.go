package store

import (
	"slices"
	"time"
)

// Collection keeps entities by id, in the order they came.
type Collection[T any] struct {
	byID  map[string]T
	order []string
}

func newCollection[T any](size int) *Collection[T] {
	return &Collection[T]{byID: make(map[string]T, size), order: make([]string, 0, size)}
}

// collect makes a Collection of a list.
func collect[T any](list []T, id func(T) string) *Collection[T] {
	c := newCollection[T](len(list))
	for _, v := range list {
		c.Put(id(v), v)
	}
	return c
}

// Get returns the entity, or the zero value.
func (c *Collection[T]) Get(id string) (T, bool) {
	v, ok := c.byID[id]
	return v, ok
}

// Put adds or replaces the entity.
func (c *Collection[T]) Put(id string, v T) {
	if _, ok := c.byID[id]; !ok {
		c.order = append(c.order, id)
	}
	c.byID[id] = v
}

// Delete removes the entity, if it is there.
func (c *Collection[T]) Delete(id string) {
	if _, ok := c.byID[id]; !ok {
		return
	}
	delete(c.byID, id)
	c.order = slices.DeleteFunc(c.order, func(o string) bool { return o == id })
}

// All lists the entities in order.
func (c *Collection[T]) All() []T { return c.first(len(c.order)) }

func (c *Collection[T]) first(n int) []T {
	list := make([]T, min(n, len(c.order)))
	for i := range list {
		list[i] = c.byID[c.order[i]]
	}
	return list
}

// Len is how many there are.
func (c *Collection[T]) Len() int { return len(c.order) }

// Expiring keeps values that end by the tenant's clock. Ended values are never
// returned, and are swept out as new ones come.
type Expiring[T any] struct {
	byID map[string]expiring[T]
	// sweepAt is the size at which the next Put sweeps: twice what the last
	// sweep left, so that sweeping costs a constant share of each Put.
	sweepAt int
	// swept, if set, is given every value that a Put sweeps out.
	swept func(T)
}

type expiring[T any] struct {
	value   T
	expires time.Time
}

const firstSweep = 1024

func newExpiring[T any]() *Expiring[T] {
	return &Expiring[T]{byID: map[string]expiring[T]{}, sweepAt: firstSweep}
}

// Put adds or replaces a value that ends at expires.
func (e *Expiring[T]) Put(id string, v T, expires, now time.Time) {
	if len(e.byID) >= e.sweepAt {
		for id, x := range e.byID {
			if !now.Before(x.expires) {
				delete(e.byID, id)
				if e.swept != nil {
					e.swept(x.value)
				}
			}
		}
		e.sweepAt = max(firstSweep, 2*len(e.byID))
	}
	e.byID[id] = expiring[T]{v, expires}
}

// PutAtMost is Put where anybody may ask for values: of limit values those that
// end first make room for new ones. Room is made for several at once, so that
// a flood does not look through all values each time.
func (e *Expiring[T]) PutAtMost(limit int, id string, v T, expires, now time.Time) {
	if _, known := e.byID[id]; !known && len(e.byID) >= limit {
		type end struct {
			id string
			at time.Time
		}
		ends := make([]end, 0, len(e.byID))
		for id, x := range e.byID {
			ends = append(ends, end{id, x.expires})
		}
		slices.SortFunc(ends, func(a, b end) int { return a.at.Compare(b.at) })
		for _, first := range ends[:max(1, limit/roomShare)] {
			delete(e.byID, first.id)
		}
	}
	e.Put(id, v, expires, now)
}

// roomShare: PutAtMost makes room for this part of the values.
const roomShare = 16

// Get returns a value that has not ended.
func (e *Expiring[T]) Get(id string, now time.Time) (T, bool) {
	x, ok := e.byID[id]
	if !ok || !now.Before(x.expires) {
		var zero T
		return zero, false
	}
	return x.value, true
}

// Last returns a value even after its end, for as long as it lies about, and
// when it ends.
func (e *Expiring[T]) Last(id string) (T, time.Time, bool) {
	x, ok := e.byID[id]
	return x.value, x.expires, ok
}

// Take returns a value that has not ended and removes it: of two callers only
// one gets it.
func (e *Expiring[T]) Take(id string, now time.Time) (T, bool) {
	v, ok := e.Get(id, now)
	delete(e.byID, id)
	return v, ok
}

// Delete removes a value, if it is there.
func (e *Expiring[T]) Delete(id string) { delete(e.byID, id) }

// DeleteFunc removes the values for which drop is true.
func (e *Expiring[T]) DeleteFunc(drop func(T) bool) {
	for id, x := range e.byID {
		if drop(x.value) {
			delete(e.byID, id)
		}
	}
}

// change replaces every value by what f makes of it.
func (e *Expiring[T]) change(f func(T) T) {
	for id, x := range e.byID {
		e.byID[id] = expiring[T]{f(x.value), x.expires}
	}
}

// Each calls f for every value that has not ended, in no order.
func (e *Expiring[T]) Each(now time.Time, f func(id string, v T)) {
	for id, x := range e.byID {
		if now.Before(x.expires) {
			f(id, x.value)
		}
	}
}

// Len is how many values are held, ended ones not yet swept included.
func (e *Expiring[T]) Len() int { return len(e.byID) }

// ring keeps the last values, as many as its size.
type ring[T any] struct {
	size   int
	values []T
	next   int
}

func (r *ring[T]) add(v T) {
	if len(r.values) < r.size {
		r.values = append(r.values, v)
		return
	}
	r.values[r.next] = v
	r.next = (r.next + 1) % r.size
}

// all lists the values, oldest first.
func (r *ring[T]) all() []T {
	return append(append([]T{}, r.values[r.next:]...), r.values[:r.next]...)
}

// clear forgets the values.
func (r *ring[T]) clear() { r.values, r.next = nil, 0 }
