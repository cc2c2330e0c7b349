package testkit_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	walkName = regexp.MustCompile(`(?m)^  '?([a-z0-9-]+)'?: \{\n    tenant: `)
	funcName = regexp.MustCompile(`(?m)^func ((?:Test|Example)\w*)\(`)
	rowName  = regexp.MustCompile(`(?m)^\t"([^"]+)": +\{`)
	quoted   = regexp.MustCompile("`([^`]+)`")
)

// names are what a pattern finds in the files.
func names(t *testing.T, pattern *regexp.Regexp, glob string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", glob, len(files), err)
	}
	found := map[string]bool{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range pattern.FindAllStringSubmatch(string(data), -1) {
			found[match[1]] = true
		}
	}
	return found
}

// The table of acceptance/journeys/README.md names nothing that is not there,
// and leaves no walk out.
func TestTheTableOfJourneysIsTrue(t *testing.T) {
	t.Parallel()
	walks := names(t, walkName, "acceptance/journeys/walks/*.js")
	columns := []struct {
		what  string
		known map[string]bool
	}{
		{"walk", walks}, {"example", names(t, funcName, "example*_test.go")},
		{"row of TestEverythingEndsAtItsSecond", names(t, rowName, "../provider/expiry_test.go")}, {"test", names(t, funcName, "../provider/*_test.go")},
	}
	data, err := os.ReadFile("acceptance/journeys/README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows, walked := 0, map[string]bool{}
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(line, "|")
		if len(cells) != len(columns)+3 || !strings.Contains(line, "`") {
			continue
		}
		rows++
		for i, column := range columns {
			for _, name := range quoted.FindAllStringSubmatch(cells[i+2], -1) {
				if !column.known[name[1]] {
					t.Errorf("%s: there is no %s %q", strings.TrimSpace(cells[1]), column.what, name[1])
				}
				walked[name[1]] = true
			}
		}
	}
	if rows < 20 {
		t.Fatalf("%d rows", rows)
	}
	for name := range walks {
		if !walked[name] {
			t.Errorf("add the walk %q to the table of acceptance/journeys/README.md", name)
		}
	}
}
