package action

// Trigger is what an Action runs for.
//
// Source: Management API, GET /api/v2/actions/triggers.
type Trigger string

// CustomTokenExchange runs for token exchanges whose subject token type has a
// profile; the one Action of the profile says whose tokens are issued.
const CustomTokenExchange Trigger = "custom-token-exchange"

// Handler is the name of the function that a JavaScript Action exports for the
// trigger, "" for triggers that run nothing yet.
func (t Trigger) Handler() string {
	if t == CustomTokenExchange {
		return "onExecuteCustomTokenExchange"
	}
	return ""
}

// Func is an Action in Go.
type Func func(Event, *API)

// Event is what an Action is told. JavaScript has it under the names of the
// tags. It is a copy: changing it changes nothing.
//
// Source: Auth0 docs, "Actions triggers: custom-token-exchange, event object".
type Event struct {
	Client         Client            `json:"client"`
	Organization   *Organization     `json:"organization,omitempty"`
	Request        Request           `json:"request"`
	ResourceServer *ResourceServer   `json:"resource_server,omitempty"`
	Tenant         Tenant            `json:"tenant"`
	Transaction    Transaction       `json:"transaction"`
	Secrets        map[string]string `json:"secrets"`
}

// Client is the application that asks.
type Client struct {
	ClientID string            `json:"client_id"`
	Name     string            `json:"name"`
	Metadata map[string]string `json:"metadata"`
}

// Organization is the one the request is about.
type Organization struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	DisplayName string         `json:"display_name"`
	Metadata    map[string]any `json:"metadata"`
}

// Request is the HTTP request. Secrets are left out of its body.
type Request struct {
	IP        string            `json:"ip"`
	Hostname  string            `json:"hostname,omitempty"`
	Language  string            `json:"language,omitempty"`
	Method    string            `json:"method"`
	UserAgent string            `json:"user_agent,omitempty"`
	Body      map[string]string `json:"body"`
	GeoIP     map[string]any    `json:"geoip"`
}

// ResourceServer is the API asked for.
type ResourceServer struct {
	Identifier string `json:"identifier"`
}

// Tenant is the tenant.
type Tenant struct {
	ID string `json:"id"`
}

// Transaction is what is asked for.
type Transaction struct {
	SubjectToken     string   `json:"subject_token"`
	SubjectTokenType string   `json:"subject_token_type"`
	ActorToken       string   `json:"actor_token,omitempty"`
	ActorTokenType   string   `json:"actor_token_type,omitempty"`
	RequestedScopes  []string `json:"requested_scopes"`
	Protocol         string   `json:"protocol"`
	CorrelationID    string   `json:"correlation_id,omitempty"`
}
