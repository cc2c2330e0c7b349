package mfa

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the margin that readers need around a code, in its squares.
//
// Source: ISO/IEC 18004, "quiet zone".
const quiet = 4

// QR draws a text as an SVG image, black on white whatever the page's colours.
func QR(text string) (string, error) {
	picture, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", fmt.Errorf("QR code: %w", err)
	}
	size := picture.Bounds().Dx()
	var squares strings.Builder
	for y := range size {
		for x := range size {
			if picture.At(x, y) == color.Black {
				fmt.Fprintf(&squares, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	side := size + 2*quiet
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`, side, side, side, side, squares.String()), nil
}
