package ui_test

import "github.com/faux0/faux0/provider/internal/ui"

func upstream() ui.Upstream {
	return ui.Upstream{
		Look: acme(), State: "the-state", Action: "/u/pretend/google-oauth2?state=the-state", ClientName: "Acme Web",
		Provider: "Google", Connection: "google-oauth2", Users: people(3),
		Failures: []string{"access_denied", "server_error"}, EmailVerified: true,
	}
}
