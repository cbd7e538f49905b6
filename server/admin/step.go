package admin

import (
	"path"
	"slices"

	"allclear/status"
	"allclear/store"
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
	var r store.Receipt
	if len(in.faults) == 0 {
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

// stepChange reads a step's form.
func (in *input) stepChange(have *status.Incident, id string) status.Change {
	c := in.change(have)
	c.Notify = in.ticked("deliver_notifications")
	c.Components = in.levels()
	c.ScheduledUntil.Set = false // only one step moves the window
	switch id {
	case "resolve":
		c.Stage, c.Resolution = new(status.Resolved), in.resolution()
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
	case "extend":
		c.ScheduledUntil = in.maybe("scheduled_until", have.ScheduledUntil)
		if !c.ScheduledUntil.Set {
			in.wrong("scheduled_until", "new_end")
		}
	default:
		in.updateChange(&c, have)
	}
	in.say(&c, in.v.ready(have, id, in))
	return c
}

// updateChange reads what only an update asks for. An update of a maintenance has no
// ready sentence while its stage stays, so it needs a text.
func (in *input) updateChange(c *status.Change, have *status.Incident) {
	if s := in.value("status"); s != "" && s != string(have.Stage) {
		c.Stage = new(status.Stage(s))
	}
	if have.Kind == status.Problem {
		c.NextUpdateAt = in.promise()
		if c.Stage != nil && c.Stage.Closed() {
			in.wrong("status", "choice") // resolving has a form of its own
		}
		return
	}
	if c.Stage == nil && in.value("body") == "" {
		in.wrong("body", "text")
	}
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
