package manage

import (
	"net/http"
	"slices"

	"allclear/status"
	"allclear/store"
)

// groupBody is what a request says about a group. The description stands beside the
// group in the OpenAPI file; clients write it inside as well.
type groupBody struct {
	Description    *string      `json:"description"`
	ComponentGroup *groupFields `json:"component_group"`
}

type groupFields struct {
	Name        *string   `json:"name"`
	Description *string   `json:"description"`
	Components  *[]string `json:"components"`
}

func (x *call) groupBody() (*groupFields, error) {
	var in groupBody
	if err := x.decode(&in); err != nil {
		return nil, err
	}
	if in.ComponentGroup == nil {
		if in.Description == nil {
			return nil, status.Invalid("component_group", "Put the group's fields into an object \"component_group\".")
		}
		in.ComponentGroup = &groupFields{}
	}
	if in.ComponentGroup.Description == nil {
		in.ComponentGroup.Description = in.Description
	}
	return in.ComponentGroup, nil
}

// children checks the wanted members: components of this page, each once, no groups.
func (f *groupFields) children(site *status.Site) error {
	if f.Components == nil {
		return nil
	}
	const field = "component_group.components"
	for n, id := range *f.Components {
		c := site.Find(id)
		if c == nil {
			return status.Invalid(field, "There is no component %q on this page.", shorten(id))
		}
		if c.Group {
			return status.Invalid(field, "%q is a group; a group cannot be inside another group.", c.Name)
		}
		if slices.Contains((*f.Components)[:n], id) {
			return status.Invalid(field, "The component %q is given twice.", id)
		}
	}
	return nil
}

func (f *groupFields) apply(c *status.Component, site *status.Site) error {
	set(&c.Name, f.Name)
	if f.Description != nil {
		c.Description = f.Description
	}
	if err := c.Check("component_group"); err != nil {
		return err
	}
	return f.children(site)
}

func listGroups(x *call) error {
	offset, limit, err := x.paging("per_page", maxComponents)
	if err != nil {
		return err
	}
	groups := slices.DeleteFunc(slices.Clone(x.site.Components), func(c status.Component) bool { return !c.Group })
	s, shapes := x.shaper(&x.site), []groupShape{}
	for _, g := range part(groups, offset, limit) {
		shapes = append(shapes, s.group(&g))
	}
	return x.json(http.StatusOK, shapes)
}

func getGroup(x *call) error {
	id, err := x.id("component group")
	if err != nil {
		return err
	}
	return x.ok(x.showGroup(id))
}

func groupIn(site *status.Site, id string) (*status.Component, error) {
	g := site.Find(id)
	if g == nil || !g.Group {
		return nil, status.NotFound("component group", id)
	}
	return g, nil
}

func (x *call) showGroup(id string) (any, error) {
	site, err := x.present()
	if err != nil {
		return nil, err
	}
	g, err := groupIn(site, id)
	if err != nil {
		return nil, err
	}
	return x.shaper(site).group(g), nil
}

func addGroup(x *call) error {
	in, err := x.groupBody()
	if err != nil {
		return err
	}
	if in.Components == nil {
		return status.Invalid("component_group.components", "Name the components of the group; an empty list is possible.")
	}
	id := status.NewID()
	return x.create(func(by store.By) (store.Receipt, error) {
		return x.desk.Store.AddComponent(x.ctx(), by, func(site *status.Site) (status.Component, []string, error) {
			g := newComponent(site, id)
			g.Group, g.Showcase = true, false
			err := in.apply(&g, site)
			return g, *in.Components, err
		})
	}, x.showGroup)
}

func editGroup(x *call) error {
	id, err := x.id("component group")
	if err != nil {
		return err
	}
	in, err := x.groupBody()
	if err != nil {
		return err
	}
	return x.change(id, func(version int64) (store.Receipt, error) {
		return x.desk.Store.EditComponent(x.ctx(), x.by(), id, version, func(c *status.Component, site *status.Site) (*[]string, error) {
			if !c.Group {
				return nil, status.NotFound("component group", id)
			}
			return in.Components, in.apply(c, site)
		})
	}, x.showGroup)
}

func deleteGroup(x *call) error {
	id, err := x.id("component group")
	if err != nil {
		return err
	}
	g, err := groupIn(&x.site, id)
	if err != nil {
		return err
	}
	gone := x.shaper(&x.site).group(g)
	done, err := x.remove(id, g.Version, "component group", func(by store.By) (store.Receipt, error) {
		return x.desk.Store.DeleteComponent(x.ctx(), by, id)
	}, x.showGroup)
	if !done {
		return err
	}
	return x.json(http.StatusOK, gone)
}
