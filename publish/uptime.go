package publish

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
)

// typeCSV is the type of a table for spreadsheets.
const typeCSV = "text/csv; charset=utf-8"

// uptimeShape is /api/v3/components/ID/uptime.json.
type uptimeShape struct {
	Component uptimeOf             `json:"component"`
	Days      int                  `json:"days"`
	TimeZone  string               `json:"time_zone"`
	RangeFrom string               `json:"range_start"`       // first day, YYYY-MM-DD in the page's zone
	RangeTo   string               `json:"range_end"`         // last day
	Until     statuspage.Stamp     `json:"counted_until"`     // the last day counts up to here
	Since     *string              `json:"since"`             // first day with data when it is younger than the range
	Percent   *float64             `json:"uptime_percentage"` // null when nothing is known
	Weights   status.UptimeWeights `json:"uptime_weights"`
	Minutes   minutesShape         `json:"minutes"`
	History   []dayShape           `json:"history"`
	Revision  int64                `json:"revision"`
}

type uptimeOf struct {
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	GroupID *string `json:"group_id"`
}

// minutesShape says how long a component was at each level; unknown is what is left of
// the time.
type minutesShape struct {
	Operational float64 `json:"operational"`
	Degraded    float64 `json:"degraded_performance"`
	Partial     float64 `json:"partial_outage"`
	Major       float64 `json:"major_outage"`
	Maintenance float64 `json:"under_maintenance"`
	Unknown     float64 `json:"unknown"`
}

// dayShape is a day of the history, oldest first.
type dayShape struct {
	Date      string       `json:"date"`
	Worst     *string      `json:"worst_status"` // null when nothing is known of the day
	Minutes   minutesShape `json:"minutes"`
	Incidents []string     `json:"incidents"` // ids of the notices that touched the component that day
}

func uptimePath(id string) string { return "/api/v3/components/" + id + "/uptime.json" }

// promiseUptime promises each component's uptime as JSON and as a table.
func (b *Builder) promiseUptime(v *status.View, s *Snapshot, bars map[string]*bar) {
	named, e := namedBy(v), b.encoder(v)
	for i := range v.Components {
		c := &v.Components[i]
		if c.Group {
			continue
		}
		u := uptimes{v: v, c: c, bar: bars[c.ID], notices: named[c.ID], e: e}
		key := u.key()
		s.promise(uptimePath(c.ID), key, func() (doc, error) { return u.json(barDays) })
		s.promise("/components/"+c.ID+"/uptime.csv", key, u.csv)
	}
}

// namedBy lists the notices by the components that they name.
func namedBy(v *status.View) map[string][]*status.Incident {
	out := map[string][]*status.Incident{}
	for _, list := range [][]status.Incident{v.Incidents, v.Maintenances} {
		for i := range list {
			for _, id := range list[i].ComponentIDs {
				out[id] = append(out[id], &list[i])
			}
		}
	}
	return out
}

// uptimes makes the documents about one component's last days.
type uptimes struct {
	v       *status.View
	c       *status.Component
	bar     *bar
	notices []*status.Incident // those that name it
	e       *statuspage.Encoder
}

// key changes whenever one of the documents does.
func (u uptimes) key() string {
	var key strings.Builder
	fmt.Fprint(&key, u.v.Page.Version, " ", u.c.Revision, " ", u.bar.key)
	for _, n := range u.notices {
		fmt.Fprint(&key, " ", n.ID, " ", n.Revision)
	}
	return key.String()
}

// uptimeQuery is the document about fewer days than the whole.
var uptimeQuery = regexp.MustCompile(`^/api/v3/components/([A-Za-z0-9_-]{1,64})/uptime\.json\?days=(.*)$`)

