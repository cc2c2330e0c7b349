package testkit_test

import (
	"testing"

	"github.com/faux0/faux0/testkit"
)

// brief is a test that is over as soon as its tenant runs.
type brief struct {
	testing.TB
	stop func()
}

func (b *brief) Cleanup(stop func()) { b.stop = stop }

// BenchmarkRun reports the cost of a tenant of one's own, from its start to its
// end. Aim: under 1 ms.
func BenchmarkRun(b *testing.B) {
	for b.Loop() {
		t := &brief{TB: b}
		testkit.Run(t)
		t.stop()
	}
}

// BenchmarkRunTLS is BenchmarkRun with certificates made for the tenant.
func BenchmarkRunTLS(b *testing.B) {
	for b.Loop() {
		t := &brief{TB: b}
		testkit.RunTLS(t)
		t.stop()
	}
}
