package statuspage

import (
	"time"

	"allclear/status"
)

// Links makes the addresses that stand in documents.
type Links struct {
	Base string // absolute URL of the site, without a slash at the end
}

// Notice is the web address of a notice.
func (l Links) Notice(n *status.Incident) string {
	if n.Kind == status.Maintenance {
		return l.Base + "/maintenances/" + n.ID
	}
	return l.Base + "/incidents/" + n.ID
}

// Encoder puts the objects of one site, at one moment, into the API's shapes.
type Encoder struct {
	links      Links
	page       *status.Page
	zone       *time.Location
	components []status.Component // in API order
	byID       map[string]int
	children   map[string][]string
}

// NewEncoder makes an encoder for a page with these visible components in API order.
func NewEncoder(page *status.Page, components []status.Component, links Links) *Encoder {
	e := &Encoder{
		links: links, page: page, zone: page.Zone(), components: components,
		byID: make(map[string]int, len(components)), children: map[string][]string{},
	}
	for i := range components {
		c := &components[i]
		e.byID[c.ID] = i
		if c.GroupID != "" {
			e.children[c.GroupID] = append(e.children[c.GroupID], c.ID)
		}
	}
	return e
}

// Stamp spells a moment in the page's zone: Z for UTC, else with its offset.
func (e *Encoder) Stamp(t time.Time) Stamp {
	local := t.In(e.zone)
	if name, offset := local.Zone(); name == "UTC" && offset == 0 {
		return Stamp(local.Format("2006-01-02T15:04:05.000Z"))
	}
	return Stamp(local.Format("2006-01-02T15:04:05.000-07:00"))
}

func (e *Encoder) maybe(t *time.Time) *Stamp {
	if t == nil {
		return nil
	}
	s := e.Stamp(*t)
	return &s
}

// set is a pointer to the text, nil when it is empty: the API says null then.
func set[T ~string](s T) *string {
	if s == "" {
		return nil
	}
	text := string(s)
	return &text
}

// Page is the page's identity; updatedAt is the newest change of any object.
func (e *Encoder) Page(updatedAt time.Time) Page {
	return Page{ID: e.page.ID, Name: e.page.Name, URL: e.links.Base, TimeZone: e.page.TimeZone, UpdatedAt: e.Stamp(updatedAt)}
}

// StatusOf is the roll-up.
func StatusOf(i status.Indicator) Status {
	return Status{Indicator: i.Indicator, Description: i.Description}
}

// pageID keeps the page that an imported object came from.
func (e *Encoder) pageID(own string) string {
	if own == "" {
		return e.page.ID
	}
	return own
}

// Component is a component as it is now.
func (e *Encoder) Component(c *status.Component) Component {
	out := Component{
		ID: c.ID, Name: c.Name, Status: string(c.Level), CreatedAt: e.Stamp(c.CreatedAt), UpdatedAt: e.Stamp(c.UpdatedAt),
		Position: c.Position, Description: c.Description, Showcase: c.Showcase, StartDate: set(c.StartDate),
		GroupID: set(c.GroupID), PageID: e.pageID(c.PageID), Group: c.Group, OnlyShowIfDegraded: c.OnlyShowIfDegraded,
	}
	if c.Group {
		children := append([]string{}, e.children[c.ID]...)
		out.Components = &children
	}
	return out
}

// Components are all components of the page.
func (e *Encoder) Components() []Component {
	out := make([]Component, len(e.components))
	for i := range e.components {
		out[i] = e.Component(&e.components[i])
	}
	return out
}

// named finds the components that a notice names, in its own order and their present
// state. One that is gone or hidden is left out.
func (e *Encoder) named(n *status.Incident) []*status.Component {
	out := make([]*status.Component, 0, len(n.ComponentIDs))
	for _, id := range n.ComponentIDs {
		if i, ok := e.byID[id]; ok {
			out = append(out, &e.components[i])
		}
	}
	return out
}

func (e *Encoder) componentsOf(n *status.Incident) []Component {
	out := []Component{}
	for _, c := range e.named(n) {
		out = append(out, e.Component(c))
	}
	return out
}

// Update is an entry of a notice.
func (e *Encoder) Update(u *status.Update) Update {
	return Update{
		ID: u.ID, Status: stageOf(u.Stage), Body: u.Body, IncidentID: u.IncidentID,
		CreatedAt: e.Stamp(u.CreatedAt), UpdatedAt: e.Stamp(u.UpdatedAt), DisplayAt: e.Stamp(u.DisplayAt),
		AffectedComponents: affectedOf(u.Affected), DeliverNotifications: u.Notify,
		CustomTweet: u.CustomTweet, TweetID: u.TweetID,
	}
}

