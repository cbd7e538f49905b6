package status_test

import (
	"testing"
	"time"

	"allclear/status"
)

func (d *desk) tryEdit(id string, body *string, at *time.Time, notify *bool) error {
	d.t.Helper()
	return d.write(func(n *status.Incident, site *status.Site) (*status.Incident, error) {
		return n, n.EditUpdate(site, id, body, at, notify)
	})
}

func (d *desk) editUpdate(id string, body *string, at *time.Time, notify *bool) *desk {
	d.t.Helper()
	if err := d.tryEdit(id, body, at, notify); err != nil {
		d.t.Fatal(err)
	}
	return d
}

func TestOpenedWithATitleOnly(t *testing.T) {
	d := newDesk(t).open(status.Change{Name: new("Payments fail")})
	n := d.n
	if n.Kind != status.Problem || n.Stage != status.Investigating || n.Urgency != status.UrgencyNormal || n.Category != "unknown" {
		t.Errorf("%s, %s, %s, %s", n.Kind, n.Stage, n.Urgency, n.Category)
	}
	same(t, "id", n.ID, "notice000001")
	same(t, "page", n.PageID, "page00000001")
	same(t, "users", n.AffectedUsers, status.UnknownUsers())
	same(t, "workaround", n.Workaround, status.UnknownWorkaround())
	same(t, "third party", n.ThirdParty, status.ThirdParty{State: "none"})
	if !n.CreatedAt.Equal(noon) || !n.StartedAt.Equal(noon) || !n.UpdatedAt.Equal(noon) || n.ResolvedAt != nil {
		t.Errorf("times %v %v %v %v", n.CreatedAt, n.StartedAt, n.UpdatedAt, n.ResolvedAt)
	}
	if len(n.Updates) != 1 || n.Updates[0].Stage != status.Investigating || !n.Updates[0].Notify || n.Updates[0].IncidentID != n.ID {
		t.Errorf("first entry %+v", n.Updates)
	}
	d.wantTold("incident.created")
}

func TestOpeningNeedsATitle(t *testing.T) {
	refused(t, newDesk(t).tryOpen(status.Change{Body: new("Help!")}), "incident.name", "Give the notice a title.")
}

// What each step of a notice's life asks to be told, in which order.
func TestEvents(t *testing.T) {
	d := newDesk(t).open(status.Change{Components: map[string]status.Level{"web": status.MajorOutage}})
	d.wantTold("web: operational → major_outage", "incident.created")
	d.apply(status.Change{Body: new("We look for the cause.")}).wantTold("incident.updated")
	d.apply(status.Change{Name: new("The website is down")}).wantTold("incident.updated, quietly")
	d.apply(status.Change{Stage: new(status.Identified), Notify: new(false)}).wantTold("incident.updated, quietly")
	d.apply(status.Change{Components: map[string]status.Level{"web": status.PartialOutage}, Body: new("Better."), Notify: new(false)})
	d.wantTold("web: major_outage → partial_outage, quietly", "incident.updated, quietly")
	d.to(status.Resolved).wantTold("web: partial_outage → operational", "incident.resolved")
	d.to(status.Investigating).wantTold("incident.reopened")
	same(t, "sequence", d.n.Sequence, int64(7))
}

func TestEventsNameTheirEntry(t *testing.T) {
	site := shop(noon)
	n, err := status.OpenIncident(site, "one", "first", status.Change{Name: new("Payments fail")})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Apply(site, "second", status.Change{Body: new("More.")}); err != nil {
		t.Fatal(err)
	}
	if err := n.Apply(site, "unused", status.Change{Urgency: new(status.UrgencyHigh)}); err != nil {
		t.Fatal(err)
	}
	for i, e := range n.Events() {
		if e.Sequence != int64(i+1) || e.IncidentID != "one" || !e.At.Equal(noon) || e.UpdateID != []string{"first", "second", ""}[i] {
			t.Errorf("event %d: %+v", i, e)
		}
	}
}

func TestPriorityAndOverdue(t *testing.T) {
	n := newDesk(t).open(status.Change{Severity: new(status.Critical), Urgency: new(status.UrgencyLow)}).n
	same(t, "by the default table", n.Priority(nil), status.P2)
	same(t, "by the page's table", n.Priority(status.PriorityMatrix{status.Critical: {status.UrgencyLow: status.P4}}), status.P4)

	due := *n.NextUpdateAt
	if n.Overdue(due.Add(-1)) || !n.Overdue(due) {
		t.Error("a promise is overdue from its own moment on")
	}
	for name, spare := range map[string]status.Incident{
		"closed":   {Stage: status.Resolved, NextUpdateAt: &due},
		"draft":    {Stage: status.Identified, NextUpdateAt: &due, Draft: true},
		"imported": {Stage: status.Identified, Imported: true},
	} {
		if spare.Overdue(due.Add(time.Hour)) {
			t.Errorf("%s: overdue", name)
		}
	}
	if (&status.Incident{}).Newest() != nil {
		t.Error("a notice without entries has a newest one")
	}
}

