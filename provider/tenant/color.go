package tenant

import (
	"math"
	"regexp"
	"strconv"
	"sync"
)

var colorPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`) })

// ValidColor says whether a colour is #rgb or #rrggbb.
func ValidColor(color string) bool { return colorPattern().MatchString(color) }

// TextContrast and ShapeContrast are what WCAG 2.2 level AA asks of text
// (1.4.3), and of the outlines of controls (1.4.11).
const (
	TextContrast  = 4.5
	ShapeContrast = 3.0
)

// Ink is white where it can be read on a valid colour, else black, which then
// can.
func Ink(color string) string {
	if OnWhite(color) >= TextContrast {
		return "#fff"
	}
	return "#000"
}

// OnWhite is a valid colour's contrast with white.
//
// Source: WCAG 2.2, "contrast ratio", "relative luminance".
func OnWhite(color string) float64 { return 1.05 / (Luminance(color) + 0.05) }

// Luminance is how light a valid colour is: 0 is black, 1 white.
//
// Source: WCAG 2.2, "relative luminance".
func Luminance(color string) float64 {
	hex := color[1:]
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, _ := strconv.ParseUint(hex, 16, 32)
	channel := func(v uint64) float64 {
		c := float64(v&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(n>>16) + 0.7152*channel(n>>8) + 0.0722*channel(n)
}
