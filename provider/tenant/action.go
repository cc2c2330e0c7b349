package tenant

import "slices"

// TriggerCustomTokenExchange is the trigger of the Actions that decide on
// custom token exchanges.
//
// Source: Management API, GET /api/v2/actions/triggers.
const TriggerCustomTokenExchange = "custom-token-exchange"

// Action is a program of the tenant's that runs when something happens.
//
// Source: Management API, POST /api/v2/actions/actions.
type Action struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Code is JavaScript, a CommonJS module.
	Code string `json:"code,omitempty"`
	// SupportedTriggers holds one trigger, in practice.
	SupportedTriggers []ActionTrigger `json:"supported_triggers,omitempty"`
	Secrets           []ActionSecret  `json:"secrets,omitempty"`
	Extra             map[string]any  `json:"-"`
}

// ActionTrigger names what an Action runs for.
type ActionTrigger struct {
	ID      string `json:"id"`
	Version string `json:"version,omitempty"`
}

// ActionSecret is a value that the Action finds in event.secrets.
type ActionSecret struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
}

// Supports says whether the Action is for the trigger.
func (a *Action) Supports(trigger string) bool {
	return slices.ContainsFunc(a.SupportedTriggers, func(t ActionTrigger) bool { return t.ID == trigger })
}

// SecretValues are the secrets by name.
func (a *Action) SecretValues() map[string]string {
	values := make(map[string]string, len(a.Secrets))
	for _, s := range a.Secrets {
		values[s.Name] = s.Value
	}
	return values
}

// Clone returns a copy whose top-level fields may be replaced.
func (a *Action) Clone() *Action { d := *a; return &d }

// TokenExchangeProfile says which Action decides on subject tokens of a type.
//
// Source: Management API, POST /api/v2/token-exchange-profiles.
type TokenExchangeProfile struct {
	ID               string         `json:"id"`
	Name             string         `json:"name"`
	SubjectTokenType string         `json:"subject_token_type"`
	ActionID         string         `json:"action_id"`
	Type             string         `json:"type"`
	Extra            map[string]any `json:"-"`
}

// Clone returns a copy whose top-level fields may be replaced.
func (p *TokenExchangeProfile) Clone() *TokenExchangeProfile { d := *p; return &d }

// NewAction makes an Action of a body that passed Check.
func NewAction(body map[string]any) (*Action, error) {
	a := &Action{}
	extra, err := decode(KindAction, body, a)
	a.Extra = extra
	return a, err
}

// NewTokenExchangeProfile makes a TokenExchangeProfile of a body that passed
// Check.
func NewTokenExchangeProfile(body map[string]any) (*TokenExchangeProfile, error) {
	p := &TokenExchangeProfile{Type: ProfileCustomAuthentication}
	extra, err := decode(KindTokenExchangeProfile, body, p)
	p.Extra = extra
	return p, err
}

// completeActions gives ids to what has none.
func completeActions(s *Snapshot) {
	for _, a := range s.Actions {
		setDefault(&a.ID, KindAction, a.Name)
	}
	for _, p := range s.TokenExchangeProfiles {
		setDefault(&p.ID, KindTokenExchangeProfile, p.Name)
	}
}