// A draft is nobody's business: it plans, and everything happens when it is published.
func TestDraft(t *testing.T) {
	d := newDesk(t).open(status.Change{
		Draft: new(true), Body: new("Cards fail."), Notify: new(false),
		Components:   map[string]status.Level{"card": status.MajorOutage, "bank": status.PartialOutage},
		Translations: map[string]status.Texts{"de": {Body: new("Karten gehen nicht.")}},
	})
	d.wantTold()
	d.wantLevels(map[string]status.Level{})
	same(t, "planned", d.n.Planned, map[string]status.Level{"card": status.MajorOutage, "bank": status.PartialOutage})
	same(t, "severity of what is planned", d.n.Severity, status.Serious)
	same(t, "preview", d.n.Newest().Affected[0].NewLevel, status.MajorOutage)

	d.later(time.Hour).apply(status.Change{ComponentIDs: &[]string{"card"}, Name: new("Cards fail")})
	d.wantTold()
	same(t, "what it no longer names is no longer planned", d.n.Planned, map[string]status.Level{"card": status.MajorOutage})

	d.later(time.Hour).apply(status.Change{Draft: new(false), Components: map[string]status.Level{"web": status.DegradedPerformance}})
	d.wantLevels(map[string]status.Level{"card": status.MajorOutage, "web": status.DegradedPerformance})
	// It was to be quiet, and still is.
	d.wantTold("web: operational → degraded_performance, quietly", "card: operational → major_outage, quietly", "incident.created, quietly")
	same(t, "entries", len(d.n.Updates), 1)
	u := d.n.Newest()
	same(t, "body", u.Body, "Cards fail.")
	same(t, "translations", u.Translations, map[string]string{"de": "Karten gehen nicht."})
	if !d.n.CreatedAt.Equal(noon.Add(2*time.Hour)) || d.n.Draft || d.n.Planned != nil {
		t.Errorf("created %v, draft %v, planned %v", d.n.CreatedAt, d.n.Draft, d.n.Planned)
	}
	same(t, "holding", d.n.Holding(), []string{"card", "web"})
}

func TestDraftIsPublishedWithItsLastWords(t *testing.T) {
	texts := func(name, body *string) map[string]status.Texts {
		return map[string]status.Texts{"de": {Name: name, Body: body}}
	}
	draft := func() *desk {
		return newDesk(t).open(status.Change{
			Draft: new(true), Body: new("Draft."), Translations: texts(nil, new("Entwurf.")),
			Components: map[string]status.Level{"web": status.MajorOutage, "api": status.MajorOutage},
		})
	}
	t.Run("a translated title does not drop the translated body", func(t *testing.T) {
		d := draft().apply(status.Change{Draft: new(false), Translations: texts(new("Titel"), nil)})
		same(t, "translations", d.n.Newest().Translations, map[string]string{"de": "Entwurf."})
		same(t, "title", *d.n.Translations["de"].Name, "Titel")
	})
	t.Run("a new body replaces both", func(t *testing.T) {
		d := draft().apply(status.Change{Draft: new(false), Body: new("Final."), Translations: texts(nil, new("Endgültig."))})
		same(t, "body", d.n.Newest().Body, "Final.")
		same(t, "translations", d.n.Newest().Translations, map[string]string{"de": "Endgültig."})
	})
	t.Run("components dropped at the last moment do not move", func(t *testing.T) {
		d := draft().apply(status.Change{Draft: new(false), ComponentIDs: &[]string{"api"}})
		d.wantLevels(map[string]status.Level{"api": status.MajorOutage})
		same(t, "named", d.n.ComponentIDs, []string{"api"})
	})
	t.Run("straight to resolved", func(t *testing.T) {
		d := draft().apply(status.Change{Draft: new(false), Stage: new(status.Resolved), Components: map[string]status.Level{"web": status.Operational, "api": status.Operational}})
		d.wantTold("incident.created")
		if d.n.ResolvedAt == nil || d.n.NextUpdateAt != nil {
			t.Errorf("end %v, promise %v", d.n.ResolvedAt, d.n.NextUpdateAt)
		}
	})
	t.Run("even without a word", func(t *testing.T) {
		d := newDesk(t).open(status.Change{Draft: new(true)})
		d.n.Updates = nil
		d.apply(status.Change{Draft: new(false)}).wantTold("incident.created")
	})
}

