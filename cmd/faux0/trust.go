package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/faux0/faux0/provider/localtls"
)

// caFile is the name of the CA's certificate in its folder.
const caFile = "ca.pem"

// trustStore is a place where certificates of authorities are kept.
type trustStore interface {
	// name is what people call it.
	name() string
	// missing says why the store cannot be used here, or "".
	missing() string
	install(*x509.Certificate) error
	uninstall(*x509.Certificate) error
}

func newTrust() *command {
	var (
		dir   string
		undo  bool
		hosts []string
	)
	c := &command{
		name: "trust", summary: "puts the local CA into the trust stores of the system and of browsers", synopsis: "[--undo] [--tls DIR]",
		about: "The CA can only vouch for localhost, *.localhost, loopback addresses and each --host. Stores of the\n" +
			"system ask for your password (sudo). What has to be done by hand is printed.",
		examples: []string{"faux0 trust", "faux0 trust --undo", "faux0 trust --host auth.acme.test"},
	}
	c.options.on(&undo, "undo", "take it out again")
	c.options.text(&dir, "tls", "DIR", "where the local CA lives (default faux0/tls in your configuration\nfolder)")
	c.options.texts(&hosts, "host", "NAME", "a further host name it vouches for, as for serve; repeatable")
	c.run = func(_ context.Context, inv *invocation) error {
		if dir == "" {
			var err error
			if dir, err = defaultTLS(); err != nil {
				return fmt.Errorf("%w; name a folder with --tls DIR", err)
			}
		}
		if _, err := os.Stat(filepath.Join(dir, caFile)); undo && errors.Is(err, fs.ErrNotExist) {
			inv.say("There is no CA in %s, so nothing to take out.", dir)
			return nil
		}
		authority, err := localtls.LoadOrCreate(dir, hosts, time.Now())
		if err != nil {
			return err
		}
		return trust(inv, authority, trustStores(), undo)
	}
	return c
}

// trust goes through the stores; it fails when one that is there refused.
func trust(inv *invocation, authority *localtls.Authority, stores []trustStore, undo bool) error {
	failed := false
	for _, store := range stores {
		if why := store.missing(); why != "" {
			inv.say("-  %s: %s", store.name(), why)
			continue
		}
		act, done := store.install, "the CA is trusted now"
		if undo {
			act, done = store.uninstall, "the CA is no longer trusted"
		}
		if err := act(authority.Certificate()); err != nil {
			failed = true
			inv.say("✘  %s: %v", store.name(), err)
			continue
		}
		inv.say("✔  %s: %s", store.name(), done)
	}
	if !undo {
		inv.say(byHand, authority.CAPath())
	}
	if _, err := fmt.Fprintln(inv.stdout, authority.CAPath()); err != nil {
		return err
	}
	if failed {
		return errSilent
	}
	return nil
}

// byHand is what no program should do for people: it concerns single processes,
// or stores that are not in their usual place.
const byHand = `
Where that does not reach, by hand:
  Node       export NODE_EXTRA_CA_CERTS='%[1]s'
  Python     export REQUESTS_CA_BUNDLE='%[1]s' SSL_CERT_FILE='%[1]s'
  Go, Ruby,  export SSL_CERT_FILE='%[1]s'
  PHP, curl
  Java       keytool -importcert -cacerts -storepass changeit -noprompt -alias faux0 -file '%[1]s'
  .NET       uses the system's store
  Chromium   certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n faux0 -i '%[1]s'
  Firefox    Settings, Privacy & Security, View Certificates, Authorities, Import
  Containers curl -s http://faux0:4400/_faux0/ca.pem, or mount the file
Or use http:// instead: the same port speaks both.`
