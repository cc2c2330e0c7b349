package mail

import (
	"bytes"
	"html/template"

	"github.com/faux0/faux0/provider/tenant"
)

// Brand is whose mail it is.
type Brand struct {
	Name    string
	LogoURL string
	// Color is that of the button; anything but #rgb or #rrggbb is left out.
	Color string
}

// defaultColor is that of a tenant that chooses none, as its pages have it.
const defaultColor = "#2f4bd8"

// Ink is what can be read on the colour.
func (b Brand) Ink() string { return tenant.Ink(b.Color) }

// layout is the mail itself. Mail programs know little CSS and no stylesheets,
// so that every element has its own.
var layout = template.Must(template.New("mail").Parse(`<!doctype html>
<html lang="{{.Language}}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Subject}}</title></head>
<body style="margin: 0; padding: 24px 12px; background: #eef0f5; color: #1c2230; font-family: 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; font-size: 16px; line-height: 1.5">
<div style="max-width: 480px; margin: 0 auto; padding: 32px 28px; background: #ffffff; border-radius: 12px">
<p style="margin: 0 0 24px; font-weight: bold; font-size: 18px">{{with .Brand.LogoURL}}<img src="{{.}}" alt="{{$.Brand.Name}}" style="max-height: 48px; max-width: 100%; border: 0">{{else}}{{.Brand.Name}}{{end}}</p>
<p style="margin: 0 0 20px; overflow-wrap: anywhere">{{.Lead}}</p>
{{with .Code}}<p style="margin: 0 0 20px; font-size: 28px; font-weight: bold; letter-spacing: 3px">{{.}}</p>
{{end}}{{with .Link}}<p style="margin: 0 0 20px"><a href="{{.}}" style="display: inline-block; padding: 12px 24px; border-radius: 8px; background: {{$.Brand.Color}}; color: {{$.Brand.Ink}}; font-weight: bold; text-decoration: none">{{$.Button}}</a></p>
<p style="margin: 0 0 20px; font-size: 13px; color: #545c6e; overflow-wrap: anywhere">{{.}}</p>
{{end}}{{with .Rest}}<p style="margin: 0; font-size: 14px; color: #545c6e">{{.}}</p>
{{end}}</div>
</body>
</html>
`))

// page is the mail as HTML.
func page(a About, b Brand, subject, lead, button, rest string) string {
	if !tenant.ValidColor(b.Color) {
		b.Color = defaultColor
	}
	var out bytes.Buffer
	err := layout.Execute(&out, struct {
		About
		Brand                       Brand
		Subject, Lead, Button, Rest string
	}{a, b, subject, lead, button, rest})
	if err != nil {
		return "" // writing to memory does not fail
	}
	return out.String()
}
