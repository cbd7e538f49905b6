package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// writeUntilKilled is the child of TestKilled: it opens notices and says each id once
// the store has acknowledged it.
func writeUntilKilled(path string) {
	ctx := context.Background()
	s, err := Open(ctx, Options{Database: "sqlite:" + path, Hold: time.Minute})
	if err != nil {
		fmt.Println("!", err)
		return
	}
	for {
		r, err := s.AddIncident(ctx, By{Actor: "crash"}, func(site *status.Site) (*status.Incident, error) {
			name, body := "Outage", "We are looking into it."
			return status.OpenIncident(site, status.NewID(), status.NewID(), status.Change{Name: &name, Body: &body})
		})
		if err != nil {
			fmt.Println("!", err)
			return
		}
		fmt.Println(r.ObjectID)
	}
}

// acknowledged starts the child, kills it after some acknowledgements and returns all of them.
func acknowledged(t *testing.T, path string, after int) []string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STORE_CRASH_DATABASE="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "!") {
			t.Error(lines.Text())
		}
		ids = append(ids, lines.Text())
		if len(ids) == after {
			// The child goes on meanwhile, so the kill hits it anywhere in a transaction.
			time.AfterFunc(time.Duration(rand.IntN(3000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	return ids
}

func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crash.db")
	var all []string
	for range 10 {
		all = append(all, acknowledged(t, path, 1+rand.IntN(20))...)
		s := openAt(t, "sqlite:"+path, newClock())
		checkWhole(t, s, all)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d acknowledged notices over 10 kills", len(all))
}

// checkWhole: every acknowledged notice is there, and every notice is there wholly.
func checkWhole(t *testing.T, s *Store, acknowledged []string) {
	t.Helper()
	for _, id := range acknowledged {
		if _, err := s.Incident(t.Context(), id); err != nil {
			t.Errorf("acknowledged, then lost: %v", err)
		}
	}
	for name, query := range map[string]string{
		"notices without an event": `SELECT COUNT(*) FROM incidents i WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.incident_id = i.id)`,
		"events without a notice":  `SELECT COUNT(*) FROM events e WHERE NOT EXISTS (SELECT 1 FROM incidents i WHERE i.id = e.incident_id)`,
		"notices without updates":  `SELECT COUNT(*) FROM incidents i WHERE NOT EXISTS (SELECT 1 FROM incident_updates u WHERE u.incident_id = i.id)`,
		"notices without audit":    `SELECT COUNT(*) FROM incidents i WHERE NOT EXISTS (SELECT 1 FROM audit a WHERE a.object = i.id)`,
		"revisions not counted":    `SELECT COUNT(*) FROM site WHERE revision <> (SELECT COUNT(*) FROM incidents)`,
	} {
		if n := count(t, s, query); n != 0 {
			t.Errorf("%d %s", n, name)
		}
	}
	var verdict string
	if err := s.reader.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity check: %q %v", verdict, err)
	}
}

// count reads one number.
func count(t testing.TB, s *Store, query string, args ...any) int {
	t.Helper()
	var n int
	err := s.read(t.Context(), func(tx *tx) error { return tx.row(t.Context(), query, args...).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}
