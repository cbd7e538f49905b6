package publish

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
	"allclear/status/statuspage/conform"
	"allclear/templates"
)

const exampleBase = "https://status.example.org"

const captures = "../status/statuspage/testdata/"

func exampleBuilder(t testing.TB) *Builder {
	t.Helper()
	pages, err := templates.New(templates.Options{BaseURL: exampleBase})
	if err != nil {
		t.Fatal(err)
	}
	return &Builder{Base: exampleBase, Pages: pages}
}

// capturedView is what the public sees after captured files were imported.
func capturedView(t testing.TB, names ...string) *status.View {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(captures + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	in, err := statuspage.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	page, _ := status.MergePage(status.NewPage("fresh", "Fresh", time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)), in.Page)
	for i := range in.Components {
		in.Components[i].Revision = 1
	}
	for i := range in.Incidents {
		in.Incidents[i].Revision = 1
	}
	v := status.ViewOf(page, in.Components, in.Incidents)
	v.Epoch, v.Revision, v.At = "epoch", 1, v.UpdatedAt()
	return &v
}

func docsOf(t testing.TB, made []doc, err error) map[string]doc {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]doc{}
	for _, d := range made {
		if _, ok := docs[d.path]; ok {
			t.Errorf("%s is made twice", d.path)
		}
		if d.changed.IsZero() || d.contentType == "" {
			t.Errorf("%s: changed %v, type %q", d.path, d.changed, d.contentType)
		}
		docs[d.path] = d
	}
	return docs
}

func apiOf(t testing.TB, b *Builder, v *status.View) map[string]doc {
	t.Helper()
	made, err := b.apiDocs(v)
	return docsOf(t, made, err)
}

