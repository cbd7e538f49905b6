package status

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Weeks are the time that a trend looks at, by weeks of the page's zone; the first and the
// last may be cut.
type Weeks struct {
	From, Until time.Time
	starts      []time.Time
}

// WeeksOf are the weeks of the last days, beginning on Mondays.
func WeeksOf(now time.Time, days int, zone *time.Location) Weeks {
	from := Midnight(now.In(zone), -days)
	w := Weeks{From: from, Until: now}
	for monday := Midnight(from, -(int(from.Weekday())+6)%7); monday.Before(now); monday = Midnight(monday, 7) {
		w.starts = append(w.starts, monday)
	}
	return w
}

// Starts are the Mondays.
func (w Weeks) Starts() []time.Time { return w.starts }

// Of is the number of the week that holds a moment; -1 outside of all.
func (w Weeks) Of(t time.Time) int {
	if t.Before(w.From) || !t.Before(w.Until) {
		return -1
	}
	n, found := slices.BinarySearchFunc(w.starts, t, time.Time.Compare)
	if !found {
		n--
	}
	return n
}

// Cases keeps those that began within the weeks.
func (w Weeks) Cases(all []Case) []Case {
	var list []Case
	for i := range all {
		if w.Of(all[i].StartedAt) >= 0 {
			list = append(list, all[i])
		}
	}
	return list
}

// Ended keeps those that ended within the weeks.
func (w Weeks) Ended(all []Case) []Case {
	var list []Case
	for i := range all {
		if w.Of(all[i].EndedAt) >= 0 {
			list = append(list, all[i])
		}
	}
	return list
}

// Course is how long something took: in all and by week.
type Course struct {
	Count       int
	Median, P90 time.Duration
	Weeks       []Stretch
}

// Stretch is a week of it; a week without anything counts nothing.
type Stretch struct {
	Start       time.Time
	Count       int
	Median, P90 time.Duration
}

// measure is one duration at one moment.
type measure struct {
	at   time.Time
	took time.Duration
}

func (w Weeks) course(list []measure) Course {
	var out Course
	all := make([]time.Duration, 0, len(list))
	weeks := make([][]time.Duration, len(w.starts))
	for _, m := range list {
		if n := w.Of(m.at); n >= 0 {
			all = append(all, m.took)
			weeks[n] = append(weeks[n], m.took)
		}
	}
	out.Count, out.Median, out.P90 = len(all), median(all), percentile(all, 90)
	for n, took := range weeks {
		out.Weeks = append(out.Weeks, Stretch{Start: w.starts[n], Count: len(took), Median: median(took), P90: percentile(took, 90)})
	}
	return out
}

// percentile is the smallest value that so many percent do not exceed.
func percentile(list []time.Duration, percent int) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[(len(list)*percent+99)/100-1]
}

// TimeToNotice is from detection to the first public entry.
func TimeToNotice(cases []Case, w Weeks) Course {
	var list []measure
	for i := range cases {
		if c := &cases[i]; !c.DetectedAt.IsZero() && !c.NoticedAt.IsZero() {
			list = append(list, measure{c.NoticedAt, max(c.NoticedAt.Sub(c.DetectedAt), 0)})
		}
	}
	return w.course(list)
}

// TimeToResolve is from the start of a problem to its end.
func TimeToResolve(cases []Case, w Weeks) Course {
	var list []measure
	for i := range cases {
		if minutes, ok := cases[i].Minutes(); ok {
			list = append(list, measure{cases[i].EndedAt, time.Duration(minutes * float64(time.Minute))})
		}
	}
	return w.course(list)
}

// UpdateInterval is the time between two entries of a problem of priority P1 or P2.
func UpdateInterval(cases []Case, w Weeks) Course {
	var list []measure
	for i := range cases {
		if p := cases[i].Priority; p != P1 && p != P2 {
			continue
		}
		for n := 1; n < len(cases[i].Updates); n++ {
			at := cases[i].Updates[n]
			list = append(list, measure{at, at.Sub(cases[i].Updates[n-1])})
		}
	}
	return w.course(list)
}

// PromiseWeek is how well the promises of one week were kept.
type PromiseWeek struct {
	Start time.Time
	Promises
}

