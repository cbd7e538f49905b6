package templates

import (
	"fmt"
	"html/template"
	"io"
	"regexp"
	"sync"

	"allclear/static"
)

// What the site says of itself in other places: calendars, badges, frames and pictures.

// CalendarName is the name of the calendar of maintenance.
func (v *Voice) CalendarName(page string) string { return v.T("calendar.name", "page", page) }

// StateWord names a page state in few words. A page in order claims no more than that
// nothing is known.
func (v *Voice) StateWord(state string) string {
	switch levelKey(state) {
	case "operational":
		return v.T("banner.none")
	case "major":
		return v.T("state.major")
	}
	return v.LevelLabel(state)
}

// Ink is the colour of a level's words on white, the same as in the style sheet. White
// words on it can be read just as well.
func Ink(level string) string {
	switch levelKey(level) {
	case "operational":
		return "#0a6b5a"
	case "degraded":
		return "#7a5600"
	case "partial":
		return "#a04300"
	case "major":
		return "#b3261e"
	case "maintenance":
		return "#3a4fb0"
	}
	return "#5b646d"
}

// Shape is the drawing whose shape carries a level, as SVG of 24 by 24 units.
func Shape(level string) string { return shapes()[iconID(level)] }

// shapes are the drawings of the sprite, read from it once.
var shapes = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	sprite, _ := static.Get("icons/sprite.svg")
	for _, m := range regexp.MustCompile(`<symbol id="([a-z]+)"[^>]*>(.*?)</symbol>`).FindAllStringSubmatch(string(sprite.Body), -1) {
		all[m[1]] = m[2]
	}
	return all
})

// drawn is a symbol for documents that must be one piece.
func drawn(look string) template.HTML {
	return template.HTML(`<svg viewBox="0 0 24 24" aria-hidden="true">` + Shape(look) + `</svg>`) //nolint:gosec // fixed parts only
}

// EmbedPage is what other sites show of this one in a frame.
type EmbedPage struct {
	Chrome
	Banner Banner
}

// frame is the model of frame.html.
type frame struct {
	EmbedPage
	Title     string // content of the title element
	Direction string
	Sheet     string // its style sheet
	Home      string // absolute address of the start page
}

// EmbedPage writes /embed, a small frame.
func (s *Set) EmbedPage(w io.Writer, d EmbedPage) error {
	return s.frame(w, "public/embed.html", "embed.css", d)
}

// EmbedBanner writes /embed/banner, one line in at most 2 KB with its style.
func (s *Set) EmbedBanner(w io.Writer, d EmbedPage) error {
	const longest = 120
	d.Banner.Title, d.Banner.ResolvedTitle = shorten(d.Banner.Title, longest), shorten(d.Banner.ResolvedTitle, longest)
	d.Banner.WorstComponent = shorten(d.Banner.WorstComponent, longest)
	return s.frame(w, "public/strip.html", "strip.css", d)
}

func (s *Set) frame(w io.Writer, file, sheet string, d EmbedPage) error {
	v := s.Voice(d.Locale, d.Zone)
	doc, err := render(func(w io.Writer) error {
		return v.execute(w, file, "frame.html", frame{
			EmbedPage: d, Title: s.DocumentTitle(d.Chrome, v.BannerTitle(d.Banner)), Direction: v.direction(),
			Sheet: static.URL(sheet), Home: v.base + d.Prefix() + "/",
		})
	})
	if err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	_, err = w.Write(squeeze(doc))
	return err
}
