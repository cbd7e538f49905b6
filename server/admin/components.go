package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"allclear/status"
	"allclear/templates"
)

func (d *desk) components(v *visit) error {
	return v.showComponents(http.StatusOK, blank("f", url.Values{}))
}

// showComponents lists the components with one form for all of them: hundreds of small
// ones would make the page heavy.
func (v *visit) showComponents(code int, form *templates.Form) error {
	query := strings.TrimSpace(v.c.QueryParam("q"))
	all := v.tree()
	p := templates.ComponentsPage{
		Office: v.office("components", "components"), Form: form, Query: query, Total: len(all), Rows: matching(all, query),
	}
	for _, r := range all {
		if r.C.Group {
			p.Groups = append(p.Groups, r.C)
		}
	}
	return v.show(code, p)
}

// matching keeps the rows whose name, or whose group's name, has each of the words.
func matching(rows []templates.ComponentRow, query string) []templates.ComponentRow {
	words := strings.Fields(strings.ToLower(query))
	if len(words) == 0 {
		return rows
	}
	var out []templates.ComponentRow
	group := ""
	for _, r := range rows {
		name := strings.ToLower(r.C.Name)
		switch {
		case r.C.Group:
			group = name
		case r.Inside:
			name += " " + group
		}
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, w) }) {
			out = append(out, r)
		}
	}
	return out
}

// marked reads which components were ticked.
func (v *visit) marked() (*input, []string, error) {
	in, err := v.input("f", "component.")
	if err != nil {
		return nil, nil, err
	}
	ids := in.values["c"]
	if len(ids) == 0 {
		in.wrong("c", "component")
	}
	return in, ids, nil
}

// setLevels sets how well the ticked components work.
func (d *desk) setLevels(v *visit) error {
	in, ids, err := v.marked()
	if err != nil {
		return err
	}
	level := choice(in, "status", status.Levels())
	if len(in.faults) > 0 {
		return v.showComponents(http.StatusUnprocessableEntity, in.form())
	}
	r, err := d.Store.SetLevels(v.ctx(), in.by(), ids, level)
	if in.fault(err) {
		return v.showComponents(codeOf(err), in.form())
	}
	if err != nil {
		return err
	}
	return v.saved("/admin/components#c-"+ids[0], r)
}

// regroup puts the ticked components at the end of a group, or below all groups.
func (d *desk) regroup(v *visit) error {
	in, ids, err := v.marked()
	if err != nil {
		return err
	}
	if len(in.faults) > 0 {
		return v.showComponents(http.StatusUnprocessableEntity, in.form())
	}
	r, err := d.Store.Place(v.ctx(), in.by(), ids, in.value("group"), "")
	if in.fault(err) {
		return v.showComponents(codeOf(err), in.form())
	}
	if err != nil {
		return err
	}
	return v.saved("/admin/components#c-"+ids[0], r)
}

func (d *desk) order(v *visit) error {
	return v.show(http.StatusOK, templates.OrderPage{Office: v.office("components", "order"), Rows: v.tree()})
}

// reorder puts a component where a button or a hand has moved it.
func (d *desk) reorder(v *visit) error {
	in, err := v.input("f", "component.")
	if err != nil {
		return err
	}
	id, group, before := in.value("id"), in.value("group"), in.value("before")
	for _, way := range []string{"up", "down"} {
		if in.has(way) {
			var ok bool
			if id = in.value(way); id != "" {
				group, before, ok = v.beyond(id, way == "up")
			}
			if !ok {
				return v.c.Redirect(http.StatusSeeOther, "/admin/components/order#c-"+url.PathEscape(id))
			}
		}
	}
	r, err := d.Store.Place(v.ctx(), in.by(), []string{id}, group, before)
	if err != nil {
		return err
	}
	return v.saved("/admin/components/order#c-"+id, r)
}

// beyond is the place on the other side of the neighbour above or below; false when there
// is no neighbour.
func (v *visit) beyond(id string, up bool) (group, before string, ok bool) {
	c := v.site.Find(id)
	if c == nil {
		return "", "", false
	}
	list := v.children(c.GroupID)
	i := slices.IndexFunc(list, func(r templates.ComponentRow) bool { return r.C.ID == id })
	switch {
	case up && i > 0:
		return c.GroupID, list[i-1].C.ID, true
	case up || i+1 == len(list):
		return "", "", false
	case i+2 < len(list):
		before = list[i+2].C.ID
	}
	return c.GroupID, before, true
}
