package store

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"allclear/status"
)

// posted adds an entry to a notice and returns its id.
func posted(t testing.TB, s *Store, id string, c status.Change) string {
	t.Helper()
	change(t, s, id, c)
	n := must(s.Incident(t.Context(), id))(t)
	return n.Latest().ID
}

const sentAlready = "Already sent; post a correction."

// ofEntry counts an entry's messages in the given state.
func ofEntry(t testing.TB, s *Store, u status.Update, state status.DeliveryState) int {
	t.Helper()
	n := 0
	for _, id := range u.Told() {
		n += count(t, s, `SELECT COUNT(*) FROM deliveries WHERE event_id = ? AND state = ?`, id, string(state))
	}
	return n
}

// TestUndoAgainstTheWorkers stops the workers at every place and takes the second entry
// back: its messages are cancelled, or it counts as sent.
func TestUndoAgainstTheWorkers(t *testing.T) {
	// Each case gets a notice whose first message waits, and posts the second entry itself.
	type scene struct {
		*testing.T
		s    *Store
		c    *clock
		id   string
		post func() string
	}
	drain := func(x scene, state status.DeliveryState) {
		for d := claimOne(x, x.s, status.Email); d.ID != ""; d = claimOne(x, x.s, status.Email) {
			fixLetter(x, x.s, d.ID)
			d.NextAt = x.c.read().Add(time.Hour)
			finish(x, x.s, d, state)
		}
	}
	cases := []struct {
		name string
		sent bool
		play func(x scene) string
	}{
		{"held", false, func(x scene) string { drain(x, status.Sent); return x.post() }},
		{"the hold is over", false, func(x scene) string {
			drain(x, status.Sent)
			defer x.c.add(30 * time.Second)
			return x.post()
		}},
		{"expanded in part", false, func(x scene) string {
			drain(x, status.Sent)
			entry := x.post()
			x.c.add(30 * time.Second)
			if made, _, err := x.s.ExpandEvents(x.Context(), 1); err != nil || made != 1 {
				x.Fatalf("made %d (%v)", made, err)
			}
			return entry
		}},
		{"expanded", false, func(x scene) string {
			drain(x, status.Sent)
			entry := x.post()
			expandAll(x, x.s, x.c)
			return entry
		}},
		{"claimed", true, func(x scene) string {
			drain(x, status.Sent)
			entry := x.post()
			expandAll(x, x.s, x.c)
			claimOne(x, x.s, status.Email)
			return entry
		}},
		{"written", true, func(x scene) string {
			drain(x, status.Sent)
			entry := x.post()
			expandAll(x, x.s, x.c)
			fixLetter(x, x.s, claimOne(x, x.s, status.Email).ID)
			return entry
		}},
		{"sent", true, func(x scene) string {
			drain(x, status.Sent)
			entry := x.post()
			expandAll(x, x.s, x.c)
			drain(x, status.Sent)
			return entry
		}},
		{"tried once", true, func(x scene) string {
			drain(x, status.Sent)
			entry := x.post()
			expandAll(x, x.s, x.c)
			drain(x, status.Waiting)
			return entry
		}},
		{"the first one waits", false, func(x scene) string { return x.post() }},
		{"the first one is being written", true, func(x scene) string {
			claimOne(x, x.s, status.Email)
			return x.post()
		}},
		{"the first one was written before", false, func(x scene) string {
			fixLetter(x, x.s, claimOne(x, x.s, status.Email).ID)
			return x.post()
		}},
		{"the first one shows the second", true, func(x scene) string {
			entry := x.post()
			d := claimOne(x, x.s, status.Email)
			fixLetter(x, x.s, d.ID)
			finish(x, x.s, d, status.Sent)
			return entry
		}},
	}
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		reader(t, s, "ann@example.com")
		reader(t, s, "bob@example.com")
		for _, this := range cases {
			execute(t, s, `DELETE FROM deliveries`)
			execute(t, s, `UPDATE events SET expanded = TRUE`)
			id := told(t, s, c, "Outage")
			entry := this.play(scene{t, s, c, id, func() string {
				c.add(time.Second)
				return posted(t, s, id, status.Change{Body: new("Wrong.")})
			}})
			before := must(s.Incident(t.Context(), id))(t)
			u := *before.Latest()
			reach := must(s.Reach(t.Context(), &before))(t)
			if reach.Sent != this.sent || reach.Entry != entry || reach.First {
				t.Errorf("%s: reach %+v", this.name, reach)
			}
			_, err := s.UndoUpdate(t.Context(), staff, Undo{Incident: id, Update: entry, Unsent: true})
			if (err != nil) != this.sent {
				t.Errorf("%s: %v", this.name, err)
			}
			after := must(s.Incident(t.Context(), id))(t)
			if this.sent {
				fault(t, err, status.CodeConflict, "incident_update", sentAlready)
				if diff := cmp.Diff(before, after, cmpopts.IgnoreUnexported(status.Incident{})); diff != "" {
					t.Errorf("%s: refused, but changed\n%s", this.name, diff)
				}
				must(s.UndoUpdate(t.Context(), staff, Undo{Incident: id, Update: entry}))(t)
				after = must(s.Incident(t.Context(), id))(t)
			}
			if n := len(after.Updates); after.Latest().ID == entry || len(after.Drafts) != 1 || (n == 2) != this.sent {
				t.Errorf("%s: %d entries, %d drafts", this.name, n, len(after.Drafts))
			}
			if n := ofEntry(t, s, u, status.Waiting); n != 0 {
				t.Errorf("%s: %d messages still wait", this.name, n)
			}
			if n := count(t, s, `SELECT COUNT(*) FROM deliveries WHERE state = 'cancelled' AND attempts > 0 AND event_id = ?`, u.Told()[0]); n != 0 && !this.sent {
				t.Errorf("%s: %d cancelled and sent", this.name, n)
			}
			expandAll(t, s, c)
			if n := ofEntry(t, s, u, status.Waiting); n != 0 {
				t.Errorf("%s: %d messages come afterwards", this.name, n)
			}
		}
	})
}

