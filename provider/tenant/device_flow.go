package tenant

import "strings"

// DeviceFlow says how the codes look that people type for a device.
//
// Source: Management API, PATCH /api/v2/tenants/settings, device_flow.
type DeviceFlow struct {
	// Charset is "base20" (the default) or "digits".
	Charset string `json:"charset,omitempty"`
	// Mask has a * for each character and keeps the rest.
	Mask string `json:"mask,omitempty"`
}

// The masks of codes where the tenant sets none.
//
// Source: Auth0 docs, "Configure device user code settings". Observed: codes of
// public tenants.
const (
	maskBase20 = "****-****"
	maskDigits = "***-***-***"
)

// UserCodes says whether user codes are made of digits, and their mask. A mask
// without a place for a character counts as none.
func (s *Settings) UserCodes() (digits bool, mask string) {
	f := s.DeviceFlow
	if f != nil {
		digits, mask = f.Charset == "digits", f.Mask
	}
	switch {
	case strings.Contains(mask, "*"):
	case digits:
		mask = maskDigits
	default:
		mask = maskBase20
	}
	return digits, mask
}

// UserCodeKey is a user code without what people may type as they like: case,
// and anything that is no letter and no digit.
//
// Source: RFC 8628 §6.1.
func UserCodeKey(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, typed)
}

// DeviceFlowRefused says what about the client forbids the device flow, "" if
// nothing does.
//
// Source: Auth0 docs, "Call your API using the Device Authorization Flow"
// (prerequisites).
func (c *Client) DeviceFlowRefused() string {
	switch {
	case !c.AllowsGrant(GrantDeviceCode):
		return "grant_types lacks " + GrantDeviceCode
	case c.AppType != "native":
		return "app_type is not native"
	case !c.Public():
		return "token_endpoint_auth_method is not none"
	case !c.OIDCConformant:
		return "oidc_conformant is off"
	}
	return ""
}
