package tenant

import (
	"net/http"
	"strings"
)

// invalidInvitation is the refusal of an invitation that cannot be made.
//
// Source: Management API, POST /api/v2/organizations/{id}/invitations
// (responses); Auth0 docs, "Send organization membership invitations" (codes).
func invalidInvitation(description string) *Error {
	return newError(http.StatusBadRequest, "invalid_body", description)
}

// InvitationIncomplete: the invitation lacks something, or has too much of it.
// The wording is ours.
func InvitationIncomplete(description string) *Error { return invalidInvitation(description) }

// InvitationClientUnknown: no client has the client_id.
//
// Source: Management API, POST /api/v2/organizations/{id}/invitations.
func InvitationClientUnknown() *Error {
	return invalidInvitation("The specified client_id does not exist.")
}

// InvitationClientRefuses: nobody logs in to the client within an organization.
//
// Source: Management API, POST /api/v2/organizations/{id}/invitations.
func InvitationClientRefuses(client *Client) *Error {
	return invalidInvitation("The specified client_id does not allow organizations.").
		WithHint("set organization_usage of client %q to \"allow\" or \"require\"", client.Name)
}

// InvitationNoLoginRoute: there is nowhere for the link to lead to.
//
// Source: Management API, POST /api/v2/organizations/{id}/invitations.
func InvitationNoLoginRoute(client *Client) *Error {
	return invalidInvitation("A default login route is required to generate the invitation url. "+
		"For more information, see https://auth0.com/docs/universal-login/configure-default-login-routes").
		WithHint("set initiate_login_uri of client %q, or the tenant's default_redirection_uri, to the page of your application that begins a login", client.Name)
}

// InvitationConnectionUnknown: no connection has the id.
//
// Source: Management API, POST /api/v2/organizations/{id}/invitations.
func InvitationConnectionUnknown() *Error {
	return invalidInvitation("The specified connection does not exist.")
}

// InvitationConnectionDisabled: the organization does not use the connection.
//
// Source: Management API, POST /api/v2/organizations/{id}/invitations.
func InvitationConnectionDisabled(id string) *Error {
	return invalidInvitation("The specified connection (" + id + ") is not enabled for the organization")
}

// InvitationPasswordless: nobody accepts an invitation by a code.
//
// Source: Management API, POST /api/v2/organizations/{id}/invitations.
func InvitationPasswordless() *Error {
	return invalidInvitation("Passwordless connections are not supported.")
}

// InvitationRolesUnknown: no roles have the ids.
//
// Source: Management API, POST /api/v2/organizations/{id}/invitations.
func InvitationRolesUnknown(ids []string) *Error {
	return invalidInvitation("One or more of the specified roles do not exist: " + strings.Join(ids, ", "))
}

// InvitationNotFound: no invitation has the id.
//
// Observed: go-auth0, GET /api/v2/organizations/{id}/invitations/{invitation_id}.
func InvitationNotFound() *Error {
	return newError(http.StatusNotFound, "inexistent_invitation", "The invitation does not exist.")
}

// InvitationUnknown: no invitation that can be accepted has the ticket.
//
// Source: community reports.
func InvitationUnknown() *Error { return InvalidRequest("invitation not found or already used") }

// InvitationNotYours: somebody else than the invited person is logged in.
//
// Source: community reports, many, of the code and the sentence.
func InvitationNotYours() *Error {
	return newError(http.StatusForbidden, "access_denied", "the specified account is not allowed to accept the current invitation")
}
