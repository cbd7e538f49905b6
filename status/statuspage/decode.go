package statuspage

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"allclear/status"
)

// document is any of the API's documents; a part that the file lacks stays nil.
type document struct {
	Page                  *Page           `json:"page"`
	Components            []Component     `json:"components"`
	Incidents             []foundNotice   `json:"incidents"`
	ScheduledMaintenances []foundNotice   `json:"scheduled_maintenances"`
	Status                json.RawMessage `json:"status"` // follows from the components
}

// foundNotice is a notice of either kind as other pages write it.
type foundNotice struct {
	Notice[Update, Component]
	Window
	ReminderIntervals json.RawMessage `json:"reminder_intervals"`
}

// found is what one file holds, ready to be merged.
type found struct {
	page       *status.Page
	components []status.Component // that the file lists
	embedded   []status.Component // that its notices name
	incidents  []status.Incident
}

// readJSON reads one of the API's documents, or a bare list of incidents.
func readJSON(file string, data []byte) (found, error) {
	var d document
	var err error
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		err = unmarshal(file, data, &d.Incidents)
	} else {
		err = unmarshal(file, data, &d)
	}
	if err != nil {
		return found{}, err
	}
	if d.Page == nil && d.Components == nil && d.Incidents == nil && d.ScheduledMaintenances == nil {
		return found{}, place{file: file}.refuse("The file holds neither a page nor components nor incidents.")
	}
	return d.read(place{file: file}, bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")))
}

func (d *document) read(at place, bare bool) (found, error) {
	var f found
	var err error
	if d.Page != nil {
		if f.page, err = readPage(at.at("page"), d.Page); err != nil {
			return f, err
		}
	}
	if f.components, err = readComponents(at, d.Components, d.Page); err != nil {
		return f, err
	}
	for _, list := range []struct {
		key     string
		notices []foundNotice
	}{{"incidents", d.Incidents}, {"scheduled_maintenances", d.ScheduledMaintenances}} {
		for i := range list.notices {
			where := at.item(list.key, i)
			if bare {
				where = at.item("", i)
			}
			if err := f.notice(where, &list.notices[i], d.Page); err != nil {
				return f, err
			}
		}
	}
	return f, nil
}

// readPage takes over a zone only when this machine knows it: times keep their
// instant in any case.
func readPage(at place, p *Page) (*status.Page, error) {
	if _, err := at.at("id").id(p.ID); err != nil {
		return nil, err
	}
	if err := at.at("name").name(p.Name); err != nil {
		return nil, err
	}
	updated, err := at.at("updated_at").momentOr(p.UpdatedAt, time.Time{})
	if err != nil {
		return nil, err
	}
	out := status.NewPage(p.ID, p.Name, updated)
	out.TimeZone = p.TimeZone
	if _, err := time.LoadLocation(p.TimeZone); err != nil || p.TimeZone == "Local" {
		out.TimeZone = ""
	}
	return &out, nil
}

func readComponents(at place, list []Component, page *Page) ([]status.Component, error) {
	if list == nil {
		return nil, nil
	}
	out := make([]status.Component, 0, len(list))
	seen := map[string]bool{}
	for i := range list {
		where := at.item("components", i)
		c, err := readComponent(where, &list[i], page)
		if err != nil {
			return nil, err
		}
		if seen[c.ID] {
			return nil, where.at("id").refuse("The id %q appears twice.", c.ID)
		}
		seen[c.ID] = true
		if c.Position == 0 {
			c.Position = i + 1
		}
		out = append(out, c)
	}
	return out, nil
}

