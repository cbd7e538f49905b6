package lint

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// span is a part of a text, in bytes.
type span struct{ start, end int }

func (s span) overlaps(o span) bool { return s.start < o.end && o.start < s.end }
func (s span) within(o span) bool   { return s.start >= o.start && s.end <= o.end }

// word is a run of letters and digits; key is it in small letters.
type word struct {
	span
	key string
}

// passage is one text under examination.
type passage struct {
	locale, lang, field string
	text                string
	lower               string // the text with small letters from A to Z: same bytes, same places
	words               []word
	named               []hit  // names that the caller knows
	public              []span // terms and public addresses: no finding lies in here
	secrets             []span
	addresses           []span // mail addresses
	links               []span
	taken               []span // places that a rule about machines has named already
}

func newPassage(locale, field, text string) *passage {
	return &passage{locale: locale, lang: languageOf(locale), field: field, text: text, lower: asciiLower(text), words: wordsOf(text)}
}

// asciiLower changes no byte's place, which strings.ToLower may.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + ('a' - 'A')
		}
	}
	return string(b)
}

// wordsOf splits a text into its words. A soft hyphen is part of a word but not of its key.
func wordsOf(text string) []word {
	words := make([]word, 0, len(text)/6+1)
	start := -1
	for at, r := range text {
		inside := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == softHyphen && start >= 0
		switch {
		case inside && start < 0:
			start = at
		case !inside && start >= 0:
			words = append(words, newWord(text, start, at))
			start = -1
		}
	}
	if start >= 0 {
		words = append(words, newWord(text, start, len(text)))
	}
	return words
}

const softHyphen = '\u00ad'

func newWord(text string, start, end int) word {
	key := strings.ToLower(text[start:end])
	if strings.ContainsRune(key, softHyphen) {
		key = strings.ReplaceAll(key, string(softHyphen), "")
	}
	return word{span{start, end}, key}
}

func (p *passage) of(s span) string { return p.text[s.start:s.end] }

// spared says whether a place belongs to the public vocabulary.
func (p *passage) spared(at span) bool { return inside(at, p.public) }

func inside(at span, spans []span) bool { return slices.ContainsFunc(spans, at.within) }

func touches(at span, spans []span) bool { return slices.ContainsFunc(spans, at.overlaps) }

// before is the character that ends right before a place; 0 at the beginning.
func (p *passage) before(at int) rune {
	r, size := utf8.DecodeLastRuneInString(p.text[:at])
	if size == 0 {
		return 0
	}
	return r
}

// after is the character that follows a place; 0 at the end.
func (p *passage) after(at int) rune {
	r, size := utf8.DecodeRuneInString(p.text[at:])
	if size == 0 {
		return 0
	}
	return r
}

// lead is the last n words before a place, in small letters.
func (p *passage) lead(at, n int) []string {
	low, high := 0, len(p.words)
	for low < high {
		if mid := (low + high) / 2; p.words[mid].end <= at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	var keys []string
	for i := max(0, low-n); i < low; i++ {
		keys = append(keys, p.words[i].key)
	}
	return keys
}

// next is the first word from a place on, in small letters, when only blanks lie between.
func (p *passage) next(at int) string {
	rest := strings.TrimLeft(p.text[at:], " \u00a0")
	for i, r := range rest {
		if !unicode.IsLetter(r) && r != '%' {
			return strings.ToLower(rest[:i])
		}
	}
	return strings.ToLower(rest)
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
