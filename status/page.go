package status

import (
	"encoding/json"
	"math"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Page is the page's identity and its settings; they live in the database and are
// edited by staff. The base URL is configuration and not part of it.
type Page struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"`
	Organization  string   `json:"organization"`
	TimeZone      string   `json:"time_zone"` // IANA name
	Locales       []string `json:"locales"`
	DefaultLocale string   `json:"default_locale"`
	BrandColor    string   `json:"brand_color,omitempty"` // #rrggbb or ""
	SupportURL    string   `json:"support_url,omitempty"` // https, http or mailto

	FooterLinks     []FooterLink   `json:"footer_links,omitempty"`
	UptimeWeights   UptimeWeights  `json:"uptime_weights"`
	Cadence         Cadence        `json:"cadence"`
	SeverityMatrix  SeverityMatrix `json:"severity_matrix"`
	PriorityMatrix  PriorityMatrix `json:"priority_matrix"`
	VendorAllowList []string       `json:"vendor_allow_list,omitempty"`
	PublicDomains   []string       `json:"public_domains,omitempty"`
	OnDuty          string         `json:"on_duty,omitempty"` // mail address or https URL
	WorkingHours    WorkingHours   `json:"working_hours"`
	// Users is how many people use what the page is about; 0 is unknown. No estimate
	// exceeds it.
	Users int64 `json:"users,omitempty"`
	// ManyZones: readers live in more than one time zone.
	ManyZones bool `json:"many_zones,omitempty"`
	// TellReports: the page says so when clearly more problems are reported than usual.
	TellReports bool `json:"tell_reports,omitempty"`
	// CustomerNames must not appear in a notice; never public.
	CustomerNames []string `json:"customer_names,omitempty"`
	// Approval lists the severities of which a second person approves the first entry
	// before it is published. Security incidents always need it.
	Approval []Severity `json:"approval,omitempty"`

	// Statuspage keeps page fields of the Manage API that mean nothing here (colours,
	// branding …), so that a client reads back what it wrote.
	Statuspage map[string]json.RawMessage `json:"statuspage,omitempty"`

	// Own is set by the first write that was not an import. Only a page without own
	// content takes over the id, name and zone of an imported one.
	Own       bool      `json:"own"`
	CreatedAt time.Time `json:"created_at"`
	// UpdatedAt is the newer of an imported page.updated_at and our last write.
	UpdatedAt time.Time `json:"updated_at"`
	Version   int64     `json:"version"`
	Revision  int64     `json:"revision"`
}

// FooterLink is a link such as an imprint; Label is by locale, "" being the fallback.
type FooterLink struct {
	Label map[string]string `json:"label"`
	URL   string            `json:"url"`
}

// CheckURL refuses an address that is none of the web.
func (l FooterLink) CheckURL(field string) error { return checkLink(field, l.URL) }

// CheckLabels refuses labels that are no name of one line.
func (l FooterLink) CheckLabels(field string) error {
	for _, label := range l.Label {
		if err := checkName(field, label); err != nil {
			return err
		}
	}
	return nil
}

// DefaultUptimeWeights are those that a new page starts with: while something is only
// slow, nothing is lost.
func DefaultUptimeWeights() UptimeWeights { return UptimeWeights{Major: 1, Partial: 0.3} }

// UptimeWeights say how much a minute at a level counts as lost (0 to 1).
type UptimeWeights struct {
	Major    float64 `json:"major"`
	Partial  float64 `json:"partial"`
	Degraded float64 `json:"degraded"`
}

// SeverityMatrix proposes a severity from loss of function (rows: cosmetic, partly,
// core, all) and reach (columns: few, some, many, most).
type SeverityMatrix map[string]map[string]Severity

// DefaultSeverities is the matrix that a new page starts with.
func DefaultSeverities() SeverityMatrix {
	row := func(s ...Severity) map[string]Severity {
		return map[string]Severity{"few": s[0], "some": s[1], "many": s[2], "most": s[3]}
	}
	return SeverityMatrix{
		"cosmetic": row(Minor, Minor, Minor, Moderate),
		"partly":   row(Minor, Moderate, Moderate, Serious),
		"core":     row(Moderate, Serious, Serious, Critical),
		"all":      row(Serious, Serious, Critical, Critical),
	}
}

// NewPage is the page of a fresh instance.
func NewPage(id, name string, now time.Time) Page {
	return Page{
		ID: id, Name: name, Organization: name, TimeZone: "Etc/UTC",
		Locales: []string{"en", "de"}, DefaultLocale: "en",
		UptimeWeights:  DefaultUptimeWeights(),
		Cadence:        DefaultCadence(),
		SeverityMatrix: DefaultSeverities(),
		PriorityMatrix: DefaultPriorities(),
		WorkingHours:   DefaultWorkingHours(),
		CreatedAt:      now, UpdatedAt: now,
	}
}

