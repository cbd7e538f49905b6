package publish

import (
	"cmp"
	"slices"
	"time"

	"allclear/status"
	"allclear/templates"
)

// banner gathers the facts behind the first sentence of the page.
func (p pages) banner() templates.Banner {
	v := p.v
	open := bySeverity(v.Unresolved())
	b := templates.Banner{State: string(v.State()), AsOf: v.UpdatedAt(), Maintenance: len(v.Active()) > 0, ElevatedReports: v.MoreReports}
	b.Stale, b.CheckedAt = !v.StaleSince.IsZero(), v.StaleSince
	p.worstNotice(&b, open)
	p.impaired(&b, open)
	p.afterglow(&b)
	for i := range open {
		if t := open[i].NextUpdateAt; t != nil && (b.NextUpdate.IsZero() || t.Before(b.NextUpdate)) {
			b.NextUpdate, b.Overdue = *t, open[i].Overdue(v.At)
		}
	}
	return b
}

// worstNotice counts the open incidents and names the most serious of them; those that
// are only being watched come last.
func (p pages) worstNotice(b *templates.Banner, open []status.Incident) {
	slices.SortStableFunc(open, func(x, y status.Incident) int { return watched(&x) - watched(&y) })
	for i := range open {
		if watched(&open[i]) == 1 {
			b.Watching++
		} else {
			b.Open++
		}
	}
	if len(open) == 0 {
		return
	}
	n := p.notice(&open[0])
	b.Title, b.TitleLang, b.Level = n.Title, n.Lang, n.Level
	if b.Open > 0 && n.TellsWorkaround() {
		b.Way, b.WayLang = n.Workaround, n.Foreign["workaround"]
		b.Way.State = cmp.Or(b.Way.State, "unknown")
	}
}

func watched(n *status.Incident) int {
	if n.Stage == status.Monitoring {
		return 1
	}
	return 0
}

// impaired counts the components that work, and those in trouble that no notice names.
func (p pages) impaired(b *templates.Banner, open []status.Incident) {
	named := map[string]bool{}
	for i := range open {
		for _, id := range open[i].ComponentIDs {
			named[id] = true
		}
	}
	worst := status.UnderMaintenance
	for i := range p.v.Components {
		c := &p.v.Components[i]
		if c.Group {
			continue
		}
		b.Total++
		if c.Level == status.Operational {
			b.Working++
		}
		if c.Level.Rank() <= status.UnderMaintenance.Rank() || named[c.ID] {
			continue
		}
		b.Impaired++
		if c.Level.Rank() > worst.Rank() {
			worst, b.WorstComponent, b.WorstLevel = c.Level, c.Name, string(c.Level)
		}
	}
}

// afterglow names the incident that was resolved within the last hour.
func (p pages) afterglow(b *templates.Banner) {
	for i := range p.v.Incidents {
		n := &p.v.Incidents[i]
		if n.Open() || n.ResolvedAt == nil || n.Backfilled || !n.ResolvedAt.Add(status.AfterglowWindow).After(p.v.At) {
			continue
		}
		if n.ResolvedAt.After(b.ResolvedAt) || b.ResolvedAt.Equal(time.Time{}) {
			shown := p.notice(n)
			b.ResolvedTitle, b.ResolvedLang, b.ResolvedAt = shown.Title, shown.Lang, *n.ResolvedAt
		}
	}
}
