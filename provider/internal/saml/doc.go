// Package saml reads and writes the messages of SAML 2.0, for the tenant as
// identity provider (applications with the SAML addon) and as service provider
// (connections of strategy samlp). It knows no HTTP and no state.
//
// Source: Assertions and Protocols for SAML V2.0 (saml-core), Bindings for SAML
// V2.0 (saml-bindings), Profiles for SAML V2.0 (saml-profiles).
package saml
