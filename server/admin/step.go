package admin

import (
	"net/http"
	"path"
	"slices"

	"allclear/status"
	"allclear/status/lint"
	"allclear/store"
	"allclear/templates"
)

// step does what the last part of the address says and adds an entry that tells it.
func (d *desk) step(v *visit) error {
	have, err := v.known()
	if err != nil {
		return err
	}
	id := path.Base(v.c.Path())
	in, err := v.input(id, "incident.")
	if err != nil {
		return err
	}
	c := in.stepChange(&have, id)
	err = in.judge(&c, &have, id)
	var r store.Receipt
	if len(in.faults) == 0 && err == nil {
		r, err = d.Store.EditIncident(v.ctx(), in.by(), have.ID, in.version(), func(n *status.Incident, site *status.Site) error {
			entry := status.NewID()
			if err := n.Apply(site, entry, c); err != nil {
				return err
			}
			v.sign(n, entry)
			n.DropDraft(in.value("draft"))
			return nil
		})
	}
	if in.fault(err) || len(in.faults) > 0 {
		return v.stepAgain(&have, in, err)
	}
	if err != nil {
		return err
	}
	return v.published(staffPath(&have), r, *c.Notify)
}

// judge refuses what is not possible any more, and a closing message that leaves something
// open. Who saw an older version is told that first.
func (in *input) judge(c *status.Change, have *status.Incident, id string) error {
	if seen := in.version(); seen != 0 && seen != have.Version {
		return nil
	}
	if !in.v.offers(have, id) {
		in.wrong("status", "stage", "stage", in.v.voice.StageLabel(string(have.Stage)))
		return nil
	}
	if id != "resolve" || len(in.faults) > 0 {
		return nil
	}
	return in.settle(c, have)
}

// stepPreview shows what a step would publish. Nothing is saved.
func (d *desk) stepPreview(v *visit) error {
	have, err := v.known()
	if err != nil {
		return err
	}
	id := v.c.Param("step")
	if !v.offers(&have, id) {
		return v.c.Redirect(http.StatusSeeOther, staffPath(&have)) // somebody was faster; the page says so
	}
	in, err := v.input(id, "incident.")
	if err != nil {
		return err
	}
	c, err := in.stepLook(&have, id)
	var cards []templates.Preview
	if len(in.faults) == 0 && err == nil {
		cards, err = v.cards(&have, c)
	}
	if !in.fault(err) && err != nil {
		return err
	}
	p := v.noticePage(&have, in.form())
	for i := range p.Steps {
		if p.Steps[i].F.ID == id {
			p.Steps[i].Asked, p.Steps[i].Previews = true, cards
		}
	}
	if len(in.faults) > 0 {
		return v.show(http.StatusUnprocessableEntity, p)
	}
	return v.show(http.StatusOK, p)
}

// cards draw the notice in every language as a change would leave it.
func (v *visit) cards(have *status.Incident, c status.Change) ([]templates.Preview, error) {
	n, site, err := v.trial(have, c)
	if err != nil {
		return nil, err
	}
	var out []templates.Preview
	for _, locale := range append([]string{v.page().DefaultLocale}, v.page().Translated()...) {
		card, err := v.Pages.PreviewCard(lint.Clean(n), v.page(), locale, site.Find, v.now)
		if err != nil {
			return nil, err
		}
		out = append(out, card)
	}
	return out, nil
}

// stepChange reads a step's form. Its texts follow from its choices where nobody typed.
func (in *input) stepChange(have *status.Incident, id string) status.Change {
	c := in.change(have)
	c.Notify = in.ticked("deliver_notifications")
	c.Components = in.levels()
	c.ScheduledUntil.Set = false // only one step moves the window
	ready := in.v.ready(have, id, in)
	switch id {
	case "resolve":
		c.Stage, ready = new(status.Resolved), nil // its texts come in parts
		in.close(&c, have)
		in.choices(&c, have) // the reason may have told the origin
	case "reopen":
		c.Stage, c.NextUpdateAt = new(status.Investigating), in.promise()
	case "false_alarm":
		c.Stage, c.Components = new(status.Resolved), nil // everything works, as it did
	case "correct":
		in.corrected(&c, have)
	case "start":
		c.Stage = new(status.InProgress)
	case "finish":
		c.Stage = new(status.Completed)
	case "cancel":
		c.Stage = new(status.Cancelled)
		if in.has("end_series") {
			c.Recurrence = status.Some("")
		}
	case "extend":
		c.ScheduledUntil = in.maybe("scheduled_until", have.ScheduledUntil)
		if !c.ScheduledUntil.Set {
			in.wrong("scheduled_until", "new_end")
		}
	default:
		if in.updateChange(&c, have) {
			ready = in.news(have, &c)
		}
	}
	if ready != nil {
		in.write("body", ready)
	}
	if id != "correct" {
		c.Translations = in.translations()
	}
	if body := in.value("body"); body != "" {
		c.Body = &body
	}
	return c
}

// updateChange reads what only an update asks for; true is one of a problem, whose choices
// become sentences. An update of a maintenance has no ready sentence while its stage
// stays, so it needs a text.
func (in *input) updateChange(c *status.Change, have *status.Incident) bool {
	if s := in.value("status"); s != "" && s != string(have.Stage) {
		c.Stage = new(status.Stage(s))
	}
	if have.Kind == status.Problem {
		c.NextUpdateAt, c.Components = in.promise(), in.moved(have)
		if c.Stage != nil && c.Stage.Closed() {
			in.wrong("status", "choice") // resolving has a form of its own
		}
		in.end(c, have)
		in.meanwhile(have)
		c.Workaround = in.workaround(have)
		return true
	}
	if c.Stage == nil && in.value("body") == "" {
		in.wrong("body", "text")
	}
	return false
}

// stepAgain brings the notice's page back with the form as it was typed. After a conflict
// it shows what was published meanwhile beside the own text.
func (v *visit) stepAgain(have *status.Incident, in *input, err error) error {
	form := in.form()
	conflict := stale(err)
	if conflict {
		form.Version, form.Faults = have.Version, nil
	}
	p := v.noticePage(have, form)
	if conflict {
		p.Conflict, p.Missed = true, missed(have, form.Seen)
	}
	return v.show(codeOf(err), p)
}

// missed lists the entries that are newer than the one a form had seen.
func missed(n *status.Incident, seen string) []status.Update {
	i := slices.IndexFunc(n.Updates, func(u status.Update) bool { return u.ID == seen })
	if i < 0 {
		i = min(1, len(n.Updates))
	}
	return slices.Clone(n.Updates[:i])
}

// entry finds the entry that the address names.
func (v *visit) entry(n *status.Incident) (*status.Update, error) {
	id := v.c.Param("entry")
	i := slices.IndexFunc(n.Updates, func(u status.Update) bool { return u.ID == id && !u.Deleted })
	if i < 0 {
		return nil, status.NotFound("update", id)
	}
	return &n.Updates[i], nil
}
