package admin

import (
	"net/http"
	"net/url"
	"slices"

	"allclear/status"
	"allclear/status/lint"
	"allclear/store"
	"allclear/templates"
)

// allFields is the form of a new incident with everything that a notice can hold.
func (v *visit) allFields() error {
	values := url.Values{
		"status": {string(status.Investigating)}, "urgency": {string(status.UrgencyNormal)}, "category": {"unknown"},
		"affected_users.mode": {"unknown"}, "workaround.state": {"unknown"}, "third_party.state": {"none"},
		"deliver_notifications": {"1"},
	}
	for _, id := range v.c.QueryParams()["c"] { // a deep link names components that are in trouble
		if c := v.site.Find(id); c != nil && !c.Group {
			values.Set("components."+id, string(status.Worst(c.Level, status.DegradedPerformance)))
		}
	}
	return v.freshForm(status.Problem, values)
}

// freshForm is an empty form, or one begun with a template, or what was typed into it
// before.
func (v *visit) freshForm(kind status.Kind, values url.Values) error {
	values, err := v.prepared(values)
	if err != nil {
		return err
	}
	form := blank("f", values)
	v.resume(form, v.formPlace())
	return v.compose(http.StatusOK, v.newNotice(kind, form))
}

func (d *desk) newMaintenance(v *visit) error {
	values := url.Values{"deliver_notifications": {"1"}, "affected_users.mode": {"unknown"}, "workaround.state": {"not_needed"}}
	showClock(values, status.Auto{InProgress: true, Completed: true, ToMaintenance: true, ToOperational: true, NotifyAtStart: true, NotifyAtEnd: true})
	return v.freshForm(status.Maintenance, values)
}

// newNotice is the form of a notice that does not exist yet.
func (v *visit) newNotice(kind status.Kind, form *templates.Form) templates.ComposePage {
	p := templates.ComposePage{Form: form, Kind: kind, Back: "/admin", Action: "/admin/new", DraftAction: "/admin/drafts"}
	p.Office = v.office("notices", "new_incident")
	if kind == status.Maintenance {
		p.Action = "/admin/maintenances/new"
		p.Title = v.voice.T("admin.title.new_maintenance")
	}
	return p
}

// draft is the form of a draft.
func (v *visit) draft(n *status.Incident, form *templates.Form) templates.ComposePage {
	path := "/admin/drafts/" + n.ID
	return templates.ComposePage{
		Office: v.office("notices", "draft", "name", n.Name), Form: form, Kind: n.Kind, Back: "/admin",
		Action: path + "/publish", DraftAction: path, Draft: staffPath(n),
		Second: v.second(n), Waiting: v.waiting(n),
	}
}

// tongues are the languages that notices of this page are written in.
func (v *visit) tongues() templates.Tongues {
	return templates.Tongues{Default: v.page().DefaultLocale, Languages: v.page().Translated()}
}

// compose draws the form of a notice, with what it offers to choose from.
func (v *visit) compose(code int, p templates.ComposePage) error {
	p.Tongues, p.Vendors = v.tongues(), v.page().VendorAllowList
	p.Groups = v.levelGroups(func(string) bool { return false })
	p.Form.Lint.On, p.Form.Lint.Path = true, p.DraftAction
	p.Gaps = v.gaps(p.Form.Values)
	if p.Dates == nil && p.Maintenance() {
		p.Dates = v.coming(p.Form.Values)
	}
	return v.show(code, p)
}

// written reads a whole notice: its facts, its first entry and the components.
func (in *input) written(kind status.Kind, have *status.Incident) status.Change {
	c := in.change(have)
	c.Notify = in.ticked("deliver_notifications")
	if kind == status.Maintenance {
		c.Stage = new(status.Scheduled)
		c.ComponentIDs = new(slices.Clone(in.values["component_ids"]))
		in.clock(&c)
		in.recurrence(&c, have)
		in.say(&c, in.planned(have))
		return c
	}
	stage := status.Stage(in.value("status"))
	if status.KindOf(stage) != status.Problem {
		in.wrong("status", "choice")
	}
	c.Stage = &stage
	c.Components = in.levels()
	c.NextUpdateAt = in.promise()
	in.say(&c, plain(in.value("status")))
	return c
}

// planned is the sentence that announces a window.
func (in *input) planned(have *status.Incident) sentence {
	var old status.Incident
	if have != nil {
		old = *have
	}
	from, _ := in.moment("scheduled_for", old.ScheduledFor)
	to, _ := in.moment("scheduled_until", old.ScheduledUntil)
	if from == nil || to == nil {
		return nil
	}
	w := templates.Window{
		From: *from, Until: *to, Names: in.v.names(in.v.components(in.values["component_ids"])),
		Unusable: in.has("unusable"), Prepare: oneOf(in.value("prepare"), templates.PrepareWords()),
	}
	return func(v *templates.Voice) string { return v.Window(w) }
}

