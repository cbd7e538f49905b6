package publish

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"allclear/static"
	"allclear/status"
	"allclear/templates"
)

func badgesOf(t testing.TB, v *status.View) map[string]doc {
	t.Helper()
	s := &Snapshot{lazy: map[string]*lazy{}}
	exampleBuilder(t).promiseBadges(v, s)
	docs := map[string]doc{}
	for path, l := range s.lazy {
		d, err := l.make()
		if err != nil {
			t.Fatal(err)
		}
		if d.path != path || d.changed.IsZero() {
			t.Errorf("%s: path %q, changed %v", path, d.path, d.changed)
		}
		docs[path] = d
	}
	return docs
}

func TestBadgesOfTheExample(t *testing.T) {
	docs := badgesOf(t, exampleView())
	for path, file := range map[string]string{
		"/badge.svg": "badge.svg", "/de/badge.svg": "badge.de.svg", "/badge.json": "badge.json",
		"/components/cardcardcard/badge.svg": "badge_component.svg", "/components/webwebwebweb/badge.json": "badge_component.json",
	} {
		golden(t, file, docs[path].body)
	}
	if len(docs) != 4*3 {
		t.Errorf("%d badges, want three for the page and for each of three components", len(docs))
	}
}

// picture is what a badge says to those who do not see it, and how it is drawn.
type picture struct {
	XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
	Width   int      `xml:"width,attr"`
	Role    string   `xml:"role,attr"`
	Label   string   `xml:"aria-label,attr"`
	Title   string   `xml:"title"`
	Texts   []struct {
		X    int    `xml:"x,attr"`
		Wide int    `xml:"textLength,attr"`
		Text string `xml:",chardata"`
	} `xml:"g>text"`
}

func pictureOf(t *testing.T, body []byte) picture {
	t.Helper()
	strictXML(t, body)
	var p picture
	if err := xml.Unmarshal(body, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestEveryBadgeIsValid: a picture is well-formed, named, inert and holds its words; the
// data have the fields and kinds of the schema of shields.io.
func TestEveryBadgeIsValid(t *testing.T) {
	for name, v := range map[string]*status.View{"example": exampleView(), "hostile": hostileView(), "big": capturedView(t, "cloudflare/summary-100-maintenances.json")} {
		for path, d := range badgesOf(t, v) {
			if strings.HasSuffix(path, ".json") {
				checkShield(t, name+path, d.body)
				continue
			}
			p := pictureOf(t, d.body)
			if p.Role != "img" || p.Label == "" || p.Label != p.Title || len(p.Texts) != 2 {
				t.Errorf("%s%s: %+v", name, path, p)
			}
			last := p.Texts[1]
			if p.Texts[0].X+p.Texts[0].Wide >= last.X || last.X+last.Wide > p.Width-badgePad || !strings.HasSuffix(p.Title, ": "+last.Text) {
				t.Errorf("%s%s: the words do not fit: %+v", name, path, p)
			}
			checkInert(t, name+path, d.body)
		}
	}
}

// checkInert allows the elements of a drawing and no attribute that could load or do
// anything.
func checkInert(t *testing.T, name string, body []byte) {
	t.Helper()
	drawing := []string{"svg", "title", "path", "circle", "rect", "g", "text"}
	for decoder := xml.NewDecoder(bytes.NewReader(body)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if el, ok := token.(xml.StartElement); ok {
			if !slices.Contains(drawing, el.Name.Local) {
				t.Errorf("%s has a <%s>", name, el.Name.Local)
			}
			for _, a := range el.Attr {
				if a.Name.Local == "href" || a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") {
					t.Errorf("%s has the attribute %s", name, a.Name.Local)
				}
			}
		}
	}
}

func checkShield(t *testing.T, name string, body []byte) {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	label, _ := got["label"].(string)
	message, _ := got["message"].(string)
	color, _ := got["color"].(string)
	if got["schemaVersion"] != 1.0 || label == "" || message == "" || !regexp.MustCompile(`^[0-9a-f]{6}$`).MatchString(color) || got["cacheSeconds"].(float64) < 300 || len(got) != 5 {
		t.Errorf("%s: %s", name, body)
	}
}

func TestBadgesOfEachState(t *testing.T) {
	for _, tc := range []struct{ level, want string }{
		{"operational", "No known problems"}, {"degraded", "Slow or limited"}, {"partial", "Partly down"}, {"major", "Outage"}, {"maintenance", "Maintenance"},
	} {
		word := exampleBuilder(t).Pages.Voice("en", "UTC").StateWord(tc.level)
		body := string(badge{"Example", word, tc.level}.svg())
		if word != tc.want || !strings.Contains(body, templates.Ink(tc.level)) || templates.Shape(tc.level) == "" || !strings.Contains(body, templates.Shape(tc.level)) {
			t.Errorf("%s: %s", tc.level, body)
		}
	}
	unknown := badge{"Example", "No data", ""}
	if !strings.Contains(string(unknown.svg()), templates.Shape("unknown")) {
		t.Error("a state that is not known has no shape")
	}
}

func TestTheColoursOfBadgesAreThoseOfTheStyleSheet(t *testing.T) {
	sheet, _ := static.Get("page.css")
	for _, level := range []string{"operational", "degraded", "partial", "major", "maintenance", "unknown"} {
		if token := fmt.Sprintf("--%s:%s;", level, templates.Ink(level)); !strings.Contains(string(sheet.Body), token) {
			t.Errorf("page.css does not say %s", token)
		}
		if c := contrast(t, templates.Ink(level), "#ffffff"); c < 4.5 {
			t.Errorf("white on the colour of %s has a contrast of %.2f", level, c)
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, okX := parseColour(a)
	y, okY := parseColour(b)
	if !okX || !okY {
		t.Fatalf("%q or %q is no colour", a, b)
	}
	return x.contrast(y)
}

func TestALongNameIsCutAndStaysInTheTitle(t *testing.T) {
	long := strings.Repeat("Überweisungen ", 30)
	p := pictureOf(t, badge{long, "Maintenance", "maintenance"}.svg())
	if shown := p.Texts[0].Text; utf8.RuneCountInString(shown) > badgeLabel || !strings.HasSuffix(shown, "…") {
		t.Errorf("shown: %q", shown)
	}
	if !strings.HasPrefix(p.Title, strings.TrimSpace(long)) {
		t.Errorf("title: %q", p.Title)
	}
}

func TestTextWidth(t *testing.T) {
	for text, want := range map[string]int{"": 0, "i": 3, "W": 12, "Status": 35, "Störung": 43, "状態": 24, "e\u0301": 7, "Ж": 9} {
		if got := textWidth(text); got != want {
			t.Errorf("%q is %d wide, want %d", text, got, want)
		}
	}
	if textWidth("Illi") >= textWidth("WWWW") {
		t.Error("narrow letters are as wide as wide ones")
	}
}

func TestBadgesChangeOnlyWithWhatTheySay(t *testing.T) {
	v := exampleView()
	keys := func() map[string]string {
		s := &Snapshot{lazy: map[string]*lazy{}}
		exampleBuilder(t).promiseBadges(v, s)
		out := map[string]string{}
		for path, l := range s.lazy {
			out[path] = l.key
		}
		return out
	}
	before := keys()
	v.Revision, v.At = 12, moment(21, 22, 0)
	v.Component("webwebwebweb").Level, v.Component("webwebwebweb").Revision = status.DegradedPerformance, 12
	after := keys()
	for path := range before {
		if changed := before[path] != after[path]; changed != strings.Contains(path, "webwebwebweb") {
			t.Errorf("%s: changed is %v", path, changed)
		}
	}
}
