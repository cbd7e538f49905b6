package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"allclear/status"
)

// page answers like another status page: path → body; a body that is a status code is one.
func page(t *testing.T, documents map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch body, ok := documents[r.URL.Path]; {
		case !ok:
			http.NotFound(w, r)
		case body == "503":
			w.WriteHeader(http.StatusServiceUnavailable)
		case body == "cut":
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("{"))
		default:
			_, _ = w.Write([]byte(body))
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// A page may lack documents, or answer a page for people where there is none.
func TestFetchTakesWhatThereIs(t *testing.T) {
	base := page(t, map[string]string{
		"/status/api/v2/summary.json":    `{"page":{}}`,
		"/status/api/v2/components.json": "  <!DOCTYPE HTML><title>Not here</title>",
		"/status/history.atom":           "<feed/>",
	})
	for _, source := range []string{base + "/status", base + "/status/", base + "/status/api/v2", base + "/status/api/v2/"} {
		files, err := fetchPage(t.Context(), source)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for name := range files {
			names = append(names, name)
		}
		slices.Sort(names)
		if !slices.Equal(names, []string{"history.atom", "summary.json"}) || string(files["summary.json"]) != `{"page":{}}` {
			t.Errorf("%s: got %v", source, names)
		}
	}
}

func TestFetchSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		documents map[string]string
		want      string
	}{
		"nothing there": {nil, "is not a Statuspage-compatible page"},
		"failing":       {map[string]string{"/api/v2/summary.json": "{}", "/history.atom": "503"}, "/history.atom answered 503 Service Unavailable"},
		"cut off":       {map[string]string{"/api/v2/summary.json": "cut"}, "/api/v2/summary.json cannot be read (unexpected EOF)"},
		"too large":     {map[string]string{"/api/v2/summary.json": strings.Repeat(" ", maxImport+1)}, "has more than 32 MiB"},
	} {
		files, err := fetchPage(t.Context(), page(t, c.documents))
		if err == nil || files != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %d files, %v", name, len(files), err)
		}
	}
	if _, err := fetchPage(t.Context(), "https://user:hunter2@status.example.com"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func TestCapturesAreBounded(t *testing.T) {
	folder := t.TempDir()
	file, err := os.Create(filepath.Join(folder, "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Truncate(maxImport + 1); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := readCapture(folder); err == nil || !strings.Contains(err.Error(), "has more than 32 MiB") {
		t.Errorf("got %v", err)
	}
}

func TestPlanText(t *testing.T) {
	source := status.NewPage("abc", "Example", status.Page{}.CreatedAt)
	for _, c := range []struct {
		plan status.Plan
		page *status.Page
		want string
	}{
		{
			status.Plan{TakesPage: true, ComponentsAdded: 12, IncidentsAdded: 25, UpdatesAdded: 1}, &source,
			"Page:       takes over the id abc, the name \"Example\" and the time zone of the source\n" +
				"Components: 12 new, 0 changed, 0 as they are\nNotices:    25 new, 0 changed, 0 as they are; 1 new update\n",
		},
		{
			status.Plan{ComponentsSame: 3, IncidentsChanged: 1, UpdatesAdded: 2, Kept: 1}, &source,
			"Page:       keeps its own id, name and time zone\n" +
				"Components: 0 new, 0 changed, 3 as they are\nNotices:    0 new, 1 changed, 0 as they are; 2 new updates\n" +
				"Kept:       1 object that is own or newer here\n",
		},
		{
			status.Plan{Kept: 2}, nil,
			"Components: 0 new, 0 changed, 0 as they are\nNotices:    0 new, 0 changed, 0 as they are; 0 new updates\n" +
				"Kept:       2 objects that are own or newer here\n",
		},
	} {
		if got := planText(c.plan, c.page); got != c.want {
			t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
		}
	}
}
