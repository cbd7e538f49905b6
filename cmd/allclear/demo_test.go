package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
)

// demoApp is the program as serve --demo --data FOLDER starts it.
func demoApp(folder string) *App {
	app := &App{Stdout: io.Discard, Stderr: io.Discard, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	app.Config.Data = folder
	app.Config.Database = Database{Engine: EngineSQLite, Path: filepath.Join(folder, databaseFile)}
	return app
}

// prepared makes a demo in the folder and opens its database.
func prepared(t *testing.T, folder string) (*store.Store, string) {
	t.Helper()
	app := demoApp(folder)
	if _, err := placeDemo(app, true); err != nil {
		t.Fatal(err)
	}
	password, err := furnishDemo(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	return opened(t, app), password
}

func opened(t *testing.T, app *App) *store.Store {
	t.Helper()
	s, err := openStore(t.Context(), app, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestDemoIsWhatItPromises(t *testing.T) {
	s, _ := prepared(t, filepath.Join(t.TempDir(), "demo"))
	v, err := s.Public(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	open, upcoming := v.Unresolved(), v.Upcoming()
	if len(open) != 1 || len(upcoming) != 1 || len(v.Active()) != 0 {
		t.Fatalf("open %d, upcoming %d, active %d", len(open), len(upcoming), len(v.Active()))
	}
	n := open[0]
	if len(n.Updates) != 3 || n.Overdue(now) || n.NextUpdateAt == nil || n.Workaround.State != "available" || n.AffectedUsers.Mode != "count" {
		t.Errorf("the open incident lacks something: %+v", n)
	}
	if until := upcoming[0].ScheduledFor.Sub(now); until < 24*time.Hour || until > 72*time.Hour || upcoming[0].NextMove().IsZero() {
		t.Errorf("the maintenance begins in %s", until)
	}
	if v.State() != status.StatePartial {
		t.Errorf("the page is %s", v.State())
	}
	checkDemoTexts(t, &v)
	checkDemoComponents(t, &v, now)
	checkDemoTemplates(t, s)
}

// checkDemoTemplates: those of every page and those of the organisation, in both languages.
func checkDemoTemplates(t *testing.T, s *store.Store) {
	t.Helper()
	list, err := s.Templates(t.Context())
	if err != nil || len(list) != 5 {
		t.Fatalf("%d templates, %v", len(list), err)
	}
	for _, n := range list {
		en, _ := n.In("en")
		de, ok := n.In("de")
		if !ok || de.Title == "" || de.Body == "" || de.CustomerImpact == "" || en.CustomerImpact == "" {
			t.Errorf("%s is not in both languages", n.Name)
		}
	}
	if own := list[3]; len(own.ComponentIDs) != 1 || own.ComponentIDs[0] != "cardpayments" || own.CreatedAt.IsZero() {
		t.Errorf("%+v", own)
	}
}

// Everything is said in both languages.
func checkDemoTexts(t *testing.T, v *status.View) {
	t.Helper()
	notices := append(append([]status.Incident{}, v.Incidents...), v.Maintenances...)
	if len(notices) < 10 {
		t.Fatalf("only %d notices", len(notices))
	}
	for _, n := range notices {
		de := n.Translations["de"]
		texts := map[string]struct {
			en string
			de *string
		}{
			"name": {n.Name, de.Name}, "customer_impact": {n.CustomerImpact, de.CustomerImpact},
			"not_affected": {n.NotAffected, de.NotAffected}, "workaround": {n.Workaround.Text, de.WorkaroundText},
		}
		if r := n.Resolution; r != nil {
			texts["what_happened"] = struct {
				en string
				de *string
			}{r.WhatHappened, de.WhatHappened}
			texts["prevention"] = struct {
				en string
				de *string
			}{r.Prevention, de.Prevention}
			texts["customer_action"] = struct {
				en string
				de *string
			}{r.CustomerAction, de.CustomerAction}
		}
		for field, text := range texts {
			if (text.en == "") != (text.de == nil) {
				t.Errorf("%s: %s is %q in English, but in German: %v", n.ID, field, text.en, text.de)
			}
		}
		for _, u := range n.Updates {
			if u.Body == "" || u.Translations["de"] == "" || u.Notify {
				t.Errorf("%s at %s: in both languages and telling nobody, but: %+v", n.ID, u.DisplayAt, u)
			}
		}
	}
}

// Every component has its 90 days, and past troubles have ended.
func checkDemoComponents(t *testing.T, v *status.View, now time.Time) {
	t.Helper()
	groups, troubled, scarred := 0, 0, 0
	for _, c := range v.Components {
		if c.Group {
			groups++
			if c.Position != groups {
				t.Errorf("%s is at position %d, want %d", c.Name, c.Position, groups)
			}
			continue
		}
		if c.Audience == 0 || c.Description == nil {
			t.Errorf("%s has no audience or no description", c.Name)
		}
		if c.Level != status.Operational {
			troubled++
		}
		days := status.Days(v.History[c.ID], v.Page.Zone(), now, 90)
		if days[0].Worst == "" {
			t.Errorf("%s: nothing is known of the first of 90 days", c.Name)
		}
		for _, d := range days {
			if d.Worst != "" && d.Worst != status.Operational {
				scarred++
			}
		}
	}
	if groups != 4 || len(v.Components) != 16 || troubled != 2 || scarred < 10 {
		t.Errorf("%d groups, %d components, %d troubled now, %d days with trouble", groups, len(v.Components)-groups, troubled, scarred)
	}
}

// Two subscribers wait for what happens from now on; the past reaches nobody.
func TestDemoTellsNobodyOfThePast(t *testing.T) {
	s, _ := prepared(t, filepath.Join(t.TempDir(), "demo"))
	n, err := s.Incident(t.Context(), "signinfails1")
	if err != nil {
		t.Fatal(err)
	}
	audience, err := s.AudienceFor(t.Context(), &n)
	if err != nil || audience.Email != 1 || audience.Webhooks != 1 {
		t.Errorf("%+v would be told (%v), want one each", audience, err)
	}
	if made, next, err := s.ExpandEvents(t.Context(), 100); err != nil || made != 0 || !next.IsZero() {
		t.Errorf("an event of the past still waits: made %d, next %s (%v)", made, next, err)
	}
}

func TestDemoKeepsWhatItMade(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "demo")
	s, first := prepared(t, folder)
	_, err := s.EditPage(t.Context(), store.By{}, 0, func(p *status.Page) error { p.Name = "Renamed"; return nil })
	if err != nil {
		t.Fatal(err)
	}
	s, second := prepared(t, folder)
	site, err := s.Site(t.Context())
	if err != nil || site.Page.Name != "Renamed" {
		t.Errorf("the page is named %q (%v)", site.Page.Name, err)
	}
	if first == second || len(second) < 12 {
		t.Errorf("passwords %q, then %q", first, second)
	}
	if a, err := s.AccountByEmail(t.Context(), demoEmail); err != nil || a.Role != status.Admin || strings.Contains(a.Password, second) {
		t.Errorf("account %+v (%v)", a, err)
	}
}

// A demo whose filling was interrupted is filled anew.
func TestDemoStartsOverAfterAnInterruption(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "demo")
	if err := claimDemoFolder(folder); err != nil {
		t.Fatal(err)
	}
	half := opened(t, demoApp(folder))
	_, err := half.AddComponent(t.Context(), store.By{}, func(*status.Site) (status.Component, []string, error) {
		return status.Component{ID: "halfmade0001", Name: "Half made"}, nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s, _ := prepared(t, folder)
	if _, err := s.Component(t.Context(), "halfmade0001"); status.FaultCode(err) != status.CodeNotFound {
		t.Errorf("the half made component is still there: %v", err)
	}
	if _, err := s.Component(t.Context(), "websignin001"); err != nil {
		t.Error(err)
	}
}

func TestDemoLeavesOtherFoldersAlone(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "mine.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := placeDemo(demoApp(folder), true)
	if err == nil || !strings.Contains(err.Error(), "is not empty and was not made by --demo") {
		t.Errorf("got %v", err)
	}
	app := demoApp(filepath.Join(t.TempDir(), "demo"))
	app.Config.Database.Path = filepath.Join(folder, "other.db")
	if _, err := placeDemo(app, true); err == nil || !strings.Contains(err.Error(), "leave database out") {
		t.Errorf("got %v", err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("something was written: %v (%v)", entries, err)
	}
}

func TestDemoWithoutDataIsTemporary(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("TMPDIR", t.TempDir())
	app := demoApp("./data")
	cleanup, err := placeDemo(app, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := furnishDemo(t.Context(), app); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(app.Config.Database.Path); err != nil || !strings.HasPrefix(app.Config.Data, os.TempDir()) {
		t.Errorf("the demo is at %s (%v)", app.Config.Data, err)
	}
	cleanup()
	if _, err := os.Stat(app.Config.Data); !os.IsNotExist(err) {
		t.Errorf("%s is still there (%v)", app.Config.Data, err)
	}
	if _, err := os.Stat("./data"); !os.IsNotExist(err) {
		t.Errorf("the default data folder was touched (%v)", err)
	}
}

// The story can be told at any time of any day.
func TestDemoStoryAtAnyHour(t *testing.T) {
	for _, now := range []time.Time{
		time.Date(2026, 3, 29, 0, 5, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC),
		time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2028, 2, 29, 23, 59, 59, 0, time.UTC),
	} {
		app := demoApp(filepath.Join(t.TempDir(), "demo"))
		app.Now = func() time.Time { return now }
		if err := fillDemo(context.Background(), app); err != nil {
			t.Errorf("%s: %v", now, err)
		}
	}
}

func TestDemoTimes(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 5, 33, 0, time.UTC)
	for text, want := range map[string]string{
		"-47m": "2026-11-22T13:18:00Z", "+22m": "2026-11-22T14:27:00Z",
		"5d 10:20": "2026-11-17T10:20:00Z", "+2d 22:00": "2026-11-24T22:00:00Z",
		"5x 10:20": "", "5d 25:00": "", "soon": "",
	} {
		got, err := demoTime(text, now)
		if (err != nil) != (want == "") || err == nil && got.Format(time.RFC3339) != want {
			t.Errorf("%q: %s (%v), want %s", text, got, err, want)
		}
	}
}
