package token

import "github.com/faux0/faux0/provider/tenant"

// CheckAccess asks, before anybody has logged in, what Decide would refuse
// whoever it is: an unknown API, a client the API gives nothing to, scopes
// that exclude each other.
func CheckAccess(dir tenant.Directory, req Request) error {
	d := &Decision{dir: dir}
	if err := checkScopes(req.Scopes); err != nil {
		return err
	}
	if err := d.decideAudience(req); err != nil {
		return err
	}
	if _, err := d.decideAccess(req); err != nil {
		return err
	}
	return d.checkDetails(req)
}

// checkScopes refuses scopes that exclude each other.
//
// Source: Auth0 docs, "Online refresh tokens".
func checkScopes(scopes []string) error {
	if contains(scopes, tenant.ScopeOfflineAccess) && contains(scopes, tenant.ScopeOnlineAccess) {
		return tenant.BothOfflineAndOnline()
	}
	return nil
}
