package lint

import (
	"cmp"
	"slices"
	"strings"
)

// Level says what a finding asks for.
type Level string

// The levels: Block must be fixed or overridden with a reason, Warn may be kept.
const (
	Block Level = "block"
	Warn  Level = "warn"
)

// Finding is one place in a notice that breaks a rule.
type Finding struct {
	Rule   string `json:"rule"` // D1 … D11, C1 … C14
	Level  Level  `json:"level"`
	Field  string `json:"field"`  // as in the API: body, name, workaround_text, next_update_at …
	Locale string `json:"locale"` // "" when the finding is about a fact, not a text
	// Match is the text found, with credentials masked; "" for a finding about a whole text.
	Match   string `json:"match"`
	Message string `json:"message"` // in the language of the reader
	// Suggestion can stand in the place of Match, in the language of the text; "" when
	// there is nothing to put there.
	Suggestion string `json:"suggestion"`
	// Start and End are the bytes of the match in the field's text; both 0 for a finding
	// about the whole text or a fact.
	Start int `json:"-"`
	End   int `json:"-"`
	// Translated: the field is that of a translation.
	Translated bool `json:"-"`
}

// Disclosure says whether the finding is about something that must not be public.
func (f Finding) Disclosure() bool { return strings.HasPrefix(f.Rule, "D") }

// Credential says whether the finding is a credential.
func (f Finding) Credential() bool { return f.Rule == "D3" }

// Mode says which findings stop a write.
type Mode string

// The modes of ?lint=.
const (
	Default Mode = ""       // disclosure findings of level block
	Strict  Mode = "strict" // every finding of level block
	Lenient Mode = "warn"   // none
)

// Keeping is the mode of a text that is put by and not published: only credentials stop
// it. It cannot be asked for by name.
const Keeping Mode = "keep"

// ParseMode reads the value of ?lint=.
func ParseMode(s string) (Mode, bool) {
	m := Mode(s)
	return m, m == Default || m == Strict || m == Lenient
}

// Blocking are the findings that stop a write in this mode.
func Blocking(findings []Finding, mode Mode) []Finding {
	return keep(findings, func(f Finding) bool { return f.blocks(mode) })
}

// Warnings are the findings that do not stop a write in this mode.
func Warnings(findings []Finding, mode Mode) []Finding {
	return keep(findings, func(f Finding) bool { return !f.blocks(mode) })
}

func (f Finding) blocks(mode Mode) bool {
	switch mode {
	case Strict:
		return f.Level == Block
	case Lenient:
		return false
	case Keeping:
		return f.Credential()
	}
	return f.Level == Block && f.Disclosure()
}

func keep(findings []Finding, want func(Finding) bool) []Finding {
	var out []Finding
	for _, f := range findings {
		if want(f) {
			out = append(out, f)
		}
	}
	return out
}

// HasCredentials says whether a credential was found: such a text must not be saved,
// not even as a draft.
func HasCredentials(findings []Finding) bool {
	return slices.ContainsFunc(findings, Finding.Credential)
}

// Check reads the notice and lists what breaks the rules, in the order of reading:
// facts first, then text by text.
func Check(n Notice, r Rules) []Finding {
	c := newChecker(n, r)
	c.facts()
	for _, locale := range n.locales() {
		for _, field := range Fields() {
			if text := n.Texts[locale][field]; text != "" && n.fresh(locale, field) {
				c.text(locale, field, text)
			}
		}
	}
	c.pairs()
	if n.History {
		return keep(c.out, Finding.Disclosure)
	}
	return c.out
}

// checker is one run of Check.
type checker struct {
	n    Notice
	r    Rules
	data *data
	own  lexicon // names that the caller knows: staff, customers, terms
	out  []Finding
}

func newChecker(n Notice, r Rules) *checker {
	d := loaded()
	r.PublicDomains = r.publicDomains(n)
	return &checker{n: n, r: r, data: d, own: r.lexicon(n)}
}

// text runs the rules that need one text only.
func (c *checker) text(locale string, field Field, text string) {
	p := newPassage(locale, string(field), text)
	c.spare(p)
	from := len(c.out)
	c.disclosure(p)
	if p.lang != "" {
		c.clarity(p)
	}
	c.slots(p)
	found := covered(p.secretsMasked(c.out[from:]))
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(a.Start, b.Start) })
	c.out = append(c.out[:from], found...)
}

// covered drops what is unclear inside something that must go anyway.
func covered(found []Finding) []Finding {
	return keep(found, func(f Finding) bool {
		return f.Disclosure() || f.End == f.Start || !slices.ContainsFunc(found, func(d Finding) bool {
			return d.Disclosure() && d.Start <= f.Start && f.End <= d.End
		})
	})
}

// report adds a finding about a place in a text, unless the place is public vocabulary.
func (c *checker) report(p *passage, key string, level Level, at span, suggestion string, args ...string) {
	rule, _, _ := strings.Cut(key, ".")
	if rule != "D3" && p.spared(at) {
		return
	}
	f := Finding{
		Rule: rule, Level: level, Field: p.field, Locale: p.locale, Suggestion: suggestion,
		Match: p.text[at.start:at.end], Start: at.start, End: at.end, Translated: p.locale != c.n.own(),
	}
	if rule == "D3" {
		f.Match = Masked(f.Match)
	}
	f.Message = c.say(key, f, args...)
	c.out = append(c.out, f)
}

// reportFact adds a finding about a fact or a missing text.
func (c *checker) reportFact(key string, level Level, field, locale, match, suggestion string, args ...string) {
	rule, _, _ := strings.Cut(key, ".")
	f := Finding{Rule: rule, Level: level, Field: field, Locale: locale, Match: match, Suggestion: suggestion}
	f.Translated = locale != "" && locale != c.n.own()
	f.Message = c.say(key, f, args...)
	c.out = append(c.out, f)
}
