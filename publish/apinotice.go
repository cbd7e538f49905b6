package publish

import (
	"fmt"
	"slices"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
)

// promiseData promises the documents about one notice each, and the first page of the
// history. Hundreds of them are never asked for, so they are made on demand.
func (b *Builder) promiseData(v *status.View, s *Snapshot) {
	d := &data{b: b, v: v, e: b.encoder(v), find: finderOf(v), revisions: make(map[string]int64, len(v.Components))}
	for i := range v.Components {
		d.revisions[v.Components[i].ID] = v.Components[i].Revision
	}
	for _, notices := range [][]status.Incident{v.Incidents, v.Maintenances} {
		for i := range notices {
			n := &notices[i]
			key := d.key(n)
			s.promise(longPath(n.ID), key, func() (doc, error) { return d.long(n) })
			s.promise(publicPath(n.ID), key, func() (doc, error) { return d.public(n) })
		}
	}
	if months, whole := d.months(historyMonths(v, 1)); whole {
		s.promise("/history.json", fmt.Sprint(v.Epoch, v.Revision), func() (doc, error) { return d.history(1, months) })
	}
}

func longPath(id string) string   { return "/incidents/" + id + ".json" }
func publicPath(id string) string { return "/api/v3/incidents/" + id + ".json" }

// long is /incidents/ID.json: the notice alone, in the compatible shape.
func (d *data) long(n *status.Incident) (doc, error) {
	body, err := statuspage.JSON(d.e.Long(n))
	return doc{path: longPath(n.ID), contentType: typeJSON, body: body, changed: d.noticeChanged(n).at}, err
}

// public is /api/v3/incidents/ID.json.
func (d *data) public(n *status.Incident) (doc, error) {
	l := d.noticeChanged(n)
	body, err := statuspage.JSON(d.e.Public(n, d.v.At))
	return doc{
		path: publicPath(n.ID), contentType: typeJSON, changed: l.at,
		body: object(field("incident", body), field("revision", number(l.revision))),
	}, err
}

// noticeData makes both documents about a notice that the view does not hold: the
// compatible one and ours.
func (b *Builder) noticeData(v *status.View, n *status.Incident) (long, public doc, err error) {
	d := &data{b: b, v: v, e: b.encoder(v), find: finderOf(v)}
	if long, err = d.long(n); err != nil {
		return long, public, err
	}
	public, err = d.public(n)
	return long, public, err
}

// incidentPage is a further page of /api/v3/incidents.json: the incidents behind a
// cursor. next is the cursor of the page after it, "" on the last.
func (b *Builder) incidentPage(v *status.View, path string, incidents []status.Incident, next string) (doc, error) {
	d := &data{b: b, v: v, e: b.encoder(v), find: finderOf(v)}
	items := make([][]byte, len(incidents))
	for i := range incidents {
		var err error
		if items[i], err = statuspage.JSON(d.e.Public(&incidents[i], v.At)); err != nil {
			return doc{}, fmt.Errorf("publish: encoding notice %s: %w", incidents[i].ID, err)
		}
	}
	cursor := []byte("null")
	if next != "" {
		cursor = quoted(next)
	}
	l := d.noticesChanged(incidents)
	return doc{
		path: path, contentType: typeJSON, changed: l.at,
		body: object(field("incidents", list(items)), field("next_cursor", cursor), field("revision", number(l.revision))),
	}, nil
}

// historyMonth is a month of the history with its notices, newest first.
type historyMonth struct {
	year    int
	month   time.Month
	notices []status.Incident
}

// historyMonths are the months of a page of /history.json: page 1 is the present month
// of the page's zone and the two before it.
func historyMonths(v *status.View, page int) []historyMonth {
	local := v.At.In(v.Page.Zone())
	out := make([]historyMonth, statuspage.HistoryMonths)
	for i := range out {
		back := (page-1)*statuspage.HistoryMonths + i
		first := time.Date(local.Year(), local.Month()-time.Month(back), 1, 0, 0, 0, 0, time.UTC)
		out[i] = historyMonth{year: first.Year(), month: first.Month()}
	}
	return out
}

// months fills months from the view; whole is false when the view does not hold all
// that began in them, and the database must be asked.
func (d *data) months(months []historyMonth) (filled []historyMonth, whole bool) {
	zone := d.v.Page.Zone()
	whole = true
	for i := range months {
		m := &months[i]
		for _, notices := range [][]status.Incident{d.v.Incidents, d.v.Maintenances} {
			for j := range notices {
				if at := began(&notices[j]).In(zone); at.Year() == m.year && at.Month() == m.month {
					m.notices = append(m.notices, notices[j])
				}
			}
		}
		slices.SortStableFunc(m.notices, func(a, b status.Incident) int { return began(&b).Compare(began(&a)) })
		for _, counted := range d.v.Months {
			if counted.Year == m.year && counted.Month == m.month {
				whole = whole && counted.Incidents+counted.Maintenances == len(m.notices)
			}
		}
	}
	return months, whole
}

// history is a page of /history.json.
func (d *data) history(page int, months []historyMonth) (doc, error) {
	path := "/history.json"
	if page > 1 {
		path += fmt.Sprintf("?page=%d", page)
	}
	var shape statuspage.History
	var changed time.Time
	for _, m := range months {
		shape.Months = append(shape.Months, d.e.HistoryMonth(m.year, m.month, m.notices))
		changed = later(changed, d.noticesChanged(m.notices).at)
	}
	if changed.IsZero() {
		changed = d.v.Page.CreatedAt
	}
	body, err := statuspage.JSON(shape)
	return doc{path: path, contentType: typeJSON, body: body, changed: changed}, err
}

// historyPage makes a page of /history.json from the notices of its months, which
// historyMonths names; each month's are newest first.
func (b *Builder) historyPage(v *status.View, page int, months []historyMonth) (doc, error) {
	d := &data{b: b, v: v, e: b.encoder(v), find: finderOf(v)}
	return d.history(page, months)
}
