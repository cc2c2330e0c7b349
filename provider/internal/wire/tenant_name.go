package wire

import "strings"

// TenantName is what the tenant is called where Auth0 has its name: the first
// label of the host that the caller used.
func (x *Exchange) TenantName() string {
	_, host, _ := strings.Cut(x.Base, "://")
	name, _, _ := strings.Cut(host, ".")
	name, _, _ = strings.Cut(name, ":")
	return name
}
