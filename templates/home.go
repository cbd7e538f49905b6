package templates

import (
	"time"

	"allclear/status"
)

// HomePage is what needs attention now, the most urgent first.
type HomePage struct {
	Office
	Due      []NoticeRow // promises that are broken or fall due within minutes
	Open     []NoticeRow // all other open incidents
	Drafts   []NoticeRow
	Inflows  []InflowRow
	Failing  []FailingRow
	Silenced []SilencedRow
	Troubled []LevelRow
	Tiles    []Tile      // what a new notice may be about, for whoever may write one
	Active   []NoticeRow // maintenance in progress
	Upcoming []WindowRow // maintenance of the next two days
	Later    int         // maintenance planned for later
	Owed     []OwedRow
	Health   *PageHealth // nil: not known here
	Closed   []NoticeRow
}

// Empty says that nothing waits for anybody.
func (p HomePage) Empty() bool {
	return len(p.Due)+len(p.Open)+len(p.Drafts)+len(p.Inflows)+len(p.Failing)+len(p.Silenced)+len(p.Troubled)+
		len(p.Active)+len(p.Upcoming)+len(p.Owed) == 0 && (p.Health == nil || !p.Health.Ill())
}

// InflowRow is a component that customers report.
type InflowRow struct {
	Name string
	Path string // begins a notice about it
	status.Inflow
}

// FailingRow is a notice of whose messages too many failed.
type FailingRow struct {
	Name, Path string
	status.Tally
}

// Share is the failed part.
func (r FailingRow) Share() float64 { return float64(r.Failed) / float64(max(r.Over(), 1)) }

// SilencedRow is a webhook that was switched off.
type SilencedRow struct {
	Endpoint string
	Since    time.Time
}

// WindowRow is a planned maintenance, with who knows of it.
type WindowRow struct {
	NoticeRow
	Announced  bool
	Reminds    bool      // subscribers are to be reminded
	RemindedAt time.Time // zero: not yet
}

// OwedRow is a problem that is over, of which staff still owe something.
type OwedRow struct {
	Name, Path string
	Report     string   // day by which a report was promised; "" when none is owed
	Missing    []string // message keys of the parts that the closing message lacks
}

// PageHealth is how the public page itself does.
type PageHealth struct {
	Revision     int64
	At           time.Time // of the state that the page shows
	ToldAt       time.Time // the last broadcast; zero: none since the start
	Listeners    int
	BuildFailing bool
	DatabaseDown bool
}

// Ill says whether somebody should look after the page.
func (h PageHealth) Ill() bool { return h.BuildFailing || h.DatabaseDown }

func (HomePage) file() string { return "home" }
