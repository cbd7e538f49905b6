package status

import (
	"slices"
	"time"
)

// Import is what was read from another page. Parts that the source did not hold are nil.
type Import struct {
	Page       *Page
	Components []Component
	Incidents  []Incident
}

// Plan says what an import will do, or did.
type Plan struct {
	TakesPage         bool // id, name and zone of the page are taken over
	PageChanged       bool
	ComponentsAdded   int
	ComponentsChanged int
	ComponentsSame    int
	IncidentsAdded    int
	IncidentsChanged  int
	IncidentsSame     int
	UpdatesAdded      int
	// Kept counts objects of the source that are our own here, or newer here.
	Kept int
}

// Nothing says whether the import changes nothing.
func (p Plan) Nothing() bool {
	return !p.PageChanged && p.ComponentsAdded+p.ComponentsChanged+p.IncidentsAdded+p.IncidentsChanged == 0
}

// Verdict is what becomes of one object of an import.
type Verdict int

// The verdicts. Kept: ours stays, because it is our own or newer.
const (
	Same Verdict = iota
	Added
	Changed
	Kept
)

// CountComponent notes a verdict on a component.
func (p *Plan) CountComponent(v Verdict) {
	p.count(v, &p.ComponentsSame, &p.ComponentsAdded, &p.ComponentsChanged)
}

// CountIncident notes a verdict on a notice.
func (p *Plan) CountIncident(v Verdict) {
	p.count(v, &p.IncidentsSame, &p.IncidentsAdded, &p.IncidentsChanged)
}

func (p *Plan) count(v Verdict, same, added, changed *int) {
	*[]*int{same, added, changed, &p.Kept}[v]++
}

// MergePage decides what becomes of the page's identity. The times are compared, not
// the zone they were written in.
func MergePage(have Page, in *Page) (Page, bool) {
	if in == nil {
		return have, false
	}
	out := have
	if !have.Own {
		out.ID = in.ID
		out.Name = or(in.Name, have.Name) // objects alone tell the page's id only
		if have.Organization == have.Name {
			out.Organization = out.Name
		}
		if in.TimeZone != "" {
			out.TimeZone = in.TimeZone
		}
		if in.UpdatedAt.After(have.UpdatedAt) || have.ID != in.ID && !in.UpdatedAt.IsZero() {
			out.UpdatedAt = in.UpdatedAt
		}
	} else if have.ID == in.ID && in.UpdatedAt.After(have.UpdatedAt) {
		out.UpdatedAt = in.UpdatedAt
	}
	changed := out.ID != have.ID || out.Name != have.Name || out.TimeZone != have.TimeZone ||
		out.Organization != have.Organization || !out.UpdatedAt.Equal(have.UpdatedAt)
	return out, changed
}

// MergeComponent decides between what we have and what the source says: the newer
// updated_at wins; our own settings (audience, criticality) and our place among ties stay.
func MergeComponent(have *Component, in Component) (Component, Verdict) {
	if have == nil {
		return in, Added
	}
	if in.UpdatedAt.Before(have.UpdatedAt) {
		return *have, Kept
	}
	in.PageID, in.Order, in.Version, in.Revision = have.PageID, have.Order, have.Version, have.Revision
	in.Audience, in.Criticality = have.Audience, have.Criticality
	if sameComponent(have, &in) {
		return *have, Same
	}
	return in, Changed
}

func sameComponent(a, b *Component) bool {
	return a.Name == b.Name && a.Level == b.Level && a.GroupID == b.GroupID && a.Group == b.Group &&
		a.Position == b.Position && a.Showcase == b.Showcase && a.StartDate == b.StartDate &&
		a.OnlyShowIfDegraded == b.OnlyShowIfDegraded && a.UpdatedAt.Equal(b.UpdatedAt) && a.CreatedAt.Equal(b.CreatedAt) &&
		deref(a.Description) == deref(b.Description) && (a.Description == nil) == (b.Description == nil)
}

