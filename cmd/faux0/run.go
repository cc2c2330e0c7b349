package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// Exit codes.
const (
	exitOK    = 0
	exitFault = 1 // it was tried, and failed
	exitUsage = 2 // it was not tried: the command line or the fixtures are wrong
)

// invocation is one call of one command: all it may read and write.
type invocation struct {
	args   []string // what is left behind the flags
	env    environment
	stdin  io.Reader
	stdout io.Writer // results
	stderr io.Writer // everything for people
	// faults of the command line. Only a lenient command sees any.
	faults []string
}

// say writes a line for people.
func (inv *invocation) say(format string, args ...any) {
	_, _ = fmt.Fprintf(inv.stderr, format+"\n", args...) // nobody is left to tell
}

// command is one word behind faux0.
type command struct {
	name, summary string
	// synopsis is what stands behind the name, about what the command does,
	// beyond its summary.
	synopsis, about string
	examples        []string
	options         options
	// maxArgs is how many arguments that are not flags it takes; -1 is any.
	maxArgs int
	// lenient commands run with faults, to add theirs to the list.
	lenient bool
	run     func(context.Context, *invocation) error
}

// usageError stops a command before it has done anything.
type usageError struct {
	faults []string
	// fixtures says that the command line is not what is wrong.
	fixtures bool
}

func (e *usageError) Error() string { return strings.Join(e.faults, "\n") }

// errSilent fails a command that has already said why.
var errSilent = errors.New("failed")

func commands() []*command {
	return []*command{
		newServe(), newInit(), newCheck(), newToken(), newExplain(), newTrust(), newHealth(), newVersion(),
	}
}

// run is the program: everything it needs comes in, everything it does goes
// out, and the result is the exit code.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) int {
	all := commands()
	inv := &invocation{env: newEnvironment(environ), stdin: stdin, stdout: stdout, stderr: stderr}
	name := "serve"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	} else if len(args) > 0 && slices.Contains([]string{"-h", "-help", "--help"}, args[0]) {
		writeOverview(stdout, all)
		return exitOK
	}
	if name == "help" {
		return help(inv, all, args)
	}
	cmd := find(all, name)
	if cmd == nil {
		unknownCommand(inv, all, name)
		return exitUsage
	}
	if cmd.parse(inv, args) {
		cmd.writeHelp(stdout)
		return exitOK
	}
	warnEnvironment(inv, all)
	if len(inv.faults) > 0 && !cmd.lenient {
		return report(inv, cmd, &usageError{faults: inv.faults})
	}
	return report(inv, cmd, cmd.run(ctx, inv))
}

// parse reads the flags, and says whether help was asked for instead.
func (c *command) parse(inv *invocation, args []string) (wantsHelp bool) {
	inv.args, wantsHelp = c.options.parse(args, inv.env)
	// Behind an unknown flag stands perhaps its value: no fault of its own.
	if c.maxArgs >= 0 && len(inv.args) > c.maxArgs && !c.options.unknown {
		c.options.fault("%q: %s takes %s", inv.args[c.maxArgs], c.name, map[int]string{0: "no arguments, only flags", 1: "one argument only"}[c.maxArgs])
	}
	inv.faults = c.options.faults
	return wantsHelp
}

func report(inv *invocation, cmd *command, err error) int {
	var usage *usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		inv.say("faux0 %s: %s", cmd.name, count(len(usage.faults), "fault"))
		for _, fault := range usage.faults {
			inv.say("  %s", fault)
		}
		if !usage.fixtures {
			inv.say("Run \"faux0 %s --help\" for what it takes.", cmd.name)
		}
		return exitUsage
	case errors.Is(err, errSilent):
		return exitFault
	}
	inv.say("faux0 %s: %v", cmd.name, err)
	return exitFault
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func find(all []*command, name string) *command {
	i := slices.IndexFunc(all, func(c *command) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return all[i]
}

func unknownCommand(inv *invocation, all []*command, name string) {
	names := []string{"help"}
	for _, c := range all {
		names = append(names, c.name)
	}
	hint := ""
	if near := tenant.Nearest(name, names); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	inv.say("faux0: there is no command %q%s\nRun \"faux0 --help\" for all of them.", name, hint)
}

// warnEnvironment points at FAUX0_ variables that nothing reads: a misspelt
// one would otherwise do nothing, in silence.
func warnEnvironment(inv *invocation, all []*command) {
	known := []string{"FAUX0_PORT", "FAUX0_BIN"} // docker-compose.yml and the acceptance tests
	for _, c := range all {
		for _, o := range c.options.list {
			known = append(known, o.env())
		}
	}
	for _, name := range inv.env.ours() {
		if slices.Contains(known, name) {
			continue
		}
		if near := tenant.Nearest(name, known); near != "" {
			inv.say("warning: nothing reads the environment variable %s; did you mean %s?", name, near)
		}
	}
}
