package lint

import (
	"math"
	"slices"
	"strings"
	"unicode"
)

// hidden stands in the place of a credential; its length says nothing.
const hidden = "••••••"

// Masked shows of a credential only what tells which one it is: its label, or the first
// characters of a long one.
func Masked(match string) string {
	if m := loaded().patterns.assigned.re.FindStringSubmatchIndex(match); m != nil && m[0] == 0 {
		return match[:m[5]] + hidden
	}
	runes := []rune(match)
	const shown = 4
	if len(runes) < 16 || strings.Contains(match, "://") {
		return hidden
	}
	return string(runes[:shown]) + hidden
}

// Redact masks every credential in a text; nothing else changes.
func Redact(text string) string {
	p := newPassage("", "", text)
	p.findSecrets(&loaded().patterns)
	if len(p.secrets) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, s := range p.secrets {
		b.WriteString(text[at:s.start])
		b.WriteString(Masked(p.of(s)))
		at = s.end
	}
	b.WriteString(text[at:])
	return b.String()
}

// secretsMasked hides credentials inside the matches of other rules. A finding that lies
// wholly in one says nothing of its own and goes.
func (p *passage) secretsMasked(found []Finding) []Finding {
	if len(p.secrets) == 0 {
		return found
	}
	out := found[:0]
	for _, f := range found {
		at := span{f.Start, f.End}
		if f.Rule == "D3" || !touches(at, p.secrets) {
			out = append(out, f)
			continue
		}
		if inside(at, p.secrets) {
			continue
		}
		match := f.Match
		f.Match = p.masked(at)
		f.Message = strings.ReplaceAll(f.Message, shorten(match), shorten(f.Match))
		out = append(out, f)
	}
	return out
}

// masked is a place with its credentials hidden.
func (p *passage) masked(at span) string {
	var b strings.Builder
	from := at.start
	for _, s := range p.secrets {
		if !s.overlaps(at) {
			continue
		}
		if s.start > from {
			b.WriteString(p.text[from:s.start])
		}
		b.WriteString(hidden)
		from = max(from, s.end)
	}
	if from < at.end {
		b.WriteString(p.text[from:at.end])
	}
	return b.String()
}

// credentials is rule D3.
func (c *checker) credentials(p *passage) {
	p.findSecrets(&c.data.patterns)
	for _, s := range p.secrets {
		c.report(p, "D3", Block, s, "")
	}
}

// findSecrets notes the places of all credentials, in order and without overlaps.
func (p *passage) findSecrets(re *patterns) {
	var found []span
	add := func(s span) { found = append(found, s) }
	for _, expression := range []pattern{re.known, re.jwt} {
		for _, m := range expression.all(p) {
			add(span{m[0], m[1]})
		}
	}
	p.keyBlocks(re, add)
	p.assignedSecrets(re, add)
	for _, m := range re.userinfo.all(p) {
		if !placeholder(p.text[m[2]:m[3]]) {
			add(span{m[0], m[1]})
		}
	}
	for _, m := range re.bareUserinfo.all(p) {
		if password := p.text[m[4]:m[5]]; mixed(password) && !contactLabel(p.text[m[2]:m[3]]) {
			add(span{m[2], m[1]})
		}
	}
	for _, m := range re.run.all(p) {
		if s := (span{m[0], m[1]}); random(p.of(s)) && !p.checksum(s) {
			add(s)
		}
	}
	p.secrets = merged(found)
}

// keyBlocks finds keys between BEGIN and END lines; a block that was cut off ends with its
// first line.
func (p *passage) keyBlocks(re *patterns, add func(span)) {
	for _, m := range re.pem.all(p) {
		end := m[1]
		if at := strings.Index(p.text[end:], "-----END "); at >= 0 {
			end += at + len("-----END ")
			if tail := strings.Index(p.text[end:], "-----"); tail >= 0 {
				end += tail + len("-----")
			}
		}
		add(span{m[0], end})
	}
}

// assignedSecrets finds values that stand behind a label such as "password=".
func (p *passage) assignedSecrets(re *patterns, add func(span)) {
	for _, m := range re.assigned.all(p) {
		sign, value := p.text[m[4]:m[5]], strings.TrimRight(p.text[m[6]:m[7]], ".!?)")
		if placeholder(value) || !secretValue(value, strings.Contains(sign, "=")) {
			continue
		}
		add(span{m[0], m[6] + len(value)})
	}
	for _, m := range re.spoken.all(p) {
		if value := strings.TrimRight(p.text[m[2]:m[3]], ".!?)"); mixed(value) && !placeholder(value) {
			add(span{m[0], m[2] + len(value)})
		}
	}
	for _, m := range re.bearer.all(p) {
		if value := p.text[m[2]:m[3]]; mixed(value) && !placeholder(value) {
			add(span{m[0], m[1]})
		}
	}
}