func readComponent(at place, c *Component, page *Page) (status.Component, error) {
	out := status.Component{
		ID: c.ID, PageID: c.PageID, Name: c.Name, Description: c.Description, Group: c.Group, GroupID: deref(c.GroupID),
		Level: status.Level(c.Status), Position: c.Position, Showcase: c.Showcase, StartDate: deref(c.StartDate),
		OnlyShowIfDegraded: c.OnlyShowIfDegraded, Criticality: status.Normal, Version: 1,
	}
	if out.PageID == "" && page != nil {
		out.PageID = page.ID
	}
	if _, err := at.at("id").id(c.ID); err != nil {
		return out, err
	}
	if out.GroupID != "" {
		if _, err := at.at("group_id").id(out.GroupID); err != nil {
			return out, err
		}
	}
	if c.Position < 0 {
		return out, at.at("position").refuse("The position cannot be negative.")
	}
	var err error
	if out.CreatedAt, err = at.at("created_at").moment(c.CreatedAt); err != nil {
		return out, err
	}
	if out.UpdatedAt, err = at.at("updated_at").momentOr(c.UpdatedAt, out.CreatedAt); err != nil {
		return out, err
	}
	return out, at.adopt(out.Check(at.path))
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// notice reads an incident or a maintenance, and the components that stand in it.
func (f *found) notice(at place, n *foundNotice, page *Page) error {
	out := status.Incident{
		ID: n.ID, PageID: n.PageID, Name: n.Name, Stage: status.Stage(n.Status), Impact: status.Impact(n.Impact),
		ComponentIDs: []string{}, ReminderIntervals: reminders(n.ReminderIntervals),
	}
	if out.PageID == "" && page != nil {
		out.PageID = page.ID
	}
	if err := f.identify(at, &out); err != nil {
		return err
	}
	if err := readTimes(at, n, &out); err != nil {
		return err
	}
	for i := range n.Components {
		c, err := readComponent(at.item("components", i), &n.Components[i], page)
		if err != nil {
			return err
		}
		out.ComponentIDs = append(out.ComponentIDs, c.ID)
		f.embedded = append(f.embedded, c)
	}
	for i := range n.Updates {
		u, err := readUpdate(at.item("incident_updates", i), &n.Updates[i], out.ID)
		if err != nil {
			return err
		}
		out.Updates = append(out.Updates, u)
	}
	complete(&out)
	f.incidents = append(f.incidents, out)
	return nil
}

// identify checks what a notice is.
func (f *found) identify(at place, n *status.Incident) error {
	if _, err := at.at("id").id(n.ID); err != nil {
		return err
	}
	if err := at.at("name").name(n.Name); err != nil {
		return err
	}
	n.Kind = status.KindOf(n.Stage)
	if n.Kind == "" {
		return at.at("status").refuse("%q is not a status of an incident or a maintenance.", string(n.Stage))
	}
	if n.Impact == "" && n.Kind == status.Maintenance {
		n.Impact = status.ImpactMaintenance
	}
	if !slices.Contains(status.Impacts(), n.Impact) {
		return at.at("impact").refuse("%q is not an impact; use none, minor, major, critical or maintenance.", string(n.Impact))
	}
	return nil
}

// reminders keeps the text that old pages have there; anything else is null.
func reminders(raw json.RawMessage) *string {
	var text *string
	if json.Unmarshal(raw, &text) != nil {
		return nil
	}
	return text
}

func readTimes(at place, n *foundNotice, out *status.Incident) error {
	var err error
	if out.CreatedAt, err = at.at("created_at").moment(n.CreatedAt); err != nil {
		return err
	}
	if out.UpdatedAt, err = at.at("updated_at").momentOr(n.UpdatedAt, out.CreatedAt); err != nil {
		return err
	}
	if out.StartedAt, err = at.at("started_at").momentOr(n.StartedAt, out.CreatedAt); err != nil {
		return err
	}
	for _, t := range []struct {
		key  string
		from *Stamp
		to   **time.Time
	}{
		{"monitoring_at", n.MonitoringAt, &out.MonitoringAt}, {"resolved_at", n.ResolvedAt, &out.ResolvedAt},
		{"scheduled_for", n.ScheduledFor, &out.ScheduledFor}, {"scheduled_until", n.ScheduledUntil, &out.ScheduledUntil},
	} {
		if *t.to, err = at.at(t.key).maybeMoment(t.from); err != nil {
			return err
		}
	}
	return nil
}

func readUpdate(at place, u *Update, incident string) (status.Update, error) {
	out := status.Update{
		ID: u.ID, IncidentID: incident, Stage: status.Stage(u.Status), Body: u.Body, Notify: u.DeliverNotifications,
		CustomTweet: u.CustomTweet, TweetID: u.TweetID,
	}
	if _, err := at.at("id").id(u.ID); err != nil {
		return out, err
	}
	if status.KindOf(out.Stage) == "" {
		return out, at.at("status").refuse("%q is not a status of an incident or a maintenance.", u.Status)
	}
	if _, err := at.at("body").text(u.Body, status.MaxBody); err != nil {
		return out, err
	}
	var err error
	if out.CreatedAt, err = at.at("created_at").moment(u.CreatedAt); err != nil {
		return out, err
	}
	if out.UpdatedAt, err = at.at("updated_at").momentOr(u.UpdatedAt, out.CreatedAt); err != nil {
		return out, err
	}
	if out.DisplayAt, err = at.at("display_at").momentOr(u.DisplayAt, out.CreatedAt); err != nil {
		return out, err
	}
	out.Affected, err = readAffected(at, u.AffectedComponents)
	return out, err
}

// readAffected accepts the entry of old pages that consists of a sentence instead of
// a component.
func readAffected(at place, list []Affected) ([]status.AffectedComponent, error) {
	if list == nil {
		return nil, nil
	}
	out := []status.AffectedComponent{}
	for i, a := range list {
		where := at.item("affected_components", i)
		if err := where.at("name").name(a.Name); err != nil {
			return nil, err
		}
		for _, l := range []struct{ key, level string }{{"old_status", a.OldStatus}, {"new_status", a.NewStatus}} {
			if l.level != "" && !status.Level(l.level).Valid() {
				return nil, where.at(l.key).refuse("%q is not a component status.", l.level)
			}
		}
		out = append(out, status.AffectedComponent{
			Code: a.Code, Name: a.Name, OldLevel: status.Level(a.OldStatus), NewLevel: status.Level(a.NewStatus),
		})
	}
	return out, nil
}

// complete fills what other pages do not know, so that every field is well-formed.
func complete(n *status.Incident) {
	n.Imported, n.Version = true, 1
	n.Severity, n.Urgency, n.Category = status.SeverityOf(n.Impact), status.UrgencyNormal, "unknown"
	n.AffectedUsers, n.Workaround, n.ThirdParty = status.UnknownUsers(), status.UnknownWorkaround(), status.ThirdParty{State: "none"}
	if n.Updates == nil {
		n.Updates = []status.Update{}
	}
	if n.Kind == status.Maintenance {
		completeWindow(n)
	}
}

// completeWindow gives a maintenance without a window the one that its entries tell of.
func completeWindow(n *status.Incident) {
	if n.ScheduledFor == nil {
		from := n.StartedAt
		for _, u := range n.Updates { // newest first: the first start stays
			if u.Stage == status.InProgress {
				from = u.DisplayAt
			}
		}
		n.ScheduledFor = &from
	}
	if n.ScheduledUntil == nil {
		until := n.ScheduledFor.Add(time.Hour)
		if len(n.Updates) > 0 && n.Updates[0].DisplayAt.After(*n.ScheduledFor) {
			until = n.Updates[0].DisplayAt
		}
		n.ScheduledUntil = &until
	}
}
