// Package mfa computes one-time codes of authenticator apps and draws the
// pictures that enrol them. It keeps nothing: which codes were used is the
// store's to know.
package mfa