func affectedOf(list []status.AffectedComponent) []Affected {
	if list == nil {
		return nil
	}
	out := make([]Affected, len(list))
	for i, a := range list {
		out[i] = Affected{Code: a.Code, Name: a.Name, OldStatus: string(a.OldLevel), NewStatus: string(a.NewLevel)}
	}
	return out
}

// updatesOf leaves out what was taken back: the compatible API has no tombstones.
func (e *Encoder) updatesOf(n *status.Incident) []Update {
	out := []Update{}
	for i := range n.Updates {
		if !n.Updates[i].Deleted {
			out = append(out, e.Update(&n.Updates[i]))
		}
	}
	return out
}

// stageOf is the stage as Statuspage knows it, which has no cancelled maintenance.
func stageOf(s status.Stage) string {
	if s == status.Cancelled {
		return string(status.Completed)
	}
	return string(s)
}

func notice[U, C any](e *Encoder, n *status.Incident, stage string, updates []U, components []C) Notice[U, C] {
	return Notice[U, C]{
		ID: n.ID, Name: n.Name, Status: stage, CreatedAt: e.Stamp(n.CreatedAt), UpdatedAt: e.Stamp(n.UpdatedAt),
		MonitoringAt: e.maybe(n.MonitoringAt), ResolvedAt: e.maybe(n.ResolvedAt), Impact: string(n.Impact),
		Shortlink: e.links.Notice(n), StartedAt: e.Stamp(n.StartedAt), PageID: e.pageID(n.PageID),
		Updates: updates, Components: components,
	}
}

func (e *Encoder) notice(n *status.Incident) Notice[Update, Component] {
	return notice(e, n, stageOf(n.Stage), e.updatesOf(n), e.componentsOf(n))
}

func (e *Encoder) window(n *status.Incident) Window {
	return Window{ScheduledFor: e.maybe(n.ScheduledFor), ScheduledUntil: e.maybe(n.ScheduledUntil)}
}

// Incident is an unplanned problem with all its updates.
func (e *Encoder) Incident(n *status.Incident) Incident {
	return Incident{Notice: e.notice(n), ReminderIntervals: n.ReminderIntervals}
}

// Maintenance is a planned window with all its updates.
func (e *Encoder) Maintenance(n *status.Incident) Maintenance {
	return Maintenance{Notice: e.notice(n), Window: e.window(n)}
}

// Long is a notice of either kind with the keys that it has when it stands alone.
func (e *Encoder) Long(n *status.Incident) LongIncident {
	return LongIncident{Notice: e.notice(n), ReminderIntervals: n.ReminderIntervals, Long: e.long(n)}
}

// long leaves out a postmortem that is not published yet.
func (e *Encoder) long(n *status.Incident) Long {
	l := Long{
		PostmortemIgnored: n.Postmortem.Ignored, Backfilled: n.Backfilled, ImpactOverride: set(n.ImpactOverride),
		Window: e.window(n), ScheduledAutoInProgress: n.Auto.InProgress, ScheduledAutoCompleted: n.Auto.Completed,
		ScheduledRemindPrior: n.Auto.RemindPrior, ScheduledRemindedAt: e.maybe(n.Auto.RemindedAt),
	}
	if p := n.Postmortem; p.PublishedAt != nil {
		l.PostmortemBody, l.PostmortemBodyLastUpdatedAt = set(p.Body), e.maybe(p.BodyUpdatedAt)
		l.PostmortemNotifiedSubscribers, l.PostmortemPublishedAt = p.Notified, e.maybe(p.PublishedAt)
	}
	return l
}

func each[T any](list []status.Incident, shape func(*status.Incident) T) []T {
	out := make([]T, len(list))
	for i := range list {
		out[i] = shape(&list[i])
	}
	return out
}

// Summary is the whole page: what is open, and every component.
func (e *Encoder) Summary(v *status.View) Summary {
	return Summary{
		Page: e.Page(v.UpdatedAt()), Components: e.Components(), Incidents: each(v.Unresolved(), e.Incident),
		ScheduledMaintenances: each(append(v.Upcoming(), v.Active()...), e.Maintenance), Status: StatusOf(v.RollUp()),
	}
}

// ComponentList is every component of the page.
func (e *Encoder) ComponentList(v *status.View) ComponentList {
	return ComponentList{Page: e.Page(v.UpdatedAt()), Components: e.Components()}
}

// IncidentList is a selection of incidents.
func (e *Encoder) IncidentList(v *status.View, list []status.Incident) IncidentList {
	return IncidentList{Page: e.Page(v.UpdatedAt()), Incidents: each(list, e.Incident)}
}

// MaintenanceList is a selection of maintenances.
func (e *Encoder) MaintenanceList(v *status.View, list []status.Incident) MaintenanceList {
	return MaintenanceList{Page: e.Page(v.UpdatedAt()), ScheduledMaintenances: each(list, e.Maintenance)}
}
