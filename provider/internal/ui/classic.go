package ui

// Classic is the login page of the classic experience, for tenants that have
// no page of their own. It needs no script.
//
// Source: Auth0 docs, "Universal Login versus Classic Login". Differs: Auth0
// shows Lock there, from its CDN.
type Classic struct {
	Login
	ClientID string
	// CSRF goes with the browser's cookie.
	CSRF string
}

func (Classic) template() string { return "classic" }
