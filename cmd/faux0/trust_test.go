package main

import (
	"bytes"
	"crypto/x509"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/faux0/faux0/provider/localtls"
)

// fakeStore notes what is done to it.
type fakeStore struct {
	title, lacks string
	err          error
	done         *[]string
}

func (s fakeStore) name() string    { return s.title }
func (s fakeStore) missing() string { return s.lacks }

func (s fakeStore) install(c *x509.Certificate) error {
	*s.done = append(*s.done, s.title+" + "+c.Subject.Organization[0])
	return s.err
}

func (s fakeStore) uninstall(*x509.Certificate) error {
	*s.done = append(*s.done, s.title+" -")
	return s.err
}

func TestTrust(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	authority, err := localtls.LoadOrCreate(dir, nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		undo bool
		err  error
		want string
		done string
	}{
		{false, nil, "✔  Fine: the CA is trusted now", "Fine + Faux0 development CA"},
		{true, nil, "✔  Fine: the CA is no longer trusted", "Fine -"},
		{false, errors.New("no way"), "✘  Fine: no way", "Fine + Faux0 development CA"},
	} {
		var done []string
		var stdout, stderr bytes.Buffer
		inv := &invocation{stdout: &stdout, stderr: &stderr}
		err := trust(inv, authority, []trustStore{fakeStore{"Fine", "", c.err, &done}, fakeStore{"Gone", "not found", nil, &done}}, c.undo)
		if (err != nil) != (c.err != nil) || strings.Join(done, ",") != c.done {
			t.Errorf("%v, done %v", err, done)
		}
		for _, want := range []string{c.want, "-  Gone: not found"} {
			if !strings.Contains(stderr.String(), want) {
				t.Errorf("%q is not in:\n%s", want, stderr.String())
			}
		}
		if byHand := strings.Contains(stderr.String(), "NODE_EXTRA_CA_CERTS='"+authority.CAPath()+"'"); byHand == c.undo {
			t.Errorf("undo %v, advice %v", c.undo, byHand)
		}
		if stdout.String() != authority.CAPath()+"\n" {
			t.Errorf("stdout %q", stdout.String())
		}
	}
}

func TestUndoWithoutCA(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	call(t, nil, "", "trust", "--undo", "--tls", dir).check(t, exitOK, "", "nothing to take out")
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("made %v", entries)
	}
}

// TestTrustStores only looks: what is there differs from machine to machine.
func TestTrustStores(t *testing.T) {
	t.Parallel()
	for _, s := range trustStores() {
		if s.name() == "" {
			t.Error("a store without a name")
		}
		if why := s.missing(); why != "" && !strings.Contains(why, "not found") {
			t.Errorf("%s: %s", s.name(), why)
		}
	}
	_, err := os.Stat(t.TempDir())
	if explained(err) != nil {
		t.Error("no error became one")
	}
}
