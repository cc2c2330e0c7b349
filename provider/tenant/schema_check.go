package tenant

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Known says whether kind has a schema.
func Known(kind string) bool { return schemaOf(kind) != nil }

// Check holds a decoded JSON value (map[string]any, []any, string, bool, nil
// and numbers as int, int64, float64 or json.Number) against the schema of
// kind, one of the Kind constants, and returns everything it finds.
//
// Source: Management API, the request bodies; Auth0 Deploy CLI, exports;
// Auth0 docs, "Bulk user import database schema and examples".
func Check(kind string, mode Mode, value any) Verdict {
	schema := schemaOf(kind)
	if schema == nil {
		return Verdict{Faults: []Fault{{Rule: RuleUnknown, Message: "there is no schema for " + strconv.Quote(kind)}}}
	}
	c := checker{mode: mode}
	c.value(schema, nil, value)
	if len(c.verdict.Faults) == 0 {
		if body, ok := value.(map[string]any); ok {
			c.relations(kind, body)
		}
	}
	return c.verdict
}

type checker struct {
	mode    Mode
	verdict Verdict
}

func (c *checker) fault(rule string, path []any, message string) *Fault {
	c.verdict.Faults = append(c.verdict.Faults, Fault{Path: slices.Clone(path), Rule: rule, Message: message})
	return &c.verdict.Faults[len(c.verdict.Faults)-1]
}

func (c *checker) warn(rule string, path []any, message string) {
	c.verdict.Warnings = append(c.verdict.Warnings, Fault{Path: slices.Clone(path), AtKey: true, Rule: rule, Message: message})
}

// maxFaults keeps a body of a million wrong members from taking all day.
const maxFaults = 200

func (c *checker) value(f *field, path []any, value any) {
	if len(c.verdict.Faults) >= maxFaults {
		return
	}
	got := typeOf(value)
	if f.types != 0 && got&f.types == 0 {
		if got != isInteger || f.types&isNumber == 0 {
			c.wrongType(f, path, value, got)
			return
		}
	}
	switch v := value.(type) {
	case string:
		c.text(f, path, v)
	case []any:
		c.list(f, path, v)
	case map[string]any:
		c.object(f, path, v)
	case int, int64, float64, json.Number:
		c.bounds(f, path, asFloat(v), "")
	}
}

func (c *checker) wrongType(f *field, path []any, value any, got types) {
	message := "must be " + f.types.String() + ", found " + got.String()
	switch {
	case f.types&isString != 0 && got&(isInteger|isNumber|isBool) != 0:
		message = "must be a string, found " + plainText(value) + ": put it in quotes"
	case f.types&isList != 0 && got == isString:
		message += "; write it as a list of one"
	}
	c.fault(RuleType, path, message)
}

func plainText(value any) string {
	if f, ok := value.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

func (c *checker) text(f *field, path []any, s string) {
	if len(f.enum) > 0 && !slices.Contains(f.enum, s) {
		message := fmt.Sprintf("%q is not one of %s", s, strings.Join(f.enum, ", "))
		if len(f.enum) > 12 {
			message = fmt.Sprintf("%q is not one of the %d known values (%s, …)", s, len(f.enum), strings.Join(f.enum[:4], ", "))
		}
		c.fault(RuleEnum, path, message).Nearest = Nearest(s, f.enum)
		return
	}
	c.bounds(f, path, float64(utf8.RuneCountInString(s)), " characters")
	if f.format == nil {
		return
	}
	message, soft := f.format(s)
	switch {
	case message == "":
	case soft:
		c.warn(RuleNoEffect, path, message)
	default:
		c.fault(RuleFormat, path, message)
	}
}

func (c *checker) bounds(f *field, path []any, n float64, unit string) {
	switch {
	case n < f.min && unit == " characters" && n == 0:
		c.fault(RuleMinimum, path, "must not be empty")
	case n < f.min:
		c.fault(RuleMinimum, path, fmt.Sprintf("must be at least %s%s, found %s", plainText(f.min), unit, plainText(n)))
	case n > f.max:
		c.fault(RuleMaximum, path, fmt.Sprintf("must be at most %s%s, found %s", plainText(f.max), unit, plainText(n)))
	}
}

func (c *checker) list(f *field, path []any, values []any) {
	c.bounds(f, path, float64(len(values)), " entries")
	if f.items == nil {
		return
	}
	seen := map[string]int{}
	for i, v := range values {
		at := append(path, i)
		c.value(f.items, at, v)
		if !f.unique {
			continue
		}
		key := identity(v)
		if first, twice := seen[key]; twice && key != "" {
			c.fault(RuleUnique, at, fmt.Sprintf("%q is already entry %d of the list", key, first))
		} else {
			seen[key] = i
		}
	}
}

// identity is what makes a list entry the same as another: itself, or the
// member that names it.
func identity(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		for _, name := range []string{"value", "connection_id", "name"} {
			if s, ok := v[name].(string); ok {
				return s
			}
		}
	}
	return ""
}

