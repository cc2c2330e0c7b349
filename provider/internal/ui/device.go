package ui

// DeviceActivation asks for the code that a device shows.
//
// Source: RFC 8628 §3.3; Auth0 docs, "Customize Universal Login text elements"
// (prompt device-flow, screen device-code-activation).
type DeviceActivation struct {
	Form
	Code string
}

func (DeviceActivation) template() string { return "device_activation" }

// DeviceConfirmation asks whether the code is the one on the person's own
// device: somebody else could have sent them the link.
//
// Source: RFC 8628 §3.3.1, §5.4; Auth0 docs, "Customize Universal Login text
// elements" (screen device-code-confirmation).
type DeviceConfirmation struct {
	Form
	Code string
}

func (DeviceConfirmation) template() string { return "device_confirmation" }

// Approval asks for a person's yes or no to what an application wants.
//
// Source: OpenID CIBA Core 1.0 §7.1 (binding_message); Auth0 docs, "Email
// notifications with CIBA".
type Approval struct {
	Look
	Action, Ticket, ClientName, UserLabel string
	// Message is what the application wants read.
	Message string
	// API is the name of the API asked for, Scopes what is asked for there.
	API    string
	Scopes []string
	// Details are authorization_details, each as indented JSON.
	Details []string
}

func (Approval) template() string { return "approval" }
