package tenant

import (
	"fmt"
	"net/http"
)

// NoOrganization: the client wants an organization, and the user is a member of
// none.
//
// Source: Auth0 docs, "Define organization behavior" (post-login prompt); the
// wording is inferred from that for one organization.
func NoOrganization(userID string) *Error {
	return newError(http.StatusForbidden, "access_denied", fmt.Sprintf("user %s is not part of any organization", userID))
}

// NoOrganizationConnections: nobody can log in to the organization at the
// client.
//
// Source: community reports.
func NoOrganizationConnections(org *Organization, client *Client) *Error {
	err := InvalidRequest("no connections enabled for the organization")
	if len(org.Connections) == 0 {
		return err.WithHint("organization %q has no connections: add one that client %q may use, such as connections: [{name: %s}]",
			org.Name, client.Name, DefaultConnectionName)
	}
	return err.WithHint("none of the connections of organization %q is enabled for client %q", org.Name, client.Name)
}

// OrganizationConnectionsHidden: all there is to log in with are enterprise
// connections without a button.
//
// Source: Auth0 docs, "Enable organization connections".
func OrganizationConnectionsHidden(org *Organization) *Error {
	return InvalidRequest("no connections enabled for the organization are visible").
		WithHint("set show_as_button of a connection of organization %q, or send the parameter connection", org.Name)
}

// ConnectionNotInOrganization: the connection asked for is not one of the
// organization's. The wording is inferred from that for invitations.
func ConnectionNotInOrganization(name string, org *Organization) *Error {
	return InvalidRequest("the connection is not enabled for the organization").
		WithHint("add connection %q to the connections of organization %q", name, org.Name)
}

// InteractionRequired: prompt=none, and a person would have to be asked.
//
// Source: OpenID Connect Core 1.0 §3.1.2.6; Auth0 docs, "Silent authentication".
func InteractionRequired() *Error {
	return newError(http.StatusForbidden, "interaction_required", "Interaction required")
}

// OrganizationRequired: organization_usage is "require" and none was named.
//
// Source: Auth0 docs, "Define organization behavior"; community reports.
func OrganizationRequired() *Error {
	return InvalidRequest("parameter organization is required for this client")
}

// OrganizationNotAllowed: organization_usage is "deny".
//
// Source: Auth0 docs, "Define organization behavior"; community reports.
func OrganizationNotAllowed() *Error {
	return InvalidRequest("parameter organization is not allowed for this client")
}

// OrganizationMustBeID: a name was sent, and the tenant does not allow names.
//
// Source: Auth0 docs, "Use organization names in Authentication API".
func OrganizationMustBeID() *Error {
	return InvalidRequest("authorization request parameter organization must be an organization id")
}

// OrganizationInvalid: no organization has the id or name.
//
// Source: community reports.
func OrganizationInvalid(value string) *Error {
	return InvalidRequest("parameter organization is invalid: " + value)
}

// NotAMember: the user is not part of the organization.
//
// Source: community reports.
func NotAMember(userID, organizationID string) *Error {
	return newError(http.StatusForbidden, "access_denied",
		fmt.Sprintf("user %s is not part of the %s organization", userID, organizationID))
}
