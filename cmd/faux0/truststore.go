package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/smallstep/truststore"
)

// trustStores are those of this machine that can be written to.
func trustStores() []trustStore {
	stores := []trustStore{systemStore{}}
	nss, err := truststore.NewNSSTrust()
	stores = append(stores, libraryStore{"Chromium and Firefox", nss, err, "certutil (package libnss3-tools or nss-tools) and a browser profile are needed"})
	java, err := truststore.NewJavaTrust()
	return append(stores, libraryStore{"Java", java, err, "JAVA_HOME is not set, or has no keytool"})
}

// systemStore is the one that curl, and most programs, look into.
type systemStore struct{}

func (systemStore) name() string    { return "System" }
func (systemStore) missing() string { return "" }

func (systemStore) install(c *x509.Certificate) error { return explained(truststore.Install(c)) }

func (systemStore) uninstall(c *x509.Certificate) error { return explained(truststore.Uninstall(c)) }

// libraryStore is a store beside the system's.
type libraryStore struct {
	title string
	trust truststore.Trust
	err   error
	needs string
}

func (s libraryStore) name() string { return s.title }

func (s libraryStore) missing() string {
	if s.err != nil || s.trust.PreCheck() != nil {
		return "not found; " + s.needs
	}
	return ""
}

func (s libraryStore) install(c *x509.Certificate) error {
	return explained(truststore.Install(c, truststore.WithNoSystem(), truststore.WithTrust(s.trust)))
}

func (s libraryStore) uninstall(c *x509.Certificate) error {
	return explained(truststore.Uninstall(c, truststore.WithNoSystem(), truststore.WithTrust(s.trust)))
}

// explained adds what the program that was run had to say.
func explained(err error) error {
	var failed *truststore.CmdError
	if errors.As(err, &failed) {
		if out := strings.TrimSpace(string(failed.Out())); out != "" {
			return fmt.Errorf("%w: %s", err, out)
		}
	}
	return err
}
