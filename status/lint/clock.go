package lint

import (
	"slices"
	"strconv"
	"strings"
)

// clockTime is a time of day in a text.
type clockTime struct {
	at     span
	minute int    // since midnight, as written
	zone   string // "" when none is named
}

// clocks finds the times of day of a text: 14:30, 2:30 pm, 2 pm, 14.30 Uhr, 14 Uhr.
func (c *checker) clocks(p *passage) []clockTime {
	var out []clockTime
	add := func(s span, hour, minute int) {
		if !slices.ContainsFunc(out, func(t clockTime) bool { return s.overlaps(t.at) }) {
			out = append(out, clockTime{at: s, minute: hour*60 + minute, zone: c.zoneAfter(p, s.end)})
		}
	}
	c.minutes(p, add)
	for _, m := range c.data.patterns.hour.all(p) {
		if !fraction(p.before(m[0])) {
			add(span{m[0], m[1]}, atoi(group(p.text, m, 1)), 0)
		}
	}
	for _, m := range c.data.patterns.twelve.all(p) {
		if fraction(p.before(m[4])) || p.next(m[1]) == "uhr" {
			continue
		}
		half := group(p.text, m, 3)
		if first := group(p.text, m, 1); first != "" {
			add(span{m[2], m[3]}, afternoon(atoi(first), half), 0)
		}
		add(span{m[4], m[1]}, afternoon(atoi(group(p.text, m, 2)), half), 0)
	}
	return out
}

// minutes finds the times with minutes. The first one of a range takes what makes it a
// time from the second one: from 2:00 to 3:30 pm, 14.00 bis 15.30 Uhr.
func (c *checker) minutes(p *passage, add func(s span, hour, minute int)) {
	re := &c.data.patterns
	for _, m := range re.clock.all(p) {
		s, half := span{m[0], m[1]}, group(p.text, m, 3)
		if !p.clock(s, half != "") && (!re.rangeEnd.MatchString(p.text[m[1]:]) || p.before(m[0]) == '.') {
			continue
		}
		if later := re.rangeHalf.FindStringSubmatch(p.text[m[1]:]); later != nil && half == "" {
			half = later[1]
		}
		add(s, afternoon(atoi(group(p.text, m, 1)), half), atoi(group(p.text, m, 2)))
	}
}

// fraction says whether a number after this character is only the rest of one.
func fraction(before rune) bool { return before == '.' || before == ':' }

// clock tells 10.30 Uhr from a version, a date or a decimal number.
func (p *passage) clock(s span, half bool) bool {
	before, after := p.before(s.start), p.after(s.end)
	if before == '.' || before == ',' || before == ':' || isWordRune(after) || after == '%' {
		return false
	}
	if strings.Contains(p.of(s), ":") || half {
		return true
	}
	return p.next(s.end) == "uhr"
}

// afternoon turns hours of a 12-hour clock into those of the day.
func afternoon(hour int, half string) int {
	switch {
	case half == "":
		return hour
	case strings.HasPrefix(strings.ToLower(half), "p"):
		return hour%12 + 12
	}
	return hour % 12
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // the pattern gives digits
	return n
}

func group(text string, m []int, n int) string {
	if m[2*n] < 0 {
		return ""
	}
	return text[m[2*n]:m[2*n+1]]
}

// zoneAfter is the zone named behind a time, also behind the second time of a range.
func (c *checker) zoneAfter(p *passage, at int) string {
	rest := p.text[at:]
	const near = 48
	if len(rest) > near {
		rest = rest[:near]
	}
	if end := strings.IndexAny(rest, "\n;"); end >= 0 {
		rest = rest[:end]
	}
	m := c.data.patterns.zone.FindStringIndex(rest)
	if m == nil || !onlyTime(rest[:m[0]]) || m[0] > 0 && isWordRune(rune(rest[m[0]-1])) {
		return ""
	}
	return strings.TrimSpace(rest[m[0]:m[1]])
}

// onlyTime says whether nothing but times and words between times lies between a time
// and its zone.
func onlyTime(between string) bool {
	for _, w := range wordsOf(between) {
		switch {
		case w.key == "uhr", w.key == "and", w.key == "to", w.key == "until", w.key == "und", w.key == "bis", w.key == "am", w.key == "pm", w.key == "a", w.key == "p", w.key == "m",
			w.key == "on", w.key == "between", monthName(w.key), digitsOf(w.key) == w.key, w.key == "o", w.key == "clock":
		default:
			return false
		}
	}
	return !strings.Contains(between, ". ")
}

// same says whether two times are one.
func (t clockTime) same(o clockTime) bool {
	const day = 24 * 60
	a, known := offsetOf(t.zone)
	b, alsoKnown := offsetOf(o.zone)
	if !known || !alsoKnown {
		a, b = 0, 0
	}
	return (t.minute-a-o.minute+b)%day == 0
}

// hour is the time as a number when it is a full hour, so that "at 14" fits "14 Uhr".
func (t clockTime) hour() string {
	if t.minute%60 != 0 {
		return ""
	}
	return strconv.Itoa(t.minute / 60)
}

// offsetOf is how many minutes a zone is ahead of UTC.
func offsetOf(zone string) (int, bool) {
	hours := map[string]int{
		"UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEZ": 0, "BST": 1, "WEST": 1, "WESZ": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "OEZ": 2,
		"EEST": 3, "OESZ": 3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "JST": 9, "SGT": 8, "AEST": 10, "AEDT": 11,
	}
	h, ok := hours[zone]
	return h * 60, ok
}
