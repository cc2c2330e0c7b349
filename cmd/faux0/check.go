package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/faux0/faux0/fixtures"
	"github.com/faux0/faux0/provider"
	"github.com/faux0/faux0/provider/tenant"
)

// checked is what `faux0 check --json` prints.
type checked struct {
	OK       bool               `json:"ok"`
	Files    []string           `json:"files"`
	Faults   []fixtures.Fault   `json:"faults"`
	Warnings []fixtures.Warning `json:"warnings"`
	// Stopped says that reading ended early because there were so many.
	Stopped bool `json:"stopped,omitempty"`
}

func newCheck() *command {
	asJSON := false
	c := &command{
		name: "check", summary: "loads fixtures and reports every fault and warning", synopsis: "[--json] PATH…",
		about:    "Each is printed as file:line:column: text. The exit code is 0 without faults and 1 with some; warnings do not count.",
		examples: []string{"faux0 check ./auth", "faux0 check --json tenant.yaml users.json"},
		maxArgs:  -1,
	}
	c.options.on(&asJSON, "json", "print JSON")
	c.run = func(_ context.Context, inv *invocation) error {
		if len(inv.args) == 0 {
			return &usageError{faults: []string{"name the files or folders to check: faux0 check PATH…"}}
		}
		found := check(inv)
		if asJSON {
			if err := encode(inv.stdout, found); err != nil {
				return err
			}
		} else if err := found.print(inv); err != nil {
			return err
		}
		if !found.OK {
			return errSilent
		}
		return nil
	}
	return c
}

// stopped is said where there were too many faults to go on.
const stopped = "… and more: reading stopped here"

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func check(inv *invocation) checked {
	found := checked{Files: []string{}, Faults: []fixtures.Fault{}, Warnings: []fixtures.Warning{}}
	snapshot, report, err := fixtures.Load(fixtures.Options{Env: inv.env.lookup}, inv.args...)
	if report != nil {
		found.Files = append(found.Files, report.Files...)
		found.Warnings = append(found.Warnings, report.Warnings...)
	}
	var faults *fixtures.Faults
	switch {
	case errors.As(err, &faults):
		found.Faults, found.Stopped = append(found.Faults, faults.List...), faults.Stopped
	case err != nil:
		found.Faults = append(found.Faults, fixtures.Fault{File: inv.args[0], Message: err.Error()})
	default:
		// What only shows when a tenant is made of it, such as a password
		// hash that cannot be used.
		if _, err := provider.New(provider.Config{Snapshot: snapshot}); err != nil {
			found.Faults = append(found.Faults, fixtures.Fault{File: inv.args[0], Message: err.Error()})
		}
	}
	found.OK = len(found.Faults) == 0
	return found
}

func (c checked) print(inv *invocation) error {
	var b strings.Builder
	for _, f := range c.Faults {
		b.WriteString(f.String() + "\n")
	}
	for _, w := range c.Warnings {
		b.WriteString(warningText(w) + "\n")
	}
	_, err := io.WriteString(inv.stdout, b.String())
	if c.Stopped {
		inv.say("%s", stopped)
	}
	inv.say("%s, %s in %s", count(len(c.Faults), "fault"), count(len(c.Warnings), "warning"), count(len(c.Files), "file"))
	return err
}

// warningText is a warning as a line, with how often it applies.
func warningText(w fixtures.Warning) string {
	f := w.Fault
	f.Message = "warning: " + f.Message
	if w.Count > 1 {
		f.Message += fmt.Sprintf(" (%d times)", w.Count)
	}
	return f.String()
}

// loadFixtures reads the paths, or the demo tenant where there are none. What
// is wrong comes back as lines.
func loadFixtures(inv *invocation, domain string, paths []string) (*tenant.Snapshot, *fixtures.Report, []string) {
	if len(paths) == 0 {
		return fixtures.DefaultAt(domain), &fixtures.Report{}, nil
	}
	snapshot, report, err := fixtures.Load(fixtures.Options{Env: inv.env.lookup, Domain: domain}, paths...)
	var faults *fixtures.Faults
	if errors.As(err, &faults) {
		lines := make([]string, 0, len(faults.List))
		for _, f := range faults.List {
			lines = append(lines, f.String())
		}
		if faults.Stopped {
			lines = append(lines, stopped)
		}
		return nil, report, lines
	}
	if err != nil {
		return nil, report, []string{err.Error()}
	}
	return snapshot, report, nil
}
