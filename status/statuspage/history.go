package statuspage

import (
	"fmt"
	"html"
	"time"

	"allclear/status"
)

// HistoryMonths is how many months a page of the history holds.
const HistoryMonths = 3

// History is /history.json.
type History struct {
	Months []HistoryMonth `json:"months"`
}

// HistoryMonth is a month with what began in it.
type HistoryMonth struct {
	Name      string            `json:"name"`
	Year      int               `json:"year"`
	StartsOn  int               `json:"starts_on"` // weekday of the 1st, 0 = Sunday
	Days      int               `json:"days"`
	Incidents []HistoryIncident `json:"incidents"`
}

// HistoryIncident is one line of a month.
type HistoryIncident struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Message string `json:"message"` // the newest update
	Impact  string `json:"impact"`
	// Timestamp is HTML: from the first entry to the last.
	Timestamp string `json:"timestamp"`
}

// HistoryMonth is a month with its notices, in the order given.
func (e *Encoder) HistoryMonth(year int, month time.Month, notices []status.Incident) HistoryMonth {
	first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	return HistoryMonth{
		Name: month.String(), Year: year, StartsOn: int(first.Weekday()), Days: first.AddDate(0, 1, -1).Day(),
		Incidents: each(notices, e.line),
	}
}

func (e *Encoder) line(n *status.Incident) HistoryIncident {
	line := HistoryIncident{Code: n.ID, Name: n.Name, Impact: string(n.Impact)}
	from, to := n.StartedAt, n.StartedAt
	if n.Kind == status.Maintenance && n.ScheduledFor != nil && n.ScheduledUntil != nil {
		from, to = *n.ScheduledFor, *n.ScheduledUntil
	} else if n.ResolvedAt != nil {
		to = *n.ResolvedAt
	}
	for i := range n.Updates {
		if !n.Updates[i].Deleted {
			line.Message = n.Updates[i].Body
			break
		}
	}
	line.Timestamp = e.span(from, to)
	return line
}

// span writes "Jun 12, 10:58 - 11:30 EDT" with the marks by which scripts find the parts.
func (e *Encoder) span(from, to time.Time) string {
	a, b := from.In(e.zone), to.In(e.zone)
	text := monthDay(a) + ", " + clock(a)
	switch {
	case b.Format("2006-01-02 15:04") <= a.Format("2006-01-02 15:04"):
	case a.Format(time.DateOnly) == b.Format(time.DateOnly):
		text += " - " + clock(b)
	default:
		text += " - " + monthDay(b) + ", " + clock(b)
	}
	return text + " " + html.EscapeString(b.Format("MST"))
}

func monthDay(t time.Time) string {
	return fmt.Sprintf("%s <var data-var='date'>%2d</var>", t.Format("Jan"), t.Day())
}

func clock(t time.Time) string { return "<var data-var='time'>" + t.Format("15:04") + "</var>" }
