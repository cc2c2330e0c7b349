package ui

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"github.com/faux0/faux0/internal/liquid"
	"github.com/faux0/faux0/provider/internal/text"
)

// Custom is what the tenant has put around its pages, and into them.
//
// Source: Auth0 docs, "Customize Universal Login page templates", "Customize
// signup and login prompts".
type Custom struct {
	// Template is the page around the widget, "" for ours.
	Template string
	// Partials are by prompt, screen and insertion point.
	Partials map[string]map[string]map[string]string
	// Values are the variables of both, but for those of the screen.
	Values map[string]any
	// Nonce lets the scripts of both run, and no others.
	Nonce string
}

// screens are the screens of pages that have one only, by template.
var screens = map[string]string{
	"consent": "consent.consent", "confirmation": "confirmation.confirmation", "create_account": "confirmation.confirmation",
	"device_activation": "device-flow.device-code-activation", "device_confirmation": "device-flow.device-code-confirmation",
	"logout_confirm": "logout.logout", "logged_out": "logout.logout-complete",
	"organization_name": "organizations.organization-selection", "organization_picker": "organizations.organization-picker",
	"reset_request": "reset-password.reset-password-request", "reset_sent": "reset-password.reset-password-email",
	"reset_password": "reset-password.reset-password", "accept_invitation": "invitation.accept-invitation",
	"recovery_code": "mfa-recovery-code.mfa-recovery-code-challenge-new-code",
}

// plain are the pages that are no part of Universal Login.
var plain = map[string]bool{
	"classic": true, "console": true, "error": true, "explanation": true, "form_post": true, "outbox": true, "popup": true, "web_message": true,
}

// look is how the page is branded.
func (l Look) look() Look { return l }

// customOf is what the tenant has put around a page and into it, nil for
// nothing.
func customOf(p Page) *Custom {
	branded, ok := p.(interface{ look() Look })
	if !ok || plain[p.template()] {
		return nil
	}
	return branded.look().Custom
}

// AuthorNonce is what lets the scripts of the tenant's own HTML on the page
// run, "" where there is none.
func AuthorNonce(p Page) string {
	if c := customOf(p); c != nil {
		return c.Nonce
	}
	return ""
}

// screenOf is the prompt.screen of a page.
func screenOf(p Page) string {
	if several, ok := p.(interface{ screen() string }); ok {
		return several.screen()
	}
	return screens[p.template()]
}

// wrap puts the tenant's page around a rendered one.
func (c *Custom) wrap(p Page, page []byte) ([]byte, error) {
	t, err := liquid.HTML(c.withNonce(c.Template))
	if err != nil {
		return nil, fmt.Errorf("page template: %w", err)
	}
	head, widget := between(page, "<head>", "</head>"), between(page, `<body class="page">`, "</body>")
	if strings.Contains(strings.ToLower(c.Template), "<title") {
		head = title.ReplaceAllString(head, "")
	}
	values := c.values(p.(interface{ look() Look }).look(), screenOf(p))
	values[liquid.Head], values[liquid.Widget] = head, widget
	if form, ok := p.(interface{ state() string }); ok {
		values["state"] = form.state()
	}
	filled, err := t.Fill(values)
	if err != nil {
		return nil, fmt.Errorf("page template: %w", err)
	}
	return []byte(filled), nil
}

var (
	title   = regexp.MustCompile(`(?s)<title>.*?</title>\n?`)
	scripts = regexp.MustCompile(`(?i)<script\b`)
)

// withNonce marks the author's scripts. Values are put in later, and escaped:
// no script comes with them.
func (c *Custom) withNonce(source string) string {
	return scripts.ReplaceAllString(source, `<script nonce="`+c.Nonce+`"`)
}

func between(page []byte, begin, end string) string {
	_, rest, _ := bytes.Cut(page, []byte(begin))
	found, _, _ := bytes.Cut(rest, []byte(end))
	return string(found)
}

// insert is the tenant's partial for a place on a screen.
func (l Look) insert(screen, point string) (template.HTML, error) {
	prompt, name, _ := strings.Cut(screen, ".")
	if l.Custom == nil || l.Custom.Partials[prompt][name][point] == "" {
		return "", nil
	}
	t, err := liquid.HTML(l.Custom.withNonce(l.Custom.Partials[prompt][name][point]))
	if err != nil {
		return "", fmt.Errorf("partial %s of %s: %w", point, screen, err)
	}
	filled, err := t.Fill(l.Custom.values(l, screen))
	if err != nil {
		return "", fmt.Errorf("partial %s of %s: %w", point, screen, err)
	}
	return template.HTML(`<div class="ulp-container ulp-container-` + point + `">` + filled + "</div>"), nil //nolint:gosec // the tenant's own HTML, with escaped values
}

// values are the variables of the tenant's own HTML on a screen.
//
// Source: Auth0 docs, "Customize Universal Login page templates" (current
// screen information).
func (c *Custom) values(l Look, screen string) map[string]any {
	prompt, name, _ := strings.Cut(screen, ".")
	values := map[string]any{
		"locale": l.Language(), "dir": l.Dir(),
		"prompt": map[string]any{"name": prompt, "screen": map[string]any{"name": name, "texts": l.texts(screen)}},
	}
	for name, value := range c.Values {
		values[name] = value
	}
	return values
}

// texts are all texts of a screen, the tenant's own variables among them: var-tos
// is varTos there, and its links are links.
//
// Source: Auth0 docs, "Customize signup and login prompts" (localize content).
func (l Look) texts(screen string) map[string]any {
	prompt, name, _ := strings.Cut(screen, ".")
	texts := map[string]any{}
	for _, source := range []text.Texts{catalogue.In(text.Fallback), catalogue.Serving(l.Lang), l.Own} {
		for key, words := range source[prompt][name] {
			words = l.fill(words, nil)
			if variable, ok := strings.CutPrefix(key, "var-"); ok {
				texts["var"+camel(variable)] = linked(words)
				continue
			}
			texts[key] = words
		}
	}
	return texts
}

// camel is terms-of-service as TermsOfService.
func camel(name string) string {
	var b strings.Builder
	for _, word := range strings.Split(name, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

var markdownLink = regexp.MustCompile(`\[([^\]]*)\]\((https?://[^\s)]*)\)`)

// linked is a text whose Markdown links are links.
func linked(words string) liquid.Safe {
	escaped := template.HTMLEscapeString(words)
	return liquid.Safe(markdownLink.ReplaceAllString(escaped, `<a href="$2">$1</a>`))
}
