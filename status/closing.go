package status

import "time"

// WatchEnds is when the planned time of watching is over; zero while nothing is watched.
func (i *Incident) WatchEnds(p *Page) time.Time {
	if i.Kind != Problem || i.Draft || i.Imported || i.Stage != Monitoring || i.MonitoringAt == nil {
		return time.Time{}
	}
	return p.Promise(i.Priority(p.PriorityMatrix), Monitoring, false, i.StartedAt, *i.MonitoringAt)
}

// WatchOver says whether the problem was watched for as long as planned, so that somebody
// should say that it is resolved, or why not.
func (i *Incident) WatchOver(p *Page, now time.Time) bool {
	end := i.WatchEnds(p)
	return !end.IsZero() && !now.Before(end)
}

// FollowUpBy is the day, in the page's zone, by which a report promised now is usually
// due; "" where the page has no rule for the priority.
func (p *Page) FollowUpBy(prio Priority, now time.Time) string {
	wait := p.Pace(prio).FollowUp
	if wait == (Wait{}) {
		return ""
	}
	if wait.Days > 0 {
		return p.WorkingDay(now, wait.Days)
	}
	return now.In(p.Zone()).Add(time.Duration(wait.Minutes) * time.Minute).Format(time.DateOnly)
}

// WorkingDay is the day, in the page's zone, so many working days from now.
func (p *Page) WorkingDay(now time.Time, days int) string {
	return p.WorkingHours.addDays(now.In(p.Zone()), days).Format(time.DateOnly)
}

// Reopenable says whether a resolved problem can still be opened again; after that the
// same trouble is a new notice.
func (i *Incident) Reopenable(now time.Time) bool {
	if i.Kind != Problem || i.Open() {
		return false
	}
	closed := i.UpdatedAt
	if i.ResolvedAt != nil {
		closed = *i.ResolvedAt
	}
	return now.Sub(closed) <= ReopenWithin
}

// Lingering are the components of a notice that stay impaired although no other open
// notice holds them: once this one is closed, nobody explains why.
func (i *Incident) Lingering(site *Site) []string {
	var ids []string
	for _, id := range i.ComponentIDs {
		if c := site.Find(id); c != nil && c.Level != Operational && !site.Held[id] {
			ids = append(ids, id)
		}
	}
	return ids
}