// MergeIncident decides between the notice we have and the source's. A notice of our
// own, or one that staff have worked on here, is kept. Otherwise the newer updated_at
// wins. feed says whether a notice was read from a feed, which knows less: a document
// wins over it when both are equally new, and takes over what only the feed knows yet.
func MergeIncident(have *Incident, in Incident, feed func(*Incident) bool) (Incident, Verdict) {
	if have == nil {
		return in, Added
	}
	if !have.Imported || have.Sequence > 0 {
		return *have, Kept
	}
	in.PageID, in.Order, in.Version, in.Revision = have.PageID, have.Order, have.Version, have.Revision
	order := in.UpdatedAt.Compare(have.UpdatedAt)
	switch poor, poorer := feed(have), feed(&in); {
	case poorer && !poor && order > 0:
		return absorb(*have, &in), Changed
	case poor && !poorer && order < 0:
		return absorb(in, have), Changed
	case order < 0:
		return *have, Kept
	case order == 0 && (poorer || sameNotice(have, &in)):
		return *have, Same
	}
	return in, Changed
}

// absorb adds to a notice what a newer feed tells of it: its stage, and the entries that
// are not there yet. A feed knows times to the minute only.
func absorb(n Incident, feed *Incident) Incident {
	n.Name, n.Stage, n.UpdatedAt = feed.Name, feed.Stage, feed.UpdatedAt
	if n.MonitoringAt == nil {
		n.MonitoringAt = feed.MonitoringAt
	}
	n.ResolvedAt = nil
	if n.Stage.Closed() {
		n.ResolvedAt = feed.ResolvedAt
	}
	updates := slices.Clone(n.Updates)
	for _, u := range feed.Updates {
		known := slices.ContainsFunc(n.Updates, func(x Update) bool {
			return x.Stage == u.Stage && x.DisplayAt.Truncate(time.Minute).Equal(u.DisplayAt.Truncate(time.Minute))
		})
		if !known {
			updates = append(updates, u)
		}
	}
	sortUpdates(updates)
	n.Updates = updates
	return n
}

func sameNotice(a, b *Incident) bool {
	return a.Name == b.Name && a.Stage == b.Stage && a.Impact == b.Impact && sameTime(a.ResolvedAt, b.ResolvedAt) &&
		sameTime(a.MonitoringAt, b.MonitoringAt) && sameTime(a.ScheduledFor, b.ScheduledFor) && sameTime(a.ScheduledUntil, b.ScheduledUntil) &&
		a.StartedAt.Equal(b.StartedAt) && a.CreatedAt.Equal(b.CreatedAt) && slices.Equal(a.ComponentIDs, b.ComponentIDs) &&
		slices.EqualFunc(a.Updates, b.Updates, func(x, y Update) bool {
			return x.ID == y.ID && x.Body == y.Body && x.Stage == y.Stage && x.DisplayAt.Equal(y.DisplayAt) && x.UpdatedAt.Equal(y.UpdatedAt) &&
				slices.Equal(x.Affected, y.Affected)
		})
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// LevelMove says that a component had a level from a time on.
type LevelMove struct {
	ComponentID string
	Span
}

// LevelMoves are the levels that a notice's updates tell of, oldest first: the first
// mention of each component, and each later one that differs from the one before.
// Entries without a component's id or level, and those after now, tell nothing.
func LevelMoves(n *Incident, now time.Time) []LevelMove {
	var moves []LevelMove
	last := map[string]Level{}
	for i := len(n.Updates) - 1; i >= 0; i-- {
		u := &n.Updates[i]
		for _, a := range u.Affected {
			if a.Code == "" || !a.NewLevel.Valid() || last[a.Code] == a.NewLevel || u.DisplayAt.After(now) {
				continue
			}
			last[a.Code] = a.NewLevel
			moves = append(moves, LevelMove{a.Code, Span{From: u.DisplayAt, Level: a.NewLevel}})
		}
	}
	return moves
}
