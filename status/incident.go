package status

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Kind says what a notice tells of.
type Kind string

// The kinds of notice.
const (
	Problem     Kind = "incident"
	Maintenance Kind = "maintenance"
)

// Stage says how far a notice is. The values are Statuspage's, but for Cancelled.
type Stage string

// The stages of an incident, then those of a maintenance.
const (
	Investigating Stage = "investigating"
	Identified    Stage = "identified"
	Monitoring    Stage = "monitoring"
	Resolved      Stage = "resolved"
	PostmortemOut Stage = "postmortem"

	Scheduled  Stage = "scheduled"
	InProgress Stage = "in_progress"
	Verifying  Stage = "verifying"
	Completed  Stage = "completed"
	Cancelled  Stage = "cancelled"
)

// Stages lists the stages that a kind of notice can have, in order.
func Stages(k Kind) []Stage {
	if k == Maintenance {
		return []Stage{Scheduled, InProgress, Verifying, Completed, Cancelled}
	}
	return []Stage{Investigating, Identified, Monitoring, Resolved, PostmortemOut}
}

// KindOf is the kind of notice that has this stage; "" for no stage.
func KindOf(s Stage) Kind {
	for _, k := range []Kind{Problem, Maintenance} {
		if index(Stages(k), s) >= 0 {
			return k
		}
	}
	return ""
}

// Closed says whether a notice in this stage is over.
func (s Stage) Closed() bool {
	switch s {
	case Resolved, PostmortemOut, Completed, Cancelled:
		return true
	}
	return false
}

// ReopenWithin is how long a resolved incident can be opened again.
const ReopenWithin = 7 * 24 * time.Hour

// Incident is a notice: an unplanned problem or a planned maintenance, with all that
// was said about it.
type Incident struct {
	ID             string     `json:"id"`
	PageID         string     `json:"page_id"`
	Kind           Kind       `json:"kind"`
	Name           string     `json:"name"`
	Stage          Stage      `json:"status"`
	Impact         Impact     `json:"impact"`
	ImpactOverride Impact     `json:"impact_override,omitempty"`
	CreatedAt      time.Time  `json:"created_at"`
	UpdatedAt      time.Time  `json:"updated_at"`
	StartedAt      time.Time  `json:"started_at"`
	DetectedAt     *time.Time `json:"detected_at"`
	MonitoringAt   *time.Time `json:"monitoring_at"`
	ResolvedAt     *time.Time `json:"resolved_at"`
	// ComponentIDs is stored, not derived, in the order given.
	ComponentIDs []string `json:"component_ids"`
	// Updates are newest first; they are kept in rows of their own.
	Updates           []Update        `json:"-"`
	ReminderIntervals *string         `json:"reminder_intervals"`
	Metadata          json.RawMessage `json:"metadata,omitempty"`
	Backfilled        bool            `json:"backfilled,omitempty"`
	Postmortem        Postmortem      `json:"postmortem,omitzero"`

	ScheduledFor   *time.Time `json:"scheduled_for"`
	ScheduledUntil *time.Time `json:"scheduled_until"`
	Auto           Auto       `json:"auto,omitzero"`
	// Recurrence is when the maintenance repeats, see RepeatRule; "" when it does not (any
	// more). Series says which date of how many this is.
	Recurrence string  `json:"recurrence,omitempty"`
	Series     *Series `json:"series,omitempty"`

	Severity             Severity         `json:"severity"`
	SeverityGiven        bool             `json:"severity_given,omitempty"` // staff chose it
	Urgency              Urgency          `json:"urgency"`
	Category             Category         `json:"category"`
	Symptom              Symptom          `json:"symptom,omitempty"`
	SupportLevel         int              `json:"support_level,omitempty"`
	Assignee             string           `json:"assignee,omitempty"`
	InternalNote         string           `json:"internal_note,omitempty"`
	CustomerImpact       string           `json:"customer_impact,omitempty"`
	NotAffected          string           `json:"not_affected,omitempty"`
	AffectedUsers        AffectedUsers    `json:"affected_users"`
	Workaround           Workaround       `json:"workaround"`
	ThirdParty           ThirdParty       `json:"third_party"`
	NextUpdateAt         *time.Time       `json:"next_update_at"`
	ExpectedResolutionAt *time.Time       `json:"expected_resolution_at"`
	Resolution           *Resolution      `json:"resolution,omitempty"`
	Translations         map[string]Texts `json:"translations,omitempty"`
	Security             bool             `json:"security,omitempty"`

	// Imported notices never move by their own clock and owe no promise.
	Imported bool `json:"imported,omitempty"`
	Draft    bool `json:"draft,omitempty"`
	// Planned are the component levels that a draft will set once published.
	Planned map[string]Level `json:"planned,omitempty"`
	// Drafts are texts of entries that were taken back, newest first; never published.
	Drafts []DraftText `json:"drafts,omitempty"`
	// Approval is for staff only.
	Approval *Approval `json:"approval,omitempty"`

	Order    int64 `json:"order"`    // breaks ties in lists: source order
	Sequence int64 `json:"sequence"` // of the newest event
	Version  int64 `json:"version"`
	Revision int64 `json:"revision"` // site revision of the last change

	events []Event
	opens  bool // this change publishes the notice
	deed   Deed // what this change did about an approval
}

