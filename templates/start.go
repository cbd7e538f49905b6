package templates

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"time"
)

// StartPage is the page that answers the five questions of a customer.
type StartPage struct {
	Chrome
	Banner            Banner
	Incidents         []Notice // open, most severe first, then newest
	ActiveMaintenance []Notice
	Soon              []Notice // scheduled, starting within 24 hours: shown above the components
	Groups            []Group  // in order of display
	Scheduled         []Notice // scheduled, later than 24 hours and within 14 days
	Recent            []Day    // the last 7 days, newest first, empty ones included
	BarDays           int      // days in the uptime bars, 90

	// Ready are the groups in their order, from Set.Group. When empty, the section of the
	// components renders them itself.
	Ready []Piece

	// Sections are the rendered parts, from Set.Sections. When nil, StartPage
	// renders them itself.
	Sections []Section
}

// Section is one part of a page that can be swapped alone.
type Section struct {
	ID   string
	Hash string        // Hash(HTML)
	HTML template.HTML // inner HTML of the section element
}

// NewSection is a part that Set.Section wrote.
func NewSection(id string, inner []byte) Section {
	return Section{ID: id, Hash: Hash(inner), HTML: template.HTML(inner)} //nolint:gosec // made by html/template just now
}

// Banner holds the facts behind the first sentence of the page.
type Banner struct {
	State string // page state

	Open      int    // open incidents that are not in monitoring
	Watching  int    // open incidents in monitoring
	Title     string // title of the most serious of them (of Open when there is one, else of Watching)
	TitleLang string // language of Title when it is not the page's
	Level     string // that incident's own level: degraded|partial|major

	Impaired       int    // impaired components that no open notice names
	WorstComponent string // the worst of them
	WorstLevel     string // its component level

	Maintenance bool // a maintenance is in progress

	ResolvedTitle string    // the newest incident that was resolved less than 60 minutes ago
	ResolvedLang  string    // language of that title when it is not the page's
	ResolvedAt    time.Time // when; zero: none

	ElevatedReports bool // customers report more problems than usual

	Working, Total int       // components that work normally, of all
	AsOf           time.Time // newest change or confirmation; zero: not said

	Stale     bool // the database has been unreachable for 5 minutes
	CheckedAt time.Time

	NextUpdate time.Time // earliest promise of the open incidents
	Overdue    bool      // it has passed

	// Way is what customers can do about the most serious open incident, WayLang its
	// language when it is not the page's; zero: nothing to say.
	Way     Workaround
	WayLang string
}

// Day is a calendar day with the notices that touched it.
type Day struct {
	Date    string // 2006-01-02 in the page's zone
	Notices []Notice
}

// StartSections are the ids of the start page's sections, in their order.
func StartSections() []string {
	return []string{"banner", "incidents", "active-maintenance", "soon", "components", "scheduled", "recent"}
}

// Hash is the short fingerprint that data-h and the live stream carry.
func Hash(html []byte) string {
	sum := sha256.Sum256(html)
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}

// Section writes the inner HTML of one section of the start page.
func (s *Set) Section(w io.Writer, id string, d StartPage) error {
	if slices.Contains(StartSections(), id) {
		return s.Voice(d.Locale, d.Zone).section(w, "public/start.html", id, d)
	}
	return fmt.Errorf("templates: the start page has no section %q", id)
}

// Piece is a rendered part of a section.
type Piece = template.HTML

// Group renders one group of the components section, for those who keep it.
func (s *Set) Group(d StartPage, g Group) (Piece, error) {
	inner, err := render(func(w io.Writer) error {
		return s.Voice(d.Locale, d.Zone).section(w, "public/start.html", "group", map[string]any{"G": g, "D": d})
	})
	return Piece(inner), err
}

// Sections renders and hashes all sections of the start page.
func (s *Set) Sections(d StartPage) ([]Section, error) {
	return s.Voice(d.Locale, d.Zone).sections("public/start.html", d)
}

// StartPage writes the document of "/".
func (s *Set) StartPage(w io.Writer, d StartPage) error {
	v := s.Voice(d.Locale, d.Zone)
	if d.Sections == nil {
		sections, err := s.Sections(d)
		if err != nil {
			return err
		}
		d.Sections = sections
	}
	return v.compose(w, d.Chrome, d.Sections, head{
		title:       v.BannerTitle(d.Banner),
		description: v.bannerDescription(d.Banner),
		feed:        "/",
		linked:      v.linkedPage(d.Chrome, v.BannerTitle(d.Banner), time.Time{}, d.Banner.AsOf),
		live:        true,
		start:       true,
	})
}

// DocumentTitle is the content of the title element for a page whose own title
// is given: the live stream of the start page sends it.
func (s *Set) DocumentTitle(c Chrome, title string) string {
	return s.Voice(c.Locale, c.Zone).T("layout.title", "title", title, "page", c.PageName)
}

// TroubleOpen tells whether some incident is open, which folds healthy groups.
func (d StartPage) TroubleOpen() bool { return len(d.Incidents) > 0 }

// ComponentCount is the number of components on the page.
func (d StartPage) ComponentCount() int {
	n := 0
	for _, g := range d.Groups {
		n += len(g.Components)
	}
	return n
}

// Bars tells whether the start page draws uptime bars: with very many
// components they would outweigh everything else.
func (d StartPage) Bars() bool { return d.ComponentCount() <= 100 }

// GroupOpen tells whether a group shows its members at first.
func (d StartPage) GroupOpen(g Group) bool {
	if g.Impaired() > 0 {
		return true
	}
	return !d.TroubleOpen() && d.ComponentCount() <= 30
}

// Legend lists the marks that the component list can show.
func (d StartPage) Legend() []string { return legend() }

// Promise is the message that tells of NextUpdate.
func (b Banner) Promise() string { return promiseKey(b.Overdue) }

func promiseKey(overdue bool) string {
	if overdue {
		return "promise.late"
	}
	return "promise.description"
}

// Calm tells whether nothing is known to be wrong: then readers for whom something is are
// asked to say so.
func (b Banner) Calm() bool { return b.Open+b.Watching+b.Impaired == 0 && !b.Stale }

// Look is the word of the palette in which the banner is drawn.
func (b Banner) Look() string {
	if b.Stale || b.wonders() {
		return levelUnknown
	}
	return levelKey(b.State)
}

// wonders tells whether the many reports are all there is to say: a green mark would
// contradict them.
func (b Banner) wonders() bool {
	return b.ElevatedReports && b.Calm() && !b.Maintenance && b.ResolvedTitle == ""
}

func render(f func(io.Writer) error) ([]byte, error) {
	var buf bytes.Buffer
	err := f(&buf)
	return buf.Bytes(), err
}
