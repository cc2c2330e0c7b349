package mail

import (
	"html"
	"regexp"
	"strings"

	"github.com/faux0/faux0/internal/liquid"
	"github.com/faux0/faux0/provider/tenant"
)

// Fill writes a mail by the tenant's own template; what that leaves out is
// ours. A template that fails leaves ours as a whole, with the error.
//
// Source: Auth0 docs, "Customize email templates".
func Fill(t *tenant.EmailTemplate, a About, ours Letter) (Letter, error) {
	l := ours
	for _, part := range []struct {
		source string
		parse  func(string) (*liquid.Template, error)
		into   *string
	}{{t.From, liquid.Text, &l.From}, {t.Subject, liquid.Text, &l.Subject}, {t.Body, liquid.HTML, &l.HTML}} {
		if part.source == "" {
			continue
		}
		filled, err := fill(part.source, part.parse, a.Values)
		if err != nil {
			return ours, err
		}
		*part.into = filled
	}
	if t.Body != "" {
		l.Text = readable(l.HTML)
	}
	l.From, l.Subject = oneLine(l.From), oneLine(l.Subject)
	return l, nil
}

func fill(source string, parse func(string) (*liquid.Template, error), values map[string]any) (string, error) {
	t, err := parse(source)
	if err != nil {
		return "", err
	}
	return t.Fill(values)
}

// ResultURL is where the link of a mail leads in the end, "" for nowhere.
//
// Source: Auth0 docs, "Supported Liquid syntax for email templates" (redirect
// to variables).
func ResultURL(t *tenant.EmailTemplate, values map[string]any) string {
	if t == nil || t.ResultURL == "" {
		return ""
	}
	filled, err := fill(t.ResultURL, liquid.Text, values)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(filled)
}

// macros are what a passwordless connection's text has instead of Liquid's
// variables.
//
// Source: Management API, POST /api/v2/connections, options.template with the
// syntax md_with_macros; Auth0 docs, "Passwordless connections best practices".
var macros = regexp.MustCompile(`@@\s*([a-z_.]+)\s*@@`)

// FillPhone writes a text message by the tenant's own template, or what a call
// says: that reads the code out, and pauses.
//
// Source: Auth0 docs, "Supported Liquid syntax for phone templates". Observed:
// {{ pause }} in the templates of auth0-deploy-cli; tenant.friendly_name in
// those of Guardian.
func FillPhone(source string, a About, aloud bool) (string, error) {
	values := map[string]any{"pause": "", "password": a.Code}
	for name, value := range a.Values {
		values[name] = value
	}
	if strings.Contains(source, "tenant.") {
		values["tenant"] = map[string]any{"friendly_name": values["friendly_name"], "name": values["tenant"]}
	}
	if aloud {
		values["code"], values["pause"] = Spoken(a.Code), "…"
	}
	filled, err := fill(macros.ReplaceAllString(source, "{{ $1 }}"), liquid.Text, values)
	return oneLine(filled), err
}

// What of a page nobody reads, and its tags.
var (
	unread = regexp.MustCompile(`(?is)<(head|style|script|title)\b.*?</(head|style|script|title)>|<!--.*?-->`)
	breaks = regexp.MustCompile(`(?i)<(br|/p|/div|/tr|/h[1-6]|/li)\b[^>]*>`)
	tags   = regexp.MustCompile(`<[^>]*>`)
	blanks = regexp.MustCompile(`\n\s*\n\s*`)
)

// readable is a mail's HTML as text.
func readable(page string) string {
	page = breaks.ReplaceAllString(unread.ReplaceAllString(page, ""), "\n")
	lines := strings.Split(html.UnescapeString(tags.ReplaceAllString(page, "")), "\n")
	for i, line := range lines {
		lines[i] = oneLine(line)
	}
	return strings.TrimSpace(blanks.ReplaceAllString(strings.Join(lines, "\n"), "\n\n")) + "\n"
}