// secretValue says whether what follows a label is a value and not prose: after = all
// but times and plain numbers of one digit; after : only what no word looks like.
func secretValue(value string, assigned bool) bool {
	if strings.Contains(value, "://") {
		return false
	}
	if assigned {
		return len(value) >= 4 || mixed(value)
	}
	return mixed(value) && len(value) >= 6 && !strings.ContainsFunc(value[:1], unicode.IsDigit) ||
		mixed(value) && len(value) >= 8
}

// mixed says whether a value has letters together with digits or signs, or capitals
// inside: words and times have not.
func mixed(s string) bool {
	var letters, digits, signs, odd int
	for i, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
			if i > 0 && unicode.IsUpper(r) {
				odd++
			}
		case strings.ContainsRune("!$%&#*+@?^~", r):
			signs++
		}
	}
	return letters > 0 && digits > 0 || letters > 0 && signs > 0 || odd > 1 && odd < letters-1
}

// placeholder says whether a value only shows where one would stand.
func placeholder(s string) bool {
	low := strings.ToLower(strings.Trim(s, ".…"))
	if strings.Trim(low, "*x•.…-_#?") == "" || strings.HasPrefix(low, "$") || strings.HasPrefix(low, "%") {
		return true
	}
	return slices.ContainsFunc([]string{"example", "beispiel", "your", "ihr", "redacted", "placeholder", "hidden", "geheim…", "removed"},
		func(w string) bool { return strings.HasPrefix(low, w) })
}

func contactLabel(s string) bool {
	switch strings.ToLower(s) {
	case "mail", "e-mail", "email", "mailto", "kontakt", "contact", "support", "sip", "sips", "xmpp", "an", "to", "from", "von", "cc", "via", "at", "unter":
		return true
	}
	return false
}

// checksum says whether the words before call a long number what anybody may know.
func (p *passage) checksum(s span) bool {
	for _, w := range p.lead(s.start, 3) {
		switch w {
		case "sha", "sha1", "sha256", "sha512", "md5", "checksum", "prüfsumme", "digest", "commit", "fingerprint", "fingerabdruck", "256", "512", "revision":
			return true
		}
	}
	return false
}

// random says whether a long run of characters looks like a key: hexadecimal, or letters
// of both sizes and digits in a jumble. Words, paths and identifiers are neither.
func random(s string) bool {
	s = strings.Trim(s, "-_=/+")
	if len(s) < 32 || uuid(s) {
		return false
	}
	upper, lower, digits, hexa, turns := census(s)
	if digits == 0 || upper+lower == 0 {
		return false
	}
	if hexa == len(s) {
		return entropy(s) > 3 && upper*lower == 0
	}
	return entropy(s) > 3.5 && digits >= 2 && turns*4 >= len(s)
}

// census counts kinds of characters, and how often the kind changes.
func census(s string) (upper, lower, digits, hexa, turns int) {
	kind := byte(0)
	for i := range len(s) {
		c, was := s[i], kind
		switch {
		case c >= 'A' && c <= 'Z':
			upper, kind = upper+1, 'A'
		case c >= 'a' && c <= 'z':
			lower, kind = lower+1, 'a'
		case c >= '0' && c <= '9':
			digits, kind = digits+1, '0'
		default:
			kind = 0
		}
		if strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 {
			hexa++
		}
		if kind != 0 && was != 0 && kind != was {
			turns++
		}
	}
	return upper, lower, digits, hexa, turns
}

// uuid says whether s is one identifier, or several in a row.
func uuid(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') {
			return false
		}
	}
	return true
}

// entropy is the bits per character.
func entropy(s string) float64 {
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	sum := 0.0
	for _, n := range counts {
		if n > 0 {
			share := float64(n) / float64(len(s))
			sum -= share * math.Log2(share)
		}
	}
	return sum
}

// merged sorts spans and joins those that overlap.
func merged(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	var out []span
	for _, s := range spans {
		if n := len(out); n > 0 && s.start < out[n-1].end {
			out[n-1].end = max(out[n-1].end, s.end)
			continue
		}
		out = append(out, s)
	}
	return out
}
