package ui_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// element is a start tag of a page with the words inside it.
type element struct {
	name string
	attr map[string]string
	text string
}

// page is a rendered page, taken apart.
type page []*element

// parse reads a page and fails if its tags do not match.
func parse(t *testing.T, html []byte) page {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(bytes.ToValidUTF8(html, []byte("?"))))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var all page
	var open []*element
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if len(open) > 0 {
				t.Fatalf("<%s> is never closed:\n%s", open[len(open)-1].name, html)
			}
			return all
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, html)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, attr: map[string]string{}}
			for _, a := range token.Attr {
				if _, twice := e.attr[a.Name.Local]; twice {
					t.Errorf("<%s> has %s twice", e.name, a.Name.Local)
				}
				e.attr[a.Name.Local] = a.Value
			}
			all, open = append(all, e), append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			for _, e := range open {
				e.text += string(token)
			}
		}
	}
}

// all returns the elements with a name and, given in pairs, attributes.
func (p page) all(name string, attrs ...string) page {
	return slices.Collect(func(yield func(*element) bool) {
		for _, e := range p {
			if e.name == name && e.has(attrs) && !yield(e) {
				return
			}
		}
	})
}

func (e *element) has(attrs []string) bool {
	for i := 0; i < len(attrs); i += 2 {
		if v, ok := e.attr[attrs[i]]; !ok || v != attrs[i+1] {
			return false
		}
	}
	return true
}

// one returns the only such element.
func (p page) one(t *testing.T, name string, attrs ...string) *element {
	t.Helper()
	found := p.all(name, attrs...)
	if len(found) != 1 {
		t.Fatalf("%d elements <%s %s>, want one", len(found), name, strings.Join(attrs, " "))
	}
	return found[0]
}

// shape is the tags of a page in order, with the names of their attributes.
func (p page) shape() string {
	var b strings.Builder
	for _, e := range p {
		names := make([]string, 0, len(e.attr))
		for name := range e.attr {
			names = append(names, name)
		}
		slices.Sort(names)
		b.WriteString("<" + e.name + " " + strings.Join(names, " ") + ">\n")
	}
	return b.String()
}
