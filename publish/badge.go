package publish

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"

	"allclear/status"
	"allclear/templates"
)

// typeSVG is the type of a picture made of shapes.
const typeSVG = "image/svg+xml"

// badgeLabel is how many characters of a name a badge shows; the title has all.
const badgeLabel = 40

// badge says in one line how something is.
type badge struct {
	label string // of the page or the component
	word  string // how it is
	level string // in the palette
}

// subject is what a badge is about.
type subject struct {
	folder  string
	name    string
	level   string
	changed time.Time
	page    bool // the whole page, whose state has words of its own
}

// promiseBadges promises the badges of the page and of every component: a picture in
// every language, and data for shields.io in the default one.
func (b *Builder) promiseBadges(v *status.View, s *Snapshot) {
	subjects := []subject{{name: v.Page.Name, level: string(v.State()), changed: v.UpdatedAt(), page: true}}
	for i := range v.Components {
		c := &v.Components[i]
		subjects = append(subjects, subject{folder: "/components/" + c.ID, name: c.Name, level: string(c.Level), changed: c.UpdatedAt})
	}
	for _, locale := range v.Page.Locales {
		p := newPages(b, v, locale)
		voice := p.voice()
		for _, about := range subjects {
			p.badges(s, voice, about)
		}
	}
}

func (p pages) voice() *templates.Voice { return p.b.Pages.Voice(p.locale, p.v.Page.TimeZone) }

func (p pages) badges(s *Snapshot, voice *templates.Voice, about subject) {
	key := about.name + "\x00" + about.level
	path := p.path(about.folder + "/badge.svg")
	s.promise(path, key, func() (doc, error) {
		return doc{path: path, contentType: typeSVG, body: about.badge(voice).svg(), changed: about.changed}, nil
	})
	if p.prefix == "" {
		data := about.folder + "/badge.json"
		s.promise(data, key, func() (doc, error) {
			body, err := about.badge(voice).json()
			return doc{path: data, contentType: typeJSON, body: body, changed: about.changed}, err
		})
	}
}

func (a subject) badge(voice *templates.Voice) badge {
	if a.page {
		return badge{a.name, voice.StateWord(a.level), a.level}
	}
	return badge{a.name, voice.LevelLabel(a.level), a.level}
}

// shield is the endpoint schema of shields.io.
type shield struct {
	Version int    `json:"schemaVersion"`
	Label   string `json:"label"`
	Message string `json:"message"`
	Color   string `json:"color"`
	Cache   int    `json:"cacheSeconds"` // 300 is the least that the service takes
}

func (b badge) json() ([]byte, error) {
	body, err := json.Marshal(shield{1, plain(b.label), b.word, strings.TrimPrefix(templates.Ink(b.level), "#"), 300})
	if err != nil {
		return nil, fmt.Errorf("publish: a badge: %w", err)
	}
	return body, nil
}

// Measures of a badge: its height, the room beside words, and the edge of its icon.
const (
	badgeHigh = 22
	badgePad  = 8
	badgeIcon = 14
)

// svg draws the badge: the name on slate, and beside it the icon and the word of the
// state on its colour. Shape and word tell the state; the colour only repeats it. The
// width of the words is prescribed, so that they fit whatever fonts a reader has.
func (b badge) svg() []byte {
	label := clipped(b.label, badgeLabel)
	labelWide, wordWide := textWidth(label), textWidth(b.word)
	left := labelWide + 2*badgePad
	wide := left + badgePad + badgeIcon + badgePad/2 + wordWide + badgePad
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img" aria-label="%s">`,
		wide, badgeHigh, escaped(b.label+": "+b.word))
	fmt.Fprintf(&out, `<title>%s</title>`, escaped(b.label+": "+b.word))
	fmt.Fprintf(&out, `<path fill="#3a434b" d="M4 0H%dv%dH4a4 4 0 0 1-4-4V4a4 4 0 0 1 4-4z"/>`, left, badgeHigh)
	fmt.Fprintf(&out, `<path fill="%s" d="M%d 0H%da4 4 0 0 1 4 4v%da4 4 0 0 1-4 4H%[2]dz"/>`, templates.Ink(b.level), left, wide-4, badgeHigh-8)
	fmt.Fprintf(&out, `<g transform="translate(%d %d) scale(%.4f)" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round">%s</g>`,
		left+badgePad, (badgeHigh-badgeIcon)/2, badgeIcon/24.0, templates.Shape(b.level))
	fmt.Fprint(&out, `<g fill="#fff" font-family="Helvetica,Arial,sans-serif" font-size="12">`)
	fmt.Fprintf(&out, `<text x="%d" y="15" textLength="%d">%s</text>`, badgePad, labelWide, escaped(label))
	fmt.Fprintf(&out, `<text x="%d" y="15" textLength="%d">%s</text></g></svg>`, wide-badgePad-wordWide, wordWide, escaped(b.word))
	return []byte(out.String())
}

// clipped cuts a text that is too long for its place.
func clipped(s string, most int) string {
	s = strings.Join(strings.Fields(plain(s)), " ")
	if runes := []rune(s); len(runes) > most {
		return strings.TrimSpace(string(runes[:most-1])) + "…"
	}
	return s
}

func escaped(s string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(strings.Join(strings.Fields(plain(s)), " "))) // a builder takes everything
	return out.String()
}

// letterWidth holds the widths of Helvetica's letters, which Arial and its likes share, in
// thousandths of the size.
var letterWidth = sync.OnceValue(func() map[rune]int {
	table := map[rune]int{}
	for width, letters := range map[int]string{
		191: "'", 222: "ijl", 278: " !,./:;ftI[]|", 333: "()-r\"`", 500: "ckJsvxyz", 556: "abdeghnopquL0123456789_–$#?", 584: "+<=>~",
		611: "FTZß", 667: "ABEKPSVXY&", 722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W", 1000: "…", 1015: "@",
	} {
		for _, r := range letters {
			table[r] = width
		}
	}
	return table
})

// textWidth is the width of a text of 12 units, rounded up.
func textWidth(s string) int {
	sum := 0
	for _, r := range s {
		width, ok := letterWidth()[r]
		switch {
		case ok:
		case unicode.Is(unicode.Mn, r):
			width = 0
		case r >= 0x1100:
			width = 1000
		case unicode.IsUpper(r):
			width = 722
		default:
			width = 556
		}
		sum += width
	}
	return (sum*12 + 999) / 1000
}
