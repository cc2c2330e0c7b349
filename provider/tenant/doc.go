// Package tenant holds the words of the domain: what a tenant is made of, the
// defaults Auth0 gives each part, and the errors it answers with.
//
// It knows nothing of HTTP, storage or signatures and imports the standard
// library only. Names follow the Management API (Client, ResourceServer), not
// the Dashboard (Application, API).
package tenant
