package templates

import (
	"io"
	"strings"
	"time"
)

// Group is a run of components under one name. An empty Name means that its
// components stand alone.
type Group struct {
	ID          string
	Name        string
	Description string
	Components  []Component
}

// Component is something customers use.
type Component struct {
	ID          string
	Name        string
	Description string
	Level       string   // operational|degraded_performance|partial_outage|major_outage|under_maintenance
	Days        []string // worst level per day, oldest first; "" means no data
	Uptime      Uptime
}

// Uptime is the figure beside the bar.
type Uptime struct {
	Known   bool
	Percent float64 // rounded down to 0.01 already
	Since   string  // first day with data (2006-01-02) when it is younger than the bar, else ""
}

// Impaired is the number of members that do not work normally.
func (g Group) Impaired() int {
	n := 0
	for _, c := range g.Components {
		if levelKey(c.Level) != "operational" {
			n++
		}
	}
	return n
}

// Worst is the worst level among the members, as a palette word.
func (g Group) Worst() string {
	worst := "operational"
	for _, c := range g.Components {
		if rank(c.Level) > rank(worst) {
			worst = levelKey(c.Level)
		}
	}
	return worst
}

// BadDays counts the days of the bar on which something happened.
func (c Component) BadDays() int {
	n := 0
	for _, d := range c.Days {
		if key := levelKey(d); key != "operational" && key != levelUnknown {
			n++
		}
	}
	return n
}

// ComponentPage shows one component over the last 90 days.
type ComponentPage struct {
	Chrome
	Component Component
	Group     string   // name of its group; may be empty
	Open      []Notice // open notices that name it
	BarDays   int      // length of the bar, 90
	BadDays   []BadDay // newest first, only days on which something happened
	Weights   Weights
}

// BadDay is a row of the component's table.
type BadDay struct {
	Date    string // 2006-01-02
	Level   string
	Minutes int // minutes not working normally
	Notices []Notice
}

// Weights are the shares of lost minutes that count, 0 to 1.
type Weights struct {
	Major    float64
	Partial  float64
	Degraded float64
}

// ComponentPage writes /components/ID.
func (s *Set) ComponentPage(w io.Writer, d ComponentPage) error {
	v := s.Voice(d.Locale, d.Zone)
	title := v.componentTitle(d.Component)
	return v.page(w, "public/component.html", d, head{
		title: title, description: title,
		feed: "/components/" + d.Component.ID, live: true,
	})
}

// Legend lists the marks of the bar.
func (d ComponentPage) Legend() []string { return legend() }

// Width is the width of the bar's drawing.
func (c Component) Width() int { return len(c.Days)*barStep - (barStep - barWide) }

// HistoryPage is the index of months.
type HistoryPage struct {
	Chrome
	Months []Month // newest first
}

// Month counts the notices of a calendar month.
type Month struct {
	Month        string // 2006-01
	Incidents    int
	Maintenances int
}

// HistoryPage writes /history.
func (s *Set) HistoryPage(w io.Writer, d HistoryPage) error {
	v := s.Voice(d.Locale, d.Zone)
	return v.page(w, "public/history.html", d, head{title: v.T("history.title"), feed: "/", live: true})
}

// MonthPage lists the notices of one month.
type MonthPage struct {
	Chrome
	Month    string // 2006-01
	Previous string // older month with notices, or ""
	Next     string // newer month, or ""
	Days     []Day  // newest first, only days with notices
}

// MonthPage writes /history/YYYY-MM.
func (s *Set) MonthPage(w io.Writer, d MonthPage) error {
	v := s.Voice(d.Locale, d.Zone)
	title := v.T("history.month_title", "month", v.Month(d.Month))
	return v.page(w, "public/month.html", d, head{title: title, feed: "/", live: true})
}

// FeedsPage explains feeds and the API.
type FeedsPage struct{ Chrome }

// FeedsPage writes /feeds.
func (s *Set) FeedsPage(w io.Writer, d FeedsPage) error {
	v := s.Voice(d.Locale, d.Zone)
	return v.page(w, "public/feeds.html", d, head{title: v.T("feeds.title"), feed: "/"})
}

// AccessibilityPage is the statement on accessibility.
type AccessibilityPage struct {
	Chrome
	Contact string    // mail address or URL for barriers; may be empty
	Updated time.Time // when the statement was last changed; may be zero
}

// ContactURL is the contact as a link: a mail address becomes mailto.
func (d AccessibilityPage) ContactURL() string {
	if strings.Contains(d.Contact, "@") && !strings.Contains(d.Contact, ":") {
		return "mailto:" + d.Contact
	}
	return d.Contact
}

// AccessibilityPage writes /accessibility.
func (s *Set) AccessibilityPage(w io.Writer, d AccessibilityPage) error {
	v := s.Voice(d.Locale, d.Zone)
	return v.page(w, "public/accessibility.html", d, head{title: v.T("a11y.title"), feed: "/"})
}

// ErrorPage answers what cannot be shown.
type ErrorPage struct {
	Chrome
	Code      int    // HTTP status
	Message   string // one sentence; empty: the catalogue's sentence for the code
	RequestID string // for the server log; may be empty
}

// ErrorPage writes the document of an error.
func (s *Set) ErrorPage(w io.Writer, d ErrorPage) error {
	v := s.Voice(d.Locale, d.Zone)
	d.NoIndex = true
	return v.page(w, "error.html", d, head{title: v.errorTitle(d.Code), feed: "/"})
}