// TestUndoRacesTheWorkers: while workers expand and claim, an entry is taken back. Either
// none of its messages was ever claimed, or it counts as sent.
func TestUndoRacesTheWorkers(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		for _, address := range []string{"ann@example.com", "bob@example.com", "cat@example.com"} {
			reader(t, s, address)
		}
		undone, refused := 0, 0
		for round := range 24 {
			id := openNotice(t, s, outage("Outage", nil)).ObjectID
			c.add(30 * time.Second)
			for range round / 6 { // where the workers are when the undo comes
				if _, _, err := s.ExpandEvents(t.Context(), 1); err != nil {
					t.Fatal(err)
				}
			}
			var wait sync.WaitGroup
			wait.Go(func() {
				for range 4 {
					if _, _, err := s.ExpandEvents(t.Context(), 1); err != nil {
						t.Error(err)
					}
					if _, _, err := s.Exchange(t.Context(), status.Email, worker, 20*time.Second, nil, nil, 1); err != nil {
						t.Error(err)
					}
				}
			})
			var err error
			wait.Go(func() {
				for range round % 6 { // the writer's queue is shared: come later in it
					_ = s.write(t.Context(), func(*tx) error { return errNothing })
				}
				_, err = s.Withdraw(t.Context(), staff, id, 0)
			})
			wait.Wait()
			taken := count(t, s, `SELECT COUNT(*) FROM deliveries WHERE incident_id = ? AND attempts > 0`, id)
			n := must(s.Incident(t.Context(), id))(t)
			switch {
			case err == nil && (taken != 0 || !n.Draft):
				t.Errorf("taken back, but %d were claimed", taken)
			case err == nil:
				undone++
			default:
				refused++
				fault(t, err, status.CodeConflict, "incident.draft", sentAlready)
				if taken == 0 || n.Draft {
					t.Errorf("refused, but %d were claimed", taken)
				}
			}
			if n := count(t, s, `SELECT COUNT(*) FROM deliveries WHERE incident_id = ? AND state = 'waiting'`, id); err == nil && n != 0 {
				t.Errorf("taken back, but %d wait", n)
			}
			execute(t, s, `UPDATE events SET expanded = TRUE`)
			execute(t, s, `DELETE FROM deliveries`)
		}
		t.Logf("%d taken back, %d were sent", undone, refused)
	})
}

