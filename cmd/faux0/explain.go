package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/faux0/faux0/provider"
)

// maxToken bounds what explain reads: no token is longer.
const maxToken = 1 << 20

func newExplain() *command {
	var (
		asked  login
		from   source
		wanted string
		asJSON bool
	)
	c := &command{
		name: "explain", summary: "says what a token is, what is missing from it, and which setting would change that",
		synopsis: "[TOKEN|-]",
		about: "- reads the token from stdin, which keeps it out of the shell's history. A whole token response,\n" +
			"decoded claims or an error message are understood too. Without a token it explains what a login\n" +
			"with --client, --user, --audience and --scope would get.",
		examples: []string{
			"faux0 explain eyJhbGciOi…",
			"pbpaste | faux0 explain - --url http://localhost:4400",
			"faux0 explain --client acmeSpa --user ada@acme.test --audience https://api.acme.test",
		},
		maxArgs: 1,
	}
	asked.define(&c.options)
	c.options.text(&wanted, "wanted", "API", "identifier of the API the token was meant for, if you know it")
	c.options.on(&asJSON, "json", "print JSON")
	from.define(&c.options)
	c.run = func(ctx context.Context, inv *invocation) error {
		if err := from.choose(&c.options); err != nil {
			return err
		}
		token, err := readToken(inv)
		if err != nil {
			return err
		}
		if token == "" && asked.client == "" {
			return &usageError{faults: []string{"what is to be explained? Give a token, - to read one from stdin, or --client with --user, --audience and --scope"}}
		}
		req := provider.ExplainRequest{
			Token: token, Wanted: wanted, Client: asked.client, User: asked.user, Audience: asked.audience,
			Scope: asked.scope, Organization: asked.organization, Issuer: from.issuer,
		}
		return from.explain(ctx, inv, req, asJSON)
	}
	return c
}

func readToken(inv *invocation) (string, error) {
	if len(inv.args) == 0 {
		return "", nil
	}
	if inv.args[0] != "-" {
		return inv.args[0], nil
	}
	data, err := io.ReadAll(io.LimitReader(inv.stdin, maxToken))
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(data))
	if token == "" {
		return "", errors.New("stdin held no token")
	}
	return token, nil
}

func (s *source) explain(ctx context.Context, inv *invocation, req provider.ExplainRequest, asJSON bool) error {
	if s.url != "" {
		accept := "text/plain"
		if asJSON {
			accept = "application/json"
		}
		answer, err := s.post(ctx, "_faux0/explain", accept, req)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(inv.stdout, strings.TrimSuffix(string(answer), "\n"))
		return err
	}
	control, err := s.tenant(inv)
	if err != nil {
		return err
	}
	req.Issuer = s.issuer
	explanation, err := control.Explain(req)
	if err != nil {
		return refused(err)
	}
	if asJSON {
		return encode(inv.stdout, explanation)
	}
	_, err = io.WriteString(inv.stdout, explanation.Text())
	return err
}