func (d *desk) openIncident(v *visit) error    { return v.add(status.Problem, false) }
func (d *desk) planMaintenance(v *visit) error { return v.add(status.Maintenance, false) }

// addDraft keeps a notice unpublished. Its text may be empty: it is not said yet.
func (d *desk) addDraft(v *visit) error { return v.add("", true) }

// add opens a notice from the form; kind "" is what the form says.
func (v *visit) add(kind status.Kind, draft bool) error {
	in, err := v.input("f", "incident.")
	if err != nil {
		return err
	}
	if kind == "" {
		kind = status.Problem
		if in.value("kind") == string(status.Maintenance) {
			kind = status.Maintenance
		}
	}
	if in.looks() {
		return v.composeLooked(in, kind)
	}
	c := in.written(kind, nil)
	in.asks(&c, draft)
	if draft {
		in.keepEmpty(&c)
		in.draft, c.Draft = true, new(true)
	}
	var r store.Receipt
	if len(in.faults) == 0 {
		r, err = v.insert(in, c)
	}
	if in.fault(err) || len(in.faults) > 0 {
		p := v.newNotice(kind, in.form())
		p.Second = v.secondFor(in, kind)
		return v.compose(codeOf(err), p)
	}
	if err != nil {
		return err
	}
	return v.added(kind, r, c, draft)
}

// composeLooked brings the form of a new notice back with what was found in its texts.
func (v *visit) composeLooked(in *input, kind status.Kind) error {
	_, err := in.look(lint.Past{}, func() (*status.Incident, error) {
		in.faults = nil
		n, _, err := v.opening(in.written(kind, nil))
		return n, err
	})
	if err != nil && !in.fault(err) {
		return err
	}
	return v.compose(http.StatusOK, v.newNotice(kind, in.form()))
}

// insert saves a new notice, with who wrote its first entry.
func (v *visit) insert(in *input, c status.Change) (store.Receipt, error) {
	return v.Store.AddIncident(v.ctx(), in.by(), func(site *status.Site) (*status.Incident, error) {
		entry := status.NewID()
		n, err := status.OpenIncident(site, status.NewID(), entry, c)
		if err == nil {
			v.sign(n, entry)
		}
		return n, err
	})
}

func (v *visit) added(kind status.Kind, r store.Receipt, c status.Change, draft bool) error {
	path := staffPath(&status.Incident{Kind: kind, ID: r.ObjectID})
	if draft {
		return v.drafted(path, c.AskApproval != nil)
	}
	return v.published(path, r, *c.Notify)
}

// keepEmpty leaves an empty text empty: a draft says nothing by itself.
func (in *input) keepEmpty(c *status.Change) {
	if in.value("body") != "" {
		return
	}
	c.Body = in.text("body")
	for locale, t := range c.Translations {
		if in.value("translations."+locale+".body") == "" {
			t.Body = nil
			c.Translations[locale] = t
		}
	}
}

// sign notes who wrote an entry. Customers do not see it.
func (v *visit) sign(n *status.Incident, entry string) { signAs(n, entry, v.account.Email) }

// showDraft is the draft's form as it was saved.
func (v *visit) showDraft(n *status.Incident) *templates.Form {
	form := v.shownAs(n)
	form.Set("deliver_notifications", "1")
	form.Set("status", string(n.Stage))
	if !n.SeverityGiven {
		form.Del("severity")
	}
	if u := n.Newest(); u != nil {
		form.Set("body", u.Body)
		for locale, body := range u.Translations {
			form.Set("translations."+locale+".body", body)
		}
	}
	for id, level := range n.Planned {
		form.Set("components."+id, string(level))
	}
	form["component_ids"] = slices.Clone(n.ComponentIDs)
	if n.Security && n.NextUpdateAt != nil && n.NextUpdateAt.After(v.now) { // its text names the time
		form.Set("next_update", "at")
		form.Set("next_update_at", v.typed(n.NextUpdateAt))
	}
	f := blank("f", form)
	f.Version = n.Version
	return f
}

func (d *desk) saveDraft(v *visit) error    { return v.rewrite(false) }
func (d *desk) publishDraft(v *visit) error { return v.rewrite(true) }