func TestUndoUpdate(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		api := addComponent(t, s, "API")
		endpoint := hook(t, s, "https://example.com/hook")
		expandAll(t, s, c)
		id := openNotice(t, s, outage("Outage", nil)).ObjectID
		c.add(time.Minute)
		entry := posted(t, s, id, status.Change{Body: new("Wrong."), Components: map[string]status.Level{api: status.MajorOutage}})
		before := must(s.Incident(t.Context(), id))(t)
		reach := must(s.Reach(t.Context(), &before))(t)
		if want := (Reach{Entry: entry, Until: c.read().Add(30 * time.Second)}); reach != want {
			t.Errorf("reach %+v, want %+v", reach, want)
		}
		c.add(10 * time.Second)
		_, err := s.UndoUpdate(t.Context(), staff, Undo{Incident: id, Update: entry, Version: 1})
		fault(t, err, status.CodeConflict, "version",
			"This incident was changed meanwhile: you saw version 1, it is now version 2. Load it again and repeat your change.")
		r := must(s.UndoUpdate(t.Context(), staff, Undo{Incident: id, Update: entry, Version: 2}))(t)
		if r.ObjectID != id || r.Version != 3 || r.Revision != before.Revision+1 {
			t.Errorf("receipt %+v", r)
		}
		n := must(s.Incident(t.Context(), id))(t)
		if level(t, s, api) != status.Operational || len(n.Updates) != 1 || n.Drafts[0].Body != "Wrong." || n.Drafts[0].Components[api] != status.MajorOutage {
			t.Errorf("%s, %+v", level(t, s, api), n)
		}
		want := []status.EventType{status.ComponentUpdated, status.IncidentUpdated}
		if got := eventTypes(t, s, r.Revision-1); !slices.Equal(got, want) {
			t.Errorf("events %v", got)
		}
		expandAll(t, s, c) // the first entry is told; neither the undone one nor its component
		if got := states(t, s, endpoint.ID); got != "waiting" {
			t.Errorf("the endpoint is told %q", got)
		}
		_, err = s.UndoUpdate(t.Context(), staff, Undo{Incident: id, Update: entry})
		fault(t, err, status.CodeNotFound, "", `There is no incident update "`+entry+`".`)
		_, err = s.UndoUpdate(t.Context(), staff, Undo{Incident: "nobody", Update: entry})
		fault(t, err, status.CodeNotFound, "", `There is no incident "nobody".`)
		if a := must(s.Audit(t.Context(), 1, ""))(t)[0]; a.Action != "incident.undo" || a.Object != id || a.Actor != staff.Actor {
			t.Errorf("audit %+v", a)
		}
	})
}

// Of a component's messages, too, one that a worker has makes the entry a sent one.
func TestUndoCountsTheComponents(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		api := addComponent(t, s, "API")
		endpoint := hook(t, s, "https://example.com/hook", scoped(status.Scope{ComponentIDs: []string{api}, Kinds: []status.Kind{status.Maintenance}}))
		expandAll(t, s, c)
		id := openNotice(t, s, outage("Outage", nil)).ObjectID
		c.add(time.Minute)
		entry := posted(t, s, id, status.Change{Body: new("Wrong."), Components: map[string]status.Level{api: status.MajorOutage}})
		expandAll(t, s, c)
		d := claimOne(t, s, status.Webhook)
		if d.IncidentID != "" {
			t.Fatalf("claimed %+v", d)
		}
		finish(t, s, d, status.Sent)
		_, err := s.UndoUpdate(t.Context(), staff, Undo{Incident: id, Update: entry, Unsent: true})
		fault(t, err, status.CodeConflict, "incident_update", sentAlready)
		must(s.UndoUpdate(t.Context(), staff, Undo{Incident: id, Update: entry}))(t)
		c.add(time.Second)
		expandAll(t, s, c)
		if got := states(t, s, endpoint.ID); got != "sent waiting" {
			t.Errorf("%q: whoever was told of the level hears that it is over", got)
		}
	})
}

