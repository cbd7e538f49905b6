package status

import (
	"fmt"
	"math"
	"strconv"
)

// The grounds that words in the brand colour stand on, the darkest of the light page and
// the lightest of the dark one, and the contrast that words need (WCAG 2.2, 1.4.3).
const (
	lightGround  = "#f5f5f1"
	darkGround   = "#1b2126"
	readableFrom = 4.5
)

// tone is a colour: red, green and blue from 0 to 1.
type tone [3]float64

// toneOf reads #rrggbb.
func toneOf(s string) (t tone, ok bool) {
	if !colorPattern.MatchString(s) {
		return t, false
	}
	for i := range t {
		n, err := strconv.ParseUint(s[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return t, false
		}
		t[i] = float64(n) / 255
	}
	return t, true
}

func (t tone) String() string {
	return fmt.Sprintf("#%02x%02x%02x", part(t[0]), part(t[1]), part(t[2]))
}

func part(x float64) int { return int(math.Round(x * 255)) }

// luminance is how bright the colour looks, as WCAG defines it.
func (t tone) luminance() float64 {
	linear := func(x float64) float64 {
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(t[0]) + 0.7152*linear(t[1]) + 0.0722*linear(t[2])
}

// toward mixes a share of another colour in.
func (t tone) toward(other tone, share float64) tone {
	for i := range t {
		t[i] += (other[i] - t[i]) * share
	}
	return t
}

// Contrast is WCAG's ratio of two colours written as #rrggbb, from 1 to 21; 0 when one of
// them is no colour.
func Contrast(a, b string) float64 {
	x, ok := toneOf(a)
	y, also := toneOf(b)
	if !ok || !also {
		return 0
	}
	l, m := x.luminance(), y.luminance()
	return (max(l, m) + 0.05) / (min(l, m) + 0.05)
}

// readable mixes as little of another colour in as words on the ground need. What is
// measured is the colour as it is written, rounded to whole steps.
func readable(colour, ground string, other tone) string {
	start, ok := toneOf(colour)
	if !ok {
		return ""
	}
	const steps = 100
	for i := range steps {
		if c := start.toward(other, float64(i)/steps).String(); Contrast(c, ground) >= readableFrom {
			return c
		}
	}
	return other.String()
}

// BrandTones are the brand colour for words on the light and on the dark page; empty
// without one. No colour is readable on both: the first is the colour itself, which the
// page's check holds to the light ground, the second is lightened as far as it needs.
func (p *Page) BrandTones() (light, dark string) {
	if p.BrandColor == "" {
		return "", ""
	}
	return p.BrandColor, readable(p.BrandColor, darkGround, tone{1, 1, 1})
}

// checkBrand refuses a colour that words cannot be read in.
func (p *Page) checkBrand() error {
	if p.BrandColor == "" {
		return nil
	}
	if _, ok := toneOf(p.BrandColor); !ok {
		return Invalid("page.brand_color", "%q is not a colour; write it as #0a6b5a.", brief(p.BrandColor))
	}
	if ratio, enough := p.BrandContrast(); !enough {
		return Invalid("page.brand_color", "%s is too pale for words on a light page: its contrast is %.1f to 1 and 4.5 to 1 is needed; %s would do.",
			p.BrandColor, ratio, p.BrandInstead())
	}
	return nil
}

// BrandContrast is the brand colour's contrast on the light page, rounded down to a tenth,
// and whether it is enough for words.
func (p *Page) BrandContrast() (ratio float64, enough bool) {
	exact := Contrast(p.BrandColor, lightGround)
	return math.Floor(exact*10) / 10, exact >= readableFrom
}

// BrandInstead is the colour nearest to the brand colour that words can be read in.
func (p *Page) BrandInstead() string { return readable(p.BrandColor, lightGround, tone{}) }
