package admin

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"allclear/status"
)

func (w *world) settings() status.Page {
	w.t.Helper()
	site, err := w.store.Site(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return site.Page
}

// setting opens a screen of the settings and its form.
func (b *browser) setting(name string) (path string, form url.Values) {
	b.w.t.Helper()
	path = "/admin/settings/" + name
	return path, b.get(path).form(path)
}

// TestSettingsAreSaved fills in each screen and compares the whole page: what the screen
// shows is changed, and nothing else.
func TestSettingsAreSaved(t *testing.T) {
	for _, c := range []struct {
		screen string
		fields []string
		want   func(*status.Page)
	}{
		{"page", []string{"name", " Example Status ", "organization", "Example AG", "time_zone", "Europe/Berlin", "brand_color", "#0a6b5a", "support_url", "mailto:help@example.org", "tell_reports", "1"},
			func(p *status.Page) {
				p.Name, p.Organization, p.TimeZone, p.BrandColor, p.SupportURL = "Example Status", "Example AG", "Europe/Berlin", "#0a6b5a", "mailto:help@example.org"
				p.TellReports = true
			}},
		{"languages", []string{"locales", "de", "default_locale", "de"}, func(p *status.Page) { p.Locales, p.DefaultLocale = []string{"de"}, "de" }},
		{"links", []string{"links.0.url", "https://example.org/i", "links.0.label", "Legal notice", "links.0.label.de", "Impressum"}, func(p *status.Page) {
			p.FooterLinks = []status.FooterLink{{URL: "https://example.org/i", Label: map[string]string{"": "Legal notice", "de": "Impressum"}}}
		}},
		{"severity", []string{"cosmetic.most", "critical", "all.few", "minor"}, func(p *status.Page) {
			p.SeverityMatrix["cosmetic"]["most"], p.SeverityMatrix["all"]["few"] = status.Critical, status.Minor
		}},
		{"priority", []string{"minor.low", "P1"}, func(p *status.Page) { p.PriorityMatrix[status.Minor][status.UrgencyLow] = status.P1 }},
		{"cadence", []string{"P1.early", "1,440", "P2.watch", "3", "P2.watch.unit", "days", "P1.first", "", "P4.later", "2", "P3.follow_up", "20"}, func(p *status.Page) {
			one, two := p.Cadence[status.P1], p.Cadence[status.P2]
			one.Early, one.First, two.Watch = status.Wait{Minutes: 1440}, status.Wait{}, status.Wait{Days: 3}
			three := p.Cadence[status.P3]
			three.FollowUp = status.Wait{Minutes: 20}
			p.Cadence[status.P1], p.Cadence[status.P2], p.Cadence[status.P3] = one, two, three
		}},
		{"hours", []string{"days", "6", "from", "08:30", "to", "00:00"}, func(p *status.Page) {
			p.WorkingHours = status.WorkingHours{Days: []time.Weekday{time.Saturday}, From: 510, To: 1440}
		}},
		{"uptime", []string{"partial.weight", "12,5", "degraded.weight", "1 %"}, func(p *status.Page) {
			p.UptimeWeights = status.UptimeWeights{Major: 1, Partial: 0.125, Degraded: 0.01}
		}},
		{"estimates", []string{"users", "120.000"}, func(p *status.Page) { p.Users = 120000 }},
		{"disclosure", []string{"vendor_allow_list", "Cloud AG\r\n\r\n Net GmbH ", "public_domains", "example.org", "customer_names", "Muster & Söhne", "many_zones", "1"}, func(p *status.Page) {
			p.VendorAllowList, p.PublicDomains, p.CustomerNames, p.ManyZones = []string{"Cloud AG", "Net GmbH"}, []string{"example.org"}, []string{"Muster & Söhne"}, true
		}},
		{"duty", []string{"on_duty", "duty@example.org"}, func(p *status.Page) { p.OnDuty = "duty@example.org" }},
		{"approval", []string{"approval", "serious"}, func(p *status.Page) { p.Approval = []status.Severity{status.Serious} }},
	} {
		t.Run(c.screen, func(t *testing.T) {
			w := newWorld(t)
			b := w.as(status.Admin)
			want := w.settings()
			path, form := b.setting(c.screen)
			b.follow(b.post(path, form)) // as it is shown: nothing but the version changes
			before := w.settings()
			if diff := cmp.Diff(want, before, ignoreVersion()); diff != "" {
				t.Errorf("saving what is shown changed it:\n%s", diff)
			}
			path, form = b.setting(c.screen)
			p := b.follow(b.post(path, with(form, c.fields...)))
			p.wantText("Saved.")
			c.want(&want)
			if diff := cmp.Diff(want, w.settings(), ignoreVersion()); diff != "" {
				t.Error(diff)
			}
			p.wantSound(c.screen)
		})
	}
}

// ignoreVersion leaves out what every write changes.
func ignoreVersion() cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		return slices.Contains([]string{"Version", "Revision", "UpdatedAt", "Own"}, p.Last().String()[1:])
	}, cmp.Ignore())
}

