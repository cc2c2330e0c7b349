package tenant

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Mode is what a body is for. It decides which members are known and required.
type Mode uint8

// Modes of Check.
const (
	// ForCreate is the body of a POST.
	ForCreate Mode = 1 << iota
	// ForUpdate is the body of a PATCH: nothing is required.
	ForUpdate
	// ForFixture is an entry of a fixture: a create body that may also pin ids,
	// hold what the Management API keeps elsewhere (a role's permissions) and
	// carry what an export adds.
	ForFixture

	forAll = ForCreate | ForUpdate | ForFixture
)

// Rules of a Fault.
const (
	RuleUnknown  = "unknown"  // a member nobody knows
	RuleRequired = "required" // a member that is missing
	RuleType     = "type"
	RuleEnum     = "enum"
	RuleMinimum  = "minimum" // of a number, a length or a count
	RuleMaximum  = "maximum"
	RuleFormat   = "format"
	RuleUnique   = "unique"
	RuleReadOnly = "read_only"   // known, but the server sets it
	RuleUnused   = "unused"      // known, but Faux0 does not act on it yet
	RuleNoEffect = "no_effect"   // allowed, and of no use
	RuleConflict = "conflict"    // two members that exclude each other
	RuleRefers   = "inexistent"  // a reference to nothing
	RuleBroken   = "unparseable" // not a value at all
)

// Fault is one thing wrong with a body.
type Fault struct {
	// Path leads to the value: member names and list indexes.
	Path []any
	// AtKey says the fault is the last member's name rather than its value.
	AtKey bool
	// Rule is what was broken: one of the Rule constants.
	Rule string
	// Message says what is wrong, without the path and without Nearest.
	Message string
	// Nearest is the known word closest to the one written, if one is close.
	Nearest string
}

// String is the fault with its path and suggestion.
func (f Fault) String() string {
	s, path := f.Message, f.Path
	if f.Rule == RuleUnknown && len(path) > 0 {
		path = path[:len(path)-1] // the message names the key
	}
	if p := PathString(path); p != "" {
		s = p + ": " + s
	}
	if f.Nearest != "" {
		s += "; did you mean " + strconv.Quote(f.Nearest) + "?"
	}
	return s
}

// PathString writes a path as a JavaScript programmer would: clients[0].name.
func PathString(path []any) string {
	var b strings.Builder
	for _, step := range path {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", step)
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		}
	}
	return b.String()
}

// Verdict is what Check has to say about a body.
type Verdict struct {
	// Faults make the body unusable.
	Faults []Fault
	// Warnings are members that are known and have no effect.
	Warnings []Fault
}

type types uint8

const (
	isString types = 1 << iota
	isInteger
	isNumber
	isBool
	isList
	isObject
	isNull
)

var typeNames = []struct {
	t    types
	name string
}{
	{isString, "a string"},
	{isInteger, "a whole number"},
	{isNumber, "a number"},
	{isBool, "true or false"},
	{isList, "a list"},
	{isObject, "an object"},
	{isNull, "null"},
}

func (t types) String() string {
	var names []string
	if t&isNumber != 0 {
		t &^= isInteger
	}
	if t != isNull {
		t &^= isNull // it is allowed, and no advice
	}
	for _, n := range typeNames {
		if t&n.t != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " or ")
}

// field is one member of a body and the rules for its value. No types means
// any value.
type field struct {
	name     string
	types    types
	enum     []string
	min, max float64 // of a number, of a string's length, of a list's or object's size; NaN for none
	format   format
	unique   bool
	items    *field
	members  []field
	open     bool // an object that may hold more than members
	required bool
	modes    Mode
	readOnly bool
	unused   bool
	neutral  any // a value that asks for nothing beyond what happens anyway
}

func newField(name string, t types) field {
	return field{name: name, types: t, min: math.NaN(), max: math.NaN(), modes: forAll}
}

func str(name string) field     { return newField(name, isString) }
func integer(name string) field { return newField(name, isInteger) }
func number(name string) field  { return newField(name, isNumber|isInteger) }
func boolean(name string) field { return newField(name, isBool) }
func anything(name string) field {
	f := newField(name, 0)
	f.open = true
	return f
}

func list(name string, items field) field {
	f := newField(name, isList)
	f.items = &items
	return f
}

// object knows its members and no others; object with none, and open objects,
// hold anything.
func object(name string, members ...field) field {
	f := newField(name, isObject)
	f.members, f.open = members, len(members) == 0
	return f
}

func (f field) need() field                 { f.required = true; return f }
func (f field) null() field                 { f.types |= isNull; return f }
func (f field) or(t types) field            { f.types |= t; return f }
func (f field) size(min, max float64) field { f.min, f.max = min, max; return f }
func (f field) atLeast(min float64) field   { f.min = min; return f }
func (f field) atMost(max float64) field    { f.max = max; return f }
func (f field) oneOf(enum ...string) field  { f.enum = enum; return f }
func (f field) as(rule format) field        { f.format = rule; return f }
func (f field) distinct() field             { f.unique = true; return f }
func (f field) more() field                 { f.open = true; return f }
func (f field) only(modes Mode) field       { f.modes = modes; return f }

// later marks what Faux0 keeps and does not act on yet; neutral is the value
// that changes nothing, besides null, false and everything empty.
func (f field) later(neutral ...any) field {
	f.unused = true
	if len(neutral) > 0 {
		f.neutral = neutral[0]
	}
	return f
}

// served marks what only an answer holds: an export may carry it, and it is
// left out when read.
func (f field) served() field {
	f.modes, f.readOnly = ForFixture, true
	return f
}
