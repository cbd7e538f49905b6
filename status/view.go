package status

import (
	"cmp"
	"slices"
	"time"
)

// RecentNotices is how many notices of each kind a View holds beside the open ones.
const RecentNotices = 50

// View is everything the public may see at one revision. Whatever is published –
// pages, JSON, feeds, events, mail – is made from it, so that one rule decides.
type View struct {
	Page       Page
	Epoch      string // random, made with the database
	Revision   int64
	At         time.Time // moment of this revision; documents show nothing newer
	Components []Component
	// Incidents and Maintenances hold everything open and the newest 50, by UpdatedAt
	// descending; Maintenances also those of the last 90 days, for the calendar.
	Incidents    []Incident
	Maintenances []Incident
	// Months counts the notices of every month that has some, newest first.
	Months []Month
	// History is each component's level over time, oldest first, for at least 90 days
	// as far as it is known.
	History map[string][]Span
	// MoreReports: more problems are reported than usual, and the page shall say so.
	MoreReports bool
	// StaleSince is set when the database has been gone since then: the state may be old.
	StaleSince time.Time
	// Events are those of the revisions after the one that the reader named.
	Events []Event
}

// Month counts what began in a month of the page's zone.
type Month struct {
	Year         int
	Month        time.Month
	Incidents    int
	Maintenances int
}

// Span says that a component had a level from a time on, until the next span.
type Span struct {
	From  time.Time
	Level Level
}

// ViewOf applies the visibility rule: no drafts, no component that hides while it
// works, group levels derived, lists in API order.
func ViewOf(page Page, components []Component, notices []Incident) View {
	v := View{Page: page}
	all := slices.Clone(components)
	SortComponents(all)
	SetGroupLevels(all)
	for _, c := range all {
		if !c.OnlyShowIfDegraded || c.Level != Operational {
			v.Components = append(v.Components, c)
		}
	}
	for _, n := range notices {
		switch {
		case n.Draft:
		case n.Kind == Maintenance:
			v.Maintenances = append(v.Maintenances, n)
		default:
			v.Incidents = append(v.Incidents, n)
		}
	}
	byUpdated := func(a, b Incident) int {
		return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(a.Order, b.Order))
	}
	slices.SortStableFunc(v.Incidents, byUpdated)
	slices.SortStableFunc(v.Maintenances, byUpdated)
	return v
}

// Component finds a visible component; nil when there is none.
func (v *View) Component(id string) *Component {
	i := slices.IndexFunc(v.Components, func(c Component) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &v.Components[i]
}

// Incident finds a visible notice of either kind; nil when the view does not hold it.
func (v *View) Incident(id string) *Incident {
	for _, list := range [][]Incident{v.Incidents, v.Maintenances} {
		if i := slices.IndexFunc(list, func(n Incident) bool { return n.ID == id }); i >= 0 {
			return &list[i]
		}
	}
	return nil
}

// Unresolved lists the open incidents, newest change first.
func (v *View) Unresolved() []Incident { return filter(v.Incidents, (*Incident).Open) }

// Upcoming lists the maintenances still scheduled, next one first.
func (v *View) Upcoming() []Incident {
	list := filter(v.Maintenances, func(n *Incident) bool { return n.Stage == Scheduled })
	slices.SortStableFunc(list, func(a, b Incident) int { return byWindow(&a, &b) })
	return list
}

// Active lists the maintenances in progress or being verified, latest window first.
func (v *View) Active() []Incident {
	list := filter(v.Maintenances, func(n *Incident) bool { return n.Stage == InProgress || n.Stage == Verifying })
	slices.SortStableFunc(list, func(a, b Incident) int {
		return cmp.Or(window(&b).Compare(window(&a)), cmp.Compare(a.Order, b.Order))
	})
	return list
}

func byWindow(a, b *Incident) int {
	return cmp.Or(window(a).Compare(window(b)), cmp.Compare(a.Order, b.Order))
}

func window(n *Incident) time.Time {
	if n.ScheduledFor == nil {
		return n.CreatedAt
	}
	return *n.ScheduledFor
}

// Open lists every open notice: incidents, then active, then upcoming maintenance.
func (v *View) Open() []Incident {
	return slices.Concat(v.Unresolved(), v.Active(), v.Upcoming())
}

// State is the page state.
func (v *View) State() State {
	return PageState(v.Components, slices.Concat(v.Unresolved(), v.Active()))
}

// RollUp is Statuspage's indicator.
func (v *View) RollUp() Indicator { return RollUp(v.Components) }

// UpdatedAt is page.updated_at: the newer of the page's own time and the newest object's.
func (v *View) UpdatedAt() time.Time {
	t := v.Page.UpdatedAt
	later := func(o time.Time) {
		if o.After(t) {
			t = o
		}
	}
	for i := range v.Components {
		later(v.Components[i].UpdatedAt)
	}
	for _, list := range [][]Incident{v.Incidents, v.Maintenances} {
		for i := range list {
			later(list[i].UpdatedAt)
		}
	}
	return t
}

// The horizons at which time alone changes what the page shows.
const (
	SoonHorizon     = 24 * time.Hour      // maintenance moves above the components
	ListHorizon     = 14 * 24 * time.Hour // maintenance is listed on the start page
	AfterglowWindow = time.Hour           // "Resolved at …" stays in the banner
)

// NextMoment is the next time after v.At at which time alone changes the page: a
// promise falls due, a window or horizon is reached, an afterglow or a day ends.
func (v *View) NextMoment() time.Time {
	local := v.At.In(v.Page.Zone())
	next := Midnight(local, 1).UTC()
	soonest := func(t time.Time) {
		if t.After(v.At) && t.Before(next) {
			next = t
		}
	}
	for i := range v.Incidents {
		n := &v.Incidents[i]
		if n.Open() && n.NextUpdateAt != nil {
			soonest(*n.NextUpdateAt)
		}
		if n.ResolvedAt != nil {
			soonest(n.ResolvedAt.Add(AfterglowWindow))
		}
	}
	for i := range v.Maintenances {
		n := &v.Maintenances[i]
		if n.Open() && n.NextUpdateAt != nil {
			soonest(*n.NextUpdateAt)
		}
		if n.ScheduledFor != nil && n.ScheduledUntil != nil {
			soonest(n.ScheduledFor.Add(-ListHorizon))
			soonest(n.ScheduledFor.Add(-SoonHorizon))
			soonest(*n.ScheduledFor)
			soonest(*n.ScheduledUntil)
		}
	}
	return next
}

func filter(list []Incident, keep func(*Incident) bool) []Incident {
	var out []Incident
	for i := range list {
		if keep(&list[i]) {
			out = append(out, list[i])
		}
	}
	return out
}
