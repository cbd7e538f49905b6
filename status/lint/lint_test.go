package lint

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// read checks one body.
func read(locale, text string, r Rules) []Finding {
	return Check(Notice{Locales: []string{locale}, Texts: map[string]Texts{locale: {Body: text}}}, r)
}

func rulesOf(findings []Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Rule)
	}
	return out
}

func TestFindingAsJSON(t *testing.T) {
	findings := read("en", "The gateway 10.0.0.5 is not available.", Rules{})
	got, err := json.Marshal(findings)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"rule":"D1","level":"block","field":"body","locale":"en","match":"10.0.0.5","message":"“10.0.0.5” is an address in a network. Name what customers use instead.","suggestion":"one of our systems"}`
	if !strings.Contains(string(got), want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestMessagesFollowTheReaderAndSuggestionsTheText(t *testing.T) {
	findings := read("de", "Der Server nginx ist nicht erreichbar.", Rules{Language: "en"})
	if len(findings) == 0 || findings[0].Suggestion != "ein Server" || !strings.HasPrefix(findings[0].Message, "“nginx” names a product") {
		t.Errorf("got %+v", findings)
	}
	findings = read("en", "The server nginx is not available.", Rules{Language: "de-AT"})
	if len(findings) == 0 || findings[0].Suggestion != "a server" || !strings.HasPrefix(findings[0].Message, "„nginx“ nennt ein Produkt") {
		t.Errorf("got %+v", findings)
	}
}

func TestBlocking(t *testing.T) {
	findings := []Finding{{Rule: "D1", Level: Block}, {Rule: "D6", Level: Warn}, {Rule: "C1", Level: Block}, {Rule: "C5", Level: Warn}}
	for _, c := range []struct {
		mode  Mode
		block []string
	}{{Default, []string{"D1"}}, {Strict, []string{"D1", "C1"}}, {Lenient, nil}} {
		if got := rulesOf(Blocking(findings, c.mode)); !slices.Equal(got, c.block) {
			t.Errorf("%q blocks %v, want %v", c.mode, got, c.block)
		}
		if got := len(Warnings(findings, c.mode)); got != len(findings)-len(c.block) {
			t.Errorf("%q warns of %d", c.mode, got)
		}
	}
	for given, ok := range map[string]bool{"": true, "strict": true, "warn": true, "none": false, "block": false} {
		if _, got := ParseMode(given); got != ok {
			t.Errorf("ParseMode(%q) = %v", given, got)
		}
	}
}

func TestMasked(t *testing.T) {
	for given, want := range map[string]string{
		"password=hunter2now":                 "password=" + hidden,
		"Kennwort: Xy7!plmk9":                 "Kennwort: " + hidden,
		"AKIAIOSFODNN7EXAMPLE":                "AKIA" + hidden,
		"abcd1234":                            hidden,
		"postgres://admin:s3cr3t@":            hidden,
		"q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ8A=": "q83v" + hidden,
		"":                                    hidden,
	} {
		if got := Masked(given); got != want {
			t.Errorf("Masked(%q) = %q, want %q", given, got, want)
		}
	}
}

func TestRedact(t *testing.T) {
	given := "Sign in with password=hunter2now at 10:30, key AKIAIOSFODNN7EXAMPLE."
	want := "Sign in with password=" + hidden + " at 10:30, key AKIA" + hidden + "."
	if got := Redact(given); got != want {
		t.Errorf("got %q", got)
	}
	if plain := "Version 1.2.3 is out, order 4711."; Redact(plain) != plain {
		t.Error("a text without credentials was changed")
	}
}

// TestNoCredentialLeaves: neither the match nor the message of any rule shows one.
func TestNoCredentialLeaves(t *testing.T) {
	for _, c := range corpus(t, "D3") {
		if c.expect != "+" {
			continue
		}
		text := c.text + " We will update you on " + c.text
		notice := Notice{
			Kind: status.Problem, Stage: status.Investigating, Locales: []string{"en", "de"},
			Texts: map[string]Texts{"en": {Body: text, CustomerImpact: c.text, VendorURL: c.text}, "de": {Body: "Hier 1. " + c.text}},
		}
		findings := Check(notice, Rules{CustomerNames: []string{"Sommer", "Gehe1m"}, PublicDomains: []string{"example.com"}})
		if !HasCredentials(findings) {
			t.Errorf("%q: none found", c.text)
		}
		said, err := json.Marshal(findings)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			if f.Rule != "D3" || f.Field != string(Body) || f.Locale != "en" {
				continue
			}
			raw := strings.TrimRight(text[f.Start:f.End], "@")
			if tail := raw[max(0, len(raw)-6):]; strings.Contains(string(said), tail) {
				t.Errorf("%q shows in %s", tail, said)
			}
		}
	}
}

// TestEverySentenceIsComplete runs all corpora with both languages of messages.
func TestEverySentenceIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, language := range []string{"en", "de"} {
		for _, rule := range allRules() {
			for _, c := range corpus(t, rule) {
				notice, rules := c.notice(t, rule)
				rules.Language = language
				for _, f := range Check(notice, rules) {
					seen[f.Rule] = true
					sentence := strings.ReplaceAll(f.Message, shorten(f.Match), "")
					if sentence == "" || strings.Contains(sentence, "{") {
						t.Errorf("%s %s: %q", language, f.Rule, f.Message)
					}
					if strings.Contains(f.Suggestion, "@") {
						t.Errorf("%s: suggestion %q", f.Rule, f.Suggestion)
					}
				}
			}
		}
	}
	if len(seen) != len(allRules()) {
		t.Errorf("%d rules spoke, want %d", len(seen), len(allRules()))
	}
}

func TestCataloguesHaveTheSameKeys(t *testing.T) {
	d := loaded()
	for key, english := range d.messages["en"] {
		german, ok := d.messages["de"][key]
		if !ok {
			t.Errorf("%q is missing in German", key)
		}
		for _, slot := range []string{"{match}", "{suggestion}", "{n}", "{limit}", "{own}", "{other}", "{language}"} {
			if strings.Contains(english, slot) != strings.Contains(german, slot) {
				t.Errorf("%q: %s is in one language only", key, slot)
			}
		}
	}
	if len(d.messages["de"]) != len(d.messages["en"]) {
		t.Error("the German catalogue has more keys")
	}
}

// TestWordLists: every line is an entry, no word is there twice, and each kind of
// replacement has its words.
func TestWordLists(t *testing.T) {
	for _, list := range []string{"en/jargon", "de/jargon"} {
		if n := len(lines("words/" + list + ".txt")); n < 150 {
			t.Errorf("%s has %d entries", list, n)
		}
	}
	for _, list := range []string{
		"products", "vendors", "en/jargon", "de/jargon", "en/empty", "de/empty", "en/speculation", "de/speculation", "en/relative", "de/relative",
		"en/absolute", "de/absolute", "en/humour", "de/humour", "en/effects", "de/effects",
	} {
		seen := map[string]bool{}
		for _, line := range lines("words/" + list + ".txt") {
			if seen[line[0]] {
				t.Errorf("%s: %q is there twice", list, line[0])
			}
			seen[line[0]] = true
			if kind, ok := strings.CutPrefix(line[1], "@"); ok && loaded().messages["de"]["swap."+kind] == "" {
				t.Errorf("%s: nothing can be written for %q", list, kind)
			}
			if strings.Contains(list, "jargon") && line[1] == "" {
				t.Errorf("%s: %q has no plain words", list, line[0])
			}
		}
	}
}

func TestTermsAreNeverFindings(t *testing.T) {
	text := "Redis Hosting, API-7 and DNS are slow. Mail comes late from FRA2."
	rules := Rules{Terms: []string{"Redis Hosting", "API-7", "DNS", "FRA2"}}
	if got := read("en", text, rules); len(got) > 0 {
		t.Errorf("got %v", got)
	}
	if got := rulesOf(read("en", text, Rules{})); !slices.Contains(got, "D5") || !slices.Contains(got, "C5") || !slices.Contains(got, "D11") {
		t.Errorf("without terms: got %v", got)
	}
}

func TestAVersionMakesAProductABlock(t *testing.T) {
	for text, level := range map[string]Level{
		"nginx 1.25.3 was updated.": Block, "nginx/1.25 was updated.": Block, "Windows Server 2019 is slow.": Block, "PostgreSQL version 16.1 is slow.": Block,
		"nginx was updated.": Warn, "nginx 10.30 Uhr": Warn, "Redis 99.9 % of the time": Warn, "Redis 30 minutes late": Warn,
	} {
		found := false
		for _, f := range read("en", text, Rules{}) {
			if f.Rule == "D5" {
				found = true
				if f.Level != level {
					t.Errorf("%q: %s, want %s (%q)", text, f.Level, level, f.Match)
				}
			}
		}
		if !found {
			t.Errorf("%q: nothing found", text)
		}
	}
}

func TestUnknownLanguagesAreCheckedForDisclosureOnly(t *testing.T) {
	got := rulesOf(read("fr", "Le serveur db-prod-03 (10.0.0.5) est en panne, MySQL aussi! La latence est haute {heure}.", Rules{}))
	slices.Sort(got)
	if want := []string{"C14", "D1", "D2", "D5"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func newIncident(now time.Time) (*status.Page, *status.Incident) {
	page := status.NewPage("p1", "Example", now)
	page.VendorAllowList, page.PublicDomains = []string{"Stripe"}, []string{"example.com"}
	due := now.Add(30 * time.Minute)
	german, impact := "Anmelden geht nicht", "Das Anmelden ist derzeit nicht möglich."
	return &page, &status.Incident{
		ID: "i1", Kind: status.Problem, Stage: status.Investigating, Name: "Signing in does not work", Severity: status.Serious, Urgency: status.UrgencyNormal,
		CustomerImpact: "Signing in does not work at the moment.", StartedAt: now, NextUpdateAt: &due, Assignee: "Anna Becker", InternalNote: "see db-prod-03",
		AffectedUsers: status.AffectedUsers{Mode: "count", Count: 200}, Workaround: status.UnknownWorkaround(),
		Translations: map[string]status.Texts{"de": {Name: &german, CustomerImpact: &impact}},
	}
}

// said is the notice with a new entry in front.
func said(i *status.Incident, bodies map[string]string) *status.Incident {
	out := *i
	entry := status.Update{ID: "said", Stage: i.Stage, Body: bodies["en"], Translations: maps.Clone(bodies)}
	delete(entry.Translations, "en")
	out.Updates = append([]status.Update{entry}, i.Updates...)
	return &out
}

func TestFromIncident(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	page, incident := newIncident(now)
	bodies := map[string]string{"en": "We are looking for the cause.", "de": "Wir suchen die Ursache."}
	rules := RulesFor(page, nil, nil, "https://status.example.com", "en")
	rules.StaffNames = []string{"Anna Becker"}
	if got := Check(FromIncident(page, said(incident, bodies), Past{}, now), rules); len(got) > 0 {
		t.Errorf("a good notice: %v", got)
	}
	late := now.Add(3 * time.Hour)
	incident.NextUpdateAt, incident.Stage = &late, status.Identified
	bodies["de"] = "Wir suchen auf db-prod-03."
	got := rulesOf(Check(FromIncident(page, said(incident, bodies), Past{}, now), rules))
	if want := []string{"C2", "C3", "D2"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestPublishedTextsAreNotJudgedAgain: an update at night is not held up by the title of
// yesterday.
func TestPublishedTextsAreNotJudgedAgain(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	page, before := newIncident(now)
	before.Name = "Signing in via 10.0.0.5 does not work"
	after := *before
	bodies := map[string]string{"en": "We are looking for the cause.", "de": "Wir suchen die Ursache."}
	rules := RulesFor(page, nil, nil, "https://status.example.com", "en")
	if got := rulesOf(Check(FromIncident(page, said(before, bodies), Past{}, now), rules)); !slices.Contains(got, "D1") {
		t.Errorf("a new title: got %v", got)
	}
	if got := Check(FromIncident(page, said(&after, bodies), PastOf(page, before), now), rules); len(got) > 0 {
		t.Errorf("an old title: got %v", got)
	}
	after.Name = "Signing in via 10.0.0.6 does not work"
	if got := rulesOf(Check(FromIncident(page, said(&after, bodies), PastOf(page, before), now), rules)); !slices.Equal(got, []string{"D1", "C11", "C11"}) {
		t.Errorf("a changed title: got %v", got)
	}
}

func TestResolvedAndMaintenance(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	page, incident := newIncident(now)
	incident.Stage, incident.NextUpdateAt = status.Resolved, nil
	bodies := map[string]string{"en": "The problem is fully fixed.", "de": "Die Störung ist vollständig behoben."}
	rules := RulesFor(page, nil, nil, "https://status.example.com", "en")
	findings := Check(FromIncident(page, said(incident, bodies), Past{}, now), rules)
	if len(findings) != 6 || len(Blocking(findings, Default)) != 0 || len(Blocking(findings, Strict)) != 6 {
		t.Errorf("P2 without a resolution message: %v", findings)
	}
	incident.Imported = true
	if got := Check(FromIncident(page, said(incident, bodies), Past{}, now), rules); len(got) > 0 {
		t.Errorf("an imported notice: %v", got)
	}
	window := &status.Incident{Kind: status.Maintenance, Stage: status.Scheduled, Name: "New parts"}
	got := rulesOf(Check(FromIncident(page, said(window, map[string]string{"en": "We will renew a part."}), Past{}, now), rules))
	if !slices.Equal(got, []string{"C1", "C11", "C11"}) {
		t.Errorf("a maintenance without impact: %v", got)
	}
}

func TestRulesForPage(t *testing.T) {
	page := status.NewPage("p1", "Example", time.Unix(0, 0))
	page.SupportURL = "mailto:hilfe@partner.de"
	page.FooterLinks = []status.FooterLink{{URL: "https://imprint.example.org/legal"}}
	rules := RulesFor(&page, nil, nil, "https://status.example.com/x", "de")
	text := "Write to hilfe@partner.de, see https://status.example.com/a and imprint.example.org."
	if got := read("en", text, rules); len(got) > 0 {
		t.Errorf("got %v", got)
	}
	if got := rulesOf(read("en", "Write to chef@partner.de.", rules)); !slices.Equal(got, []string{"D7"}) {
		t.Errorf("got %v", got)
	}
}

func TestVendorOfTheNoticeMayBeNamed(t *testing.T) {
	n := Notice{
		Locales: []string{"en"}, Vendor: "Stripe",
		Texts: map[string]Texts{"en": {Body: "Stripe declines cards, see status.stripe.com.", VendorURL: "https://status.stripe.com"}},
	}
	if got := Check(n, Rules{}); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}
