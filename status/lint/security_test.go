package lint

import (
	"slices"
	"testing"
	"time"

	"allclear/status"
)

// securityNotice is one with this text in both languages.
func securityNotice(t *testing.T, en, de string) (*status.Page, *status.Incident) {
	t.Helper()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	page := status.NewPage("page00000001", "Shop", now)
	site := &status.Site{Now: now, Page: page}
	n, err := status.OpenIncident(site, "notice000001", "update000001", status.Change{
		Name: new("We are looking into a security matter"), Body: &en, Security: new(true), NextUpdateAt: status.Some(now.Add(30 * time.Minute)),
		Translations: map[string]status.Texts{"de": {Name: new("Wir gehen einem Sicherheitsvorfall nach"), Body: &de}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &page, n
}

// TestHoldingTextsPass: the fixed words of a security notice, in both languages, in both of
// their forms.
func TestHoldingTextsPass(t *testing.T) {
	for en, de := range map[string]string{
		"We are looking into a security matter. Your services keep running. We will inform you by 23 Nov 2026, 10:00 UTC.":                              "Wir gehen einem Sicherheitsvorfall nach. Ihre Dienste laufen weiter. Wir informieren Sie bis 23.11.2026, 10:00 Uhr UTC.",
		"We are looking into a security matter. You can use these services only in part: Cards and Mail. We will inform you by 23 Nov 2026, 10:00 UTC.": "Wir gehen einem Sicherheitsvorfall nach. Diese Dienste können Sie nur eingeschränkt nutzen: Cards und Mail. Wir informieren Sie bis 23.11.2026, 10:00 Uhr UTC.",
	} {
		page, n := securityNotice(t, en, de)
		rules := RulesFor(page, []status.Component{{Name: "Cards"}, {Name: "Mail"}}, nil, "https://status.example.com", "en")
		for _, f := range Blocking(Check(FromIncident(page, n, Past{}, n.CreatedAt), rules), Strict) {
			t.Errorf("%s: %+v", en, f)
		}
		n.Security = false
		if got := rulesOf(Blocking(Check(FromIncident(page, n, Past{}, n.CreatedAt), rules), Strict)); !slices.Contains(got, "D4") {
			t.Errorf("an ordinary notice may not say it: %v", got)
		}
	}
}

// TestSecurityNoticesStillDiscloseNothing: words of attacks are a remark there, numbers of
// weaknesses stop it.
func TestSecurityNoticesStillDiscloseNothing(t *testing.T) {
	page, n := securityNotice(t, "Attackers used CVE-2026-12345.", "Angreifer nutzten CVE-2026-12345.")
	rules := RulesFor(page, nil, nil, "https://status.example.com", "en")
	found := Check(FromIncident(page, n, Past{}, n.CreatedAt), rules)
	for _, f := range found {
		if f.Rule == "D4" && (f.Level == Block) != (f.Match == "CVE-2026-12345") {
			t.Errorf("%+v", f)
		}
	}
	if got := Blocking(found, Strict); len(got) != 2 {
		t.Errorf("%+v", got)
	}
}
