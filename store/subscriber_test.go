package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"allclear/status"
)

// reader is an active mail subscription that was confirmed now.
func reader(t testing.TB, s *Store, address string, edit ...func(*status.Subscriber)) status.Subscriber {
	t.Helper()
	now := s.now()
	sub := status.Subscriber{
		ID: status.NewID(), Channel: status.Email, Address: address, State: status.Active, Locale: "en", Generation: 1,
		Consent:   status.Consent{Source: "page", URL: "https://status.example.com/subscribe", TextVersion: "1", AskedAt: now},
		CreatedAt: now, ConfirmedAt: &now,
	}
	for _, e := range edit {
		e(&sub)
	}
	ask(t, s, sub, func(*status.Subscriber, int, time.Time) (status.Subscriber, bool, bool, bool) {
		return sub, true, false, false
	})
	return sub
}

func hook(t testing.TB, s *Store, endpoint string, edit ...func(*status.Subscriber)) status.Subscriber {
	t.Helper()
	webhook := func(sub *status.Subscriber) {
		sub.Channel, sub.Endpoint, sub.Format, sub.Secrets = status.Webhook, endpoint, "statuspage", []string{"sealed"}
	}
	return reader(t, s, "owner@example.com", append([]func(*status.Subscriber){webhook}, edit...)...)
}

func scoped(scope status.Scope) func(*status.Subscriber) {
	return func(sub *status.Subscriber) { sub.Scope = scope }
}

func ask(t testing.TB, s *Store, sub status.Subscriber, decide func(*status.Subscriber, int, time.Time) (status.Subscriber, bool, bool, bool)) {
	t.Helper()
	if err := s.AskSubscriber(t.Context(), sub, "box of "+sub.Address, decide); err != nil {
		t.Fatal(err)
	}
}

func TestSubscriberIsKept(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		paused := s.now().Add(time.Hour)
		want := hook(t, s, "https://example.com/hook", scoped(status.Scope{
			ComponentIDs: []string{"a"}, GroupIDs: []string{"g"}, Kinds: []status.Kind{status.Problem},
			Level: "start_and_end", MinimumSeverity: status.Serious, PausedUntil: &paused,
		}))
		got := must(s.Subscriber(t.Context(), want.ID))(t)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
		_, err := s.Subscriber(t.Context(), "nobody")
		fault(t, err, status.CodeNotFound, "", `There is no subscription "nobody".`)
	})
}

func TestAskFindsTheSameAddress(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		first := status.Subscriber{ID: "first", Channel: status.Email, Address: "Ann@example.com", State: status.Pending, Locale: "en", Generation: 1, CreatedAt: c.read()}
		ask(t, s, first, func(have *status.Subscriber, sent int, last time.Time) (status.Subscriber, bool, bool, bool) {
			if have != nil || sent != 0 {
				t.Errorf("at first: have %v, sent %d", have, sent)
			}
			return first, true, false, true
		})
		asked := c.read()
		c.add(time.Hour)
		again := first
		again.ID, again.Address, again.Locale = "second", "ann@example.com", "de"
		ask(t, s, status.Subscriber{Channel: status.Webhook, Address: "ann@example.com", Endpoint: "https://x.example"}, func(have *status.Subscriber, _ int, _ time.Time) (status.Subscriber, bool, bool, bool) {
			if have != nil {
				t.Errorf("a webhook is another subscription than %v", have)
			}
			return status.Subscriber{}, false, false, false
		})
		if err := s.AskSubscriber(t.Context(), again, "box of Ann@example.com", func(have *status.Subscriber, sent int, last time.Time) (status.Subscriber, bool, bool, bool) {
			if have == nil || have.ID != "first" || sent != 1 || !last.Equal(asked) {
				t.Errorf("again: have %v, sent %d, last %v", have, sent, last)
			}
			again.ID = "first"
			return again, true, false, false
		}); err != nil {
			t.Fatal(err)
		}
		if got := must(s.Subscriber(t.Context(), "first"))(t); got.Locale != "de" || got.State != status.Pending {
			t.Errorf("after the second request: %+v", got)
		}
		if n := count(t, s, `SELECT COUNT(*) FROM deliveries WHERE kind = 'confirm' AND subscriber_id = 'first' AND channel = 'email'`); n != 1 {
			t.Errorf("%d confirmations, want 1", n)
		}
	})
}

func TestConfirmTakesTheWish(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		sub := reader(t, s, "ann@example.com")
		wished := sub
		wished.Scope, wished.Locale = status.Scope{Level: "start_and_end"}, "de"
		ask(t, s, wished, func(have *status.Subscriber, _ int, _ time.Time) (status.Subscriber, bool, bool, bool) {
			return wished, false, true, true
		})
		if got := must(s.Subscriber(t.Context(), sub.ID))(t); got.Scope.Level != "" || got.Locale != "en" {
			t.Errorf("a wish must wait for its confirmation: %+v", got)
		}
		_, err := s.ConfirmSubscriber(t.Context(), sub.ID, func(sub, wish *status.Subscriber) error {
			sub.Scope, sub.Locale = wish.Scope, wish.Locale
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := must(s.Subscriber(t.Context(), sub.ID))(t); got.Scope.Level != "start_and_end" || got.Locale != "de" {
			t.Errorf("confirmed: %+v", got)
		}
		_, err = s.ConfirmSubscriber(t.Context(), sub.ID, func(_, wish *status.Subscriber) error {
			if wish != nil {
				t.Errorf("the wish is still there: %v", wish)
			}
			return errors.New("no")
		})
		if err == nil || err.Error() != "no" {
			t.Errorf("the change's error came back as %v", err)
		}
		if n := count(t, s, `SELECT COUNT(*) FROM askings`); n != 0 {
			t.Errorf("%d mailboxes are still counted after the confirmation", n)
		}
	})
}

