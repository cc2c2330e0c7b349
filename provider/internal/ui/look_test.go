package ui_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/internal/ui"
	"github.com/faux0/faux0/provider/tenant"
)

func TestOnlyColoursReachTheStyle(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"red", "#12", "#12345", "#1234567", "#ggg", "#fff;}body{display:none", "url(x)", "#fff\n", "expression(1)", " #fff"} {
		if got := (ui.Look{PrimaryColor: bad, PageBackground: bad}).Style(); got != "" {
			t.Errorf("%q became %q", bad, got)
		}
	}
	got := string((ui.Look{PrimaryColor: "#AbC", PageBackground: "#000000"}).Style())
	for _, want := range []string{"--primary:#AbC;", "--page:#000000;", "--on-page:#fff;"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}

func TestOnlyWebAddressesAreLogos(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		"https://cdn.test/l.png": true, "http://localhost:1/l.svg": true, "": false, "javascript:alert(1)": false,
		"data:image/svg+xml,x": false, "//cdn.test/l.png": false, "l.png": false, "https://": false, "%zz": false,
	} {
		l := ui.Look{LogoURL: raw, FaviconURL: raw}
		if got := l.Logo() != ""; got != want {
			t.Errorf("Logo(%q) is there: %v", raw, got)
		}
		if l.Favicon() != l.Logo() {
			t.Errorf("Favicon(%q) = %q", raw, l.Favicon())
		}
		if l.Branded() != want {
			t.Errorf("Branded with %q: %v", raw, l.Branded())
		}
	}
}

func TestInitial(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"Acme": "A", " acme": "a", "Émile": "É", "果樹園": "果", "": "", "\xff": ""} {
		if got := (ui.Look{TenantName: name}).Initial(); got != want {
			t.Errorf("Initial of %q is %q, want %q", name, got, want)
		}
	}
}

// Whatever colour a tenant picks, what is written on it, and in it, can be
// read.
func TestAnyColourCanBeRead(t *testing.T) {
	t.Parallel()
	for r := 0; r < 256; r += 17 {
		for g := 0; g < 256; g += 17 {
			for b := 0; b < 256; b += 17 {
				color := fmt.Sprintf("#%02x%02x%02x", r, g, b)
				if c := contrast(color, tenant.Ink(color)); c < 4.5 {
					t.Fatalf("%s on %s: %.2f", tenant.Ink(color), color, c)
				}
				style := string((ui.Look{PrimaryColor: color}).Style())
				if readable := tenant.OnWhite(color) >= 4.5; readable != strings.Contains(style, "--accent:"+color) {
					t.Fatalf("%s has a contrast of %.2f with white: %s", color, tenant.OnWhite(color), style)
				}
			}
		}
	}
}

func contrast(a, b string) float64 {
	x, y := tenant.Luminance(a)+0.05, tenant.Luminance(b)+0.05
	return max(x/y, y/x)
}

// Source: WCAG 2.2, 1.4.3 (text) and 1.4.11 (outlines of controls).
func TestOurOwnColoursCanBeRead(t *testing.T) {
	t.Parallel()
	css, _, _, _ := ui.Static("faux0.css")
	light, rest, _ := strings.Cut(string(css), "@media (prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "}\n}")
	for name, block := range map[string]string{"light": light, "dark": dark} {
		colors := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{3,6});`).FindAllStringSubmatch(block, -1) {
			colors[m[1]] = m[2]
		}
		for _, pair := range []struct {
			front, back string
			least       float64
		}{
			{"text", "card", 7}, {"quiet", "card", 4.5}, {"quiet", "soft", 4.5}, {"text", "soft", 7}, {"text", "hint", 7}, {"text", "field", 7},
			{"on-page", "page", 4.5}, {"on-primary", "primary", 4.5}, {"accent", "card", 4.5}, {"wrong", "card", 4.5},
			{"on-alert", "alert", 4.5}, {"right", "card", 4.5}, {"line", "card", 3}, {"line", "field", 3}, {"primary", "card", 3},
		} {
			front, back := colors[pair.front], colors[pair.back]
			if front == "" || back == "" {
				t.Fatalf("%s: no --%s or no --%s", name, pair.front, pair.back)
			}
			if c := contrast(front, back); c < pair.least {
				t.Errorf("%s: --%s on --%s is %.2f, want %.1f", name, pair.front, pair.back, c, pair.least)
			}
		}
	}
}
