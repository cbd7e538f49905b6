package admin

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"allclear/status"
	"allclear/templates"
)

// second says whether a notice may be published by whoever looks at it, or a second
// person comes first.
func (v *visit) second(n *status.Incident) templates.Second {
	if !v.page().NeedsApproval(n) || n.Approved() {
		return templates.Second{}
	}
	others, err := v.Store.Approvers(v.ctx(), v.account.Email)
	if err != nil {
		// The door asks again; until then the stricter answer costs nobody anything.
		v.Log.Warn("the people who may approve could not be counted", "error", err)
		others = 1
	}
	return templates.Second{Needed: true, Alone: others == 0}
}

// secondFor is second for a form whose notice does not exist yet. refused says that the
// door asked for a second person.
func (v *visit) secondFor(in *input, kind status.Kind) templates.Second {
	n := status.Incident{Kind: kind, Severity: status.Severity(in.value("severity"))}
	if slices.ContainsFunc(in.faults, aboutApproval) {
		n.Security = true // whatever it was about, the answer is the same
	}
	return v.second(&n)
}

func aboutApproval(f templates.FormFault) bool {
	return f.Field == "ask_approval" || f.Field == "approval_reason"
}

// asks reads whether the draft is shown to a second person at once, and why somebody
// publishes without one. What somebody else is to read has no gaps.
func (in *input) asks(c *status.Change, draft bool) {
	if draft && in.has("ask") {
		c.AskApproval = new(true)
	}
	if !draft || c.AskApproval != nil {
		in.noGaps()
	}
	c.ApprovalReason = in.text("approval_reason")
}

// drafted ends the write of a draft: back to its page, which has the link to pass on.
func (v *visit) drafted(path string, asked bool) error {
	if asked {
		return v.done(path, "asked", 0)
	}
	return v.done(path, "draft", 0)
}

// showDraftPage is a draft's page: its form or, for whoever is asked to approve it, what
// customers will read.
func (v *visit) showDraftPage(n *status.Incident) error {
	if v.asked(n) && v.c.QueryParam("edit") == "" {
		return v.showApproval(http.StatusOK, n, blank("approve", url.Values{"deliver_notifications": {"1"}}), blank("return", url.Values{}))
	}
	form := v.showDraft(n)
	v.resume(form, staffPath(n))
	return v.compose(http.StatusOK, v.draft(n, form))
}

// asked says whether this account is asked to approve the draft.
func (v *visit) asked(n *status.Incident) bool {
	return n.Asked() && v.account.Role.May(status.Publisher) && n.Approval.AskedBy != v.account.Email
}

// showApproval draws the draft as customers will read it, with the two answers.
func (v *visit) showApproval(code int, n *status.Incident, yes, no *templates.Form) error {
	yes.Version, no.Version = n.Version, n.Version
	p := templates.ApprovalPage{
		Office: v.office("notices", "approval", "name", n.Name), Notice: n, Path: staffPath(n), Yes: yes, No: no,
		Approval: *n.Approval, Priority: n.Priority(v.page().PriorityMatrix), Audience: v.audience(n), AuthorityBy: n.AuthorityBy(),
	}
	for _, id := range n.ComponentIDs {
		if c := v.site.Find(id); c != nil {
			row := levelRow(*c)
			if l, ok := n.Planned[id]; ok {
				row.Now = l
			}
			p.Rows = append(p.Rows, row)
		}
	}
	shown, err := v.previewDraft(n)
	if err != nil {
		return err
	}
	p.Previews = shown
	return v.show(code, p)
}

// previewDraft publishes the draft on a copy of the site and draws what comes out. A
// draft that cannot be published as it is has no preview.
func (v *visit) previewDraft(n *status.Incident) ([]templates.Preview, error) {
	site, out := v.site, *n
	site.Components, site.Now = slices.Clone(v.site.Components), v.now
	out.Updates, out.ComponentIDs, out.Approval = slices.Clone(n.Updates), slices.Clone(n.ComponentIDs), nil
	if err := out.Apply(&site, "preview", status.Change{Draft: new(false), NextUpdateAt: v.keptPromise(n)}); err != nil {
		if status.FaultCode(err) == "" {
			return nil, err
		}
		return nil, nil
	}
	var list []templates.Preview
	for _, locale := range append([]string{v.page().DefaultLocale}, v.page().Translated()...) {
		shown, err := v.Pages.Preview(&out, v.page(), locale, site.Find, v.now)
		if err != nil {
			return nil, err
		}
		list = append(list, shown)
	}
	return list, nil
}

