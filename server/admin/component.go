package admin

import (
	"net/http"
	"net/url"
	"strconv"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

func (d *desk) newComponent(v *visit) error {
	group := v.c.QueryParam("group") != ""
	values := url.Values{"status": {string(status.Operational)}, "criticality": {string(status.Normal)}, "showcase": {"1"}}
	return v.showComponent(http.StatusOK, "", group, blank("f", values))
}

// showComponent draws the form; id is "" for a new one.
func (v *visit) showComponent(code int, id string, group bool, form *templates.Form) error {
	p := templates.ComponentDesk{Office: v.office("components", "new_component"), Form: form, Group: group, Action: "/admin/components/new"}
	if group {
		p.Title = v.voice.T("admin.title.new_group")
	}
	if c := v.site.Find(id); c != nil {
		p.Title, p.Action = c.Name, "/admin/components/"+id
		p.Delete = p.Action + "/delete"
	}
	for _, r := range v.tree() {
		switch {
		case r.C.Group:
			p.Groups = append(p.Groups, r.C)
		case r.C.GroupID == "" || r.C.GroupID == id:
			p.Loose = append(p.Loose, r)
		}
	}
	return v.show(code, p)
}

func (v *visit) componentShown(c *status.Component) url.Values {
	f := url.Values{
		"name": {c.Name}, "group_id": {c.GroupID}, "status": {string(c.Level)}, "start_date": {c.StartDate},
		"criticality": {string(c.Criticality)}, "children": status.ChildIDs(v.site.Components, c.ID),
	}
	if c.Criticality == "" {
		f.Set("criticality", string(status.Normal))
	}
	if c.Description != nil {
		f.Set("description", *c.Description)
	}
	if c.Audience > 0 {
		f.Set("audience", strconv.FormatInt(c.Audience, 10))
	}
	if c.Showcase {
		f.Set("showcase", "1")
	}
	if c.OnlyShowIfDegraded {
		f.Set("only_show_if_degraded", "1")
	}
	return f
}

func (d *desk) componentForm(v *visit) error {
	c := v.site.Find(v.c.Param("id"))
	if c == nil {
		return status.NotFound("component", v.c.Param("id"))
	}
	form := blank("f", v.componentShown(c))
	form.Version = c.Version
	return v.showComponent(http.StatusOK, c.ID, c.Group, form)
}

// component writes the form's fields into a component.
func (in *input) component(c *status.Component) {
	c.Name = in.value("name")
	if text := in.value("description"); text != "" || c.Description != nil {
		c.Description = &text
	}
	if c.Group {
		return
	}
	c.GroupID, c.Level, c.StartDate = in.value("group_id"), status.Level(in.value("status")), in.value("start_date")
	c.Criticality, c.Audience = status.Criticality(in.value("criticality")), in.number("audience")
	c.Showcase, c.OnlyShowIfDegraded = in.has("showcase"), in.has("only_show_if_degraded")
}

func (d *desk) addComponent(v *visit) error {
	in, err := v.input("f", "component.")
	if err != nil {
		return err
	}
	c := status.Component{ID: status.NewID(), Group: in.has("group")}
	in.component(&c)
	var r store.Receipt
	if len(in.faults) == 0 {
		r, err = d.Store.AddComponent(v.ctx(), in.by(), func(*status.Site) (status.Component, []string, error) {
			return c, in.values["children"], nil
		})
	}
	if in.fault(err) || len(in.faults) > 0 {
		return v.showComponent(codeOf(err), "", c.Group, in.form())
	}
	if err != nil {
		return err
	}
	return v.saved("/admin/components#c-"+r.ObjectID, r)
}

func (d *desk) editComponent(v *visit) error {
	have := v.site.Find(v.c.Param("id"))
	if have == nil {
		return status.NotFound("component", v.c.Param("id"))
	}
	in, err := v.input("f", "component.")
	if err != nil {
		return err
	}
	in.number("audience") // notes a fault before anything is written
	var r store.Receipt
	if len(in.faults) == 0 {
		r, err = d.Store.EditComponent(v.ctx(), in.by(), have.ID, in.version(), func(c *status.Component, _ *status.Site) (*[]string, error) {
			in.component(c)
			children := in.values["children"]
			return &children, nil
		})
	}
	if in.fault(err) || len(in.faults) > 0 {
		form := in.form()
		if stale(err) {
			form.Theirs, form.Version, form.Faults = v.differences(in.values, v.componentShown(have)), have.Version, nil
		}
		return v.showComponent(codeOf(err), have.ID, have.Group, form)
	}
	if err != nil {
		return err
	}
	return v.saved("/admin/components#c-"+have.ID, r)
}

func (d *desk) askDeleteComponent(v *visit) error {
	c := v.site.Find(v.c.Param("id"))
	if c == nil {
		return status.NotFound("component", v.c.Param("id"))
	}
	why := "admin.remove.component"
	if c.Group {
		why = "admin.remove.group"
	}
	return v.show(http.StatusOK, templates.RemovePage{
		Office: v.office("components", "remove"), Name: c.Name, Why: why,
		Back: "/admin/components/" + c.ID, Action: "/admin/components/" + c.ID + "/delete",
	})
}

func (d *desk) deleteComponent(v *visit) error {
	r, err := d.Store.DeleteComponent(v.ctx(), v.by(), v.c.Param("id"))
	if err != nil {
		return err
	}
	if !v.live(r) {
		return v.done("/admin/components", "late", 0)
	}
	return v.done("/admin/components", "deleted", 0)
}
