package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"allclear/status"
)

func TestAFileThatIsNoDatabaseIsRefusedInASentence(t *testing.T) {
	file := filepath.Join(t.TempDir(), "allclear.db")
	if err := os.WriteFile(file, []byte("these are only words"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := Options{Database: "sqlite:" + file}
	if _, err := Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "put back a backup") {
		t.Errorf("Open: %v", err)
	}
	if _, err := Migrations(t.Context(), o); err == nil || !strings.Contains(err.Error(), "put back a backup") {
		t.Errorf("Migrations: %v", err)
	}
}

func TestAnUnreachablePostgresIsNamedOnce(t *testing.T) {
	_, err := Open(t.Context(), Options{Database: "postgres://user:secret@127.0.0.1:1/name"})
	if err == nil || strings.ContainsAny(err.Error(), "\n\t") || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("got %v", err)
	}
}

func TestAfterAnOrderlyEndTheFileAloneIsTheDatabase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "allclear.db")
	s := must(Open(t.Context(), Options{Database: "sqlite:" + file}))(t)
	if _, _, err := s.Revision(t.Context()); err != nil { // opens a reader, too
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, beside := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(file + beside); err == nil {
			t.Errorf("%s is left", beside)
		}
	}
}

func TestANewerSchemaIsLeftAlone(t *testing.T) {
	eachEngine(t, func(t *testing.T, database string) {
		s := openAt(t, database, newClock())
		if _, err := s.writer.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, TRUE)"); err != nil {
			t.Fatal(err)
		}
		o := Options{Database: database}
		for name, open := range map[string]func() error{
			"Open":       func() error { _, err := Open(t.Context(), o); return err },
			"Migrations": func() error { _, err := Migrations(t.Context(), o); return err },
		} {
			// Unavailable, not invalid: the server may go on with the last known page.
			if err := open(); status.FaultCode(err) != status.CodeUnavailable || !strings.Contains(err.Error(), "schema version 99") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
