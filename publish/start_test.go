package publish_test

import (
	"strings"
	"testing"
	"time"

	"allclear/publish"
	"allclear/publish/publishtest"
	"allclear/status"
)

// part is what stands in a section of the start page.
func part(t *testing.T, l *publish.Live, path, id string) string {
	t.Helper()
	page := body(t, l.Current(), path)
	_, rest, ok := strings.Cut(page, `<section id="`+id+`"`)
	inner, _, whole := strings.Cut(rest, "</section>")
	if !ok || !whole {
		t.Fatalf("%s has no section %s", path, id)
	}
	return inner
}

func work(t *testing.T, src *publishtest.Source, name string, from time.Time) string {
	t.Helper()
	id, err := src.Open(publishtest.Start, status.Change{
		Name: ptr(name), Stage: publishtest.Ptr(status.Scheduled),
		ScheduledFor: status.Some(from), ScheduledUntil: status.Some(from.Add(2 * time.Hour)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestPlannedWorkStandsWhereItsDayIs(t *testing.T) {
	src := publishtest.New()
	work(t, src, "Work tonight", publishtest.Start.Add(23*time.Hour))
	work(t, src, "Work next week", publishtest.Start.Add(7*24*time.Hour))
	work(t, src, "Work next month", publishtest.Start.Add(15*24*time.Hour))
	l := started(t, src)
	for id, want := range map[string]string{"soon": "Work tonight", "scheduled": "Work next week"} {
		got := part(t, l, "/", id)
		if !strings.Contains(got, want) || strings.Count(got, "Work ") != 1 {
			t.Errorf("%s holds %s", id, got)
		}
	}
	if page := body(t, l.Current(), "/"); strings.Contains(page, "Work next month") {
		t.Error("the page lists work of more than 14 days ahead")
	}
}

// TestCancelledWorkStaysUntilItsWindowIsOver: readers had arranged for it.
func TestCancelledWorkStaysUntilItsWindowIsOver(t *testing.T) {
	src := publishtest.New()
	from := publishtest.Start.Add(10 * time.Hour)
	id := work(t, src, "New cables", from)
	work(t, src, "New switches", from.Add(48*time.Hour))
	if err := src.Apply(publishtest.Start.Add(time.Minute), id, status.Change{Stage: publishtest.Ptr(status.Cancelled), Body: ptr("It will not take place.")}); err != nil {
		t.Fatal(err)
	}
	l := started(t, src)
	if got := part(t, l, "/", "scheduled"); !strings.Contains(got, "<b>Cancelled</b>") || strings.Index(got, "New cables") > strings.Index(got, "New switches") {
		t.Errorf("before its window the list holds %s", got)
	}
	if got := part(t, l, "/", "soon"); strings.Contains(got, "New cables") {
		t.Error("what will not take place is announced for the next 24 hours")
	}
	running(t, l)
	src.Pass(from.Add(2 * time.Hour))
	if err := l.Wait(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	if got := part(t, l, "/", "scheduled"); strings.Contains(got, "New cables") || !strings.Contains(got, "New switches") {
		t.Errorf("after its window the list holds %s", got)
	}
}

// TestTheBannerAsksOnlyWhereNothingIsKnown and says when a promise was broken.
func TestTheBannerAsksOnlyWhereNothingIsKnown(t *testing.T) {
	src := publishtest.New()
	l := started(t, src)
	if got := part(t, l, "/de/", "banner"); !strings.Contains(got, `href="/de/report"`) || !strings.Contains(got, "Keine Störungen bekannt") {
		t.Errorf("a calm banner says %s", got)
	}
	at := publishtest.Start.Add(time.Minute)
	if _, err := src.Open(at, status.Change{Name: ptr("Sign-in fails"), NextUpdateAt: status.Some(at.Add(time.Hour))}); err != nil {
		t.Fatal(err)
	}
	running(t, l)
	if err := l.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	got := part(t, l, "/", "banner")
	if strings.Contains(got, "/report") || !strings.Contains(got, "Next update by") || strings.Contains(got, "overdue") {
		t.Errorf("with an open incident the banner says %s", got)
	}
	src.Pass(at.Add(time.Hour))
	if err := l.Wait(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/embed"} {
		if page := body(t, l.Current(), path); strings.Contains(page, "Next update by") || !strings.Contains(page, "It is overdue; we have been reminded.") {
			t.Errorf("%s does not say that the promise was broken: %s", path, page)
		}
	}
}

// TestTheBannerAnswersWhatToDo, in the reader's language or marked with its own, and cut
// before it is long. Nothing is said of a workaround once the fix is being watched.
func TestTheBannerAnswersWhatToDo(t *testing.T) {
	src := publishtest.New()
	id, err := src.Open(publishtest.Start, status.Change{Name: ptr("Sign-in fails")})
	if err != nil {
		t.Fatal(err)
	}
	l := started(t, src)
	running(t, l)
	revision := int64(2)
	for _, step := range []struct {
		change status.Change
		en, de string
	}{
		{status.Change{}, "<b>What you can do now:</b> We are still looking for a way around this.", "<b>Was Sie jetzt tun können:</b> Wir suchen noch nach einer Überbrückung."},
		{
			status.Change{Workaround: &status.Workaround{State: "available", Text: "Please call this & that. " + strings.Repeat("Long text ", 30)}},
			"<b>What you can do now:</b> Please call this &amp; that. Long text", `<b>Was Sie jetzt tun können:</b> <span lang="en">Please call this &amp; that.`,
		},
		{status.Change{Stage: publishtest.Ptr(status.Monitoring), Body: ptr("It works again.")}, "", ""},
	} {
		if step.change.Workaround != nil || step.change.Stage != nil {
			if err := src.Apply(publishtest.Start.Add(time.Duration(revision)*time.Minute), id, step.change); err != nil {
				t.Fatal(err)
			}
			revision++
		}
		if err := l.Wait(t.Context(), revision); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]string{"/": step.en, "/de/": step.de} {
			got := part(t, l, path, "banner")
			if !strings.Contains(got, want) || want == "" && strings.Contains(got, "<b>") || len(got) > 1000 {
				t.Errorf("%s says %s, want %q", path, got, want)
			}
		}
	}
}

// TestTitlesWithoutTranslationCarryTheirLanguage, and only they: the words around them are
// the reader's.
func TestTitlesWithoutTranslationCarryTheirLanguage(t *testing.T) {
	src := publishtest.New()
	id, err := src.Open(publishtest.Start, status.Change{Name: ptr("Sign-in fails"), Severity: publishtest.Ptr(status.Serious)})
	if err != nil {
		t.Fatal(err)
	}
	l := started(t, src)
	if got := part(t, l, "/de/", "banner"); !strings.Contains(got, `<h1>Teilausfall: <span lang="en">Sign-in fails</span></h1>`) {
		t.Errorf("the banner says %s", got)
	}
	if got := part(t, l, "/", "banner"); !strings.Contains(got, `<h1>Partly down: Sign-in fails</h1>`) {
		t.Errorf("the banner says %s", got)
	}
	if page := body(t, l.Current(), "/de/embed/banner"); !strings.Contains(page, `<span lang="en">Sign-in fails</span>`) {
		t.Errorf("the strip says %s", page)
	}
	if err := src.Apply(publishtest.Start.Add(time.Minute), id, status.Change{Stage: publishtest.Ptr(status.Resolved)}); err != nil {
		t.Fatal(err)
	}
	running(t, l)
	if err := l.Wait(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	if got := part(t, l, "/de/", "banner"); !strings.Contains(got, "Behoben um") || !strings.Contains(got, `<span lang="en">Sign-in fails</span>`) {
		t.Errorf("after its end the banner says %s", got)
	}
}

func TestPagesNameTheirStyleSheetBeforehand(t *testing.T) {
	l := started(t, publishtest.New())
	for path, want := range map[string]bool{"/": true, "/de/history": true, "/components/webwebwebweb": true, "/embed": false, "/api/v2/status.json": false} {
		d, err := l.Current().Document(path)
		if err != nil || d == nil {
			t.Fatalf("%s: %v", path, err)
		}
		if got := len(d.Preload) == 1 && strings.HasPrefix(d.Preload[0], "</s/page.") && strings.HasSuffix(d.Preload[0], ">; rel=preload; as=style"); got != want {
			t.Errorf("%s names %q", path, d.Preload)
		}
	}
}

func TestFixedPagesFollowSettingsAndState(t *testing.T) {
	src := publishtest.New()
	l := started(t, src)
	calm := body(t, l.Current(), "/feeds")
	outage(src, t)
	running(t, l)
	if err := l.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if trouble := body(t, l.Current(), "/feeds"); trouble == calm || !strings.Contains(trouble, "icons/major.") {
		t.Error("the icon of a page that seldom changes does not show the state")
	}
	if history := body(t, l.Current(), "/history"); !strings.Contains(history, "1 incident,") {
		t.Errorf("the history counts nothing: %s", history)
	}
}

// TestWhatIsKeptIsWhatWouldBeMade: after a run of changes a builder that kept parts of the
// pages publishes the same bytes as one that makes everything for the first time.
func TestWhatIsKeptIsWhatWouldBeMade(t *testing.T) {
	src := publishtest.New()
	set := pages(t)
	kept := publish.NewBuilder("https://status.example.org", set)
	var last *publish.Snapshot
	at := publishtest.Start
	compare := func(step string) {
		t.Helper()
		v, err := src.Public(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if last, err = kept.Build(&v, last); err != nil {
			t.Fatal(err)
		}
		fresh, err := publish.NewBuilder("https://status.example.org", set).Build(&v, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/", "/de/", "/history", "/feeds", "/de/accessibility", "/embed", "/components/sepasepasepa", "/api/v3/components/cardcardcard/uptime.json"} {
			if body(t, last, path) != body(t, fresh, path) {
				t.Errorf("%s: %s is not what a new builder makes", step, path)
			}
		}
	}
	compare("at first")
	id := outage(src, t)
	compare("after an outage")
	for i, level := range []status.Level{status.PartialOutage, status.MajorOutage, status.Operational, status.DegradedPerformance} {
		at = at.Add(time.Duration(i+2) * time.Hour)
		if err := src.Apply(at, id, status.Change{Body: ptr("It moves."), Components: map[string]status.Level{"cardcardcard": level}}); err != nil {
			t.Fatal(err)
		}
		compare("after " + string(level))
	}
	if _, err := src.Open(at.Add(time.Minute), status.Change{Name: ptr("The website is slow"), Components: map[string]status.Level{"webwebwebweb": status.DegradedPerformance}}); err != nil {
		t.Fatal(err)
	}
	compare("after a second incident")
	src.Pass(at.Add(26 * time.Hour))
	compare("the next day")
	if err := src.Apply(at.Add(27*time.Hour), id, status.Change{Stage: publishtest.Ptr(status.Resolved)}); err != nil {
		t.Fatal(err)
	}
	compare("after its end")
}

// TestManyReportsAreSaidWhereNothingElseIs, and never under a green mark.
func TestManyReportsAreSaidWhereNothingElseIs(t *testing.T) {
	src := publishtest.New()
	v, err := src.Public(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	v.MoreReports = true
	builder := publish.NewBuilder("https://status.example.org", pages(t))
	s, err := builder.Build(&v, nil)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/": "<h1>We have received more problem reports than usual and are checking</h1>", "/de/": "<h1>Es gehen mehr Meldungen ein als üblich. Wir prüfen das.</h1>",
		"/embed": "more problem reports than usual",
	} {
		if page := body(t, s, path); !strings.Contains(page, want) || strings.Contains(page, `class="banner operational"`) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
	if !strings.Contains(body(t, s, "/"), `class="banner unknown"`) || s.State != status.StateOperational {
		t.Errorf("the banner is not that of a question, or the state is %s", s.State)
	}
	outage(src, t)
	v, err = src.Public(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	v.MoreReports = true
	if s, err = builder.Build(&v, s); err != nil {
		t.Fatal(err)
	}
	if page := body(t, s, "/"); !strings.Contains(page, "<h1>Down: Card payments fail</h1>") || !strings.Contains(page, `class="banner major"`) {
		t.Error("many reports hide an outage")
	}
}