// Zone is the page's time zone; UTC when the name is unknown on this machine.
func (p *Page) Zone() *time.Location {
	if z, err := time.LoadLocation(p.TimeZone); err == nil {
		return z
	}
	return time.UTC
}

var (
	colorPattern  = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
	localePattern = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z]{2})?$`)
)

// Check refuses settings that the page could not be shown with.
func (p *Page) Check() error {
	if err := checkName("page.name", p.Name); err != nil {
		return err
	}
	if err := checkText("page.organization", p.Organization, MaxTitle); err != nil {
		return err
	}
	if _, err := time.LoadLocation(p.TimeZone); err != nil || p.TimeZone == "" || p.TimeZone == "Local" {
		return Invalid("page.time_zone", "%q is not a time zone; use a name such as Europe/Berlin.", brief(p.TimeZone))
	}
	if !slices.Contains(p.Locales, p.DefaultLocale) {
		return Invalid("page.default_locale", "The default language %q must be one of the page's languages.", brief(p.DefaultLocale))
	}
	for i, l := range p.Locales {
		if !localePattern.MatchString(l) || l == "api" { // pages in it would stand under /api/
			return Invalid("page.locales", "%q is not a language code; use codes such as en or de.", brief(l))
		}
		if slices.Contains(p.Locales[:i], l) {
			return Invalid("page.locales", "The language %q is there twice.", l)
		}
	}
	if err := p.checkBrand(); err != nil {
		return err
	}
	if err := p.checkLinks(); err != nil {
		return err
	}
	return p.checkTables()
}

func (p *Page) checkLinks() error {
	if err := checkContact("page.support_url", p.SupportURL); err != nil {
		return err
	}
	for _, l := range p.FooterLinks {
		if err := l.CheckURL("page.footer_links"); err != nil {
			return err
		}
		if err := l.CheckLabels("page.footer_links"); err != nil {
			return err
		}
	}
	for _, vendor := range p.VendorAllowList {
		if err := checkName("page.vendor_allow_list", vendor); err != nil {
			return err
		}
	}
	for _, domain := range p.PublicDomains {
		if err := checkName("page.public_domains", domain); err != nil {
			return err
		}
	}
	for _, name := range p.CustomerNames {
		if err := checkName("page.customer_names", name); err != nil {
			return err
		}
	}
	if p.OnDuty != "" {
		if _, err := mail.ParseAddress(p.OnDuty); err != nil && checkLink("page.on_duty", p.OnDuty) != nil {
			return Invalid("page.on_duty", "%q is neither a mail address nor a web address.", brief(p.OnDuty))
		}
	}
	return nil
}

// checkContact accepts a web address, a mailto: link or nothing.
func checkContact(field, s string) error {
	if address, ok := strings.CutPrefix(s, "mailto:"); ok {
		address, _, _ = strings.Cut(address, "?")
		if _, err := NormaliseEmail(field, address); err != nil {
			return err
		}
		return checkText(field, s, 2048)
	}
	if s == "" {
		return nil
	}
	return checkLink(field, s)
}

func (p *Page) checkTables() error {
	for _, w := range []float64{p.UptimeWeights.Major, p.UptimeWeights.Partial, p.UptimeWeights.Degraded} {
		if math.IsNaN(w) || w < 0 || w > 1 {
			return Invalid("page.uptime_weights", "A weight must be between 0 and 1.")
		}
	}
	if err := p.checkMatrices(); err != nil {
		return err
	}
	if p.Users < 0 {
		return Invalid("page.users", "The number of users cannot be negative.")
	}
	for _, sev := range p.Approval {
		if sev.Rank() < 0 {
			return Invalid("page.approval", "%q is not a severity; use minor, moderate, serious or critical.", brief(string(sev)))
		}
	}
	if err := p.Cadence.check("page.cadence"); err != nil {
		return err
	}
	return p.WorkingHours.check("page.working_hours")
}

// checkMatrices refuses entries that no table has.
func (p *Page) checkMatrices() error {
	for sev, row := range p.PriorityMatrix {
		for urg, prio := range row {
			if sev.Rank() < 0 || index(Urgencies(), urg) < 0 || index(Priorities(), prio) < 0 {
				return Invalid("page.priority_matrix", "The entry %s × %s = %s is not possible.", brief(string(sev)), brief(string(urg)), brief(string(prio)))
			}
		}
	}
	for loss, row := range p.SeverityMatrix {
		for reach, sev := range row {
			if _, ok := DefaultSeverities()[loss][reach]; !ok || sev.Rank() < 0 {
				return Invalid("page.severity_matrix", "The entry %s × %s = %s is not possible.", brief(loss), brief(reach), brief(string(sev)))
			}
		}
	}
	return nil
}

// Translated lists the locales that need a translation: all but the default one.
func (p *Page) Translated() []string {
	return slices.DeleteFunc(slices.Clone(p.Locales), func(l string) bool { return l == p.DefaultLocale })
}
