package admin

import (
	"net/http"
	"net/url"

	"allclear/status"
	"allclear/templates"
)

func (d *desk) entryForm(v *visit) error {
	n, err := v.known()
	if err != nil {
		return err
	}
	u, err := v.entry(&n)
	if err != nil {
		return err
	}
	form := blank("f", v.entryShown(u))
	form.Version = n.Version
	return v.showEntry(http.StatusOK, &n, u, form)
}

func (v *visit) entryShown(u *status.Update) url.Values {
	return url.Values{"body": {u.Body}, "display_at": {v.typed(&u.DisplayAt)}}
}

func (v *visit) showEntry(code int, n *status.Incident, u *status.Update, form *templates.Form) error {
	form.Lint.On = true
	return v.show(code, templates.EntryPage{Office: v.office("notices", "entry"), Form: form, Back: staffPath(n), Entry: *u})
}

// editEntry corrects the text or the time of a published entry; nobody is told again.
func (d *desk) editEntry(v *visit) error {
	n, err := v.known()
	if err != nil {
		return err
	}
	u, err := v.entry(&n)
	if err != nil {
		return err
	}
	in, err := v.input("f", "incident_update.")
	if err != nil {
		return err
	}
	if in.looks() {
		err := in.glance(&n, func(n *status.Incident, site *status.Site) error {
			return n.EditUpdate(site, u.ID, in.text("body"), nil, nil)
		})
		if err != nil {
			return err
		}
		return v.showEntry(http.StatusOK, &n, u, in.form())
	}
	body := in.text("body")
	shown, changed := in.moment("display_at", &u.DisplayAt)
	if !changed {
		shown = nil
	}
	if len(in.faults) > 0 {
		return v.showEntry(http.StatusUnprocessableEntity, &n, u, in.form())
	}
	r, err := d.Store.EditIncident(v.ctx(), in.by(), n.ID, in.version(), func(n *status.Incident, site *status.Site) error {
		return n.EditUpdate(site, u.ID, body, shown, nil)
	})
	if in.fault(err) {
		form := in.form()
		if stale(err) {
			form.Theirs, form.Version, form.Faults = v.differences(in.values, v.entryShown(u)), n.Version, nil
		}
		return v.showEntry(codeOf(err), &n, u, form)
	}
	if err != nil {
		return err
	}
	return v.saved(staffPath(&n), r)
}

// askDelete asks before a notice or a draft is deleted.
func (d *desk) askDelete(v *visit) error {
	n, err := d.Store.Incident(v.ctx(), v.c.Param("id"))
	if err != nil {
		return err
	}
	if !ofKind(v, &n) {
		return status.NotFound("notice", n.ID)
	}
	why := "admin.remove.notice"
	if n.Draft {
		why = "admin.remove.draft"
	}
	return v.show(http.StatusOK, templates.RemovePage{
		Office: v.office("notices", "remove"), Name: n.Name, Why: why,
		Back: staffPath(&n), Action: staffPath(&n) + "/delete",
	})
}

func (d *desk) deleteNotice(v *visit) error {
	n, err := d.Store.Incident(v.ctx(), v.c.Param("id"))
	if err != nil {
		return err
	}
	if !ofKind(v, &n) {
		return status.NotFound("notice", n.ID)
	}
	r, err := d.Store.DeleteIncident(v.ctx(), v.by(), n.ID)
	if err != nil {
		return err
	}
	if !v.live(r) {
		return v.done("/admin", "late", 0)
	}
	return v.done("/admin", "deleted", 0)
}
