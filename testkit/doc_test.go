package testkit_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// packages parses the non-test files of every package of the module, by
// folder.
func packages(t *testing.T) map[string]*doc.Package {
	t.Helper()
	const root = ".."
	found := map[string]*doc.Package{}
	err := filepath.WalkDir(root, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); dir != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules" || isModule(dir)) {
			return filepath.SkipDir
		}
		files, fset := parsed(t, dir, func(name string) bool { return !strings.HasSuffix(name, "_test.go") })
		if len(files) == 0 {
			return nil
		}
		p, err := doc.NewFromFiles(fset, files, strings.TrimPrefix(filepath.ToSlash(dir), root+"/"), doc.PreserveAST)
		found[p.ImportPath] = p
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// parsed reads the Go files of a folder that a test keeps.
func parsed(t *testing.T, dir string, keep func(name string) bool) ([]*ast.File, *token.FileSet) {
	t.Helper()
	fset := token.NewFileSet()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if !keep(filepath.Base(name)) {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files, fset
}

// exported calls visit with every exported name of a package and its comment.
func exported(p *doc.Package, visit func(name, comment string)) {
	values := func(list []*doc.Value) {
		for _, v := range list {
			for _, spec := range v.Decl.Specs {
				spec, ok := spec.(*ast.ValueSpec)
				if !ok {
					continue
				}
				for _, name := range spec.Names {
					if name.IsExported() {
						visit(name.Name, v.Doc+spec.Doc.Text()+spec.Comment.Text())
					}
				}
			}
		}
	}
	functions := func(prefix string, list []*doc.Func) {
		for _, f := range list {
			visit(prefix+f.Name, f.Doc)
		}
	}
	values(p.Consts)
	values(p.Vars)
	functions("", p.Funcs)
	for _, t := range p.Types {
		visit(t.Name, t.Doc)
		values(t.Consts)
		values(t.Vars)
		functions("", t.Funcs)
		functions(t.Name+".", t.Methods)
	}
}

func TestEveryExportedNameIsDocumented(t *testing.T) {
	t.Parallel()
	all := packages(t)
	if all["testkit"] == nil || all["provider/internal/token"] == nil {
		t.Fatal("the module's packages were not found")
	}
	for path, p := range all {
		if p.Doc == "" {
			t.Errorf("package %s has no comment", path)
		}
		exported(p, func(name, comment string) {
			if strings.TrimSpace(comment) == "" {
				t.Errorf("%s: %s has no comment", path, name)
			}
		})
	}
}

// fields are the exported fields of testkit's structs and the methods of its
// interfaces.
func fields(p *doc.Package, visit func(name string)) {
	for _, t := range p.Types {
		ast.Inspect(t.Decl, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok {
				for _, name := range field.Names {
					if name.IsExported() {
						visit(name.Name)
					}
				}
			}
			return true
		})
	}
}

func TestEveryExportedNameOfTestkitIsInARunnableExample(t *testing.T) {
	t.Parallel()
	files, _ := parsed(t, ".", func(name string) bool { return strings.HasPrefix(name, "example_") })
	used := map[string]bool{}
	for _, file := range files {
		for _, e := range doc.Examples(file) {
			if e.Output == "" && !e.EmptyOutput {
				t.Errorf("Example%s has no output, so it does not run", e.Name)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if name, ok := n.(*ast.Ident); ok {
				used[name.Name] = true
			}
			return true
		})
	}
	p := packages(t)["testkit"]
	var missing []string
	need := func(name string) {
		if !used[name[strings.LastIndex(name, ".")+1:]] {
			missing = append(missing, name)
		}
	}
	exported(p, func(name, _ string) { need(name) })
	fields(p, need)
	slices.Sort(missing)
	if len(missing) > 0 {
		t.Errorf("show in an example: %q", slices.Compact(missing))
	}
}
