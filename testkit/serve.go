package testkit

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

// serveAddr is where the tenant of the first Run waits for a browser instead
// of for the test:
//
//	go test -run TestCheckout -timeout 0 -testkit.serve=127.0.0.1:4400
//
// As in package httptest, the flag exists only when it is given, so importing
// testkit adds nothing to anybody's flags.
var serveAddr string

func init() {
	if slices.ContainsFunc(os.Args, func(arg string) bool { return strings.HasPrefix(strings.TrimLeft(arg, "-"), "testkit.serve=") }) {
		flag.StringVar(&serveAddr, "testkit.serve", "", "serve the tenant of the test at this `address`, for a browser, and wait")
	}
}

// wait shows where the tenant is, until somebody ends the process.
func (a *Tenant) wait() {
	fmt.Fprintf(os.Stderr, "testkit: the tenant is at %s, its console at %s/_faux0/ (Ctrl-C ends)\n", a.URL(), a.URL())
	select {}
}
