package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"allclear/status"
)

func TestIncidentComesBackWhole(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		api := addComponent(t, s, "API")
		var made *status.Incident
		r := must(s.AddIncident(t.Context(), staff, func(site *status.Site) (*status.Incident, error) {
			n, err := status.OpenIncident(site, "abcdefghijkl", "updateupdate", status.Change{
				Name: new("Zahlungen stören <b>&"), Body: new("Körper\n\"Text\"\u2028"), Components: map[string]status.Level{api: status.PartialOutage},
				Metadata:     []byte(`{"a":{"b":1}}`),
				Translations: map[string]status.Texts{"de": {Name: new("Störung"), Body: new("Wir sehen nach.")}},
				DetectedAt:   status.Some(start.Add(-time.Minute)), CustomerImpact: new("Nobody can pay."),
				AffectedUsers: &status.AffectedUsers{Mode: "range", Low: 10, High: 20},
				Workaround:    &status.Workaround{State: "available", Text: "Pay later."},
			})
			made = n
			return n, err
		}))(t)
		got := must(s.Incident(t.Context(), r.ObjectID))(t)
		if diff := cmp.Diff(*made, got, cmpopts.IgnoreUnexported(status.Incident{})); diff != "" {
			t.Errorf("saved and loaded (-made +got):\n%s", diff)
		}
		if r.Version != 1 || r.Revision != 2 || r.ObjectID != "abcdefghijkl" || r.Replayed {
			t.Errorf("receipt %+v", r)
		}
	})
}

func TestIncidentMovesComponentsAndTells(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		api, web := addComponent(t, s, "API"), addComponent(t, s, "Web")
		c.add(time.Minute)
		r := openNotice(t, s, outage("API is down", map[string]status.Level{api: status.MajorOutage, web: status.PartialOutage}))
		if level(t, s, api) != status.MajorOutage || level(t, s, web) != status.PartialOutage {
			t.Error("the components did not move")
		}
		want := []status.EventType{status.ComponentUpdated, status.ComponentUpdated, status.IncidentCreated}
		if got := eventTypes(t, s, r.Revision-1); !slices.Equal(got, want) {
			t.Errorf("events %v", got)
		}
		moved := must(s.Component(t.Context(), api))(t)
		if moved.Version != 2 || moved.Revision != r.Revision || !moved.UpdatedAt.Equal(c.read()) {
			t.Errorf("moved component: %+v", moved)
		}
		held := `SELECT COUNT(*) FROM events WHERE notify = TRUE AND expanded = FALSE AND hold_until = ?`
		if n := count(t, s, held, ms(c.read().Add(30*time.Second))); n != 3 {
			t.Errorf("%d events wait for the hold", n)
		}
		quiet := change(t, s, r.ObjectID, status.Change{CustomerImpact: new("Nobody can sign in.")})
		if n := count(t, s, `SELECT COUNT(*) FROM events WHERE revision = ? AND notify = FALSE AND expanded = TRUE`, quiet.Revision); n != 1 {
			t.Errorf("%d events for the live stream only", n)
		}
		c.add(time.Minute)
		end := change(t, s, r.ObjectID, resolving("Fixed."))
		if level(t, s, api) != status.Operational || end.Version != 3 {
			t.Errorf("after the end: %v, version %d", level(t, s, api), end.Version)
		}
		v := must(s.Public(t.Context(), end.Revision-1))(t)
		spans := []status.Span{{From: start, Level: status.Operational}, {From: start.Add(time.Minute), Level: status.MajorOutage}, {From: start.Add(2 * time.Minute), Level: status.Operational}}
		if !slices.Equal(v.History[api], spans) {
			t.Errorf("history %v", v.History[api])
		}
		if last := v.Events[len(v.Events)-1]; last.Type != status.IncidentResolved || last.Revision != end.Revision || last.Sequence != 3 {
			t.Errorf("last event %+v", last)
		}
	})
}

func TestComponentsHeldByAnotherNoticeStay(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		api, web := addComponent(t, s, "API"), addComponent(t, s, "Web")
		one := openNotice(t, s, outage("one", map[string]status.Level{api: status.MajorOutage, web: status.PartialOutage}))
		two := openNotice(t, s, outage("two", map[string]status.Level{api: status.PartialOutage}))
		draft := outage("draft", map[string]status.Level{web: status.MajorOutage})
		draft.Draft = new(true)
		openNotice(t, s, draft)
		change(t, s, one.ObjectID, resolving("Fixed."))
		if level(t, s, api) != status.PartialOutage || level(t, s, web) != status.Operational {
			t.Errorf("api %s, web %s", level(t, s, api), level(t, s, web))
		}
		change(t, s, two.ObjectID, resolving("Fixed."))
		if level(t, s, api) != status.Operational {
			t.Errorf("api %s", level(t, s, api))
		}
	})
}

