package templates

import (
	"fmt"
	"html/template"
	"io"
	"regexp"
	"time"

	"allclear/status"
)

// Tile is a component to tap.
type Tile struct {
	ID, Name string
	Group    string // name of its group; empty when it stands alone
	Level    status.Level
	Reports  int // of customers, lately
}

// Troubled says whether the component does not work normally.
func (t Tile) Troubled() bool { return t.Level != status.Operational }

// searchFrom is how many tiles fit on a screen without a field to find one.
const searchFrom = 13

// TilesPage asks the two questions that a first notice follows from: what is affected,
// and what do customers notice.
type TilesPage struct {
	Office
	Form  *Form
	Tiles []Tile // the most troubled first
	Full  string // address of the form with all fields
	// Templates may be begun with, Unfinished are new notices that were begun before.
	Templates  []TemplateRow
	Unfinished []Unfinished
}

// Symptoms are the answers to the second question.
func (TilesPage) Symptoms() []string { return symptoms() }

func symptoms() []string {
	var words []string
	for _, s := range status.Symptoms() {
		words = append(words, string(s))
	}
	return words
}

// Searchable says whether there are so many tiles that a field helps to find one.
func (p TilesPage) Searchable() bool { return len(p.Tiles) >= searchFrom }

// ReviewPage shows a first notice before it is published, each part to be changed in
// its place.
type ReviewPage struct {
	Office
	choosable
	Tongues
	Form     *Form
	Rows     []LevelRow  // the components that were tapped
	Again    string      // address of the two questions with their answers
	Twins    []NoticeRow // open notices about the same
	Previews []Preview   // by language; none while something is wrong
	Audience Audience
	Severity status.Severity // as the form stands
	Priority status.Priority
	Usual    time.Time // next update by the cadence
	Uses     []Use     // what the numbers of users suggest; none when they are unknown
	Hook     string    // body of the webhooks
	Second   Second
	Gaps     []Slot
}

// Told is how many subscribers would be told.
func (p ReviewPage) Told() int { return p.Audience.Told() }

// manyPeople is from when on a minor notice asks for a second thought.
const manyPeople = 500

// Loud says that a minor notice is about to be sent to many people.
func (p ReviewPage) Loud() bool { return p.Severity == status.Minor && p.Told() >= manyPeople }

// Preview is a notice in one language as its readers will get it.
type Preview struct {
	Locale  string
	Card    template.HTML // of the public page
	Subject string        // of the mail
	Mail    string        // its text
	Letter  string        // its HTML, a document of its own whose links lead nowhere
	Item    string        // of the RSS feed
}

// anchors are links of a card: in a preview they would lead to a notice that is not there.
var anchors = regexp.MustCompile(`<a href="[^"]*"`)

// Preview draws a notice with the templates that will publish it. find looks up a
// component as the notice leaves it.
func (s *Set) Preview(n *status.Incident, page *status.Page, locale string, find func(id string) *status.Component, now time.Time) (Preview, error) {
	notice := NoticeOf(n, page, locale, find, now)
	letter := Letter{
		Locale: locale, DefaultLocale: page.DefaultLocale, Zone: page.TimeZone, PageName: page.Name, Organisation: page.Organization,
		ManageURL: s.base + "/subscriptions/…", UnsubscribeURL: s.base + "/subscriptions/…",
	}
	mail, err := s.NoticeMail(NoticeMail{Letter: letter, Notice: notice, Event: EventCreated})
	if err != nil {
		return Preview{}, err
	}
	card, err := s.previewCard(notice, page, locale)
	return Preview{Locale: locale, Card: card, Subject: mail.Subject, Mail: mail.Text, Letter: anchors.ReplaceAllString(mail.HTML, "<a")}, err
}

// PreviewCard draws a notice as it stands on the page, and nothing else.
func (s *Set) PreviewCard(n *status.Incident, page *status.Page, locale string, find func(id string) *status.Component, now time.Time) (Preview, error) {
	card, err := s.previewCard(NoticeOf(n, page, locale, find, now), page, locale)
	return Preview{Locale: locale, Card: card}, err
}

func (s *Set) previewCard(notice Notice, page *status.Page, locale string) (template.HTML, error) {
	notice.ID += "-" + locale // the languages stand on one page
	for i := range notice.Updates {
		notice.Updates[i].ID = ""
	}
	chrome := Chrome{Locale: locale, DefaultLocale: page.DefaultLocale, Zone: page.TimeZone}
	card, err := render(func(w io.Writer) error {
		return s.Voice(locale, page.TimeZone).execute(w, "public/start.html", "card", map[string]any{"N": notice, "C": chrome, "Short": true})
	})
	if err != nil {
		return "", fmt.Errorf("templates: %w", err)
	}
	return template.HTML(anchors.ReplaceAll(squeeze(card), []byte("<a"))), nil //nolint:gosec // a template made it
}

func (TilesPage) file() string  { return "tiles" }
func (ReviewPage) file() string { return "review" }
