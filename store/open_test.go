package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
