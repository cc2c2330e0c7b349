package jsengine

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/dlclark/regexp2/v2"
	"github.com/dop251/goja"

	"github.com/faux0/faux0/provider/action"
)

// host is what one run's code finds around it.
type host struct {
	vm     *goja.Runtime
	engine *Engine
	script Script
	asked  *action.API
	// parse and stringify are JSON's, as they were before the Action's code
	// could put others in their place.
	parse, stringify goja.Callable
	modules          map[string]goja.Value
	native           *goja.Object
}

func newHost(vm *goja.Runtime, e *Engine, s Script, asked *action.API) (*host, error) {
	h := &host{vm: vm, engine: e, script: s, asked: asked, modules: map[string]goja.Value{}}
	if e.Now != nil {
		vm.SetTimeSource(e.Now)
	}
	json := vm.Get("JSON").ToObject(vm)
	h.parse, _ = goja.AssertFunction(json.Get("parse"))
	h.stringify, _ = goja.AssertFunction(json.Get("stringify"))
	h.native = h.natives()
	if err := h.guard(); err != nil {
		return nil, err
	}
	return h, errors.Join(
		vm.Set("console", h.console()),
		vm.Set("require", h.require),
		h.globals(),
	)
}

//go:embed modules/*.js
var sources embed.FS

// programs are the modules, compiled on first use and shared by all runs.
var programs = sync.OnceValues(func() (map[string]*goja.Program, error) {
	// A match cannot be interrupted, and what backtracks may take for ever.
	regexp2.DefaultMatchTimeout = maxMatch
	compiled := map[string]*goja.Program{}
	for _, name := range []string{"buffer", "crypto", "guard", "jsonwebtoken", "request"} {
		source, err := sources.ReadFile("modules/" + name + ".js")
		if err != nil {
			return nil, err
		}
		if compiled[name], err = goja.Compile(name+".js", wrap(string(source)), false); err != nil {
			return nil, err
		}
	}
	return compiled, nil
})

// wrap makes code a CommonJS module, on the line it began on.
func wrap(code string) string {
	return "(function (exports, require, module, native) {" + code + "\n})"
}

// module runs one of ours once and returns what it exports.
func (h *host) module(name string) (goja.Value, error) {
	if exports, ok := h.modules[name]; ok {
		return exports, nil
	}
	compiled, err := programs()
	if err != nil {
		return nil, err
	}
	f, err := h.vm.RunProgram(compiled[name])
	if err != nil {
		return nil, err
	}
	exports, err := h.call(f, h.native)
	h.modules[name] = exports
	return exports, err
}

// call runs a module's function.
func (h *host) call(f goja.Value, native goja.Value) (goja.Value, error) {
	run, ok := goja.AssertFunction(f)
	if !ok {
		return nil, errors.New("the code is no module") // it closed the function it stands in
	}
	module, exports := h.vm.NewObject(), h.vm.NewObject()
	if err := module.Set("exports", exports); err != nil {
		return nil, err
	}
	_, err := run(goja.Undefined(), exports, h.vm.ToValue(h.require), module, native)
	return module.Get("exports"), err
}

// guard bounds what a single call of a built-in function may take, as those
// cannot be interrupted.
func (h *host) guard() error { _, err := h.module("guard"); return err }

func (h *host) globals() error {
	exports, err := h.module("buffer")
	if err != nil {
		return err
	}
	o := exports.ToObject(h.vm)
	for _, name := range o.Keys() {
		if err := h.vm.Set(name, o.Get(name)); err != nil {
			return err
		}
	}
	return nil
}

// require gives an Action one of the modules there are.
func (h *host) require(call goja.FunctionCall) goja.Value {
	name := call.Argument(0).String()
	if request, ok := h.modules[name]; ok && name == "request" { // where it was allowed
		return request
	}
	switch strings.TrimPrefix(name, "node:") {
	case "buffer", "crypto", "jsonwebtoken":
		exports, err := h.module(strings.TrimPrefix(name, "node:"))
		if err != nil {
			panic(h.vm.NewGoError(err))
		}
		return exports
	}
	panic(h.fail(fmt.Sprintf("require(%q): Actions in Faux0 have no packages but buffer, crypto and jsonwebtoken, and no network", name)))
}

// fail makes an Error to be thrown.
func (h *host) fail(text string) goja.Value {
	e, err := h.vm.New(h.vm.Get("Error"), h.vm.ToValue(text))
	if err != nil {
		return h.vm.ToValue(text)
	}
	return e
}

// load runs the Action's code and returns the trigger's function.
func (h *host) load(s Script, trigger action.Trigger) (goja.Callable, error) {
	program, err := goja.Compile(s.Name+".js", wrap(s.Code), false)
	if err != nil {
		return nil, err
	}
	f, err := h.vm.RunProgram(program)
	if err != nil {
		return nil, thrown(err)
	}
	exports, err := h.call(f, goja.Undefined())
	if err != nil {
		return nil, thrown(err)
	}
	name := trigger.Handler()
	if o, ok := exports.(*goja.Object); ok {
		if handler, ok := goja.AssertFunction(o.Get(name)); ok {
			return handler, nil
		}
	}
	return nil, fmt.Errorf("the Action exports no function %s", name)
}