// rewrite saves a draft as the form has it, or publishes it so.
func (v *visit) rewrite(publish bool) error {
	have, err := v.Store.Incident(v.ctx(), v.c.Param("id"))
	if err != nil {
		return err
	}
	in, err := v.input("f", "incident.")
	if err != nil {
		return err
	}
	if in.looks() {
		return v.draftLooked(in, &have)
	}
	c := in.written(have.Kind, &have)
	in.asks(&c, !publish)
	if publish {
		c.Draft = new(false)
	} else {
		in.draft = true
		in.keepEmpty(&c)
	}
	var r store.Receipt
	if len(in.faults) == 0 {
		r, err = v.Store.EditIncident(v.ctx(), in.by(), have.ID, in.version(), func(n *status.Incident, site *status.Site) error {
			return v.redraft(n, site, c)
		})
	}
	if in.fault(err) || len(in.faults) > 0 {
		return v.draftAgain(have.ID, in, err)
	}
	if err != nil {
		return err
	}
	return v.added(have.Kind, r, c, !publish)
}

// draftLooked brings a draft's form back with what was found in its texts.
func (v *visit) draftLooked(in *input, have *status.Incident) error {
	err := in.glance(have, func(n *status.Incident, site *status.Site) error {
		in.faults = nil
		return v.redraft(n, site, in.written(have.Kind, have))
	})
	if err != nil {
		return err
	}
	return v.compose(http.StatusOK, v.draft(have, in.form()))
}

// redraft replaces what the draft said and planned before: the form holds all of it.
func (v *visit) redraft(n *status.Incident, site *status.Site, c status.Change) error {
	if !n.Draft {
		return status.NewFault(status.CodeConflict, "incident.draft", "This draft was published meanwhile; post an update instead.")
	}
	n.Updates, n.Planned, n.ComponentIDs = nil, nil, []string{}
	entry := status.NewID()
	if err := n.Apply(site, entry, c); err != nil {
		return err
	}
	v.sign(n, entry)
	return nil
}

// draftAgain brings the form back; after a conflict it shows what somebody else changed.
// When the draft was published meanwhile, its text waits there as the next update.
func (v *visit) draftAgain(id string, in *input, err error) error {
	have, e := v.Store.Incident(v.ctx(), id)
	if e != nil {
		return e
	}
	if !have.Draft {
		in.id, in.faults = "update", nil
		in.values.Del("key")
		return v.stepAgain(&have, in, status.Conflict("draft", in.version(), have.Version))
	}
	form := in.form()
	if stale(err) {
		theirs := v.showDraft(&have)
		form.Theirs, form.Version, form.Faults = v.differences(in.values, theirs.Values), have.Version, nil
	}
	return v.compose(codeOf(err), v.draft(&have, form))
}

// factsPage is the form of a published notice's facts.
func (v *visit) factsPage(n *status.Incident, form *templates.Form) templates.ComposePage {
	p := templates.ComposePage{
		Office: v.office("notices", "edit", "name", n.Name), Form: form, Kind: n.Kind,
		Back: staffPath(n), Action: staffPath(n) + "/edit", Editing: true,
	}
	if v.sameRepeat(form.Values, n) {
		p.Dates = n.Coming(v.page(), v.now, comingDates)
	}
	return p
}

func (d *desk) editForm(v *visit) error {
	n, err := v.known()
	if err != nil {
		return err
	}
	form := blank("f", v.shownAs(&n))
	form.Version = n.Version
	return v.compose(http.StatusOK, v.factsPage(&n, form))
}

// edit changes facts without adding an entry; nobody is told.
func (d *desk) edit(v *visit) error {
	have, err := v.known()
	if err != nil {
		return err
	}
	in, err := v.input("f", "incident.")
	if err != nil {
		return err
	}
	read := func() status.Change {
		c := in.change(&have)
		if have.Kind == status.Maintenance {
			in.clock(&c)
			in.recurrence(&c, &have)
		}
		return c
	}
	if in.looks() {
		err := in.glance(&have, func(n *status.Incident, site *status.Site) error {
			in.faults = nil
			return n.Apply(site, "preview", read())
		})
		if err != nil {
			return err
		}
		return v.compose(http.StatusOK, v.factsPage(&have, in.form()))
	}
	c := read()
	var r store.Receipt
	if len(in.faults) == 0 {
		r, err = d.Store.EditIncident(v.ctx(), in.by(), have.ID, in.version(), func(n *status.Incident, site *status.Site) error {
			return n.Apply(site, status.NewID(), c)
		})
	}
	if in.fault(err) || len(in.faults) > 0 {
		form := in.form()
		if stale(err) {
			form.Theirs, form.Version, form.Faults = v.differences(in.values, v.shownAs(&have)), have.Version, nil
		}
		return v.compose(codeOf(err), v.factsPage(&have, form))
	}
	if err != nil {
		return err
	}
	return v.saved(staffPath(&have), r)
}

// known is the published notice that the address names, under the kind that it has.
func (v *visit) known() (status.Incident, error) {
	n, err := v.Store.Incident(v.ctx(), v.c.Param("id"))
	if err == nil && (n.Draft || !ofKind(v, &n)) {
		return n, status.NotFound("notice", n.ID)
	}
	return n, err
}
