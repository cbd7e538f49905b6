package templates

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"allclear/status"
)

// Repeats says when a maintenance comes again.
type Repeats struct {
	Rule status.RepeatRule // its Freq is empty when it does not
	From time.Time         // when the window begins from which the rule counts
}

// RepeatsOf is when a maintenance comes again, as far as that is still to happen.
func RepeatsOf(n *status.Incident) Repeats {
	if !n.Open() || n.Recurrence == "" || n.Series == nil {
		return Repeats{}
	}
	return Repeats{Rule: n.Repeats(), From: n.Series.First.From}
}

// RepeatSentence says when a maintenance comes again: "Repeats every Sunday"; "" when it
// does not.
func (v *Voice) RepeatSentence(r Repeats) string {
	if r.Rule.Freq == "" {
		return ""
	}
	text := v.rhythm(r)
	switch {
	case r.Rule.Count > 0:
		return v.T("repeat.count", "text", text, "n", r.Rule.Count)
	case r.Rule.UntilDay:
		return v.T("repeat.until", "text", text, "date", v.dateText(r.Rule.Until))
	case !r.Rule.Until.IsZero():
		return v.T("repeat.until", "text", text, "date", v.Date(r.Rule.Until))
	}
	return text
}

// rhythm says the rule without its end. What has no plain words is not explained.
func (v *Voice) rhythm(r Repeats) string {
	rule, from := r.Rule, r.From.In(v.zone)
	n, days, numbers := rule.Interval, rule.ByDay, rule.ByMonthDay
	everyWeek := len(days) > 0 && len(numbers) == 0 && n == 1 && days[0].Nth == 0
	switch {
	case fromTheEnd(rule):
	case rule.Freq == "YEARLY":
		return v.T("repeat.yearly", "n", n, "date", v.pattern("format.day_short", v.dateValues(from)))
	case rule.Freq == "WEEKLY" && len(days) == 0:
		return v.T("repeat.weekly", "n", n, "days", v.weekday(from.Weekday()))
	case rule.Freq == "WEEKLY", everyWeek:
		return v.T("repeat.weekly", "n", n, "days", v.ruleDays(days))
	case rule.Freq == "DAILY" && len(days) == 0:
		return v.T("repeat.daily", "n", n)
	case rule.Freq == "MONTHLY":
		if days := v.monthDays(rule, from); days != "" {
			return v.T("repeat.monthly", "n", n, "days", days)
		}
	}
	return v.T("repeat.other")
}

// monthDays names the days of a monthly rule; "" when there are no plain words for them.
func (v *Voice) monthDays(r status.RepeatRule, from time.Time) string {
	switch {
	case len(r.ByDay) == 0 && len(r.ByMonthDay) == 0:
		return v.ruleNumbers([]int{from.Day()})
	case len(r.ByDay) == 0:
		return v.ruleNumbers(r.ByMonthDay)
	case len(r.ByMonthDay) == 0 && r.ByDay[0].Nth != 0:
		return v.ruleDays(r.ByDay)
	}
	return ""
}

// fromTheEnd holds for days that are counted from the end of the month, but for the last.
func fromTheEnd(r status.RepeatRule) bool {
	return slices.ContainsFunc(r.ByDay, func(d status.DayRule) bool { return d.Nth < -1 }) ||
		slices.ContainsFunc(r.ByMonthDay, func(n int) bool { return n < -1 })
}

func (v *Voice) weekday(d time.Weekday) string { return v.T("weekday." + strconv.Itoa(int(d))) }

// ruleDays names weekdays: "Monday and Thursday", "the second Tuesday".
func (v *Voice) ruleDays(days []status.DayRule) string {
	var names []string
	for _, d := range days {
		name := v.weekday(d.Day)
		switch {
		case d.Nth == -1:
			name = v.T("repeat.nth.last", "day", name)
		case d.Nth > 0:
			name = v.T("repeat.nth."+strconv.Itoa(d.Nth), "day", name)
		}
		names = append(names, name)
	}
	return v.together(names)
}

// ruleNumbers names days of the month: "day 15", "the last day".
func (v *Voice) ruleNumbers(days []int) string {
	var names []string
	for _, d := range days {
		if d == -1 {
			names = append(names, v.T("repeat.last_day"))
		} else {
			names = append(names, v.T("repeat.day", "d", strconv.Itoa(d)))
		}
	}
	return v.together(names)
}

// together joins names as in "a, b and c".
func (v *Voice) together(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return v.T("repeat.and", "list", strings.Join(names[:last], ", "), "last", names[last])
}

// Retell puts another window into a text that names one in this voice's way: the
// announcement of a maintenance that comes again.
func (v *Voice) Retell(text string, was, now status.Window) string {
	day := func(t time.Time) string { return v.pattern("format.day", v.dateValues(t.In(v.zone))) }
	pairs := [][2]string{{v.Range(was.From, was.Until), v.Range(now.From, now.Until)}}
	for _, spell := range []func(time.Time) string{v.Time, day, v.Date, v.Clock} {
		pairs = append(pairs, [2]string{spell(was.From), spell(now.From)}, [2]string{spell(was.Until), spell(now.Until)})
	}
	return replaceTimes(text, pairs)
}

// replaceTimes replaces the first of each pair by the second, the earlier pairs first. The
// 4th in the 24th is none.
func replaceTimes(text string, pairs [][2]string) string {
	var out strings.Builder
	digit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	for i := 0; i < len(text); {
		n := slices.IndexFunc(pairs, func(p [2]string) bool {
			end := i + len(p[0])
			return strings.HasPrefix(text[i:], p[0]) && !digit(i-1) && !digit(end)
		})
		if n < 0 {
			out.WriteByte(text[i])
			i++
			continue
		}
		out.WriteString(pairs[n][1])
		i += len(pairs[n][0])
	}
	return out.String()
}
