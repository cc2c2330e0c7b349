package flow

import (
	"slices"
	"strings"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/tenant"
)

// maxKeptText is how many bytes of a text are kept for people to read, and
// maxKeptList how much of a list: anybody may send what stands there. Both are
// ours.
const (
	maxKeptText = 8 << 10
	maxKeptList = 1000
)

// brief is a text that may be kept; the rest of a longer one is let go of.
func brief(s string) string {
	if len(s) <= maxKeptText {
		return s
	}
	return strings.Clone(strings.ToValidUTF8(s[:maxKeptText], "")) + "…"
}

func briefList(list []string) []string {
	long := func(s string) bool { return len(s) > maxKeptText }
	if len(list) <= maxKeptList && !slices.ContainsFunc(list, long) {
		return list
	}
	kept := make([]string, min(len(list), maxKeptList))
	for i := range kept {
		kept[i] = strings.Clone(brief(list[i]))
	}
	return kept
}

// briefValue is a value of an event's details that may be kept.
func briefValue(v any) any {
	switch v := v.(type) {
	case string:
		return brief(v)
	case []string:
		return briefList(v)
	case map[string]any:
		kept := make(map[string]any, len(v))
		for name, value := range v {
			kept[name] = briefValue(value)
		}
		return kept
	}
	return v
}

// briefEvent shortens what somebody may have sent.
func briefEvent(e *tenant.LogEvent) {
	for _, s := range []*string{&e.Description, &e.ClientID, &e.Connection, &e.UserID, &e.UserName, &e.UserAgent, &e.Audience, &e.Scope, &e.OrganizationID} {
		*s = brief(*s)
	}
	if e.Details != nil {
		e.Details, _ = briefValue(e.Details).(map[string]any)
	}
}

// briefToken shortens what somebody may have asked for.
func briefToken(v *store.IssuedToken) {
	v.Audience, v.Scopes = brief(v.Audience), briefList(v.Scopes)
	if v.Err != nil && len(v.Err.Description) > maxKeptText {
		short := *v.Err
		short.Description = brief(short.Description)
		v.Err = &short
	}
}
