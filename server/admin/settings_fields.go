package admin

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"allclear/status"
)

func showIdentity(p *status.Page) url.Values {
	return url.Values{
		"name": {p.Name}, "organization": {p.Organization}, "time_zone": {p.TimeZone},
		"brand_color": {p.BrandColor}, "support_url": {p.SupportURL}, "tell_reports": {ticked(p.TellReports)},
	}
}

// ticked is the value of a box.
func ticked(on bool) string {
	if on {
		return "1"
	}
	return ""
}

func (in *input) identity() func(*status.Page) {
	in.readableBrand()
	return func(p *status.Page) {
		p.Name, p.Organization, p.TimeZone = in.value("name"), in.value("organization"), in.value("time_zone")
		p.BrandColor, p.SupportURL = in.value("brand_color"), in.value("support_url")
		p.TellReports = in.value("tell_reports") != ""
	}
}

// readableBrand words the one fault that needs its numbers: how far the colour is from
// what can be read, and which one can be.
func (in *input) readableBrand() {
	p := status.Page{BrandColor: in.value("brand_color")}
	if ratio, enough := p.BrandContrast(); ratio > 0 && !enough {
		in.wrong("brand_color", "contrast", "colour", p.BrandColor, "ratio", in.v.voice.Decimal(ratio), "instead", p.BrandInstead())
	}
}

func showLanguages(p *status.Page) url.Values {
	return url.Values{"locales": slices.Clone(p.Locales), "default_locale": {p.DefaultLocale}}
}

func (in *input) languages() func(*status.Page) {
	if len(in.values["locales"]) == 0 {
		in.wrong("locales", "locales")
	}
	return func(p *status.Page) {
		p.Locales, p.DefaultLocale = reordered(in.values["locales"], p.Locales), in.value("default_locale")
	}
}

// reordered keeps the languages in the order that they had; new ones come last.
func reordered(chosen, before []string) []string {
	var out []string
	for _, l := range slices.Concat(before, chosen) {
		if slices.Contains(chosen, l) && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

func showEstimates(p *status.Page) url.Values {
	users := ""
	if p.Users > 0 {
		users = strconv.FormatInt(p.Users, 10)
	}
	return url.Values{"users": {users}}
}

func (in *input) estimates() func(*status.Page) {
	users := in.number("users")
	return func(p *status.Page) { p.Users = users }
}

func showDisclosure(p *status.Page) url.Values {
	return url.Values{
		"vendor_allow_list": perLine(p.VendorAllowList), "public_domains": perLine(p.PublicDomains), "customer_names": perLine(p.CustomerNames),
		"many_zones": {ticked(p.ManyZones)},
	}
}

func (in *input) disclosure() func(*status.Page) {
	return func(p *status.Page) {
		p.VendorAllowList, p.PublicDomains, p.CustomerNames = in.lines("vendor_allow_list"), in.lines("public_domains"), in.lines("customer_names")
		p.ManyZones = in.value("many_zones") != ""
	}
}

func showDuty(p *status.Page) url.Values { return url.Values{"on_duty": {p.OnDuty}} }

func (in *input) duty() func(*status.Page) {
	return func(p *status.Page) { p.OnDuty = in.value("on_duty") }
}

func showApproval(p *status.Page) url.Values {
	var list []string
	for _, s := range status.Severities() {
		if slices.Contains(p.Approval, s) {
			list = append(list, string(s))
		}
	}
	return url.Values{"approval": list}
}

func (in *input) approvals() func(*status.Page) {
	var list []status.Severity
	for _, word := range in.values["approval"] {
		list = append(list, status.Severity(word))
	}
	return func(p *status.Page) { p.Approval = list }
}

// dayTime is how forms write a minute of the day.
const dayTime = "15:04"

func showHours(p *status.Page) url.Values {
	w := p.WorkingHours
	out := url.Values{"days": nil, "from": {minuteOfDay(w.From)}, "to": {minuteOfDay(w.To)}}
	for _, d := range w.Days {
		out.Add("days", strconv.Itoa(int(d)))
	}
	return out
}

// minuteOfDay writes the end of a day as 00:00, which a time field can hold.
func minuteOfDay(n int) string {
	return time.Date(2000, 1, 1, 0, n, 0, 0, time.UTC).Format(dayTime)
}

func (in *input) hours() func(*status.Page) {
	w := status.WorkingHours{From: in.minute("from"), To: in.minute("to")}
	if w.To == 0 {
		w.To = 24 * 60
	}
	for _, text := range in.values["days"] {
		day, err := strconv.Atoi(text)
		if err != nil {
			in.wrong("days", "choice")
		}
		w.Days = append(w.Days, time.Weekday(day))
	}
	if len(in.faults) == 0 && len(w.Days) > 0 && w.To <= w.From {
		in.wrong("to", "hours")
	}
	return func(p *status.Page) { p.WorkingHours = w }
}

// minute reads a time of day.
func (in *input) minute(name string) int {
	t, err := time.Parse(dayTime, in.value(name))
	if err != nil {
		in.wrong(name, "daytime")
	}
	return t.Hour()*60 + t.Minute()
}
