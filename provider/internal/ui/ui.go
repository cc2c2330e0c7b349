package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"path"
	"sync"
)

//go:embed templates static texts
var files embed.FS

// Page is one of the structs of this package.
type Page interface {
	// template is the name of the page's file, without its ending.
	template() string
}

// parsed caches templates. They are parsed when first needed, not at the
// start: a tenant that serves an API test never shows a page.
var parsed sync.Map

// Render returns the page as a complete HTML document.
func Render(p Page) ([]byte, error) {
	name := p.template()
	t, ok := parsed.Load(name)
	if !ok {
		fresh, err := template.New(name+".html").ParseFS(files, "templates/layout.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		t, _ = parsed.LoadOrStore(name, fresh)
	}
	var b bytes.Buffer
	document := "page"
	if t.(*template.Template).Lookup("main") == nil {
		document = name + ".html" // it is a document of its own
	}
	if err := t.(*template.Template).ExecuteTemplate(&b, document, p); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	if c := customOf(p); c != nil && c.Template != "" {
		return c.wrap(p, b.Bytes())
	}
	return b.Bytes(), nil
}

// Static returns a file that pages refer to under /_faux0/static/.
func Static(name string) (data []byte, contentType, etag string, ok bool) {
	data, err := files.ReadFile("static/" + name)
	if err != nil {
		return nil, "", "", false
	}
	sum := sha256.Sum256(data)
	return data, mediaType(name), `"` + hex.EncodeToString(sum[:8]) + `"`, true
}

// mediaType knows what is in static. Package mime would read the machine's
// tables, which differ from one to the next.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return "application/octet-stream"
}