// A message that gave way to one that is taken back waits again: its own entry was never told.
func TestUndoRevivesWhatGaveWay(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ann := reader(t, s, "ann@example.com")
		id := told(t, s, c, "Outage")
		posted(t, s, id, status.Change{Body: new("Two.")})
		expandAll(t, s, c)
		three := posted(t, s, id, status.Change{Body: new("Three."), Stage: ptr(status.Resolved)})
		expandAll(t, s, c)
		if got := states(t, s, ann.ID); got != "superseded superseded waiting" {
			t.Fatalf("before: %s", got)
		}
		must(s.UndoUpdate(t.Context(), staff, Undo{Incident: id, Update: three, Unsent: true}))(t)
		if got := states(t, s, ann.ID); got != "superseded waiting cancelled" {
			t.Fatalf("after: %s", got)
		}
		d := claimOne(t, s, status.Email)
		_, v, err := s.News(t.Context(), d.ID)
		if err != nil || v.Events[0].Type != status.IncidentUpdated || v.Incidents[0].Latest().Body != "Two." || !v.Incidents[0].Open() {
			t.Errorf("it tells %+v (%v)", v.Events, err)
		}
		fixLetter(t, s, d.ID)
		finish(t, s, d, status.Sent)
		four := posted(t, s, id, status.Change{Body: new("Four.")})
		expandAll(t, s, c)
		must(s.UndoUpdate(t.Context(), staff, Undo{Incident: id, Update: four, Unsent: true}))(t)
		if got := states(t, s, ann.ID); got != "superseded sent cancelled cancelled" {
			t.Errorf("what was told is not told again: %s", got)
		}
	})
}

// A text that is gone must not leave in a message that was written with it.
func TestTombstoneFreesLetters(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		reader(t, s, "ann@example.com")
		id := told(t, s, c, "Outage")
		entry := posted(t, s, id, status.Change{Body: new("Secret.")})
		d := claimOne(t, s, status.Email)
		key, _ := fixLetter(t, s, d.ID)
		d.NextAt = c.read()
		finish(t, s, d, status.Waiting)
		must(s.UndoUpdate(t.Context(), staff, Undo{Incident: id, Update: entry}))(t)
		if n := must(s.Incident(t.Context(), id))(t); !n.Updates[0].Deleted || n.Updates[0].Body != "" || n.Drafts[0].Body != "Secret." {
			t.Errorf("%+v", n.Updates[0])
		}
		again := claimOne(t, s, status.Email)
		if again.ID != d.ID {
			t.Fatalf("claimed %+v", again)
		}
		if got := must(s.LetterOf(t.Context(), again.ID))(t); got != "" {
			t.Errorf("it still says %s (%s)", got, key)
		}
		_, err := s.UndoUpdate(t.Context(), staff, Undo{Incident: id, Update: entry})
		fault(t, err, status.CodeNotFound, "", `There is no incident update "`+entry+`".`)
	})
}

