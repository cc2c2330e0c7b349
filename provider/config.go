package provider

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/faux0/faux0/fixtures"
	"github.com/faux0/faux0/provider/action"
	"github.com/faux0/faux0/provider/tenant"
)

// Config says what tenant to run. The zero value is the demo tenant on
// loopback names, with the published keys.
type Config struct {
	// Snapshot is what the tenant starts from and Reset returns to; nil is
	// the demo tenant. It is not changed.
	Snapshot *tenant.Snapshot
	// Issuer fixes `iss`, as a URL without a path. Empty: `iss` follows the
	// scheme and host the caller used.
	Issuer string
	// Hosts are names the tenant answers to beside loopback's.
	Hosts []string
	// Proxy believes X-Forwarded-Host, X-Forwarded-Proto and X-Forwarded-For.
	Proxy bool
	// Keys are the current and the next signing key, and after a rotation the
	// previous one; nil means tenant.DefaultKeys, which everybody knows.
	Keys []*tenant.Key
	// SaveKeys, if set, keeps the keys after each change, in the order of Keys.
	SaveKeys func([]*tenant.Key) error
	// Now is the clock's source; nil means time.Now.
	Now func() time.Time
	// IDs makes ids, codes and secrets; nil means random ones.
	IDs *tenant.IDs
	// Log gets one line a request and one per token; nil discards them.
	Log *slog.Logger
	// ControlToken, if set, must be sent as a bearer token to /_faux0/;
	// ControlOff removes it.
	ControlToken string
	ControlOff   bool
	// CA is the PEM certificate served at /_faux0/ca.pem.
	CA []byte
	// FixtureUsers offers the users on the login page, to sign in with one
	// click.
	FixtureUsers bool
	// HeadlessLogin answers a request to /authorize that would show the login
	// page as if the user its login_hint names had just logged in.
	HeadlessLogin bool
	// Consent says when first-party applications need a person's consent; ""
	// is never.
	Consent tenant.ConsentRule
	// PasswordCost is the number of PBKDF2 rounds for password hashes; 0 is 1.
	PasswordCost int
	// Actions are Go functions that run in place of the tenant's own Actions for
	// a trigger.
	Actions map[action.Trigger]action.Func
	// Version is shown by /_faux0/health.
	Version string
}

// resolved returns the config with every default filled in, or all that is
// wrong with it.
func (c Config) resolved() (Config, error) {
	var faults []error
	if c.Snapshot == nil {
		c.Snapshot = fixtures.Default()
	}
	if c.Issuer != "" {
		issuer, err := checkIssuer(c.Issuer)
		if err != nil {
			faults = append(faults, err)
		}
		c.Issuer = issuer
	}
	for _, host := range c.Hosts {
		if host == "" || strings.ContainsAny(host, "/:@ ") && !strings.HasPrefix(host, "[") {
			faults = append(faults, fmt.Errorf("host %q: give a host name alone, such as tenant.test, without scheme or port", host))
		}
	}
	if c.Keys == nil {
		c.Keys = tenant.DefaultKeys()
	}
	if len(c.Keys) < 2 {
		faults = append(faults, errors.New("keys: two are needed, the current and the next"))
	}
	rule, err := tenant.ParseConsentRule(string(c.Consent))
	if err != nil {
		faults = append(faults, err)
	}
	c.Consent = rule
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.IDs == nil {
		c.IDs = tenant.RandomIDs()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.PasswordCost = max(1, c.PasswordCost)
	return c, errors.Join(faults...)
}

func checkIssuer(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("issuer %q: give a full URL, such as https://localhost:4400/", raw)
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", fmt.Errorf("issuer %q: Auth0's issuers have no path, query or user; give scheme and host alone", raw)
	}
	return u.Scheme + "://" + strings.ToLower(u.Host) + "/", nil
}
