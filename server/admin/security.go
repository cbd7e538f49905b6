package admin

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

// holdingPromise is the next update that the form of a security notice offers: long enough
// for a second person to read it first.
const holdingPromise = "60"

// securityForm asks for the few things that a holding text needs. What happened is not
// among them: nobody may learn it from the page.
func (d *desk) securityForm(v *visit) error {
	values := url.Values{"c": v.components(v.c.QueryParams()["c"]), "services": {"running"}, "next_update": {holdingPromise}, "detected_at": {v.typed(&v.now)}}
	form := blank("f", values)
	v.resume(form, "/admin/new/security")
	return v.showSecurity(http.StatusOK, form)
}

func (v *visit) showSecurity(code int, form *templates.Form) error {
	tiles, err := v.sorted()
	if err != nil {
		return err
	}
	p := templates.SecurityPage{
		Office: v.office("notices", "security"), Form: form, Tiles: tiles, Second: v.second(&status.Incident{Security: true}),
		AuthorityBy: v.now.Add(status.AuthorityWithin),
	}
	if t, err := time.ParseInLocation(local, form.Value("detected_at"), v.zone); err == nil {
		p.AuthorityBy = t.Add(status.AuthorityWithin)
	}
	for _, locale := range append([]string{v.page().DefaultLocale}, v.page().Translated()...) {
		if v.Pages.HasAdminLocale(locale) {
			p.Texts = append(p.Texts, templates.HoldingText{Locale: locale, Running: v.holding(locale, nil, time.Time{}), Limited: v.holding(locale, []string{"…"}, time.Time{})})
		}
	}
	return v.show(code, p)
}

// holding is the fixed text in a language: limited are the names of what works only
// partly; a time that is not known yet is left open.
func (v *visit) holding(locale string, limited []string, by time.Time) string {
	voice := v.Pages.Voice(locale, v.page().TimeZone)
	moment := "…"
	if !by.IsZero() {
		moment = voice.Time(by)
	}
	if len(limited) == 0 {
		return voice.T("admin.say.security.running", "time", moment)
	}
	return voice.T("admin.say.security.limited", "names", voice.Names(limited), "time", moment)
}

// addSecurity keeps the notice as a draft and asks a second person; only where there is
// none it is published at once, with a reason.
func (d *desk) addSecurity(v *visit) error {
	in, err := v.input("f", "incident.")
	if err != nil {
		return err
	}
	in.values["c"] = v.components(in.values["c"])
	c := in.securityNotice()
	alone := in.has("alone") && v.account.Role.May(status.Publisher)
	if !alone {
		c.Draft, c.AskApproval, in.draft = new(true), new(true), true
	}
	var r store.Receipt
	if len(in.faults) == 0 {
		r, err = v.insert(in, c)
	}
	if in.fault(err) || len(in.faults) > 0 {
		return v.showSecurity(codeOf(err), in.form())
	}
	if err != nil {
		return err
	}
	path := staffPath(&status.Incident{Kind: status.Problem, ID: r.ObjectID})
	if !alone {
		return v.drafted(path, true)
	}
	return v.published(path, r, *c.Notify)
}

// securityNotice reads the form. The texts are fixed: whoever writes under shock writes
// too much.
func (in *input) securityNotice() status.Change {
	if len(in.values["c"]) == 0 {
		in.wrong("c", "component")
	}
	limited := in.value("services") == "limited"
	if !limited && in.value("services") != "running" {
		in.wrong("services", "choice")
	}
	c := status.Change{
		Security: new(true), Category: new(status.Category("security")), Urgency: new(status.UrgencyImmediate), Severity: new(status.Moderate),
		Stage: new(status.Investigating), Notify: new(true), ComponentIDs: new(slices.Clone(in.values["c"])),
		DetectedAt: in.maybe("detected_at", nil), NextUpdateAt: in.promise(), InternalNote: in.text("internal_note"), ApprovalReason: in.text("approval_reason"),
	}
	if c.DetectedAt.Value == nil {
		c.DetectedAt = status.Some(in.v.now)
	}
	if c.NextUpdateAt.Value == nil {
		c.NextUpdateAt = status.Some(in.v.now.Add(time.Hour).Truncate(time.Minute))
	}
	var names []string
	if limited {
		c.Severity, c.Components = new(status.Serious), map[string]status.Level{}
		for _, id := range in.values["c"] {
			names = append(names, in.v.nameOf(id))
			c.Components[id] = status.Worst(in.v.site.Find(id).Level, status.DegradedPerformance)
		}
	}
	in.hold(&c, names)
	return c
}

// hold writes the fixed texts in every language of the page that has them.
func (in *input) hold(c *status.Change, limited []string) {
	page := in.v.page()
	for _, locale := range append([]string{page.DefaultLocale}, page.Translated()...) {
		own := locale == page.DefaultLocale
		if !own && !in.v.Pages.HasAdminLocale(locale) {
			continue
		}
		title := in.v.Pages.Voice(locale, page.TimeZone).T("admin.say.security.title")
		body := in.v.holding(locale, limited, *c.NextUpdateAt.Value)
		if own {
			c.Name, c.Body = &title, &body
			continue
		}
		if c.Translations == nil {
			c.Translations = map[string]status.Texts{}
		}
		c.Translations[locale] = status.Texts{Name: &title, Body: &body}
	}
}
