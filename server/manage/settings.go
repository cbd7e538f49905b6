package manage

import "allclear/status"

// ownFields are our settings beside Statuspage's fields of a page. A list or table that is
// given replaces the whole of what was there.
type ownFields struct {
	Organization    *string                `json:"organization"`
	Locales         *[]string              `json:"locales"`
	DefaultLocale   *string                `json:"default_locale"`
	BrandColor      *string                `json:"brand_color"`
	SupportURL      *string                `json:"support_url"`
	FooterLinks     *[]status.FooterLink   `json:"footer_links"`
	UptimeWeights   *status.UptimeWeights  `json:"uptime_weights"`
	Cadence         *status.Cadence        `json:"cadence"`
	SeverityMatrix  *status.SeverityMatrix `json:"severity_matrix"`
	PriorityMatrix  *status.PriorityMatrix `json:"priority_matrix"`
	VendorAllowList *[]string              `json:"vendor_allow_list"`
	PublicDomains   *[]string              `json:"public_domains"`
	OnDuty          *string                `json:"on_duty"`
	WorkingHours    *status.WorkingHours   `json:"working_hours"`
	Users           *int64                 `json:"users"`
	ManyZones       *bool                  `json:"many_zones"`
	TellReports     *bool                  `json:"tell_reports"`
	CustomerNames   *[]string              `json:"customer_names"`
	Approval        *[]status.Severity     `json:"approval"`
}

// apply takes the given settings over; the page's own check judges them.
func (f *ownFields) apply(p *status.Page) {
	set(&p.Organization, f.Organization)
	set(&p.Locales, f.Locales)
	set(&p.DefaultLocale, f.DefaultLocale)
	set(&p.BrandColor, f.BrandColor)
	set(&p.SupportURL, f.SupportURL)
	set(&p.UptimeWeights, f.UptimeWeights)
	set(&p.Cadence, f.Cadence)
	set(&p.SeverityMatrix, f.SeverityMatrix)
	set(&p.PriorityMatrix, f.PriorityMatrix)
	set(&p.VendorAllowList, f.VendorAllowList)
	set(&p.PublicDomains, f.PublicDomains)
	set(&p.OnDuty, f.OnDuty)
	set(&p.WorkingHours, f.WorkingHours)
	set(&p.Users, f.Users)
	set(&p.ManyZones, f.ManyZones)
	set(&p.TellReports, f.TellReports)
	set(&p.CustomerNames, f.CustomerNames)
	set(&p.Approval, f.Approval)
	if f.FooterLinks != nil {
		p.FooterLinks = relabelled(*f.FooterLinks, p.DefaultLocale, "")
	}
}

// ownKeys are the settings as they are read.
func ownKeys(p *status.Page) map[string]any {
	return map[string]any{
		"organization": p.Organization, "locales": p.Locales, "default_locale": p.DefaultLocale, "brand_color": p.BrandColor,
		"footer_links":   relabelled(p.FooterLinks, "", p.DefaultLocale),
		"uptime_weights": p.UptimeWeights, "cadence": p.Cadence, "severity_matrix": p.SeverityMatrix, "priority_matrix": p.PriorityMatrix,
		"vendor_allow_list": append([]string{}, p.VendorAllowList...), "public_domains": append([]string{}, p.PublicDomains...),
		"on_duty": p.OnDuty, "working_hours": p.WorkingHours,
		"users": p.Users, "many_zones": p.ManyZones, "tell_reports": p.TellReports, "customer_names": append([]string{}, p.CustomerNames...),
		"approval": append([]status.Severity{}, p.Approval...),
	}
}

// relabelled moves each link's label from one name to another: the label that speaks where
// a language has none is stored without a name, and written as the default language's.
func relabelled(links []status.FooterLink, from, to string) []status.FooterLink {
	out := []status.FooterLink{}
	for _, l := range links {
		label := map[string]string{}
		for locale, text := range l.Label {
			if locale != from {
				label[locale] = text
			}
		}
		if text, ok := l.Label[from]; ok {
			label[to] = text
		}
		out = append(out, status.FooterLink{Label: label, URL: l.URL})
	}
	return out
}
