package tenant

import "math"

// JSONSchema describes the entries of a kind, as a fixture has them, to
// editors: a JSON Schema (draft 7), or nil for a kind without one.
func JSONSchema(kind string) map[string]any {
	f := schemaOf(kind)
	if f == nil {
		return nil
	}
	return f.jsonSchema()
}

func (f *field) jsonSchema() map[string]any {
	s := map[string]any{}
	f.jsonTypes(s)
	if len(f.enum) > 0 && f.types&isNull == 0 {
		s["enum"] = f.enum
	}
	lower, upper := "minimum", "maximum"
	switch {
	case f.types&isString != 0:
		lower, upper = "minLength", "maxLength"
	case f.types&isList != 0:
		lower, upper = "minItems", "maxItems"
	case f.types&isObject != 0:
		lower, upper = "minProperties", "maxProperties"
	}
	if !math.IsNaN(f.min) && f.min != 0 {
		s[lower] = f.min
	}
	if !math.IsNaN(f.max) {
		s[upper] = f.max
	}
	switch {
	case f.types&isList != 0 && f.items != nil:
		s["items"] = f.items.jsonSchema()
	case f.types&isObject != 0:
		f.jsonMembers(s)
	}
	if f.unused {
		s["description"] = "Kept; has no effect yet."
	}
	return s
}

func (f *field) jsonTypes(s map[string]any) {
	var names []string
	for _, n := range []struct {
		t    types
		name string
	}{
		{isString, "string"}, {isNumber, "number"}, {isInteger, "integer"}, {isBool, "boolean"},
		{isList, "array"}, {isObject, "object"}, {isNull, "null"},
	} {
		if f.types&n.t != 0 && (n.t != isInteger || f.types&isNumber == 0) {
			names = append(names, n.name)
		}
	}
	switch len(names) {
	case 0:
	case 1:
		s["type"] = names[0]
	default:
		s["type"] = names
	}
}

func (f *field) jsonMembers(s map[string]any) {
	members, required := map[string]any{}, []string{}
	for i := range f.members {
		m := &f.members[i]
		if m.modes&ForFixture == 0 {
			continue
		}
		members[m.name] = m.jsonSchema()
		if m.required {
			required = append(required, m.name)
		}
	}
	if len(members) > 0 {
		s["properties"] = members
	}
	if len(required) > 0 {
		s["required"] = required
	}
	switch {
	case f.items != nil:
		s["additionalProperties"] = f.items.jsonSchema()
	case !f.open:
		s["additionalProperties"] = false
	}
}