// uptimeDays answers for fewer days than the bar shows.
func (b *Builder) uptimeDays(v *status.View, id, number string) (doc, error) {
	c := v.Component(id)
	if c == nil || c.Group {
		return doc{}, nil
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > barDays || strconv.Itoa(n) != number { // one spelling, one document
		return doc{}, status.NewFault(status.CodeMalformed, "days", "The number of days must be a number from 1 to %d.", barDays)
	}
	zone := v.Page.Zone()
	bar := newBar(v, c, zone, status.Midnight(v.At.In(zone), 0))
	u := uptimes{v: v, c: c, bar: bar, notices: namedBy(v)[id], e: b.encoder(v)}
	return u.json(n)
}

// json is the uptime of the last n days.
func (u uptimes) json(n int) (doc, error) {
	d := u.bar.folded()
	list := d.list[len(d.list)-n:]
	out := uptimeShape{
		Component: uptimeOf{ID: u.c.ID, Name: u.c.Name}, Days: n, TimeZone: u.v.Page.TimeZone,
		RangeFrom: list[0].Date, RangeTo: list[len(list)-1].Date, Until: u.e.Stamp(u.bar.until),
		Weights: u.v.Page.UptimeWeights, Revision: u.revision(),
	}
	if u.c.GroupID != "" {
		out.Component.GroupID = &u.c.GroupID
	}
	if percent, known := status.Uptime(list, u.v.Page.UptimeWeights); known {
		out.Percent = &percent
	}
	if first := slices.IndexFunc(list, func(d status.Day) bool { return d.Worst != "" }); first > 0 {
		out.Since = &list[first].Date
	}
	for i := range list {
		day := u.day(&list[i])
		out.Minutes.add(day.Minutes)
		out.History = append(out.History, day)
	}
	path := uptimePath(u.c.ID)
	if n != barDays {
		path += fmt.Sprintf("?days=%d", n)
	}
	body, err := statuspage.JSON(out)
	return doc{path: path, contentType: typeJSON, body: body, changed: u.changed()}, err
}

// revision is the one at which the component, a notice that names it or the settings
// last changed; while the component is impaired, every minute is a change.
func (u uptimes) revision() int64 {
	if u.bar.until.Equal(u.v.At) {
		return u.v.Revision
	}
	r := max(u.c.Revision, u.v.Page.Revision)
	for _, n := range u.notices {
		r = max(r, n.Revision)
	}
	return r
}

// changed is the moment of the last change: with the day at the latest.
func (u uptimes) changed() time.Time {
	at := later(u.bar.until, u.c.UpdatedAt)
	for _, n := range u.notices {
		at = later(at, n.UpdatedAt)
	}
	return at
}

func (u uptimes) day(d *status.Day) dayShape {
	out := dayShape{Date: d.Date, Minutes: u.minutes(d), Incidents: u.touching(d.Date)}
	if d.Worst != "" {
		worst := string(d.Worst)
		out.Worst = &worst
	}
	return out
}

// minutes rounds to hundredths, of which no reader needs more.
func (u uptimes) minutes(d *status.Day) minutesShape {
	m := func(l status.Level) float64 { return hundredth(d.Minutes[l]) }
	known := 0.0
	for _, n := range d.Minutes {
		known += n
	}
	return minutesShape{
		Operational: m(status.Operational), Degraded: m(status.DegradedPerformance), Partial: m(status.PartialOutage),
		Major: m(status.MajorOutage), Maintenance: m(status.UnderMaintenance), Unknown: hundredth(max(0, u.length(d.Date)-known)),
	}
}

func hundredth(n float64) float64 { return math.Round(n*100) / 100 }

// length is how many minutes of a day have counted so far: a day has 23 or 25 hours at
// changes of clock.
func (u uptimes) length(date string) float64 {
	from, to := u.bounds(date)
	if to.After(u.bar.until) {
		to = u.bar.until
	}
	return max(0, to.Sub(from).Minutes())
}

func (u uptimes) bounds(date string) (from, to time.Time) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return from, to
	}
	noon := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, u.bar.zone)
	return status.Midnight(noon, 0), status.Midnight(noon, 1)
}

func (u uptimes) touching(date string) []string {
	from, to := u.bounds(date)
	out := []string{}
	for _, n := range u.notices {
		if touches(n, from, to) {
			out = append(out, n.ID)
		}
	}
	return out
}

func (m *minutesShape) add(d minutesShape) {
	for _, s := range []struct {
		to   *float64
		more float64
	}{
		{&m.Operational, d.Operational}, {&m.Degraded, d.Degraded}, {&m.Partial, d.Partial},
		{&m.Major, d.Major}, {&m.Maintenance, d.Maintenance}, {&m.Unknown, d.Unknown},
	} {
		*s.to = hundredth(*s.to + s.more)
	}
}

// csv is the whole range as a table, newest day first as on the page.
func (u uptimes) csv() (doc, error) {
	var body bytes.Buffer
	w := csv.NewWriter(&body)
	rows := [][]string{{
		"date", "worst_status", "operational_minutes", "degraded_performance_minutes", "partial_outage_minutes",
		"major_outage_minutes", "under_maintenance_minutes", "unknown_minutes",
	}}
	for _, d := range slices.Backward(u.bar.folded().list) {
		m := u.minutes(&d)
		row := []string{d.Date, string(d.Worst)}
		for _, n := range []float64{m.Operational, m.Degraded, m.Partial, m.Major, m.Maintenance, m.Unknown} {
			row = append(row, strconv.FormatFloat(n, 'f', -1, 64))
		}
		rows = append(rows, row)
	}
	if err := w.WriteAll(rows); err != nil {
		return doc{}, fmt.Errorf("publish: writing the table of %s: %w", u.c.ID, err)
	}
	return doc{path: "/components/" + u.c.ID + "/uptime.csv", contentType: typeCSV, body: body.Bytes(), changed: u.changed()}, nil
}
