package tenant_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/tenant"
)

// recordings is beside the repository, where there is one.
const recordings = "../../../shared/truth"

type exchange struct {
	Op      string `json:"op"`
	Status  int    `json:"status"`
	Request struct {
		Body any `json:"body"`
	} `json:"request"`
	Response struct {
		Body any `json:"body"`
	} `json:"response"`
	Scenario string `json:"scenario"`
	Seq      int    `json:"seq"`
}

// eachRecorded calls do for every recorded exchange, or skips the test.
func eachRecorded(t *testing.T, do func(exchange)) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(recordings, "*.jsonl"))
	if len(files) == 0 {
		t.Skip("no recordings of the real service in " + recordings)
	}
	for _, name := range files {
		if base := filepath.Base(name); strings.HasPrefix(base, "errors-") || base == "scenarios.jsonl" {
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			// Most lines are of no interest, and parsing all takes seconds.
			if !strings.Contains(lines.Text(), `"op"`) {
				continue
			}
			var e exchange
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			do(e)
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
}

var recordedKinds = map[string]string{
	"/clients": tenant.KindClient, "/resource-servers": tenant.KindResourceServer, "/client-grants": tenant.KindClientGrant,
	"/roles": tenant.KindRole, "/connections": tenant.KindConnection, "/organizations": tenant.KindOrganization,
	"/users": tenant.KindUser, "/branding": tenant.KindBranding, "/prompts": tenant.KindPrompts, "/tenants/settings": tenant.KindTenant,
}

// TestRecordedBodiesPass: what the service took from its own SDKs, Check takes.
func TestRecordedBodiesPass(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	eachRecorded(t, func(e exchange) {
		method, path, _ := strings.Cut(e.Op, " ")
		path = strings.TrimSuffix(strings.TrimPrefix(path, "/api/v2"), "/{id}")
		kind := recordedKinds[path]
		mode := tenant.ForCreate
		if method == "PATCH" {
			mode = tenant.ForUpdate
		}
		if kind == "" || e.Status > 299 || method != "POST" && method != "PATCH" {
			return
		}
		count[kind]++
		for _, f := range tenant.Check(kind, mode, e.Request.Body).Faults {
			t.Errorf("%s %d %s: %v", e.Scenario, e.Seq, e.Op, f)
		}
	})
	for _, kind := range recordedKinds {
		if count[kind] == 0 {
			t.Errorf("no recorded body of %s was looked at", kind)
		}
	}
}

// TestRecordedObjectsPass: an export is made of what the service answers, so
// every answer is an entry of a fixture.
func TestRecordedObjectsPass(t *testing.T) {
	t.Parallel()
	eachRecorded(t, func(e exchange) {
		method, path, _ := strings.Cut(e.Op, " ")
		path = strings.TrimSuffix(strings.TrimPrefix(path, "/api/v2"), "/{id}")
		kind := recordedKinds[path]
		if kind == "" || method != "GET" || e.Status != 200 {
			return
		}
		for _, object := range objects(e.Response.Body) {
			m, _ := object.(map[string]any)
			if (m["name"] == nil || m["strategy"] == nil) && kind == tenant.KindConnection || m["name"] == nil && kind == tenant.KindClient {
				continue // a part of an object, asked for with ?fields=
			}
			if m["signing_secret"] != nil {
				m["signing_secret"] = "the recorder replaced it"
			}
			for _, f := range tenant.Check(kind, tenant.ForFixture, object).Faults {
				t.Errorf("%s %d %s: %v", e.Scenario, e.Seq, e.Op, f)
			}
		}
	})
}

// objects takes the list out of an answer.
func objects(body any) []any {
	switch v := body.(type) {
	case []any:
		return v
	case map[string]any:
		for _, key := range []string{"clients", "resource_servers", "client_grants", "roles", "connections", "organizations", "users"} {
			if list, ok := v[key].([]any); ok && v["client_id"] == nil {
				return list
			}
		}
		if len(v) > 0 && v["next"] == nil && v["total"] == nil {
			return []any{v}
		}
	}
	return nil
}

// TestRecordedAttackProtectionPasses: what the service answered about each part
// is what an export holds of it.
func TestRecordedAttackProtectionPasses(t *testing.T) {
	t.Parallel()
	count := map[string]int{}
	eachRecorded(t, func(e exchange) {
		_, path, _ := strings.Cut(e.Op, " ")
		part := map[string]string{
			"brute-force-protection": "bruteForceProtection", "suspicious-ip-throttling": "suspiciousIpThrottling",
			"breached-password-detection": "breachedPasswordDetection", "bot-detection": "botDetection", "captcha": "captcha",
		}[strings.TrimPrefix(path, "/api/v2/attack-protection/")]
		if part == "" || e.Status != 200 {
			return
		}
		count[part]++
		for _, body := range []any{e.Request.Body, e.Response.Body} {
			if body == nil {
				continue
			}
			whole := map[string]any{part: body}
			for _, f := range tenant.Check(tenant.KindAttackProtection, tenant.ForFixture, whole).Faults {
				t.Errorf("%s %d %s: %v", e.Scenario, e.Seq, e.Op, f)
			}
			if _, err := tenant.NewAttackProtection(whole, tenant.AttackProtection{}); err != nil {
				t.Errorf("%s %d %s: %v", e.Scenario, e.Seq, e.Op, err)
			}
		}
	})
	if len(count) != 5 {
		t.Errorf("looked at %v", count)
	}
}
