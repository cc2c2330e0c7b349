// Package provider is one Auth0 tenant as one http.Handler.
//
//	auth, err := provider.New(provider.Config{}) // the demo tenant
//	http.ListenAndServe("localhost:4400", auth)
//
// Go tests have an easier way in package testkit.
//
// A login walks through it like this. /authorize (internal/login) checks the
// request and starts a transaction; the pages find out who the person is;
// /authorize/resume hands the app a code. /oauth/token (internal/oauth)
// authenticates the client and redeems the code. Both issue tokens through
// internal/flow, which asks the rules in internal/token what is granted, and
// why, and keeps state in internal/store. What a test does to the tenant that
// no Auth0 API can is in Control, and over HTTP under /_faux0/.
//
// The package wires those parts and holds no rule of its own. It is a test
// double: its default keys are published, and nothing about it is for
// production.
package provider
