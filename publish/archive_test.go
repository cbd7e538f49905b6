package publish_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"allclear/publish"
	"allclear/publish/publishtest"
	"allclear/status"
)

// TestTheFeedsOfAnIncidentOutliveTheView: they are made from the database, the same as
// while the snapshot held them.
func TestTheFeedsOfAnIncidentOutliveTheView(t *testing.T) {
	src := publishtest.New()
	id := outage(src, t)
	l := started(t, src)
	for _, folder := range []string{"/incidents/", "/de/incidents/"} {
		for _, file := range []string{"/feed.rss", "/feed.atom", "/feed.json"} {
			for _, per := range []string{"", "?per=update"} {
				path := folder + id + file + per
				d, err := l.Archive(t.Context(), path)
				if err != nil || d == nil {
					t.Errorf("%s: %v %v", path, d, err)
					continue
				}
				if string(d.Body) != body(t, l.Current(), path) || d.Path != path {
					t.Errorf("%s differs from the snapshot's", path)
				}
				if !publish.Archived(strings.TrimSuffix(path, per)) {
					t.Errorf("%s is not asked of the archive", path)
				}
			}
		}
	}
	for _, path := range []string{"/incidents/nosuchthing0/feed.rss", "/maintenances/" + id + "/feed.rss", "/incidents/" + id + "/feed.xml"} {
		if d, err := l.Archive(t.Context(), path); d != nil || err != nil {
			t.Errorf("%s: %v %v", path, d, err)
		}
	}
}

// TestAMonthOfManyNoticesHasPages: each notice stands on exactly one of them.
func TestAMonthOfManyNoticesHasPages(t *testing.T) {
	src := publishtest.New()
	const many = 230
	for i := range many {
		at := publishtest.Start.Add(time.Duration(i) * time.Minute)
		id, err := src.Open(at, status.Change{Name: ptr(fmt.Sprintf("Outage number %d.", i))})
		if err != nil {
			t.Fatal(err)
		}
		if err := src.Apply(at, id, status.Change{Stage: publishtest.Ptr(status.Resolved)}); err != nil {
			t.Fatal(err)
		}
	}
	l := started(t, src)
	seen := map[string]int{}
	number := regexp.MustCompile(`Outage number \d+\.</a>`)
	for page, around := range map[string][]string{
		"/history/2026-11":      {`rel="next" href="/history/2026-11/2"`, "Page 1 of 3"},
		"/history/2026-11/2":    {`rel="prev" href="/history/2026-11"`, `rel="next" href="/history/2026-11/3"`, "Page 2 of 3"},
		"/de/history/2026-11/3": {`rel="prev" href="/de/history/2026-11/2"`, "Seite 3 von 3"},
	} {
		d, err := l.Archive(t.Context(), page)
		if err != nil || d == nil || !publish.Archived(page) {
			t.Fatalf("%s: %v %v", page, d, err)
		}
		for _, want := range around {
			if !strings.Contains(string(d.Body), want) {
				t.Errorf("%s lacks %q", page, want)
			}
		}
		if len(d.Gzip().Body) > 8<<10 {
			t.Errorf("%s weighs %d bytes", page, len(d.Gzip().Body))
		}
		for _, title := range number.FindAllString(string(d.Body), -1) {
			seen[title]++
		}
	}
	if len(seen) != many {
		t.Errorf("the pages show %d of %d notices", len(seen), many)
	}
	for title, n := range seen {
		if n != 1 {
			t.Errorf("%s stands on %d pages", title, n)
		}
	}
	for _, page := range []string{"/history/2026-11/1", "/history/2026-11/4", "/history/2026-11/0", "/history/2026-10/2"} {
		if d, err := l.Archive(t.Context(), page); d != nil || err != nil {
			t.Errorf("%s: %v %v", page, d, err)
		}
	}
}
