package mfa

import (
	"encoding/xml"
	"strings"
	"testing"
	"time"
)

// The values are those of RFC 6238, appendix B, cut to six digits.
func TestCodesAreThoseOfRFC6238(t *testing.T) {
	t.Parallel()
	secret := Secret([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"} {
		if got, err := Code(secret, time.Unix(at, 0)); err != nil || got != want {
			t.Errorf("at %d the code is %s (%v), want %s", at, got, err, want)
		}
	}
}

func TestACodeWorksOneStepEarlyOrLateAndOnce(t *testing.T) {
	t.Parallel()
	secret, now := Secret([]byte("12345678901234567890")), time.Unix(1111111109, 0)
	for steps, works := range map[time.Duration]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		typed, _ := Code(secret, now.Add(steps*Period))
		if got := Step(secret, typed, 0, now) != 0; got != works {
			t.Errorf("a code %d steps off works: %v", steps, got)
		}
	}
	typed, _ := Code(secret, now)
	used := Step(secret, typed, 0, now)
	if Step(secret, typed, used, now) != 0 {
		t.Error("a code works twice")
	}
	for _, wrong := range []string{"", "12345", "abcdef", typed + "0"} {
		if Step(secret, wrong, 0, now) != 0 {
			t.Errorf("%q is taken", wrong)
		}
	}
	if Step("not base32 !", typed, 0, now) != 0 {
		t.Error("a faulty secret has a code")
	}
}

func TestQRIsAnImage(t *testing.T) {
	t.Parallel()
	svg, err := QR(URI("Acme & Co", "ada@acme.test", "JBSWY3DPEHPK3PXP"))
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil || !strings.Contains(svg, "M4 4h1v1h-1z") {
		t.Errorf("%v: %.200s", err, svg)
	}
}
