package store

import (
	"context"
	"runtime"
	"testing"
	"time"

	"allclear/status"
)

// heard waits for a wake-up.
func heard(t *testing.T, wake <-chan struct{}, within time.Duration) {
	t.Helper()
	select {
	case <-wake:
		return
	default:
	}
	select {
	case <-wake:
	case <-time.After(within):
		t.Fatalf("nothing was heard within %v", within)
	}
}

func silent(t *testing.T, wake <-chan struct{}, why string) {
	t.Helper()
	select {
	case <-wake:
		t.Errorf("a wake-up %s", why)
	default:
	}
}

func TestWatchersWakeAfterTheCommit(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		one, two := s.Watch(t.Context()), s.Watch(t.Context())
		must(s.AddIncident(t.Context(), staff, func(site *status.Site) (*status.Incident, error) {
			silent(t, one, "before the commit")
			return opening(outage("one", nil))(site)
		}))(t)
		heard(t, one, 0)
		heard(t, two, 0)
		for range 3 {
			openNotice(t, s, outage("more", nil))
		}
		heard(t, one, 0)
		silent(t, one, "for each of several revisions")
	})
}

func TestWatchersSleepThroughWhatMakesNoRevision(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		wake := s.Watch(t.Context())
		if _, err := s.AddIncident(t.Context(), staff, opening(status.Change{})); err == nil {
			t.Fatal("opened a notice without a title")
		}
		if err := s.AddReport(t.Context(), status.Report{Symptom: "slow"}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Import(t.Context(), staff, sourcePage(), true); err != nil {
			t.Fatal(err)
		}
		silent(t, wake, "without a revision")
	})
}

func TestWatcherLeaves(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		ctx, leave := context.WithCancel(t.Context())
		wake := s.Watch(ctx)
		leave()
		ears := func() int {
			s.bell.mu.Lock()
			defer s.bell.mu.Unlock()
			return len(s.bell.ears)
		}
		for deadline := time.Now().Add(10 * time.Second); ears() > 0 && time.Now().Before(deadline); {
			runtime.Gosched() // it leaves in a goroutine of its own
		}
		openNotice(t, s, outage("one", nil))
		silent(t, wake, "after its end")
	})
}

func TestOtherProcessesAreHeard(t *testing.T) {
	eachEngine(t, func(t *testing.T, database string) {
		here, there := openAt(t, database, newClock()), openAt(t, database, newClock())
		wake := here.Watch(t.Context())
		for range 3 {
			_, before, _ := here.Revision(t.Context())
			openNotice(t, there, outage("one", nil))
			for {
				heard(t, wake, 10*time.Second)
				if _, now, _ := here.Revision(t.Context()); now > before {
					break
				}
			}
		}
	})
}

// A notification that got lost is healed by looking now and then.
func TestLostNotificationIsHealed(t *testing.T) {
	eachEngine(t, func(t *testing.T, database string) {
		here := openAt(t, database, newClock())
		wake := here.Watch(t.Context())
		there := openAt(t, database, newClock())
		execute(t, there, `UPDATE site SET revision = revision + 1 WHERE id = 1`)
		heard(t, wake, 10*time.Second)
	})
}

func TestWatchSurvivesALostConnection(t *testing.T) {
	database := cluster.database(t)
	if database == "" {
		return
	}
	here, there := openAt(t, database, newClock()), openAt(t, database, newClock())
	wake := here.Watch(t.Context())
	openNotice(t, there, outage("one", nil))
	heard(t, wake, 10*time.Second)
	if _, err := there.writer.ExecContext(t.Context(),
		`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`); err != nil {
		t.Fatal(err)
	}
	openNotice(t, there, outage("two", nil))
	heard(t, wake, 10*time.Second)
}
