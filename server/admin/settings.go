package admin

import (
	"maps"
	"net/http"
	"net/mail"
	"net/url"
	"slices"
	"strings"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

func (d *desk) settings(v *visit) error {
	form := blank("f", settingsShown(v.page()))
	form.Version = v.page().Version
	return v.showSettings(http.StatusOK, form)
}

// showSettings offers every language of the catalogues and those that the page has.
func (v *visit) showSettings(code int, form *templates.Form) error {
	languages := v.Pages.Locales()
	for _, l := range v.page().Locales {
		if !slices.Contains(languages, l) {
			languages = append(languages, l)
		}
	}
	return v.show(code, templates.SettingsPage{Office: v.office("settings", "settings"), Form: form, Languages: languages})
}

func settingsShown(p *status.Page) url.Values {
	var links []string
	for _, l := range p.FooterLinks {
		links = append(links, linkLine(l))
	}
	return url.Values{
		"name": {p.Name}, "organization": {p.Organization}, "time_zone": {p.TimeZone}, "locales": slices.Clone(p.Locales),
		"default_locale": {p.DefaultLocale}, "brand_color": {p.BrandColor}, "support_url": {p.SupportURL},
		"footer_links": {strings.Join(links, "\n")}, "vendor_allow_list": {strings.Join(p.VendorAllowList, "\n")},
		"public_domains": {strings.Join(p.PublicDomains, "\n")}, "on_duty": {p.OnDuty},
	}
}

// linkLine writes a link as one line: address, label, and further labels by language.
func linkLine(l status.FooterLink) string {
	parts := []string{l.URL + " " + l.Label[""]}
	for _, locale := range slices.Sorted(maps.Keys(l.Label)) {
		if locale != "" {
			parts = append(parts, locale+": "+l.Label[locale])
		}
	}
	return strings.Join(parts, " | ")
}

// readLink reads what linkLine writes.
func readLink(line string) (status.FooterLink, bool) {
	parts := strings.Split(line, "|")
	address, label, ok := strings.Cut(strings.TrimSpace(parts[0]), " ")
	l := status.FooterLink{URL: address, Label: map[string]string{"": strings.TrimSpace(label)}}
	for _, more := range parts[1:] {
		locale, text, found := strings.Cut(more, ":")
		ok = ok && found
		l.Label[strings.TrimSpace(locale)] = strings.TrimSpace(text)
	}
	return l, ok
}

// saveSettings changes the page's settings; the page's own check has the last word.
func (d *desk) saveSettings(v *visit) error {
	in, err := v.input("f", "page.")
	if err != nil {
		return err
	}
	links := in.links()
	var r store.Receipt
	if len(in.faults) == 0 {
		r, err = d.Store.EditPage(v.ctx(), in.by(), in.version(), func(p *status.Page) error {
			p.Name, p.Organization, p.TimeZone = in.value("name"), in.value("organization"), in.value("time_zone")
			p.Locales, p.DefaultLocale = slices.Clone(in.values["locales"]), in.value("default_locale")
			p.BrandColor, p.SupportURL, p.OnDuty = in.value("brand_color"), in.value("support_url"), in.value("on_duty")
			p.FooterLinks, p.VendorAllowList, p.PublicDomains = links, in.lines("vendor_allow_list"), in.lines("public_domains")
			return checkSupport(p.SupportURL)
		})
	}
	if in.fault(err) || len(in.faults) > 0 {
		form := in.form()
		if stale(err) {
			form.Theirs, form.Version, form.Faults = v.differences(in.values, settingsShown(v.page())), v.page().Version, nil
		}
		return v.showSettings(codeOf(err), form)
	}
	if err != nil {
		return err
	}
	return v.saved("/admin/settings", r)
}

func (in *input) links() []status.FooterLink {
	var list []status.FooterLink
	for _, line := range in.lines("footer_links") {
		l, ok := readLink(line)
		if !ok {
			in.wrong("footer_links", "link")
			return nil
		}
		list = append(list, l)
	}
	return list
}

// checkSupport accepts a web address or mailto: with one address.
func checkSupport(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err == nil && u.Scheme == "mailto" {
		if _, err := mail.ParseAddress(u.Opaque); err == nil {
			return nil
		}
	}
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(s) > 2048 {
		return status.Invalid("page.support_url", "%q is no link; it must begin with https://, http:// or mailto:.", s)
	}
	return nil
}
