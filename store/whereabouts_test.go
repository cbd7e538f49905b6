package store

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"allclear/status"
)

// Whatever happens to the files of an open database, nothing is acknowledged that a
// restart would not find.
func TestNothingIsAcknowledgedIntoAFileThatIsNotThere(t *testing.T) {
	for name, c := range map[string]struct {
		mishap   func(file string) error
		replaced bool
	}{
		"deleted": {os.Remove, false},
		"moved":   {func(file string) error { return os.Rename(file, file+".away") }, false},
		"replaced": {func(file string) error {
			other := filepath.Join(filepath.Dir(file), "other.db")
			if err := os.WriteFile(other, nil, 0o600); err != nil {
				return err
			}
			return os.Rename(other, file)
		}, true},
		"log deleted": {func(file string) error { return os.Remove(file + "-wal") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "allclear.db")
			s := must(Open(t.Context(), Options{Database: "sqlite:" + file}))(t)
			t.Cleanup(func() { _ = s.Close() })
			addComponent(t, s, "Sign-in")
			if s.Replaced() {
				t.Fatal("replaced before anything happened")
			}
			if err := c.mishap(file); err != nil {
				t.Fatal(err)
			}
			_, err := s.AddIncident(t.Context(), staff, opening(outage("Sign-in fails", nil)))
			if status.FaultCode(err) != status.CodeUnavailable {
				t.Errorf("a write: %v", err)
			}
			if err := s.Health(t.Context()); status.FaultCode(err) != status.CodeUnavailable {
				t.Errorf("health: %v", err)
			}
			if s.Replaced() != c.replaced {
				t.Errorf("replaced: %t", s.Replaced())
			}
		})
	}
}

func TestAFileThatComesBackIsUsedAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "allclear.db")
	s := must(Open(t.Context(), Options{Database: "sqlite:" + file}))(t)
	t.Cleanup(func() { _ = s.Close() })
	for _, step := range [][2]string{{file, file + ".away"}, {file + ".away", file}} {
		if err := os.Rename(step[0], step[1]); err != nil {
			t.Fatal(err)
		}
	}
	addComponent(t, s, "Sign-in")
}

// Damage is told as such, and as nothing that the person who writes did wrong.
func TestADamagedFileIsToldInASentence(t *testing.T) {
	file := filepath.Join(t.TempDir(), "allclear.db")
	s := must(Open(t.Context(), Options{Database: "sqlite:" + file}))(t)
	addComponent(t, s, "Sign-in")
	notice := openNotice(t, s, outage("Mail is late", nil)).ObjectID
	root := oneNumber(t, s, `SELECT rootpage FROM sqlite_schema WHERE name = 'incidents'`)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f := must(os.OpenFile(file, os.O_RDWR, 0))(t)
	if _, err := f.WriteAt(bytes.Repeat([]byte{0xa5}, 4096), int64(root-1)*4096); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	s = must(Open(t.Context(), Options{Database: "sqlite:" + file}))(t)
	t.Cleanup(func() { _ = s.Close() })
	_, err := s.AddIncident(t.Context(), staff, opening(outage("Sign-in fails", nil)))
	if f, ok := status.FaultOf(err); !ok || f.Code != status.CodeUnavailable || !strings.Contains(f.Message, "damaged") {
		t.Errorf("a write: %v", err)
	}
	_, err = s.PublicIncident(t.Context(), notice)
	if f, ok := status.FaultOf(err); !ok || f.Code != status.CodeUnavailable || !strings.Contains(f.Message, "damaged") {
		t.Errorf("a read: %v", err)
	}
}

func oneNumber(t *testing.T, s *Store, query string) (n int) {
	t.Helper()
	if err := s.writer.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
