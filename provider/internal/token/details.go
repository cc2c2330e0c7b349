package token

import (
	"slices"

	"github.com/faux0/faux0/provider/tenant"
)

// checkDetails refuses authorization_details of a type that the API does not
// list.
//
// It returns InvalidAuthorizationDetails.
//
// Source: RFC 9396 §5; Auth0 docs, "Configure Rich Authorization Requests".
func (d *Decision) checkDetails(req Request) error {
	for _, detail := range req.Details {
		kind, _ := detail["type"].(string)
		switch {
		case kind == "":
			return tenant.InvalidAuthorizationDetails("Each of the authorization_details needs a type")
		case d.API == nil:
			return tenant.InvalidAuthorizationDetails("authorization_details need an audience").
				WithHint("send audience=<API identifier>: the API lists the types of authorization_details it knows")
		case !slices.Contains(d.API.DetailsTypes(), kind):
			return tenant.InvalidAuthorizationDetails("Unknown type of authorization_details: "+kind).
				WithHint("add {type: %q} to authorization_details of API %q; it has %q", kind, d.API.Name, d.API.DetailsTypes())
		}
	}
	return nil
}
