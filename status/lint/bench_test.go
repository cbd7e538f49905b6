package lint

import (
	"strings"
	"testing"
)

// benchmarkText is 2 KB of notices with something for every rule.
func benchmarkText(locale string) string {
	text := "Signing in does not work at the moment. The latency of our backend is high, and db-prod-03 (10.0.0.12) answers with HTTP 503 errors. " +
		"We have found the cause and are fixing it by 14:30 UTC. Orders 1.266 and 4711-0815 are safe; version 1.2.3 stays. More at https://status.example.com/incidents/abc. "
	if locale == "de" {
		text = "Das Anmelden ist derzeit nicht möglich. Die Latenz unserer Backend-Systeme ist hoch, und db-prod-03 (10.0.0.12) meldet HTTP 503. " +
			"Wir kennen jetzt die Ursache und beheben sie bis 14.30 Uhr MEZ. Die Bestellungen 1.266 und 4711-0815 sind sicher; Version 1.2.3 bleibt. Mehr unter https://status.example.com/incidents/abc. "
	}
	return strings.Repeat(text, 2048/len(text)+1)[:2048]
}

func BenchmarkCheck(b *testing.B) {
	rules := Rules{BaseHost: "status.example.com", PublicDomains: []string{"example.com"}, Terms: []string{"Sign-in", "Shop"}, StaffNames: []string{"Anna Becker"}}
	for _, locale := range []string{"en", "de"} {
		n := Notice{Locales: []string{locale}, Texts: map[string]Texts{locale: {Body: benchmarkText(locale)}}}
		Check(n, rules)
		b.Run(locale, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Check(n, rules)
			}
		})
	}
}

// BenchmarkHostile reads the longest texts that a field takes, of one sign or phrase
// over and over: nothing may cost more than its length.
func BenchmarkHostile(b *testing.B) {
	for _, phrase := range []string{"10.0.0.5.", "x@", "://", "Soon. ", "12:30 ", "-----BEGIN X-----", "password="} {
		n := Notice{Locales: []string{"en"}, Texts: map[string]Texts{"en": {Body: strings.Repeat(phrase, 25000/len(phrase))}}}
		b.Run(phrase, func(b *testing.B) {
			for b.Loop() {
				Check(n, Rules{ManyZones: true})
			}
		})
	}
}
