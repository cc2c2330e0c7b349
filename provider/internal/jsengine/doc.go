// Package jsengine runs Actions that are written in JavaScript. It is the only
// importer of goja.
//
// Each run has a runtime of its own, which knows the language, the Action's
// event and api, console, Buffer, btoa, atob, structuredClone, and what require
// gives: crypto and jsonwebtoken, in the parts that checking a subject token
// takes. There are no timers and no network, and no other packages: asking for
// one fails with a sentence that says so.
//
// A run that takes too long, or too much memory, is interrupted. That protects
// the tenant from mistakes, not from an enemy: the code is the developer's own.
package jsengine
