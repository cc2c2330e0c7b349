package provider

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

func (c *Control) mountOutbox(guarded func(methods, path string, h wire.Handler)) {
	guarded("GET DELETE", "/_faux0/outbox", c.outbox)
}

// outbox lists the messages, or forgets them.
func (c *Control) outbox(r *http.Request) (*wire.Response, error) {
	if r.Method == http.MethodDelete {
		c.ClearOutbox()
		return wire.Empty(http.StatusNoContent), nil
	}
	return listing(r, (*OutboxFilter).read, "to, kind, after", c.Outbox, c.WaitOutbox)
}

func (f *OutboxFilter) read(name, value string) (known bool, err error) {
	switch name {
	case "to":
		f.To = unplus(value)
	case "kind":
		f.Kind = value
	case "after":
		if f.After, err = strconv.Atoi(value); err != nil {
			return true, tenant.InvalidRequest(fmt.Sprintf("after %q: give the id of a message", value))
		}
	default:
		return false, nil
	}
	return true, nil
}