func TestWithdraw(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		api := addComponent(t, s, "API")
		ann := reader(t, s, "ann@example.com")
		r := openNotice(t, s, outage("Outage", map[string]status.Level{api: status.MajorOutage}))
		id := r.ObjectID
		c.add(29 * time.Second)
		n := must(s.Incident(t.Context(), id))(t)
		if reach := must(s.Reach(t.Context(), &n))(t); !reach.First || reach.Sent || !reach.Until.Equal(c.read().Add(time.Second)) {
			t.Errorf("reach %+v", reach)
		}
		by := By{Actor: "ada@example.org", Once: &Once{Scope: "form", Key: "k", Hash: "h"}}
		back := must(s.Withdraw(t.Context(), by, id, 1))(t)
		if again := must(s.Withdraw(t.Context(), by, id, 1))(t); !again.Replayed || again.ObjectID != id {
			t.Errorf("pressed twice: %+v", again)
		}
		_, err := s.PublicIncident(t.Context(), id)
		fault(t, err, status.CodeNotFound, "", `There is no incident "`+id+`".`)
		v := must(s.Public(t.Context(), r.Revision))(t)
		if len(v.Incidents) != 0 || level(t, s, api) != status.Operational || !v.UpdatedAt().Equal(c.read()) {
			t.Errorf("view %+v", v)
		}
		if got := eventTypes(t, s, back.Revision-1); !slices.Equal(got, []status.EventType{status.ComponentUpdated, status.IncidentWithdrawn}) {
			t.Errorf("events %v", got)
		}
		if made := expandAll(t, s, c); made != 0 || states(t, s, ann.ID) != "" {
			t.Errorf("%d are told", made)
		}
		_, err = s.Withdraw(t.Context(), staff, id, 0)
		fault(t, err, status.CodeConflict, "incident.draft", "This notice is a draft already.")
		if a := must(s.Audit(t.Context(), 1, ""))(t)[0]; a.Action != "incident.withdraw" {
			t.Errorf("audit %+v", a)
		}
		n = must(s.Incident(t.Context(), id))(t)
		if reach := must(s.Reach(t.Context(), &n))(t); reach != (Reach{}) {
			t.Errorf("a draft reaches %+v", reach)
		}
		change(t, s, id, status.Change{Draft: new(false)})
		if made := expandAll(t, s, c); made != 1 || level(t, s, api) != status.MajorOutage {
			t.Errorf("published again, %d are told", made)
		}
		fixLetter(t, s, claimOne(t, s, status.Email).ID)
		_, err = s.Withdraw(t.Context(), staff, id, 0)
		fault(t, err, status.CodeConflict, "incident.draft", sentAlready)
		if level(t, s, api) != status.MajorOutage {
			t.Error("refused, but moved")
		}
		_, err = s.Withdraw(t.Context(), staff, id, 1)
		fault(t, err, status.CodeConflict, "version",
			"This incident was changed meanwhile: you saw version 1, it is now version 3. Load it again and repeat your change.")
		_, err = s.Withdraw(t.Context(), staff, "nobody", 0)
		fault(t, err, status.CodeNotFound, "", `There is no incident "nobody".`)
	})
}

func TestWithdrawOfWhatNobodyWasTold(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		reader(t, s, "ann@example.com")
		quiet := window("disks", time.Hour, 2*time.Hour)
		quiet.Notify = new(false)
		r := openNotice(t, s, quiet)
		n := must(s.Incident(t.Context(), r.ObjectID))(t)
		if reach := must(s.Reach(t.Context(), &n))(t); reach.Sent || !reach.Until.IsZero() {
			t.Errorf("reach %+v", reach)
		}
		c.add(90 * 24 * time.Hour)
		must(s.Withdraw(t.Context(), staff, r.ObjectID, 0))(t)
		if got := eventTypes(t, s, r.Revision); !slices.Equal(got, []status.EventType{status.MaintenanceWithdrawn}) {
			t.Errorf("events %v", got)
		}
		// Messages are forgotten after a while; what was to be told then counts as sent.
		loud := openNotice(t, s, outage("Outage", nil)).ObjectID
		c.add(31 * 24 * time.Hour)
		_, err := s.Withdraw(t.Context(), staff, loud, 0)
		fault(t, err, status.CodeConflict, "incident.draft", sentAlready)
	})
}

// What an imported notice said was told by another page; that is not ours to count.
func TestUndoOfImported(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		id := openNotice(t, s, outage("Outage", nil)).ObjectID
		for _, imported := range []bool{false, true} {
			must(s.EditIncident(t.Context(), staff, id, 0, func(n *status.Incident, site *status.Site) error {
				n.Imported, n.Updates[0].Trace = imported, nil
				return n.Apply(site, status.NewID(), status.Change{Urgency: ptr(status.UrgencyHigh)})
			}))(t)
			if _, err := s.Withdraw(t.Context(), staff, id, 0); (err == nil) != imported {
				t.Errorf("imported %v: %v", imported, err)
			}
		}
	})
}
