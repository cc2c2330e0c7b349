package jsengine

import (
	"time"

	"github.com/dop251/goja"
)

// cacheGet is api.cache.get: the record, or undefined.
func (h *host) cacheGet(c goja.FunctionCall) goja.Value {
	value, expires, ok := h.asked.Cache.Get(text(c.Argument(0)))
	if !ok {
		return goja.Undefined()
	}
	return h.record(value, expires)
}

func (h *host) record(value string, expires time.Time) goja.Value {
	return h.object(map[string]goja.Value{"value": h.vm.ToValue(value), "expires_at": h.vm.ToValue(expires.UnixMilli())})
}

// cacheSet is api.cache.set: it answers with the record, or with what is
// against it. expires_at is in milliseconds and wins over ttl.
//
// Source: Auth0 docs, "Actions triggers: custom-token-exchange, API object"
// (api.cache).
func (h *host) cacheSet(c goja.FunctionCall) goja.Value {
	options := h.members(c.Argument(2))
	var expires time.Time
	if ttl, ok := options["ttl"].(float64); ok {
		expires = h.asked.Cache.Now().Add(time.Duration(ttl) * time.Millisecond)
	}
	if at, ok := options["expires_at"].(float64); ok {
		expires = time.UnixMilli(int64(at))
	}
	value := text(c.Argument(1))
	code, ends := h.asked.Cache.Set(text(c.Argument(0)), value, expires)
	if code != "" {
		return h.object(map[string]goja.Value{"type": h.vm.ToValue("error"), "code": h.vm.ToValue(code)})
	}
	return h.object(map[string]goja.Value{"type": h.vm.ToValue("success"), "record": h.record(value, ends)})
}
