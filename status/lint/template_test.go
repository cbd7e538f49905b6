package lint

import (
	"testing"
	"time"

	"allclear/status"
)

// TestStockTemplatesPass: with their gaps filled, the notices that every page begins with
// break no rule that must be kept, and read easily.
func TestStockTemplatesPass(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	page := status.NewPage("page00000001", "Shop", now)
	rules := RulesFor(&page, []status.Component{{Name: "Cards"}}, nil, "https://status.example.com", "en")
	for _, n := range status.StockTemplates(now) {
		notice := Notice{Locales: page.Locales, Texts: map[string]Texts{}}
		for _, locale := range page.Locales {
			w, ok := n.In(locale)
			if !ok {
				t.Fatalf("%s has no %s", n.Name, locale)
			}
			fill := func(text string) string {
				return status.Fill(text, map[string]string{status.ComponentsSlot: "Cards", "time": "14:30"})
			}
			notice.Texts[locale] = Texts{Name: fill(w.Title), Body: fill(w.Body), CustomerImpact: fill(w.CustomerImpact)}
		}
		for _, f := range Check(notice, rules) {
			t.Errorf("%s: %s %s %s: %s", n.Name, f.Rule, f.Locale, f.Field, f.Message)
		}
	}
}
