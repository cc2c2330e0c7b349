package tenant_test

import (
	"regexp"
	"sync"
	"testing"

	"github.com/faux0/faux0/provider/tenant"
)

// shapes are what ids, codes and secrets look like on the real service.
var shapes = []struct {
	name  string
	make  func(*tenant.IDs) string
	shape string
}{
	{"code", (*tenant.IDs).Code, `^[\w-]{45}$`},
	{"state", (*tenant.IDs).State, `^hKFo2S[\w-]{40,}$`},
	{"session", (*tenant.IDs).SessionID, `^[\w-]{32}$`},
	{"refresh token", func(g *tenant.IDs) string { return g.RefreshToken(g.RefreshFamily(), 7) }, `^v1\.M[\w-]{55,}$`},
	{"user code", func(g *tenant.IDs) string { return g.UserCode(false, "****-****") }, `^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$`},
	{"user code of digits", func(g *tenant.IDs) string { return g.UserCode(true, "***-***-***") }, `^\d{3}-\d{3}-\d{3}$`},
	{"client", (*tenant.IDs).ClientID, `^[A-Za-z0-9]{32}$`},
	{"client secret", (*tenant.IDs).ClientSecret, `^[A-Za-z0-9]{64}$`},
	{"device code", (*tenant.IDs).DeviceCode, `^[\w-]{43}$`},
	{"request for approval", (*tenant.IDs).AuthReqID, `^[\w-]{43}$`},
	{"jti", (*tenant.IDs).JTI, `^[\w-]{22}$`},
	{"request", (*tenant.IDs).RequestID, `^[0-9a-f]{20}$`},
	{"device", (*tenant.IDs).DeviceID, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`},
	{"kid", (*tenant.IDs).KeyID, `^[\w-]{21}$`},
	{"user", (*tenant.IDs).UserID, `^[0-9a-f]{24}$`},
}

func TestIDs(t *testing.T) {
	t.Parallel()
	for _, row := range shapes {
		shape := regexp.MustCompile(row.shape)
		for _, g := range []*tenant.IDs{tenant.RandomIDs(), tenant.SeededIDs(1)} {
			seen := map[string]bool{}
			for range 200 {
				id := row.make(g)
				if !shape.MatchString(id) {
					t.Fatalf("%s: %q", row.name, id)
				}
				if seen[id] {
					t.Fatalf("%s: %q twice", row.name, id)
				}
				seen[id] = true
			}
		}
	}
}

func TestSeededIDsRepeat(t *testing.T) {
	t.Parallel()
	for _, row := range shapes {
		a, b, other := row.make(tenant.SeededIDs(7)), row.make(tenant.SeededIDs(7)), row.make(tenant.SeededIDs(8))
		if a != b || a == other {
			t.Errorf("%s: %q, %q; another seed %q", row.name, a, b, other)
		}
	}
}

func TestIDsAreSafe(t *testing.T) {
	t.Parallel()
	g := tenant.SeededIDs(1)
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				id := g.SessionID()
				mu.Lock()
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != 800 {
		t.Errorf("%d different ids of 800", len(seen))
	}
}

// TestRefreshFamilyOf: the family can be read from the token, and from nothing
// else.
func TestRefreshFamilyOf(t *testing.T) {
	t.Parallel()
	g := tenant.SeededIDs(1)
	family := g.RefreshFamily()
	first, second := g.RefreshToken(family, 0), g.RefreshToken(family, 1)
	if first == second {
		t.Error("two tokens of a family are the same")
	}
	for counter, raw := range map[int]string{0: first, 1: second, 70000: g.RefreshToken(family, 70000)} {
		if got, n := tenant.RefreshFamilyOf(raw); got != family || n != counter {
			t.Errorf("%q is number %d of family %q, want %d of %q", raw, n, got, counter, family)
		}
	}
	if got, _ := tenant.RefreshFamilyOf(g.OnlineRefreshToken(family)); got != family {
		t.Errorf("family %q of an online token, want %q", got, family)
	}
	for _, raw := range []string{"", "v1.M", "v1.", family, "x", first[:8], first + "x", first[:len(first)-1], first[:26] + "????" + first[30:]} {
		if got, _ := tenant.RefreshFamilyOf(raw); got == family {
			t.Errorf("%q betrays the family", raw)
		}
	}
}

func TestDerivedID(t *testing.T) {
	t.Parallel()
	for kind, shape := range map[string]string{
		tenant.KindClient:         `^[A-Za-z0-9]{32}$`,
		tenant.KindResourceServer: `^[0-9a-f]{24}$`,
		tenant.KindClientGrant:    `^cgr_[A-Za-z0-9]{16}$`,
		tenant.KindConnection:     `^con_[A-Za-z0-9]{16}$`,
		tenant.KindRole:           `^rol_[A-Za-z0-9]{16}$`,
		tenant.KindOrganization:   `^org_[A-Za-z0-9]{16}$`,
		tenant.KindUser:           `^[0-9a-f]{24}$`,
	} {
		id := tenant.DerivedID(kind, "Acme")
		if !regexp.MustCompile(shape).MatchString(id) {
			t.Errorf("%s: %q", kind, id)
		}
		if id != tenant.DerivedID(kind, "Acme") {
			t.Errorf("%s: not the same twice", kind)
		}
		if id == tenant.DerivedID(kind, "acme") {
			t.Errorf("%s: the same for another name", kind)
		}
	}
	if s := tenant.DerivedSecret("x"); !regexp.MustCompile(`^[A-Za-z0-9]{64}$`).MatchString(s) || s == tenant.DerivedSecret("y") {
		t.Errorf("secret %q", s)
	}
	// These stand in people's configurations: a change of the derivation is a
	// breaking change.
	for got, want := range map[string]string{
		tenant.DerivedID(tenant.KindClient, "Acme Web"): "UE4bngsaBc5HcO7MNhswDfFeorNGJS87",
		tenant.DerivedID(tenant.KindRole, "Admin"):      "rol_PGWSmjH20c1SnTWS",
	} {
		if got != want {
			t.Errorf("%q is no longer %q", got, want)
		}
	}
}
