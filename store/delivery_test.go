package store

import (
	"testing"
	"time"

	"allclear/status"
)

const worker = "worker"

// claimOne claims one due delivery; the zero Delivery when there is none.
func claimOne(t testing.TB, s *Store, channel status.Channel) status.Delivery {
	t.Helper()
	list, _, err := s.Exchange(t.Context(), channel, worker, 20*time.Second, nil, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		return status.Delivery{}
	}
	return list[0]
}

// finish records what became of a delivery.
func finish(t testing.TB, s *Store, d status.Delivery, state status.DeliveryState, gone ...string) {
	t.Helper()
	d.State = state
	if _, _, err := s.Exchange(t.Context(), d.Channel, worker, 20*time.Second, []status.Delivery{d}, gone, 0); err != nil {
		t.Fatal(err)
	}
}

func fixLetter(t testing.TB, s *Store, delivery string) (key string, revision int64) {
	t.Helper()
	key, v, err := s.News(t.Context(), delivery)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.FixLetter(t.Context(), delivery, key, v.Revision, []byte(`{"subject":"`+key+`"}`)); err != nil {
		t.Fatal(err)
	}
	return key, v.Revision
}

func TestClaimIsExclusive(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		reader(t, s, "ann@example.com")
		reader(t, s, "bob@example.com")
		hook(t, s, "https://example.com/hook")
		told(t, s, c, "Outage")
		first, _, err := s.Exchange(t.Context(), status.Email, worker, 20*time.Second, nil, nil, 10)
		if err != nil || len(first) != 2 {
			t.Fatalf("claimed %d (%v), want both mails", len(first), err)
		}
		for _, d := range first {
			if d.State != status.Sending || d.Attempts != 1 || d.FirstAt == nil || !d.FirstAt.Equal(c.read()) {
				t.Errorf("claimed %+v", d)
			}
		}
		if d := claimOne(t, s, status.Email); d.ID != "" {
			t.Errorf("claimed twice: %+v", d)
		}
		if d := claimOne(t, s, status.Webhook); d.ID == "" {
			t.Error("the webhook is not held up by mails")
		}
	})
}

func TestNewerWaitsForTheOneInFlight(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ann := reader(t, s, "ann@example.com")
		id := told(t, s, c, "Outage")
		inFlight := claimOne(t, s, status.Email)
		fixLetter(t, s, inFlight.ID)
		change(t, s, id, status.Change{Body: new("More.")})
		expandAll(t, s, c)
		if d := claimOne(t, s, status.Email); d.ID != "" {
			t.Errorf("the newer overtook the one in flight: %+v", d)
		}
		inFlight.NextAt = c.read().Add(time.Minute)
		finish(t, s, inFlight, status.Waiting)
		if got := states(t, s, ann.ID); got != "superseded waiting" {
			t.Errorf("%s: a failed older one gives way to the newer", got)
		}
		newer := claimOne(t, s, status.Email)
		if newer.ID == "" || newer.ID == inFlight.ID {
			t.Errorf("then the newer is sent, got %+v", newer)
		}
	})
}

func TestRetryWaits(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ann := reader(t, s, "ann@example.com")
		told(t, s, c, "Outage")
		d := claimOne(t, s, status.Email)
		first := c.read()
		d.State, d.NextAt, d.Ambiguous, d.Answer = status.Waiting, c.read().Add(time.Minute), true, "451 later"
		_, next, err := s.Exchange(t.Context(), status.Email, worker, 20*time.Second, []status.Delivery{d}, nil, 1)
		if err != nil || !next.Equal(d.NextAt) {
			t.Errorf("next %v (%v), want %v", next, err, d.NextAt)
		}
		c.add(time.Minute)
		again := claimOne(t, s, status.Email)
		if again.ID != d.ID || again.Attempts != 2 || !again.FirstAt.Equal(first) || !again.Ambiguous || again.Answer != "451 later" {
			t.Errorf("tried again as %+v", again)
		}
		if _, err := s.EditSubscriber(t.Context(), ann.ID, func(sub *status.Subscriber) error { sub.End(c.read()); return nil }); err != nil {
			t.Fatal(err)
		}
		again.NextAt = c.read().Add(time.Minute)
		finish(t, s, again, status.Waiting)
		if got := states(t, s, ann.ID); got != "cancelled" {
			t.Errorf("%s: who left during the attempt is not tried again", got)
		}
	})
}