// Auto is what a maintenance does by itself.
type Auto struct {
	InProgress    bool       `json:"in_progress,omitempty"`
	Completed     bool       `json:"completed,omitempty"`
	ToMaintenance bool       `json:"to_maintenance,omitempty"`
	ToOperational bool       `json:"to_operational,omitempty"`
	NotifyAtStart bool       `json:"notify_at_start,omitempty"`
	NotifyAtEnd   bool       `json:"notify_at_end,omitempty"`
	RemindPrior   bool       `json:"remind_prior,omitempty"`
	RemindedAt    *time.Time `json:"reminded_at,omitempty"`
	// RemindAfter: reminders of before this moment are over. They were sent, or the window
	// was not planned yet.
	RemindAfter *time.Time `json:"remind_after,omitempty"`
}

// Postmortem is the review published after an incident, as Statuspage keeps it.
type Postmortem struct {
	Body          string     `json:"body,omitempty"`
	BodyUpdatedAt *time.Time `json:"body_updated_at,omitempty"`
	PublishedAt   *time.Time `json:"published_at,omitempty"`
	Ignored       bool       `json:"ignored,omitempty"`
	Notified      bool       `json:"notified,omitempty"`
}

// Open says whether the notice is not over yet.
func (i *Incident) Open() bool { return !i.Stage.Closed() }

// Priority is severity × urgency by the page's matrix.
func (i *Incident) Priority(m PriorityMatrix) Priority {
	if p, ok := m[i.Severity][i.Urgency]; ok {
		return p
	}
	return DefaultPriorities()[i.Severity][i.Urgency]
}

// Overdue says whether the promise of the next update is broken at this time.
func (i *Incident) Overdue(at time.Time) bool {
	return i.Open() && !i.Draft && i.NextUpdateAt != nil && !at.Before(*i.NextUpdateAt)
}

// Newest is the latest entry that was not taken back; nil when there is none.
func (i *Incident) Newest() *Update {
	n := slices.IndexFunc(i.Updates, func(u Update) bool { return !u.Deleted })
	if n < 0 {
		return nil
	}
	return &i.Updates[n]
}

// last is the entry that was made last and not taken back, whatever time it shows to
// readers.
func (i *Incident) last() *Update {
	var last *Update
	for n := range i.Updates {
		if u := &i.Updates[n]; !u.Deleted && (last == nil || u.CreatedAt.After(last.CreatedAt)) {
			last = u
		}
	}
	return last
}

// Events returns what this change asks to be told.
func (i *Incident) Events() []Event { return i.events }

func (i *Incident) emit(t EventType, update string, now time.Time, notify bool) {
	i.Sequence++
	i.events = append(i.events, Event{
		ID: NewID(), Type: t, At: now, IncidentID: i.ID, UpdateID: update,
		Sequence: i.Sequence, Notify: notify,
	})
}

