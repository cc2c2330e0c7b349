package provider_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider"
)

// coverage reads README's coverage table: each path in it, and whether it is
// said to be built.
func coverage(t *testing.T) map[string]bool {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(readme), "\n## Coverage\n")
	section, _, _ = strings.Cut(section, "\n## ")
	if !ok {
		t.Fatal("README has no section Coverage")
	}
	built := map[string]bool{}
	for _, line := range strings.Split(section, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		for _, path := range regexp.MustCompile("`(/[^`]*)`").FindAllStringSubmatch(cells[1], -1) {
			built[path[1]] = strings.HasPrefix(strings.TrimSpace(cells[2]), "yes")
		}
	}
	return built
}

// An endpoint is in the table if and only if it is mounted, and answers 501 if
// and only if the table says it is not built.
func TestREADMECoverageTableIsTrue(t *testing.T) {
	t.Parallel()
	p, err := provider.New(provider.Config{})
	if err != nil {
		t.Fatal(err)
	}
	table := coverage(t)
	mounted := []string{}
	for _, route := range p.Routes() {
		method, path, _ := strings.Cut(route, " ")
		if strings.HasPrefix(path, "//") {
			continue // leniency, not an endpoint of its own
		}
		if method == "*" {
			method, path = http.MethodGet, path+"*"
		}
		mounted = append(mounted, path)
		built, listed := table[path]
		if !listed {
			t.Errorf("%s is mounted and not in README's coverage table", path)
			continue
		}
		req := httptest.NewRequest(method, "http://localhost"+strings.NewReplacer("*", "x", "{name}", "x", "{client_id}", "x", "{id}", "x", "{version}", "1").Replace(path), strings.NewReader(""))
		res := httptest.NewRecorder()
		p.ServeHTTP(res, req)
		if got := res.Code != http.StatusNotImplemented; got != built {
			t.Errorf("%s %s answers %d, and README says built=%v", method, path, res.Code, built)
		}
	}
	for path := range table {
		if !slices.Contains(mounted, path) {
			t.Errorf("%s is in README's coverage table and not mounted", path)
		}
	}
}
