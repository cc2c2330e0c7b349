package provider

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// maxWait is how long one request may wait for a message.
const maxWait = 5 * time.Minute

func (c *Control) mountOutbox(guarded func(methods, path string, h wire.Handler)) {
	guarded("GET DELETE", "/_faux0/outbox", c.outbox)
}

// outbox lists the messages as a JSON array, or forgets them. With wait, it
// answers when one matches, and with an empty list when none does in time.
func (c *Control) outbox(r *http.Request) (*wire.Response, error) {
	if r.Method == http.MethodDelete {
		c.ClearOutbox()
		return wire.Empty(http.StatusNoContent), nil
	}
	filter, wait, err := outboxQuery(r)
	if err != nil {
		return nil, err
	}
	if wait == 0 {
		return wire.JSON(http.StatusOK, c.Outbox(filter))
	}
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	list, _ := c.WaitOutbox(ctx, filter) // the error says that time is up, and the list is empty
	return wire.JSON(http.StatusOK, list)
}

// outboxQuery reads the filter. A parameter it does not know is an error, since
// a misspelt one would list too much in silence.
func outboxQuery(r *http.Request) (filter OutboxFilter, wait time.Duration, err error) {
	for name, value := range wire.Query(r) {
		switch name {
		case "to":
			filter.To = value
			if number, ok := strings.CutPrefix(value, " "); ok {
				filter.To = "+" + number // a plus sign that was not encoded
			}
		case "kind":
			filter.Kind = value
		case "after":
			if filter.After, err = strconv.Atoi(value); err != nil {
				return filter, 0, tenant.InvalidRequest(fmt.Sprintf("after %q: give the id of a message", value))
			}
		case "wait":
			if wait, err = time.ParseDuration(value); err != nil || wait < 0 || wait > maxWait {
				return filter, 0, tenant.InvalidRequest(fmt.Sprintf("wait %q: give a duration such as 10s, not above %s", value, maxWait))
			}
		default:
			return filter, 0, tenant.InvalidRequest(fmt.Sprintf("There is no parameter %q; there are to, kind, after and wait", name))
		}
	}
	return filter, wait, nil
}
