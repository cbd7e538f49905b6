package publish_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"allclear/publish"
	"allclear/publish/publishtest"
	"allclear/status"
	"allclear/templates"
)

var ptr = publishtest.Ptr[string]

func pages(t testing.TB) *templates.Set {
	t.Helper()
	set, err := templates.New(templates.Options{BaseURL: "https://status.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func live(t testing.TB, src *publishtest.Source, keep string, now func() time.Time) *publish.Live {
	t.Helper()
	return publish.NewLive(publish.Options{
		Source: src, Builder: publish.NewBuilder("https://status.example.org", pages(t)),
		Wake: src.Wake(), Keep: keep, Now: now, Log: slog.New(slog.DiscardHandler),
	})
}

func started(t testing.TB, src *publishtest.Source) *publish.Live {
	t.Helper()
	l := live(t, src, "", time.Now)
	if err := l.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l
}

// running starts the loop and ends it with the test.
func running(t *testing.T, l *publish.Live) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func body(t testing.TB, s *publish.Snapshot, path string) string {
	t.Helper()
	d, err := s.Document(path)
	if err != nil || d == nil {
		t.Fatalf("document %s: %v, %v", path, d, err)
	}
	return string(d.Body)
}

func outage(src *publishtest.Source, t *testing.T) string {
	t.Helper()
	id, err := src.Open(publishtest.Start.Add(time.Minute), status.Change{
		Name: ptr("Card payments fail"), Body: ptr("We are looking for the cause."),
		Components:   map[string]status.Level{"cardcardcard": status.MajorOutage},
		Translations: map[string]status.Texts{"de": {Name: ptr("Kartenzahlungen schlagen fehl"), Body: ptr("Wir suchen die Ursache.")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestAWriteIsServedInEveryDocumentAndLanguage(t *testing.T) {
	src := publishtest.New()
	l := started(t, src)
	running(t, l)
	id := outage(src, t)
	if err := l.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	s := l.Current()
	for path, want := range map[string]string{
		"/": "Card payments fail", "/de/": "Kartenzahlungen schlagen fehl",
		"/incidents/" + id: "We are looking for the cause.", "/de/incidents/" + id: "Wir suchen die Ursache.",
		"/api/v2/summary.json": "Card payments fail", "/api/v3/summary.json": `"state":"major"`,
		"/feed.rss": "Card payments fail", "/de/feed.atom": "Kartenzahlungen schlagen fehl", "/feed.json": "Card payments fail",
		"/history.rss": "Card payments fail", "/history": "2026-11", "/components/cardcardcard": "Card payments fail",
	} {
		if !strings.Contains(body(t, s, path), want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
	if s.State != status.StateMajor {
		t.Errorf("state %s", s.State)
	}
}

func TestUnchangedDocumentsKeepTheirPointer(t *testing.T) {
	src := publishtest.New()
	l := started(t, src)
	before := l.Current()
	quiet := map[string]*publish.Document{}
	for _, path := range []string{"/feeds", "/de/feeds", "/api/v2/scheduled-maintenances.json", "/components/webwebwebweb", "/robots.txt"} {
		d, err := before.Document(path)
		if err != nil || d == nil {
			t.Fatalf("%s: %v %v", path, d, err)
		}
		quiet[path] = d
	}
	start, _ := before.Document("/")
	running(t, l)
	if _, err := src.Open(publishtest.Start.Add(time.Minute), status.Change{Name: ptr("Slow pages"), Severity: publishtest.Ptr(status.Minor)}); err != nil {
		t.Fatal(err)
	}
	if err := l.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	for path, old := range quiet {
		if path == "/feeds" || path == "/de/feeds" || path == "/api/v2/scheduled-maintenances.json" {
			continue // their chrome or page.updated_at moved with the state
		}
		if d, _ := l.Current().Document(path); d != old {
			t.Errorf("%s was made anew", path)
		}
	}
	if d, _ := l.Current().Document("/"); d == start {
		t.Error("the start page did not change")
	}
}

func TestTheSameStateGivesTheSameDocuments(t *testing.T) {
	src := publishtest.New()
	if _, err := src.Open(publishtest.Start.Add(time.Minute), status.Change{Name: ptr("Slow pages")}); err != nil {
		t.Fatal(err)
	}
	l := started(t, src)
	before := l.Current()
	running(t, l)
	src.Pass(publishtest.Start.Add(2 * time.Minute)) // nothing is due at this time
	if err := l.Wait(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	carriesRevision := map[string]bool{"/api/v3/summary.json": true, "/api/v3/revision.json": true, "/revision.json": true}
	for _, path := range before.Paths() {
		old, err := before.Document(path)
		if err != nil {
			t.Fatal(err)
		}
		d, err := l.Current().Document(path)
		if err != nil || d == nil {
			t.Fatalf("%s: %v %v", path, d, err)
		}
		if string(d.Body) != string(old.Body) && !carriesRevision[path] {
			t.Errorf("%s changed its bytes although nothing happened", path)
		}
	}
}

func TestWaitGivesUpWithTheContext(t *testing.T) {
	l := started(t, publishtest.New())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Wait(ctx, 99); !errors.Is(err, publish.ErrLate) {
		t.Errorf("got %v", err)
	}
}

func TestWithoutTheDatabaseTimeGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := publishtest.New()
		at := time.Now()
		id, err := src.Open(at, status.Change{Name: ptr("Sign-in fails"), NextUpdateAt: status.Some(at.Add(2 * time.Minute))})
		if err != nil {
			t.Fatal(err)
		}
		l := live(t, src, "", time.Now)
		if err := l.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		running(t, l)
		src.SetDown(true)
		time.Sleep(3 * time.Minute) // virtual time
		synctest.Wait()
		if !l.Health().DatabaseDown || l.Revision() != 2 {
			t.Errorf("health %+v, revision %d", l.Health(), l.Revision())
		}
		if page := body(t, l.Current(), "/"); !strings.Contains(page, "overdue") || strings.Contains(page, "out of date") {
			t.Error("the broken promise is not shown, or the page claims to be stale too early")
		}
		if !strings.Contains(body(t, l.Current(), "/incidents/"+id), "overdue") {
			t.Error("the incident's own page does not show the broken promise")
		}
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		if !strings.Contains(body(t, l.Current(), "/"), "out of date") {
			t.Error("after five minutes the page must say that it may be out of date")
		}
		src.SetDown(false)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if l.Health().DatabaseDown || strings.Contains(body(t, l.Current(), "/"), "out of date") {
			t.Error("the page does not recover")
		}
	})
}

func TestAMissedWakeUpIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := publishtest.New()
		l := live(t, src, "", time.Now)
		if err := l.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := src.Open(time.Now(), status.Change{Name: ptr("Unheard")}); err != nil {
			t.Fatal(err)
		}
		<-src.Wake() // lost
		running(t, l)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if !strings.Contains(body(t, l.Current(), "/"), "Unheard") {
			t.Error("the revision was never published")
		}
	})
}

func TestARevisionIsPublishedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src, wakes, swaps := publishtest.New(), make(chan struct{}), 0
		l := publish.NewLive(publish.Options{
			Source: src, Builder: publish.NewBuilder("https://status.example.org", pages(t)), Wake: wakes, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		})
		if err := l.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		l.Follow(func(_, _ *publish.Snapshot) { swaps++ })
		running(t, l)
		if _, err := src.Open(time.Now(), status.Change{Name: ptr("Seen by the look of every second")}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second) // virtual time
		synctest.Wait()
		wakes <- struct{}{} // the wake-up comes late
		wakes <- struct{}{}
		synctest.Wait()
		if swaps != 1 {
			t.Errorf("one revision was published %d times", swaps)
		}
	})
}

func TestTheKeptStateServesAStartWithoutDatabase(t *testing.T) {
	src := publishtest.New()
	id := outage(src, t)
	file := filepath.Join(t.TempDir(), "state.json")
	first := live(t, src, file, time.Now)
	if err := first.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	src.SetDown(true)
	second := live(t, src, file, time.Now)
	if err := second.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if page := body(t, second.Current(), "/"); !strings.Contains(page, "Card payments fail") || !strings.Contains(page, "out of date") {
		t.Error("the kept page lacks the incident or the word that it may be out of date")
	}
	if !strings.Contains(body(t, second.Current(), "/de/incidents/"+id), "Wir suchen die Ursache.") {
		t.Error("the kept incident lost its updates")
	}
	if epoch, revision, ok := publish.Kept(file); !ok || epoch != "epoch1" || revision != 2 {
		t.Errorf("kept %q %d %v", epoch, revision, ok)
	}
}

func TestADamagedKeptStateIsRefused(t *testing.T) {
	src := publishtest.New()
	file := filepath.Join(t.TempDir(), "state.json")
	l := live(t, src, file, time.Now)
	if err := l.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	src.SetDown(true)
	if err := live(t, src, file, time.Now).Start(t.Context()); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v", err)
	}
}

func TestTheArchiveIsMadeOnceAndSurvivesTheDatabase(t *testing.T) {
	src := publishtest.New()
	outage(src, t)
	l := started(t, src)
	d, err := l.Archive(t.Context(), "/history/2026-11")
	if err != nil || d == nil || !strings.Contains(string(d.Body), "Card payments fail") {
		t.Fatalf("month: %v %v", d, err)
	}
	src.SetDown(true)
	if again, err := l.Archive(t.Context(), "/history/2026-11"); err != nil || again != d {
		t.Errorf("kept month: %v %v", again, err)
	}
	if _, err := l.Archive(t.Context(), "/de/history/2026-11"); !errors.Is(err, publishtest.ErrDown) {
		t.Errorf("a month that was never made needs the database: %v", err)
	}
	src.SetDown(false)
	for _, path := range []string{"/history/1999-01", "/incidents/nosuchthing0", "/maintenances/nosuchthing0"} {
		if d, err := l.Archive(t.Context(), path); d != nil || err != nil {
			t.Errorf("%s: %v %v", path, d, err)
		}
	}
}
