package status_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"allclear/status"
)

func (d *desk) tryUndo(id string, sent bool) error {
	d.t.Helper()
	return d.write(func(n *status.Incident, site *status.Site) (*status.Incident, error) {
		return n, n.UndoUpdate(site, id, sent)
	})
}

// undo takes the newest entry back.
func (d *desk) undo(sent bool) *desk {
	d.t.Helper()
	if err := d.tryUndo(d.n.Newest().ID, sent); err != nil {
		d.t.Fatalf("taking back: %v", err)
	}
	return d
}

func (d *desk) tryWithdraw(sent bool) error {
	d.t.Helper()
	return d.write(func(n *status.Incident, site *status.Site) (*status.Incident, error) {
		return n, n.Withdraw(site, sent)
	})
}

// conflict wants a fault of kind "conflict" with this field and sentence.
func conflict(t tb, err error, field, sentence string) {
	t.Helper()
	f, ok := status.FaultOf(err)
	if !ok || f.Code != status.CodeConflict || f.Field != field || f.Message != sentence || f.Current != 0 {
		t.Errorf("got %#v (%v), want a conflict on %s: %s", f, err, field, sentence)
	}
}

// anyEvents leaves out the ids of events, which are random.
func anyEvents() cmp.Option { return cmpopts.IgnoreFields(status.Trace{}, "Events") }

// apartFromUndo leaves out what taking back adds by itself.
func apartFromUndo() cmp.Option {
	return cmp.Options{
		cmpopts.IgnoreUnexported(status.Incident{}), anyEvents(), cmpopts.EquateEmpty(),
		cmpopts.IgnoreFields(status.Incident{}, "UpdatedAt", "Sequence", "Drafts"),
	}
}

func TestUndoPutsBackWhatTheEntryChanged(t *testing.T) {
	const web = "web"
	for name, c := range map[string]status.Change{
		"a text":     {Body: new("More."), Translations: map[string]status.Texts{"de": {Body: new("Mehr.")}}},
		"levels":     {Body: new("Worse."), Components: map[string]status.Level{web: status.MajorOutage, "api": status.PartialOutage}},
		"one better": {Body: new("Better."), Components: map[string]status.Level{web: status.Operational}},
		"facts": {
			Body: new("Known."), Severity: new(status.Critical), Urgency: new(status.UrgencyHigh), Category: new(status.Category("network")),
			AffectedUsers: &status.AffectedUsers{Mode: "count", Count: 9}, Workaround: &status.Workaround{State: "available", Text: "Wait."},
			ThirdParty: &status.ThirdParty{State: "unnamed"}, ImpactOverride: status.Some(status.ImpactCritical),
			ExpectedResolutionAt: status.Some(noon.Add(9 * time.Hour)), NextUpdateAt: status.Some(noon.Add(8 * time.Hour)),
		},
		"texts": {
			Body: new("New title."), Name: new("Another title"), CustomerImpact: new("Nothing works."), NotAffected: new("Mail."),
			Translations: map[string]status.Texts{"de": {Name: new("Anderer Titel")}, "fr": {Name: new("Autre titre")}},
			Metadata:     json.RawMessage(`{"a":{"<b>":1}}`),
		},
		"a stage":  {Stage: new(status.Monitoring)},
		"the end":  {Stage: new(status.Resolved), Resolution: &status.Resolution{WhatHappened: "A full disk.", FullyFixed: "yes"}},
		"a name":   {Body: new("Also."), ComponentIDs: &[]string{web, "mail"}},
		"in quiet": {Body: new("Psst."), Notify: new(false), Components: map[string]status.Level{web: status.DegradedPerformance}},
	} {
		for _, sent := range []bool{false, true} {
			d := newDesk(t).open(status.Change{
				Components:   map[string]status.Level{web: status.PartialOutage},
				Translations: map[string]status.Texts{"de": {Name: new("Titel"), CustomerImpact: new("Wirkung")}},
			}).later(time.Hour)
			before, levels := copyNotice(t, d.n), d.levels()
			d.apply(c).later(time.Minute).undo(sent)
			if sent {
				d.n.Updates = d.n.Updates[1:] // the tombstone
			}
			if diff := cmp.Diff(before, d.n, apartFromUndo()); diff != "" {
				t.Errorf("%s, sent %v (-before +after):\n%s", name, sent, diff)
			}
			d.wantLevels(levels)
			if !d.n.UpdatedAt.Equal(d.site.Now) {
				t.Errorf("%s: changed at %v", name, d.n.UpdatedAt)
			}
		}
	}
}

