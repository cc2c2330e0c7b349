package ui

import (
	"html/template"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Look is how a page is branded; every page embeds one.
type Look struct {
	TenantName string
	LogoURL    string
	FaviconURL string
	// PrimaryColor and PageBackground are #rgb or #rrggbb; anything else is
	// left out.
	PrimaryColor, PageBackground string
	// Lang is a BCP 47 tag; empty means en.
	Lang string
	// Own finds the tenant's own text for a key of T; nil where it has none.
	Own func(key string) (string, bool)
}

var colorPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`) })

// Language is the page's language.
func (l Look) Language() string {
	if l.Lang == "" {
		return fallback
	}
	return l.Lang
}

// Logo is the logo's address if it is one a page may load, else "".
func (l Look) Logo() string { return webURL(l.LogoURL) }

// Favicon is the favicon's address if it is one a page may load, else "".
func (l Look) Favicon() string { return webURL(l.FaviconURL) }

func webURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return raw
}

// Initial stands in for a logo.
func (l Look) Initial() string {
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(l.TenantName))
	if r == utf8.RuneError {
		return ""
	}
	return string(r)
}

// Branded says whether the tenant has colours or a logo of its own, which are
// made for a light card.
func (l Look) Branded() bool { return l.Logo() != "" || l.Style() != "" }

// Style sets the branding colours; it holds nothing but colours that have been
// checked.
func (l Look) Style() template.CSS {
	var b strings.Builder
	if colorPattern().MatchString(l.PrimaryColor) {
		b.WriteString("--primary:" + l.PrimaryColor + ";--on-primary:" + onColor(l.PrimaryColor) + ";")
		accent := l.PrimaryColor
		if onWhite(accent) < textContrast {
			accent = "var(--text)"
		}
		b.WriteString("--accent:" + accent + ";")
		if onWhite(l.PrimaryColor) < shapeContrast {
			b.WriteString("--edge:var(--line);")
		}
	}
	if colorPattern().MatchString(l.PageBackground) {
		b.WriteString("--page:" + l.PageBackground + ";--on-page:" + onColor(l.PageBackground) + ";")
	}
	if b.Len() == 0 {
		return ""
	}
	return template.CSS(":root{" + b.String() + "}") //nolint:gosec // made of matched colours only
}

// What WCAG 2.2 level AA asks of text (1.4.3), and of the outlines of controls
// (1.4.11).
const textContrast, shapeContrast = 4.5, 3.0

// onColor is white where it can be read on the colour, else black, which then
// can.
func onColor(color string) string {
	if onWhite(color) >= textContrast {
		return "#fff"
	}
	return "#000"
}

// onWhite is a colour's contrast with white, which the cards of branded pages
// are.
//
// Source: WCAG 2.2, "contrast ratio", "relative luminance".
func onWhite(color string) float64 { return 1.05 / (luminance(color) + 0.05) }

func luminance(color string) float64 {
	hex := color[1:]
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, _ := strconv.ParseUint(hex, 16, 32)
	channel := func(v uint64) float64 {
		c := float64(v&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(n>>16) + 0.7152*channel(n>>8) + 0.0722*channel(n)
}
