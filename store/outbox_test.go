package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// told opens a notice, lets its hold pass and expands it. It returns the notice's id.
func told(t testing.TB, s *Store, c *clock, name string) string {
	t.Helper()
	id := openNotice(t, s, outage(name, nil)).ObjectID
	expandAll(t, s, c)
	return id
}

// expandAll lets holds pass and expands everything; it returns the number of deliveries.
func expandAll(t testing.TB, s *Store, c *clock) int {
	t.Helper()
	c.add(30 * time.Second)
	total := 0
	for {
		made, next, err := s.ExpandEvents(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		total += made
		if next.IsZero() || next.After(c.read()) {
			return total
		}
	}
}

// states lists the states of a subscriber's deliveries, oldest first.
func states(t testing.TB, s *Store, subscriber string) string {
	t.Helper()
	var list []string
	err := s.read(t.Context(), func(tx *tx) error {
		rows, err := tx.query(t.Context(), `SELECT state FROM deliveries WHERE subscriber_id = ? ORDER BY asked, created_at`, subscriber)
		if err != nil {
			return err
		}
		list, err = collect(rows, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, " ")
}

func TestExpandInChunks(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		for i := range 7 {
			reader(t, s, fmt.Sprintf("r%d@example.com", i))
		}
		hook(t, s, "https://example.com/hook")
		openNotice(t, s, outage("Outage", nil))
		made, next, err := s.ExpandEvents(t.Context(), 3)
		if err != nil || made != 0 || !next.Equal(c.read().Add(30*time.Second)) {
			t.Errorf("during the hold: made %d, next %v (%v)", made, next, err)
		}
		c.add(30 * time.Second)
		var sizes []int
		for {
			made, next, err := s.ExpandEvents(t.Context(), 3)
			if err != nil {
				t.Fatal(err)
			}
			sizes = append(sizes, made)
			if next.IsZero() {
				break
			}
		}
		if !slices.Equal(sizes, []int{3, 3, 2}) {
			t.Errorf("chunks of %v, want 3 3 2", sizes)
		}
		if n := count(t, s, `SELECT COUNT(DISTINCT subscriber_id) FROM deliveries WHERE state = 'waiting'`); n != 8 {
			t.Errorf("%d subscribers are told, want 8", n)
		}
	})
}

// A crash between two chunks leaves the cursor of the last one that was committed; a
// repeated chunk must not tell anybody twice.
func TestExpandRepeated(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		for i := range 4 {
			reader(t, s, fmt.Sprintf("r%d@example.com", i))
		}
		told(t, s, c, "Outage")
		execute(t, s, `UPDATE events SET expanded = FALSE, cursor = ''`)
		if made := expandAll(t, s, c); made != 0 {
			t.Errorf("made %d deliveries again", made)
		}
		if n := count(t, s, `SELECT COUNT(*) FROM deliveries`); n != 4 {
			t.Errorf("%d deliveries, want 4", n)
		}
	})
}

func TestExpandAsksTheScope(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		api, web := addComponent(t, s, "API"), addComponent(t, s, "Web")
		group := addGroup(t, s, "Core", api)
		all := reader(t, s, "all@example.com")
		inGroup := reader(t, s, "group@example.com", scoped(status.Scope{GroupIDs: []string{group}}))
		other := reader(t, s, "web@example.com", scoped(status.Scope{ComponentIDs: []string{web}}))
		ended := reader(t, s, "left@example.com", func(sub *status.Subscriber) { sub.State = status.Ended })
		endpoint := hook(t, s, "https://example.com/hook", scoped(status.Scope{ComponentIDs: []string{api}}))
		expandAll(t, s, c) // what making the components told
		openNotice(t, s, outage("Outage", map[string]status.Level{api: status.MajorOutage}))
		c.add(time.Second)
		late := reader(t, s, "late@example.com")
		expandAll(t, s, c)
		for _, want := range []struct {
			who    string
			id     string
			states string
		}{
			{"everything", all.ID, "waiting"}, {"the group", inGroup.ID, "waiting"}, {"another component", other.ID, ""},
			{"ended", ended.ID, ""}, {"the notice and its component", endpoint.ID, "waiting waiting"}, {"too late", late.ID, ""},
		} {
			if got := states(t, s, want.id); got != want.states {
				t.Errorf("%s: %q, want %q", want.who, got, want.states)
			}
		}
	})
}

