package testkit_test

import (
	"testing"

	"github.com/faux0/faux0/testkit"
)

func TestWaitMailWaits(t *testing.T) {
	t.Parallel()
	auth := testkit.Run(t)
	go changePassword(auth, "grace@acme.test") // an app that may be slow
	if got := auth.WaitMail("Grace@acme.test"); got.To != "grace@acme.test" || got.Link == "" {
		t.Errorf("%+v", got)
	}
	changePassword(auth, "grace@acme.test")
	if newest := auth.Outbox()[1]; auth.WaitMail("grace@acme.test") != newest {
		t.Error("not the newest mail")
	}
}