func TestUndoKeepsTheText(t *testing.T) {
	d := newDesk(t).open(status.Change{})
	d.later(time.Minute).apply(status.Change{
		Stage: new(status.Identified), Body: new("Found."), Translations: map[string]status.Texts{"de": {Body: new("Gefunden.")}},
		Components: map[string]status.Level{"web": status.MajorOutage},
	})
	d.n.Newest().By = "ada@example.org"
	d.later(time.Minute).undo(false)
	same(t, "kept", d.n.Drafts, []status.DraftText{{
		UpdateID: "update2", Stage: status.Identified, Body: "Found.", Translations: map[string]string{"de": "Gefunden."},
		Components: map[string]status.Level{"web": status.MajorOutage}, By: "ada@example.org", At: d.site.Now,
	}})
	d.wantTold("web: major_outage → operational, quietly", "incident.updated, quietly")
	if got := d.n.DraftOf("update2"); got == nil || got.Body != "Found." || d.n.DraftOf("update1") != nil {
		t.Errorf("found %+v", got)
	}
	for range 25 {
		d.later(time.Minute).apply(status.Change{Body: new("Again.")}).undo(false)
	}
	same(t, "kept at most", len(d.n.Drafts), 20)
	d.n.DropDraft(d.n.Drafts[0].UpdateID)
	same(t, "dropped", len(d.n.Drafts), 19)
}

func TestSentEntryLeavesATombstone(t *testing.T) {
	d := newDesk(t).open(status.Change{}).later(time.Minute)
	d.apply(status.Change{
		Body: new("Secret."), Components: map[string]status.Level{"web": status.MajorOutage},
		Workaround: &status.Workaround{State: "available", Text: "Secret."}, Translations: map[string]status.Texts{"de": {Body: new("Geheim.")}},
	})
	d.later(time.Minute).undo(true)
	u := d.n.Updates[0]
	same(t, "tombstone", u, status.Update{
		ID: "update2", IncidentID: d.n.ID, Stage: status.Investigating, CreatedAt: u.CreatedAt, UpdatedAt: d.site.Now, DisplayAt: u.DisplayAt,
		Notify: true, Deleted: true,
	})
	same(t, "newest", d.n.Newest().ID, "update1")
	same(t, "kept", d.n.Drafts[0].Body, "Secret.")
	// Whoever was told of the outage hears that it is over.
	d.wantTold("web: major_outage → operational", "incident.updated, quietly")
	same(t, "holding", len(d.n.Holding()), 0)
	d.later(time.Minute).apply(status.Change{Body: new("Next.")})
	same(t, "the next entry continues the one before", len(d.n.Newest().Affected), 0)
}

// Behind a newer entry only the text of a sent one goes: the newer one stands.
func TestOlderSentEntryLosesItsTextOnly(t *testing.T) {
	d := newDesk(t).open(status.Change{}).later(time.Minute)
	d.apply(status.Change{Body: new("Secret."), Stage: new(status.Identified), Components: map[string]status.Level{"web": status.MajorOutage}})
	d.later(time.Minute).apply(status.Change{Body: new("Still.")}).later(time.Minute)
	if err := d.tryUndo("update2", true); err != nil {
		t.Fatal(err)
	}
	d.wantLevels(map[string]status.Level{"web": status.MajorOutage})
	same(t, "stage", d.n.Stage, status.Identified)
	same(t, "entries", ids(d.n.Updates, func(u status.Update) string { return u.ID + " " + u.Body }), []string{"update3 Still.", "update2 ", "update1 "})
	d.wantTold("incident.updated, quietly")
}

func TestWhatCannotBeUndone(t *testing.T) {
	d := newDesk(t).open(status.Change{})
	conflict(t, d.tryUndo("update1", false), "incident_update", "The first update is the notice itself; set draft to true to take it back.")
	conflict(t, d.tryUndo("update1", true), "incident_update", "Already sent; post a correction.")
	d.later(time.Minute).apply(status.Change{Body: new("Two.")}).later(time.Minute).apply(status.Change{Body: new("Three.")})
	two, three := d.n.Updates[1].ID, d.n.Updates[0].ID
	conflict(t, d.tryUndo(two, false), "incident_update", "Newer updates stand on this one; take back the newest first, or correct this text.")
	if err := d.tryUndo("nothing", false); status.FaultCode(err) != status.CodeNotFound {
		t.Errorf("unknown: %v", err)
	}
	d.undo(true)
	if err := d.tryUndo(three, true); status.FaultCode(err) != status.CodeNotFound {
		t.Errorf("twice: %v", err)
	}
	d.undo(false) // with the tombstone above it, two is the newest
	same(t, "entries", len(d.n.Updates), 2)
	draft := newDesk(t).open(status.Change{Draft: new(true), Body: new("x")})
	conflict(t, draft.tryUndo("update1", false), "incident_update", "This notice is a draft; change or delete the draft.")
}

