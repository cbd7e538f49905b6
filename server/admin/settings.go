package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

// screen is one part of the page's settings, with a form of its own.
type screen struct {
	name string // last part of its address and of its words
	// field is how the domain calls what the screen shows as a table.
	field string
	show  func(*status.Page) url.Values
	// read notes what is wrong; the function that it returns writes the values.
	read func(*input) func(*status.Page)
	// reset puts back what a new page has; nil where nothing is usual.
	reset func(*status.Page)
}

// screens are the settings in the order in which a new page needs them.
func screens() []screen {
	return []screen{
		{"page", "", showIdentity, (*input).identity, nil},
		{"languages", "", showLanguages, (*input).languages, nil},
		{"links", "footer_links", showLinks, (*input).links, nil},
		{"severity", "severity_matrix", showSeverities, (*input).severities, func(p *status.Page) { p.SeverityMatrix = status.DefaultSeverities() }},
		{"priority", "priority_matrix", showPriorities, (*input).priorities, func(p *status.Page) { p.PriorityMatrix = status.DefaultPriorities() }},
		{"cadence", "cadence", showCadence, (*input).cadence, func(p *status.Page) { p.Cadence = status.DefaultCadence() }},
		{"hours", "working_hours", showHours, (*input).hours, func(p *status.Page) { p.WorkingHours = status.DefaultWorkingHours() }},
		{"uptime", "uptime_weights", showWeights, (*input).weights, func(p *status.Page) { p.UptimeWeights = status.DefaultUptimeWeights() }},
		{"estimates", "", showEstimates, (*input).estimates, nil},
		{"disclosure", "", showDisclosure, (*input).disclosure, nil},
		{"duty", "", showDuty, (*input).duty, nil},
		{"approval", "", showApproval, (*input).approvals, nil},
	}
}

func screenNames() []string {
	var names []string
	for _, s := range screens() {
		names = append(names, s.name)
	}
	return names
}

// screen is the one that the address names.
func (v *visit) screen() (screen, error) {
	all := screens()
	i := slices.IndexFunc(all, func(s screen) bool { return s.name == v.c.Param("screen") })
	if i < 0 {
		return screen{}, status.NotFound("settings screen", v.c.Param("screen"))
	}
	return all[i], nil
}

func (d *desk) settings(v *visit) error {
	return v.show(http.StatusOK, templates.SettingsPage{Office: v.office("settings", "settings"), Screens: screenNames()})
}

func (d *desk) settingsScreen(v *visit) error {
	s, err := v.screen()
	if err != nil {
		return err
	}
	form := blank("f", s.show(v.page()))
	form.Version, form.Seen = v.page().Version, s.mark(v.page())
	return v.showScreen(http.StatusOK, s, form)
}

// mark is the same as long as what the screen shows is the same: what somebody else saved
// on another screen meanwhile is no conflict.
func (s screen) mark(p *status.Page) string {
	sum := sha256.Sum256([]byte(s.show(p).Encode()))
	return hex.EncodeToString(sum[:12])
}

// showScreen draws a screen; languages are those of the catalogues and of the page.
func (v *visit) showScreen(code int, s screen, form *templates.Form) error {
	languages := v.Pages.Locales()
	for _, l := range v.page().Locales {
		if !slices.Contains(languages, l) {
			languages = append(languages, l)
		}
	}
	p := templates.SettingsPage{
		Office: v.titled("settings", v.voice.T("admin.settings."+s.name)), Screens: screenNames(), Screen: s.name, Form: form,
		Speakable: languages, Tongues: v.tongues(), Usual: s.reset != nil, Rows: linkRows(form.Values),
	}
	switch s.name {
	case "page":
		p.Light, p.Dark = v.page().BrandTones()
	case "duty":
		p.Secret, p.Hidden = v.dutySecret()
	}
	for i := range v.site.Components {
		if c := &v.site.Components[i]; !c.Group {
			p.All++
			if c.Audience > 0 {
				p.Counted++
			}
		}
	}
	return v.show(code, p)
}

// dutySecret is the secret of the on-duty web address, for whoever gave their password a
// short while ago; hidden says that there is one.
func (v *visit) dutySecret() (secret string, hidden bool) {
	if v.DutySecret == nil {
		return "", false
	}
	secret = v.DutySecret(v.page())
	if secret == "" || v.proven() {
		return secret, false
	}
	return "", true
}

// saveSettings changes what one screen shows; the page's own check has the last word.
func (d *desk) saveSettings(v *visit) error {
	s, err := v.screen()
	if err != nil {
		return err
	}
	in, err := v.input("f", "page.")
	if err != nil {
		return err
	}
	if done, err := v.fillIn(s, in); done || err != nil {
		return err
	}
	write := s.read(in)
	var r store.Receipt
	if len(in.faults) == 0 {
		r, err = d.Store.EditPage(v.ctx(), in.by(), 0, func(p *status.Page) error {
			if seen := in.value("seen"); seen != "" && seen != s.mark(p) {
				return status.Conflict("page", in.version(), p.Version)
			}
			write(p)
			return nil
		})
	}
	if in.fault(err) || len(in.faults) > 0 {
		return v.settingsAgain(s, in, err)
	}
	if err != nil {
		return err
	}
	return v.saved("/admin/settings/"+s.name, r)
}

// fillIn answers the buttons that change the form and save nothing.
func (v *visit) fillIn(s screen, in *input) (done bool, err error) {
	switch {
	case in.has("usual") && s.reset != nil:
		page := *v.page()
		s.reset(&page)
		form := in.form()
		form.Values = s.show(&page)
		form.Values.Set("usual", "1")
		return true, v.showScreen(http.StatusOK, s, form)
	case in.has("add"):
		in.values.Set("rows", nextRow(in.values))
		return true, v.showScreen(http.StatusOK, s, in.form())
	case in.has("remove"):
		in.removeRow(in.value("remove"))
		return true, v.showScreen(http.StatusOK, s, in.form())
	}
	return false, nil
}

// settingsAgain brings the form back with what is wrong or, after a conflict, with what
// somebody else saved beside what was typed.
func (v *visit) settingsAgain(s screen, in *input, err error) error {
	form := in.form()
	if stale(err) {
		site, e := v.Store.Site(v.ctx())
		if e != nil {
			return e
		}
		v.site = site
		form.Theirs = v.differences(in.values, s.show(v.page()))
		form.Version, form.Seen, form.Faults = v.page().Version, s.mark(v.page()), nil
	}
	shown := s.show(v.page())
	for i, f := range form.Faults {
		if f.Field != s.field && !shown.Has(f.Field) && !in.has(f.Field) {
			form.Faults[i].Field = "" // what is wrong stands on another screen
		}
	}
	return v.showScreen(codeOf(err), s, form)
}

// choice is a field that holds one word of a list.
func choice[T ~string](in *input, name string, words []T) T {
	value := T(in.value(name))
	if !slices.Contains(words, value) {
		in.wrong(name, "choice")
	}
	return value
}

// perLine is a list as its field shows it.
func perLine(list []string) []string { return []string{strings.Join(list, "\n")} }
