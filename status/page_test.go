package status_test

import (
	"math"
	"strings"
	"testing"

	"allclear/status"
)

func TestNewPage(t *testing.T) {
	p := status.NewPage("abc", "Shop", noon)
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	if p.Organization != "Shop" || p.DefaultLocale != "en" || p.Own || !p.UpdatedAt.Equal(noon) {
		t.Errorf("%+v", p)
	}
	same(t, "languages", p.Locales, []string{"en", "de"})
	same(t, "to translate into", p.Translated(), []string{"de"})
	same(t, "languages still", p.Locales, []string{"en", "de"})
	same(t, "weights", p.UptimeWeights, status.UptimeWeights{Major: 1, Partial: 0.3})
	same(t, "zone", p.Zone().String(), "Etc/UTC")
}

func TestPageCheck(t *testing.T) {
	good := func() status.Page {
		p := status.NewPage("abc", "Shop", noon)
		p.TimeZone, p.BrandColor, p.SupportURL, p.OnDuty = "Europe/Berlin", "#0a6B5A", "mailto:help@shop.example?subject=Status", "duty@shop.example"
		p.FooterLinks = []status.FooterLink{{Label: map[string]string{"": "Imprint", "de": "Impressum"}, URL: "https://shop.example/imprint"}}
		p.VendorAllowList, p.PublicDomains = []string{"Acme Cloud"}, []string{"shop.example"}
		p.Locales, p.DefaultLocale = []string{"de", "pt-BR"}, "de"
		return p
	}
	p := good()
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	p.SupportURL, p.OnDuty, p.SeverityMatrix, p.PriorityMatrix = "http://shop.example", "https://duty.example/hook", nil, nil
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	const link = "is not a web address; it must begin with https:// or http://."
	for _, c := range []struct {
		field, sentence string
		change          func(*status.Page)
	}{
		{"name", "The name must not be empty.", func(p *status.Page) { p.Name = "" }},
		{"organization", "at most 255", func(p *status.Page) { p.Organization = strings.Repeat("x", 256) }},
		{"time_zone", `"Berlin" is not a time zone; use a name such as Europe/Berlin.`, func(p *status.Page) { p.TimeZone = "Berlin" }},
		{"time_zone", "is not a time zone", func(p *status.Page) { p.TimeZone = "" }},
		{"time_zone", "is not a time zone", func(p *status.Page) { p.TimeZone = "Local" }},
		{"default_locale", `The default language "en" must be one of the page's languages.`, func(p *status.Page) { p.DefaultLocale = "en" }},
		{"locales", `"../etc" is not a language code; use codes such as en or de.`, func(p *status.Page) { p.Locales = append(p.Locales, "../etc") }},
		{"locales", `The language "de" is there twice.`, func(p *status.Page) { p.Locales = append(p.Locales, "de") }},
		{"brand_color", `"red" is not a colour; write it as #0a6b5a.`, func(p *status.Page) { p.BrandColor = "red" }},
		{"support_url", link, func(p *status.Page) { p.SupportURL = "javascript:alert(1)" }},
		{"support_url", `"help" is not a mail address.`, func(p *status.Page) { p.SupportURL = "mailto:help" }},
		{"support_url", "control character", func(p *status.Page) { p.SupportURL = "mailto:help@shop.example?subject=\x00" }},
		{"footer_links", link, func(p *status.Page) { p.FooterLinks[0].URL = "/imprint" }},
		{"footer_links", "The name must be one line.", func(p *status.Page) { p.FooterLinks[0].Label["de"] = "a\nb" }},
		{"vendor_allow_list", "The name must not be empty.", func(p *status.Page) { p.VendorAllowList = []string{""} }},
		{"public_domains", "The name must not be empty.", func(p *status.Page) { p.PublicDomains = []string{" "} }},
		{"users", "cannot be negative", func(p *status.Page) { p.Users = -1 }},
		{"customer_names", "The name must not be empty.", func(p *status.Page) { p.CustomerNames = []string{""} }},
		{"approval", `"awful" is not a severity`, func(p *status.Page) { p.Approval = []status.Severity{"awful"} }},
		{"on_duty", `"nobody" is neither a mail address nor a web address.`, func(p *status.Page) { p.OnDuty = "nobody" }},
		{"uptime_weights", "A weight must be between 0 and 1.", func(p *status.Page) { p.UptimeWeights.Major = 1.01 }},
		{"uptime_weights", "A weight must be between 0 and 1.", func(p *status.Page) { p.UptimeWeights.Partial = -0.1 }},
		{"uptime_weights", "A weight must be between 0 and 1.", func(p *status.Page) { p.UptimeWeights.Degraded = math.NaN() }},
		{"priority_matrix", "The entry bad × low = P1 is not possible.", func(p *status.Page) { p.PriorityMatrix["bad"] = map[status.Urgency]status.Priority{"low": "P1"} }},
		{"priority_matrix", "The entry minor × soon = P1 is not possible.", func(p *status.Page) { p.PriorityMatrix["minor"]["soon"] = "P1" }},
		{"priority_matrix", "The entry minor × low = P0 is not possible.", func(p *status.Page) { p.PriorityMatrix["minor"]["low"] = "P0" }},
		{"severity_matrix", "The entry all × few = awful is not possible.", func(p *status.Page) { p.SeverityMatrix["all"]["few"] = "awful" }},
		{"severity_matrix", "The entry all × nobody = minor is not possible.", func(p *status.Page) { p.SeverityMatrix["all"]["nobody"] = "minor" }},
		{"severity_matrix", "The entry nothing × few = minor is not possible.", func(p *status.Page) {
			p.SeverityMatrix["nothing"] = map[string]status.Severity{"few": "minor"}
		}},
	} {
		p := good()
		c.change(&p)
		refused(t, p.Check(), "page."+c.field, c.sentence)
	}
}
