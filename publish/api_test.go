package publish

import (
	"os"
	"path/filepath"
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
