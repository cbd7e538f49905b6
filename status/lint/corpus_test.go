package lint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// corpusRules are the rules of an invented page.
func corpusRules() Rules {
	return Rules{
		BaseHost: "status.example.com", PublicDomains: []string{"example.com", "203.0.113.0/24"}, SupportContact: "+49 221 5550100",
		Vendors: []string{"Stripe"}, StaffNames: []string{"Anna Becker", "Tom Müller", "Olga", "admin", "support"},
		CustomerNames: []string{"Apple", "Muster GmbH", "Globex"}, Terms: []string{"Redis Hosting", "Region eu-west-3", "FRA9", "Frankfurt"},
	}
}

// corpusCase is a line of a corpus: "+" when the rule must find something, "-" when it
// must not; a z behind it means that readers live in several time zones.
type corpusCase struct{ expect, locale, text string }

func corpus(t *testing.T, rule string) []corpusCase {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "corpus", rule+".tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var out []corpusCase
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(line, "\t", 3)
		if len(parts) != 3 || !strings.HasPrefix(parts[0], "+") && !strings.HasPrefix(parts[0], "-") {
			t.Fatalf("%s: %q is no case", rule, line)
		}
		out = append(out, corpusCase{parts[0], parts[1], strings.ReplaceAll(parts[2], `\n`, "\n")})
	}
	return out
}

// notice turns a line into what the rule reads.
func (c corpusCase) notice(t *testing.T, rule string) (Notice, Rules) {
	t.Helper()
	rules := corpusRules()
	rules.ManyZones = strings.HasSuffix(c.expect, "z")
	switch rule {
	case "C1":
		return Notice{Kind: status.Problem, Stage: status.Investigating, Locales: []string{c.locale}, Texts: map[string]Texts{c.locale: {CustomerImpact: c.text}}}, rules
	case "C2", "C3", "C4", "C13":
		return factsOf(t, c.text), rules
	case "C11":
		return pairOf(t, c.text), rules
	}
	return Notice{Locales: []string{c.locale}, Texts: map[string]Texts{c.locale: {Body: c.text}}}, rules
}

// pairOf reads "English | German", with "English before | German before" behind ||.
func pairOf(t *testing.T, text string) Notice {
	t.Helper()
	texts := func(s string) map[string]Texts {
		en, de, ok := strings.Cut(s, " | ")
		if !ok {
			t.Fatalf("%q has no two languages", s)
		}
		return map[string]Texts{"en": {Body: strings.TrimSpace(en)}, "de": {Body: strings.TrimSpace(de)}}
	}
	now, before, edited := strings.Cut(text, " || ")
	n := Notice{Locales: []string{"en", "de"}, Texts: texts(now)}
	if edited {
		n.Before = texts(before)
	}
	return n
}

// factsOf reads "stage=monitoring next=30m due=60m …".
func factsOf(t *testing.T, text string) Notice {
	t.Helper()
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	n := Notice{Kind: status.Problem, Stage: status.Investigating, Now: now, Locales: []string{"en"}, Workaround: "none_known", AffectedUsers: "none"}
	for pair := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(pair, "=")
		switch key {
		case "kind":
			n.Kind = status.Kind(value)
		case "stage":
			n.Stage = status.Stage(value)
		case "workaround":
			n.Workaround = value
		case "affected":
			n.AffectedUsers = value
		case "next", "due":
			wait, err := time.ParseDuration(value)
			if err != nil {
				t.Fatal(err)
			}
			at := now.Add(wait)
			if key == "next" {
				n.NextUpdateAt = &at
			} else {
				n.Due = at
			}
		case "priority":
			n.Required = Parts(status.Priority(value))
		default:
			n.Resolution = resolved(t, n.Resolution, key, value)
		}
	}
	return n
}

func resolved(t *testing.T, r *status.Resolution, key, value string) *status.Resolution {
	t.Helper()
	if r == nil {
		r = &status.Resolution{FullyFixed: "yes", DataLoss: "unknown", CanRecur: "unknown"}
	}
	switch key {
	case "what":
		r.WhatHappened = value
	case "fixed":
		r.FullyFixed = value
	case "limits":
		r.Limits = value
	case "data":
		r.DataLoss = value
	case "recur":
		r.CanRecur = value
	case "prevention":
		r.Prevention = value
	case "action":
		r.CustomerAction = value
	case "followup":
		r.FollowUpBy = value
	default:
		t.Fatalf("%q is no fact", key)
	}
	return r
}

// TestCorpus checks every rule against at least 20 texts that break it and 20 that look
// as if.
func TestCorpus(t *testing.T) {
	for _, rule := range allRules() {
		t.Run(rule, func(t *testing.T) {
			positive, negative, wrong := 0, 0, 0
			for _, c := range corpus(t, rule) {
				notice, rules := c.notice(t, rule)
				var found []string
				for _, f := range Check(notice, rules) {
					if f.Rule == rule {
						found = append(found, f.Match+": "+f.Message)
					}
				}
				want := strings.HasPrefix(c.expect, "+")
				if want {
					positive++
				} else {
					negative++
				}
				if want != (len(found) > 0) {
					wrong++
					t.Errorf("%s %s %q: found %q", c.expect, c.locale, c.text, found)
				}
			}
			if positive < 20 || negative < 20 {
				t.Errorf("%d positive and %d negative cases, want 20 of each", positive, negative)
			}
			t.Logf("%d positive, %d negative, %d wrong", positive, negative, wrong)
		})
	}
}

func allRules() []string {
	return []string{
		"D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11",
		"C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C14",
	}
}

// TestHarmlessIsNeverBlocked reads the texts that look as if they broke one of the rules
// of disclosure, and all of the rules of clarity: none of them may be blocked by any.
func TestHarmlessIsNeverBlocked(t *testing.T) {
	read := 0
	for _, rule := range allRules() {
		if rule == "C2" || rule == "C3" || rule == "C4" || rule == "C13" {
			continue // no texts
		}
		for _, c := range corpus(t, rule) {
			if strings.HasPrefix(rule, "D") && strings.HasPrefix(c.expect, "+") {
				continue
			}
			read++
			notice, rules := c.notice(t, rule)
			for _, f := range Blocking(Check(notice, rules), Default) {
				t.Errorf("%s %q: %s %q", rule, c.text, f.Rule, f.Match)
			}
		}
	}
	t.Logf("%d harmless texts", read)
}
