package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// healthPatience is below the timeout of a container's health check.
var healthPatience = 2 * time.Second

func newHealth() *command {
	var at source
	c := &command{
		name: "health", summary: "exits 0 when the tenant at --url answers, 1 when it does not",
		synopsis: "[--url URL]", about: "It is meant for the health checks of containers, which have no curl.",
		examples: []string{"faux0 health", "faux0 health --url https://localhost:4400"},
	}
	c.options.add("url", "URL", "where the tenant is (default the address in FAUX0_ADDR, or\nhttp://127.0.0.1:4400)", at.setURL)
	c.run = func(ctx context.Context, inv *invocation) error {
		if at.url == "" {
			at.url = healthURL(inv.env)
		}
		ctx, cancel := context.WithTimeout(ctx, healthPatience)
		defer cancel()
		if err := answers(ctx, at.url); err != nil {
			return err
		}
		_, err := fmt.Fprintf(inv.stdout, "%s answers\n", at.url)
		return err
	}
	return c
}

// healthURL is where a tenant with this environment listens. No name is looked
// up: an empty container may not know localhost.
func healthURL(env environment) string {
	var c serveConfig
	if c.setAddr(env[envPrefix+"ADDR"]) != nil || c.port == 0 {
		_ = c.setAddr(defaultAddr) // which is well-formed
	}
	if c.wildcard() {
		c.host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(c.host, strconv.Itoa(c.port)) + "/"
}

// answers asks for what every tenant publishes, whether or not it has a control
// plane.
func answers(ctx context.Context, base string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+".well-known/openid-configuration", nil)
	if err != nil {
		return err
	}
	// Whether the certificate is trusted says nothing about health, and nothing
	// secret is sent.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // see above
	res, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return unreachable(base, err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer))
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %d", base, res.StatusCode)
	}
	return nil
}
