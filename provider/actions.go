package provider

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/faux0/faux0/provider/action"
	"github.com/faux0/faux0/provider/internal/jsengine"
	"github.com/faux0/faux0/provider/internal/outbound"
	"github.com/faux0/faux0/provider/tenant"
)

// actions runs the tenant's Actions: the Go function given for the trigger, or
// the Action's own JavaScript.
type actions struct {
	funcs     map[action.Trigger]action.Func
	engine    *jsengine.Engine
	providers *outbound.Providers
}

func newActions(p *Provider) *actions {
	log := func(script, level, text string) {
		p.config.Log.Info("action", slog.String("action", script), slog.String("level", level), slog.String("console", text))
	}
	return &actions{funcs: p.config.Actions, providers: p.providers, engine: &jsengine.Engine{Console: log, Now: p.flow.Clock.Now, Random: p.config.IDs.Bytes}}
}

// RunAction implements flow.ActionRunner.
func (a *actions) RunAction(run *tenant.Action, trigger action.Trigger, event action.Event, api *action.API) error {
	if f := a.funcs[trigger]; f != nil {
		return runFunc(f, event, api)
	}
	return a.engine.Run(context.Background(), jsengine.Script{Name: run.Name, Code: run.Code}, trigger, event, api)
}

// FetchProfile runs the script of a connection that finds out who an access
// token is for. Its requests go to providers on this machine only.
func (a *actions) FetchProfile(ctx context.Context, connection, script, accessToken string, answer map[string]any) (map[string]any, error) {
	return a.engine.Profile(ctx, jsengine.Script{Name: connection, Code: script}, accessToken, answer, func(r jsengine.Request) (jsengine.Reply, error) {
		req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, strings.NewReader(r.Body))
		if err != nil {
			return jsengine.Reply{}, err
		}
		for name, value := range r.Header {
			req.Header.Set(name, value)
		}
		status, header, body, err := a.providers.Do(req)
		reply := jsengine.Reply{Status: status, Header: map[string]string{}, Body: string(body)}
		for name := range header {
			reply.Header[name] = header.Get(name)
		}
		return reply, err
	})
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
