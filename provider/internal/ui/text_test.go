package ui_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/faux0/faux0/provider/internal/ui"
)

// A text that a page asks for by a key nobody knows would be empty.
func TestEveryTextThatAPageAsksForIsThere(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("templates/*.html")
	if err != nil || len(pages) == 0 {
		t.Fatal("no templates", err)
	}
	asked := regexp.MustCompile(`\.T "([a-zA-Z0-9.-]+)"`)
	for _, path := range pages {
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range asked.FindAllSubmatch(page, -1) {
			if !ui.Knows(string(key[1])) {
				t.Errorf("%s asks for %s, which texts/en.json does not have", path, key[1])
			}
		}
	}
}

func TestATextIsTheTenantsOwnElseOursInTheLanguageElseEnglish(t *testing.T) {
	t.Parallel()
	const key = "login.login.description"
	own := ui.Look{TenantName: "Acme", Own: func(asked string) (string, bool) { return "Hi ${clientName} of ${companyName}", asked == key }}
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