// TestSettingsRefuse: what is wrong is said at its field, in each cell of each table, and
// what was typed comes back.
func TestSettingsRefuse(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	type bad struct{ screen, field, value, text string }
	all := []bad{
		{"page", "name", "", "must not be empty"}, {"page", "time_zone", "Berlin", "not a time zone"}, {"page", "brand_color", "red", "not a colour"},
		{"page", "brand_color", "#ffcc00", "#ffcc00 is too pale for words on a light page: its contrast is 1.3 to 1 and 4.5 to 1 is needed. #8"},
		{"page", "support_url", "javascript:alert(1)", "not a web address"}, {"page", "support_url", "mailto:nobody", "not a mail address"},
		{"languages", "default_locale", "fr", "must be one of"}, {"languages", "locales", "English", "not a language code"},
		{"links", "links.0.url", "javascript:alert(1)", "begins with https://"}, {"links", "links.0.label", strings.Repeat("x", 256), "at most 255"},
		{"hours", "from", "later", "time of day"}, {"hours", "to", "08:00", "later than the start"}, {"hours", "days", "x", "Choose one"}, {"hours", "to", "25:00", "time of day"},
		{"estimates", "users", "many", "whole number"}, {"estimates", "users", "-1", "cannot be negative"},
		{"disclosure", "vendor_allow_list", strings.Repeat("x", 256), ""}, {"disclosure", "public_domains", "a\u202eb", "reverses"}, {"disclosure", "customer_names", strings.Repeat("x", 300), ""},
		{"duty", "on_duty", "me", "neither"}, {"approval", "approval", "grave", "not a severity"},
	}
	for _, screen := range []string{"severity", "priority"} {
		_, form := b.setting(screen)
		for name := range form {
			if strings.Contains(name, ".") {
				all = append(all, bad{screen, name, "P9", "Choose one"}, bad{screen, name, "", "Choose one"})
			}
		}
	}
	_, form := b.setting("cadence")
	for name := range form {
		switch column := name[strings.Index(name, ".")+1:]; {
		case strings.HasSuffix(name, ".unit"):
			all = append(all, bad{"cadence", name, "weeks", "Choose one"})
		case !strings.Contains(name, "."):
		case column == "early" || column == "later" || column == "watch":
			all = append(all, bad{"cadence", name, "", "need a time"}, bad{"cadence", name, "0", "need a time"}, bad{"cadence", name, "999999", "At most"})
		default:
			all = append(all, bad{"cadence", name, "soon", "whole number"}, bad{"cadence", name, "-5", "At most"}, bad{"cadence", name, "999999", "At most"})
		}
	}
	for _, row := range []string{"major", "partial", "degraded"} {
		for _, value := range []string{"-1", "101", "", "NaN", "half"} {
			all = append(all, bad{"uptime", row + ".weight", value, ""})
		}
	}
	if len(all) < 32+32+24*2+15 {
		t.Fatalf("only %d cases; a table is not filled in", len(all))
	}
	before := w.settings()
	for _, c := range all {
		path, form := b.setting(c.screen)
		switch c.field {
		case "links.0.url":
			form.Set("links.0.label", "x")
		case "links.0.label":
			form.Set("links.0.url", "https://example.org")
		}
		form = with(form, c.field, c.value)
		if c.field == "locales" {
			form.Add("locales", "en")
		}
		p := b.post(path, form)
		p.wantFault(http.StatusUnprocessableEntity, "f-"+c.field, c.text)
		p.wantSound(c.screen + " " + c.field)
		if back := p.form(path); c.field != "locales" && c.field != "days" && c.field != "approval" && len(form[c.field]) == 1 && back.Get(c.field) != c.value && !chosenElsewhere(p, c.field) {
			t.Errorf("%s %s: %q came back as %q", c.screen, c.field, c.value, back.Get(c.field))
		}
	}
	if diff := cmp.Diff(before, w.settings()); diff != "" {
		t.Errorf("something was saved:\n%s", diff)
	}
}

