package tenant

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"time"
)

func overlay(over, extra map[string]any) map[string]any {
	if len(over) == 0 {
		return extra
	}
	merged := maps.Clone(over)
	maps.Copy(merged, extra)
	return merged
}

// decode reads a body into the struct that target points to and returns what
// the struct has no room for, so that nothing is lost.
func decode(kind string, body map[string]any, target any) (extra map[string]any, err error) {
	clean, _ := withoutReadOnly(schemaOf(kind), body).(map[string]any)
	data, err := json.Marshal(clean)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	if err := json.Unmarshal(data, target); err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	dropEmpty(reflect.ValueOf(target).Elem())
	extra, _ = leftover(clean, reflect.TypeOf(target)).(map[string]any)
	return extra, nil
}

// dropEmpty makes empty lists and maps nil where they would not be written, so
// that an entry equals itself after it was written and read.
func dropEmpty(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			dropEmpty(v.Elem())
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Struct {
			for i := range v.Len() {
				dropEmpty(v.Index(i))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			if !f.CanSet() {
				continue
			}
			kind := f.Kind()
			if (kind == reflect.Slice || kind == reflect.Map) && f.Len() == 0 && strings.Contains(v.Type().Field(i).Tag.Get("json"), "omitempty") {
				f.SetZero()
				continue
			}
			dropEmpty(f)
		}
	}
}

// withoutReadOnly copies a value without what the server sets and without
// nulls, which mean "not set".
func withoutReadOnly(f *field, value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, m := range v {
			member := f.member(name)
			if m == nil && (f == nil || !f.open || f.items != nil) || member != nil && member.readOnly {
				continue
			}
			out[name] = withoutReadOnly(member, m)
		}
		return out
	case []any:
		if f == nil || f.items == nil {
			return v
		}
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = withoutReadOnly(f.items, item)
		}
		return out
	}
	return value
}

// member returns a member by name, or nil where anything goes.
func (f *field) member(name string) *field {
	if f == nil {
		return nil
	}
	for i := range f.members {
		if f.members[i].name == name {
			return &f.members[i]
		}
	}
	return anyValue
}

var anyValue = &field{open: true}

var timeType = reflect.TypeFor[time.Time]()

// leftover is the part of a value that a Go type has no room for, or nil.
func leftover(value any, t reflect.Type) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := value.(type) {
	case map[string]any:
		if t.Kind() != reflect.Struct || t == timeType {
			return nil
		}
		rest := map[string]any{}
		for name, m := range v {
			ft, ok := jsonField(t, name)
			if !ok {
				rest[name] = m
			} else if part := leftover(m, ft); part != nil {
				rest[name] = part
			}
		}
		if len(rest) == 0 {
			return nil
		}
		return rest
	case []any:
		if t.Kind() != reflect.Slice {
			return nil
		}
		rest, some := make([]any, len(v)), false
		for i, item := range v {
			rest[i] = leftover(item, t.Elem())
			some = some || rest[i] != nil
		}
		if !some {
			return nil
		}
		return rest
	}
	return nil
}

func jsonField(t reflect.Type, name string) (reflect.Type, bool) {
	for i := range t.NumField() {
		tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if tag == name && tag != "-" {
			return t.Field(i).Type, true
		}
	}
	return nil, false
}

// Body is an entry as a request body: what its struct holds, merged with its
// Extra and, for a User, its Profile.
func Body(entry any) (map[string]any, error) {
	data, err := json.Marshal(entry)
	if err != nil {
		return nil, err
	}
	body := map[string]any{}
	if err := json.Unmarshal(data, &body); err != nil {
		return nil, err
	}
	v := reflect.Indirect(reflect.ValueOf(entry))
	for _, name := range []string{"Extra", "Profile"} {
		if f := v.FieldByName(name); f.IsValid() {
			more, _ := f.Interface().(map[string]any)
			mergeInto(body, more)
		}
	}
	return body, nil
}

// mergeInto adds members and, below members that are there already, theirs.
func mergeInto(body, more map[string]any) {
	for name, m := range more {
		switch have := body[name].(type) {
		case map[string]any:
			if deeper, ok := m.(map[string]any); ok {
				mergeInto(have, deeper)
				continue
			}
		case []any:
			if deeper, ok := m.([]any); ok && len(deeper) == len(have) {
				mergeLists(have, deeper)
				continue
			}
		}
		body[name] = m
	}
}

func mergeLists(have, more []any) {
	for i := range have {
		a, ok := have[i].(map[string]any)
		if b, also := more[i].(map[string]any); ok && also {
			mergeInto(a, b)
		}
	}
}
