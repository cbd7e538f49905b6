package lint

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// pairs is rule C11: the languages of a notice say the same.
func (c *checker) pairs() {
	own := c.n.own()
	for _, locale := range c.n.Locales {
		if locale == own {
			continue
		}
		for _, field := range Fields() {
			if field != VendorURL {
				c.pair(own, locale, field)
			}
		}
	}
}

func (c *checker) pair(own, other string, field Field) {
	text, translated := c.n.Texts[own][field], c.n.Texts[other][field]
	changed, kept := c.n.fresh(own, field), !c.n.fresh(other, field)
	switch {
	case text == "" && translated == "":
		return
	case text == "" || translated == "":
		missing := other
		if text == "" {
			missing = own
		}
		if changed || !kept {
			c.reportFact("C11.missing", Warn, string(field), missing, "", "", "{language}", missing)
		}
		return
	case changed && kept:
		c.reportFact("C11.stale", Warn, string(field), other, "", "", "{language}", other)
	case !changed && !kept:
		c.reportFact("C11.stale", Warn, string(field), own, "", "", "{language}", own)
	case !changed:
		return
	}
	if languageOf(own) != "" && languageOf(other) != "" {
		c.numbers(own, other, field)
	}
}

// numbers blocks when a number or a time is in one language only.
func (c *checker) numbers(own, other string, field Field) {
	a, b := c.quantities(own, c.n.Texts[own][field]), c.quantities(other, c.n.Texts[other][field])
	onlyA, onlyB := missing(a, b), missing(b, a)
	if len(onlyA)+len(onlyB) == 0 {
		return
	}
	quote := func(list []string) string {
		if len(list) == 0 {
			return "–"
		}
		return strings.Join(list, ", ")
	}
	match := quote(onlyA) + " / " + quote(onlyB)
	c.reportFact("C11.numbers", Block, string(field), other, match, "", "{own}", own, "{other}", other)
}

// quantity is a number or a time as a text has it.
type quantity struct {
	shown string
	value string     // in one notation for all languages
	clock *clockTime // set for a time of day
	word  bool       // written in letters: it can confirm a number but asks for none
}

// missing lists what a has and b has not, as a shows it.
func missing(a, b []quantity) []string {
	var out []string
	for _, q := range a {
		if q.word || slices.Contains(out, q.shown) {
			continue
		}
		if !slices.ContainsFunc(b, q.same) {
			out = append(out, q.shown)
		}
	}
	return out
}

// same says whether two languages say the same with this. Times are compared by UTC when
// both name their zone, else as they are written.
func (q quantity) same(o quantity) bool {
	if q.clock != nil && o.clock != nil {
		return q.clock.same(*o.clock)
	}
	return q.value == o.value || q.shown != "" && q.shown == o.shown && !strings.Contains(q.shown, ",")
}

// quantities reads all numbers, clock times, months and number words of a text.
func (c *checker) quantities(locale, text string) []quantity {
	p := newPassage(locale, "", text)
	p.findSecrets(&c.data.patterns)
	var out []quantity
	var used []span
	for _, m := range c.data.patterns.link.all(p) {
		used = append(used, span{m[0], m[1]})
	}
	for _, t := range c.clocks(p) {
		used = append(used, t.at)
		out = append(out, quantity{shown: p.of(t.at), value: t.hour(), clock: &t})
	}
	for _, m := range c.data.patterns.number.all(p) {
		s := span{m[0], m[1]}
		before := p.before(s.start)
		if touches(s, used) || touches(s, p.secrets) || isWordRune(before) || before == '_' || p.numbered(s) {
			continue
		}
		shown := strings.TrimRight(p.of(s), ".,'’:")
		for _, value := range plainNumbers(shown, p.lang) {
			out = append(out, quantity{shown: shown, value: value})
		}
	}
	return append(out, p.numberWords()...)
}

// numbered says whether a number is part of a name such as db-prod-03.
func (p *passage) numbered(s span) bool {
	return p.before(s.start) == '-' && unicode.IsLetter(p.before(s.start-1))
}

// plainNumbers writes a number in one way for all languages: 1.266,5 and 1,266.5 are
// both 1266.5. A date or a version falls into its parts.
func plainNumbers(text, lang string) []string {
	thousands, decimal := ",", "."
	if lang == "de" {
		thousands, decimal = ".", ","
	}
	for _, sign := range []string{thousands, "'", "’", "\u00a0", "\u202f"} {
		if grouped(text, sign, decimal) {
			text = strings.ReplaceAll(text, sign, "")
		}
	}
	if whole, part, ok := strings.Cut(text, decimal); ok && !strings.ContainsAny(part, ".,:") && !strings.ContainsAny(whole, ".,:") {
		return []string{trimZeros(whole) + "." + strings.TrimRight(part, "0")}
	}
	var out []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		out = append(out, trimZeros(part))
	}
	return out
}

// grouped says whether a sign stands between groups of three digits.
func grouped(text, sign, decimal string) bool {
	whole, _, _ := strings.Cut(text, decimal)
	groups := strings.Split(whole, sign)
	if len(groups) < 2 || len(groups[0]) > 3 {
		return false
	}
	for _, g := range groups[1:] {
		if len(g) != 3 || digitsOf(g) != g {
			return false
		}
	}
	return true
}

func trimZeros(s string) string {
	if t := strings.TrimLeft(s, "0"); t != "" {
		return t
	}
	return "0"
}

// numberWords are numbers in letters, and months.
func (p *passage) numberWords() []quantity {
	var out []quantity
	for i, w := range p.words {
		if n := month(w.key); n > 0 && (w.key != "may" && w.key != "mar" && w.key != "march" || p.of(w.span) != w.key) {
			out = append(out, quantity{shown: p.of(w.span), value: strconv.Itoa(n), word: true})
		}
		if n := numberWord(w.key); n > 0 {
			out = append(out, quantity{value: strconv.Itoa(n), word: true})
		}
		if w.key == "half" || w.key == "halbe" || w.key == "halben" {
			out = append(out, quantity{value: "30", word: true}, quantity{value: "0.5", word: true})
		}
		if i > 0 && w.key == "quarter" || w.key == "viertelstunde" {
			out = append(out, quantity{value: "15", word: true})
		}
	}
	return out
}

func numberWord(w string) int {
	words := map[string]int{
		"one": 1, "a": 1, "an": 1, "once": 1, "ein": 1, "eine": 1, "einen": 1, "einem": 1, "einer": 1, "eins": 1, "einmal": 1, "first": 1, "erste": 1, "ersten": 1,
		"two": 2, "both": 2, "twice": 2, "zwei": 2, "beide": 2, "beiden": 2, "zweimal": 2, "second": 2, "zweite": 2, "zweiten": 2,
		"three": 3, "drei": 3, "third": 3, "dritte": 3, "dritten": 3, "four": 4, "vier": 4, "five": 5, "fünf": 5, "six": 6, "sechs": 6,
		"seven": 7, "sieben": 7, "eight": 8, "acht": 8, "nine": 9, "neun": 9, "ten": 10, "zehn": 10, "eleven": 11, "elf": 11, "twelve": 12, "zwölf": 12,
		"fifteen": 15, "fünfzehn": 15, "twenty": 20, "zwanzig": 20, "thirty": 30, "dreißig": 30, "hundred": 100, "hundert": 100, "thousand": 1000, "tausend": 1000,
		"midnight": 24, "mitternacht": 24, "noon": 12, "mittag": 12,
	}
	return words[w]
}
