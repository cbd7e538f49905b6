package publish

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"allclear/status"
	"allclear/templates"
)

// notices promises the page of every notice that the view holds.
func (p pages) notices(s *Snapshot) {
	for _, list := range [][]status.Incident{p.v.Incidents, p.v.Maintenances} {
		for i := range list {
			n := &list[i]
			s.promise(p.path(noticePath(n)), p.noticeKey(n), func() (doc, error) { return p.noticePage(n) })
		}
	}
}

// noticeKey changes whenever the notice's page does.
func (p pages) noticeKey(n *status.Incident) string {
	var key strings.Builder
	fmt.Fprint(&key, p.v.Page.Version, n.Revision, n.Overdue(p.v.At))
	for _, id := range n.ComponentIDs {
		if c := p.find(id); c != nil {
			fmt.Fprint(&key, " ", id, c.Revision)
		}
	}
	return key.String()
}

func noticePath(n *status.Incident) string {
	if n.Kind == status.Maintenance {
		return "/maintenances/" + n.ID
	}
	return "/incidents/" + n.ID
}

// noticePage shows the notice's own state in the icon, not the page's.
func (p pages) noticePage(n *status.Incident) (doc, error) {
	d := templates.NoticePage{Chrome: p.chrome(noticePath(n)), Notice: p.notice(n)}
	d.State = d.Notice.Level
	changed := n.UpdatedAt
	if n.Overdue(p.v.At) {
		changed = *n.NextUpdateAt
	}
	return rendered(p.path(noticePath(n)), d, changed, p.b.Pages.NoticePage)
}

// components promises the page of every component: its bar and the days that were not good.
func (p pages) components(s *Snapshot) {
	named := map[string][]*status.Incident{}
	for _, list := range [][]status.Incident{p.v.Incidents, p.v.Maintenances} {
		for i := range list {
			for _, id := range list[i].ComponentIDs {
				named[id] = append(named[id], &list[i])
			}
		}
	}
	for i := range p.v.Components {
		c := &p.v.Components[i]
		if !c.Group {
			s.promise(p.path("/components/"+c.ID), p.componentKey(c, named[c.ID]), func() (doc, error) { return p.componentPage(c) })
		}
	}
}

// componentKey changes whenever the component's page does: with the day, the component,
// its bar, or a notice that names it.
func (p pages) componentKey(c *status.Component, named []*status.Incident) string {
	var key strings.Builder
	fmt.Fprint(&key, p.v.Page.Version, c.Revision, " ", p.bars[c.ID].key)
	if g := p.find(c.GroupID); g != nil {
		key.WriteString(g.Name)
	}
	for _, n := range named {
		fmt.Fprint(&key, " ", n.ID, p.noticeKey(n))
	}
	return key.String()
}

func (p pages) componentPage(c *status.Component) (doc, error) {
	d := templates.ComponentPage{
		Chrome: p.chrome("/components/" + c.ID), Component: templates.ComponentOf(c),
		BarDays: barDays, BadDays: p.badDays(c.ID), AllDays: p.allDays(c.ID),
		Weights: templates.Weights{Major: p.v.Page.UptimeWeights.Major, Partial: p.v.Page.UptimeWeights.Partial, Degraded: p.v.Page.UptimeWeights.Degraded},
	}
	d.State = string(status.StateOf(c.Level))
	if g := p.find(c.GroupID); g != nil {
		d.Group = g.Name
	}
	p.dress(&d.Component)
	for _, n := range p.v.Open() {
		if slices.Contains(n.ComponentIDs, c.ID) {
			d.Open = append(d.Open, p.notice(&n))
		}
	}
	return rendered(p.path("/components/"+c.ID), d, p.bars[c.ID].until, p.b.Pages.ComponentPage)
}

func (p pages) badDays(id string) []templates.BadDay {
	var out []templates.BadDay
	for _, d := range slices.Backward(p.bars[id].folded().list) {
		if d.Worst != "" && d.Worst != status.Operational {
			day := dayRow(&d)
			day.Notices = p.noticesOn(id, d.Date)
			out = append(out, day)
		}
	}
	return out
}

// allDays is every day of the bar, for those who want the whole in words.
func (p pages) allDays(id string) []templates.BadDay {
	var out []templates.BadDay
	for _, d := range slices.Backward(p.bars[id].folded().list) {
		out = append(out, dayRow(&d))
	}
	return out
}

func dayRow(d *status.Day) templates.BadDay {
	lost := 0.0
	for l, m := range d.Minutes {
		if l != status.Operational {
			lost += m
		}
	}
	return templates.BadDay{Date: d.Date, Level: string(d.Worst), Minutes: int(lost)}
}

// noticesOn lists the notices that named a component on a day.
func (p pages) noticesOn(id, date string) []templates.Notice {
	from, err := time.ParseInLocation(time.DateOnly, date, p.v.Page.Zone())
	if err != nil {
		return nil
	}
	var out []templates.Notice
	for _, list := range [][]status.Incident{p.v.Incidents, p.v.Maintenances} {
		for i := range list {
			if n := &list[i]; slices.Contains(n.ComponentIDs, id) && touches(n, from, from.AddDate(0, 0, 1)) {
				out = append(out, p.notice(n))
			}
		}
	}
	return out
}

// monthNotices is how many notices a page of the history shows at most.
const monthNotices = 100

// monthPage makes a page of a month in a language from the month's notices; no document
// when there is no such page.
func (b *Builder) monthPage(v *status.View, locale, month string, page int, notices []status.Incident) (doc, error) {
	pages := max(1, (len(notices)+monthNotices-1)/monthNotices)
	if page > pages {
		return doc{}, nil
	}
	notices = notices[(page-1)*monthNotices : min(page*monthNotices, len(notices))]
	p := newPages(b, v, locale)
	path := templates.MonthPath(month, page)
	d := templates.MonthPage{Chrome: p.chrome(path), Month: month, Page: page, Pages: pages}
	for i, m := range v.Months { // newest first
		if monthKey(m) != month {
			continue
		}
		if i > 0 {
			d.Next = monthKey(v.Months[i-1])
		}
		if i+1 < len(v.Months) {
			d.Previous = monthKey(v.Months[i+1])
		}
	}
	zone := v.Page.Zone()
	for i := range notices {
		date := began(&notices[i]).In(zone).Format(time.DateOnly)
		if len(d.Days) == 0 || d.Days[len(d.Days)-1].Date != date {
			d.Days = append(d.Days, templates.Day{Date: date})
		}
		day := &d.Days[len(d.Days)-1]
		day.Notices = append(day.Notices, p.notice(&notices[i]))
	}
	return rendered(p.path(path), d, v.At, b.Pages.MonthPage)
}

// began is the time by which a notice is filed in the history.
func began(n *status.Incident) time.Time {
	if n.Kind == status.Maintenance && n.ScheduledFor != nil {
		return *n.ScheduledFor
	}
	return n.CreatedAt
}
