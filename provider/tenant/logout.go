package tenant

import "slices"

// Initiator is what ended a session, in the words of back-channel logout.
// Empty: nothing that applications are told about.
//
// Source: Management API, POST /api/v2/clients,
// oidc_logout.backchannel_logout_initiators.
type Initiator string

// Initiators that a Client may ask to be told of. Nobody unenrolls a phone
// here yet, and no identity provider logs anybody out.
const (
	InitiatorRPLogout           Initiator = "rp-logout"
	InitiatorIDPLogout          Initiator = "idp-logout"
	InitiatorPasswordChanged    Initiator = "password-changed"
	InitiatorSessionExpired     Initiator = "session-expired"
	InitiatorSessionRevoked     Initiator = "session-revoked"
	InitiatorAccountDeleted     Initiator = "account-deleted"
	InitiatorEmailChanged       Initiator = "email-identifier-changed"
	InitiatorMFAPhoneUnenrolled Initiator = "mfa-phone-unenrolled"
	InitiatorAccountDeactivated Initiator = "account-deactivated"
)

var initiators = []string{
	string(InitiatorRPLogout), string(InitiatorIDPLogout), string(InitiatorPasswordChanged), string(InitiatorSessionExpired),
	string(InitiatorSessionRevoked), string(InitiatorAccountDeleted), string(InitiatorEmailChanged),
	string(InitiatorMFAPhoneUnenrolled), string(InitiatorAccountDeactivated),
}

// ClientLogout is how a Client is told of ended sessions.
//
// Source: Management API, POST /api/v2/clients, oidc_logout.
type ClientLogout struct {
	BackchannelLogoutURLs       []string          `json:"backchannel_logout_urls,omitempty"`
	BackchannelLogoutInitiators *LogoutInitiators `json:"backchannel_logout_initiators,omitempty"`
	// BackchannelLogoutSessionMetadata is kept; sessions have no metadata yet.
	BackchannelLogoutSessionMetadata any `json:"backchannel_logout_session_metadata,omitempty"`
}

// LogoutInitiators says which Initiators a Client wants to be told of.
type LogoutInitiators struct {
	// Mode is "custom" (the default) or "all".
	Mode               string      `json:"mode,omitempty"`
	SelectedInitiators []Initiator `json:"selected_initiators,omitempty"`
}

// BackchannelLogoutURL is where the client is told that a session has ended,
// "" if it does not want to know of this initiator. Without a word, it wants
// to know of logouts; that it is these two is inferred.
//
// Source: Auth0 docs, "Configure back-channel logout initiators".
func (c *Client) BackchannelLogoutURL(by Initiator) string {
	settings := c.OIDCLogout
	if settings == nil {
		settings = c.OIDCBackchannelLogout
	}
	if settings == nil || len(settings.BackchannelLogoutURLs) == 0 || by == "" {
		return ""
	}
	wanted := []Initiator{InitiatorRPLogout, InitiatorIDPLogout}
	if i := settings.BackchannelLogoutInitiators; i != nil {
		if i.Mode == "all" {
			return settings.BackchannelLogoutURLs[0]
		}
		if i.SelectedInitiators != nil {
			wanted = i.SelectedInitiators
		}
	}
	if !slices.Contains(wanted, by) {
		return ""
	}
	return settings.BackchannelLogoutURLs[0]
}
