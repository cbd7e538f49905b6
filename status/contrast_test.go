package status

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestContrast(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"#000000", "#ffffff", 21}, {"#ffffff", "#000000", 21}, {"#ffffff", "#ffffff", 1},
		{"#777777", "#ffffff", 4.48}, {"#0000ff", "#ffffff", 8.59}, {"#0a6b5a", "#ffffff", 6.43},
		{"red", "#ffffff", 0}, {"#ffffff", "#fff", 0},
	} {
		if got := Contrast(c.a, c.b); math.Abs(got-c.want) > 0.01 {
			t.Errorf("%s on %s: %.2f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

func TestBrandColour(t *testing.T) {
	for _, c := range []struct{ colour, says string }{
		{"", ""}, {"#0a6b5a", ""}, {"#17527C", ""}, {"#000000", ""},
		{"#ffcc00", "#ffcc00 is too pale for words on a light page: its contrast is 1.3 to 1"},
		{"#ffffff", "too pale"}, {"#777777", "its contrast is 4.0 to 1 and 4.5 to 1 is needed; #707070 would do."},
		{"red", "not a colour"}, {"#12345", "not a colour"}, {"#12345g", "not a colour"},
	} {
		p := NewPage("page00000001", "Example", time.Unix(0, 0))
		p.BrandColor = c.colour
		err := p.Check()
		if c.says == "" {
			if err != nil {
				t.Errorf("%s: %v", c.colour, err)
			}
			continue
		}
		f, ok := FaultOf(err)
		if !ok || f.Field != "page.brand_color" || !strings.Contains(f.Message, c.says) {
			t.Errorf("%s: %v", c.colour, err)
		}
	}
}

// TestBrandTonesAreReadable: what is proposed and what is derived can always be read.
func TestBrandTonesAreReadable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := NewPage("page00000001", "Example", time.Unix(0, 0))
		p.BrandColor = rapid.StringMatching(`#[0-9a-f]{6}`).Draw(t, "colour")
		instead := p.BrandInstead()
		if _, enough := p.BrandContrast(); enough != (instead == p.BrandColor) {
			t.Fatalf("%s is readable: %v, and %s is proposed", p.BrandColor, enough, instead)
		}
		p.BrandColor = instead
		if err := p.Check(); err != nil {
			t.Fatalf("the proposal is refused: %v", err)
		}
		light, dark := p.BrandTones()
		if light != instead || Contrast(dark, darkGround) < readableFrom {
			t.Fatalf("%s becomes %s on the dark page, %.2f to 1", light, dark, Contrast(dark, darkGround))
		}
	})
	if light, dark := (&Page{}).BrandTones(); light != "" || dark != "" {
		t.Error("a page without a brand colour has tones")
	}
}
