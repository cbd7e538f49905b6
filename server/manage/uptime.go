package manage

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
)

// uptimeDays is how far back uptime is answered: as far as every component's history
// is kept for certain.
const uptimeDays = 90

// uptimeShape is the uptime of a component or a group over whole days of the page's zone.
type uptimeShape struct {
	RangeStart       statuspage.Stamp `json:"range_start"`
	RangeEnd         statuspage.Stamp `json:"range_end"`
	UptimePercentage *float64         `json:"uptime_percentage"` // null when nothing is known
	MajorOutage      int64            `json:"major_outage"`      // seconds
	PartialOutage    int64            `json:"partial_outage"`    // seconds
	Warnings         *string          `json:"warnings"`
	ID               string           `json:"id"`
	Name             string           `json:"name"`
	RelatedEvents    any              `json:"related_events"`
}

type eventShape struct {
	ID string `json:"id"`
}

type memberEvents struct {
	ComponentID string       `json:"component_id"`
	Incidents   []eventShape `json:"incidents"`
}

// span is the time that uptime is asked for.
type span struct {
	from, to time.Time
	days     int
	warnings []string
}

// span reads start and end. Both are moved into what is kept, with a warning for each.
func (x *call) span() (span, error) {
	start, err := x.moment("start")
	if err != nil {
		return span{}, err
	}
	end, err := x.moment("end")
	if err != nil {
		return span{}, err
	}
	zone := x.site.Page.Zone()
	today := status.Midnight(x.now.In(zone), 0)
	s := span{from: status.Midnight(today, -uptimeDays+1), to: x.now}
	if end != nil {
		if day := status.Midnight(end.In(zone), 0); day.After(today) {
			s.warnings = append(s.warnings, "End date was adjusted to today. See range_end field in response for end date used.")
		} else if day.Before(today) {
			s.to = status.Midnight(day, 1)
		}
	}
	if start != nil {
		if day := status.Midnight(start.In(zone), 0); day.Before(s.from) {
			s.warnings = append(s.warnings, fmt.Sprintf("Start date was adjusted: history of %d days is available. See range_start field in response for start date used.", uptimeDays))
		} else {
			s.from = day
		}
	}
	if !s.to.After(s.from) {
		return span{}, status.Invalid("end", "The end of the period must lie after its start, within the last %d days.", uptimeDays)
	}
	for day := s.from; day.Before(s.to); day = status.Midnight(day, 1) {
		s.days++
	}
	return s, nil
}

// of folds the histories of components into the uptime of the whole.
func (s span) of(v *status.View, page *status.Page, ids ...string) (out uptimeShape) {
	var days []status.Day
	// The last moment still belongs to the last day; the next midnight would be a new one.
	last := s.to.Add(-time.Nanosecond)
	for _, id := range ids {
		days = append(days, status.Days(v.History[id], page.Zone(), last, s.days)...)
	}
	var major, partial float64
	for _, d := range days {
		major += d.Minutes[status.MajorOutage]
		partial += d.Minutes[status.PartialOutage]
	}
	out.MajorOutage, out.PartialOutage = int64(major*60+0.5), int64(partial*60+0.5)
	if percent, known := status.Uptime(days, page.UptimeWeights); known {
		out.UptimePercentage = &percent
	}
	if len(s.warnings) > 0 {
		all := strings.Join(s.warnings, " ")
		out.Warnings = &all
	}
	return out
}

// events are the notices that named a component within the span.
func (s span) events(notices []status.Incident, id string) []eventShape {
	out := []eventShape{}
	for i := range notices {
		n := &notices[i]
		ended := n.ResolvedAt != nil && n.ResolvedAt.Before(s.from)
		if slices.Contains(n.ComponentIDs, id) && n.StartedAt.Before(s.to) && !ended {
			out = append(out, eventShape{n.ID})
		}
	}
	return out
}

// notices are those of the view, which holds everything open, and all that began in the
// months of the span.
func (x *call) notices(v *status.View, s span) ([]status.Incident, error) {
	list, seen := slices.Concat(v.Incidents, v.Maintenances), map[string]bool{}
	first := time.Date(s.from.Year(), s.from.Month(), 1, 0, 0, 0, 0, s.from.Location())
	for month := first; month.Before(s.to); month = month.AddDate(0, 1, 0) {
		more, err := x.desk.Store.PublicMonth(x.ctx(), month.Format("2006-01"))
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return slices.DeleteFunc(list, func(n status.Incident) bool {
		again := seen[n.ID]
		seen[n.ID] = true
		return again
	}), nil
}

// uptime answers for the components that belong to the object.
func (x *call) uptime(object *status.Component, members []string, related func([]status.Incident, span) any) error {
	period, err := x.span()
	if err != nil {
		return err
	}
	v, err := x.desk.Store.Public(x.ctx(), 0)
	if err != nil {
		return err
	}
	notices, err := x.notices(&v, period)
	if err != nil {
		return err
	}
	s := x.shaper(&x.site)
	out := period.of(&v, &x.site.Page, members...)
	out.ID, out.Name = object.ID, object.Name
	out.RangeStart, out.RangeEnd = s.Stamp(period.from), s.Stamp(period.to)
	out.RelatedEvents = related(notices, period)
	return x.json(http.StatusOK, out)
}

func componentUptime(x *call) error {
	id, err := x.id("component")
	if err != nil {
		return err
	}
	c := x.site.Find(id)
	if c == nil || c.Group {
		return status.NotFound("component", id)
	}
	return x.uptime(c, []string{id}, func(list []status.Incident, s span) any { return s.events(list, id) })
}

func groupUptime(x *call) error {
	id, err := x.id("component group")
	if err != nil {
		return err
	}
	g, err := groupIn(&x.site, id)
	if err != nil {
		return err
	}
	members := status.ChildIDs(x.site.Components, id)
	return x.uptime(g, members, func(list []status.Incident, s span) any {
		out := []memberEvents{}
		for _, id := range members {
			out = append(out, memberEvents{id, s.events(list, id)})
		}
		return out
	})
}