func TestLetterIsShared(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		reader(t, s, "ann@example.com")
		reader(t, s, "bob@example.com")
		id := told(t, s, c, "Outage")
		ann := claimOne(t, s, status.Email)
		if key := must(s.LetterOf(t.Context(), ann.ID))(t); key != "" {
			t.Errorf("fixed before it was written: %s", key)
		}
		key, _ := fixLetter(t, s, ann.ID)
		bob := claimOne(t, s, status.Email)
		if got := must(s.LetterOf(t.Context(), bob.ID))(t); got != key {
			t.Errorf("the second recipient's letter is %q, want %q", got, key)
		}
		change(t, s, id, status.Change{Body: new("More.")})
		bob.NextAt = c.read()
		finish(t, s, bob, status.Waiting)
		again := claimOne(t, s, status.Email)
		if got := must(s.LetterOf(t.Context(), again.ID))(t); again.ID != bob.ID || got != key {
			t.Errorf("a repeated attempt says %q, want the same as before, %q", got, key)
		}
		data := must(s.Letter(t.Context(), key))(t)
		if string(data) != `{"subject":"`+key+`"}` {
			t.Errorf("the letter is %s", data)
		}
	})
}

func TestNewsIsTheNewestState(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		api := addComponent(t, s, "API")
		hook(t, s, "https://example.com/hook", scoped(status.Scope{Level: "start_and_end"}))
		reader(t, s, "ann@example.com")
		expandAll(t, s, c)
		id := openNotice(t, s, outage("Outage", map[string]status.Level{api: status.MajorOutage})).ObjectID
		expandAll(t, s, c)
		change(t, s, id, status.Change{Body: new("Identified."), Stage: ptr(status.Identified)})
		var ofNotice, ofComponent int
		for d := claimOne(t, s, status.Webhook); d.ID != ""; d = claimOne(t, s, status.Webhook) {
			_, v, err := s.News(t.Context(), d.ID)
			if err != nil || len(v.Events) != 1 {
				t.Fatalf("news %+v: %v", v, err)
			}
			e := v.Events[0]
			if d.IncidentID == "" {
				ofComponent++
				if e.Type != status.ComponentUpdated || e.ComponentID != api || v.Component(api).Level != status.MajorOutage {
					t.Errorf("component event %+v", e)
				}
				continue
			}
			ofNotice++
			if n := v.Incident(id); n == nil || n.Stage != status.Identified || len(n.Updates) != 2 {
				t.Errorf("the notice is %+v", n)
			}
			if e.Type != status.IncidentCreated || e.Sequence != 2 {
				t.Errorf("event %+v, want created at sequence 2", e)
			}
		}
		if ofNotice != 1 || ofComponent != 1 {
			t.Errorf("%d of the notice and %d of the component, want one each", ofNotice, ofComponent)
		}
		change(t, s, id, resolving("Fixed."))
		_, v, err := s.News(t.Context(), claimOne(t, s, status.Email).ID)
		if err != nil || v.Events[0].Type != status.IncidentResolved {
			t.Errorf("after the end the message tells of it: %+v (%v)", v.Events, err)
		}
	})
}

