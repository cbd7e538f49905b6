package main

import (
	"bytes"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAPortInUseIsNamedWithTheRemedy(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	app := &App{Log: slog.New(slog.DiscardHandler), Config: Config{Listen: ListenAddress(taken.Addr().String())}}
	_, err = listen(t.Context(), app)
	want := "listen: another program uses " + taken.Addr().String() + " already; stop it, or choose another address with --listen"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	app.Config.Listen = "192.0.2.1:80" // an address for documentation, which no machine has
	if _, err = listen(t.Context(), app); err == nil || !strings.HasPrefix(err.Error(), "listen: 192.0.2.1:80 cannot be used (") {
		t.Errorf("got %v", err)
	}
}

// A disk that is full at the start takes the set-up link from staff, not the page from
// everybody.
func TestThePageDoesNotDependOnTheSetupLink(t *testing.T) {
	var stdout, log bytes.Buffer
	app := demoApp(t.TempDir())
	app.Stdout, app.Log, app.Now = &stdout, slog.New(slog.NewTextHandler(&log, nil)), time.Now
	s, err := openStore(t.Context(), app, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil { // a database that cannot be written
		t.Fatal(err)
	}
	(&serveCmd{}).announce(t.Context(), app, &node{app: app, base: "http://localhost:1", store: s}, "")
	if out := stdout.String(); !strings.HasPrefix(out, "Public page: http://localhost:1/\n") || strings.Contains(out, "Set up") {
		t.Errorf("printed %q", out)
	}
	if !strings.Contains(log.String(), "The set-up link could not be made") {
		t.Errorf("logged %q", log.String())
	}
}

func TestASecretKeyIsWholeOrNotThere(t *testing.T) {
	folder := t.TempDir()
	cfg := &Config{Data: folder}
	first, made, err := secretKey(cfg)
	if err != nil || !made {
		t.Fatal(made, err)
	}
	if again, made, err := secretKey(cfg); err != nil || made || !bytes.Equal(again, first) {
		t.Errorf("the second time: %t, %v", made, err)
	}
	// Another program that starts at the same time keeps the key that is there.
	if other, err := makeKey(keyFile(cfg)); err != nil || !bytes.Equal(other, first) {
		t.Errorf("a race: %v", err)
	}
	if _, _, err := secretKey(&Config{Data: filepath.Join(folder, "absent")}); err == nil ||
		err.Error() != "the secret key cannot be written to the data folder (no such file or directory)" {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
