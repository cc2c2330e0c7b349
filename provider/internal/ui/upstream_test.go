package ui_test

import "github.com/faux0/faux0/provider/internal/ui"

func upstream() ui.Upstream {
	return ui.Upstream{
		Form:     form("/u/pretend/google-oauth2?state=the-state"),
		Provider: "Google", Connection: "google-oauth2", Users: people(3),
		Failures: []string{"access_denied", "server_error"}, EmailVerified: true,
	}
}
