package provider

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/faux0/faux0/provider/action"
	"github.com/faux0/faux0/provider/internal/jsengine"
	"github.com/faux0/faux0/provider/tenant"
)

// actions runs the tenant's Actions: the Go function given for the trigger, or
// the Action's own JavaScript.
type actions struct {
	funcs  map[action.Trigger]action.Func
	engine *jsengine.Engine
}

func newActions(p *Provider) *actions {
	log := func(script, level, text string) {
		p.config.Log.Info("action", slog.String("action", script), slog.String("level", level), slog.String("console", text))
	}
	return &actions{funcs: p.config.Actions, engine: &jsengine.Engine{Console: log, Now: p.flow.Clock.Now, Random: p.config.IDs.Bytes}}
}

// RunAction implements flow.ActionRunner.
func (a *actions) RunAction(run *tenant.Action, trigger action.Trigger, event action.Event, api *action.API) error {
	if f := a.funcs[trigger]; f != nil {
		return runFunc(f, event, api)
	}
	return a.engine.Run(context.Background(), jsengine.Script{Name: run.Name, Code: run.Code}, trigger, event, api)
}

// runFunc makes a panic what an exception is in JavaScript.
func runFunc(f action.Func, event action.Event, api *action.API) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	f(event, api)
	return nil
}
