package status

import (
	"math"
	"time"
)

// Day is what became of a component on one day of the page's zone.
type Day struct {
	Date string // YYYY-MM-DD
	// Worst is the worst level of the day; "" when nothing is known of it.
	Worst Level
	// Minutes at each level; the rest of the day is unknown.
	Minutes map[Level]float64
}

// Days folds a component's history into the n days up to and including the one of now.
// Days before the first span are unknown. A day has 23 or 25 hours at changes of clock.
func Days(history []Span, zone *time.Location, now time.Time, n int) []Day {
	local := now.In(zone)
	out := make([]Day, 0, n)
	for back := n - 1; back >= 0; back-- {
		from, to := Midnight(local, -back), Midnight(local, 1-back)
		if back == 0 {
			to = now
		}
		d := dayOf(history, from, to, back == 0)
		d.Date = time.Date(local.Year(), local.Month(), local.Day()-back, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		out = append(out, d)
	}
	return out
}

// Midnight is the first moment of the day that lies so many days after t's, in t's zone.
// Where clocks change at midnight that is not always 00:00.
func Midnight(t time.Time, days int) time.Time {
	day := time.Date(t.Year(), t.Month(), t.Day()+days, 0, 0, 0, 0, time.UTC)
	at := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, t.Location())
	if at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0 {
		return at
	}
	start, end := at.ZoneBounds() // 00:00 is skipped: the day begins with the change of clock
	if at.Day() != day.Day() {
		return end
	}
	return start
}

func dayOf(history []Span, from, to time.Time, today bool) Day {
	d := Day{Minutes: map[Level]float64{}}
	for i, s := range history {
		begin, end := s.From, to
		if i+1 < len(history) && history[i+1].From.Before(end) {
			end = history[i+1].From
		}
		if begin.Before(from) {
			begin = from
		}
		present := today && (i+1 == len(history) || history[i+1].From.After(to))
		if end.Before(begin) || end.Equal(begin) && !present {
			continue // only the present level counts before its first moment is over
		}
		if end.After(begin) {
			d.Minutes[s.Level] += end.Sub(begin).Minutes()
		}
		if d.Worst == "" || s.Level.Rank() > d.Worst.Rank() {
			d.Worst = s.Level
		}
	}
	return d
}

// Uptime is 100 × (1 − Σ weight·minutes ÷ (minutes − maintenance)) over what is known,
// rounded down to 0.01; 100 only when nothing was lost. ok is false when nothing is known.
func Uptime(days []Day, w UptimeWeights) (percent float64, ok bool) {
	var known, lost float64
	for _, d := range days {
		known += d.Minutes[Operational] + d.Minutes[DegradedPerformance] + d.Minutes[PartialOutage] + d.Minutes[MajorOutage]
		lost += w.Major*d.Minutes[MajorOutage] + w.Partial*d.Minutes[PartialOutage] + w.Degraded*d.Minutes[DegradedPerformance]
	}
	if known <= 0 {
		return 0, false
	}
	if lost == 0 {
		return 100, true
	}
	const ulps = 1e-7 // what summing up may have cost must not cost a hundredth
	p := math.Floor((1-lost/known)*10000+ulps) / 100
	return min(p, 99.99), true
}
