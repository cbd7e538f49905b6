package manage

import (
	"encoding/json"

	"allclear/status"
	"allclear/status/statuspage"
)

// Objects as the API spells them: Statuspage's keys, then ours. Staff see what the
// public sees and more, so the shapes are built from those of the public API.

// componentShape is a component; groups are listed among them too.
type componentShape struct {
	statuspage.PublicComponent
	AutomationEmail *string `json:"automation_email"` // Statuspage's; we have none
	Version         int64   `json:"version"`
}

func (s componentShape) version() int64 { return s.Version }

// groupShape is a group with its children's ids.
type groupShape struct {
	ID          string           `json:"id"`
	PageID      string           `json:"page_id"`
	Name        string           `json:"name"`
	Description *string          `json:"description"`
	Components  []string         `json:"components"`
	Position    int              `json:"position"`
	CreatedAt   statuspage.Stamp `json:"created_at"`
	UpdatedAt   statuspage.Stamp `json:"updated_at"`
	Status      string           `json:"status"`
	Version     int64            `json:"version"`
}

func (s groupShape) version() int64 { return s.Version }

// updateShape is an entry of a notice.
type updateShape struct {
	statuspage.PublicUpdate
	WantsTwitterUpdate bool    `json:"wants_twitter_update"` // always false
	TwitterUpdatedAt   *string `json:"twitter_updated_at"`   // always null
}

// transitions are the keys of a maintenance's own clock that Long lacks.
type transitions struct {
	ToMaintenance bool `json:"auto_transition_to_maintenance_state"`
	ToOperational bool `json:"auto_transition_to_operational_state"`
	NotifyAtStart bool `json:"auto_transition_deliver_notifications_at_start"`
	NotifyAtEnd   bool `json:"auto_transition_deliver_notifications_at_end"`
}

// staff are the fields that never leave the house, and the category even when a matter
// of security hides it from the public.
type staff struct {
	Category     status.Category `json:"category"`
	Urgency      status.Urgency  `json:"urgency"`
	Priority     status.Priority `json:"priority"`
	SupportLevel *int            `json:"support_level"`
	Assignee     string          `json:"assignee"`
	InternalNote string          `json:"internal_note"`
	Security     bool            `json:"security"`
	Draft        bool            `json:"draft"`
	Drafts       []draftShape    `json:"drafts"`
	Version      int64           `json:"version"`
}

// draftShape is a text that is not published: that of a draft, with the levels it will
// set, or that of an update that was taken back, with the levels it had set.
type draftShape struct {
	ID           string                  `json:"id"` // of the update
	Status       status.Stage            `json:"status"`
	Body         string                  `json:"body"`
	Components   map[string]status.Level `json:"components"`
	Translations map[string]status.Texts `json:"translations"`
	TakenBackAt  *statuspage.Stamp       `json:"taken_back_at"`
}

// incidentShape is a notice of either kind.
type incidentShape struct {
	statuspage.Notice[updateShape, componentShape]
	statuspage.Long
	transitions
	Metadata json.RawMessage `json:"metadata"`
	statuspage.Common
	publicFacts
	staff
}

// publicFacts lie one level deeper than staff, whose category therefore wins.
type publicFacts struct{ statuspage.Problem }

func (s incidentShape) version() int64 { return s.Version }

// shaper puts the objects of one site, at one moment, into shapes.
type shaper struct {
	*statuspage.Encoder
	site *status.Site
	call *call
}

func (x *call) shaper(site *status.Site) shaper {
	return shaper{statuspage.NewEncoder(&site.Page, site.Components, statuspage.Links{Base: x.desk.BaseURL}), site, x}
}

func (s shaper) component(c *status.Component) componentShape {
	return componentShape{PublicComponent: s.PublicComponent(c), Version: c.Version}
}

func (s shaper) group(g *status.Component) groupShape {
	c := s.Component(g)
	return groupShape{
		ID: c.ID, PageID: c.PageID, Name: c.Name, Description: c.Description, Components: *c.Components,
		Position: c.Position, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, Status: c.Status, Version: g.Version,
	}
}

func (s shaper) update(u *status.Update) updateShape {
	return updateShape{PublicUpdate: s.PublicUpdate(u)}
}

func (s shaper) incident(n *status.Incident) incidentShape {
	p := s.PublicIncident(n, s.call.now)
	out := incidentShape{
		Notice: s.notice(n, p), Long: p.Long, Metadata: n.Metadata, Common: p.Common, publicFacts: publicFacts{p.Problem},
		transitions: transitions{n.Auto.ToMaintenance, n.Auto.ToOperational, n.Auto.NotifyAtStart, n.Auto.NotifyAtEnd},
		staff: staff{
			Category: n.Category, Urgency: n.Urgency, Priority: n.Priority(s.site.Page.PriorityMatrix),
			Assignee: n.Assignee, InternalNote: n.InternalNote, Security: n.Security,
			Draft: n.Draft, Drafts: s.drafts(n), Version: n.Version,
		},
	}
	if n.SupportLevel != 0 {
		out.SupportLevel = &n.SupportLevel
	}
	if len(out.Metadata) == 0 {
		out.Metadata = json.RawMessage("{}")
	}
	return out
}

// notice takes the public notice over, with our own updates and components.
func (s shaper) notice(n *status.Incident, p statuspage.PublicIncident) statuspage.Notice[updateShape, componentShape] {
	out := statuspage.Notice[updateShape, componentShape]{
		ID: p.ID, Name: p.Name, Status: p.Status, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
		MonitoringAt: p.MonitoringAt, ResolvedAt: p.ResolvedAt, Impact: p.Impact, Shortlink: p.Shortlink,
		StartedAt: p.StartedAt, PageID: p.PageID, Updates: []updateShape{}, Components: []componentShape{},
	}
	for i := range n.Updates {
		out.Updates = append(out.Updates, s.update(&n.Updates[i]))
	}
	for _, id := range n.ComponentIDs {
		if c := s.site.Find(id); c != nil {
			out.Components = append(out.Components, s.component(c))
		}
	}
	return out
}

// drafts are the text of a notice that is a draft itself, then those taken back, the
// latest first.
func (s shaper) drafts(n *status.Incident) []draftShape {
	out := []draftShape{}
	if u := n.Newest(); n.Draft && u != nil {
		out = append(out, s.draft(n.Planned, u))
	}
	for i := range n.Drafts {
		k := &n.Drafts[i]
		d := s.draft(k.Components, &status.Update{ID: k.UpdateID, Stage: k.Stage, Body: k.Body, Translations: k.Translations})
		at := s.Stamp(k.At)
		d.TakenBackAt = &at
		out = append(out, d)
	}
	return out
}

func (s shaper) draft(levels map[string]status.Level, u *status.Update) draftShape {
	if levels == nil {
		levels = map[string]status.Level{}
	}
	return draftShape{ID: u.ID, Status: u.Stage, Body: u.Body, Components: levels, Translations: s.update(u).Translations}
}
