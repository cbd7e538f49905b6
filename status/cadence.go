package status

import (
	"slices"
	"time"
)

// Wait is a promise's length: minutes, or working days when Days is not 0.
type Wait struct {
	Minutes int `json:"minutes,omitempty"`
	Days    int `json:"working_days,omitempty"`
}

// Pace is one row of the cadence table: how often customers hear from us.
type Pace struct {
	First Wait `json:"first"` // first notice after detection
	Scope Wait `json:"scope"` // promise of the first notice; zero = Early
	Early Wait `json:"early"` // updates in the first two hours
	Later Wait `json:"later"` // after two hours
	Watch Wait `json:"watch"` // while monitoring
	// FollowUp is when a report that is promised at the end is usually due; zero = by no
	// rule.
	FollowUp Wait `json:"follow_up,omitzero"`
}

// Cadence gives the pace by priority.
type Cadence map[Priority]Pace

// DefaultCadence is the table that a new page starts with.
func DefaultCadence() Cadence {
	m := func(n int) Wait { return Wait{Minutes: n} }
	d := func(n int) Wait { return Wait{Days: n} }
	return Cadence{
		P1: {First: m(5), Scope: m(10), Early: m(20), Later: m(60), Watch: m(60), FollowUp: d(5)},
		P2: {First: m(15), Scope: m(30), Early: m(45), Later: m(120), Watch: m(60), FollowUp: d(10)},
		P3: {First: m(60), Early: m(240), Later: m(480), Watch: m(120)},
		P4: {First: m(240), Early: d(1), Later: d(2), Watch: d(1)},
	}
}

// The longest waits that a cadence can ask for: a year, in minutes and in working days.
const (
	MaxWaitMinutes = 366 * 24 * 60
	MaxWaitDays    = 260
)

// check refuses waits that would break a promise as soon as it is made, or never.
func (c Cadence) check(field string) error {
	for prio, pace := range c {
		if index(Priorities(), prio) < 0 {
			return Invalid(field, "%q is not a priority; use P1, P2, P3 or P4.", brief(string(prio)))
		}
		for _, w := range []Wait{pace.First, pace.Scope, pace.Early, pace.Later, pace.Watch, pace.FollowUp} {
			if w.Minutes < 0 || w.Minutes > MaxWaitMinutes || w.Days < 0 || w.Days > MaxWaitDays {
				return Invalid(field, "A wait of %s must be between 0 and %d minutes, or at most %d working days.", prio, MaxWaitMinutes, MaxWaitDays)
			}
		}
		if index([]Wait{pace.Early, pace.Later, pace.Watch}, Wait{}) >= 0 {
			return Invalid(field, "%s needs a wait for the first two hours, one for the time after and one while monitoring.", prio)
		}
	}
	return nil
}

// WorkingHours is when promises of low priority may fall due.
type WorkingHours struct {
	Days []time.Weekday `json:"days"` // 0 = Sunday
	From int            `json:"from"` // minutes after midnight in the page's zone
	To   int            `json:"to"`
}

// DefaultWorkingHours is Monday to Friday, 9 to 17.
func DefaultWorkingHours() WorkingHours {
	return WorkingHours{
		Days: []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday},
		From: 9 * 60, To: 17 * 60,
	}
}

// check refuses hours that no promise could be made by. No days at all means always.
func (w WorkingHours) check(field string) error {
	for _, d := range w.Days {
		if d < time.Sunday || d > time.Saturday {
			return Invalid(field, "%d is not a day of the week; use 0 for Sunday to 6 for Saturday.", int(d))
		}
	}
	if w.From < 0 || w.To > 24*60 || len(w.Days) > 0 && w.To <= w.From {
		return Invalid(field, "Working hours must run from an earlier to a later minute of the day, between 0 and 1440.")
	}
	return nil
}

// open says whether there are working hours at all.
func (w WorkingHours) open() bool {
	return w.To > w.From && slices.ContainsFunc(w.Days, func(d time.Weekday) bool { return d >= time.Sunday && d <= time.Saturday })
}

func (w WorkingHours) works(d time.Weekday) bool { return index(w.Days, d) >= 0 }

// snap moves t to the next opening when it falls outside working hours.
func (w WorkingHours) snap(t time.Time) time.Time {
	if !w.open() {
		return t
	}
	minute := t.Hour()*60 + t.Minute()
	if w.works(t.Weekday()) && minute >= w.From && minute <= w.To {
		return t
	}
	day := t
	if minute > w.To || !w.works(t.Weekday()) {
		day = t.AddDate(0, 0, 1)
	}
	for !w.works(day.Weekday()) {
		day = day.AddDate(0, 0, 1)
	}
	return w.opening(day)
}

func (w WorkingHours) opening(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), w.From/60, w.From%60, 0, 0, day.Location())
}

func (w WorkingHours) addDays(t time.Time, n int) time.Time {
	if !w.open() {
		return t.AddDate(0, 0, n)
	}
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if w.works(t.Weekday()) {
			n--
		}
	}
	return w.opening(t)
}

// Pace is the row of a priority.
func (p *Page) Pace(prio Priority) Pace {
	if pace, ok := p.Cadence[prio]; ok {
		return pace
	}
	return DefaultCadence()[prio]
}

// Promise is the time of the next update that the page's cadence asks for: first says
// that this is the notice's first entry, since is when the notice began.
func (p *Page) Promise(prio Priority, stage Stage, first bool, since, now time.Time) time.Time {
	pace := p.Pace(prio)
	wait := pace.Early
	switch {
	case stage == Monitoring:
		wait = pace.Watch
	case first && pace.Scope != (Wait{}):
		wait = pace.Scope
	case now.Sub(since) >= 2*time.Hour:
		wait = pace.Later
	}
	local := now.In(p.Zone())
	if wait.Days > 0 {
		return p.WorkingHours.addDays(local, wait.Days).UTC().Truncate(time.Minute)
	}
	due := local.Add(time.Duration(wait.Minutes) * time.Minute)
	if prio == P3 || prio == P4 {
		due = p.WorkingHours.snap(due)
	}
	return due.UTC().Truncate(time.Minute)
}
