// Package tenant holds the words of the domain: what a tenant is made of, the
// defaults Auth0 gives each part, and the errors it answers with.
//
// A tenant is a Snapshot: lists of clients, APIs, users and so on. Each kind has
// a schema, which Check holds a body against, and a New function, which makes the
// entry of it. Package fixtures does both for whole files.
//
// It knows nothing of HTTP, storage or signatures and imports the standard
// library only. Names follow the Management API (Client, ResourceServer), not
// the Dashboard (Application, API).
package tenant
