package embedded

import (
	"net/http"

	"github.com/faux0/faux0/provider/internal/wire"
)

// challenge says that nobody has to solve a captcha.
//
// Observed: Lock, core/captcha; auth0.js, getChallenge of its clients.
func challenge(*http.Request) (*wire.Response, error) {
	return wire.JSON(http.StatusOK, struct {
		Required bool `json:"required"`
	}{})
}
