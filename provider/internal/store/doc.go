// Package store holds all state of a tenant behind one lock.
//
// Entities are read-only once stored: whoever wants to change one clones it,
// changes the clone and puts it back, so a reader may keep what it got without
// copying. The package knows no HTTP and no rule of Auth0's; short-lived things
// carry their expiry and are taken, not read and then deleted, where they may
// be used only once.
package store
