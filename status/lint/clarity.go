package lint

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// clarity runs the rules over one text that is in a language with word lists.
func (c *checker) clarity(p *passage) {
	if p.field == string(VendorURL) {
		return
	}
	sentences := p.sentencesOf()
	hits := c.data.lexicons[p.lang].find(p)
	c.phrases(p, hits)
	c.blame(p, hits, sentences)
	c.times(p, hits, sentences)
	c.promises(p, hits)
	c.tone(p, hits)
	c.style(p, sentences)
}

// phrases are the rules C5 and C6, and the guesses of C7.
func (c *checker) phrases(p *passage, hits []hit) {
	for _, h := range hits {
		if touches(h.at, p.links) || touches(h.at, p.addresses) {
			continue
		}
		switch h.list {
		case listJargon:
			c.report(p, "C5", Warn, h.at, h.replacement)
		case listEmpty:
			c.report(p, instead("C6", h), Warn, h.at, h.replacement)
		case listSpeculation:
			c.report(p, instead("C7.guess", h), Warn, h.at, h.replacement)
		}
	}
}

// instead picks the sentence for a phrase that should simply go.
func instead(key string, h hit) string {
	if h.replacement != "" {
		return key
	}
	if strings.Contains(key, ".") {
		return key + "_out"
	}
	return key + ".out"
}

// blame is the other half of rule C7: somebody, and close behind what they did wrong.
func (c *checker) blame(p *passage, hits []hit, sentences []sentence) {
	for _, who := range hits {
		if who.list != listCulprits && who.list != listVendors {
			continue
		}
		for _, what := range hits {
			gap := what.first - who.first
			if what.list == listFaults && gap > 0 && gap <= 6 && sameSentence(sentences, who.at, what.at) && !denied(p, who.first, what.first) {
				c.report(p, "C7.blame", Warn, span{who.at.start, what.at.end}, "")
				break
			}
		}
	}
}

// denied says whether a word between two places turns the sentence around, or begins
// another clause.
func denied(p *passage, from, to int) bool {
	for _, w := range p.words[from:to] {
		switch w.key {
		case "not", "no", "nicht", "kein", "what", "which", "who", "that", "fixed", "found", "behoben", "gefunden", "because", "weil":
			return true
		case "der", "die", "das", "welche", "was":
			if p.lang == "de" && strings.HasSuffix(strings.TrimRight(p.text[:w.start], " "), ",") {
				return true
			}
		}
	}
	return false
}

func sameSentence(sentences []sentence, a, b span) bool {
	return slices.ContainsFunc(sentences, func(s sentence) bool { return a.within(s.span) && b.within(s.span) })
}

// times is rule C9: words such as "soon", and clock times that could be anywhere.
func (c *checker) times(p *passage, hits []hit, sentences []sentence) {
	said := slices.DeleteFunc(slices.Clone(hits), func(h hit) bool { return h.list != listRelative })
	for _, s := range sentences {
		here := 0
		for here < len(said) && said[here].at.start < s.end {
			here++
		}
		if here > 0 && !c.timed(p.of(s.span)) {
			for _, h := range said[:here] {
				c.report(p, "C9.relative", Warn, h.at, h.replacement)
			}
		}
		said = said[here:]
	}
	if !c.r.ManyZones {
		return
	}
	for _, t := range c.clocks(p) {
		if t.zone == "" {
			c.report(p, "C9.zone", Warn, t.at, "")
			return
		}
	}
}

// timed says whether a sentence names a clock time or a date.
func (c *checker) timed(text string) bool {
	re := &c.data.patterns
	return re.clock.re.MatchString(text) || re.hour.re.MatchString(text) || re.twelve.re.MatchString(text) || strings.Contains(text, "{")
}

// promises is rule C10.
func (c *checker) promises(p *passage, hits []hit) {
	for _, h := range hits {
		if h.list == listAbsolute {
			c.report(p, instead("C10", h), Warn, h.at, h.replacement)
		}
	}
	for _, m := range c.data.patterns.hundred.all(p) {
		switch p.next(m[1]) {
		case "of", "der", "aller", "von", "unserer", "des", "loss", "packet", "failure", "error", "affected", "betroffen", "cpu", "traffic":
		default:
			c.report(p, "C10.out", Warn, span{m[0], m[1]}, "")
		}
	}
}

