package manage

import (
	"net/http"
	"reflect"

	"allclear/status"
	"allclear/store"
)

type incidentBody struct {
	Incident *status.Change `json:"incident"`
}

func (x *call) incidentBody() (*status.Change, error) {
	var in incidentBody
	if err := x.decodeTree(&in, oldComponentList); err != nil {
		return nil, err
	}
	if in.Incident == nil {
		return nil, status.Invalid("incident", "Put the incident's fields into an object \"incident\".")
	}
	// The empty status of the schema means: as it is.
	for id, level := range in.Incident.Components {
		if level == "" {
			delete(in.Incident.Components, id)
		}
	}
	return in.Incident, nil
}

// oldComponentList reads a plain list of ids under "components", which older clients
// send, as component_ids.
func oldComponentList(tree *node) {
	in := tree.member("incident")
	if in == nil {
		return
	}
	if c := in.member("components"); c != nil && c.kind == list && in.member("component_ids") == nil {
		for i, name := range in.names {
			if name == "components" {
				in.names[i] = "component_ids"
			}
		}
		in.members["component_ids"] = c
		delete(in.members, "components")
	}
}

func listIncidents(x *call) error {
	offset, limit, err := x.paging("limit", 100)
	if err != nil {
		return err
	}
	return x.incidents(store.Filter{Query: x.c.QueryParam("q"), Limit: limit, Offset: offset})
}

// published lists notices of a kind that everybody may see, open ones only.
func (x *call) published(kind status.Kind, stages ...status.Stage) error {
	offset, limit, err := x.paging("per_page", 100)
	if err != nil {
		return err
	}
	open, drafts := true, false
	return x.incidents(store.Filter{Kind: kind, Stages: stages, Open: &open, Drafts: &drafts, Limit: limit, Offset: offset})
}

func listUnresolved(x *call) error { return x.published(status.Problem) }
func listScheduled(x *call) error  { return x.published(status.Maintenance) }
func listUpcoming(x *call) error   { return x.published(status.Maintenance, status.Scheduled) }
func listActive(x *call) error {
	return x.published(status.Maintenance, status.InProgress, status.Verifying)
}

func (x *call) incidents(f store.Filter) error {
	list, err := x.desk.Store.Incidents(x.ctx(), f)
	if err != nil {
		return err
	}
	s, shapes := x.shaper(&x.site), []incidentShape{}
	for i := range list {
		shapes = append(shapes, s.incident(&list[i]))
	}
	return x.json(http.StatusOK, shapes)
}

func getIncident(x *call) error {
	id, err := x.id("incident")
	if err != nil {
		return err
	}
	return x.ok(x.showIncident(id))
}

func (x *call) showIncident(id string) (any, error) {
	site, err := x.present()
	if err != nil {
		return nil, err
	}
	i, err := x.desk.Store.Incident(x.ctx(), id)
	if err != nil {
		return nil, err
	}
	return x.shaper(site).incident(&i), nil
}

func addIncident(x *call) error {
	in, err := x.incidentBody()
	if err != nil {
		return err
	}
	if x.onlyDrafts() && (in.Draft == nil || !*in.Draft) {
		return draftsOnly()
	}
	id, update := status.NewID(), status.NewID()
	return x.create(func(by store.By) (store.Receipt, error) {
		return x.desk.Store.AddIncident(x.ctx(), by, func(site *status.Site) (*status.Incident, error) {
			return status.OpenIncident(site, id, update, *in)
		})
	}, x.showIncident)
}

func editIncident(x *call) error {
	id, err := x.id("incident")
	if err != nil {
		return err
	}
	in, err := x.incidentBody()
	if err != nil {
		return err
	}
	have, err := x.desk.Store.Incident(x.ctx(), id)
	if err != nil {
		return err
	}
	if in.Draft != nil && *in.Draft && !have.Draft {
		return x.withdraw(id, in)
	}
	update := status.NewID()
	return x.change(id, func(version int64) (store.Receipt, error) {
		return x.desk.Store.EditIncident(x.ctx(), x.by(), id, version, func(i *status.Incident, site *status.Site) error {
			if publishing := in.Draft != nil && !*in.Draft; x.onlyDrafts() && (!i.Draft || publishing) {
				return draftsOnly()
			}
			return i.Apply(site, update, *in)
		})
	}, x.showIncident)
}

// withdraw makes a published notice a draft again.
func (x *call) withdraw(id string, in *status.Change) error {
	if x.onlyDrafts() {
		return draftsOnly()
	}
	more := *in
	more.Draft = nil
	if !reflect.ValueOf(more).IsZero() {
		return status.Invalid("incident.draft", "Take the notice back first: send draft alone, then change the draft.")
	}
	return x.change(id, func(version int64) (store.Receipt, error) {
		return x.desk.Store.Withdraw(x.ctx(), x.by(), id, version)
	}, x.showIncident)
}

func deleteIncident(x *call) error {
	id, err := x.id("incident")
	if err != nil {
		return err
	}
	i, err := x.desk.Store.Incident(x.ctx(), id)
	if err != nil {
		return err
	}
	gone := x.shaper(&x.site).incident(&i)
	done, err := x.remove(id, i.Version, "incident", func(by store.By) (store.Receipt, error) {
		return x.desk.Store.DeleteIncident(x.ctx(), by, id)
	}, x.showIncident)
	if !done {
		return err
	}
	return x.json(http.StatusOK, gone)
}