// PromisesKept counts the promises in all and by week.
func PromisesKept(cases []Case, w Weeks) (Promises, []PromiseWeek) {
	var all []Promise
	by := make([][]Promise, len(w.starts))
	for i := range cases {
		for _, p := range cases[i].Promises {
			if n := w.Of(p.settled()); n >= 0 {
				all, by[n] = append(all, p), append(by[n], p)
			}
		}
	}
	var weeks []PromiseWeek
	for n, start := range w.starts {
		weeks = append(weeks, PromiseWeek{start, KeptPromises(by[n], w.From, w.Until)})
	}
	return KeptPromises(all, w.From, w.Until), weeks
}

// Share is how much of the trouble belongs to one thing.
type Share struct {
	Key     string // category, or id of a component
	Count   int
	Minutes float64
}

// ByCategory shares the problems out by where they came from.
func ByCategory(cases []Case) []Share {
	return shares(cases, func(c *Case) []string { return []string{string(c.Category)} })
}

// ByComponent shares them out by component. One that hit several counts for each.
func ByComponent(cases []Case) []Share {
	return shares(cases, func(c *Case) []string { return c.ComponentIDs })
}

func shares(cases []Case, keys func(*Case) []string) []Share {
	sums := map[string]*Share{}
	for i := range cases {
		minutes, _ := cases[i].Minutes()
		for _, key := range keys(&cases[i]) {
			if sums[key] == nil {
				sums[key] = &Share{Key: key}
			}
			sums[key].Count++
			sums[key].Minutes += minutes
		}
	}
	var list []Share
	for _, s := range sums {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(b.Minutes, a.Minutes), cmp.Compare(a.Key, b.Key))
	})
	return list
}

// ImpactWeek is what the problems that ended in a week meant: minutes times people.
type ImpactWeek struct {
	Start time.Time
	By    map[Severity]float64
}

// ImpactMinutes sums minutes times affected people by severity. unknown counts the problems of
// which one of the two is not known.
func ImpactMinutes(cases []Case, w Weeks) (total float64, weeks []ImpactWeek, unknown int) {
	for _, start := range w.starts {
		weeks = append(weeks, ImpactWeek{start, map[Severity]float64{}})
	}
	for i := range cases {
		c := &cases[i]
		minutes, ok := c.Minutes()
		if !ok || c.Final < 0 {
			unknown++
			continue
		}
		if n := w.Of(c.EndedAt); n >= 0 {
			weeks[n].By[c.Severity] += minutes * float64(c.Final)
			total += minutes * float64(c.Final)
		}
	}
	return total, weeks, unknown
}

// Guess compares the first estimate of a problem with the last one.
type Guess struct {
	Case         *Case
	First, Final int64
	Ratio        float64 // first ÷ final
}

// Guesses are the problems of which both are known, oldest first, and the middle one of
// their ratios.
func Guesses(cases []Case) (list []Guess, middle float64) {
	var ratios []float64
	for i := range cases {
		c := &cases[i]
		if c.First <= 0 || c.Final <= 0 || c.EndedAt.IsZero() {
			continue
		}
		g := Guess{c, c.First, c.Final, float64(c.First) / float64(c.Final)}
		list, ratios = append(list, g), append(ratios, g.Ratio)
	}
	slices.SortStableFunc(list, func(a, b Guess) int { return a.Case.StartedAt.Compare(b.Case.StartedAt) })
	slices.Sort(ratios)
	if n := len(ratios); n > 0 { // between two, the geometric middle: twice too much and half too little meet at 1
		middle = math.Sqrt(ratios[(n-1)/2] * ratios[n/2])
	}
	return list, middle
}

// RecurWithin is how soon the same trouble again counts as its return.
const RecurWithin = 30 * 24 * time.Hour

// Recurrence is a problem of the same category on the same component as one shortly before.
type Recurrence struct {
	ComponentID  string
	Earlier, Now *Case
}

// Recurrences lists them, newest first. What nobody has found the cause of is not alike.
func Recurrences(cases []Case) []Recurrence {
	order := make([]*Case, len(cases))
	for i := range cases {
		order[i] = &cases[i]
	}
	slices.SortStableFunc(order, func(a, b *Case) int { return a.StartedAt.Compare(b.StartedAt) })
	type kind struct {
		component string
		category  Category
	}
	last := map[kind]*Case{}
	var list []Recurrence
	for _, c := range order {
		if c.Category == "unknown" || c.Category == "" {
			continue
		}
		for _, id := range c.ComponentIDs {
			k := kind{id, c.Category}
			if before := last[k]; before != nil && c.StartedAt.Sub(before.StartedAt) <= RecurWithin {
				list = append(list, Recurrence{id, before, c})
			}
			last[k] = c
		}
	}
	slices.Reverse(list)
	return list
}
