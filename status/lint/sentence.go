package lint

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentence is a part of a text with its words.
type sentence struct {
	span
	words []word
}

// sentencesOf splits a text at full stops that end a sentence, at other end marks and at
// ends of lines. Abbreviations, times, dates and numbers do not end one.
func (p *passage) sentencesOf() []sentence {
	var out []sentence
	start, next := 0, 0
	cut := func(end int) {
		from := next
		for next < len(p.words) && p.words[next].start < end {
			next++
		}
		if next > from {
			out = append(out, sentence{span{start, end}, p.words[from:next]})
		}
		start = end
	}
	for at, r := range p.text {
		switch r {
		case '\n', '!', '?', '…':
			cut(at + utf8.RuneLen(r))
		case '.':
			if p.ends(at) {
				cut(at + 1)
			}
		}
	}
	cut(len(p.text))
	return out
}

// unnamed are the sentences with each name of the public vocabulary as one plain word:
// who writes a notice did not choose what things are called.
func (p *passage) unnamed(list []sentence) []sentence {
	if len(p.public) == 0 {
		return list
	}
	out := make([]sentence, 0, len(list))
	for _, s := range list {
		words := make([]word, 0, len(s.words))
		last := -1
		for _, w := range s.words {
			at := slices.IndexFunc(p.public, w.within)
			switch {
			case at < 0:
				words = append(words, w)
			case at != last:
				words = append(words, word{w.span, "x"})
			}
			last = at
		}
		out = append(out, sentence{s.span, words})
	}
	return out
}

// ends says whether the full stop at this place ends a sentence.
func (p *passage) ends(at int) bool {
	after := p.after(at + 1)
	if isWordRune(after) || after == '.' || after == '/' || after == '-' || after == '_' {
		return false
	}
	rest := strings.TrimLeft(p.text[at+1:], " \u00a0\"'”“»)*_")
	first, _ := utf8.DecodeRuneInString(rest)
	if rest == "" || first == '\n' {
		return true
	}
	if unicode.IsLower(first) || first == ',' || first == ';' {
		return false
	}
	lead := p.lead(at, 1)
	if len(lead) == 0 {
		return false
	}
	if digitsOf(lead[0]) == lead[0] {
		return !monthName(p.next(at+1)) && !unicode.IsDigit(first)
	}
	return !abbreviation(lead[0])
}

// abbreviation says whether a full stop belongs to the word before it.
func abbreviation(w string) bool {
	if utf8.RuneCountInString(w) == 1 {
		return true
	}
	switch w {
	case "bzw", "ca", "nr", "tel", "dr", "prof", "st", "std", "min", "sek", "evtl", "ggf", "inkl", "exkl", "zzgl", "vgl", "sog", "max", "mind", "abs", "art",
		"str", "mio", "mrd", "jan", "feb", "apr", "aug", "sep", "sept", "okt", "oct", "nov", "dez", "dec", "mr", "mrs", "ms", "approx", "vs", "inc", "ltd", "eg", "ie":
		return true
	}
	return false
}

// month is the number of a month by its name in either language, 0 for other words.
func month(w string) int {
	switch w {
	case "january", "januar", "jan", "jänner":
		return 1
	case "february", "februar", "feb":
		return 2
	case "march", "märz", "mar", "mrz":
		return 3
	case "april", "apr":
		return 4
	case "may", "mai":
		return 5
	case "june", "juni", "jun":
		return 6
	case "july", "juli", "jul":
		return 7
	case "august", "aug":
		return 8
	case "september", "sept", "sep":
		return 9
	case "october", "oktober", "oct", "okt":
		return 10
	case "november", "nov":
		return 11
	case "december", "dezember", "dec", "dez":
		return 12
	}
	return 0
}

func monthName(w string) bool { return month(w) > 0 }
