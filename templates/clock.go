package templates

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
)

// Forms of a moment: how much of it is said.
const (
	formFull  = "dt" // date, time and zone
	formClock = "t"  // time and zone
	formRange = "r"  // from … to …
)

// moment is a time to be said in the voice's zone. On a page it becomes a time
// element, whose text the script may rewrite in the reader's zone.
type moment struct {
	at, to time.Time
	form   string
}

func full(t time.Time) moment           { return moment{at: t, form: formFull} }
func clock(t time.Time) moment          { return moment{at: t, form: formClock} }
func between(from, to time.Time) moment { return moment{at: from, to: to, form: formRange} }

// text is the moment in words, in letters with the same in UTC behind it.
func (m moment) text(v *Voice) string {
	local := v.momentIn(m, v.zone)
	if !v.withUTC || v.zoneName(m.at.In(v.zone)) == "UTC" {
		return local
	}
	if m.form == formFull && m.at.UTC().Day() == m.at.In(v.zone).Day() {
		m.form = formClock // the date has been said
	}
	return local + " (" + v.momentIn(m, time.UTC) + ")"
}

func (m moment) html(v *Voice) string {
	text := template.HTMLEscapeString(m.text(v))
	if v.withUTC {
		return text
	}
	until := ""
	if m.form == formRange {
		until = ` data-to="` + machineTime(m.to) + `"`
	}
	form := ""
	if m.form != formFull {
		form = ` data-f="` + m.form + `"`
	}
	return `<time datetime="` + machineTime(m.at) + `"` + form + until + `>` + text + `</time>`
}

func machineTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04Z") }

// momentIn says the moment in a zone, by the language's patterns.
func (v *Voice) momentIn(m moment, zone *time.Location) string {
	at := m.at.In(zone)
	values := v.timeValues(at)
	pattern := "format.datetime"
	switch m.form {
	case formClock:
		pattern = "format.clock"
	case formRange:
		to := m.to.In(zone)
		pattern = "format.range_days"
		if at.Format(time.DateOnly) == to.Format(time.DateOnly) {
			pattern = "format.range_hours"
		}
		values["t2"] = to.Format("15:04")
		values["date2"] = v.dateText(to)
		values["z"] = v.zoneName(to)
	}
	return v.pattern(pattern, values)
}

// pattern fills a pattern of the catalogue; the script fills the same ones.
func (v *Voice) pattern(key string, values map[string]string) string {
	text, err := fill(v.words.messages[key].text, func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	})
	if err != nil {
		return values["date"] + " " + values["t"] // the tests know every pattern by heart
	}
	return text
}

func (v *Voice) timeValues(at time.Time) map[string]string {
	return map[string]string{"date": v.dateText(at), "t": at.Format("15:04"), "z": v.zoneName(at)}
}

// dateText is the calendar date as it stands in t, without changing the zone.
func (v *Voice) dateText(t time.Time) string {
	return v.pattern("format.date", v.dateValues(t))
}

func (v *Voice) dateValues(t time.Time) map[string]string {
	return map[string]string{
		"d": strconv.Itoa(t.Day()), "dd": t.Format("02"), "m": t.Format("01"), "y": t.Format("2006"),
		"mon":     v.T("month.short." + strconv.Itoa(int(t.Month()))),
		"month":   v.T("month.long." + strconv.Itoa(int(t.Month()))),
		"weekday": v.T("weekday." + strconv.Itoa(int(t.Weekday()))),
	}
}

// zoneName is the zone's abbreviation in the language: "CET", "MEZ". Zones without
// one are named by their distance from UTC.
func (v *Voice) zoneName(t time.Time) string {
	name, offset := t.Zone()
	if m, ok := v.words.messages["zone."+name]; ok {
		return m.text
	}
	if !strings.HasPrefix(name, "+") && !strings.HasPrefix(name, "-") {
		return name
	}
	sign, minutes := "+", offset/60
	if minutes < 0 {
		sign, minutes = "−", -minutes
	}
	if minutes%60 == 0 {
		return fmt.Sprintf("UTC%s%d", sign, minutes/60)
	}
	return fmt.Sprintf("UTC%s%d:%02d", sign, minutes/60, minutes%60)
}

// Time says date, time and zone: "21 Nov 2026, 22:05 CET".
func (v *Voice) Time(t time.Time) string { return full(t).text(v) }

// Clock says time and zone: "22:05 CET".
func (v *Voice) Clock(t time.Time) string { return clock(t).text(v) }

// Range says a span of time with one zone.
func (v *Voice) Range(from, to time.Time) string { return between(from, to).text(v) }

// Date says the calendar date of a moment in the voice's zone.
func (v *Voice) Date(t time.Time) string { return v.dateText(t.In(v.zone)) }

// Day says a calendar day given as 2006-01-02: "Saturday, 21 November 2026".
// What is no day is said as it is.
func (v *Voice) Day(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return v.pattern("format.day", v.dateValues(t))
}

// ShortDay says a calendar day given as 2006-01-02: "21 Nov 2026".
func (v *Voice) ShortDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return v.dateText(t)
}

// Month says a month given as 2006-01: "November 2026".
func (v *Voice) Month(month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return v.pattern("format.month", v.dateValues(t))
}

// Duration says how long something took, in whole minutes: "3 h 12 min".
func (v *Voice) Duration(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	if minutes < 1 {
		return v.T("duration.moment")
	}
	var parts []string
	for _, unit := range []struct {
		key     string
		minutes int
	}{{"duration.days", 24 * 60}, {"duration.hours", 60}, {"duration.minutes", 1}} {
		if n := minutes / unit.minutes; n > 0 {
			parts = append(parts, v.T(unit.key, "n", n))
			minutes %= unit.minutes
		}
	}
	return strings.Join(parts, " ")
}
