package manage

import (
	"net/http"

	"allclear/status"
	"allclear/store"
)

// componentFields are what a request may say about a component.
type componentFields struct {
	Name               *string              `json:"name"`
	Description        status.Maybe[string] `json:"description"`
	Status             *status.Level        `json:"status"`
	OnlyShowIfDegraded *bool                `json:"only_show_if_degraded"`
	GroupID            status.Maybe[string] `json:"group_id"`
	Showcase           *bool                `json:"showcase"`
	StartDate          status.Maybe[string] `json:"start_date"`
	Audience           *int64               `json:"audience"`
	Criticality        *status.Criticality  `json:"criticality"`
}

// statusOnly says whether nothing but the status is to change.
func (f *componentFields) statusOnly() bool {
	rest := *f
	rest.Status = nil
	return f.Status != nil && rest == componentFields{}
}

// apply changes the component, but for its level, which moves through the site so that
// history and subscribers hear of it.
func (f *componentFields) apply(c *status.Component, site *status.Site) error {
	set(&c.Name, f.Name)
	set(&c.OnlyShowIfDegraded, f.OnlyShowIfDegraded)
	set(&c.Showcase, f.Showcase)
	set(&c.Audience, f.Audience)
	set(&c.Criticality, f.Criticality)
	if f.Description.Set {
		c.Description = f.Description.Value
	}
	if f.StartDate.Set {
		c.StartDate = ""
		set(&c.StartDate, f.StartDate.Value)
	}
	return f.join(c, site)
}

// join puts the component into a group or, with null or the text "null", out of it.
func (f *componentFields) join(c *status.Component, site *status.Site) error {
	if !f.GroupID.Set {
		return nil
	}
	group := ""
	if v := f.GroupID.Value; v != nil && *v != "null" {
		group = *v
	}
	if group != "" {
		if g := site.Find(group); g == nil || !g.Group {
			return status.Invalid("component.group_id", "There is no component group %q on this page.", shorten(group))
		}
		if c.Group {
			return status.Invalid("component.group_id", "A group cannot be inside another group.")
		}
	}
	c.GroupID = group
	return nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

type componentBody struct {
	Component *componentFields `json:"component"`
}

func (x *call) componentBody() (*componentFields, error) {
	var in componentBody
	if err := x.decode(&in); err != nil {
		return nil, err
	}
	if in.Component == nil {
		return nil, status.Invalid("component", "Put the component's fields into an object \"component\".")
	}
	// The empty status of the schema means: as it is.
	if s := in.Component.Status; s != nil && *s == "" {
		in.Component.Status = nil
	}
	return in.Component, nil
}

func listComponents(x *call) error {
	offset, limit, err := x.paging("per_page", maxComponents)
	if err != nil {
		return err
	}
	s, shapes := x.shaper(&x.site), []componentShape{}
	for _, c := range part(x.site.Components, offset, limit) {
		shapes = append(shapes, s.component(&c))
	}
	return x.json(http.StatusOK, shapes)
}

// maxComponents is the most that one page of a list holds, as in the OpenAPI file.
const maxComponents = 1100

func getComponent(x *call) error {
	id, err := x.id("component")
	if err != nil {
		return err
	}
	return x.ok(x.showComponent(id))
}

func (x *call) showComponent(id string) (any, error) {
	site, err := x.present()
	if err != nil {
		return nil, err
	}
	c := site.Find(id)
	if c == nil {
		return nil, status.NotFound("component", id)
	}
	return x.shaper(site).component(c), nil
}

func addComponent(x *call) error {
	in, err := x.componentBody()
	if err != nil {
		return err
	}
	id := status.NewID()
	return x.create(func(by store.By) (store.Receipt, error) {
		return x.desk.Store.AddComponent(x.ctx(), by, func(site *status.Site) (status.Component, []string, error) {
			c := newComponent(site, id)
			if err := in.apply(&c, site); err != nil {
				return c, nil, err
			}
			set(&c.Level, in.Status)
			return c, nil, c.Check("component")
		})
	}, x.showComponent)
}

func newComponent(site *status.Site, id string) status.Component {
	return status.Component{
		ID: id, PageID: site.Page.ID, Level: status.Operational, Showcase: true, Criticality: status.Normal,
		CreatedAt: site.Now, UpdatedAt: site.Now, Version: 1,
	}
}

func editComponent(x *call) error {
	id, err := x.id("component")
	if err != nil {
		return err
	}
	in, err := x.componentBody()
	if err != nil {
		return err
	}
	if !in.statusOnly() {
		if err := x.need(status.Admin); err != nil {
			return err
		}
	}
	return x.change(id, func(version int64) (store.Receipt, error) {
		return x.desk.Store.EditComponent(x.ctx(), x.by(), id, version, func(c *status.Component, site *status.Site) (*[]string, error) {
			return nil, in.edit(c, site)
		})
	}, x.showComponent)
}

func (f *componentFields) edit(c *status.Component, site *status.Site) error {
	if err := f.apply(c, site); err != nil {
		return err
	}
	if f.Status == nil {
		return c.Check("component")
	}
	if c.Group {
		return status.Invalid("component.status", "The status of a group follows from its components; set theirs.")
	}
	wanted := *c
	wanted.Level = *f.Status
	if err := wanted.Check("component"); err != nil {
		return err
	}
	site.Move(c.ID, *f.Status)
	return nil
}

func deleteComponent(x *call) error {
	id, err := x.id("component")
	if err != nil {
		return err
	}
	c := x.site.Find(id)
	if c == nil {
		return status.NotFound("component", id)
	}
	done, err := x.remove(id, c.Version, "component", func(by store.By) (store.Receipt, error) {
		return x.desk.Store.DeleteComponent(x.ctx(), by, id)
	}, x.showComponent)
	if !done {
		return err
	}
	return x.c.NoContent(http.StatusNoContent)
}
