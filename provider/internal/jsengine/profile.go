package jsengine

import (
	"context"
	"errors"
	"strings"

	"github.com/dop251/goja"
)

// Request and Reply are an HTTP exchange of a script.
type (
	Request struct {
		Method, URL string
		Header      map[string]string
		Body        string
	}
	Reply struct {
		Status int
		Header map[string]string
		Body   string
	}
)

var (
	errNoCallback = errors.New("the script does not call its callback: there are no timers, and no network but request")
	errNoFunction = errors.New("the script is no function of accessToken, context and callback")
	errNoProfile  = errors.New("the script calls its callback without a profile")
)

// Profile runs a connection's fetchUserProfile, a function of an access token,
// the answer that it came in, and a callback, and returns the profile that the
// callback is given. request asks through fetch. An error is what the script
// threw or called back with, or that it was stopped.
//
// Source: Auth0 docs, "Connect your app to OAuth 2.0 providers" (fetch user
// profile script).
func (e *Engine) Profile(ctx context.Context, s Script, accessToken string, about map[string]any, fetch func(Request) (Reply, error)) (map[string]any, error) {
	ctx, cancel := context.WithTimeout(ctx, e.timeout())
	defer cancel()
	vm := goja.New()
	var profile map[string]any
	done := make(chan outcome, 1)
	go func() {
		found, err := e.profile(vm, s, accessToken, about, fetch)
		if err == nil {
			profile = found
		}
		done <- outcome{err}
	}()
	if err := watch(ctx, vm, done); err != nil {
		return nil, err
	}
	return profile, nil
}

func (e *Engine) profile(vm *goja.Runtime, s Script, accessToken string, about map[string]any, fetch func(Request) (Reply, error)) (profile map[string]any, err error) {
	defer survive(&err)
	vm.SetMaxCallStackSize(maxDepth)
	h, err := newHost(vm, e, s, nil)
	if err != nil {
		return nil, err
	}
	if err := h.allowRequests(fetch); err != nil {
		return nil, err
	}
	f, err := vm.RunScript(s.Name+".js", "("+strings.TrimRight(s.Code, "; \t\r\n")+"\n)")
	if err != nil {
		return nil, thrown(err)
	}
	run, ok := goja.AssertFunction(f)
	if !ok {
		return nil, errNoFunction
	}
	told, err := h.value(about)
	if err != nil {
		return nil, err
	}
	called, failure := false, error(nil)
	callback := vm.ToValue(func(c goja.FunctionCall) goja.Value {
		if called { // the first call counts
			return goja.Undefined()
		}
		called = true
		if e := c.Argument(0); e.ToBoolean() {
			failure = errors.New(message(e))
		} else {
			profile = h.members(c.Argument(1))
		}
		return goja.Undefined()
	})
	arguments := []goja.Value{vm.ToValue(accessToken), told, callback}
	if f.ToObject(vm).Get("length").ToInteger() == 2 { // an older form has no context
		arguments = []goja.Value{vm.ToValue(accessToken), callback}
	}
	result, err := run(goja.Undefined(), arguments...)
	if err != nil {
		return nil, thrown(err)
	}
	switch err := settled(result); {
	case called && failure != nil:
		return nil, failure
	case called && profile == nil:
		return nil, errNoProfile
	case called:
		return profile, nil
	case err != nil && !errors.Is(err, errPending):
		return nil, err
	}
	return nil, errNoCallback
}

// allowRequests gives the code request, as a global and as a module.
func (h *host) allowRequests(fetch func(Request) (Reply, error)) error {
	err := h.native.Set("fetch", func(method, url string, header map[string]string, body string) goja.Value {
		reply, err := fetch(Request{method, url, header, body})
		if err != nil {
			panic(h.vm.NewGoError(err))
		}
		headers := map[string]goja.Value{}
		for name, value := range reply.Header {
			headers[strings.ToLower(name)] = h.vm.ToValue(value)
		}
		return h.object(map[string]goja.Value{"status": h.vm.ToValue(reply.Status), "headers": h.object(headers), "body": h.vm.ToValue(reply.Body)})
	})
	if err != nil {
		return err
	}
	request, err := h.module("request")
	if err != nil {
		return err
	}
	return h.vm.Set("request", request)
}
