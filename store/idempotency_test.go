package store

import (
	"sync"
	"testing"
	"time"

	"allclear/status"
)

func keyed(key, hash string) By {
	return By{Actor: "robot", Once: &Once{Scope: "token1", Key: key, Hash: hash}}
}

func TestSameKeyOpensOneIncident(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		receipts := make([]Receipt, 50)
		var wait sync.WaitGroup
		for i := range receipts {
			wait.Go(func() {
				var err error
				receipts[i], err = s.AddIncident(t.Context(), keyed("k", "h"), opening(outage("API is slow", nil)))
				if err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		first := 0
		for _, r := range receipts {
			if r.ObjectID != receipts[0].ObjectID || r.ObjectID == "" || r.Revision != 1 {
				t.Errorf("receipt %+v", r)
			}
			if !r.Replayed {
				first++
			}
		}
		if n := count(t, s, `SELECT COUNT(*) FROM incidents`); first != 1 || n != 1 || len(eventTypes(t, s, 0)) != 1 {
			t.Errorf("%d notices, %d writers", n, first)
		}
	})
}

func TestSameKeyForAnotherRequestIsRefused(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ctx, sentence := t.Context(), `The Idempotency-Key "k" was used for another request within 24 hours; use a new one.`
		once := Once{Scope: "token1", Key: "k", Hash: "h"}
		first := must(s.AddIncident(ctx, keyed("k", "h"), opening(outage("one", nil))))(t)
		_, err := s.AddIncident(ctx, keyed("k", "other"), opening(outage("two", nil)))
		fault(t, err, status.CodeInvalid, "Idempotency-Key", sentence)
		_, _, _, err = s.Answer(ctx, Once{"token1", "k", "other"})
		fault(t, err, status.CodeInvalid, "Idempotency-Key", sentence)
		if _, _, ok, err := s.Answer(ctx, once); ok || err != nil {
			t.Errorf("an answer before it was saved: %v", err)
		}
		if err := s.SaveAnswer(ctx, once, 201, []byte(`{"id":"x"}`)); err != nil {
			t.Fatal(err)
		}
		if code, body, ok, err := s.Answer(ctx, once); code != 201 || string(body) != `{"id":"x"}` || !ok || err != nil {
			t.Errorf("%d %s %v %v", code, body, ok, err)
		}
		if r := must(s.AddIncident(ctx, keyed("k", "h"), opening(outage("one", nil))))(t); !r.Replayed || r.ObjectID != first.ObjectID {
			t.Errorf("saving the answer lost the object: %+v", r)
		}
		c.add(KeepKeys)
		if _, _, ok, err := s.Answer(ctx, once); ok || err != nil {
			t.Errorf("an answer after a day: %v", err)
		}
		if r := must(s.AddIncident(ctx, keyed("k", "other"), opening(outage("two", nil))))(t); r.Replayed {
			t.Errorf("a key lives longer than a day: %+v", r)
		}
	})
}

func TestKeyOfAFailedRequestIsFree(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		_, err := s.AddIncident(t.Context(), keyed("k", "h"), opening(status.Change{}))
		fault(t, err, status.CodeInvalid, "incident.name", "Give the notice a title.")
		if r := must(s.AddIncident(t.Context(), keyed("k", "h2"), opening(outage("one", nil))))(t); r.Replayed {
			t.Error("the key of a request that failed was kept")
		}
	})
}

func TestOldKeysAreSwept(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		must(s.AddIncident(t.Context(), keyed("old", "h"), opening(outage("one", nil))))(t)
		c.add(KeepKeys)
		must(s.AddIncident(t.Context(), keyed("new", "h"), opening(outage("two", nil))))(t)
		must(s.Tick(t.Context()))(t)
		if n := count(t, s, `SELECT COUNT(*) FROM idempotency`); n != 1 {
			t.Errorf("%d keys are left, want the new one", n)
		}
		execute(t, s, `INSERT INTO idempotency (scope, key, hash, object_id, created_at) VALUES ('a', 'b', 'c', '', 0)`)
		c.add(time.Minute)
		must(s.Tick(t.Context()))(t)
		if n := count(t, s, `SELECT COUNT(*) FROM idempotency`); n != 2 {
			t.Errorf("swept again within an hour: %d keys", n)
		}
	})
}
