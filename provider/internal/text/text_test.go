package text_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/faux0/faux0/provider/internal/text"
)

// catalogues are those of the packages that speak.
var catalogues = []string{"../ui", "../mail"}

// keys are all texts of a language by prompt.screen.key.
func keys(texts text.Texts) map[string]string {
	all := map[string]string{}
	for prompt, screens := range texts {
		for screen, names := range screens {
			for name, words := range names {
				all[prompt+"."+screen+"."+name] = words
			}
		}
	}
	return all
}

var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

func placeholders(words string) []string {
	found := placeholder.FindAllString(words, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// What a language lacks is said in English, so a new text may come before its
// translations; a text that says something else than it should may not.
func TestEveryLanguageSaysWhatEnglishSays(t *testing.T) {
	t.Parallel()
	for _, dir := range catalogues {
		c := text.New(os.DirFS(dir))
		english := keys(c.In(text.Fallback))
		if len(c.Languages) < 4 {
			t.Errorf("%s speaks only %v", dir, c.Languages)
		}
		for _, lang := range c.Languages {
			file := dir + "/texts/" + lang + ".json"
			own := keys(c.In(lang))
			for key, words := range own {
				want, known := english[key]
				switch {
				case !known:
					t.Errorf("%s has %s, which en.json has not", file, key)
				case !slices.Equal(placeholders(words), placeholders(want)):
					t.Errorf("%s: %s holds %v, in English %v", file, key, placeholders(words), placeholders(want))
				case words != strings.TrimSpace(words), words == "" && want != "":
					t.Errorf("%s: %s is %q", file, key, words)
				}
			}
			for key := range english {
				if _, there := own[key]; !there {
					t.Errorf("%s lacks %s", file, key)
				}
			}
		}
	}
}

func TestATagIsServedByTheNearestLanguage(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{}
	for _, lang := range []string{"en", "fr", "pt-BR", "de"} {
		files["texts/"+lang+".json"] = &fstest.MapFile{Data: []byte(`{"a":{"b":{"c":"` + lang + `"}}}`)}
	}
	files["texts/en.json"].Data = []byte(`{"a":{"b":{"c":"en","d":"only English"}}}`)
	c := text.New(files)
	for tag, want := range map[string]string{
		"fr": "fr", "fr-FR": "fr", "FR-ca": "fr", "pt-BR": "pt-BR", "pt-PT": "pt-BR", "pt": "pt-BR", "de-CH": "de", "ja": "en", "": "en",
	} {
		if got := c.Find(tag, "a.b.c"); got != want {
			t.Errorf("%q is served by %q, want %q", tag, got, want)
		}
	}
	if got := c.Find("de", "a.b.d"); got != "only English" {
		t.Errorf("what a language lacks is %q", got)
	}
	if c.Knows("a.b.x") || c.Find("de", "a.b.x") != "" {
		t.Error("a key nobody knows has a text")
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	if got := text.Fill("${a} and ${b.c} and ${d}", "a", "${b.c}", "b.c", "1"); got != "${b.c} and 1 and ${d}" {
		t.Errorf("filled: %q", got)
	}
}