func TestCompatibleDocumentsEqualTheCaptures(t *testing.T) {
	files, err := filepath.Glob(captures + "*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("captures: %v, %v", files, err)
	}
	for _, file := range files {
		name := strings.TrimPrefix(file, captures)
		path := "/api/v2/summary.json"
		switch {
		case strings.Contains(name, "observed"):
			continue
		case strings.HasPrefix(name, "components/"):
			path = "/api/v2/components.json"
		case strings.HasSuffix(name, "status.json"):
			path = "/api/v2/status.json"
		}
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := conform.Diff(want, apiOf(t, exampleBuilder(t), capturedView(t, name))[path].body); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPartsMakeTheWholeShape: documents are joined from encoded parts; they must be what
// the shapes themselves encode to.
func TestPartsMakeTheWholeShape(t *testing.T) {
	v := capturedView(t, "cloudflare/summary-4-incidents-47-maintenances.json", "cloudflare/incidents-observed.json")
	for i := range v.Maintenances[:3] {
		v.Maintenances[i].Stage = status.InProgress
	}
	docs := apiOf(t, exampleBuilder(t), v)
	e := statuspage.NewEncoder(&v.Page, v.Components, statuspage.Links{Base: exampleBase})
	recent := v.Incidents[:50]
	for path, shape := range map[string]any{
		"/api/v2/summary.json":                         e.Summary(v),
		"/api/v2/components.json":                      e.ComponentList(v),
		"/api/v2/incidents.json":                       e.IncidentList(v, recent),
		"/api/v2/incidents/unresolved.json":            e.IncidentList(v, v.Unresolved()),
		"/api/v2/scheduled-maintenances.json":          e.MaintenanceList(v, v.Maintenances[:47]),
		"/api/v2/scheduled-maintenances/upcoming.json": e.MaintenanceList(v, v.Upcoming()),
		"/api/v2/scheduled-maintenances/active.json":   e.MaintenanceList(v, v.Active()),
	} {
		want, err := statuspage.JSON(shape)
		if err != nil {
			t.Fatal(err)
		}
		if string(docs[path].body) != string(want) {
			t.Errorf("%s is not what its shape encodes to", path)
		}
	}
	if len(v.Active()) == 0 || len(v.Upcoming()) == 0 || len(v.Unresolved()) < 50 {
		t.Errorf("the view is too quiet: %d, %d, %d", len(v.Active()), len(v.Upcoming()), len(v.Unresolved()))
	}
}

func TestDocumentsOfTheExample(t *testing.T) {
	b, v := exampleBuilder(t), exampleView()
	docs := apiOf(t, b, v)
	for path, file := range map[string]string{
		"/api/v2/summary.json": "v2_summary.json", "/api/v2/scheduled-maintenances.json": "v2_maintenances.json",
		"/api/v3/summary.json": "v3_summary.json", "/api/v3/components.json": "v3_components.json",
		"/api/v3/incidents.json": "v3_incidents.json", "/api/v3/maintenances.json": "v3_maintenances.json", "/revision.json": "revision.json",
	} {
		golden(t, file, docs[path].body)
	}
	for path, d := range promisedData(t, b, v) {
		if strings.Contains(string(d.body), "SECRET") {
			t.Errorf("%s tells what is internal", path)
		}
		docs[path] = d
	}
	golden(t, "v2_incident.json", docs["/incidents/openopenopen.json"].body)
	golden(t, "v3_incident.json", docs["/api/v3/incidents/donedonedone.json"].body)
	golden(t, "history.json", docs["/history.json"].body)
	for path, d := range docs {
		if strings.Contains(string(d.body), "SECRET") {
			t.Errorf("%s tells what is internal", path)
		}
		if !json.Valid(d.body) {
			t.Errorf("%s is no JSON", path)
		}
	}
}

// promisedData makes every JSON document that is made on demand.
func promisedData(t *testing.T, b *Builder, v *status.View) map[string]doc {
	t.Helper()
	s := &Snapshot{lazy: map[string]*lazy{}}
	b.promiseData(v, s)
	docs := map[string]doc{}
	for path, l := range s.lazy {
		d, err := l.make()
		if err != nil || d.path != path {
			t.Errorf("%s: made %q, %v", path, d.path, err)
		}
		docs[path] = d
	}
	return docs
}

func TestEveryNoticeHasItsDocuments(t *testing.T) {
	v := exampleView()
	docs := promisedData(t, exampleBuilder(t), v)
	for _, list := range [][]status.Incident{v.Incidents, v.Maintenances} {
		for _, n := range list {
			for _, path := range []string{"/incidents/" + n.ID + ".json", "/api/v3/incidents/" + n.ID + ".json"} {
				if _, ok := docs[path]; !ok {
					t.Errorf("there is no %s", path)
				}
			}
		}
	}
	long, public, err := exampleBuilder(t).noticeData(v, &v.Incidents[0])
	if err != nil || string(long.body) != string(docs[long.path].body) || string(public.body) != string(docs[public.path].body) {
		t.Errorf("the archive's documents differ from the snapshot's: %v", err)
	}
}

// revisionOf is the revision that a document names.
func revisionOf(t *testing.T, d doc) int64 {
	t.Helper()
	var named struct{ Revision int64 }
	if err := json.Unmarshal(d.body, &named); err != nil {
		t.Fatal(err)
	}
	return named.Revision
}

func TestDocumentsNameTheRevisionOfTheirLastChange(t *testing.T) {
	b, v := exampleBuilder(t), exampleView()
	first := apiOf(t, b, v)
	for path, want := range map[string]int64{"summary.json": 9, "components.json": 7, "incidents.json": 7, "maintenances.json": 7} {
		if got := revisionOf(t, first["/api/v3/"+path]); got != want {
			t.Errorf("%s names revision %d, want %d", path, got, want)
		}
	}
	v.Revision = 10
	v.Maintenances = slices.DeleteFunc(v.Maintenances, func(n status.Incident) bool { return n.ID == "workworkwork" })
	v.Components[0].Name, v.Components[0].Revision = "Web", 10
	second := apiOf(t, b, v)
	for path, want := range map[string]int64{"summary.json": 10, "components.json": 10, "incidents.json": 10, "maintenances.json": 10} {
		if got := revisionOf(t, second["/api/v3/"+path]); got != want {
			t.Errorf("after a change, %s names revision %d, want %d", path, got, want)
		}
	}
	v.Revision = 11
	third := apiOf(t, b, v)
	for path, d := range third {
		if path != "/api/v3/summary.json" && path != "/revision.json" && string(d.body) != string(second[path].body) {
			t.Errorf("%s changed with a revision that changed nothing in it", path)
		}
	}
}

// TestNothingStale: the notices kept between builds follow every change of the view.
func TestNothingStale(t *testing.T) {
	b, v := exampleBuilder(t), exampleView()
	changes := []struct {
		name string
		make func()
	}{
		{"promise kept", func() { v.At = moment(21, 20, 30) }},
		{"promise overdue", func() { v.At = moment(21, 22, 0) }},
		{"component renamed", func() { v.Components[1].Name, v.Components[1].Revision = "Cards", 20 }},
		{"zone", func() { v.Page.TimeZone = "America/New_York" }},
		{"notice changed", func() { v.Incidents[0].Name, v.Incidents[0].Revision = "Cards fail", 21 }},
		{"maintenance begins", func() { v.Maintenances[0].Stage, v.Maintenances[0].Revision = status.InProgress, 22 }},
		{"component gone", func() { v.Components = slices.Delete(slices.Clone(v.Components), 1, 2) }},
		{"notice withdrawn", func() { v.Incidents = v.Incidents[1:] }},
	}
	before := apiOf(t, b, v)
	for _, change := range changes {
		change.make()
		kept, fresh := apiOf(t, b, v), apiOf(t, exampleBuilder(t), v)
		differs := false
		for path := range fresh {
			have, _, _ := strings.Cut(string(kept[path].body), `,"revision":`)
			want, _, _ := strings.Cut(string(fresh[path].body), `,"revision":`)
			if have != want {
				t.Errorf("%s: %s is stale", change.name, path)
			}
			differs = differs || string(before[path].body) != string(kept[path].body)
		}
		if !differs {
			t.Errorf("%s changed nothing", change.name)
		}
		before = kept
	}
}

func TestIncidentPages(t *testing.T) {
	b, v := exampleBuilder(t), exampleView()
	first := v.Incidents[0]
	for range 60 {
		n := first
		n.ID, n.UpdatedAt, n.Order = status.NewID(), n.UpdatedAt.Add(-time.Hour), n.Order+1
		v.Incidents = append(v.Incidents, n)
	}
	cursorOf := func(d doc) (string, int) {
		var page struct {
			Incidents []struct{ ID string }
			Next      string `json:"next_cursor"`
		}
		if err := json.Unmarshal(d.body, &page); err != nil {
			t.Fatal(err)
		}
		return page.Next, len(page.Incidents)
	}
	cursor, n := cursorOf(apiOf(t, b, v)["/api/v3/incidents.json"])
	if n != 50 {
		t.Errorf("the first page has %d incidents", n)
	}
	at, err := status.ParseCursor(cursor)
	if err != nil || at != newestCreated(v.Incidents)[49].Cursor() {
		t.Errorf("the cursor is %+v, %v", at, err)
	}
	page, err := b.incidentPage(v, "/api/v3/incidents.json?cursor="+cursor, v.Incidents[50:60], "1.2.x")
	if next, n := cursorOf(page); err != nil || n != 10 || next != "1.2.x" {
		t.Errorf("further page: %d, %q, %v", n, next, err)
	}
	end, err := b.incidentPage(v, "/x", v.Incidents[60:], "")
	if next, _ := cursorOf(end); err != nil || next != "" {
		t.Errorf("the last page goes on at %q, %v", next, err)
	}
	if next, _ := cursorOf(apiOf(t, b, exampleView())["/api/v3/incidents.json"]); next != "" {
		t.Errorf("a short list goes on at %q", next)
	}
	for _, bad := range []string{"!", "AAAA", "1.2", "1.2.x y", "01.2.x"} {
		if _, err := status.ParseCursor(bad); status.FaultCode(err) != status.CodeMalformed {
			t.Errorf("ParseCursor(%q) = %v", bad, err)
		}
	}
}

func TestHistoryPages(t *testing.T) {
	b, v := exampleBuilder(t), exampleView()
	months := historyMonths(v, 2)
	if months[0].year != 2026 || months[0].month != time.August || months[2].month != time.June {
		t.Errorf("page 2 begins with %v", months)
	}
	if january := historyMonths(&status.View{At: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC), Page: v.Page}, 1); january[2].year != 2025 || january[2].month != time.November {
		t.Errorf("the months before January 2026: %v", january)
	}
	months[0].notices = v.Incidents[:1]
	d, err := b.historyPage(v, 2, months)
	if err != nil || d.path != "/history.json?page=2" || !strings.Contains(string(d.body), `{"name":"August","year":2026,"starts_on":6,"days":31,"incidents":[{"code":"openopenopen"`) {
		t.Errorf("page 2 = %s, %s, %v", d.path, d.body, err)
	}
	v.Months[0].Incidents = 3 // one that the view does not hold
	if _, ok := promisedData(t, b, v)["/history.json"]; ok {
		t.Error("a history with a gap was promised; the database must make it")
	}
}
