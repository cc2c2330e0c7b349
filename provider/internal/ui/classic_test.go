package ui_test

import "github.com/faux0/faux0/provider/internal/ui"

func classic() ui.Classic {
	page := ui.Classic{Login: login(), ClientID: "acmeSpa000000000000000000000000a", CSRF: "the-token"}
	page.Action = "/usernamepassword/login"
	return page
}
