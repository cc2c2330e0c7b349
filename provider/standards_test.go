package provider_test

import (
	"net/http"
	"strings"
	"testing"
)

// clause is one rule of a standard and its proof.
type clause struct {
	// rule is the section and the rule in a sentence.
	rule string
	// auth0 says how Auth0 differs from the rule on purpose; then that is what
	// is proved.
	auth0 string
	// tenant is what the proof's tenant differs in from testdata/tenant.yaml.
	tenant []change
	prove  func(t *testing.T, w *world)
}

// standard proves the clauses, each on a tenant of its own.
func standard(t *testing.T, name string, clauses ...clause) {
	t.Helper()
	t.Parallel()
	for _, c := range clauses {
		title := name + " " + c.rule
		if c.auth0 != "" {
			title += "; Auth0: " + c.auth0
		}
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			c.prove(t, run(t, c.tenant...))
		})
	}
}

// tokens logs Ada in to the single-page app and redeems her code.
func (w *world) tokens(changes ...string) *answer {
	w.t.Helper()
	return w.token(redeemWeb(w.browser().code(webRequest(changes...), "ada@shop.example"))...).want(200)
}

// wantIn checks that a header, all its values joined, holds a word.
func (a *answer) wantIn(header, word string) *answer {
	a.t.Helper()
	if got := strings.Join(a.header.Values(header), ", "); !strings.Contains(got, word) {
		a.t.Errorf("%s is %q, and must hold %q", header, got, word)
	}
	return a
}

func hasMember(a *answer, name string) bool { _, ok := a.json()[name]; return ok }

var formType = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