// What somebody changed since stays: undo takes back one entry, not what came after it.
func TestUndoLeavesWhatOthersChangedSince(t *testing.T) {
	base := func() *desk {
		return newDesk(t).open(status.Change{Components: map[string]status.Level{"web": status.PartialOutage}}).later(time.Minute).
			apply(status.Change{Body: new("Worse."), Severity: new(status.Critical), Components: map[string]status.Level{"web": status.MajorOutage, "api": status.MajorOutage}}).later(time.Minute)
	}
	t.Run("facts", func(t *testing.T) {
		d := base().apply(status.Change{Severity: new(status.Serious), CustomerImpact: new("Slow.")}).undo(false)
		same(t, "severity", d.n.Severity, status.Serious)
		same(t, "impact", d.n.Impact, status.ImpactOf(status.Serious))
		same(t, "customer impact", d.n.CustomerImpact, "Slow.")
	})
	t.Run("a level by hand", func(t *testing.T) {
		d := base()
		d.site.Move("web", status.DegradedPerformance)
		d.site = copySite(d.site)
		d.undo(false).wantLevels(map[string]status.Level{"web": status.DegradedPerformance})
	})
	t.Run("a level by its own facts", func(t *testing.T) {
		d := base().apply(status.Change{Components: map[string]status.Level{"web": status.DegradedPerformance, "mail": status.PartialOutage}})
		d.undo(false).wantLevels(map[string]status.Level{"web": status.PartialOutage})
	})
	t.Run("held by another notice", func(t *testing.T) {
		d := base()
		d.site.Held = map[string]bool{"api": true, "web": true}
		d.undo(false).wantLevels(map[string]status.Level{"api": status.MajorOutage, "web": status.MajorOutage})
	})
	t.Run("a component that is gone", func(t *testing.T) {
		d := base()
		d.site.Components = slices.DeleteFunc(d.site.Components, func(c status.Component) bool { return c.ID == "api" })
		d.undo(false).wantLevels(map[string]status.Level{"web": status.PartialOutage})
	})
	t.Run("the reason given after the end", func(t *testing.T) {
		d := newDesk(t).open(status.Change{}).later(time.Minute).to(status.Resolved)
		d.apply(status.Change{Resolution: &status.Resolution{WhatHappened: "A disk."}}).undo(false)
		if !d.n.Open() || d.n.Resolution != nil || d.n.ResolvedAt != nil || d.n.NextUpdateAt == nil {
			t.Errorf("%s, %v, %v, %v", d.n.Stage, d.n.Resolution, d.n.ResolvedAt, d.n.NextUpdateAt)
		}
	})
	t.Run("a promise made after the reopening", func(t *testing.T) {
		d := newDesk(t).open(status.Change{}).later(time.Minute).to(status.Resolved).later(time.Minute).to(status.Investigating)
		d.apply(status.Change{NextUpdateAt: status.Some(noon.Add(5 * time.Hour))}).undo(false)
		if d.n.Open() || d.n.NextUpdateAt != nil || d.n.ResolvedAt == nil {
			t.Errorf("%s, %v, %v", d.n.Stage, d.n.ResolvedAt, d.n.NextUpdateAt)
		}
	})
}

