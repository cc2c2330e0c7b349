package provider_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/faux0/faux0"

// imports is who may import whom inside the module, and who may import what
// from outside it. A package that is not listed may not exist.
var imports = map[string]struct {
	ours, third []string
	why         string
}{
	"provider/tenant":            {why: "the words of the domain: standard library only"},
	"provider/action":            {why: "the words of Actions: standard library only"},
	"provider/internal/jsengine": {ours: []string{"provider/action"}, third: []string{"github.com/dop251/goja", "github.com/dlclark/regexp2/v2"}, why: "JavaScript is in one place, and replaceable"},
	"internal/liquid":            {third: []string{"github.com/osteele/liquid"}, why: "the language of the tenant's templates is in one place, which fixtures can reach"},
	"fixtures":                   {ours: []string{"internal/liquid", "provider/tenant"}, third: []string{"gopkg.in/yaml.v3"}, why: "reads YAML into the domain and knows no server"},
	"provider/localtls":          {why: "certificates and listeners know no tenant"},
	"provider/internal/text":     {why: "words know nobody who speaks them"},
	"provider/internal/ui":       {ours: []string{"internal/liquid", "provider/tenant", "provider/internal/text"}, why: "pages are given values"},
	"provider/internal/mail":     {ours: []string{"internal/liquid", "provider/tenant", "provider/internal/text"}, why: "mails are given values"},
	"provider/internal/store":    {ours: []string{"provider/tenant"}, why: "state knows no rules"},
	"provider/internal/token":    {ours: []string{"provider/tenant"}, third: []string{"github.com/go-jose/go-jose/v4"}, why: "rules are pure, and JOSE is in one place"},
	"provider/internal/password": {ours: []string{"provider/tenant"}, third: []string{"golang.org/x/crypto"}, why: "hash formats are in one place"},
	"provider/internal/mfa":      {third: []string{"github.com/pquerna/otp", "github.com/boombuler/barcode"}, why: "one-time codes and their pictures are in one place"},
	"provider/internal/webauthn": {third: []string{"github.com/go-webauthn/webauthn/protocol"}, why: "what authenticators sign is checked in one place"},
	"provider/internal/saml":     {ours: []string{"provider/tenant"}, third: []string{"github.com/russellhaering/gosaml2", "github.com/russellhaering/goxmldsig", "github.com/beevik/etree", "github.com/mattermost/xml-roundtrip-validator"}, why: "XML and its signatures are in one place"},
	"provider/internal/outbound": {ours: []string{"provider/tenant"}, why: "what the tenant asks of others is in one place, and guarded there"},
	"provider/internal/wire":     {ours: []string{"provider/tenant"}, third: []string{"github.com/gorilla/mux"}, why: "routing is in one place"},
	"provider/internal/flow": {
		ours: []string{"provider/tenant", "provider/action", "provider/internal/store", "provider/internal/token", "provider/internal/password", "provider/internal/mfa", "provider/internal/mail", "provider/internal/webauthn"},
		why:  "what the handlers share, without HTTP",
	},
	"provider/internal/oauth": {
		ours: []string{"provider/tenant", "provider/action", "provider/internal/store", "provider/internal/token", "provider/internal/wire", "provider/internal/flow", "provider/internal/mfa"},
		why:  "endpoints without a face need no pages",
	},
	"provider/internal/embedded": {
		ours: []string{"provider/tenant", "provider/internal/store", "provider/internal/token", "provider/internal/wire", "provider/internal/flow"},
		why:  "handlers do not import one another",
	},
	"provider/internal/login": {
		ours: []string{"provider/tenant", "provider/internal/store", "provider/internal/token", "provider/internal/wire", "provider/internal/flow", "provider/internal/ui", "provider/internal/mfa", "provider/internal/saml", "provider/internal/outbound"},
		why:  "handlers do not import one another",
	},
	"provider": {
		ours: []string{
			"fixtures", "provider/tenant", "provider/action", "provider/internal/jsengine", "provider/internal/store", "provider/internal/token", "provider/internal/password",
			"provider/internal/wire", "provider/internal/flow", "provider/internal/ui", "provider/internal/oauth", "provider/internal/embedded", "provider/internal/login", "provider/internal/outbound",
		},
		why: "wires everything below it",
	},
	"testkit": {
		ours: []string{"fixtures", "provider", "provider/action", "provider/tenant", "provider/localtls"},
		why:  "can do only what a user can, and brings no SDK into a user's module",
	},
	"cmd/faux0": {
		ours:  []string{"fixtures", "provider", "provider/tenant", "provider/localtls"},
		third: []string{"github.com/fsnotify/fsnotify", "github.com/smallstep/truststore"},
		why:   "the command, and what only a command needs",
	},
}

func TestPackagesImportOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, module+"/...").Output() // warnings go to stderr
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		fields := strings.Fields(line)
		name := strings.TrimPrefix(fields[0], module+"/")
		rule, ok := imports[name]
		if !ok {
			t.Errorf("package %s is not in the import table: add it with a reason", name)
			continue
		}
		for _, imported := range fields[1:] {
			if !allowed(imported, rule.ours, rule.third) {
				t.Errorf("%s imports %s, which it may not: %s", name, imported, rule.why)
			}
		}
	}
}

func allowed(imported string, ours, third []string) bool {
	if inner, ok := strings.CutPrefix(imported, module+"/"); ok {
		return slices.Contains(ours, inner)
	}
	first, _, _ := strings.Cut(imported, "/")
	if !strings.Contains(first, ".") {
		return true // the standard library
	}
	return slices.ContainsFunc(third, func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") })
}
