package login

import (
	"maps"
	"strings"

	"github.com/faux0/faux0/provider/internal/wire"
)

// Limits of the tenant's own fields; Auth0 publishes none.
const (
	capturedPrefix = "ulp-"
	maxCaptured    = 100
	maxCapturedLen = 10_000
)

// capture adds the fields of the tenant's own that a page was posted with.
//
// Source: Auth0 docs, "Customize signup and login prompts" (data capture).
func capture(before map[string]string, p wire.Params) map[string]string {
	all := maps.Clone(before)
	for name := range p {
		if !strings.HasPrefix(name, capturedPrefix) || len(p.Get(name)) > maxCapturedLen || len(all) >= maxCaptured {
			continue
		}
		if all == nil {
			all = map[string]string{}
		}
		all[name] = p.Get(name)
	}
	return all
}