// tone is rule C12: shouting, exclamation marks, faces and jokes.
func (c *checker) tone(p *passage, hits []hit) {
	for _, h := range hits {
		if h.list == listHumour {
			c.report(p, "C12.joke", Warn, h.at, h.replacement)
		}
	}
	capitals := p.capitalWords()
	for i, w := range capitals {
		if shouted(p, w, i > 0 && joined(p.text[capitals[i-1].end:w.start])) {
			c.report(p, "C12.caps", Warn, w.span, strings.ToLower(p.of(w.span)))
		}
	}
	for _, m := range c.data.patterns.mark.all(p) {
		if after := p.after(m[1]); after != '=' && after != '[' && !touches(span{m[0], m[1]}, p.links) {
			c.report(p, "C12.mark", Warn, span{m[0], m[1]}, ".")
		}
	}
	for at, r := range p.text {
		if picture(r) {
			c.report(p, "C12.face", Warn, span{at, at + utf8.RuneLen(r)}, "")
		}
	}
	for _, m := range c.data.patterns.smiley.all(p) {
		c.report(p, "C12.face", Warn, span{m[0], m[1]}, "")
	}
}

// shouted tells a word that shouts from an abbreviation: it is long, a plain word, or
// stands beside another one in capitals.
func shouted(p *passage, w word, row bool) bool {
	switch w.key {
	case "not", "now", "all", "down", "urgent", "never", "must", "please", "stop", "every", "everything", "nothing", "and", "the", "is", "are", "very",
		"nicht", "nie", "alle", "alles", "sofort", "bitte", "achtung", "wichtig", "sehr", "jetzt", "kein", "keine", "und", "ist", "immer", "nur":
		return true
	}
	long := utf8.RuneCountInString(p.of(w.span)) >= 7 || row && utf8.RuneCountInString(p.of(w.span)) >= 5
	return long && strings.ContainsAny(w.key, "aeiouäöü")
}

// picture says whether a character is an emoji.
func picture(r rune) bool {
	switch {
	case r >= 0x1F300 && r <= 0x1FAFF, r >= 0x2600 && r <= 0x27BF, r >= 0x1F1E6 && r <= 0x1F1FF, r == 0x2B50, r == 0x2B55:
		return r != '✓' && r != '✔' && r != '✗' && r != '✘'
	}
	return false
}

// Limits of the rule C8.
const (
	longestGerman, longestEnglish = 20, 25
	highestAverage                = 14
	lowestScore                   = 60
	scoredWords                   = 20 // shorter texts are too short for the formulas
	passiveSentences              = 4
)

// style is rule C8.
func (c *checker) style(p *passage, sentences []sentence) {
	c.length(p)
	sentences = p.unnamed(sentences)
	m := measure(p.lang, sentences)
	longest := longestEnglish
	if p.lang == "de" {
		longest = longestGerman
	}
	for _, s := range sentences {
		if len(s.words) > longest {
			c.report(p, "C8.long", Warn, p.trimmed(s.span), "", "{n}", strconv.Itoa(len(s.words)), "{limit}", strconv.Itoa(longest))
		}
	}
	if len(sentences) > 1 && m.average() > highestAverage {
		c.reportFact("C8.average", Warn, p.field, p.locale, "", "", "{n}", strconv.Itoa(int(m.average()+0.5)), "{limit}", strconv.Itoa(highestAverage))
	}
	if n := countPassive(p.lang, sentences); len(sentences) >= passiveSentences && n*10 > len(sentences)*3 {
		c.reportFact("C8.passive", Warn, p.field, p.locale, "", "", "{n}", strconv.Itoa(n), "{limit}", strconv.Itoa(len(sentences)))
	}
	if score := m.score(p.lang); m.words >= scoredWords && score < lowestScore {
		c.reportFact("C8.readability", Warn, p.field, p.locale, "", "", "{n}", strconv.Itoa(int(score)), "{limit}", strconv.Itoa(lowestScore))
	}
}

// length warns of a text that its place on the page has no room for.
func (c *checker) length(p *passage) {
	room := map[Field]int{Name: 80, CustomerImpact: 400, NotAffected: 200, WorkaroundText: 600}
	limit, limited := room[Field(p.field)]
	if n := utf8.RuneCountInString(p.text); limited && n > limit {
		c.reportFact("C8.length", Warn, p.field, p.locale, "", "", "{n}", strconv.Itoa(n), "{limit}", strconv.Itoa(limit))
	}
}

// trimmed is a place without the blanks around it.
func (p *passage) trimmed(s span) span {
	text := p.of(s)
	s.start += leading(text)
	s.end -= len(text) - len(strings.TrimSpace(text)) - leading(text)
	return s
}

// slots is rule C14: a place that a template left open. Part of the path of an address,
// such as /orders/{id}, is none.
func (c *checker) slots(p *passage) {
	if !strings.Contains(p.text, "{") {
		return
	}
	for _, m := range c.data.patterns.slot.all(p) {
		if s := (span{m[0], m[1]}); !touches(s, p.secrets) && p.before(s.start) != '/' {
			c.report(p, "C14", Block, s, "")
		}
	}
}
