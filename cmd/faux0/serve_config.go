package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// defaultAddr is where a tenant listens, and is looked for, unless told
// otherwise.
const defaultAddr = "127.0.0.1:4400"

// Values of --keys that are not a folder.
const (
	keysDefault = "default"
	keysRandom  = "random"
)

// controlOff is the value of --control that removes the control plane.
const controlOff = "off"

// serveConfig is what the flags of serve say.
type serveConfig struct {
	fixtures []string
	// host and port are --addr.
	host         string
	port         int
	issuer       *url.URL
	proxy        bool
	hosts        []string
	keys         string
	tls          string
	tlsGiven     bool
	control      string
	open         bool
	watch        bool
	log          string
	fixtureUsers string
	headless     string
	consent      string
	passwordCost int
}

func (c *serveConfig) define(s *options) {
	*c = serveConfig{keys: keysDefault, log: "text", fixtureUsers: "on", headless: "off", consent: "skip", passwordCost: 1}
	c.host, c.port, _ = splitAddr(defaultAddr)
	s.texts(&c.fixtures, "fixtures", "PATH", "file or folder with a tenant; repeatable, later ones add to earlier\nones (default: the built-in demo tenant)")
	s.add("addr", "HOST:PORT", "where to listen; one port speaks both HTTP and HTTPS, and port 0\npicks a free one and prints it (default "+defaultAddr+")", c.setAddr)
	s.add("issuer", "URL", "fixes iss, always with a trailing slash (default: iss follows the\nscheme and host the caller used)", c.setIssuer)
	s.on(&c.proxy, "proxy", "believe X-Forwarded-Host and -Proto, for hosts that are allowed,\nand X-Forwarded-For")
	s.add("host", "NAME", "a further host name the tenant answers to; repeatable (always:\nloopback names and *.localhost)", c.addHost).list = true
	s.text(&c.keys, "keys", "default|random|DIR", "signing keys: a publicly known one, so that tokens survive restarts;\nnew ones at every start; or kept in DIR (default default)")
	s.add("tls", "DIR", "where the local CA and certificate live, made on first use (default\nfaux0/tls in your configuration folder)", func(v string) error { c.tls, c.tlsGiven = v, true; return nil })
	s.text(&c.control, "control", "TOKEN|off", "asks for a bearer token at /_faux0/, or removes it (default: open)")
	s.on(&c.open, "open", "leave /_faux0/ open although --addr is reachable from outside")
	s.on(&c.watch, "watch", "reload fixtures when their files change; a faulty edit keeps the last\ngood state and says why")
	s.choice(&c.log, "log", "how the log looks: one line a request, plus one per token with its\nreasons (default text)", "text", "json")
	s.choice(&c.fixtureUsers, "fixture-users", "offer the users on the login page, to sign in with one click\n(default on)", "on", "off")
	s.choice(&c.headless, "headless-login", "let login_hint at /authorize log that user in without a page, for\nscripts (default off)", "on", "off")
	s.choice(&c.consent, "consent", "when first-party applications need consent: never; or by Auth0's rules\nof today or of before, which ask on localhost (default skip)", "skip", "verifiable", "localhost")
	s.add("password-cost", "N", "rounds of PBKDF2 for password hashes (default 1: a fixture holds the\npasswords in plain anyway)", c.setPasswordCost)
}

func (c *serveConfig) setAddr(v string) error {
	host, port, err := splitAddr(v)
	if err == nil {
		c.host, c.port = strings.ToLower(host), port
	}
	return err
}

func splitAddr(v string) (host string, port int, err error) {
	host, number, err := net.SplitHostPort(v)
	if err != nil {
		return "", 0, errors.New("use HOST:PORT, such as " + defaultAddr)
	}
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		return "", 0, errors.New("the port is a number from 0 to 65535")
	}
	return host, int(n), nil
}

func (c *serveConfig) setIssuer(v string) error {
	u, err := url.Parse(v)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return errors.New("use a full URL, such as https://localhost:4400/")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return errors.New("an issuer is scheme and host alone: no path, query or user")
	}
	c.issuer = &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host), Path: "/"}
	return nil
}

func (c *serveConfig) addHost(v string) error {
	if net.ParseIP(v) == nil && (v == "" || strings.ContainsAny(v, ":/@[] ")) {
		return errors.New("use a host name alone, without scheme or port")
	}
	c.hosts = append(c.hosts, strings.ToLower(v))
	return nil
}

func (c *serveConfig) setPasswordCost(v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > 10_000_000 {
		return errors.New("use a number from 1 to 10000000")
	}
	c.passwordCost = n
	return nil
}

// loopback says whether only this machine can reach the address.
func (c *serveConfig) loopback() bool {
	ip := net.ParseIP(c.host)
	return ip != nil && ip.IsLoopback() || c.host == "localhost" || strings.HasSuffix(c.host, ".localhost")
}

// wildcard says whether the address is every one of this machine.
func (c *serveConfig) wildcard() bool {
	ip := net.ParseIP(c.host)
	return c.host == "" || ip != nil && ip.IsUnspecified()
}

// faults are those that no flag has alone.
func (c *serveConfig) faults() []string {
	if c.loopback() || c.control != "" || c.open {
		return nil
	}
	return []string{fmt.Sprintf("--addr %q is reachable from other machines, and so would be /_faux0/, which hands out tokens for anybody: "+
		"protect it with --control TOKEN, remove it with --control off, or say --open to leave it open",
		net.JoinHostPort(c.host, strconv.Itoa(c.port)))}
}

// allHosts are the names beside loopback's that the tenant answers to: those of
// --host, the issuer's, and the one it is bound to.
func (c *serveConfig) allHosts() []string {
	hosts := slices.Clone(c.hosts)
	if c.issuer != nil {
		hosts = append(hosts, c.issuer.Hostname())
	}
	if !c.loopback() && !c.wildcard() {
		hosts = append(hosts, strings.ToLower(c.host))
	}
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	return slices.DeleteFunc(hosts, func(h string) bool {
		ip := net.ParseIP(h)
		return h == "localhost" || strings.HasSuffix(h, ".localhost") || ip != nil && ip.IsLoopback()
	})
}

// defaultTLS is the folder of the local CA that serve and trust share.
func defaultTLS() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "faux0", "tls"), nil
}
