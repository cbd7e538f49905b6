package templates

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"allclear/status/lint"
)

// stock is every building block of a notice: its key below "admin.say.", or the whole
// key where the public pages say the same.
func stock() []string {
	var keys []string
	for _, s := range symptoms() {
		keys = append(keys, "title."+s, "symptom."+s)
	}
	for _, kind := range []struct {
		prefix string
		words  []string
	}{
		{"happened.", append(symptoms(), "nothing")}, {"cause.", CauseWords()}, {"measure.", MeasureWords()}, {"action.", ActionWords()},
		{"do.", DoWords()}, {"still_not.", HintWords()}, {"prepare.", PrepareWords()},
	} {
		for _, w := range kind.words {
			keys = append(keys, kind.prefix+w)
		}
	}
	return append(keys, strings.Fields(`
		works works_rest list_and list_more data_safe
		unconfirmed investigating no_eta eta identified monitoring fixed again watch minutes hours days resolved with_limits limits apology
		workaround workaround.unknown workaround.none_known workaround.none_possible workaround.not_needed
		security.title security.running security.limited
		no_news next_update worse still reopened overdue false_alarm correction
		resolution.what lasted.day lasted.days main_fixed
		resolution.fixed resolution.fixed_yes resolution.fixed_with_limits resolution.data_none resolution.data_some
		resolution.recur resolution.recur_unlikely resolution.recur_possible resolution.recur_unknown resolution.follow_up
		resolution.prevention resolution.action resolution.action_none
		scheduled scheduled_of lasts.day lasts.days maintenance_impact reminder in_progress verifying extended extended_impact shortened new_end completed cancelled`)...)
}

// block finds a building block in a language.
func block(c catalogue, key string) (message, bool) {
	if m, ok := c.messages["admin.say."+key]; ok {
		return m, true
	}
	m, ok := c.messages[key]
	return m, ok
}

// TestTheStockOfSentences: each block is there in both languages, with the same
// placeholders and plural forms, and the catalogue holds no block that is not listed.
func TestTheStockOfSentences(t *testing.T) {
	s := newSet(t)
	en, de := s.catalogues["en"], s.catalogues["de"]
	listed := map[string]bool{}
	for _, key := range stock() {
		listed["admin.say."+key] = true
		a, ok := block(en, key)
		b, there := block(de, key)
		if !ok || !there {
			t.Errorf("%s is missing", key)
			continue
		}
		if !slices.Equal(slices.Sorted(maps.Keys(a.forms)), slices.Sorted(maps.Keys(b.forms))) {
			t.Errorf("%s has other plural forms in German", key)
		}
		for _, text := range append(a.texts(), b.texts()...) {
			if !slices.Equal(holes(text), holes(a.full())) {
				t.Errorf("%s: %q has other slots than %q", key, text, a.full())
			}
		}
	}
	for _, c := range []catalogue{en, de} {
		for key := range c.messages {
			if strings.HasPrefix(key, "admin.say.") && !listed[key] {
				t.Errorf("%s is not in the list of the stock", key)
			}
		}
	}
}

// TestFirstNoticeReads shows the sentences with one name, with two, and with many.
func TestFirstNoticeReads(t *testing.T) {
	s := newSet(t)
	many := []string{"A", "B", "C", "D", "E", "F", "G"}
	for _, c := range []struct {
		locale, symptom string
		names, works    []string
		rest            string
		want            FirstNotice
	}{
		{"en", "unreachable", []string{"Payments"}, nil, "", FirstNotice{"Payments: not available", "You cannot reach Payments at the moment.", "We have confirmed the problem and are looking for the cause.", ""}},
		{"de", "unreachable", []string{"Überweisungen"}, []string{"Karten"}, "", FirstNotice{"Überweisungen: nicht erreichbar", "Sie können Überweisungen derzeit nicht erreichen.", "Wir haben die Störung bestätigt und suchen die Ursache.", "Karten können Sie wie gewohnt nutzen."}},
		{"en", "slow", []string{"Cards", "Debits"}, []string{"A", "B", "C"}, "", FirstNotice{"Cards and Debits: slower than usual", "At the moment, you wait longer than usual for Cards and Debits.", "We have confirmed the problem and are looking for the cause.", "You can use A, B and C as usual."}},
		{"de", "slow", many, nil, "Zahlungen", FirstNotice{"A, B und mehr: langsamer als sonst", "Bei A, B, C, D, E, F und mehr warten Sie derzeit länger als sonst.", "Wir haben die Störung bestätigt und suchen die Ursache.", "Alles andere bei Zahlungen läuft normal."}},
	} {
		if got := s.Voice(c.locale, "UTC").FirstNotice(c.symptom, c.names, c.works, c.rest); got != c.want {
			t.Errorf("%s %s: %+v, want %+v", c.locale, c.symptom, got, c.want)
		}
	}
	long := []string{"Notifications and invitations by e-mail", "Signing in with the account of your organisation"}
	if got := s.Voice("en", "UTC").FirstNotice("slow", long, nil, "").Title; got != long[0]+" and more: slower than usual" {
		t.Errorf("a long title: %q", got)
	}
}

// sentenceEnd parts a text into its sentences.
var sentenceEnd = regexp.MustCompile(`[.!?:]+(\s|$)`)

// readsEasily measures a text with the formulas that the lint of staff's own texts uses.
func readsEasily(t *testing.T, what, locale, text string, longest int) {
	t.Helper()
	score, ok := lint.Readability(locale, text)
	if !ok || score < 60 {
		t.Errorf("%s %s scores %.0f: %s", locale, what, score, text)
	}
	for _, sentence := range sentenceEnd.Split(text, -1) {
		if n := len(strings.Fields(sentence)); n > longest {
			t.Errorf("%s %s has a sentence of %d words: %s", locale, what, n, sentence)
		}
	}
}

// TestNoticesReadEasily joins the blocks as a notice does, for every symptom, and all
// sentences of the stock together.
func TestNoticesReadEasily(t *testing.T) {
	s := newSet(t)
	limits, names := map[string]int{"en": 25, "de": 20}, map[string][]string{"en": {"Card payments"}, "de": {"Kartenzahlungen"}}
	works := map[string][]string{"en": {"Sign-in"}, "de": {"Anmeldung"}}
	check := func(what, locale, text string) { readsEasily(t, what, locale, text, limits[locale]) }
	for _, locale := range []string{"en", "de"} {
		v := s.Voice(locale, "UTC")
		for _, symptom := range symptoms() {
			n := v.FirstNotice(symptom, names[locale], works[locale], "")
			check(symptom, locale, strings.Join([]string{n.Impact, n.Body, n.NotAffected, v.T("workaround.unknown"), v.T("admin.say.next_update", "time", "14:30")}, " "))
		}
		var all []string
		for _, key := range stock() {
			m, _ := block(s.catalogues[locale], key)
			if text := placeholder.ReplaceAllString(m.full(), "x"); strings.HasSuffix(text, ".") {
				all = append(all, text)
			}
		}
		check("stock", locale, strings.Join(all, " "))
	}
}