// keptPromise is the promise that the draft was written with, as long as it can be kept;
// else the page's cadence makes a new one.
func (v *visit) keptPromise(n *status.Incident) status.Maybe[time.Time] {
	if n.Kind != status.Problem || n.NextUpdateAt == nil || !n.NextUpdateAt.After(v.now) {
		return status.Maybe[time.Time]{}
	}
	return status.Some(*n.NextUpdateAt)
}

// approve publishes a draft that somebody else asked about, exactly as it was shown.
func (d *desk) approve(v *visit) error {
	have, err := d.Store.Incident(v.ctx(), v.c.Param("id"))
	if err != nil {
		return err
	}
	in, err := v.input("approve", "incident.")
	if err != nil {
		return err
	}
	notify := in.ticked("deliver_notifications")
	c := status.Change{Draft: new(false), Notify: notify, NextUpdateAt: v.keptPromise(&have)}
	r, err := d.Store.EditIncident(v.ctx(), in.by(), have.ID, in.version(), func(n *status.Incident, site *status.Site) error {
		return v.agree(n, site, c)
	})
	if in.fault(err) {
		return v.approvalAgain(have.ID, in, err)
	}
	if err != nil {
		return err
	}
	return v.published(staffPath(&have), r, *notify)
}

// agree approves and publishes in one step. The entry stays signed by who wrote it.
func (v *visit) agree(n *status.Incident, site *status.Site, c status.Change) error {
	if err := n.Approve(site.By, site.Now); err != nil {
		return err
	}
	if n.Security && n.NextUpdateAt != nil && !c.NextUpdateAt.Set {
		return status.NewFault(status.CodeConflict, "incident.promised", "The time of the next update that this text promises has passed; send the draft back, so that it names another one.")
	}
	by := n.Approval.AskedBy
	if u := n.Newest(); u != nil && u.By != "" {
		by = u.By
	}
	entry := status.NewID()
	if err := n.Apply(site, entry, c); err != nil {
		return err
	}
	signAs(n, entry, by)
	return nil
}

// sendBack refuses the approval and says why.
func (d *desk) sendBack(v *visit) error {
	have, err := d.Store.Incident(v.ctx(), v.c.Param("id"))
	if err != nil {
		return err
	}
	in, err := v.input("return", "incident.")
	if err != nil {
		return err
	}
	_, err = d.Store.EditIncident(v.ctx(), in.by(), have.ID, in.version(), func(n *status.Incident, site *status.Site) error {
		return n.SendBack(site.By, in.value("note"), site.Now)
	})
	if in.fault(err) {
		return v.approvalAgain(have.ID, in, err)
	}
	if err != nil {
		return err
	}
	return v.done(staffPath(&have), "returned", 0)
}

// approvalAgain brings the page back with what is wrong, as the draft is now.
func (v *visit) approvalAgain(id string, in *input, err error) error {
	n, e := v.Store.Incident(v.ctx(), id)
	if e != nil {
		return e
	}
	if !n.Draft || n.Approval == nil {
		return err
	}
	yes, no := blank("approve", in.values), blank("return", in.values)
	if in.id == "approve" {
		yes = in.form()
	} else {
		no = in.form()
	}
	return v.showApproval(codeOf(err), &n, yes, no)
}

// waiting says on the draft's own form how far its approval is.
func (v *visit) waiting(n *status.Incident) *templates.Waiting {
	a := n.Approval
	if a == nil || a.AskedFor == "" {
		return nil
	}
	return &templates.Waiting{
		Approval: *a, Open: n.Asked(), Given: n.Approved(), Mine: a.AskedBy == v.account.Email, Link: v.BaseURL + staffPath(n), Path: staffPath(n),
		May: v.asked(n),
	}
}

// signAs notes who wrote an entry.
func signAs(n *status.Incident, entry, by string) {
	for i := range n.Updates {
		if n.Updates[i].ID == entry {
			n.Updates[i].By = by
		}
	}
}
