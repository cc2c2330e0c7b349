package testkit_test

import (
	"testing"

	"github.com/faux0/faux0/testkit"
)

// BenchmarkRun reports the cost of a tenant of one's own. Aim: under 1 ms.
func BenchmarkRun(b *testing.B) {
	for b.Loop() {
		testkit.Run(b)
	}
}

// BenchmarkRunTLS is BenchmarkRun with certificates made for the tenant.
func BenchmarkRunTLS(b *testing.B) {
	for b.Loop() {
		testkit.RunTLS(b)
	}
}
