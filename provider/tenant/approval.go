package tenant

import "slices"

// Channels by which a person is asked for approval.
//
// Source: Management API, POST /api/v2/clients,
// async_approval_notification_channels.
const (
	ChannelGuardianPush = "guardian-push"
	ChannelApprovalMail = "email"
)

// How long an approval may take, in seconds: a push notification five minutes,
// a mail three days.
//
// Source: Auth0 docs, "Configure client-initiated backchannel authentication",
// "Email notifications with CIBA" (requested_expiry).
const (
	PushApprovalSeconds = 300
	MailApprovalSeconds = 259200
)

// MaxBindingMessage is how many characters a binding_message may have.
//
// Source: Auth0 docs, "User authentication with CIBA".
const MaxBindingMessage = 64

// ValidBindingMessage says whether a person may be shown the message.
//
// Source: Auth0 docs, "User authentication with CIBA" (alphanumeric characters
// and +-_.,:#). That spaces are among them is inferred from the SDKs' examples.
func ValidBindingMessage(message string) bool {
	for _, r := range message {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		case r == ' ', r == '+', r == '-', r == '_', r == '.', r == ',', r == ':', r == '#':
		default:
			return false
		}
	}
	return len(message) > 0 && len(message) <= MaxBindingMessage
}

// ApprovalChannels are those the client may ask people by.
//
// Source: Auth0 docs, "Configure client-initiated backchannel authentication";
// that push is what a client without a list has is inferred.
func (c *Client) ApprovalChannels() []string {
	if len(c.NotificationChannels) == 0 {
		return []string{ChannelGuardianPush}
	}
	return c.NotificationChannels
}

// ApprovalChannel is how the person is asked, "" if there is no way. Push comes
// first, unless the answer may take longer than it allows; mail needs a
// verified address. Everybody is taken to have a phone for push.
//
// Source: Auth0 docs, "Configure client-initiated backchannel authentication"
// (channel selection).
func (c *Client) ApprovalChannel(user *User, expirySeconds int) string {
	channels := c.ApprovalChannels()
	switch {
	case expirySeconds <= PushApprovalSeconds && slices.Contains(channels, ChannelGuardianPush):
		return ChannelGuardianPush
	case slices.Contains(channels, ChannelApprovalMail) && user.Email != "" && user.EmailVerified:
		return ChannelApprovalMail
	}
	return ""
}

// CIBARefused says what about the client forbids asking people by CIBA, "" if
// nothing does.
//
// Source: Auth0 docs, "Configure client-initiated backchannel authentication"
// (prerequisites).
func (c *Client) CIBARefused() string {
	switch {
	case !c.AllowsGrant(GrantCIBA):
		return "grant_types lacks " + GrantCIBA
	case !c.IsFirstParty:
		return "is_first_party is off"
	case c.Public():
		return "token_endpoint_auth_method is none"
	case !c.OIDCConformant:
		return "oidc_conformant is off"
	}
	return ""
}

// DetailsTypes are the types of authorization_details that the API knows.
//
// Source: RFC 9396 §2; Management API, POST /api/v2/resource-servers,
// authorization_details.
func (r *ResourceServer) DetailsTypes() []string {
	var types []string
	for _, d := range r.AuthorizationDetails {
		if t, ok := d["type"].(string); ok {
			types = append(types, t)
		}
	}
	return types
}
