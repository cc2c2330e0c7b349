// Package wire is HTTP in and out: it reads a request into values and writes a
// returned value as a response, once. Handlers never see a ResponseWriter.
//
// It is the only importer of gorilla/mux and knows no rule of Auth0's.
package wire