func TestUndoOfMaintenance(t *testing.T) {
	t.Run("it does not start by itself again", func(t *testing.T) {
		d := window(t)
		d.site.Now = *d.n.ScheduledFor
		if !d.move(nil) || d.n.Stage != status.InProgress {
			t.Fatalf("it is %s", d.n.Stage)
		}
		d.undo(false)
		if d.n.Stage != status.Scheduled || !d.n.NextMove().IsZero() || d.n.Auto.InProgress || len(d.levels()) != 0 {
			t.Errorf("%s, moves at %v, %v", d.n.Stage, d.n.NextMove(), d.levels())
		}
		d.to(status.InProgress)
		d.site.Now = *d.n.ScheduledUntil
		if !d.move(nil) {
			t.Fatal("it does not end")
		}
		d.undo(false)
		if d.n.Stage != status.InProgress || !d.n.NextMove().IsZero() || d.n.Auto.Completed || len(d.levels()) == 0 {
			t.Errorf("%s, moves at %v, %v", d.n.Stage, d.n.NextMove(), d.levels())
		}
	})
	t.Run("a text leaves the clock alone", func(t *testing.T) {
		d := window(t).apply(status.Change{Body: new("Soon.")})
		d.site.Now = *d.n.ScheduledFor
		if d.undo(false); d.n.NextMove().IsZero() {
			t.Error("it does not start any more")
		}
	})
	t.Run("extended and moved since", func(t *testing.T) {
		d := window(t)
		from, until := *d.n.ScheduledFor, *d.n.ScheduledUntil
		d.apply(status.Change{Body: new("Longer."), ScheduledUntil: status.Some(until.Add(time.Hour))})
		d.apply(status.Change{ScheduledFor: status.Some(until)})
		conflict(t, d.tryUndo(d.n.Newest().ID, false), "incident.scheduled_until", "The window was changed since this update; set it by hand instead.")
		d.apply(status.Change{ScheduledFor: status.Some(from)}).undo(false)
		if !d.n.ScheduledUntil.Equal(until) {
			t.Errorf("until %v", d.n.ScheduledUntil)
		}
	})
}

func TestWithdraw(t *testing.T) {
	levels := map[string]status.Level{"web": status.MajorOutage, "card": status.PartialOutage}
	d := newDesk(t).open(status.Change{Body: new("Down."), Components: levels, Translations: map[string]status.Texts{"de": {Body: new("Aus.")}}})
	created := d.n.CreatedAt
	d.later(10 * time.Second)
	if err := d.tryWithdraw(false); err != nil {
		t.Fatal(err)
	}
	d.wantLevels(map[string]status.Level{})
	d.wantTold("web: major_outage → operational, quietly", "card: partial_outage → operational, quietly", "incident.withdrawn, quietly")
	same(t, "planned", d.n.Planned, levels)
	same(t, "text", d.n.Newest().Body, "Down.")
	if !d.n.Draft || len(d.n.Drafts) != 0 {
		t.Errorf("draft %v, %v", d.n.Draft, d.n.Drafts)
	}
	conflict(t, d.tryWithdraw(false), "incident.draft", "This notice is a draft already.")
	d.later(time.Minute).apply(status.Change{Draft: new(false)})
	d.wantLevels(levels)
	same(t, "translations", d.n.Newest().Translations, map[string]string{"de": "Aus."})
	if d.n.CreatedAt.Equal(created) || d.n.Sequence != 3 || !d.n.NextUpdateAt.After(d.site.Now) {
		t.Errorf("created %v, sequence %d, next %v", d.n.CreatedAt, d.n.Sequence, d.n.NextUpdateAt)
	}
}

func TestWithdrawTakesEveryEntryBack(t *testing.T) {
	d := newDesk(t).open(status.Change{Body: new("One."), Notify: new(false), Components: map[string]status.Level{"web": status.MajorOutage}})
	d.later(time.Minute).apply(status.Change{Body: new("Two."), Stage: new(status.Monitoring), Components: map[string]status.Level{"web": status.PartialOutage, "api": status.MajorOutage}})
	d.later(time.Minute).apply(status.Change{Components: map[string]status.Level{"mail": status.MajorOutage}})
	d.later(time.Minute).apply(status.Change{Body: new("Three."), Stage: new(status.Resolved)})
	if err := d.tryWithdraw(false); err != nil {
		t.Fatal(err)
	}
	d.wantLevels(map[string]status.Level{})
	d.wantTold("incident.withdrawn, quietly") // nothing moves to and fro
	same(t, "texts", ids(d.n.Drafts, func(k status.DraftText) string { return k.Body }), []string{"Two.", "Three."})
	same(t, "its own", d.n.Updates[0].Body, "One.")
	same(t, "planned", d.n.Planned, map[string]status.Level{"web": status.MajorOutage})
	if d.n.Stage != status.Investigating || d.n.ResolvedAt != nil || d.n.MonitoringAt != nil {
		t.Errorf("%s %v %v", d.n.Stage, d.n.ResolvedAt, d.n.MonitoringAt)
	}
}

func TestWhatCannotBeWithdrawn(t *testing.T) {
	const sentence = "Already sent; post a correction."
	d := newDesk(t).open(status.Change{})
	conflict(t, d.tryWithdraw(true), "incident.draft", sentence)
	d.later(time.Minute).apply(status.Change{Body: new("Two.")}).undo(true)
	conflict(t, d.tryWithdraw(false), "incident.draft", sentence)
}