func TestSuppress(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ann := reader(t, s, "ann@example.com")
		told(t, s, c, "One")
		told(t, s, c, "Two")
		d := claimOne(t, s, status.Email)
		d.Answer = "550 no such user"
		finish(t, s, d, status.Failed, ann.ID)
		if got := must(s.Subscriber(t.Context(), ann.ID))(t); got.State != status.Suppressed || got.EndedAt == nil {
			t.Errorf("the subscription is %+v", got)
		}
		if n := count(t, s, `SELECT COUNT(*) FROM deliveries WHERE state = 'cancelled'`); n != 1 {
			t.Errorf("%d cancelled, want the other one", n)
		}
		count, ambiguous, err := s.Progress(t.Context(), d.IncidentID)
		if err != nil || count[status.Failed] != 1 || ambiguous != 0 {
			t.Errorf("progress %v, %d ambiguous (%v)", count, ambiguous, err)
		}
	})
}

func TestRecover(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ann := reader(t, s, "ann@example.com")
		id := told(t, s, c, "Outage")
		d := claimOne(t, s, status.Email)
		fixLetter(t, s, d.ID)
		if n := must(s.RecoverDeliveries(t.Context(), false))(t); n != 0 {
			t.Errorf("freed %d whose lease lasts", n)
		}
		c.add(15 * time.Second)
		if err := s.RenewLeases(t.Context(), worker, 20*time.Second); err != nil {
			t.Fatal(err)
		}
		c.add(15 * time.Second)
		if n := must(s.RecoverDeliveries(t.Context(), false))(t); n != 0 {
			t.Errorf("freed %d whose lease was renewed", n)
		}
		if !s.dialect.postgres {
			if n := must(s.RecoverDeliveries(t.Context(), true))(t); n != 1 {
				t.Errorf("at the start %d were freed, want 1", n)
			}
			claimOne(t, s, status.Email)
		}
		c.add(21 * time.Second)
		if n := must(s.RecoverDeliveries(t.Context(), false))(t); n != 1 {
			t.Errorf("freed %d after the lease, want 1", n)
		}
		claimOne(t, s, status.Email)
		change(t, s, id, status.Change{Body: new("More.")})
		expandAll(t, s, c)
		must(s.RecoverDeliveries(t.Context(), false))(t)
		if got := states(t, s, ann.ID); got != "superseded waiting" {
			t.Errorf("%s: a dead worker's message gives way to the newer", got)
		}
	})
}

// A lease that was lost does not make a mail unsent.
func TestSentCountsWithoutALease(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ann := reader(t, s, "ann@example.com")
		told(t, s, c, "Outage")
		d := claimOne(t, s, status.Email)
		c.add(time.Minute)
		must(s.RecoverDeliveries(t.Context(), false))(t)
		finish(t, s, d, status.Sent)
		if got := states(t, s, ann.ID); got != "sent" {
			t.Errorf("%s, want sent", got)
		}
		late := d
		late.NextAt = c.read()
		finish(t, s, late, status.Waiting)
		if got := states(t, s, ann.ID); got != "sent" {
			t.Errorf("%s: what was sent stays sent", got)
		}
	})
}

func TestPurgeDeliveries(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		reader(t, s, "ann@example.com")
		open, over := told(t, s, c, "Open"), told(t, s, c, "Over")
		for range 2 {
			d := claimOne(t, s, status.Email)
			fixLetter(t, s, d.ID)
			finish(t, s, d, status.Sent)
		}
		change(t, s, over, resolving("Fixed."))
		c.add(91 * 24 * time.Hour)
		if n := must(s.PurgeDeliveries(t.Context(), c.read().Add(-90*24*time.Hour)))(t); n != 1 {
			t.Errorf("purged %d, want that of the notice that is over", n)
		}
		if n := count(t, s, `SELECT COUNT(*) FROM deliveries WHERE subject = '`+open+`'`); n != 1 {
			t.Error("what was told of an open notice must be remembered")
		}
		if n := count(t, s, `SELECT COUNT(*) FROM letters`); n != 1 {
			t.Errorf("%d letters are kept, want 1", n)
		}
	})
}
