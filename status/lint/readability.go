package lint

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Readability is how easy a text reads: Flesch for English, Amstad for German, 100 being
// very easy and 60 plain. ok is false for other languages and texts without words.
func Readability(locale, text string) (score float64, ok bool) {
	p := newPassage(locale, "", text)
	m := measure(p.lang, p.sentencesOf())
	return m.score(p.lang), p.lang != "" && m.words > 0
}

// measured is what the formulas ask for.
type measured struct {
	sentences, words, syllables, longest int
	longestAt                            span
}

func measure(lang string, sentences []sentence) measured {
	var m measured
	for _, s := range sentences {
		m.sentences++
		m.words += len(s.words)
		for _, w := range s.words {
			m.syllables += syllables(lang, w.key)
		}
		if len(s.words) > m.longest {
			m.longest, m.longestAt = len(s.words), s.span
		}
	}
	return m
}

// average is the number of words in a sentence.
func (m measured) average() float64 {
	if m.sentences == 0 {
		return 0
	}
	return float64(m.words) / float64(m.sentences)
}

// score is Amstad's formula for German and Flesch's for English.
func (m measured) score(lang string) float64 {
	if m.words == 0 {
		return 100
	}
	perWord := float64(m.syllables) / float64(m.words)
	if lang == "de" {
		return 180 - m.average() - 58.5*perWord
	}
	return 206.835 - 1.015*m.average() - 84.6*perWord
}

// syllables counts the syllables of a word in small letters.
func syllables(lang, word string) int {
	if strings.ContainsFunc(word, unicode.IsDigit) {
		return 1
	}
	if lang == "de" {
		return max(1, germanSyllables(word))
	}
	return max(1, englishSyllables(word))
}

// germanSyllables counts vowels, two that sound as one being one.
func germanSyllables(word string) int {
	n := 0
	var last rune
	for _, r := range word {
		vowel := strings.ContainsRune("aeiouyäöüáéèêó", r)
		if !vowel {
			last = r
			continue
		}
		if r == 'u' && last == 'q' || germanPair(last, r) {
			last = 0 // the third vowel in a row begins anew: neu-e
			continue
		}
		n++
		last = r
	}
	return n
}

func germanPair(a, b rune) bool {
	switch string([]rune{a, b}) {
	case "ei", "ai", "ey", "ay", "au", "äu", "eu", "ie", "aa", "ee", "oo", "oy", "ou":
		return true
	}
	return false
}

// englishSyllables counts groups of vowels, without those that are not heard and with
// those that part within a group.
func englishSyllables(word string) int {
	word = strings.TrimSuffix(word, "'s")
	n, in := 0, false
	for i := range len(word) {
		vowel := strings.IndexByte("aeiouy", word[i]) >= 0 && (word[i] != 'y' || i > 0)
		if vowel && !in {
			n++
		}
		in = vowel
	}
	if n > 1 {
		n -= silent(word)
	}
	return n + parted(word)
}

// silent is 1 when the last e of a word is not heard.
func silent(word string) int {
	size := len(word)
	switch {
	case strings.HasSuffix(word, "ed"):
		if size > 2 && strings.IndexByte("aeiouytd", word[size-3]) < 0 {
			return 1
		}
	case strings.HasSuffix(word, "es"):
		if size > 2 && strings.IndexByte("aeiousxzcgh", word[size-3]) < 0 {
			return 1
		}
	case strings.HasSuffix(word, "le"):
		if size > 2 && strings.IndexByte("aeiouy", word[size-3]) >= 0 {
			return 1
		}
	case strings.HasSuffix(word, "e"):
		if size > 1 && strings.IndexByte("aeiouy", word[size-2]) < 0 {
			return 1
		}
	}
	return 0
}

// parted counts neighbouring vowels that are two syllables: va-ri-ous, cre-ate, da-ta
// stays as it is.
func parted(word string) int {
	n := 0
	for _, pair := range []string{"ia", "io", "iu", "eo", "ua", "uou", "yi", "crea", "area", "idea", "being", "doing", "going", "trying", "quiet", "via"} {
		n += strings.Count(word, pair)
	}
	for _, one := range []string{"tion", "sion", "cion", "gion", "cian", "tian", "cial", "tial", "quo", "qua", "gua", "people", "ciou", "tiou", "giou", "xiou", "via", "eou"} {
		n -= strings.Count(word, one)
	}
	return max(n, 0)
}

// capitalWords are the words of a text that are written in capitals only.
func (p *passage) capitalWords() []word {
	var out []word
	for _, w := range p.words {
		text := p.of(w.span)
		if text == strings.ToUpper(text) && text != strings.ToLower(text) && !hasDigit(text) && utf8.RuneCountInString(text) > 1 {
			out = append(out, w)
		}
	}
	return out
}
