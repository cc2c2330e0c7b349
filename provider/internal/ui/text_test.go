package ui_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/faux0/faux0/provider/internal/text"
	"github.com/faux0/faux0/provider/internal/ui"
)

// templates are the files of the pages, by name.
func templates(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("templates/*.html")
	if err != nil || len(paths) == 0 {
		t.Fatal("no templates", err)
	}
	pages := map[string]string{}
	for _, path := range paths {
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		pages[filepath.Base(path)] = string(page)
	}
	return pages
}

// French puts a space before some marks, where no line may end.
func TestNoFrenchLineBeginsWithAMark(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"texts/fr.json", "../mail/texts/fr.json"} {
		texts, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`[^\s"]+ [?!;:](?:["\s\\]|$)`).FindAllString(string(texts), -1) {
			t.Errorf("%s: %s needs a no-break space", path, found)
		}
	}
}

// A text that a page asks for by a key nobody knows would be empty.
func TestEveryTextThatAPageAsksForIsThere(t *testing.T) {
	t.Parallel()
	asked := regexp.MustCompile(`\.(?:T|Bold) "([a-zA-Z0-9.-]+)"`)
	for name, page := range templates(t) {
		for _, key := range asked.FindAllStringSubmatch(page, -1) {
			if !ui.Knows(key[1]) {
				t.Errorf("%s asks for %s, which texts/en.json does not have", name, key[1])
			}
		}
	}
}

// So do the pages of identifier first, each under its own screen.
func TestEveryTextOfAScreenIsThere(t *testing.T) {
	t.Parallel()
	asked := regexp.MustCompile(`\.Screen "([a-zA-Z0-9-]+)"`)
	for name, pages := range map[string][]interface{ Screen(string) string }{
		"login.html":  {ui.Login{AskIdentifier: true, AskPassword: true}, ui.Login{AskIdentifier: true}, ui.Login{AskPassword: true}},
		"signup.html": {ui.Signup{Fields: make([]ui.SignupField, 1), AskPassword: true}, ui.Signup{Fields: make([]ui.SignupField, 1)}, ui.Signup{AskPassword: true}},
	} {
		for _, key := range asked.FindAllStringSubmatch(templates(t)[name], -1) {
			for _, page := range pages {
				if (ui.Look{}).T(page.Screen(key[1])) == "" {
					t.Errorf("%s has no %s", name, page.Screen(key[1]))
				}
			}
		}
	}
}

// Words in a template could neither be translated nor be changed by the
// tenant. Developers read the console and its outbox in English, and nobody reads the page
// that hands an answer to a script.
func TestNoTemplateHasWordsOfItsOwn(t *testing.T) {
	t.Parallel()
	exempt := []string{"application.html", "console.html", "explanation.html", "outbox.html", "web_message.html"}
	tokens := strings.NewReplacer("--fixture-users=off", "", "HTTP", "")
	for name, page := range templates(t) {
		if slices.Contains(exempt, name) {
			continue
		}
		for _, skipped := range []string{`(?s)<script.*?</script>`, `\{\{define "aria"\}\}.*`, `(?s)\{\{.*?\}\}`} {
			page = regexp.MustCompile(skipped).ReplaceAllString(page, "")
		}
		read := regexp.MustCompile(`(?s)<[^>]*>`).ReplaceAllString(page, "\n")
		for _, attribute := range regexp.MustCompile(`\s(?:alt|title|placeholder|aria-label)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			read += "\n" + attribute[1]
		}
		for _, words := range strings.Split(tokens.Replace(read), "\n") {
			if strings.ContainsFunc(words, unicode.IsLetter) {
				t.Errorf("%s says %q: put it into texts/en.json", name, strings.TrimSpace(words))
			}
		}
	}
}

func TestATextIsTheTenantsOwnElseOursInTheLanguageElseEnglish(t *testing.T) {
	t.Parallel()
	const key = "login.login.description"
	own := ui.Look{TenantName: "Acme", Own: text.Texts{"login": {"login": {"description": "Hi ${clientName} of ${companyName}"}}}}
	if got := own.T(key, "clientName", "Web"); got != "Hi Web of Acme" {
		t.Errorf("the tenant's own text is %q", got)
	}
	for _, lang := range []string{"", "en", "en-GB", "xx"} {
		if got := (ui.Look{TenantName: "Acme", Lang: lang}).T(key, "clientName", "Web"); got != "Log in to Acme to continue to Web." {
			t.Errorf("in %q the text is %q", lang, got)
		}
	}
	if got := own.T("no.such.key"); got != "" {
		t.Errorf("an unknown key is %q", got)
	}
}

func TestBoldValuesStayText(t *testing.T) {
	t.Parallel()
	l := ui.Look{TenantName: "A&B", Own: text.Texts{"any": {"any": {"any": "<i>${clientName}</i> at ${companyName}"}}}}
	const want = "&lt;i&gt;<strong>&lt;b&gt;</strong>&lt;/i&gt; at A&amp;B"
	if got := l.Bold("any.any.any", "clientName", "<b>"); string(got) != want {
		t.Errorf("%q, want %q", got, want)
	}
}