func TestFaultSavesNothing(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		api := addComponent(t, s, "API")
		r := openNotice(t, s, outage("one", nil))
		before := must(s.Incident(t.Context(), r.ObjectID))(t)
		_, err := s.EditIncident(t.Context(), staff, r.ObjectID, 0, func(n *status.Incident, site *status.Site) error {
			n.Name = "half a change"
			site.Move(api, status.MajorOutage)
			return status.Invalid("incident.body", "No.")
		})
		fault(t, err, status.CodeInvalid, "incident.body", "No.")
		after := must(s.Incident(t.Context(), r.ObjectID))(t)
		if diff := cmp.Diff(before, after, cmpopts.IgnoreUnexported(status.Incident{})); diff != "" {
			t.Error(diff)
		}
		if _, revision, _ := s.Revision(t.Context()); revision != r.Revision || level(t, s, api) != status.Operational {
			t.Errorf("revision %d, level %s", revision, level(t, s, api))
		}
		boom := errors.New("boom")
		_, err = s.EditIncident(t.Context(), staff, r.ObjectID, 0, func(*status.Incident, *status.Site) error { return boom })
		if !errors.Is(err, boom) {
			t.Errorf("got %v", err)
		}
	})
}

func TestStaleVersionIsAConflict(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		r := openNotice(t, s, outage("one", nil))
		facts := status.Change{CustomerImpact: new("x")}
		second := must(s.EditIncident(t.Context(), staff, r.ObjectID, 1, applying(facts)))(t)
		_, err := s.EditIncident(t.Context(), staff, r.ObjectID, 1, applying(facts))
		fault(t, err, status.CodeConflict, "version",
			"This incident was changed meanwhile: you saw version 1, it is now version 2. Load it again and repeat your change.")
		if f, _ := status.FaultOf(err); f.Current != second.Version {
			t.Errorf("current %d", f.Current)
		}
		_, err = s.EditIncident(t.Context(), staff, "nobody", 0, applying(facts))
		fault(t, err, status.CodeNotFound, "", `There is no incident "nobody".`)
	})
}

func TestIDIsTakenOnce(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		build := func(site *status.Site) (*status.Incident, error) {
			return status.OpenIncident(site, "abcdefghijkl", status.NewID(), outage("one", nil))
		}
		must(s.AddIncident(t.Context(), staff, build))(t)
		_, err := s.AddIncident(t.Context(), staff, build)
		fault(t, err, status.CodeConflict, "incident.id", `There is already a notice "abcdefghijkl".`)
	})
}

func TestUpdatesAreReplacedOneByOne(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		r := openNotice(t, s, outage("one", nil))
		for _, body := range []string{"two", "three"} {
			change(t, s, r.ObjectID, status.Change{Body: &body})
		}
		n := must(s.Incident(t.Context(), r.ObjectID))(t)
		middle := n.Updates[1].ID
		must(s.EditIncident(t.Context(), staff, r.ObjectID, 0, func(n *status.Incident, site *status.Site) error {
			n.Updates = slices.Delete(n.Updates, 0, 1)
			return n.EditUpdate(site, middle, new("two, corrected"), nil, nil)
		}))(t)
		n = must(s.Incident(t.Context(), r.ObjectID))(t)
		if len(n.Updates) != 2 || n.Updates[0].ID != middle || n.Updates[0].Body != "two, corrected" || n.Updates[1].Body != "We are looking into it." {
			t.Errorf("updates %+v", n.Updates)
		}
	})
}

func TestDraftIsNotPublic(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		api := addComponent(t, s, "API")
		c := outage("draft", map[string]status.Level{api: status.MajorOutage})
		c.Draft = new(true)
		r := openNotice(t, s, c)
		_, err := s.PublicIncident(t.Context(), r.ObjectID)
		fault(t, err, status.CodeNotFound, "", `There is no incident "`+r.ObjectID+`".`)
		v := must(s.Public(t.Context(), 1))(t)
		month := must(s.PublicMonth(t.Context(), "2026-03"))(t)
		page, _, _ := s.PublicPage(t.Context(), "", "", 10)
		if len(v.Incidents)+len(v.Months)+len(v.Events)+len(month)+len(page) != 0 || level(t, s, api) != status.Operational {
			t.Errorf("a draft shows: %+v", v)
		}
		change(t, s, r.ObjectID, status.Change{Draft: new(false)})
		if n := must(s.PublicIncident(t.Context(), r.ObjectID))(t); n.Draft || level(t, s, api) != status.MajorOutage {
			t.Errorf("published: %+v", n)
		}
	})
}

