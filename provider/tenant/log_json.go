package tenant

import "encoding/json"

// logEventJSON is a LogEvent as the Management API has it, in its order.
// Nothing is left out: what is not known is null.
//
// Observed: go-auth0, GET /api/v2/logs.
type logEventJSON struct {
	ObjectID         string          `json:"_id"`
	LogID            string          `json:"log_id"`
	Date             string          `json:"date"`
	Type             LogType         `json:"type"`
	Description      string          `json:"description"`
	Connection       optional        `json:"connection"`
	ConnectionID     optional        `json:"connection_id"`
	OrganizationID   optional        `json:"organization_id"`
	OrganizationName optional        `json:"organization_name"`
	ClientID         optional        `json:"client_id"`
	ClientName       optional        `json:"client_name"`
	IP               optional        `json:"ip"`
	Hostname         optional        `json:"hostname"`
	Details          map[string]any  `json:"details"`
	UserID           optional        `json:"user_id"`
	UserName         optional        `json:"user_name"`
	UserAgent        string          `json:"user_agent"`
	Audience         optional        `json:"audience"`
	Scope            optional        `json:"scope"`
	Strategy         optional        `json:"strategy"`
	StrategyType     optional        `json:"strategy_type"`
	IsMobile         bool            `json:"isMobile"`
	LocationInfo     json.RawMessage `json:"location_info"` // nobody is anywhere here
}

// optional is a string that is null when empty.
type optional string

// MarshalJSON implements json.Marshaler.
func (o optional) MarshalJSON() ([]byte, error) {
	if o == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(o))
}

// logTime is how log events write the time.
const logTime = "2006-01-02T15:04:05.000Z"

// MarshalJSON writes the event as GET /api/v2/logs does.
func (e LogEvent) MarshalJSON() ([]byte, error) {
	agent := readUserAgent(e.UserAgent)
	return json.Marshal(logEventJSON{
		ObjectID: e.ID, LogID: e.ID, Date: e.At.UTC().Format(logTime), Type: e.Type, Description: e.Description,
		Connection: optional(e.Connection), ConnectionID: optional(e.ConnectionID),
		OrganizationID: optional(e.OrganizationID), OrganizationName: optional(e.OrganizationName),
		ClientID: optional(e.ClientID), ClientName: optional(e.ClientName), IP: optional(e.IP), Hostname: optional(e.Hostname),
		Details: e.Details, UserID: optional(e.UserID), UserName: optional(e.UserName), UserAgent: agent.String(),
		Audience: optional(e.Audience), Scope: optional(e.Scope), Strategy: optional(e.Strategy), StrategyType: optional(e.StrategyType),
		IsMobile: agent.mobile,
	})
}
