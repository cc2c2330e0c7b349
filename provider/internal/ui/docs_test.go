package ui_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/internal/ui"
)

func TestEveryExportedNameIsDocumented(t *testing.T) {
	t.Parallel()
	p := documentation(t)
	if p.Doc == "" {
		t.Error("the package says nothing of itself")
	}
	check := func(name, text string) {
		if ast.IsExported(name) && strings.TrimSpace(text) == "" {
			t.Errorf("%s has no comment", name)
		}
	}
	for _, f := range p.Funcs {
		check(f.Name, f.Doc)
	}
	for _, v := range append(p.Consts, p.Vars...) {
		for _, name := range v.Names {
			check(name, v.Doc)
		}
	}
	for _, typ := range p.Types {
		check(typ.Name, typ.Doc)
		for _, f := range append(typ.Funcs, typ.Methods...) {
			check(f.Name, f.Doc)
		}
	}
}

// documentation is that of the package without its tests.
func documentation(t *testing.T) *doc.Package {
	t.Helper()
	set := token.NewFileSet()
	var files []*ast.File
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, e.Name(), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	p, err := doc.NewFromFiles(set, files, "github.com/faux0/faux0/provider/internal/ui", doc.AllDecls)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Whatever is in static is served as what it is.
func TestEveryStaticFileHasAMediaType(t *testing.T) {
	t.Parallel()
	entries, err := fs.ReadDir(os.DirFS("."), "static")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, contentType, _, ok := ui.Static(e.Name()); !ok || contentType == "application/octet-stream" {
			t.Errorf("Static(%q) has the type %q, %v", e.Name(), contentType, ok)
		}
	}
}