// TestDraftMakesNoRevision: a number that moves is news, and a draft is none.
func TestDraftMakesNoRevision(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		addComponent(t, s, "API")
		_, before, _ := s.Revision(t.Context())
		wake := s.Watch(t.Context())
		c := outage("draft", nil)
		c.Draft = new(true)
		opened := openNotice(t, s, c)
		edited := change(t, s, opened.ObjectID, status.Change{Body: new("not yet")})
		_, now, _ := s.Revision(t.Context())
		if opened.Revision != before || edited.Revision != before || edited.Version != 2 || now != before {
			t.Errorf("revision %d became %d, by %+v and %+v", before, now, opened, edited)
		}
		silent(t, wake, "a draft")
		published := change(t, s, opened.ObjectID, status.Change{Draft: new(false)})
		if published.Revision != before+1 {
			t.Errorf("published at %d after %d", published.Revision, before)
		}
		if v := must(s.Public(t.Context(), before))(t); len(v.Incidents) != 1 || len(v.Events) != 1 || v.Incidents[0].Updates[0].Body != "not yet" {
			t.Errorf("view %+v", v)
		}
		c.Name = new("another")
		discarded := must(s.DeleteIncident(t.Context(), staff, openNotice(t, s, c).ObjectID))(t)
		if discarded.Revision != published.Revision {
			t.Errorf("discarding made revision %d after %d", discarded.Revision, published.Revision)
		}
	})
}

func TestDeleteIncident(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		r := openNotice(t, s, outage("one", nil))
		deleted := must(s.DeleteIncident(t.Context(), staff, r.ObjectID))(t)
		_, err := s.Incident(t.Context(), r.ObjectID)
		fault(t, err, status.CodeNotFound, "", `There is no incident "`+r.ObjectID+`".`)
		if got := eventTypes(t, s, r.Revision); !slices.Equal(got, []status.EventType{status.IncidentWithdrawn}) {
			t.Errorf("events %v", got)
		}
		if n := count(t, s, `SELECT COUNT(*) FROM events WHERE expanded = FALSE`); n != 0 {
			t.Errorf("%d events still wait to be told", n)
		}
		if n := count(t, s, `SELECT COUNT(*) FROM incident_updates`); n != 0 {
			t.Errorf("%d updates of no notice", n)
		}
		v := must(s.Public(t.Context(), 0))(t)
		if v.Revision != deleted.Revision || len(v.Incidents) != 0 || v.UpdatedAt().Before(start) {
			t.Errorf("view %+v", v)
		}
		_, err = s.DeleteIncident(t.Context(), staff, r.ObjectID)
		fault(t, err, status.CodeNotFound, "", `There is no incident "`+r.ObjectID+`".`)

		plan := openNotice(t, s, window("disks", time.Hour, 2*time.Hour))
		must(s.DeleteIncident(t.Context(), staff, plan.ObjectID))(t)
		draft := outage("draft", nil)
		draft.Draft = new(true)
		must(s.DeleteIncident(t.Context(), staff, openNotice(t, s, draft).ObjectID))(t)
		if got := eventTypes(t, s, plan.Revision); !slices.Equal(got, []status.EventType{status.MaintenanceWithdrawn}) {
			t.Errorf("events %v", got)
		}
	})
}

func TestAuditNamesWhatWasDone(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		tick := func() { c.add(time.Second) }
		one := openNotice(t, s, outage("one", nil)).ObjectID
		tick()
		for _, ch := range []status.Change{{Body: new("two")}, resolving("Fixed."), {Stage: ptr(status.Investigating), Body: new("Again.")}} {
			change(t, s, one, ch)
			tick()
		}
		plan := openNotice(t, s, window("disks", time.Hour, 2*time.Hour)).ObjectID
		tick()
		for _, stage := range []status.Stage{status.InProgress, status.Completed} {
			change(t, s, plan, status.Change{Stage: &stage})
			tick()
		}
		other := openNotice(t, s, window("cables", time.Hour, 2*time.Hour)).ObjectID
		tick()
		change(t, s, other, status.Change{Stage: ptr(status.Cancelled)})
		tick()
		draft := outage("draft", nil)
		draft.Draft = new(true)
		openNotice(t, s, draft)
		tick()
		must(s.DeleteIncident(t.Context(), staff, one))(t)

		var got []string
		var last AuditEntry
		for before := ""; ; {
			list := must(s.Audit(t.Context(), 4, before))(t)
			if len(list) == 0 {
				break
			}
			for _, e := range list {
				got = append(got, e.Action)
				last, before = e, e.ID
			}
		}
		want := []string{"incident.delete", "incident.draft", "maintenance.cancel", "maintenance.schedule", "maintenance.complete",
			"maintenance.start", "maintenance.schedule", "incident.reopen", "incident.resolve", "incident.update", "incident.open"}
		if !slices.Equal(got, want) {
			t.Errorf("audit %v", got)
		}
		if last.Actor != staff.Actor || last.Object != one || last.Detail != "one" || !last.At.Equal(start) {
			t.Errorf("first entry %+v", last)
		}
	})
}