func TestDraftGoesBackAndForth(t *testing.T) {
	d := newDesk(t).open(status.Change{Draft: new(true), Stage: new(status.Resolved)}).later(30 * 24 * time.Hour).to(status.Investigating)
	same(t, "stage", d.n.Stage, status.Investigating)
	c := planned()
	c.Draft, c.Stage = new(true), new(status.Completed)
	w := newDesk(t).open(c).to(status.Scheduled)
	same(t, "stage", w.n.Stage, status.Scheduled)
	// A draft of a resolved problem moves nothing.
	r := newDesk(t).open(status.Change{Draft: new(true), Components: map[string]status.Level{"web": status.MajorOutage}}).to(status.Resolved)
	same(t, "planned", r.n.Planned, map[string]status.Level{"web": status.Operational})
}

func TestPublishedStaysPublished(t *testing.T) {
	err := newDesk(t).open(status.Change{}).tryApply(status.Change{Draft: new(true)})
	f, ok := status.FaultOf(err)
	if !ok || f.Code != status.CodeConflict || f.Field != "incident.draft" || f.Message != "Already published; post a correction." {
		t.Errorf("got %v", err)
	}
	newDesk(t).open(status.Change{}).apply(status.Change{Draft: new(false), Body: new("Said again.")}).wantTold("incident.updated")
}

// A backfilled notice tells of the past: it moves nothing and tells nobody.
func TestBackfilled(t *testing.T) {
	past := noon.AddDate(0, -2, 0)
	d := newDesk(t).open(status.Change{Backfilled: new(true), BackfillDate: &past, Body: new("It was down."), Notify: new(true)})
	d.wantTold("incident.created, quietly")
	same(t, "stage", d.n.Stage, status.Resolved)
	for what, at := range map[string]time.Time{
		"created": d.n.CreatedAt, "started": d.n.StartedAt, "resolved": *d.n.ResolvedAt, "shown": d.n.Newest().DisplayAt,
	} {
		if !at.Equal(past) {
			t.Errorf("%s at %v, want %v", what, at, past)
		}
	}
	if d.n.NextUpdateAt != nil || d.n.Newest().Notify {
		t.Errorf("promise %v, notify %v", d.n.NextUpdateAt, d.n.Newest().Notify)
	}
	d.apply(status.Change{Body: new("One more thing.")}).wantTold("incident.updated, quietly")

	oldest := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	same(t, "as old as it gets", newDesk(t).open(status.Change{Backfilled: new(true), BackfillDate: &oldest}).n.StartedAt.UTC(), oldest)
	same(t, "as new as it gets", newDesk(t).open(status.Change{Backfilled: new(true), BackfillDate: &noon}).n.StartedAt.UTC(), noon)
	same(t, "without a date", newDesk(t).open(status.Change{Backfilled: new(true)}).n.CreatedAt.UTC(), noon)
	c := planned()
	c.Backfilled, c.BackfillDate, c.ComponentIDs = new(true), &past, &[]string{}
	same(t, "a maintenance", newDesk(t).open(c).n.Stage, status.Completed)
	draft := newDesk(t).open(status.Change{Backfilled: new(true), BackfillDate: &past, Draft: new(true)}).apply(status.Change{Draft: new(false)})
	if !draft.n.CreatedAt.Equal(past) || !draft.n.Newest().DisplayAt.Equal(past) {
		t.Errorf("published draft created %v, shown %v", draft.n.CreatedAt, draft.n.Newest().DisplayAt)
	}
}

