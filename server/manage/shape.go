package manage

import (
	"encoding/json"
	"time"

	"allclear/status"
	"allclear/status/lint"
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
	Series       *seriesShape    `json:"series"`
	Draft        bool            `json:"draft"`
	Drafts       []draftShape    `json:"drafts"`
	Approval     approvalShape   `json:"approval"`
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

// seriesShape says which date of a maintenance that repeats this is, and which dates are to
// follow. Only the next one is planned as a maintenance, once this one is over.
type seriesShape struct {
	ID     string              `json:"id"`
	Number int                 `json:"number"`
	Coming []statuspage.Window `json:"coming"`
	Next   *string             `json:"next_id"`
}

// comingDates is how many dates of a series are listed.
const comingDates = 3

// approvalShape is how far a second pair of eyes has got with a notice.
type approvalShape struct {
	Needed     bool              `json:"needed"` // before it is published
	Waiting    bool              `json:"waiting"`
	Approved   bool              `json:"approved"` // what it says now
	AskedBy    *string           `json:"asked_by"`
	AskedAt    *statuspage.Stamp `json:"asked_at"`
	ApprovedBy *string           `json:"approved_by"`
	ApprovedAt *statuspage.Stamp `json:"approved_at"`
	ReturnedBy *string           `json:"returned_by"`
	ReturnedAt *statuspage.Stamp `json:"returned_at"`
	Note       *string           `json:"note"`
	Reason     *string           `json:"reason"` // why it was published without
}

// incidentShape is a notice of either kind.
type incidentShape struct {
	statuspage.Notice[updateShape, componentShape]
	statuspage.Long
	transitions
	Metadata json.RawMessage `json:"metadata"`
	statuspage.Common
	publicFacts
	statuspage.Repeating
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
	if s.call.mask {
		n = lint.Clean(n)
	}
	p := s.PublicIncident(n, s.call.now)
	out := incidentShape{
		Notice: s.notice(n, p), Long: p.Long, Metadata: n.Metadata, Common: p.Common, publicFacts: publicFacts{p.Problem}, Repeating: s.Repeating(n),
		transitions: transitions{n.Auto.ToMaintenance, n.Auto.ToOperational, n.Auto.NotifyAtStart, n.Auto.NotifyAtEnd},
		staff: staff{
			Category: n.Category, Urgency: n.Urgency, Priority: n.Priority(s.site.Page.PriorityMatrix),
			Assignee: n.Assignee, InternalNote: n.InternalNote, Security: n.Security,
			Series: s.series(n), Draft: n.Draft, Drafts: s.drafts(n), Approval: s.approval(n), Version: n.Version,
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

func (s shaper) series(n *status.Incident) *seriesShape {
	if n.Series == nil {
		return nil
	}
	out := &seriesShape{ID: n.Series.ID, Number: n.Series.Number, Coming: []statuspage.Window{}, Next: orNull(n.Series.Next)}
	if n.Series.Done {
		return out
	}
	for _, w := range n.Coming(&s.site.Page, s.call.now, comingDates) {
		from, until := s.Stamp(w.From), s.Stamp(w.Until)
		out.Coming = append(out.Coming, statuspage.Window{ScheduledFor: &from, ScheduledUntil: &until})
	}
	return out
}

func (s shaper) approval(n *status.Incident) approvalShape {
	out := approvalShape{Needed: s.site.Page.NeedsApproval(n), Waiting: n.Asked(), Approved: n.Approved()}
	a := n.Approval
	if a == nil {
		return out
	}
	stamp := func(t time.Time) *statuspage.Stamp {
		if t.IsZero() {
			return nil
		}
		at := s.Stamp(t)
		return &at
	}
	out.AskedBy, out.AskedAt = orNull(a.AskedBy), stamp(a.AskedAt)
	out.ApprovedBy, out.ApprovedAt = orNull(a.GivenBy), stamp(a.GivenAt)
	out.ReturnedBy, out.ReturnedAt, out.Note, out.Reason = orNull(a.ReturnedBy), stamp(a.ReturnedAt), orNull(a.Note), orNull(a.Alone)
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