func TestEndCancelsWhatWaits(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ann, bob := reader(t, s, "ann@example.com"), reader(t, s, "bob@example.com")
		told(t, s, c, "Outage")
		_, err := s.EditSubscriber(t.Context(), ann.ID, func(sub *status.Subscriber) error {
			sub.End(c.read())
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := states(t, s, ann.ID); got != "cancelled" {
			t.Errorf("after unsubscribing: %s", got)
		}
		if got := states(t, s, bob.ID); got != "waiting" {
			t.Errorf("of somebody else: %s", got)
		}
		told(t, s, c, "Another outage")
		if got := states(t, s, ann.ID); got != "cancelled" {
			t.Errorf("after a further notice: %s", got)
		}
	})
}

func TestOwnDataIsMailedOnceAndErased(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ann, bob := reader(t, s, "ann@example.com"), reader(t, s, "bob@example.com")
		for range 2 {
			if err := s.MailOwnData(t.Context(), ann.ID, c.read().Add(-time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		list := must(s.ToldTo(t.Context(), ann.ID))(t)
		if len(list) != 1 || list[0].Kind != status.OwnDataMessage || list[0].Channel != status.Email {
			t.Errorf("queued: %+v", list)
		}
		if err := s.EraseSubscriber(t.Context(), ann.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Subscriber(t.Context(), ann.ID); status.FaultCode(err) != status.CodeNotFound {
			t.Errorf("still there: %v", err)
		}
		if list := must(s.ToldTo(t.Context(), ann.ID))(t); len(list) != 0 {
			t.Errorf("messages still there: %+v", list)
		}
		must(s.Subscriber(t.Context(), bob.ID))(t)
	})
}

func TestPurgeForgetsUnconfirmed(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		pending := func(sub *status.Subscriber) { sub.State, sub.ConfirmedAt = status.Pending, nil }
		old := reader(t, s, "old@example.com", pending)
		kept := reader(t, s, "kept@example.com")
		ask(t, s, kept, func(have *status.Subscriber, _ int, _ time.Time) (status.Subscriber, bool, bool, bool) {
			return kept, false, true, true
		})
		c.add(8 * 24 * time.Hour)
		fresh := reader(t, s, "fresh@example.com", pending)
		if n := must(s.PurgePending(t.Context(), c.read().Add(-7*24*time.Hour)))(t); n != 1 {
			t.Errorf("purged %d, want 1", n)
		}
		_, err := s.Subscriber(t.Context(), old.ID)
		fault(t, err, status.CodeNotFound, "", `There is no subscription "`+old.ID+`".`)
		must(s.Subscriber(t.Context(), kept.ID))(t)
		must(s.Subscriber(t.Context(), fresh.ID))(t)
		if n := count(t, s, `SELECT COUNT(*) FROM subscribers WHERE wish <> ''`); n != 0 {
			t.Errorf("%d wishes are kept longer than requests", n)
		}
		if err := s.PurgeAskings(t.Context(), c.read()); err != nil {
			t.Fatal(err)
		}
		if n := count(t, s, `SELECT COUNT(*) FROM askings`); n != 0 {
			t.Errorf("%d mailboxes are still counted", n)
		}
	})
}

func TestAudience(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		api, web := addComponent(t, s, "API"), addComponent(t, s, "Web")
		group := addGroup(t, s, "Core", api)
		reader(t, s, "all@example.com")
		reader(t, s, "all2@example.com", func(sub *status.Subscriber) { sub.Locale = "de" })
		reader(t, s, "dead@example.com", func(sub *status.Subscriber) { sub.State = status.Suppressed })
		reader(t, s, "deadweb@example.com", scoped(status.Scope{ComponentIDs: []string{web}}), func(sub *status.Subscriber) { sub.State = status.Suppressed })
		hook(t, s, "https://example.com/3", func(sub *status.Subscriber) { sub.State = status.Suppressed })
		reader(t, s, "api@example.com", scoped(status.Scope{ComponentIDs: []string{api}}))
		reader(t, s, "web@example.com", scoped(status.Scope{ComponentIDs: []string{web}}))
		later := s.now().Add(time.Hour)
		reader(t, s, "paused@example.com", scoped(status.Scope{PausedUntil: &later}))
		reader(t, s, "left@example.com", func(sub *status.Subscriber) { sub.State = status.Ended })
		hook(t, s, "https://example.com/1", scoped(status.Scope{GroupIDs: []string{group}}))
		hook(t, s, "https://example.com/2", scoped(status.Scope{Kinds: []status.Kind{status.Maintenance}}))
		n := status.Incident{ID: "n", Kind: status.Problem, ComponentIDs: []string{api}, Severity: status.Moderate}
		got, err := s.AudienceFor(t.Context(), &n)
		want := status.Audience{Email: 3, Webhooks: 1, Skipped: 1, Languages: []status.Readers{{Locale: "en", Count: 2}, {Locale: "de", Count: 1}}}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	})
}
