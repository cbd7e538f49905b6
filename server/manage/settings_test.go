package manage

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"

	"allclear/status"
)

const allSettings = `{"page":{"organization":"Acme AG","brand_color":"#0a6b5a","support_url":"mailto:help@acme.example",
	"locales":["de","en"],"default_locale":"de","on_duty":"duty@acme.example","users":5000,"many_zones":true,"tell_reports":true,"customer_names":["Muster AG"],"approval":["critical"],
	"footer_links":[{"label":{"de":"Impressum","en":"Imprint"},"url":"https://acme.example/imprint"}],
	"uptime_weights":{"major":1,"partial":0.5,"degraded":0.1},"vendor_allow_list":["Example Cloud"],"public_domains":["acme.example"],
	"cadence":{"P1":{"first":{"minutes":3},"early":{"minutes":15},"later":{"minutes":30},"watch":{"working_days":1}}},
	"severity_matrix":{"all":{"few":"critical"}},"priority_matrix":{"critical":{"low":"P1"}},
	"working_hours":{"days":[1,2],"from":480,"to":960}}}`

// TestSettingsComeBack writes every setting of ours, reads it, and writes what was read.
func TestSettingsComeBack(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	first := c.patch("", allSettings).want(http.StatusOK).
		has("organization", "Acme AG").has("brand_color", "#0a6b5a").has("support_url", "mailto:help@acme.example").
		has("locales.0", "de").has("default_locale", "de").has("on_duty", "duty@acme.example").has("users", "5000").has("customer_names.0", "Muster AG").has("approval.0", "critical").
		has("footer_links.0.label.de", "Impressum").has("footer_links.0.label.en", "Imprint").has("footer_links.0.url", "https://acme.example/imprint").
		has("uptime_weights.partial", "0.5").has("vendor_allow_list.0", "Example Cloud").has("public_domains.0", "acme.example").
		has("cadence.P1.first.minutes", "3").has("cadence.P1.watch.working_days", "1").has("severity_matrix.all.few", "critical").
		has("priority_matrix.critical.low", "P1").has("working_hours.from", "480").has("working_hours.days.1", "2")
	again := map[string]any{}
	for name := range ownKeys(&status.Page{}) {
		again[name] = first.at(name)
	}
	body, err := json.Marshal(map[string]any{"page": again})
	if err != nil {
		t.Fatal(err)
	}
	second := c.patch("", string(body)).want(http.StatusOK)
	for name := range again {
		if !reflect.DeepEqual(first.at(name), second.at(name)) {
			t.Errorf("%s was %v and came back as %v", name, first.at(name), second.at(name))
		}
	}
	c.patch("", `{"page":{"footer_links":[],"vendor_allow_list":[]}}`).want(http.StatusOK)
	if got := c.get(""); got.length("footer_links")+got.length("vendor_allow_list") != 0 {
		t.Errorf("emptied lists: %s", got.body)
	}
}

func TestBadSettingsChangeNothing(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	before := f.revision()
	for body, field := range map[string]string{
		`{"locales":[]}`:                        "page.default_locale",
		`{"locales":["en","en"]}`:               "page.locales",
		`{"locales":["en","api"]}`:              "page.locales",
		`{"locales":["English"]}`:               "page.default_locale",
		`{"default_locale":"fr"}`:               "page.default_locale",
		`{"locales":["en","fr"]}`:               "page.locales",
		`{"brand_color":"red"}`:                 "page.brand_color",
		`{"support_url":"javascript:alert(1)"}`: "page.support_url",
		`{"footer_links":[{"label":{"en":"x"},"url":"javascript:alert(1)"}]}`:                "page.footer_links",
		`{"footer_links":[{"label":{"en":"x"},"url":"https://acme.example","target":"_x"}]}`: "page.footer_links.0.target",
		`{"uptime_weights":{"major":2}}`:                                                     "page.uptime_weights",
		`{"uptime_weights":{"minor":1}}`:                                                     "page.uptime_weights.minor",
		`{"cadence":{"P9":{}}}`:                                                              "page.cadence",
		`{"cadence":{"P1":{"first":{"minutes":-1}}}}`:                                        "page.cadence",
		`{"severity_matrix":{"all":{"few":"huge"}}}`:                                         "page.severity_matrix",
		`{"priority_matrix":{"critical":{"low":"P0"}}}`:                                      "page.priority_matrix",
		`{"on_duty":"nobody"}`:                                                               "page.on_duty",
		`{"working_hours":{"days":[9],"from":0,"to":60}}`:                                    "page.working_hours",
		`{"organisation":"Acme"}`:                                                            "page.organisation",
	} {
		got := c.patch("", `{"page":`+body+`}`).want(http.StatusUnprocessableEntity)
		if fields, ok := got.at("fields").(map[string]any); !ok || fields[field] == nil {
			t.Errorf("%s: %s", body, got.body)
		}
	}
	if now := f.revision(); now != before {
		t.Errorf("revision %d became %d", before, now)
	}
}
