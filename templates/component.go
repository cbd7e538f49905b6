package templates

import (
	"html"
	"io"
	"strconv"
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
	AllDays   []BadDay // newest first, every day of the bar, without notices
	Weights   Weights
}

// BadDay is a row of the component's table.
type BadDay struct {
	Date    string // 2006-01-02
	Level   string // "" means no data
	Minutes int    // minutes not working normally
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

	Page, Pages int // a month with very many notices has several; 0 and 1 are the first
}

// MonthPath is the path of a page of a month, without language prefix.
func MonthPath(month string, page int) string {
	if page <= 1 {
		return "/history/" + month
	}
	return "/history/" + month + "/" + strconv.Itoa(page)
}

// Newer is the path of the page before this one in the same month, or "".
func (d MonthPage) Newer() string {
	if d.Page <= 1 {
		return ""
	}
	return MonthPath(d.Month, d.Page-1)
}

// Older is the path of the page after this one in the same month, or "".
func (d MonthPage) Older() string {
	if d.Page >= d.Pages {
		return ""
	}
	return MonthPath(d.Month, max(d.Page, 1)+1)
}

// MonthPage writes /history/YYYY-MM, or a further page of it.
func (s *Set) MonthPage(w io.Writer, d MonthPage) error {
	v := s.Voice(d.Locale, d.Zone)
	title := v.T("history.month_title", "month", v.Month(d.Month))
	if d.Page > 1 {
		title = v.T("history.page_title", "title", title, "page", d.Page)
	}
	return v.page(w, "public/month.html", d, head{title: title, feed: "/", live: true})
}

// FeedsPage explains feeds and the API.
type FeedsPage struct{ Chrome }

// BadgeHTML is the badge for a web page; home is the absolute address of the start page in
// the reader's language, as below.
func (d FeedsPage) BadgeHTML(home, alt string) string {
	return `<a href="` + attribute(home) + `"><img src="` + attribute(home) + `badge.svg" alt="` + attribute(alt) + `" height="22"></a>`
}

// BadgeMarkdown is the badge for a readme.
func (d FeedsPage) BadgeMarkdown(home, alt string) string {
	alt = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(alt)
	return "[![" + alt + "](" + home + "badge.svg)](" + home + ")"
}

// EmbedHTML is the small frame for a web page.
func (d FeedsPage) EmbedHTML(home string) string {
	return `<iframe src="` + attribute(home) + `embed" title="` + attribute(d.PageName) + `" width="100%" height="220" style="border:0"></iframe>`
}

// StripHTML is the one line for the top of a web page.
func (d FeedsPage) StripHTML(home string) string {
	return `<iframe src="` + attribute(home) + `embed/banner" title="` + attribute(d.PageName) + `" width="100%" height="56" style="border:0"></iframe>`
}

// attribute escapes a text for a place between quotes.
func attribute(s string) string { return html.EscapeString(s) }

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
	// Arbitration is the address of the body that settles disputes, when the footer has it.
	Arbitration string
}

// ContactURL is the contact as a link: a mail address becomes mailto.
func (d AccessibilityPage) ContactURL() string {
	if strings.Contains(d.Contact, "@") && !strings.Contains(d.Contact, ":") {
		return "mailto:" + d.Contact
	}
	return d.Contact
}

// ContactText is the contact as it is read.
func (d AccessibilityPage) ContactText() string { return strings.TrimPrefix(d.Contact, "mailto:") }

// AccessibilityPage writes /accessibility.
func (s *Set) AccessibilityPage(w io.Writer, d AccessibilityPage) error {
	v := s.Voice(d.Locale, d.Zone)
	for _, l := range d.FooterLinks {
		switch v.slot(l.Title) {
		case "footer.barrier":
			d.Contact = l.URL
		case "footer.arbitration":
			d.Arbitration = l.URL
		}
	}
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
