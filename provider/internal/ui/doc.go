// Package ui is what people see: the templates, their styles, and one struct
// per page, so that the compiler knows what a page needs.
//
// It knows no state and no HTTP: it turns values into bytes. The names and ids
// of the form elements are those that browser scripts written for Auth0's
// Universal Login rely on; markup, styles and words are our own. Nothing needs
// JavaScript to log in.
package ui