// api is what the Action asks through.
func (h *host) api() goja.Value {
	type method = func(goja.FunctionCall) goja.Value
	a := h.asked
	do := func(f func(call goja.FunctionCall)) method {
		return func(call goja.FunctionCall) goja.Value { f(call); return goja.Undefined() }
	}
	return h.object(map[string]goja.Value{
		"access": h.methods(map[string]method{
			"deny": do(func(c goja.FunctionCall) {
				// An older form has the reason alone.
				if len(c.Arguments) == 1 {
					a.Access.Deny("", text(c.Argument(0)))
					return
				}
				a.Access.Deny(text(c.Argument(0)), text(c.Argument(1)))
			}),
			"rejectInvalidSubjectToken": do(func(c goja.FunctionCall) { a.Access.RejectInvalidSubjectToken(text(c.Argument(0))) }),
		}),
		"authentication": h.methods(map[string]method{
			"setUserById": do(func(c goja.FunctionCall) { a.Authentication.SetUserByID(text(c.Argument(0))) }),
			"setUserByConnection": do(func(c goja.FunctionCall) {
				o := h.members(c.Argument(2))
				creation, _ := o["creationBehavior"].(string)
				update, _ := o["updateBehavior"].(string)
				a.Authentication.SetUserByConnection(text(c.Argument(0)), h.members(c.Argument(1)),
					action.UserOptions{CreationBehavior: creation, UpdateBehavior: update})
			}),
			"setOrganization": do(func(c goja.FunctionCall) { a.Authentication.SetOrganization(text(c.Argument(0))) }),
			"setActor":        do(func(c goja.FunctionCall) { a.Authentication.SetActor(h.members(c.Argument(0))) }),
		}),
		"user": h.methods(map[string]method{
			"setUserMetadata": do(func(c goja.FunctionCall) { a.User.SetUserMetadata(text(c.Argument(0)), h.plain(c.Argument(1))) }),
			"setAppMetadata":  do(func(c goja.FunctionCall) { a.User.SetAppMetadata(text(c.Argument(0)), h.plain(c.Argument(1))) }),
		}),
		"cache": h.methods(map[string]method{"get": h.cacheGet, "set": h.cacheSet, "delete": do(func(c goja.FunctionCall) { a.Cache.Delete(text(c.Argument(0))) })}),
	})
}

func (h *host) object(members map[string]goja.Value) goja.Value {
	o := h.vm.NewObject()
	for name, v := range members {
		if err := o.Set(name, v); err != nil {
			panic(err)
		}
	}
	return o
}

func (h *host) methods(members map[string]func(goja.FunctionCall) goja.Value) goja.Value {
	values := make(map[string]goja.Value, len(members))
	for name, f := range members {
		values[name] = h.vm.ToValue(f)
	}
	return h.object(values)
}

// text is an argument as a string, "" where there is none.
func text(v goja.Value) string {
	if goja.IsUndefined(v) || goja.IsNull(v) {
		return ""
	}
	return v.String()
}

// plain is an argument as JSON has it: getters, proxies and prototypes are the
// Action's own business, and what comes out are values. What JSON cannot hold
// throws.
func (h *host) plain(v goja.Value) any {
	encoded, err := h.stringify(goja.Undefined(), v)
	if err != nil {
		panic(err) // goja hands an exception on to the Action
	}
	if goja.IsUndefined(encoded) {
		return nil
	}
	var value any
	if err := json.Unmarshal([]byte(encoded.String()), &value); err != nil {
		panic(h.vm.NewGoError(err))
	}
	return value
}

func (h *host) members(v goja.Value) map[string]any {
	if goja.IsUndefined(v) || goja.IsNull(v) {
		return nil
	}
	members, ok := h.plain(v).(map[string]any)
	if !ok {
		panic(h.vm.NewTypeError("an object is needed here"))
	}
	return members
}

// console passes what the Action writes on to the log.
func (h *host) console() goja.Value {
	methods := map[string]func(goja.FunctionCall) goja.Value{}
	for _, level := range []string{"log", "info", "debug", "warn", "error", "trace"} {
		methods[level] = func(c goja.FunctionCall) goja.Value {
			if h.engine.Console != nil {
				h.engine.Console(h.script.Name, level, h.line(c.Arguments))
			}
			return goja.Undefined()
		}
	}
	return h.methods(methods)
}

// maxLine bounds a line of the console's.
const maxLine = 2000

func (h *host) line(values []goja.Value) string {
	var words []string
	for _, v := range values {
		word := v.String()
		if _, isObject := v.(*goja.Object); isObject {
			if encoded, err := h.stringify(goja.Undefined(), v); err == nil && !goja.IsUndefined(encoded) && encoded.String() != "{}" {
				word = encoded.String()
			}
		}
		words = append(words, word)
	}
	line := strings.Join(words, " ")
	if len(line) > maxLine {
		line = line[:maxLine] + "…"
	}
	return line
}
