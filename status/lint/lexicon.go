package lint

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// entry is one line of a word list.
type entry struct {
	list        string
	parts       []part
	cased       string // the words with their capitals, when those count
	capital     bool   // the first letter must be one
	replacement string
}

// part is one word of an entry; open means that longer words count, too.
type part struct {
	key  string
	open bool
}

func (p part) fits(key string) bool {
	return key == p.key || p.open && strings.HasPrefix(key, p.key)
}

// lexicon finds the entries of many lists in one walk over the words of a text.
type lexicon struct {
	exact map[string][]*entry // by first word
	open  map[string][]*entry
}

func newLexicon() lexicon {
	return lexicon{exact: map[string][]*entry{}, open: map[string][]*entry{}}
}

// add takes over one line of a list. Names that callers give keep the capital of their
// first letter: a customer "Apple" is no apple.
func (l lexicon) add(list, text, replacement string) {
	e := &entry{list: list, replacement: replacement}
	text, cased := strings.CutPrefix(text, "=")
	for _, w := range wordsOf(text) {
		p := part{key: w.key, open: strings.HasPrefix(text[w.end:], "*")}
		e.parts = append(e.parts, p)
	}
	if len(e.parts) == 0 {
		return
	}
	if cased {
		e.cased = text
	}
	first, _ := utf8.DecodeRuneInString(text)
	e.capital = unicode.IsUpper(first) && (list == listCustomers || list == listStaff)
	index := l.exact
	if e.parts[0].open {
		index = l.open
	}
	key := e.parts[0].key
	index[key] = append(index[key], e)
}

// hit is an entry found in a text.
type hit struct {
	*entry
	at    span
	first int // number of its first word
}

// find lists the entries of the lexicon that occur, in the order of the text. Of those
// of one list that begin at one word the longest counts.
func (l lexicon) find(p *passage) []hit {
	var hits []hit
	ends := map[string]int{} // by list: where the last hit ended
	for n, w := range p.words {
		from := len(hits)
		for _, e := range l.exact[w.key] {
			hits = e.tryAt(p, n, ends, hits, from)
		}
		for size := 2; size <= len(w.key) && len(l.open) > 0; size++ {
			for _, e := range l.open[w.key[:size]] {
				hits = e.tryAt(p, n, ends, hits, from)
			}
		}
		for _, h := range hits[from:] {
			ends[h.list] = max(ends[h.list], h.at.end)
		}
	}
	return hits
}

// tryAt adds the entry if it stands at word n, replacing a shorter one of its list.
func (e *entry) tryAt(p *passage, n int, ends map[string]int, hits []hit, from int) []hit {
	at, ok := e.match(p, n)
	if !ok || at.start < ends[e.list] {
		return hits
	}
	same := slices.IndexFunc(hits[from:], func(h hit) bool { return h.list == e.list })
	switch {
	case same < 0:
		return append(hits, hit{e, at, n})
	case hits[from+same].at.end < at.end:
		hits[from+same] = hit{e, at, n}
	}
	return hits
}

func (e *entry) match(p *passage, n int) (span, bool) {
	if n+len(e.parts) > len(p.words) {
		return span{}, false
	}
	for i, part := range e.parts {
		w := p.words[n+i]
		if !part.fits(w.key) || i > 0 && !e.joins(p.text[p.words[n+i-1].end:w.start]) {
			return span{}, false
		}
	}
	at := span{p.words[n].start, p.words[n+len(e.parts)-1].end}
	if e.capital && !unicode.IsUpper(p.after(at.start)) {
		return span{}, false
	}
	return at, e.cased == "" || sameCase(p.of(at), e.cased)
}

// sameCase compares a place with an entry that keeps its capitals; what lies between
// the words may differ, and after * anything may follow.
func sameCase(text, want string) bool {
	want, open := strings.CutSuffix(want, "*")
	if open {
		return strings.HasPrefix(text, want)
	}
	return slices.Equal(strings.Fields(text), strings.Fields(want))
}

// joins says whether two words with this between them can belong to the entry; names of
// people are also written last name first.
func (e *entry) joins(gap string) bool { return joined(gap) || e.list == listStaff && gap == ", " }

// joined says whether two words with this between them can belong to one phrase.
func joined(gap string) bool {
	switch gap {
	case " ", "-", "'", "’", "/", ".", "\u00a0", "‑", "–", ". ", "&", " & ":
		return true
	}
	return strings.TrimSpace(gap) == "" && strings.Count(gap, "\n") < 2
}