func (c *checker) object(f *field, path []any, body map[string]any) {
	for i := range f.members {
		m := &f.members[i]
		if _, there := body[m.name]; !there && m.required && m.modes&c.mode != 0 && (c.mode != ForUpdate || len(path) > 0) {
			c.fault(RuleRequired, path, fmt.Sprintf("%q is missing", m.name))
		}
	}
	if !f.open || len(f.members) > 0 || f.items != nil {
		for _, name := range sortedKeys(body) {
			c.member(f, append(path, name), name, body[name])
		}
	}
	if !math.IsNaN(f.min) || !math.IsNaN(f.max) {
		c.bounds(f, path, float64(len(body)), " members")
	}
}

func (c *checker) member(f *field, path []any, name string, value any) {
	if len(c.verdict.Faults) >= maxFaults {
		return
	}
	i := slices.IndexFunc(f.members, func(m field) bool { return m.name == name })
	if i < 0 || f.members[i].modes&c.mode == 0 {
		if f.open {
			if f.items != nil {
				c.value(f.items, path, value)
			}
			return
		}
		fault := c.fault(RuleUnknown, path, fmt.Sprintf("unknown key %q", name))
		fault.AtKey, fault.Nearest = true, Nearest(name, f.names(c.mode))
		return
	}
	m := &f.members[i]
	switch {
	case m.readOnly:
		if !asksNothing(value, m.neutral) {
			c.warn(RuleReadOnly, path, "is set by the server and left out")
		}
		return
	case m.unused && !asksNothing(value, m.neutral):
		c.warn(RuleUnused, path, "is kept and has no effect yet")
	}
	c.value(m, path, value)
}

func (f *field) names(mode Mode) []string {
	var names []string
	for i := range f.members {
		if f.members[i].modes&mode != 0 && !f.members[i].readOnly {
			names = append(names, f.members[i].name)
		}
	}
	return names
}

// asksNothing says whether leaving the value out would change nothing. An
// export is full of `false` and `[]`; warning about those would bury the
// warnings that matter.
func asksNothing(value, neutral any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case bool:
		return !v || neutral == true
	case string:
		return v == "" || neutral == v
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, m := range v {
			if !asksNothing(m, neutral) {
				return false
			}
		}
		return true
	}
	return neutral != nil && asFloat(value) == asFloat(neutral)
}

func typeOf(value any) types {
	switch v := value.(type) {
	case nil:
		return isNull
	case bool:
		return isBool
	case string:
		return isString
	case []any:
		return isList
	case map[string]any:
		return isObject
	case int, int64:
		return isInteger
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return isInteger
		}
	case json.Number:
		if _, err := v.Int64(); err == nil {
			return isInteger
		}
	}
	return isNumber
}

func asFloat(value any) float64 {
	switch v := value.(type) {
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case float64:
		return v
	case json.Number:
		f, _ := v.Float64()
		return f
	}
	return math.NaN()
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
