package provider

import (
	"net/http"

	"github.com/faux0/faux0/provider/internal/wire"
	"github.com/faux0/faux0/provider/tenant"
)

// factors lists a user's second factors with what their devices show, or gives
// the user one more.
func (c *Control) factors(r *http.Request) (*wire.Response, error) {
	if r.Method == http.MethodGet {
		user := r.URL.Query().Get("user")
		if user == "" {
			return nil, tenant.MissingParameter("user")
		}
		list, err := c.Factors(user)
		if err != nil {
			return nil, err
		}
		return wire.JSON(http.StatusOK, list)
	}
	var e Enrolment
	if err := decodeJSON(r, &e); err != nil {
		return nil, err
	}
	secret, err := c.Enroll(e)
	if err != nil {
		return nil, err
	}
	return wire.JSON(http.StatusOK, struct {
		Secret string `json:"secret,omitempty"`
	}{secret})
}
