package status

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// RepeatRule says when a maintenance repeats. It is a part of RFC 5545's recurrence rules:
// FREQ, INTERVAL, BYDAY, BYMONTHDAY, COUNT and UNTIL. Days and hours are those of the
// page's zone, so that 22:00 stays 22:00 when the clocks change.
type RepeatRule struct {
	Freq       string // DAILY, WEEKLY, MONTHLY or YEARLY
	Interval   int    // 1 and more
	ByDay      []DayRule
	ByMonthDay []int     // 1 is the first, −1 the last day of the month
	Count      int       // how many dates there are in all; 0: no such end
	Until      time.Time // no date is later; zero: no such end
	UntilDay   bool      // Until names a day of the page's zone, which still counts
}

// DayRule is a weekday; Nth is which one of the month, −1 the last, 0 every one.
type DayRule struct {
	Nth int
	Day time.Weekday
}

const (
	recurrenceField = "incident.recurrence"
	maxRecurrence   = 255
	maxInterval     = 99
	maxCount        = 999
	untilMoment     = "20060102T150405Z"
	untilDay        = "20060102"
)

// weekdays are RFC 5545's names, from Sunday on.
func weekdays() []string { return []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"} }

func wrongRule(format string, args ...any) error { return Invalid(recurrenceField, format, args...) }

// ParseRepeatRule reads a rule such as FREQ=MONTHLY;BYDAY=-1SU.
func ParseRepeatRule(text string) (RepeatRule, error) {
	r := RepeatRule{Interval: 1}
	text = strings.ToUpper(strings.TrimSpace(text))
	text = strings.TrimSuffix(strings.TrimPrefix(text, "RRULE:"), ";")
	if len(text) > maxRecurrence {
		return r, wrongRule("A recurrence has at most %d characters.", maxRecurrence)
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, ";") {
		key, value, ok := strings.Cut(part, "=")
		switch {
		case !ok:
			return r, wrongRule("%q is no part of a recurrence; write it as FREQ=WEEKLY;BYDAY=SU.", brief(part))
		case seen[key]:
			return r, wrongRule("The recurrence has %s twice.", brief(key))
		}
		seen[key] = true
		if err := r.take(key, value); err != nil {
			return r, err
		}
	}
	return r, r.check()
}

// take reads one part of the rule.
func (r *RepeatRule) take(key, value string) (err error) {
	switch key {
	case "FREQ":
		r.Freq = value
		return oneOf(recurrenceField, value, "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
	case "INTERVAL":
		r.Interval, err = ruleNumber(key, value, 1, maxInterval)
	case "COUNT":
		r.Count, err = ruleNumber(key, value, 1, maxCount)
	case "BYDAY":
		for word := range strings.SplitSeq(value, ",") {
			if err := r.takeDay(word); err != nil {
				return err
			}
		}
	case "BYMONTHDAY":
		for word := range strings.SplitSeq(value, ",") {
			n, err := ruleNumber(key, word, -31, 31)
			if err != nil || n == 0 {
				return wrongRule("BYMONTHDAY=%s is not possible; use 1 to 31, or -1 for the last day of the month.", brief(value))
			}
			if !slices.Contains(r.ByMonthDay, n) {
				r.ByMonthDay = append(r.ByMonthDay, n)
			}
		}
	case "UNTIL":
		return r.takeUntil(value)
	default:
		return wrongRule("%q is not possible in a recurrence; use FREQ, INTERVAL, BYDAY, BYMONTHDAY, COUNT and UNTIL.", brief(key))
	}
	return err
}

func ruleNumber(key, value string, low, high int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < low || n > high {
		return 0, wrongRule("%s=%s is not possible; use a number from %d to %d.", key, brief(value), low, high)
	}
	return n, nil
}

func (r *RepeatRule) takeDay(word string) error {
	cut := max(len(word)-2, 0)
	day := index(weekdays(), word[cut:])
	nth, err := 0, error(nil)
	if cut > 0 {
		nth, err = strconv.Atoi(word[:cut])
	}
	if day < 0 || err != nil || cut > 0 && (nth == 0 || nth < -5 || nth > 5) {
		return wrongRule("BYDAY=%s is not possible; use MO, TU, WE, TH, FR, SA or SU, in a month also such as 2TU or -1SU.", brief(word))
	}
	if d := (DayRule{nth, time.Weekday(day)}); !slices.Contains(r.ByDay, d) {
		r.ByDay = append(r.ByDay, d)
	}
	return nil
}

func (r *RepeatRule) takeUntil(value string) error {
	for _, layout := range []string{untilDay, untilMoment} {
		if t, err := time.Parse(layout, value); err == nil && plausible(t) {
			r.Until, r.UntilDay = t, layout == untilDay
			return nil
		}
	}
	return wrongRule("UNTIL=%s is not possible; write a day as 20271231, or a moment in UTC as 20271231T220000Z.", brief(value))
}

// check refuses parts that do not go together.
func (r *RepeatRule) check() error {
	switch {
	case r.Freq == "":
		return wrongRule("Say how often the maintenance repeats: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.")
	case r.Count > 0 && !r.Until.IsZero():
		return wrongRule("A recurrence ends either after COUNT dates or at UNTIL, not both.")
	case len(r.ByMonthDay) > 0 && r.Freq != "MONTHLY":
		return wrongRule("BYMONTHDAY is possible with FREQ=MONTHLY only.")
	case len(r.ByDay) > 0 && r.Freq == "YEARLY":
		return wrongRule("BYDAY is not possible with FREQ=YEARLY.")
	}
	if r.Freq != "MONTHLY" && slices.ContainsFunc(r.ByDay, func(d DayRule) bool { return d.Nth != 0 }) {
		return wrongRule("A weekday with a number, such as 2TU, is possible with FREQ=MONTHLY only.")
	}
	return nil
}

// String writes the rule in one spelling; "" when there is none.
func (r RepeatRule) String() string {
	if r.Freq == "" {
		return ""
	}
	parts := []string{"FREQ=" + r.Freq}
	if r.Interval > 1 {
		parts = append(parts, "INTERVAL="+strconv.Itoa(r.Interval))
	}
	var days, numbers []string
	for _, d := range r.ByDay {
		word := weekdays()[d.Day]
		if d.Nth != 0 {
			word = strconv.Itoa(d.Nth) + word
		}
		days = append(days, word)
	}
	for _, n := range r.ByMonthDay {
		numbers = append(numbers, strconv.Itoa(n))
	}
	for key, list := range map[string][]string{"BYDAY=": days, "BYMONTHDAY=": numbers} {
		if len(list) > 0 {
			parts = append(parts, key+strings.Join(list, ","))
		}
	}
	slices.Sort(parts[1:])
	switch {
	case r.Count > 0:
		parts = append(parts, "COUNT="+strconv.Itoa(r.Count))
	case r.UntilDay:
		parts = append(parts, "UNTIL="+r.Until.Format(untilDay))
	case !r.Until.IsZero():
		parts = append(parts, "UNTIL="+r.Until.Format(untilMoment))
	}
	return strings.Join(parts, ";")
}

// last is the last moment at which a date may begin; zero when there is none.
func (r RepeatRule) last(zone *time.Location) time.Time {
	if r.UntilDay {
		return time.Date(r.Until.Year(), r.Until.Month(), r.Until.Day(), 23, 59, 59, 0, zone)
	}
	return r.Until
}

// Holds says whether a window may begin then: the rule's own days do not leave it out.
// Of what repeats every so many days or weeks the first date decides the rest.
func (r RepeatRule) Holds(start time.Time, zone *time.Location) bool {
	local := start.In(zone)
	length := time.Date(local.Year(), local.Month()+1, 0, 0, 0, 0, 0, zone).Day()
	if last := r.last(zone); !last.IsZero() && local.After(last) {
		return false
	}
	if len(r.ByMonthDay) > 0 && !slices.ContainsFunc(r.ByMonthDay, func(n int) bool { return n == local.Day() || n == local.Day()-length-1 }) {
		return false
	}
	return len(r.ByDay) == 0 || slices.ContainsFunc(r.ByDay, func(d DayRule) bool {
		return d.Day == local.Weekday() && (d.Nth == 0 || d.Nth == (local.Day()+6)/7 || d.Nth == -(length-local.Day()+7)/7)
	})
}

// dates walks over the moments at which the windows of a series begin, from its start on,
// which the rule must hold.
func (r RepeatRule) dates(start time.Time, zone *time.Location) (next func() (time.Time, bool), err error) {
	o := rrule.ROption{
		Freq: map[string]rrule.Frequency{"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY, "YEARLY": rrule.YEARLY}[r.Freq],
		// Of our own times only whole seconds are left, as in the rules.
		Dtstart: start.In(zone), Interval: r.Interval, Count: r.Count, Until: r.last(zone), Bymonthday: r.ByMonthDay,
	}
	for _, d := range r.ByDay {
		day := [...]rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA}[d.Day]
		o.Byweekday = append(o.Byweekday, day.Nth(d.Nth))
	}
	rule, err := rrule.NewRRule(o)
	if err != nil {
		return nil, wrongRule("This recurrence cannot be worked out; choose a simpler one.")
	}
	walk := rule.Iterator()
	return func() (time.Time, bool) {
		t, ok := walk()
		return t.UTC(), ok && plausible(t)
	}, nil
}

// Dates are the first n moments at which windows begin that begin for the first time at
// start: fewer when the series ends before.
func (r RepeatRule) Dates(start time.Time, zone *time.Location, n int) []time.Time {
	next, err := r.dates(start, zone)
	if err != nil || !r.Holds(start, zone) {
		return nil
	}
	var list []time.Time
	for len(list) < n {
		t, ok := next()
		if !ok {
			break
		}
		list = append(list, t)
	}
	return list
}
