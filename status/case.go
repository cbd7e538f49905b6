package status

import (
	"slices"
	"time"
)

// Case is what figures count of a published problem: little enough to keep many thousands.
type Case struct {
	ID, Name     string
	Category     Category
	Severity     Severity
	Priority     Priority
	ComponentIDs []string

	StartedAt  time.Time
	DetectedAt time.Time // zero: nobody said
	NoticedAt  time.Time // its first public entry; zero when that is not known
	EndedAt    time.Time // of the problem; zero while it is open or when that is not known
	ResolvedAt time.Time // of the notice; zero while it is open

	Promises []Promise
	Updates  []time.Time // its entries while it was open, oldest first

	First, Final int64 // people, by the first estimate and the last one; -1 = unknown
	FollowUpBy   string
	FollowedUp   bool // something was said after the end
}

// CaseOf takes the figures of a published problem. Of an imported notice nobody knows
// when it was detected or told; one that was entered afterwards has no course at all.
func CaseOf(i *Incident, p *Page) Case {
	c := Case{
		ID: i.ID, Name: i.Name, Category: i.Category, Severity: i.Severity, Priority: i.Priority(p.PriorityMatrix),
		ComponentIDs: i.ComponentIDs, StartedAt: i.StartedAt, First: -1, Final: -1,
	}
	if i.ResolvedAt != nil {
		c.ResolvedAt = *i.ResolvedAt
	}
	if i.Backfilled {
		return c
	}
	c.EndedAt = c.ResolvedAt
	if i.Resolution != nil && i.Resolution.EndedAt != nil {
		c.EndedAt = *i.Resolution.EndedAt
	}
	c.Final = People(i.AffectedUsers)
	if !i.Imported {
		c.course(i)
	}
	if r := i.Resolution; r != nil {
		c.FollowUpBy = r.FollowUpBy
	}
	c.FollowedUp = i.Postmortem.PublishedAt != nil || !c.ResolvedAt.IsZero() &&
		slices.ContainsFunc(i.Updates, func(u Update) bool { return !u.Deleted && u.CreatedAt.After(c.ResolvedAt) })
	return c
}

// course takes what was said when.
func (c *Case) course(i *Incident) {
	c.Promises = i.Promises()
	c.DetectedAt = deref(i.DetectedAt)
	for n := len(i.Updates) - 1; n >= 0; n-- {
		u := &i.Updates[n]
		if c.ResolvedAt.IsZero() || !u.CreatedAt.After(c.ResolvedAt) {
			c.Updates = append(c.Updates, u.CreatedAt)
		}
		if u.Facts != nil && c.First < 0 {
			c.First = People(u.Facts.AffectedUsers)
		}
	}
	slices.SortFunc(c.Updates, time.Time.Compare)
	if len(c.Updates) > 0 {
		c.NoticedAt = c.Updates[0]
	}
}

// People is an estimate as one number, the middle of a range; -1 when it says none.
func People(a AffectedUsers) int64 {
	switch {
	case a.Mode == "none":
		return 0
	case a.Mode == "count" || a.Count > 0:
		return a.Count
	case a.High > 0:
		return (a.Low + a.High) / 2
	}
	return -1
}

// Minutes is how long the problem lasted; false while that is not known.
func (c *Case) Minutes() (float64, bool) {
	if c.EndedAt.IsZero() || c.EndedAt.Before(c.StartedAt) {
		return 0, false
	}
	return c.EndedAt.Sub(c.StartedAt).Minutes(), true
}

// Owes says whether a report was promised for a day that has come, and is not there.
func (c *Case) Owes(today string) bool {
	return c.FollowUpBy != "" && !c.FollowedUp && c.FollowUpBy <= today
}
