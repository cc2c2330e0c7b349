// Package action is the vocabulary of Actions: what they are told (Event),
// what they may ask for (API), and the record of what they asked (Command).
//
// Actions written in JavaScript and those that a Go test gives in their place
// share it. Values go in and commands come out: an Action reaches no state, and
// whoever ran it decides what becomes of the commands.
package action
