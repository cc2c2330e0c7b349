package token

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/faux0/faux0/provider/tenant"
)

// maxQuoted keeps what strangers put into tokens from filling a screen, and
// whole tokens from being repeated.
const maxQuoted = 100

// quote writes a value in quotes, cut short, with nothing a terminal obeys.
func quote(s string) string {
	if utf8.RuneCountInString(s) > maxQuoted {
		s = string([]rune(s)[:maxQuoted]) + "…"
	}
	return strconv.Quote(s)
}

const maxListed = 12

func quoteAll(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	quoted := make([]string, 0, maxListed)
	for i, s := range list {
		if i == maxListed {
			return strings.Join(quoted, ", ") + fmt.Sprintf(" and %d more", len(list)-i)
		}
		quoted = append(quoted, quote(s))
	}
	return strings.Join(quoted, ", ")
}

// sentence makes one of a hint.
func sentence(hint string) string {
	hint = strings.Join(strings.Fields(hint), " ")
	return strings.TrimSuffix(strings.ToUpper(hint[:1])+hint[1:], ".") + "."
}

func at(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// unnamedApp stands for an application of which nothing is known.
const unnamedApp = "your application"

// app names the application of the token.
func (x *explainer) app() string {
	c := x.read.claims
	switch {
	case x.client != nil:
		return "application " + quote(x.client.Name)
	case x.out.Kind == KindIDToken:
		return "an application this tenant does not know (" + quote(c.list("aud")[0]) + ")"
	case cmp.Or(c.text("azp"), c.text("client_id")) != "":
		return "application " + quote(cmp.Or(c.text("azp"), c.text("client_id")))
	}
	return unnamedApp
}

// who names the user of the token.
func (x *explainer) who() string {
	switch {
	case x.user != nil:
		return x.user.Label()
	case x.read.claims.text("sub") != "":
		return quote(x.read.claims.text("sub"))
	}
	return "the user"
}

// identifier is that of the API, or a stand-in for the person to replace.
func (x *explainer) identifier() string {
	if x.api == nil {
		return "<API identifier>"
	}
	return x.api.Identifier
}

func apiName(api *tenant.ResourceServer) string { return "API " + quote(api.Name) }

func (x *explainer) roleNames(ids []string) []string {
	names := []string{}
	for _, id := range ids {
		if r := x.dir.Role(id); r != nil {
			names = append(names, r.Name)
		}
	}
	return names
}

// Text is the explanation for a terminal: the cause, the fix, then what the
// token is and everything that was checked.
func (x *Explanation) Text() string {
	var b strings.Builder
	b.WriteString(x.Cause + " " + x.Fix + "\n")
	if !x.Certain {
		b.WriteString("(A guess: what was requested is not known here.)\n")
	}
	if x.Verdict != "" {
		b.WriteString("\n" + x.Verdict + "\n")
	}
	if len(x.Checks) > 0 {
		b.WriteString("\nChecked:\n")
	}
	for _, c := range x.Checks {
		mark := "?"
		if c.OK != nil && *c.OK {
			mark = "✔"
		} else if c.OK != nil {
			mark = "✘"
		}
		b.WriteString("  " + mark + " " + c.Text)
		if c.Source != "" {
			b.WriteString(" (" + c.Source + ")")
		}
		b.WriteByte('\n')
	}
	if len(x.Notes) > 0 {
		b.WriteByte('\n')
	}
	for _, n := range x.Notes {
		b.WriteString(n + "\n")
	}
	if x.Again != "" {
		b.WriteString("\n" + x.Again + "\n")
	}
	return printable(b.String())
}

// printable drops what a terminal would obey.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || unicode.IsPrint(r) {
			return r
		}
		return -1
	}, s)
}

// without returns the members of list that are not in other.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}