func TestWithdrawOfMaintenance(t *testing.T) {
	d := window(t)
	if err := d.tryWithdraw(false); err != nil {
		t.Fatal(err)
	}
	d.wantTold("maintenance.withdrawn, quietly")
	if !d.n.Draft || d.n.Stage != status.Scheduled || !d.n.NextMove().IsZero() {
		t.Errorf("%+v", d.n)
	}
	d.apply(status.Change{Draft: new(false)}).wantTold("maintenance.scheduled")
}

// An imported notice told nobody and moved nothing here.
func TestUndoOfImported(t *testing.T) {
	d := newDesk(t)
	d.n = &status.Incident{ID: "notice000001", Kind: status.Problem, Stage: status.Resolved, Imported: true, ResolvedAt: &noon, Severity: status.Minor, Impact: status.ImpactNone,
		Updates: []status.Update{
			{ID: "b", Stage: status.Resolved, Body: "B", CreatedAt: noon, DisplayAt: noon, Affected: []status.AffectedComponent{{Code: "web", OldLevel: status.MajorOutage, NewLevel: status.Operational}}},
			{ID: "a", Stage: status.Investigating, Body: "A", CreatedAt: noon.Add(-time.Hour), DisplayAt: noon.Add(-time.Hour)},
		}}
	d.undo(false)
	same(t, "kept", d.n.Drafts[0].Body, "B")
	if err := d.tryWithdraw(false); err != nil {
		t.Fatal(err)
	}
	d.wantLevels(map[string]status.Level{})
	if d.n.Planned != nil || d.n.Newest().Body != "A" {
		t.Errorf("%+v", d.n)
	}
}

// TestUndoIsTheInverse: whatever an entry changes, taking it back leaves the notice and
// the components as they were.
func TestUndoIsTheInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &life{desk: desk{t: t, site: shop(noon)}, fresh: true}
		l.begin(t)
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			l.later(time.Hour)
			l.change(t)
		}
		if l.n.Draft || len(l.n.Updates) == 0 {
			t.Skip("there is no later entry")
		}
		l.later(time.Hour)
		old, site, entries := copyNotice(t, l.n), copySite(l.site), len(l.n.Updates)
		l.change(t)
		if len(l.n.Updates) != entries+1 {
			t.Skip("no entry was made")
		}
		l.site.Held = nil
		l.undo(rapid.Bool().Draw(t, "sent"))
		l.n.Updates = slices.DeleteFunc(l.n.Updates, func(u status.Update) bool { return u.Deleted })
		if diff := cmp.Diff(old, l.n, apartFromUndo(), cmpopts.IgnoreFields(status.Incident{}, "Auto")); diff != "" {
			t.Fatalf("(-before +after):\n%s", diff)
		}
		for _, c := range site.Components {
			if now := l.site.Find(c.ID).Level; now != c.Level {
				t.Fatalf("%s was %s and is %s", c.ID, c.Level, now)
			}
		}
	})
}

func (l *life) takeBack(t *rapid.T) {
	if len(l.n.Updates) == 0 {
		t.Skip("nothing to take back")
	}
	id, sent := rapid.SampledFrom(l.n.Updates).Draw(t, "entry").ID, rapid.Bool().Draw(t, "sent")
	l.revoke(t, func(n *status.Incident, site *status.Site) error { return n.UndoUpdate(site, id, sent) })
}

func (l *life) withdraw(t *rapid.T) {
	sent := rapid.Bool().Draw(t, "sent")
	l.revoke(t, func(n *status.Incident, site *status.Site) error { return n.Withdraw(site, sent) })
}

// revoke runs a verb that takes something back; a refusal leaves everything alone.
func (l *life) revoke(t *rapid.T, verb func(*status.Incident, *status.Site) error) {
	before := copySite(l.site)
	sequence := l.n.Sequence
	err := l.write(func(n *status.Incident, site *status.Site) (*status.Incident, error) {
		err := verb(n, site)
		if err == nil {
			l.moves(t, before, site)
		}
		return n, err
	})
	if err != nil {
		if f, ok := status.FaultOf(err); !ok || f.Message == "" {
			t.Fatalf("not a fault: %v", err)
		}
		return
	}
	l.fresh = false // levels are those of before the entry, which somebody may have set by hand
	if l.n.Sequence != sequence+1 || len(l.n.Updates) > 0 && l.n.Newest() == nil {
		t.Fatalf("after %d comes %d", sequence, l.n.Sequence)
	}
}
