package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"allclear/status"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("STORE_CRASH_DATABASE"); path != "" {
		writeUntilKilled(path)
		return
	}
	code := m.Run()
	if code == 0 && wholeSuite() {
		code = reportUnrun()
	}
	cluster.stop()
	os.Exit(code)
}

// start is when the clocks of the tests stand at first.
var start = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

// clock is a settable time.
type clock struct{ now atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.now.Store(start.UnixMilli())
	return c
}

func (c *clock) read() time.Time { return at(c.now.Load()) }

func (c *clock) add(d time.Duration) time.Time { return at(c.now.Add(d.Milliseconds())) }

// engines runs a case on every engine, each time on a fresh database.
func engines(t *testing.T, run func(t *testing.T, s *Store)) {
	t.Helper()
	clocked(t, func(t *testing.T, s *Store, _ *clock) { run(t, s) })
}

// clocked is engines with a clock that the case may set.
func clocked(t *testing.T, run func(t *testing.T, s *Store, c *clock)) {
	t.Helper()
	eachEngine(t, func(t *testing.T, database string) {
		c := newClock()
		run(t, openAt(t, database, c), c)
	})
}

// eachEngine hands out the address of a fresh database of each engine.
func eachEngine(t *testing.T, run func(t *testing.T, database string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		run(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		if database := cluster.database(t); database != "" {
			run(t, database)
		}
	})
}

func openAt(t testing.TB, database string, c *clock) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{Database: database, Now: c.read, Hold: 30 * time.Second,
		trace: ran.note(strings.SplitN(database, ":", 2)[0]),
		AutoBody: map[status.Stage]map[string]string{
			status.InProgress: {"en": "The maintenance has begun.", "de": "Die Wartung hat begonnen."},
			status.Completed:  {"en": "The maintenance is over.", "de": "Die Wartung ist beendet."},
		},
		Retell: func(_ *status.Page, _, text string, _, _ status.Window) string { return "Retold: " + text }})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// postgresCluster is a throw-away PostgreSQL, started when the first case asks for it.
type postgresCluster struct {
	once    sync.Once
	dir     string
	bin     string
	err     error
	running bool
	count   atomic.Int64
}

var cluster postgresCluster

// database makes a fresh database; "" when this machine has no PostgreSQL.
func (p *postgresCluster) database(t testing.TB) string {
	t.Helper()
	p.once.Do(p.start)
	if p.err != nil {
		if os.Getenv("CI") == "true" || p.bin != "" {
			t.Fatalf("PostgreSQL cannot be started: %v", p.err)
		}
		t.Logf("PostgreSQL was not tested: %v", p.err)
		return ""
	}
	name := fmt.Sprintf("test%d", p.count.Add(1))
	db, err := sql.Open("pgx", p.address("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return p.address(name)
}

func (p *postgresCluster) address(name string) string {
	return "postgres://postgres@/" + name + "?host=" + p.dir + "&sslmode=disable"
}

func (p *postgresCluster) start() {
	if p.bin, p.err = findPostgres(); p.err != nil {
		return
	}
	if p.dir, p.err = os.MkdirTemp("", "allclear-pg-"); p.err != nil {
		return
	}
	if uid, gid, ok := postgresUser(); ok {
		if p.err = os.Chown(p.dir, uid, gid); p.err != nil {
			return
		}
	}
	data := filepath.Join(p.dir, "data")
	if p.err = p.command("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"); p.err != nil {
		return
	}
	options := "-c listen_addresses='' -c fsync=off -c max_connections=200 -k " + p.dir
	p.err = p.command("pg_ctl", "-D", data, "-w", "-l", filepath.Join(p.dir, "log"), "-o", options, "start")
	p.running = p.err == nil
}

func (p *postgresCluster) stop() {
	if p.running {
		if err := p.command("pg_ctl", "-D", filepath.Join(p.dir, "data"), "-w", "-m", "immediate", "stop"); err != nil {
			fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		}
	}
	if p.dir != "" {
		os.RemoveAll(p.dir)
	}
}

// command runs one of PostgreSQL's programs; they refuse to run as root.
func (p *postgresCluster) command(name string, args ...string) error {
	cmd := exec.Command(filepath.Join(p.bin, name), args...)
	cmd.Dir = p.dir
	if uid, gid, ok := postgresUser(); ok {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out.String())
	}
	return nil
}

func postgresUser() (uid, gid int, ok bool) {
	if os.Geteuid() != 0 {
		return 0, 0, false
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return 0, 0, false
	}
	uid, _ = strconv.Atoi(u.Uid)
	gid, _ = strconv.Atoi(u.Gid)
	return uid, gid, true
}

func findPostgres() (string, error) {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, "pg_ctl")); err == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("no initdb in PATH or /usr/lib/postgresql")
}
