package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"

	"allclear/status"
)

func TestPlaceholdersAreNumbered(t *testing.T) {
	for query, want := range map[string]string{
		`SELECT 1`:                            `SELECT 1`,
		`SELECT ? WHERE a = ? AND b IN (?,?)`: `SELECT $1 WHERE a = $2 AND b IN ($3,$4)`,
		`SELECT '?' || ? || 'it''s ?' || ?`:   `SELECT '?' || $1 || 'it''s ?' || $2`,
	} {
		d := dialect{postgres: true, texts: &sync.Map{}}
		for range 2 {
			if got := d.bind(query); got != want {
				t.Errorf("%s became %s", query, got)
			}
		}
		if got := (dialect{}).bind(query); got != query {
			t.Errorf("SQLite's text changed: %s", got)
		}
	}
}

func TestConstraintsAreRecognised(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		id := addComponent(t, s, "API")
		insert := func(query string, args ...any) error {
			return s.write(t.Context(), func(tx *tx) error {
				_, err := tx.exec(t.Context(), query, args...)
				return err
			})
		}
		err := insert(`INSERT INTO component_spans (component_id, from_at, level) VALUES (?, ?, 'x')`, id, ms(start))
		if !isUnique(err) || isForeignKey(err) {
			t.Errorf("second row of one key: %v", err)
		}
		err = insert(`INSERT INTO component_spans (component_id, from_at, level) VALUES ('none', 1, 'x')`)
		if !isForeignKey(err) || isUnique(err) {
			t.Errorf("row of no component: %v", err)
		}
	})
}

func TestWriteRollsBack(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		boom := errors.New("boom")
		for _, fail := range []func() error{
			func() error { return boom },
			func() error { panic(boom) },
		} {
			func() {
				defer func() { _ = recover() }()
				err := s.write(t.Context(), func(tx *tx) error {
					if err := tx.audit(t.Context(), "x", "x.y", "", ""); err != nil {
						return err
					}
					return fail()
				})
				if !errors.Is(err, boom) {
					t.Errorf("got %v", err)
				}
			}()
		}
		if n := count(t, s, `SELECT COUNT(*) FROM audit`); n != 0 {
			t.Errorf("%d rows of writes that failed", n)
		}
	})
}

func TestPostgresRetries(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		again := &pgconn.PgError{Code: "40001"}
		tries := 0
		err := s.write(t.Context(), func(tx *tx) error {
			tries++
			if err := tx.audit(t.Context(), "x", "x.y", "", ""); err != nil {
				return err
			}
			if tries < 3 {
				return again
			}
			return nil
		})
		if err != nil || tries != 3 || count(t, s, `SELECT COUNT(*) FROM audit`) != 1 {
			t.Errorf("%v after %d tries", err, tries)
		}
		tries = 0
		err = s.write(t.Context(), func(*tx) error { tries++; return again })
		if !errors.Is(err, again) || tries != writeTries {
			t.Errorf("%v after %d tries", err, tries)
		}
	})
}

func TestWriteOutlivesItsReader(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		ctx, leave := context.WithCancel(t.Context())
		err := s.write(ctx, func(tx *tx) error {
			leave() // the browser is gone
			return tx.audit(ctx, "x", "x.y", "", "")
		})
		if err != nil || count(t, s, `SELECT COUNT(*) FROM audit`) != 1 {
			t.Errorf("a begun write was torn: %v", err)
		}
		err = s.write(ctx, func(tx *tx) error { return tx.audit(ctx, "x", "x.y", "", "") })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a write began for nobody: %v", err)
		}
	})
}

func TestWaitingForTheWriterEndsWithTheRequest(t *testing.T) {
	s := openAt(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"), newClock())
	conn, err := s.writer.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, leave := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.write(ctx, func(*tx) error { return nil }) }()
	leave()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("waited for the writer: %v", err)
	}
}

func TestTroublesOfTheEngineAreSentences(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{sqlite3.Error{Code: sqlite3.ErrBusy}, "The database is busy; try again in a moment."},
		{&pgconn.PgError{Code: "55P03"}, "The database is busy; try again in a moment."},
		{sqlite3.Error{Code: sqlite3.ErrFull}, "The disk is full, nothing was saved; make room and try again."},
		{&pgconn.PgError{Code: "53100"}, "The disk is full, nothing was saved; make room and try again."},
	} {
		err := plain(fmt.Errorf("insert: %w", c.err))
		fault(t, err, status.CodeUnavailable, "", c.want)
		if !errors.Is(err, c.err) {
			t.Errorf("the cause is lost: %v", err)
		}
	}
	if err := errors.New("other"); !errors.Is(plain(err), err) || plain(nil) != nil {
		t.Error("other errors stay as they are")
	}
}

func TestFullDiskSavesNothing(t *testing.T) {
	s := openAt(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"), newClock())
	if _, err := s.writer.ExecContext(t.Context(), "PRAGMA max_page_count = 1"); err != nil {
		t.Fatal(err)
	}
	body := strings.Repeat("long ", 5000)
	full := status.Change{Name: new("API is slow"), Body: &body}
	var err error
	for err == nil {
		_, err = s.AddIncident(t.Context(), staff, opening(full))
	}
	fault(t, err, status.CodeUnavailable, "", "The disk is full, nothing was saved; make room and try again.")
	_, before, _ := s.Revision(t.Context())
	if _, err := s.writer.ExecContext(t.Context(), "PRAGMA max_page_count = 100000"); err != nil {
		t.Fatal(err)
	}
	if r := openNotice(t, s, full); r.Revision != before+1 {
		t.Errorf("revision %d after %d", r.Revision, before)
	}
	checkWhole(t, s, nil)
}

func TestRevisionsAreOneQueue(t *testing.T) {
	eachEngine(t, func(t *testing.T, database string) {
		nodes := []*Store{openAt(t, database, newClock()), openAt(t, database, newClock())}
		var mu sync.Mutex
		var revisions []int64
		var wait sync.WaitGroup
		for i := range 24 {
			wait.Go(func() {
				r, err := nodes[i%2].AddIncident(t.Context(), staff, opening(outage("API is slow", nil)))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				revisions = append(revisions, r.Revision)
			})
		}
		wait.Wait()
		slices.Sort(revisions)
		for i, r := range revisions {
			if r != int64(i+1) {
				t.Fatalf("revisions %v", revisions)
			}
		}
	})
}

func TestMomentsNeverRunBackwards(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		openNotice(t, s, outage("one", nil))
		c.add(-time.Hour)
		openNotice(t, s, outage("two", nil))
		if v := must(s.Public(t.Context(), 0))(t); !v.At.Equal(start) {
			t.Errorf("moment %v after %v", v.At, start)
		}
	})
}