// OpenIncident begins a notice from a request; it becomes a maintenance when the
// request has a window or a maintenance's stage.
func OpenIncident(site *Site, id, updateID string, c Change) (*Incident, error) {
	i := &Incident{
		ID: id, PageID: site.Page.ID, Kind: Problem, Stage: Investigating,
		CreatedAt: site.Now, UpdatedAt: site.Now, StartedAt: site.Now, ComponentIDs: []string{},
		Urgency: UrgencyNormal, Category: "unknown", Version: 1,
		AffectedUsers: UnknownUsers(), Workaround: UnknownWorkaround(), ThirdParty: ThirdParty{State: "none"},
	}
	if c.ScheduledFor.Value != nil || c.Stage != nil && KindOf(*c.Stage) == Maintenance {
		i.Kind, i.Stage = Maintenance, Scheduled
		i.Auto.ToMaintenance, i.Auto.ToOperational = true, true
		i.Auto.NotifyAtStart, i.Auto.NotifyAtEnd = true, true
	}
	if c.Name == nil {
		return nil, Invalid("incident.name", "Give the notice a title.")
	}
	if c.Stage == nil {
		stage := i.Stage
		if c.Backfilled != nil && *c.Backfilled {
			stage = Stages(i.Kind)[3]
		}
		c.Stage = &stage
	}
	i.Draft = c.Draft != nil && *c.Draft
	i.Backfilled = c.Backfilled != nil && *c.Backfilled
	if err := i.backfill(&c, site.Now); err != nil {
		return nil, err
	}
	if err := i.apply(site, updateID, c, true); err != nil {
		return nil, err
	}
	return i, nil
}

// backfill dates a notice about the past; it moves nothing and tells nobody.
func (i *Incident) backfill(c *Change, now time.Time) error {
	if !i.Backfilled {
		return nil
	}
	quiet := false
	c.Notify = &quiet
	at := now
	if c.BackfillDate != nil {
		at = *c.BackfillDate
	}
	if at.After(now) || at.Year() < 2000 {
		return Invalid("incident.backfill_date", "The date of a backfilled incident must lie in the past.")
	}
	i.CreatedAt, i.StartedAt = at, at
	return nil
}

// Apply changes the notice as the request says. A request with a body or a stage adds
// an entry; without them only facts change.
func (i *Incident) Apply(site *Site, updateID string, c Change) error {
	publishing := i.Draft && c.Draft != nil && !*c.Draft
	if !i.Draft && c.Draft != nil && *c.Draft {
		return NewFault(CodeConflict, "incident.draft", "Already published; post a correction.")
	}
	if c.Backfilled != nil && *c.Backfilled != i.Backfilled {
		return Invalid("incident.backfilled", "Whether a notice is backfilled can only be said when it is opened.")
	}
	if publishing {
		return i.publish(site, updateID, c)
	}
	return i.apply(site, updateID, c, false)
}

// publish turns a draft into a notice: it is created now, and its planned levels apply.
func (i *Incident) publish(site *Site, updateID string, c Change) error {
	i.Draft = false
	levels := map[string]Level{}
	for id, l := range i.Planned {
		if c.ComponentIDs == nil || slices.Contains(*c.ComponentIDs, id) {
			levels[id] = l
		}
	}
	maps.Copy(levels, c.Components)
	c.Components, i.Planned = levels, nil
	if n := i.last(); n != nil {
		if c.Body == nil {
			c.Body, c.Translations = &n.Body, withBodies(c.Translations, n)
		}
		if c.Notify == nil {
			c.Notify = &n.Notify
		}
	}
	if c.Stage == nil {
		c.Stage = &i.Stage
	}
	i.Updates, i.MonitoringAt, i.ResolvedAt = nil, nil, nil // the stages of a draft were nobody's
	i.Auto.RemindAfter = nil                                // its window is planned now
	if !i.Backfilled {
		i.CreatedAt = site.Now
	}
	return i.apply(site, updateID, c, true)
}

// withBodies adds the translated bodies of a draft's entry to what the request gives.
func withBodies(given map[string]Texts, u *Update) map[string]Texts {
	out := maps.Clone(given)
	for l, body := range u.Translations {
		if t := out[l]; t.Body == nil {
			if out == nil {
				out = map[string]Texts{}
			}
			t.Body = &body
			out[l] = t
		}
	}
	return out
}

