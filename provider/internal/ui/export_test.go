package ui

// OnColor, OnWhite and Luminance are for tests.
var (
	OnColor   = onColor
	OnWhite   = onWhite
	Luminance = luminance
)
