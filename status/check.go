package status

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of texts, in characters.
const (
	MaxTitle = 255
	MaxBody  = 25000
)

func index[T comparable](list []T, v T) int { return slices.Index(list, v) }

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func oneOf[T ~string](field string, v T, allowed ...T) error {
	if slices.Contains(allowed, v) {
		return nil
	}
	var words []string
	for _, a := range allowed {
		if a != "" {
			words = append(words, string(a))
		}
	}
	return Invalid(field, "%q is not possible here; use %s.", brief(string(v)), orList(words))
}

// brief shortens what a sentence repeats of a request, so that it stays a sentence.
func brief(s string) string {
	if r := []rune(s); len(r) > 64 {
		return string(r[:64]) + "…"
	}
	return s
}

// orList joins words as in "a, b or c".
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// checkName refuses what does not stay within its line: names stand in lists, titles and
// the subjects of mails, among words of ours.
func checkName(field, s string) error {
	if !strings.ContainsFunc(s, isVisible) {
		return Invalid(field, "The name must not be empty.")
	}
	if strings.ContainsAny(s, "\r\n\u2028\u2029") {
		return Invalid(field, "The name must be one line.")
	}
	if strings.ContainsAny(s, "\u202d\u202e") {
		return Invalid(field, "The name contains a character that reverses the words around it; remove it.")
	}
	return checkText(field, s, MaxTitle)
}

// checkText refuses what cannot be shown, fed or mailed: bad UTF-8, control
// characters (line breaks and tabs are fine) and overlong text.
func checkText(field, s string, limit int) error {
	if !utf8.ValidString(s) {
		return Invalid(field, "The text is not valid UTF-8.")
	}
	if n := utf8.RuneCountInString(s); n > limit {
		return Invalid(field, "The text has %d characters; at most %d are possible.", n, limit)
	}
	for _, r := range s {
		if isControl(r) {
			return Invalid(field, "The text contains the control character U+%04X; remove it.", r)
		}
	}
	return nil
}

func isVisible(r rune) bool {
	return !unicode.IsSpace(r) && !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r)
}

func isControl(r rune) bool {
	return r < 0x20 && r != '\n' && r != '\r' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff
}

// checkLink accepts absolute http and https URLs only.
func checkLink(field, s string) error {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || len(s) > 2048 {
		return Invalid(field, "%q is not a web address; it must begin with https:// or http://.", brief(s))
	}
	return checkText(field, s, 2048)
}
