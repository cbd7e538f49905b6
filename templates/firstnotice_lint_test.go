package templates

import (
	"testing"
	"time"

	"allclear/status"
	"allclear/status/lint"
)

// TestGeneratedNoticesPassTheLint: what nobody typed needs no mending, for every symptom,
// in both languages, whatever the components are called.
func TestGeneratedNoticesPassTheLint(t *testing.T) {
	s := newSet(t)
	page := status.NewPage("p", "Example", time.Time{})
	page.ManyZones = true
	for _, names := range [][]string{
		{"Payments"}, {"Cards", "Debits"}, {"API"}, {"Web sign-in"}, {"SEPA direct debit"}, {"Kontoauszüge"}, {"DNS"}, {"Login-Server"}, {"PostgreSQL"},
		{"E-mail delivery", "Web hooks", "SMS"}, {"Zahlungsverkehr Ausland (SWIFT)"}, {"eu-central-1"}, {"Region FRA2"}, {"api.example.com"}, {"ONLINE BANKING"},
		{"24/7 Hotline"}, {"A", "B", "C", "D", "E", "F", "G", "H"}, {"Überweisungen", "Daueraufträge", "Lastschriften", "Karten", "Depot", "Kredite", "App"},
		{"Notifications and invitations by e-mail", "Signing in with the account of your organisation"}, {"Störungsmelder Süd"}, {"Backup"}, {"Status page"},
	} {
		for _, symptom := range symptoms() {
			checkGenerated(t, s, &page, symptom, names)
		}
	}
}

func checkGenerated(t *testing.T, s *Set, page *status.Page, symptom string, names []string) {
	t.Helper()
	var components []status.Component
	for _, name := range append([]string{"Everything else", "Rest"}, names...) {
		components = append(components, status.Component{ID: name, Name: name})
	}
	next := time.Date(2026, 11, 22, 3, 30, 0, 0, time.UTC)
	n := lint.Notice{
		Kind: status.Problem, Stage: status.Investigating, Locales: []string{"en", "de"}, Texts: map[string]lint.Texts{},
		Now: next.Add(-30 * time.Minute), NextUpdateAt: &next, Due: next, Workaround: "unknown", AffectedUsers: "count",
	}
	for _, rest := range []string{"", "Rest"} {
		for _, locale := range n.Locales {
			first := s.Voice(locale, "Europe/Berlin").FirstNotice(symptom, names, []string{"Everything else"}, rest)
			n.Texts[locale] = lint.Texts{lint.Name: first.Title, lint.CustomerImpact: first.Impact, lint.Body: first.Body, lint.NotAffected: first.NotAffected}
		}
		for _, f := range lint.Check(n, lint.RulesFor(page, components, []string{"anna.becker@example.org"}, "https://status.example.com", "en")) {
			if f.Rule == "C8" && f.Field == "name" && len(names[0]) > 35 {
				continue // such a name leaves no room in a title, which is said
			}
			t.Errorf("%s of %q, %s %s: %s", symptom, names, f.Locale, f.Field, f.Message)
		}
	}
}
