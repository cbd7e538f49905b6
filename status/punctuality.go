package status

import (
	"slices"
	"time"
)

// Promises is how well the promises of a next update were kept.
type Promises struct {
	Made, Kept int
	// Percent is the kept share, 0 to 100; 0 when nothing was promised.
	Percent float64
	// Lateness is the median by which the late ones were late; 0 when none was. One that
	// nobody has kept yet counts with what it is late so far.
	Lateness time.Duration
}

// Promise is one promise of a next update: when it fell due, and the entry that kept it.
type Promise struct {
	DueAt  time.Time
	KeptAt time.Time // zero: nobody has yet
}

// Late is by how much the promise was missed, at a moment; 0 when it was not.
func (p Promise) Late(at time.Time) time.Duration {
	if !p.KeptAt.IsZero() {
		at = p.KeptAt
	}
	return max(at.Sub(p.DueAt), 0)
}

// settled is when it was decided whether the promise was kept: at its keeping, at the
// latest when it fell due.
func (p Promise) settled() time.Time {
	if !p.KeptAt.IsZero() && p.KeptAt.Before(p.DueAt) {
		return p.KeptAt
	}
	return p.DueAt
}

// Promises lists what the notice's entries promised, oldest first. It is what customers
// were told: a promise that was moved without an entry counts as it was made. Imported
// entries promised nothing that we know of.
func (i *Incident) Promises() []Promise {
	if i.Draft {
		return nil
	}
	entries := slices.Clone(i.Updates)
	slices.SortStableFunc(entries, func(a, b Update) int { return a.CreatedAt.Compare(b.CreatedAt) })
	var list []Promise
	for n, u := range entries {
		if u.Facts == nil || u.Facts.NextUpdateAt == nil {
			continue
		}
		p := Promise{DueAt: *u.Facts.NextUpdateAt}
		if n+1 < len(entries) {
			p.KeptAt = entries[n+1].CreatedAt
		}
		list = append(list, p)
	}
	return list
}

// Punctuality counts the promises that were settled from one moment until before another:
// kept by an entry in time, or due without one. It needs the notices with their updates
// and nothing else; until must not lie in the future.
func Punctuality(incidents []Incident, from, until time.Time) Promises {
	var all []Promise
	for n := range incidents {
		all = append(all, incidents[n].Promises()...)
	}
	return KeptPromises(all, from, until)
}

// KeptPromises is [Punctuality] for promises that are at hand.
func KeptPromises(all []Promise, from, until time.Time) Promises {
	var out Promises
	var late []time.Duration
	for _, p := range all {
		if at := p.settled(); at.Before(from) || !at.Before(until) {
			continue
		}
		out.Made++
		if missed := p.Late(until); missed > 0 {
			late = append(late, missed)
		} else {
			out.Kept++
		}
	}
	if out.Made > 0 {
		out.Percent = 100 * float64(out.Kept) / float64(out.Made)
	}
	out.Lateness = median(late)
	return out
}

// median is the middle one, of an even number the mean of the two in the middle.
func median(list []time.Duration) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	n := len(list) / 2
	if len(list)%2 == 1 {
		return list[n]
	}
	return (list[n-1] + list[n]) / 2
}
