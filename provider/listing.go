package provider

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// bell wakes everybody who waits, at once.
type bell struct {
	mu   sync.Mutex
	rung chan struct{}
}

// wait returns a channel that the next strike closes.
func (b *bell) wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung == nil {
		b.rung = make(chan struct{})
	}
	return b.rung
}

func (b *bell) strike() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung != nil {
		close(b.rung)
		b.rung = nil
	}
}

// waitFor is list once there is something to list. When the context ends
// before, it returns none and the context's error.
func waitFor[T any](ctx context.Context, b *bell, list func() []T) ([]T, error) {
	for {
		rung := b.wait() // before looking, so that nothing comes between
		if found := list(); len(found) > 0 {
			return found, nil
		}
		select {
		case <-rung:
		case <-ctx.Done():
			return []T{}, ctx.Err()
		}
	}
}

// maxWait is how long one request may wait for something to list.
const maxWait = 5 * time.Minute

// listing answers with a JSON array of what the filter matches. With wait, it
// answers when there is something, and with an empty list when nothing comes
// in time.
func listing[F, T any](r *http.Request, read func(f *F, name, value string) (known bool, err error), names string,
	now func(F) []T, later func(context.Context, F) ([]T, error),
) (*wire.Response, error) {
	var filter F
	var wait time.Duration
	for name, value := range wire.Query(r) {
		known, err := read(&filter, name, value)
		if name == "wait" {
			known = true
			if wait, err = time.ParseDuration(value); err != nil || wait < 0 || wait > maxWait {
				err = tenant.InvalidRequest(fmt.Sprintf("wait %q: give a duration such as 10s, not above %s", value, maxWait))
			}
		}
		switch {
		case err != nil:
			return nil, err
		case !known: // a misspelt one would list too much in silence
			return nil, tenant.InvalidRequest(fmt.Sprintf("There is no parameter %q; there are %s and wait", name, names))
		}
	}
	if wait == 0 {
		return wire.JSON(http.StatusOK, now(filter))
	}
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	list, _ := later(ctx, filter) // the error says that time is up, and the list is empty
	return wire.JSON(http.StatusOK, list)
}

// unplus gives back the plus sign of a phone number that was not encoded.
func unplus(value string) string {
	if number, ok := strings.CutPrefix(value, " "); ok {
		return "+" + number
	}
	return value
}
