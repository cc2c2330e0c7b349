package provider_test

import (
	"regexp"
	"testing"

	"github.com/faux0/faux0/provider"
)

// speaks are the languages that a tenant has enabled.
func speaks(locales ...string) change {
	return func(c *provider.Config) { c.Snapshot.Settings.EnabledLocales = locales }
}

func langOf(t *testing.T, page string) string {
	t.Helper()
	found := regexp.MustCompile(`<html lang="([^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatal("the page has no language", page)
	}
	return found[1]
}

// Source: Auth0 docs, "Universal Login internationalization".
func TestAPageSpeaksTheLanguageThatIsAskedForAndEnabled(t *testing.T) {
	t.Parallel()
	enabled := []string{"en", "fr-FR", "es", "pt-BR"}
	for name, c := range map[string]struct{ locales, header, want string }{
		"nothing is asked for":                      {"", "", "en"},
		"ui_locales":                                {"es", "", "es"},
		"ui_locales, in any case":                   {"PT-br", "", "pt-BR"},
		"the first that is enabled":                 {"de it es fr-FR", "", "es"},
		"a region whose language is enabled":        {"es-AR", "", "es"},
		"a language that is enabled for a region":   {"fr", "", "fr-FR"},
		"another region of an enabled language":     {"fr-CA", "", "fr-FR"},
		"ui_locales before the browser's languages": {"es", "fr-FR", "es"},
		"the browser's languages":                   {"", "fr-FR,es;q=0.8", "fr-FR"},
		"the browser's, by weight":                  {"", "fr;q=0.3, es;q=0.8, *;q=0.9", "es"},
		"the browser's, if ui_locales has none":     {"de it", "es", "es"},
		"what the browser refuses":                  {"", "es;q=0", "en"},
		"what no browser sends":                     {"", ";;,q=,es;q=much", "en"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := run(t, speaks(enabled...)).browser()
			login := b.authorize(webRequest("ui_locales", c.locales)).wantPath("/u/login")
			equal(t, "language", langOf(t, b.do("GET", login.RequestURI(), head("Accept-Language", c.header), "").body), c.want)
		})
	}
}

func TestAPageOfNoLoginSpeaksTheBrowsersLanguage(t *testing.T) {
	t.Parallel()
	b := run(t, speaks("en", "es")).browser()
	for _, path := range []string{"/activate", "/device/success", "/u/reset-password?ticket=none", "/authorize"} {
		equal(t, path, langOf(t, b.do("GET", path, head("Accept-Language", "es-MX"), "").body), "es")
	}
}
