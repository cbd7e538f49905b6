package admin

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"allclear/status"
	"allclear/templates"
)

// comingDates is how many dates of a series are shown.
const comingDates = 3

// repeatFields are those of a form that say when a maintenance comes again.
func repeatFields() []string {
	return []string{"repeat", "recurrence", "repeat_ends", "repeat_count", "repeat_until"}
}

// showRepeat fills in when a maintenance comes again: one of the simple choices where the
// rule is one, else the rule as it is.
func (v *visit) showRepeat(f url.Values, n *status.Incident) {
	rule := n.Repeats()
	if rule.Freq == "" {
		return
	}
	choice := v.simpleRepeat(rule, n.Series.First.From)
	f.Set("repeat", choice)
	switch {
	case choice == "own":
		f.Set("recurrence", n.Recurrence)
	case rule.Count > 0:
		f.Set("repeat_ends", "count")
		f.Set("repeat_count", strconv.Itoa(rule.Count))
	case rule.UntilDay:
		f.Set("repeat_ends", "until")
		f.Set("repeat_until", rule.Until.Format(time.DateOnly))
	}
}

// simpleRepeat is the choice that makes the rule for a window that begins then.
func (v *visit) simpleRepeat(r status.RepeatRule, from time.Time) string {
	if r.Until.IsZero() || r.UntilDay {
		r.Count, r.Until, r.UntilDay = 0, time.Time{}, false
		for _, choice := range []string{"weekly", "biweekly", "monthly_weekday", "monthly_day"} {
			if made, _ := repeatRule(url.Values{"repeat": {choice}}, from.In(v.zone)); made == r.String() {
				return choice
			}
		}
	}
	return "own"
}

// repeatRule is the rule that a form asks for, for a window that begins then. wrong names
// the field that cannot be read.
func repeatRule(f url.Values, from time.Time) (rule, wrong string) {
	switch f.Get("repeat") {
	case "":
		return "", ""
	case "own":
		return strings.TrimSpace(f.Get("recurrence")), ""
	case "weekly":
		rule = "FREQ=WEEKLY"
	case "biweekly":
		rule = "FREQ=WEEKLY;INTERVAL=2"
	case "monthly_weekday":
		nth := (from.Day() + 6) / 7
		if nth == 5 {
			nth = -1 // not every month has a fifth one
		}
		rule = fmt.Sprintf("FREQ=MONTHLY;BYDAY=%d%s", nth, strings.ToUpper(from.Weekday().String()[:2]))
	case "monthly_day":
		rule = fmt.Sprintf("FREQ=MONTHLY;BYMONTHDAY=%d", from.Day())
	default:
		return "", "repeat"
	}
	switch f.Get("repeat_ends") {
	case "count":
		n, err := strconv.Atoi(strings.TrimSpace(f.Get("repeat_count")))
		if err != nil || n < 1 {
			return "", "repeat_count"
		}
		rule += fmt.Sprintf(";COUNT=%d", n)
	case "until":
		day, err := time.Parse(time.DateOnly, strings.TrimSpace(f.Get("repeat_until")))
		if err != nil {
			return "", "repeat_until"
		}
		rule += ";UNTIL=" + day.Format("20060102")
	}
	return rule, ""
}

// recurrence reads when the maintenance comes again. What the form shows as it is stays so:
// a published date that is moved does not move the others.
func (in *input) recurrence(c *status.Change, have *status.Incident) {
	if !in.has("repeat") {
		return
	}
	if have != nil && !have.Draft && in.v.sameRepeat(in.values, have) {
		return
	}
	from := c.ScheduledFor.Value
	if from == nil && have != nil {
		from = have.ScheduledFor
	}
	if from == nil {
		return // the window is asked for first
	}
	rule, wrong := repeatRule(in.values, from.In(in.v.zone))
	switch {
	case wrong == "repeat":
		in.wrong("repeat", "choice")
	case wrong != "":
		in.wrong(wrong, wrong)
	case rule == "" && in.value("repeat") == "own":
		in.wrong("recurrence", "recurrence")
	default:
		c.Recurrence = status.Some(rule)
	}
}

// sameRepeat says whether a form asks for what there is. Fields of choices that are not
// made do not count.
func (v *visit) sameRepeat(f url.Values, have *status.Incident) bool {
	shown := url.Values{}
	v.showRepeat(shown, have)
	for _, name := range repeatFields() {
		if repeatCounts(f, name) != repeatCounts(shown, name) {
			return false
		}
	}
	return true
}

// repeatCounts is a field's value, "" where another choice leaves it out.
func repeatCounts(f url.Values, name string) string {
	choice, ends := f.Get("repeat"), f.Get("repeat_ends")
	simple := choice != "" && choice != "own"
	switch name {
	case "recurrence":
		if choice != "own" {
			return ""
		}
	case "repeat_ends":
		if !simple {
			return ""
		}
	case "repeat_count", "repeat_until":
		if !simple || ends != strings.TrimPrefix(name, "repeat_") {
			return ""
		}
	}
	return strings.TrimSpace(f.Get(name))
}

// coming are the dates that a form asks for after the window in it; none while it cannot
// be read.
func (v *visit) coming(f url.Values) []status.Window {
	from, until := v.moment(f.Get("scheduled_for")), v.moment(f.Get("scheduled_until"))
	if from == nil || until == nil || !until.After(*from) {
		return nil
	}
	text, wrong := repeatRule(f, from.In(v.zone))
	rule, err := status.ParseRepeatRule(text)
	if wrong != "" || err != nil || !rule.Holds(*from, v.zone) {
		return nil
	}
	w := status.Window{From: from.UTC(), Until: until.UTC()}
	n := status.Incident{Kind: status.Maintenance, Recurrence: rule.String(), Series: &status.Series{Number: 1, Since: 1, First: w}}
	return n.Coming(v.page(), *from, comingDates)
}

// moment is a typed time; nil when it cannot be read.
func (v *visit) moment(text string) *time.Time {
	text = strings.Replace(strings.TrimSpace(text), " ", "T", 1)
	at, err := time.ParseInLocation(local, text[:min(len(text), len(local))], v.zone)
	if err != nil {
		return nil
	}
	return &at
}

// series is what staff see of the dates around a maintenance that repeats; nil when it
// never did.
func (v *visit) series(n *status.Incident) *templates.SeriesFacts {
	if n.Series == nil {
		return nil
	}
	s := &templates.SeriesFacts{
		Number: n.Series.Number, Ended: n.Recurrence == "",
		Repeats: templates.Repeats{Rule: n.Repeats(), From: n.Series.First.From},
	}
	if n.Series.Next != "" {
		s.Next = staffPath(&status.Incident{Kind: status.Maintenance, ID: n.Series.Next})
	}
	if !n.Series.Done {
		s.Coming = n.Coming(v.page(), v.now, comingDates)
	}
	return s
}
