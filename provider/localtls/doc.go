// Package localtls gives a tenant on localhost its HTTPS: a certificate
// authority that is made on first use and kept, certificates for the tenant's
// host names, and a listener on which one port speaks HTTP and HTTPS.
//
// It knows nothing of tenants, and installs nothing: putting the authority into
// a trust store is left to the command.
package localtls