func TestNewerReplacesOlder(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		all := reader(t, s, "all@example.com")
		ends := reader(t, s, "ends@example.com", scoped(status.Scope{Level: "start_and_end"}))
		id := told(t, s, c, "Outage")
		change(t, s, id, status.Change{Body: new("Still looking.")})
		expandAll(t, s, c)
		if got := states(t, s, all.ID); got != "superseded waiting" {
			t.Errorf("all updates: %s", got)
		}
		if got := states(t, s, ends.ID); got != "waiting" {
			t.Errorf("start and end: %s", got)
		}
		change(t, s, id, resolving("Fixed."))
		expandAll(t, s, c)
		if got := states(t, s, all.ID); got != "superseded superseded waiting" {
			t.Errorf("all updates, at the end: %s", got)
		}
		if got := states(t, s, ends.ID); got != "superseded waiting" {
			t.Errorf("start and end, at the end: %s", got)
		}
	})
}

// Two updates within one hold are one mail: it was rendered when both were there.
func TestMergedWithinTheHold(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ann := reader(t, s, "ann@example.com")
		id := openNotice(t, s, outage("Outage", nil)).ObjectID
		c.add(20 * time.Second)
		change(t, s, id, status.Change{Body: new("More.")})
		c.add(10 * time.Second)
		if made, _, err := s.ExpandEvents(t.Context(), 10); err != nil || made != 1 {
			t.Fatalf("made %d (%v), want 1", made, err)
		}
		d := claimOne(t, s, status.Email)
		fixLetter(t, s, d.ID)
		finish(t, s, d, status.Sent)
		expandAll(t, s, c)
		if got := states(t, s, ann.ID); got != "sent" {
			t.Errorf("%s: the second update was in the first mail already", got)
		}
		change(t, s, id, status.Change{Body: new("Still more.")})
		expandAll(t, s, c)
		if got := states(t, s, ann.ID); got != "sent waiting" {
			t.Errorf("%s after a third update", got)
		}
	})
}

func TestWithdrawnNoticeIsNotTold(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ann := reader(t, s, "ann@example.com")
		id := openNotice(t, s, outage("Outage", nil)).ObjectID
		execute(t, s, `DELETE FROM incidents WHERE id = '`+id+`'`)
		if made := expandAll(t, s, c); made != 0 || states(t, s, ann.ID) != "" {
			t.Errorf("%d deliveries for a notice that is gone", made)
		}
		other := told(t, s, c, "Other")
		if _, err := s.DeleteIncident(t.Context(), By{Actor: "t"}, other); err != nil {
			t.Fatal(err)
		}
		d := claimOne(t, s, status.Email)
		if d.ID != "" {
			_, _, err := s.News(t.Context(), d.ID)
			fault(t, err, status.CodeNotFound, "", `There is no incident "`+other+`".`)
		}
	})
}

func TestDisableFailing(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		dead, flaky := hook(t, s, "https://example.com/dead"), hook(t, s, "https://example.com/flaky")
		fail := func(sub string, state status.DeliveryState) {
			told(t, s, c, "Outage")
			for {
				d := claimOne(t, s, status.Webhook)
				if d.ID == "" {
					return
				}
				d.Answer = "The endpoint answered 500."
				if d.SubscriberID == sub && state == status.Sent {
					finish(t, s, d, status.Sent)
				} else {
					finish(t, s, d, status.Failed)
				}
			}
		}
		fail("", status.Failed)
		c.add(60 * time.Hour)
		fail(flaky.ID, status.Sent)
		fail("", status.Failed)
		c.add(61 * time.Hour)
		if n := must(s.DisableFailing(t.Context(), c.read().Add(-120*time.Hour)))(t); n != 1 {
			t.Errorf("disabled %d, want 1", n)
		}
		if got := must(s.Subscriber(t.Context(), dead.ID))(t); got.State != status.Suppressed {
			t.Errorf("the dead endpoint is %s", got.State)
		}
		if got := must(s.Subscriber(t.Context(), flaky.ID))(t); got.State != status.Active {
			t.Errorf("the flaky endpoint is %s", got.State)
		}
		since, last, err := s.Failure(t.Context(), dead.ID)
		if err != nil || c.read().Sub(since) < 120*time.Hour || last != "The endpoint answered 500." {
			t.Errorf("failing since %v: %q (%v)", since, last, err)
		}
		if since, last, err := s.Failure(t.Context(), flaky.ID); err != nil || since.IsZero() || c.read().Sub(since) > 62*time.Hour {
			t.Errorf("the flaky one has failed since %v: %q (%v)", since, last, err)
		}
		d := claimOne(t, s, status.Email)
		if d.Kind != status.DisabledMessage || d.SubscriberID != dead.ID {
			t.Errorf("the owner is told by %+v", d)
		}
	})
}
