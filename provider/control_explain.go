package provider

import (
	"errors"
	"time"

	"github.com/faux0/faux0/provider/internal/store"
	"github.com/faux0/faux0/provider/internal/token"
	"github.com/faux0/faux0/provider/tenant"
)

// Explanation says what a token is, what it lacks, and which setting would
// change that.
type Explanation = token.Explanation

// ExplainRequest holds a token to explain, or a login to explain before it
// happens.
type ExplainRequest struct {
	Token string `json:"token"`
	// Wanted is the identifier of the API the person is after, if known.
	Wanted string `json:"wanted"`

	Client       string `json:"client_id"`
	User         string `json:"user"`
	Audience     string `json:"audience"`
	Scope        string `json:"scope"`
	Organization string `json:"organization"`
	Issuer       string `json:"issuer"`
}

// Explain says what a token is and what is missing from it, or what a login
// would grant.
func (c *Control) Explain(r ExplainRequest) (*Explanation, error) {
	issuer := r.Issuer
	if issuer == "" {
		issuer = c.issuer()
	}
	if r.Token == "" {
		t, err := c.Token(TokenRequest{
			Client: r.Client, User: r.User, Audience: r.Audience, Scope: r.Scope,
			Organization: r.Organization, Issuer: issuer,
		})
		var refused *tenant.Error
		switch {
		case errors.As(err, &refused) && r.Client != "":
			return &Explanation{Kind: token.KindError, Verdict: "This login is refused: " + refused.Code + ".",
				Cause: refused.Description, Fix: refused.Hint, Certain: true}, nil
		case err != nil:
			return nil, err
		}
		r.Token = t.AccessToken
	}
	var explanation *Explanation
	err := c.p.flow.Store.View(func(s *store.State) error {
		explanation = token.Explain(s, token.Evidence{
			Token: r.Token, Now: c.p.flow.Clock.Now(), Issuer: issuer, Issuers: c.p.hosts.ownIssuer,
			Keys: c.p.flow.Keys(), Sealer: c.p.flow.Sealer, Recent: recent(s), Changed: s.Changed,
			Families: func(raw string) *token.Family { return family(s, raw, c.p.flow.Clock.Now()) },
			Wanted:   r.Wanted, Scripts: scripts(s),
		})
		return nil
	})
	return explanation, err
}

func recent(s *store.State) []token.Issued {
	var list []token.Issued
	for _, v := range s.Recent() {
		issued := token.Issued{
			At: v.At, ClientID: v.ClientID, UserID: v.UserID, Flow: token.Flow(v.Flow), Audience: v.Audience,
			Scopes: v.Scopes, Organization: v.OrganizationID, AccessTokenOpaque: v.Opaque,
			Consented: v.Consented, Narrowed: v.Narrowed, Factor: v.Factor,
		}
		if v.Err != nil {
			issued.Error, issued.ErrorDescription, issued.Hint = v.Err.Code, v.Err.Description, v.Err.Hint
		}
		list = append(list, issued)
	}
	return list
}

// family is what is known of a refresh token, nil for nothing.
func family(s *store.State, raw string, now time.Time) *token.Family {
	id, _ := tenant.RefreshFamilyOf(raw)
	rt, alive := s.RefreshTokens.Get(id, now)
	f := &token.Family{}
	if alive {
		f.Works = rt.Works(raw)
	} else {
		ended, known := s.EndedFamily(id, now)
		if !known {
			return nil
		}
		rt, f.At, f.End = ended.RefreshToken, ended.At, token.FamilyEnd(ended.Cause)
	}
	f.ClientID, f.UserID, f.Audience, f.Scopes = rt.ClientID, rt.UserID, rt.Audience, rt.Scopes
	return f
}

// scripts are the Actions and Rules a fixture holds. Most do not run yet, but
// a claim that one of them sets in vain can be explained.
func scripts(s *store.State) []token.Script {
	var list []token.Script
	for _, a := range s.Actions() {
		list = append(list, token.Script{Kind: "action", Name: a.Name, Code: a.Code})
	}
	for section, kind := range map[string]string{"rules": "rule", "hooks": "hook"} {
		entries, _ := s.Other()[section].([]any)
		for _, entry := range entries {
			m, _ := entry.(map[string]any)
			name, _ := m["name"].(string)
			code, _ := m["code"].(string)
			if code == "" {
				code, _ = m["script"].(string)
			}
			list = append(list, token.Script{Kind: kind, Name: name, Code: code})
		}
	}
	return list
}
