package login

import (
	"maps"
	"strings"
	"testing"

	"github.com/faux0/faux0/provider/internal/wire"
)

// Source: Auth0 docs, "Customize signup and login prompts" (data capture).
func TestOnlyTheTenantsOwnFieldsAreCaptured(t *testing.T) {
	t.Parallel()
	first := capture(nil, wire.Params{"ulp-terms": "yes", "password": "secret", "ulp-long": strings.Repeat("x", maxCapturedLen+1)})
	if want := map[string]string{"ulp-terms": "yes"}; !maps.Equal(first, want) {
		t.Errorf("captured %v, want %v", first, want)
	}
	second := capture(first, wire.Params{"ulp-name": "Zoe", "ulp-terms": "no"})
	if want := map[string]string{"ulp-terms": "no", "ulp-name": "Zoe"}; !maps.Equal(second, want) || first["ulp-terms"] != "yes" {
		t.Errorf("captured %v, want %v; before %v", second, want, first)
	}
	if capture(nil, wire.Params{"username": "ada"}) != nil {
		t.Error("nothing was filled in, and something is captured")
	}
}
