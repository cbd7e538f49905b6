package admin

import (
	"net/http"
	"net/url"
	"slices"

	"allclear/status"
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
	return v.compose(http.StatusOK, v.newNotice(status.Problem, blank("f", values)))
}

func (d *desk) newMaintenance(v *visit) error {
	values := url.Values{"deliver_notifications": {"1"}, "affected_users.mode": {"unknown"}, "workaround.state": {"not_needed"}}
	showClock(values, status.Auto{InProgress: true, Completed: true, ToMaintenance: true, ToOperational: true, NotifyAtStart: true, NotifyAtEnd: true})
	return v.compose(http.StatusOK, v.newNotice(status.Maintenance, blank("f", values)))
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
		return sentence{}
	}
	return sentence{"scheduled", func(v *templates.Voice) []any { return []any{"from", v.Time(*from), "until", v.Time(*to)} }}
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
	c := in.written(kind, nil)
	if draft {
		in.keepEmpty(&c)
		c.Draft = new(true)
	}
	var r store.Receipt
	if len(in.faults) == 0 {
		r, err = v.insert(in, c)
	}
	if in.fault(err) || len(in.faults) > 0 {
		return v.compose(codeOf(err), v.newNotice(kind, in.form()))
	}
	if err != nil {
		return err
	}
	return v.added(kind, r, c, draft)
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
		return v.done(path, "draft", 0)
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
func (v *visit) sign(n *status.Incident, entry string) {
	for i := range n.Updates {
		if n.Updates[i].ID == entry {
			n.Updates[i].By = v.account.Email
		}
	}
}

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
	c := in.written(have.Kind, &have)
	if publish {
		c.Draft = new(false)
	} else {
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
	return templates.ComposePage{
		Office: v.office("notices", "edit", "name", n.Name), Form: form, Kind: n.Kind,
		Back: staffPath(n), Action: staffPath(n) + "/edit", Editing: true,
	}
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
	c := in.change(&have)
	if have.Kind == status.Maintenance {
		in.clock(&c)
	}
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
