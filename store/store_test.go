package store

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"allclear/status"
)

func TestFreshDatabaseHasAPage(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		site := must(s.Site(t.Context()))(t)
		if site.Page.Name != "Status" || len(site.Page.ID) != 12 || site.Page.Own || site.Page.Version != 1 {
			t.Errorf("page of a fresh database: %+v", site.Page)
		}
		epoch, revision, err := s.Revision(t.Context())
		if err != nil || len(epoch) != 12 || revision != 0 {
			t.Errorf("epoch %q, revision %d, %v", epoch, revision, err)
		}
		if err := s.Health(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestReopenKeepsEverything(t *testing.T) {
	eachEngine(t, func(t *testing.T, database string) {
		s := openAt(t, database, newClock())
		id := openNotice(t, s, outage("API is slow", nil)).ObjectID
		before := must(s.Incident(t.Context(), id))(t)
		epoch, _, _ := s.Revision(t.Context())
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		again := openAt(t, database, newClock())
		after := must(again.Incident(t.Context(), id))(t)
		if after.Name != before.Name || len(after.Updates) != 1 || after.Updates[0].Body != before.Updates[0].Body {
			t.Errorf("reopened: %+v", after)
		}
		if e, revision, _ := again.Revision(t.Context()); e != epoch || revision != 1 {
			t.Errorf("epoch %q at revision %d, want %q at 1", e, revision, epoch)
		}
	})
}

func TestNodesThatStartTogetherDoNotCollide(t *testing.T) {
	eachEngine(t, func(t *testing.T, database string) {
		var wait sync.WaitGroup
		epochs := make([]string, 4)
		for i := range epochs {
			wait.Go(func() {
				s, err := Open(t.Context(), Options{Database: database})
				if err != nil {
					t.Error(err)
					return
				}
				defer func() { _ = s.Close() }()
				epochs[i], _, err = s.Revision(t.Context())
				if err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		for _, e := range epochs {
			if e == "" || e != epochs[0] {
				t.Errorf("one database, epochs %q", epochs)
			}
		}
	})
}

func TestNewerSchemaIsRefused(t *testing.T) {
	eachEngine(t, func(t *testing.T, database string) {
		s := openAt(t, database, newClock())
		execute(t, s, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, TRUE)`)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := Open(t.Context(), Options{Database: database})
		if err == nil || !strings.HasPrefix(err.Error(), "The database has schema version 9000, but this program knows only ") ||
			!strings.HasSuffix(err.Error(), "; use the newer program that wrote it.") {
			t.Errorf("opened a newer database: %v", err)
		}
	})
}

func TestMigrationsAreListed(t *testing.T) {
	eachEngine(t, func(t *testing.T, database string) {
		ctx, o := t.Context(), Options{Database: database}
		for _, m := range must(Migrations(ctx, o))(t) {
			if m.Applied {
				t.Errorf("applied before the first start: %+v", m)
			}
		}
		openAt(t, database, newClock())
		list := must(Migrations(ctx, o))(t)
		if len(list) == 0 || list[0].Version != 1 || list[0].File != "0001_site.sql" {
			t.Fatalf("migrations: %+v", list)
		}
		for _, m := range list {
			if !m.Applied {
				t.Errorf("not applied: %+v", m)
			}
		}
	})
}

func TestSQLiteSettingsAreVerified(t *testing.T) {
	s := openAt(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"), newClock())
	if _, err := s.writer.ExecContext(t.Context(), "PRAGMA synchronous = NORMAL"); err != nil {
		t.Fatal(err)
	}
	fault(t, s.verify(t.Context()), status.CodeInvalid, "database",
		`The database does not keep its setting synchronous: it is "1" and must be "2".`)
	if _, err := s.reader.ExecContext(t.Context(), `DELETE FROM site`); err == nil {
		t.Error("a reader could write")
	}
}

func TestSQLiteFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "odd name?#%.db")
	s := openAt(t, "sqlite:"+path, newClock())
	openNotice(t, s, outage("API is slow", nil))
	for _, file := range []string{path, path + "-wal"} {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info, err)
		}
	}
}

func TestBadAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"mysql://x":          `"mysql:…" is not a database address; use sqlite:PATH or postgres://….`,
		"sqlite:":            "The database address has no path; use sqlite:PATH.",
		"postgres://%zz:x@h": "The Postgres address cannot be read; write it as postgres://user:password@host/name.",
	} {
		_, err := Open(t.Context(), Options{Database: address})
		fault(t, err, status.CodeInvalid, "database", want)
	}
	if _, err := Open(t.Context(), Options{Database: "postgres://u:secret@127.0.0.1:1/x?connect_timeout=1"}); err == nil ||
		strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("unreachable database: %v", err)
	}
	if _, err := Open(t.Context(), Options{Database: "sqlite:/dev/null/x.db"}); err == nil {
		t.Error("opened a database below a file")
	}
}

func TestNotADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Database: "sqlite:" + path}); err == nil {
		t.Error("opened a text file")
	}
}

func TestSecretKeyBelongsToTheDatabase(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		for range 2 {
			if err := s.ClaimKey(t.Context(), "one"); err != nil {
				t.Fatal(err)
			}
		}
		fault(t, s.ClaimKey(t.Context(), "two"), status.CodeInvalid, "secret-key",
			"The database belongs to another secret key; start with the key it was made with.")
	})
}

func TestClosedStoreAnswersWithErrors(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		s.Watch(t.Context())
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.Health(context.Background()); err == nil {
			t.Error("a closed store is healthy")
		}
	})
}

func TestRenewedEpoch(t *testing.T) {
	engines(t, func(t *testing.T, s *Store) {
		before, _, _ := s.Revision(t.Context())
		if err := s.RenewEpoch(t.Context()); err != nil {
			t.Fatal(err)
		}
		if after, revision, err := s.Revision(t.Context()); err != nil || after == before || len(after) != 12 || revision != 0 {
			t.Errorf("epoch %q after %q at revision %d, %v", after, before, revision, err)
		}
	})
}
