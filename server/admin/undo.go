package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

// undoing says what can be taken back of a notice. When that cannot be read, the page is
// worth more than the button.
func (v *visit) undoing(n *status.Incident) (templates.Undoing, store.Reach) {
	r, err := v.Store.Reach(v.ctx(), n)
	if err != nil {
		v.Log.Warn("how far a notice was told could not be read", "error", err)
		r = store.Reach{Sent: true, Told: true}
	}
	u := templates.Undoing{Until: r.Until, First: r.First, At: v.now, Told: r.Told, Drafts: n.Drafts, F: blank("undo", url.Values{})}
	if !r.Sent {
		u.Entry = r.Entry
	}
	return u, r
}

// undo takes the entry back that the form names, as long as nothing of it was sent. Its
// text is then in the form of the next update; a notice's first one makes it a draft.
func (d *desk) undo(v *visit) error {
	have, err := d.Store.Incident(v.ctx(), v.c.Param("id"))
	if err != nil {
		return err
	}
	if !ofKind(v, &have) {
		return status.NotFound("notice", have.ID)
	}
	in, err := v.input("undo", "incident.")
	if err != nil {
		return err
	}
	entry := in.value("entry")
	if have.Draft || have.DraftOf(entry) != nil { // pressed twice
		return v.c.Redirect(http.StatusSeeOther, staffPath(&have))
	}
	back, flash := staffPath(&have)+"?draft="+url.QueryEscape(entry)+"#update", "undone"
	var r store.Receipt
	if newest := have.Latest(); newest != nil && newest.ID == entry && have.Opening(entry) {
		back, flash = staffPath(&have), "withdrawn"
		r, err = d.Store.Withdraw(v.ctx(), in.by(), have.ID, have.Version)
	} else {
		r, err = d.Store.UndoUpdate(v.ctx(), in.by(), store.Undo{Incident: have.ID, Update: entry, Unsent: true})
	}
	if status.FaultCode(err) == status.CodeConflict {
		p := v.noticePage(&have, nil)
		p.TooLate = true
		return v.show(http.StatusConflict, p)
	}
	if err != nil {
		return err
	}
	if !v.live(r) {
		flash = "late"
	}
	return v.done(back, flash, 0)
}

// discard forgets a text that was taken back.
func (d *desk) discard(v *visit) error {
	have, err := v.known()
	if err != nil {
		return err
	}
	r, err := d.Store.EditIncident(v.ctx(), v.by(), have.ID, 0, func(n *status.Incident, _ *status.Site) error {
		n.DropDraft(v.c.Param("entry"))
		return nil
	})
	if err != nil {
		return err
	}
	return v.saved(staffPath(&have), r)
}

// reuse puts a text that was taken back into the form of the step that it belongs to.
func (v *visit) reuse(n *status.Incident, f *templates.Form) {
	k := n.DraftOf(v.c.QueryParam("draft"))
	if k == nil {
		return
	}
	f.Open = f.ID == stepOf(n, k.Stage)
	if !f.Open {
		return
	}
	f.Values.Set("draft", k.UpdateID)
	f.Values.Set("body", k.Body)
	f.Values.Set("status", string(k.Stage))
	for locale, body := range k.Translations {
		f.Values.Set("translations."+locale+".body", body)
	}
	for id, level := range k.Components {
		f.Values.Set("components."+id, string(level))
	}
}

// stepOf is the step that brings a notice to a stage.
func stepOf(n *status.Incident, to status.Stage) string {
	switch {
	case !n.Open() && to.Closed():
		return "correct"
	case !n.Open():
		return "reopen"
	case to == n.Stage:
		return "update"
	}
	switch to {
	case status.Resolved:
		return "resolve"
	case status.InProgress:
		if n.Stage == status.Scheduled {
			return "start"
		}
	case status.Completed:
		return "finish"
	case status.Cancelled:
		return "cancel"
	}
	return "update"
}

// correction begins a correction of an entry, in a language in which it has a text: what
// is right is for staff to add.
func (v *visit) correction(u *status.Update, locale string) string {
	wrong := u.Translations[locale]
	if locale == v.page().DefaultLocale {
		wrong = u.Body
	}
	if wrong == "" || !v.Pages.HasAdminLocale(locale) {
		return ""
	}
	const here = "\x00"
	voice := v.Pages.Voice(locale, v.page().TimeZone)
	text := voice.T("admin.say.correction", "wrong", voice.T("admin.undo.quoted", "text", excerpt(wrong)), "time", voice.Time(u.DisplayAt), "right", here)
	begin, _, _ := strings.Cut(text, here)
	return strings.TrimSpace(begin)
}

// quoted is how much of a wrong text a correction repeats.
const quoted = 160

// excerpt is the beginning of a text, without its line breaks.
func excerpt(text string) string {
	words := []rune(strings.Join(strings.Fields(text), " "))
	if len(words) <= quoted {
		return string(words)
	}
	return strings.TrimSpace(string(words[:quoted])) + "…"
}

// correct fills the form of a correction.
func (v *visit) correct(n *status.Incident, f *templates.Form) {
	u := n.Latest()
	if u == nil {
		return
	}
	f.Values.Set("entry", u.ID)
	f.Values.Set("body", v.correction(u, v.page().DefaultLocale))
	for _, locale := range v.page().Translated() {
		f.Values.Set("translations."+locale+".body", v.correction(u, locale))
	}
}

// corrected refuses a correction that nobody finished. A translation that was left as it
// was offered is none.
func (in *input) corrected(c *status.Change, have *status.Incident) {
	i := slices.IndexFunc(have.Updates, func(u status.Update) bool { return u.ID == in.value("entry") })
	if i < 0 {
		i = slices.IndexFunc(have.Updates, func(u status.Update) bool { return !u.Deleted })
	}
	u := &have.Updates[i]
	if body := in.value("body"); body == "" || body == in.v.correction(u, in.v.page().DefaultLocale) {
		in.wrong("body", "correction")
	}
	for locale, t := range c.Translations {
		if t.Body != nil && *t.Body == in.v.correction(u, locale) {
			t.Body = nil
			c.Translations[locale] = t
		}
	}
}
