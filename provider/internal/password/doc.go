// Package password hashes passwords and checks them against every hash format
// a bulk user import accepts.
//
// It knows nothing of storage, of connections or of password policies, and is
// the only importer of golang.org/x/crypto.
package password