// chosenElsewhere holds for a list of choices: what it does not offer it cannot show.
func chosenElsewhere(p *page, field string) bool {
	n := p.byID("f-" + field)
	return n != nil && n.Data == "select"
}

func TestSettingsInGerman(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	b.post("/admin/profile/language", url.Values{"locale": {"de"}})
	path, form := b.setting("page")
	b.post(path, with(form, "brand_color", "#ffcc00")).wantFault(http.StatusUnprocessableEntity, "f-brand_color", "Der Kontrast beträgt 1,3 zu 1")
	path, form = b.setting("cadence")
	p := b.post(path, with(form, "P3.watch", ""))
	p.wantFault(http.StatusUnprocessableEntity, "f-P3.watch", "Hier brauchen Kunden eine Zeit.")
	if label := attr(p.byID("f-P3.watch.unit"), "aria-label"); label != "P3, Während der Beobachtung: Einheit" {
		t.Errorf("the unit is called %q", label)
	}
}

// TestSettingsConflict: who saves over somebody else's change of the same screen is shown
// both; a change of another screen is none of their business.
func TestSettingsConflict(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	path, mine := b.setting("severity")
	other, theirs := b.setting("duty")
	b.follow(b.post(other, with(theirs, "on_duty", "duty@example.org")))
	b.follow(b.post(path, with(mine, "all.few", "minor"))).wantText("Saved.")

	again := b.post(path, with(mine, "all.few", "critical", "key", ""))
	if again.code != http.StatusConflict {
		t.Fatalf("stale: %d %s", again.code, again.text())
	}
	again.wantText("Somebody was faster", "Everything, Under 1 %", "Minor", "Critical")
	again.wantSound("conflict")
	if w.settings().SeverityMatrix["all"]["few"] != status.Minor {
		t.Error("the other's change is overwritten")
	}
	b.follow(b.post(path, again.form(path))).wantText("Saved.")
	if w.settings().SeverityMatrix["all"]["few"] != status.Critical {
		t.Error("knowing of it, one's own text should win")
	}
}

func TestBackToTheDefaults(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	fresh := w.settings()
	for screen, fields := range map[string][]string{
		"severity": {"all.few", "minor"}, "priority": {"minor.low", "P1"}, "cadence": {"P1.early", "7"}, "hours": {"from", "07:00"}, "uptime": {"partial.weight", "50"},
	} {
		path, form := b.setting(screen)
		b.follow(b.post(path, with(form, fields...)))
		changed := w.settings()
		_, form = b.setting(screen)
		p := b.post(path, with(form, "usual", "1"))
		if p.code != http.StatusOK {
			t.Fatalf("%s: %d", screen, p.code)
		}
		p.wantText("These are the defaults. Save to use them.")
		if diff := cmp.Diff(changed, w.settings()); diff != "" {
			t.Errorf("%s: looking at the defaults saves them:\n%s", screen, diff)
		}
		b.follow(b.post(path, p.form(path))).wantText("Saved.")
	}
	if diff := cmp.Diff(fresh, w.settings(), ignoreVersion()); diff != "" {
		t.Error(diff)
	}
}

// TestFooterLinks: rows come and go without a script and nothing typed is lost.
func TestFooterLinks(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	path, form := b.setting("links")
	p := b.post(path, with(form, "links.0.url", "https://example.org/a", "links.0.label", "A", "add", "1"))
	form = with(p.form(path), "links.1.url", "https://example.org/b", "links.1.label", "B", "links.1.label.de", "Be")
	p = b.post(path, with(form, "add", "1"))
	form = with(p.form(path), "links.2.url", "https://example.org/c", "links.2.label", "C")
	p = b.post(path, with(form, "remove", "1"))
	form = p.form(path)
	if form.Get("rows") != "2" || form.Get("links.0.label.de") != "Be" || form.Get("links.1.url") != "https://example.org/c" || form.Has("links.2.url") {
		t.Fatalf("after removing the first: %v", form)
	}
	p.wantSound("links")
	if n := len(w.settings().FooterLinks); n != 0 {
		t.Errorf("%d links are saved already", n)
	}
	form = b.post(path, with(form, "add", "1")).form(path)
	b.follow(b.post(path, form)).wantText("Saved.") // the empty row is none
	want := []status.FooterLink{
		{URL: "https://example.org/b", Label: map[string]string{"": "B", "de": "Be"}}, {URL: "https://example.org/c", Label: map[string]string{"": "C"}},
	}
	if diff := cmp.Diff(want, w.settings().FooterLinks); diff != "" {
		t.Error(diff)
	}
	for _, odd := range []url.Values{{"remove": {"9"}}, {"remove": {"x"}}, {"rows": {"-4"}, "add": {"1"}}, {"rows": {"100000"}, "add": {"1"}}} {
		_, form := b.setting("links")
		maps.Copy(form, odd)
		if p := b.post(path, form); p.code != http.StatusOK || len(p.all(byTag("legend"))) > maxRows {
			t.Errorf("%v: %d with %d rows", odd, p.code, len(p.all(byTag("legend"))))
		}
	}
}

