package store

import (
	"os"
	"path/filepath"
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