func TestBackfilledRefused(t *testing.T) {
	const components = "A backfilled incident cannot name components."
	const date = "The date of a backfilled incident must lie in the past."
	open := func(c status.Change) error {
		c.Name, c.Backfilled = new("Old"), new(true)
		return newDesk(t).tryOpen(c)
	}
	refused(t, open(status.Change{BackfillDate: new(noon.Add(1))}), "incident.backfill_date", date)
	refused(t, open(status.Change{BackfillDate: new(time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC))}), "incident.backfill_date", date)
	refused(t, open(status.Change{Components: map[string]status.Level{"web": status.MajorOutage}}), "incident.components", components)
	refused(t, open(status.Change{ComponentIDs: &[]string{"web"}}), "incident.components", components)
	refused(t, open(status.Change{StartedAt: new(noon.Add(-time.Hour)), BackfillDate: new(noon.Add(-2 * time.Hour))}),
		"incident.started_at", "The problem cannot start after it ended.")

	d := newDesk(t).open(status.Change{Backfilled: new(true), ComponentIDs: &[]string{}})
	refused(t, d.tryApply(status.Change{Components: map[string]status.Level{"web": status.MajorOutage}}), "incident.components", components)
	const once = "Whether a notice is backfilled can only be said when it is opened."
	refused(t, d.tryApply(status.Change{Backfilled: new(false)}), "incident.backfilled", once)
	refused(t, newDesk(t).open(status.Change{}).tryApply(status.Change{Backfilled: new(true)}), "incident.backfilled", once)
	d.apply(status.Change{Backfilled: new(true), Name: new("Old, renamed")})
}

func TestEditUpdate(t *testing.T) {
	d := newDesk(t).open(status.Change{Body: new("Frist.")}).later(time.Hour).apply(status.Change{Body: new("Second.")}).later(time.Hour)
	first := d.n.Updates[1].ID
	d.editUpdate(first, new("First."), nil, new(false)).wantTold("incident.updated, quietly")
	u := d.n.Updates[1]
	if u.Body != "First." || u.Notify || u.EditedAt == nil || !u.EditedAt.Equal(d.site.Now) || !d.n.UpdatedAt.Equal(d.site.Now) {
		t.Errorf("edited to %+v", u)
	}
	d.editUpdate(first, nil, new(noon.Add(-time.Hour)), nil)
	if !d.n.Updates[1].DisplayAt.Equal(noon.Add(-time.Hour)) {
		t.Errorf("shown at %v", d.n.Updates[1].DisplayAt)
	}
	// Dated to now, the first entry is shown above the second.
	d.editUpdate(first, nil, &d.site.Now, nil)
	same(t, "shown first", d.n.Updates[0].ID, first)

	same(t, "the same text is no edit", newDesk(t).open(status.Change{Body: new("Same.")}).
		editUpdate("update1", new("Same."), nil, nil).n.Newest().EditedAt, nil)
	draft := newDesk(t).open(status.Change{Draft: new(true)}).editUpdate("update1", new("Better."), nil, nil)
	draft.wantTold()
	w := window(t)
	w.editUpdate(w.n.Newest().ID, new("New times."), nil, nil).wantTold("maintenance.updated, quietly")
}

func TestEditUpdateRefused(t *testing.T) {
	d := newDesk(t).open(status.Change{Body: new("First.")})
	refused(t, d.tryEdit("update1", new("a\x00b"), nil, nil), "incident_update.body", "The text contains the control character U+0000; remove it.")
	for _, at := range []time.Time{noon.Add(1), time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		refused(t, d.tryEdit("update1", nil, &at, nil), "incident_update.display_at", "The time of an entry cannot lie in the future.")
	}
	if err := d.tryEdit("gone", nil, nil, nil); status.FaultCode(err) != status.CodeNotFound {
		t.Errorf("an unknown entry: %v", err)
	}
	d.n.Updates[0].Deleted = true
	if err := d.tryEdit("update1", new("x"), nil, nil); status.FaultCode(err) != status.CodeNotFound {
		t.Errorf("a deleted entry: %v", err)
	}
	same(t, "body", d.n.Updates[0].Body, "First.")
}

// Each entry keeps the facts as they stood after it.
func TestEntriesKeepFacts(t *testing.T) {
	d := newDesk(t).open(status.Change{Severity: new(status.Minor)}).later(time.Minute).apply(status.Change{
		Body: new("Worse than we thought."), Severity: new(status.Critical),
		AffectedUsers: &status.AffectedUsers{Mode: "count", Count: 1200},
		Workaround:    &status.Workaround{State: "available", Text: "Pay by transfer."},
	})
	before, after := d.n.Updates[1].Facts, d.n.Updates[0].Facts
	same(t, "severity before", before.Severity, status.Minor)
	same(t, "users before", before.AffectedUsers.Mode, "unknown")
	same(t, "severity after", after.Severity, status.Critical)
	same(t, "users after", after.AffectedUsers.Count, int64(1200))
	same(t, "workaround after", after.Workaround.Text, "Pay by transfer.")
	if !after.NextUpdateAt.Equal(*d.n.NextUpdateAt) || before.NextUpdateAt.Equal(*after.NextUpdateAt) {
		t.Errorf("promises %v, %v", before.NextUpdateAt, after.NextUpdateAt)
	}
}