// TestFooterLinksKeepOtherLanguages: a label in a language that the page does not show at
// present is there when it shows it again.
func TestFooterLinksKeepOtherLanguages(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	_, err := w.store.EditPage(t.Context(), w.by("test"), 0, func(p *status.Page) error {
		p.FooterLinks = []status.FooterLink{{URL: "https://example.org", Label: map[string]string{"": "Legal", "en": "Legal notice", "de": "Impressum", "fr": "Mentions"}}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	path, form := b.setting("links")
	b.follow(b.post(path, with(form, "links.0.label.de", "Anbieter")))
	want := []status.FooterLink{{URL: "https://example.org", Label: map[string]string{"": "Legal notice", "de": "Anbieter", "fr": "Mentions"}}}
	if diff := cmp.Diff(want, w.settings().FooterLinks); diff != "" {
		t.Error(diff)
	}
}

// TestDutySecret: the secret that signs reminders is shown for a web address, and only to
// whoever gave their password lately.
func TestDutySecret(t *testing.T) {
	w := newWorld(t)
	w.desk.DutySecret = func(p *status.Page) string {
		if channel, address := p.Duty(); channel == status.Webhook {
			return "whsec_of_" + address
		}
		return ""
	}
	b := w.as(status.Admin)
	path, form := b.setting("duty")
	if p := b.follow(b.post(path, with(form, "on_duty", "duty@example.org"))); strings.Contains(p.body, "whsec_") || p.links("/admin/confirm?next=/admin/settings/duty") {
		t.Error("a mail address has a secret")
	}
	path, form = b.setting("duty")
	p := b.follow(b.post(path, with(form, "on_duty", "https://example.org/duty")))
	p.wantText("whsec_of_https://example.org/duty")
	p.wantSound("duty")
	w.pass(proofLife + time.Second)
	hidden := b.get(path)
	if strings.Contains(hidden.body, "whsec_") || !hidden.links("/admin/confirm?next=/admin/settings/duty") {
		t.Error("the secret is shown without a password")
	}
	ask := b.get("/admin/confirm?next=/admin/settings/duty").form("/admin/confirm")
	b.follow(b.post("/admin/confirm", with(ask, "proof", password))).wantText("whsec_of_")
}

func TestSettingsScreens(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Admin)
	list := b.get("/admin/settings")
	list.wantSound("settings")
	for _, s := range screens() {
		p := b.get("/admin/settings/" + s.name)
		if !list.links("/admin/settings/"+s.name) || p.code != http.StatusOK {
			t.Errorf("%s: %d", s.name, p.code)
		}
		p.wantSound(s.name)
		for _, n := range p.all(byTag("nav")) {
			if attr(n, "aria-label") == "Settings" && !strings.Contains(textOf(n), "Footer links") {
				t.Errorf("%s: no way to the other screens", s.name)
			}
		}
	}
	for _, p := range []*page{b.get("/admin/settings/nothing"), b.post("/admin/settings/nothing", nil)} {
		if p.code != http.StatusNotFound {
			t.Errorf("an unknown screen: %d", p.code)
		}
	}
	if p := b.get("/admin/settings/severity"); len(p.all(byTag("select"))) != 16 || len(p.all(byTag("caption"))) != 1 || len(p.all(func(n *htmlNode) bool { return n.Data == "th" && attr(n, "scope") == "row" })) != 4 {
		t.Error("the table of severities is no table of 16 choices")
	}
	b.follow(b.post("/admin/settings/page", with(b.get("/admin/settings/page").form("/admin/settings/page"), "brand_color", "#0a6b5a")))
	p := b.get("/admin/settings/page")
	p.wantText("On a light page: #0a6b5a", "On a dark page: #")
	if p.find(func(n *htmlNode) bool { return n.Data == "circle" && attr(n, "fill") == "#0a6b5a" }) == nil {
		t.Error("the colour is not shown")
	}
	w.component("Mail", status.Operational, "")
	b.get("/admin/settings/estimates").wantText("known for 0 of 1 components")
}
