package publish

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"allclear/static"
)

// TestLinksInAnyColourCanBeRead tries 4,096 colours on the grounds of the style sheet.
func TestLinksInAnyColourCanBeRead(t *testing.T) {
	sheet, _ := static.Get("page.css")
	for _, ground := range []string{"--bg:light-dark(" + lightGround + ",", "--soft:light-dark(" + lightGround + "," + darkGround + ")", "--card:light-dark(#fff,#1b2126)"} {
		if !strings.Contains(string(sheet.Body), ground) {
			t.Errorf("page.css does not say %q", ground)
		}
	}
	shades := regexp.MustCompile(`light-dark\((#[0-9a-f]{6}),(#[0-9a-f]{6})\)`)
	for n := range 1 << 12 {
		own := fmt.Sprintf("#%x%[1]x%x%[2]x%x%[3]x", n>>8, n>>4&15, n&15)
		sheet := brandOf(own)
		m := shades.FindStringSubmatch(string(sheet.body))
		if m == nil {
			t.Fatalf("%s: %s", own, sheet.body)
		}
		for _, pair := range [][2]string{{m[1], lightGround}, {m[1], "#ffffff"}, {m[2], darkGround}, {m[2], "#1b2126"}, {m[2], "#12161a"}} {
			if c := contrast(t, pair[0], pair[1]); c < readable {
				t.Fatalf("%s becomes %s, which has a contrast of %.2f on %s", own, pair[0], c, pair[1])
			}
		}
	}
}

func TestAColourThatCanBeReadStays(t *testing.T) {
	body := string(brandOf("#17527c").body)
	if !strings.Contains(body, "--link:#17527c") || !strings.Contains(body, "solid #17527c") {
		t.Errorf("the colour became another: %s", body)
	}
	if brandOf("") != nil || brandOf("red") != nil || brandOf("#12345g") != nil {
		t.Error("what is no colour has a style sheet")
	}
	if brandOf("#17527c").path == brandOf("#17527d").path {
		t.Error("two colours share a style sheet")
	}
}

func TestThePageWearsItsColour(t *testing.T) {
	plainPage, err := exampleBuilder(t).Build(exampleView(), nil)
	if err != nil {
		t.Fatal(err)
	}
	v := exampleView()
	v.Page.BrandColor = "#8a1c6f"
	s, err := exampleBuilder(t).Build(v, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := brandOf(v.Page.BrandColor).path
	link := `<link rel="stylesheet" href="` + path + `">`
	for _, page := range []string{"/", "/de/", "/history", "/incidents/openopenopen"} {
		d, err := s.Document(page)
		if err != nil || !strings.Contains(string(d.Body), link) {
			t.Errorf("%s does not wear the colour: %v", page, err)
		}
		if d, err := plainPage.Document(page); err != nil || strings.Contains(string(d.Body), "/s/brand") {
			t.Errorf("%s wears a colour that nobody chose: %v", page, err)
		}
	}
	if d, err := s.Document(path); err != nil || d == nil || !d.Immutable || d.ContentType[0] != typeCSS {
		t.Errorf("the style sheet: %v %v", d, err)
	}
}
