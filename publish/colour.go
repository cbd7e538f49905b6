package publish

import (
	"fmt"
	"math"
	"strconv"
)

// colour is an sRGB colour, each part from 0 to 1.
type colour struct{ r, g, b float64 }

// parseColour reads #rrggbb.
func parseColour(s string) (colour, bool) {
	if len(s) != 7 || s[0] != '#' {
		return colour{}, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 24)
	if err != nil {
		return colour{}, false
	}
	part := func(shift uint) float64 { return float64(n>>shift&0xff) / 255 }
	return colour{part(16), part(8), part(0)}, true
}

func (c colour) String() string {
	part := func(x float64) int { return int(math.Round(x * 255)) }
	return fmt.Sprintf("#%02x%02x%02x", part(c.r), part(c.g), part(c.b))
}

// luminance is the relative luminance of WCAG 2.
func (c colour) luminance() float64 {
	linear := func(x float64) float64 {
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

// contrast is the contrast of WCAG 2 between two colours, 1 to 21.
func (c colour) contrast(o colour) float64 {
	bright, dark := max(c.luminance(), o.luminance()), min(c.luminance(), o.luminance())
	return (bright + 0.05) / (dark + 0.05)
}

// mixed is the colour with a part of another one.
func (c colour) mixed(o colour, part float64) colour {
	mix := func(a, b float64) float64 { return a*(1-part) + b*part }
	return colour{mix(c.r, o.r), mix(c.g, o.g), mix(c.b, o.b)}
}
