package lint

import (
	"slices"
	"testing"
	"unicode/utf8"

	"allclear/status"
)

// FuzzCheck reads any text in both languages: nothing panics, every place lies in the
// text and shows what the finding says, and nothing is found twice in a masked text.
func FuzzCheck(f *testing.F) {
	for _, rule := range []string{"D1", "D2", "D3", "D5", "D7", "D9", "C8", "C9", "C12"} {
		f.Add("10.0.0.5 " + rule + " {x} 10:30 Uhr")
	}
	for _, seed := range []string{
		"", "\x00\xff", "a.b.c.de:80/x@y", "password=hunter2now", "Herr Müller +49 171 1234567", "::1 fe80::1", "\\\\srv\\x", "https://user:pass@host.example/p?q#r",
		"db-prod-03.example.com", "İSTANBUL ß ẞ", "Soft\u00adhyphen", "14.30–15.30 Uhr", "eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", "2 to 3 pm", "-----BEGIN X-----", "😀!!",
	} {
		f.Add(seed)
	}
	rules := corpusRules()
	rules.ManyZones = true
	f.Fuzz(func(t *testing.T, text string) {
		n := Notice{
			Kind: status.Problem, Stage: status.Identified, Locales: []string{"en", "de"},
			Texts: map[string]Texts{"en": {Body: text, Name: text}, "de": {Body: text, CustomerImpact: text}, "fr": {Limits: text, VendorURL: text}},
		}
		findings := Check(n, rules)
		for _, found := range findings {
			place(t, text, found)
		}
		again := Redact(text)
		if Redact(again) != again {
			t.Errorf("masked twice: %q, then %q", again, Redact(again))
		}
		if len(text) > 0 && !slices.Equal(findings, Check(n, rules)) {
			t.Error("two runs differ")
		}
	})
}

func place(t *testing.T, text string, f Finding) {
	t.Helper()
	if f.Start < 0 || f.Start > f.End || f.End > len(text) || f.Rule == "" || f.Message == "" {
		t.Fatalf("%+v does not fit %q", f, text)
	}
	if f.End == 0 || !utf8.ValidString(text) {
		return
	}
	at := text[f.Start:f.End]
	if !utf8.ValidString(at) {
		t.Fatalf("%+v cuts a character of %q", f, text)
	}
	p := newPassage("", "", text)
	p.findSecrets(&loaded().patterns)
	if f.Match != at && !touches(span{f.Start, f.End}, p.secrets) {
		t.Fatalf("%+v shows something else than %q", f, at)
	}
}
