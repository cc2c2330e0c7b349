package ui

import (
	"html/template"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/faux0/faux0/provider/internal/text"
	"github.com/faux0/faux0/provider/tenant"
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
	// Own are the tenant's own texts.
	Own text.Texts
	// ToConsole says that the page's foot leads to the outbox and the console.
	ToConsole bool
	// Custom is what the tenant has put around the page, and into it; nil for
	// nothing.
	Custom *Custom
}

// Language is the page's language.
func (l Look) Language() string {
	if l.Lang == "" {
		return text.Fallback
	}
	return l.Lang
}

// rightToLeft are the languages that are written so.
//
// Source: Auth0 docs, "Universal Login internationalization".
var rightToLeft = []string{"ar", "fa", "he", "ur"}

// Dir is the direction in which the page's language is written.
func (l Look) Dir() string {
	if slices.Contains(rightToLeft, text.Base(l.Lang)) {
		return "rtl"
	}
	return "ltr"
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
	if tenant.ValidColor(l.PrimaryColor) {
		b.WriteString("--primary:" + l.PrimaryColor + ";--on-primary:" + tenant.Ink(l.PrimaryColor) + ";")
		accent := l.PrimaryColor
		if tenant.OnWhite(accent) < tenant.TextContrast {
			accent = "var(--text)"
		}
		b.WriteString("--accent:" + accent + ";")
		if tenant.OnWhite(l.PrimaryColor) < tenant.ShapeContrast {
			b.WriteString("--edge:var(--line);")
		}
	}
	if tenant.ValidColor(l.PageBackground) {
		b.WriteString("--page:" + l.PageBackground + ";--on-page:" + tenant.Ink(l.PageBackground) + ";")
	}
	if b.Len() == 0 {
		return ""
	}
	return template.CSS(":root{" + b.String() + "}") //nolint:gosec // made of matched colours only
}
