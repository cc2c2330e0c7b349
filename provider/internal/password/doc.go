// Package password hashes passwords, checks them against every hash format a
// bulk user import accepts, and holds new ones against a connection's policy.
//
// It knows nothing of storage, and is the only importer of
// golang.org/x/crypto.
package password
