package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/faux0/faux0/provider/tenant"
)

// environment is the variables the process was started with.
type environment map[string]string

func newEnvironment(environ []string) environment {
	env := make(environment, len(environ))
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok {
			env[name] = value
		}
	}
	return env
}

// lookup is os.LookupEnv for these variables.
func (e environment) lookup(name string) (string, bool) {
	value, ok := e[name]
	return value, ok
}

// envPrefix starts the names of our variables.
const envPrefix = "FAUX0_"

// ours are the names of the variables that are meant for us, in order.
func (e environment) ours() []string {
	var names []string
	for name := range e {
		if strings.HasPrefix(name, envPrefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// option is a flag and the environment variable that sets it where the command
// line does not.
type option struct {
	name string
	// placeholder stands for the value in the help; a switch has none.
	placeholder, usage string
	set                func(string) error
	// list options may be given several times, and in the environment with
	// commas.
	list bool
	// given says that the command line has it.
	given bool
}

func (o *option) env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(o.name, "-", "_"))
}

// options are the flags of a command. Parsing them finds every fault, not only
// the first.
type options struct {
	list   []*option
	faults []string
	// unknown says that a flag was not known.
	unknown bool
}

func (s *options) fault(format string, args ...any) {
	s.faults = append(s.faults, fmt.Sprintf(format, args...))
}

// add defines an option. The setter's error says what would be right.
func (s *options) add(name, placeholder, usage string, set func(string) error) *option {
	o := &option{name: name, placeholder: placeholder, usage: usage, set: set}
	s.list = append(s.list, o)
	return o
}

func (s *options) text(p *string, name, placeholder, usage string) {
	s.add(name, placeholder, usage, func(v string) error { *p = v; return nil })
}

func (s *options) texts(p *[]string, name, placeholder, usage string) {
	s.add(name, placeholder, usage, func(v string) error { *p = append(*p, v); return nil }).list = true
}

func (s *options) on(p *bool, name, usage string) {
	s.add(name, "", usage, func(v string) error {
		on, err := strconv.ParseBool(v)
		if err != nil {
			return errors.New("use true or false")
		}
		*p = on
		return nil
	})
}

func (s *options) choice(p *string, name, usage string, values ...string) {
	s.add(name, strings.Join(values, "|"), usage, func(v string) error {
		if !slices.Contains(values, v) {
			return errors.New("use " + strings.Join(values, " or "))
		}
		*p = v
		return nil
	})
}

// given says whether the command line has the flag.
func (s *options) given(name string) bool {
	return slices.ContainsFunc(s.list, func(o *option) bool { return o.name == name && o.given })
}

// flagValue lets package flag set an option. It never refuses a value, so that
// parsing goes on and all faults are found.
type flagValue struct {
	s *options
	o *option
}

// String implements flag.Value.
func (flagValue) String() string { return "" }

// IsBoolFlag tells package flag that a switch needs no value.
func (v flagValue) IsBoolFlag() bool { return v.o.placeholder == "" }

// Set implements flag.Value.
func (v flagValue) Set(value string) error {
	v.o.given = true
	v.s.apply("--"+v.o.name, v.o, value)
	return nil
}

func (s *options) apply(source string, o *option, value string) {
	if err := o.set(value); err != nil {
		s.fault("%s %q: %v", source, value, err)
	}
}

// parse sets the options from args, and those not among them from the
// environment. Flags and other arguments may be mixed; behind "--" there are no
// flags.
func (s *options) parse(args []string, env environment) (positional []string, wantsHelp bool) {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	for _, o := range s.list {
		set.Var(flagValue{s, o}, o.name, "")
	}
	var tail []string
	if i := slices.Index(args, "--"); i >= 0 {
		args, tail = args[:i], args[i+1:]
	}
	for len(args) > 0 {
		err := set.Parse(args)
		args = set.Args()
		switch {
		case errors.Is(err, flag.ErrHelp):
			return nil, true
		case err != nil:
			s.fault("%s", s.describe(err))
		case len(args) > 0:
			positional, args = append(positional, args[0]), args[1:]
		}
	}
	for _, o := range s.list {
		if value := env[o.env()]; value != "" && !o.given {
			s.applyEnv(o, value)
		}
	}
	return append(positional, tail...), false
}

func (s *options) applyEnv(o *option, value string) {
	if !o.list {
		s.apply(o.env(), o, value)
		return
	}
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			s.apply(o.env(), o, part)
		}
	}
}

// describe puts an error of package flag into our words. It has no types for
// them, only texts.
func (s *options) describe(err error) string {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		s.unknown = true
		names := make([]string, len(s.list))
		for i, o := range s.list {
			names[i] = o.name
		}
		if near := tenant.Nearest(name, names); near != "" {
			return "--" + name + ": there is no such flag; did you mean --" + near + "?"
		}
		return "--" + name + ": there is no such flag"
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		return "--" + name + ": its value is missing"
	}
	return text
}
