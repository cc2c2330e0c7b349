package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/faux0/faux0/provider"
)

// tokenAnswer is the part of a token that is shown one way or the other.
type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	IDToken     string `json:"id_token"`
	Reasons     []struct {
		About    string `json:"about"`
		Outcome  string `json:"outcome"`
		Sentence string `json:"sentence"`
		Fix      string `json:"fix"`
		Source   string `json:"source"`
	} `json:"reasons"`
}

// login is what somebody asks a token for.
type login struct{ client, user, audience, scope, organization string }

func (l *login) define(o *options) {
	o.text(&l.client, "client", "NAME", "name or client_id of the client")
	o.text(&l.user, "user", "NAME", "e-mail address, username or user_id of the user (default: none, a\nmachine's token)")
	o.text(&l.audience, "audience", "API", "identifier of the API")
	o.text(&l.scope, "scope", "SCOPES", "scopes, separated by spaces (default for users: openid profile email)")
	o.text(&l.organization, "organization", "NAME", "name or id of the organization to log in to")
}

func newToken() *command {
	var (
		asked        login
		from         source
		wantID, json bool
	)
	c := &command{
		name: "token", summary: "prints an access token, made by the same rules as a real login",
		synopsis: "--client NAME [--user NAME] [--audience API] [--scope SCOPES] [--organization NAME]",
		about: "It comes from fixtures, without a server, or from a running tenant with --url. What the rules\n" +
			"withheld is said on stderr.",
		examples: []string{
			`faux0 token --client "Acme Worker" --audience https://api.acme.test`,
			`faux0 token --client acmeSpa --user ada@acme.test --audience https://api.acme.test --scope "openid read:orders"`,
			`curl -H "Authorization: Bearer $(faux0 token --url http://localhost:4400 --client "Acme Worker" --audience …)" …`,
		},
	}
	asked.define(&c.options)
	c.options.on(&wantID, "id", "print the ID token instead")
	c.options.on(&json, "json", "print the whole answer as JSON, with the reasons")
	from.define(&c.options)
	c.run = func(ctx context.Context, inv *invocation) error {
		if asked.client == "" {
			return &usageError{faults: []string{"--client is missing: the name or client_id of the client that asks for the token"}}
		}
		if err := from.choose(&c.options); err != nil {
			return err
		}
		answer, err := from.token(ctx, inv, asked)
		if err != nil {
			return err
		}
		return printToken(inv, answer, wantID, json)
	}
	return c
}

// token returns the answer as JSON, whoever made it.
func (s *source) token(ctx context.Context, inv *invocation, l login) ([]byte, error) {
	req := provider.TokenRequest{
		Client: l.client, User: l.user, Audience: l.audience, Scope: l.scope, Organization: l.organization, Issuer: s.issuer,
	}
	if s.url != "" {
		return s.post(ctx, "_faux0/tokens", "application/json", req)
	}
	control, err := s.tenant(inv)
	if err != nil {
		return nil, err
	}
	req.Issuer = s.issuer
	t, err := control.Token(req)
	if err != nil {
		return nil, refused(err)
	}
	return json.Marshal(t)
}

func printToken(inv *invocation, answer []byte, wantID, asJSON bool) error {
	if asJSON {
		return encode(inv.stdout, json.RawMessage(answer))
	}
	var t tokenAnswer
	if err := json.Unmarshal(answer, &t); err != nil {
		return fmt.Errorf("the tenant's answer is no JSON: %w", err)
	}
	for _, r := range t.Reasons {
		if r.Outcome == "granted" {
			continue
		}
		line := r.About + " " + r.Outcome + ": " + r.Sentence
		if r.Fix != "" {
			line += " " + r.Fix
		}
		if r.Source != "" {
			line += " (" + r.Source + ")"
		}
		inv.say("%s", printable(line))
	}
	token := t.AccessToken
	if wantID {
		token = t.IDToken
	}
	if token == "" {
		return errors.New("there is no such token in the answer; an ID token needs --user and the scope openid")
	}
	_, err := fmt.Fprintln(inv.stdout, token)
	return err
}
