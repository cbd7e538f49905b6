package lint

import (
	"regexp"
	"slices"
	"strings"
)

// pattern is an expression together with what every match of it must hold. Expressions
// are slow and most texts hold nothing of interest, so they read only the surroundings
// of such an anchor.
type pattern struct {
	re      *regexp.Regexp
	anchors anchors
	reach   int // bytes before and behind an anchor, then on to the next blank
}

// whole lets a pattern read the whole text once it has an anchor.
const whole = -1

// anchors are words in small letters, or a test of a place.
type anchors struct {
	words []string
	at    func(text string, i int) bool
}

func words(list ...string) anchors                  { return anchors{words: list} }
func at(test func(text string, i int) bool) anchors { return anchors{at: test} }
func near(reach int, a anchors, e string) pattern   { return pattern{regexp.MustCompile(e), a, reach} }

// all lists the matches in a text with their groups.
func (q pattern) all(p *passage) [][]int {
	var out [][]int
	for _, w := range q.windows(p) {
		for _, m := range q.re.FindAllStringSubmatchIndex(p.of(w), -1) {
			for i := range m {
				if m[i] >= 0 {
					m[i] += w.start
				}
			}
			out = append(out, m)
		}
	}
	return out
}

// windows are the parts of a text that a match can lie in.
func (q pattern) windows(p *passage) []span {
	places := q.anchors.places(p)
	if len(places) == 0 {
		return nil
	}
	if q.reach == whole {
		return []span{{0, len(p.text)}}
	}
	var out []span
	for _, at := range places {
		n := len(out)
		switch {
		case n > 0 && at+q.reach <= out[n-1].end:
		case n > 0 && at-q.reach <= out[n-1].end:
			out[n-1].end = p.blankAfter(at + q.reach)
		default:
			out = append(out, span{p.blankBefore(at - q.reach), p.blankAfter(at + q.reach)})
		}
	}
	return out
}

// places are where the anchors stand, in order.
func (a anchors) places(p *passage) []int {
	var out []int
	if a.at != nil {
		for i := range len(p.text) {
			if a.at(p.text, i) {
				out = append(out, i)
			}
		}
		return out
	}
	for _, w := range a.words {
		for from := 0; ; {
			i := strings.Index(p.lower[from:], w)
			if i < 0 {
				break
			}
			out = append(out, from+i)
			from += i + len(w)
		}
	}
	slices.Sort(out)
	return out
}

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func (p *passage) blankBefore(i int) int {
	for i = max(i, 0); i > 0 && !blank(p.text[i-1]); i-- {
	}
	return i
}

func (p *passage) blankAfter(i int) int {
	for i = min(i, len(p.text)); i < len(p.text) && !blank(p.text[i]); i++ {
	}
	return i
}

// The tests of places.

func digit(s string, i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }

func capital(s string, i int) bool {
	return i >= 0 && i < len(s) && (s[i] >= 'A' && s[i] <= 'Z' || s[i] >= 0x80)
}

func letterOrDigit(s string, i int) bool {
	return i >= 0 && i < len(s) && (digit(s, i) || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] >= 0x80 || s[i] == '_')
}

func dotBetweenLetters(s string, i int) bool {
	return s[i] == '.' && letterOrDigit(s, i-1) && letterOrDigit(s, i+1)
}

func digitDotDigit(s string, i int) bool {
	return s[i] == '.' && digit(s, i-1) && digit(s, i+1)
}

// twoColons is true for a colon with another one at most five places on.
func twoColons(s string, i int) bool {
	return s[i] == ':' && strings.IndexByte(s[i+1:min(len(s), i+6)], ':') >= 0
}

// longRun is true for the first of 32 characters that a key can be made of.
func longRun(s string, i int) bool {
	if i > 0 && keyByte(s[i-1]) || i+32 > len(s) {
		return false
	}
	for k := range 32 {
		if !keyByte(s[i+k]) {
			return false
		}
	}
	return true
}

func keyByte(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '+' || c == '/' || c == '_' || c == '-' || c == '='
}

// manyDigits is true for the first digit of at least eight, with no more than two other
// signs between two of them.
func manyDigits(s string, i int) bool {
	if !digit(s, i) || digit(s, i-1) {
		return false
	}
	n, other := 0, 0
	for ; i < len(s) && other <= 3 && n < 8; i++ {
		switch {
		case digit(s, i):
			n, other = n+1, 0
		case strings.IndexByte(" ()/.-", s[i]) >= 0 || s[i] >= 0x80:
			other++
		default:
			return false
		}
	}
	return n >= 8
}

func twoCapitalsTwoDigits(s string, i int) bool {
	return capital(s, i) && capital(s, i+1) && digit(s, i+2) && digit(s, i+3)
}

// portLike is true before a number that a port can have.
func portLike(s string, i int) bool {
	switch {
	case s[i] == ':':
		return digit(s, i+1) && digit(s, i+2) && !digit(s, i-1) || digit(s, i+1) && digit(s, i+4)
	case digit(s, i) && digit(s, i+1) && i > 3:
		before := strings.ToLower(s[max(0, i-14):i])
		return !digit(s, i-1) && (strings.Contains(before, "port") || strings.Contains(before, "tcp") || strings.Contains(before, "udp"))
	}
	return false
}

// fiveHundred is true for a 5 before two digits or before xx.
func fiveHundred(s string, i int) bool {
	if s[i] != '5' || letterOrDigit(s, i-1) || i+2 >= len(s) {
		return false
	}
	return digit(s, i+1) && digit(s, i+2) && !digit(s, i+3) || s[i+1]|0x20 == 'x' && s[i+2]|0x20 == 'x'
}

func ticketLike(s string, i int) bool {
	return s[i] == '-' && (capital(s, i-1) || digit(s, i-1)) && digit(s, i+1) || capital(s, i) && digit(s, i+1) && digit(s, i+5)
}

func capitalDigit(s string, i int) bool {
	return digit(s, i) && (capital(s, i-1) || i > 0 && (s[i-1] == '-' || s[i-1] == ' ') && capital(s, i-2))
}

func clockLike(s string, i int) bool {
	return (s[i] == ':' || s[i] == '.') && digit(s, i-1) && digit(s, i+1) && digit(s, i+2)
}

// halfDay is true for the a or p of "am" and "pm" behind a digit.
func halfDay(s string, i int) bool {
	c := s[i] | 0x20
	return (c == 'a' || c == 'p') && (digit(s, i-1) || digit(s, i-2) || digit(s, i-3)) && i+1 < len(s) && (s[i+1]|0x20 == 'm' || s[i+1] == '.')
}
