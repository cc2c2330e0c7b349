package jsengine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"github.com/dop251/goja"

	"github.com/faux0/faux0/provider/action"
)

// Script is an Action's code.
type Script struct {
	Name string
	Code string
}

// Limits of a run.
//
// Source: Auth0 docs, "Actions limitations" (20 seconds).
const (
	defaultTimeout = 20 * time.Second
	// maxHeap is by how many bytes the process may grow during a run.
	maxHeap = 512 << 20
	// maxDepth of calls keeps a runaway recursion cheap.
	maxDepth = 2000
	// watchEvery is how often a run is looked after.
	watchEvery = 5 * time.Millisecond
	// maxMatch bounds one match of a regular expression: it finds nothing then.
	maxMatch = time.Second
	// grace is how long an interrupted run has to end.
	grace = 200 * time.Millisecond
)

// Engine runs Actions. The zero value is ready, and safe for concurrent use.
type Engine struct {
	// Timeout of a run; zero is 20 seconds.
	Timeout time.Duration
	// Console is told what the Action writes with console.log and the like.
	Console func(script, level, text string)
	// Now is the clock of Date; nil is the machine's.
	Now func() time.Time
	// Random makes bytes nobody can guess; without it crypto has none.
	Random func(n int) []byte
}

// Errors of Run, beside what the Action threw.
var (
	ErrTimeout = errors.New("the Action took too long")
	ErrMemory  = errors.New("the Action took too much memory")
	errPending = errors.New("the Action awaits something that never comes: there are no timers and no network")
)

// Run calls the function that the script exports for the trigger. What the
// Action asks for is recorded in api; an error is what it threw, or that it was
// stopped.
func (e *Engine) Run(ctx context.Context, s Script, trigger action.Trigger, event action.Event, api *action.API) error {
	ctx, cancel := context.WithTimeout(ctx, e.timeout())
	defer cancel()
	vm := goja.New()
	done := make(chan outcome, 1)
	go func() { done <- outcome{e.run(vm, s, trigger, event, api)} }()
	return watch(ctx, vm, done)
}

func (e *Engine) timeout() time.Duration {
	if e.Timeout == 0 {
		return defaultTimeout
	}
	return e.Timeout
}

// outcome is how a run ended.
type outcome struct{ err error }

// watch waits for the run and interrupts it where it goes beyond its limits. A
// loop inside one call of a built-in function takes no notice of an interrupt;
// such a run is left behind, and the answer does not wait for it.
func watch(ctx context.Context, vm *goja.Runtime, done <-chan outcome) error {
	limit := heap() + maxHeap
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		var why error
		select {
		case o := <-done:
			return o.err
		case <-ctx.Done():
			why = ErrTimeout
		case <-tick.C:
			if heap() > limit {
				why = ErrMemory
			}
		}
		if why == nil {
			continue
		}
		vm.Interrupt(why)
		select {
		case <-done:
		case <-time.After(grace): // real time: a script that runs away does so whatever the tenant's clock says
		}
		return why
	}
}

func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func (e *Engine) run(vm *goja.Runtime, s Script, trigger action.Trigger, event action.Event, api *action.API) (err error) {
	defer survive(&err)
	vm.SetMaxCallStackSize(maxDepth)
	h, err := newHost(vm, e, s, api)
	if err != nil {
		return err
	}
	handler, err := h.load(s, trigger)
	if err != nil {
		return err
	}
	told, err := h.value(event)
	if err != nil {
		return err
	}
	result, err := handler(goja.Undefined(), told, h.api())
	if err != nil {
		return thrown(err)
	}
	return settled(result)
}

// survive makes an error of what breaks the engine.
func survive(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the Action broke the engine: %v", r)
		if _, isRuntime := r.(error); isRuntime {
			debug.FreeOSMemory()
		}
	}
}

// settled is what became of the promise that an async function returned. All
// that could run has run by now.
func settled(result goja.Value) error {
	p, ok := result.Export().(*goja.Promise)
	if !ok {
		return nil
	}
	switch p.State() {
	case goja.PromiseStateRejected:
		return errors.New(message(p.Result()))
	case goja.PromiseStatePending:
		return errPending
	}
	return nil
}

// thrown is an exception as an error, without the stack.
func thrown(err error) error {
	var interrupted *goja.InterruptedError
	var exception *goja.Exception
	switch {
	case errors.As(err, &interrupted):
		return ErrTimeout
	case errors.As(err, &exception):
		return errors.New(message(exception.Value()))
	}
	return err
}

// maxMessage bounds how long an error of an Action's may be.
const maxMessage = 500

// message is what was thrown: the message of an Error, or the value itself.
func message(v goja.Value) (text string) {
	defer func() {
		if recover() != nil {
			text = "the Action threw something that cannot be shown"
		}
	}()
	if o, ok := v.(*goja.Object); ok {
		if m := o.Get("message"); m != nil && !goja.IsUndefined(m) {
			v = m
		}
	}
	text = v.String()
	if len(text) > maxMessage {
		text = text[:maxMessage] + "…"
	}
	return text
}

// value makes a Go value one of the runtime's own, by way of JSON: nothing of
// ours is reachable through it.
func (h *host) value(v any) (goja.Value, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return h.parse(goja.Undefined(), h.vm.ToValue(string(data)))
}
