package admin

import (
	"slices"

	"allclear/status"
	"allclear/templates"
)

// staffPath is a notice's page on the staff side.
func staffPath(n *status.Incident) string {
	if n.Kind == status.Maintenance {
		return "/admin/maintenances/" + n.ID
	}
	return "/admin/incidents/" + n.ID
}

// seenBy is the notice as customers read it in the account's language.
func (v *visit) seenBy(n *status.Incident) templates.Notice {
	return templates.NoticeOf(n, v.page(), v.locale, v.site.Find, v.now)
}

// row is a notice in a list, with what to do next.
func (v *visit) row(n status.Incident) templates.NoticeRow {
	r := templates.NoticeRow{N: n, Path: staffPath(&n), Look: v.seenBy(&n).Look(), Until: v.now}
	if last := n.Newest(); last != nil {
		r.By = last.By
	}
	if n.ResolvedAt != nil {
		r.Until = *n.ResolvedAt
	}
	if n.Draft {
		r.Look = "unknown"
	}
	if n.Asked() {
		r.AskedBy = n.Approval.AskedBy
	}
	if at := n.AuthorityBy(); n.Open() || at.After(v.now) {
		r.AuthorityBy = at
	}
	if n.Open() && !n.Draft && n.NextUpdateAt != nil {
		r.PromisedAt, r.Overdue = *n.NextUpdateAt, n.Overdue(v.now)
	}
	if n.WatchOver(v.page(), v.now) {
		r.WatchOver, r.WatchedAt = true, n.WatchEnds(v.page())
	}
	r.Do, r.Anchor = v.next(&n, r.WatchOver)
	return r
}

// next is what to do with a notice now: the label of its button, and its place on the
// notice's page.
func (v *visit) next(n *status.Incident, watched bool) (do, anchor string) {
	switch {
	case v.asked(n):
		return "admin.approval.decide", ""
	case n.Draft && v.account.Role.May(status.Author):
		return "admin.go_on", ""
	case !v.account.Role.May(status.Publisher) || !n.Open():
		return "", ""
	case n.Kind == status.Maintenance:
		return "admin.manage", ""
	case watched:
		return "admin.resolve", "?step=resolve#resolve"
	}
	return "admin.post_update", "#update"
}

func (v *visit) rows(list []status.Incident) []templates.NoticeRow {
	var out []templates.NoticeRow
	for _, n := range list {
		out = append(out, v.row(n))
	}
	return out
}

// levelGroups arranges the components for choosing their levels, without those that skip
// names.
func (v *visit) levelGroups(skip func(id string) bool) []templates.LevelGroup {
	var out []templates.LevelGroup
	for _, r := range v.tree() {
		switch {
		case r.C.Group:
			out = append(out, templates.LevelGroup{Name: r.C.Name})
		case skip(r.C.ID):
		default:
			if len(out) == 0 || !r.Inside && out[len(out)-1].Name != "" {
				out = append(out, templates.LevelGroup{})
			}
			last := &out[len(out)-1]
			last.Rows = append(last.Rows, levelRow(r.C))
		}
	}
	return slices.DeleteFunc(out, func(g templates.LevelGroup) bool { return len(g.Rows) == 0 })
}

func levelRow(c status.Component) templates.LevelRow {
	return templates.LevelRow{ID: c.ID, Name: c.Name, Now: c.Level}
}

// tree lists the components as the page shows them: each group followed by its members.
func (v *visit) tree() []templates.ComponentRow {
	var out []templates.ComponentRow
	for _, c := range v.children("") {
		out = append(out, c)
		if c.C.Group {
			out = append(out, v.children(c.C.ID)...)
		}
	}
	return out
}

// children lists what stands in a group, or at the top of the page.
func (v *visit) children(group string) []templates.ComponentRow {
	var out []templates.ComponentRow
	for _, c := range v.site.Components {
		if c.GroupID == group {
			out = append(out, templates.ComponentRow{C: c, Inside: group != ""})
		}
	}
	if len(out) > 0 {
		out[0].First, out[len(out)-1].Last = true, true
	}
	return out
}