func (i *Incident) apply(site *Site, updateID string, c Change, first bool) error {
	from, moved := i.Stage, len(site.events)
	site.quiet = i.Backfilled || c.Notify != nil && !*c.Notify
	var before map[string]json.RawMessage
	if c.entry() && !first && !i.Draft {
		var err error
		if before, err = i.fields(); err != nil {
			return err
		}
	}
	if err := i.checkStage(c, site.Now, first); err != nil {
		return err
	}
	if err := i.setTexts(site, c); err != nil {
		return err
	}
	if err := i.setFacts(site, c); err != nil {
		return err
	}
	planned := i.ScheduledFor
	if err := i.setWindow(c, site.Now); err != nil {
		return err
	}
	if err := i.setRecurrence(site, c, planned, first); err != nil {
		return err
	}
	if err := i.setComponents(site, c, from); err != nil {
		return err
	}
	i.setSeverity(site, c)
	i.setStage(c, from, site.Now, first)
	if err := i.checkEnd(c); err != nil {
		return err
	}
	if err := i.setPromise(site, c, first); err != nil {
		return err
	}
	i.UpdatedAt = site.Now
	trace, err := i.trace(site, moved, before)
	if err != nil {
		return err
	}
	i.record(site, updateID, c, from, first, trace)
	return i.second(site, c, first)
}

// record adds the entry, if the request is one, and asks for the events.
func (i *Incident) record(site *Site, updateID string, c Change, from Stage, first bool, trace *Trace) {
	if !c.entry() {
		i.recordFacts(site, c, trace)
		return
	}
	var before []AffectedComponent
	if n := i.last(); n != nil {
		before = n.Affected
	}
	u := Update{
		ID: updateID, IncidentID: i.ID, Stage: i.Stage, CreatedAt: site.Now, UpdatedAt: site.Now, DisplayAt: site.Now,
		Notify: (c.Notify == nil || *c.Notify) && !i.Backfilled, Facts: i.facts(),
		Affected: i.affected(site, before, false), Body: deref(c.Body), Translations: c.bodies(),
	}
	if first && i.Backfilled {
		u.DisplayAt = i.CreatedAt
	}
	if !i.Draft {
		i.emit(i.event(first, from), u.ID, site.Now, u.Notify)
		u.Trace = trace
		u.Trace.Events = append([]string{i.events[len(i.events)-1].ID}, trace.Events...)
	}
	i.Updates = append([]Update{u}, i.Updates...)
	sortUpdates(i.Updates)
}

// recordFacts adds to the last entry what a change without one moved.
func (i *Incident) recordFacts(site *Site, c Change, trace *Trace) {
	if n := i.last(); n != nil && (len(c.Components) > 0 || c.ComponentIDs != nil) {
		n.Affected = i.affected(site, n.Affected, true)
		if n.Trace != nil {
			n.Trace.Events = append(n.Trace.Events, trace.Events...)
			n.Trace.join(trace.Moves)
		}
	}
	if !i.Draft {
		i.emit(i.event(false, i.Stage), "", site.Now, false)
	}
}

// event names what the step from one stage to the present one is.
func (i *Incident) event(first bool, from Stage) EventType {
	if i.Kind == Maintenance {
		return i.maintenanceEvent(first, from)
	}
	switch {
	case first:
		return IncidentCreated
	case from.Closed() && i.Open():
		return IncidentReopened
	case !from.Closed() && i.Stage == Resolved:
		return IncidentResolved
	}
	return IncidentUpdated
}

func (i *Incident) facts() *Facts {
	return &Facts{
		Severity: i.Severity, AffectedUsers: i.AffectedUsers, Workaround: i.Workaround,
		NextUpdateAt: i.NextUpdateAt, ExpectedResolutionAt: i.ExpectedResolutionAt,
	}
}

// EditUpdate corrects an entry that was published before.
func (i *Incident) EditUpdate(site *Site, updateID string, body *string, displayAt *time.Time, notify *bool) error {
	n := slices.IndexFunc(i.Updates, func(u Update) bool { return u.ID == updateID && !u.Deleted })
	if n < 0 {
		return NotFound("incident update", updateID)
	}
	u := &i.Updates[n]
	if body != nil {
		if err := checkText("incident_update.body", *body, MaxBody); err != nil {
			return err
		}
		if *body != u.Body {
			at := site.Now
			u.Body, u.EditedAt = *body, &at
		}
	}
	if displayAt != nil {
		if displayAt.After(site.Now) || !plausible(*displayAt) {
			return Invalid("incident_update.display_at", "The time of an entry cannot lie in the future.")
		}
		u.DisplayAt = *displayAt
	}
	if notify != nil {
		u.Notify = *notify
	}
	u.UpdatedAt, i.UpdatedAt = site.Now, site.Now
	sortUpdates(i.Updates)
	if !i.Draft {
		i.emit(i.event(false, i.Stage), updateID, site.Now, false)
	}
	return nil
}
