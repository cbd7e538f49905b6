package subscribers

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
	"allclear/templates"
)

const (
	crashDatabase = "SUBSCRIBERS_CRASH_DATABASE"
	crashPort     = "SUBSCRIBERS_CRASH_PORT"
	crashWorkers  = 8
	crashReaders  = 400
	crashKills    = 8
)

// sendUntilKilled is the child of TestKilled: an engine that sends what is in the outbox.
func sendUntilKilled() {
	if err := sendForEver(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func sendForEver() error {
	port, err := strconv.Atoi(os.Getenv(crashPort))
	if err != nil {
		return err
	}
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{Database: os.Getenv(crashDatabase)})
	if err != nil {
		return err
	}
	keys, err := NewKeys(secretKey)
	if err != nil {
		return err
	}
	pages, err := templates.New(templates.Options{BaseURL: baseURL})
	if err != nil {
		return err
	}
	mail, err := NewSMTP(SMTPOptions{Host: "127.0.0.1", Port: port, TLS: TLSNone})
	if err != nil {
		return err
	}
	return NewEngine(Options{
		Store: db, Keys: keys, Pages: pages, BaseURL: baseURL, From: from, Mail: mail, Hooks: Hooks{}, Workers: crashWorkers,
	}).Run(ctx)
}

// victim kills the child while mails are on their way.
type victim struct {
	mu    sync.Mutex
	cmd   *exec.Cmd
	at    int // number of mails at which it dies; 0: never
	total int
}

func (v *victim) got(n int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.total = n
	if v.at > 0 && n == v.at {
		cmd := v.cmd
		// Other mails go on meanwhile, so the kill hits their workers anywhere.
		time.AfterFunc(time.Duration(rand.IntN(4000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
	}
}

var messageID = regexp.MustCompile(`(?im)^Message-ID: (<[^>]+>)`)

// Everybody is told, whenever the process dies; at most the mails in flight come twice,
// with the same Message-ID and the same bytes.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crash.db")
	crashSite(t, path)
	v := &victim{}
	s := &sink{got: v.got}
	port := s.serve(t, plainListener, nil)
	kills := 0
	for ; kills < crashKills; kills++ {
		v.mu.Lock()
		v.at = v.total + 1 + rand.IntN(crashReaders/crashKills)
		v.cmd = child(t, path, port)
		v.mu.Unlock()
		if err := v.cmd.Wait(); err == nil || v.cmd.ProcessState.ExitCode() > 0 {
			t.Fatalf("the child ended by itself: %v", err)
		}
		if v.lastWord(s) >= crashReaders {
			kills++
			break
		}
	}
	finishSending(t, v, s, path, port)

	seen := map[string]string{}
	twice := 0
	for _, mail := range s.all() {
		id := messageID.FindStringSubmatch(mail)[1]
		if before, again := seen[id]; again {
			twice++
			if before != mail {
				t.Errorf("%s came again with other bytes", id)
			}
		}
		seen[id] = mail
	}
	if len(seen) != crashReaders {
		t.Errorf("%d of %d were told", len(seen), crashReaders)
	}
	if twice > kills*crashWorkers {
		t.Errorf("%d duplicates after %d kills of %d workers", twice, kills, crashWorkers)
	}
	t.Logf("%d told, 0 lost, %d twice, after %d kills", len(seen), twice, kills)
}

// lastWord is how many different mails came so far.
func (v *victim) lastWord(s *sink) int {
	seen := map[string]bool{}
	for _, mail := range s.all() {
		seen[messageID.FindStringSubmatch(mail)[1]] = true
	}
	return len(seen)
}

// finishSending lets a last child do the rest, until the outbox is empty.
func finishSending(t *testing.T, v *victim, s *sink, path string, port int) {
	t.Helper()
	v.mu.Lock()
	v.at, v.cmd = 0, child(t, path, port)
	cmd := v.cmd
	v.mu.Unlock()
	db, err := store.Open(t.Context(), store.Options{Database: "sqlite:" + path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(60 * time.Second)
	for {
		notices, err := db.Incidents(t.Context(), store.Filter{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		count, _, err := db.Progress(t.Context(), notices[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if count[status.Sent] == crashReaders {
			break
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("the outbox is not empty: %v, %d mails", count, len(s.all()))
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // killed, so it is an error
}

func child(t *testing.T, path string, port int) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashDatabase+"=sqlite:"+path, fmt.Sprintf("%s=%d", crashPort, port))
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd
}

// crashSite makes a database with readers and a notice that nobody was told of yet.
func crashSite(t *testing.T, path string) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Database: "sqlite:" + path})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: db, now: func() time.Time { return time.Now().Add(-time.Second) }}
	for i := range crashReaders {
		w.subscriber(address(i))
	}
	w.outage("Login does not work")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
