package acceptance

import (
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
)

// record is a line of what README's table of clients is made of.
type record struct {
	SDK     string `json:"sdk"`
	Version string `json:"version"`
	Flow    string `json:"flow"`
	Test    string `json:"test"`
	Result  string `json:"result"`
}

// records are those of this run, written when it has ended.
var records struct {
	sync.Mutex
	list []*record
}

// did says that a test walks a flow with a module, as go.mod has it.
func did(t *testing.T, module, flow string) {
	t.Helper()
	mod := must(os.ReadFile("go.mod"))(t, "go.mod")
	found := regexp.MustCompile(regexp.QuoteMeta(module) + ` v(\S+)`).FindSubmatch(mod)
	if found == nil {
		t.Fatalf("go.mod does not name %s", module)
	}
	r := &record{SDK: module, Version: string(found[1]), Flow: flow, Test: t.Name(), Result: "failed"}
	records.Lock()
	defer records.Unlock()
	records.list = append(records.list, r)
	t.Cleanup(func() {
		if !t.Failed() {
			r.Result = "passed"
		}
	})
}

func writeRecords() {
	const dir = "../../../build/compat/clients"
	text, err := json.MarshalIndent(records.list, "", " ")
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "go.json"), text, 0o644)
	}
	if err != nil {
		log.Printf("what the clients did is not recorded: %v", err)
	}
}
