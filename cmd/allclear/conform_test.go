package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"allclear/status/statuspage/conform"
)

// imported is a fresh instance into which one document was imported by the command, as
// it serves the page.
func imported(t *testing.T, name string, document []byte) *httptest.Server {
	t.Helper()
	source, data := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(source, name), document, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"import", "statuspage", source, "--data", data}, func(string) string { return "" }, nil, &out, &errs); code != 0 {
		t.Fatalf("import: %s%s", out.String(), errs.String())
	}
	app := &App{
		Config: Config{Data: data, MailWorkers: 1, SSEMax: 10, SSEMaxPerIP: 10, Database: Database{Engine: EngineSQLite, Path: filepath.Join(data, "allclear.db")}},
		Stdout: io.Discard, Stderr: io.Discard, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	n, err := newNode(t.Context(), app, "https://status.example.org")
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(n.server)
	t.Cleanup(func() { web.Close(); n.close() })
	return web
}

func fetch(t *testing.T, web *httptest.Server, path string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, web.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", path, resp.StatusCode, err)
	}
	return body
}

func TestRealPagesAreServedAsTheyWereCaptured(t *testing.T) {
	for pattern, name := range map[string]string{"github/summary-*.json": "summary.json", "cloudflare/summary-*.json": "summary.json", "components/*.json": "components.json"} {
		files, err := filepath.Glob(captures + pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no captures %s: %v", pattern, err)
		}
		for _, file := range files {
			t.Run(strings.TrimPrefix(file, captures), func(t *testing.T) {
				t.Parallel()
				document, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				web := imported(t, name, document)
				if diff := conform.Diff(document, fetch(t, web, "/api/v2/"+name)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// Incidents were observed while open; each is served key by key as it was, from an
// instance that knows nothing else.
func TestObservedIncidentsAreServedAsTheyWereCaptured(t *testing.T) {
	for _, file := range []string{"github/incidents-observed.json", "cloudflare/incidents-observed.json"} {
		raw, err := os.ReadFile(captures + file)
		if err != nil {
			t.Fatal(err)
		}
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(list); i += 25 { // each one through the whole program; all of them in status/statuspage
			t.Run(file, func(t *testing.T) {
				t.Parallel()
				web := imported(t, "incidents.json", append(append([]byte(`{"incidents":[`), list[i]...), "]}"...))
				var served struct{ Incidents []json.RawMessage }
				if err := json.Unmarshal(fetch(t, web, "/api/v2/incidents/unresolved.json"), &served); err != nil {
					t.Fatal(err)
				}
				if len(served.Incidents) != 1 {
					t.Fatalf("%d incidents", len(served.Incidents))
				}
				if diff := conform.Diff(list[i], served.Incidents[0]); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}
