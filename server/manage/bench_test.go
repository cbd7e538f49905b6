package manage

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"allclear/status"
	"allclear/store"
)

// large fills a page as big as real ones are.
func (f *fixture) large(components, incidents int) {
	f.t.Helper()
	in := status.Import{}
	for n := range components {
		in.Components = append(in.Components, status.Component{
			ID: fmt.Sprintf("component%03d", n), Name: fmt.Sprint("Component ", n), Level: status.Operational, Position: n + 1, CreatedAt: start, UpdatedAt: start,
		})
	}
	for n := range incidents {
		id := fmt.Sprintf("incident%04d", n)
		in.Incidents = append(in.Incidents, status.Incident{
			ID: id, Kind: status.Problem, Name: "Slow", Stage: status.Resolved, Impact: status.ImpactMinor, CreatedAt: start, UpdatedAt: start, StartedAt: start,
			ComponentIDs: []string{"component001"}, Imported: true,
			Updates: []status.Update{{ID: "u" + id, IncidentID: id, Stage: status.Resolved, Body: "Done.", CreatedAt: start, UpdatedAt: start, DisplayAt: start}},
		})
	}
	if _, _, err := f.desk.Store.Import(f.t.Context(), store.By{Actor: "test", Import: true}, in, false); err != nil {
		f.t.Fatal(err)
	}
}

// BenchmarkRequests measures whole requests on a page with 463 components and 300 incidents.
func BenchmarkRequests(b *testing.B) {
	for _, bench := range []struct{ name, method, path, body string }{
		{"one", http.MethodGet, "/incidents/incident0001", ""},
		{"list", http.MethodGet, "/incidents", ""},
		{"components", http.MethodGet, "/components?per_page=500", ""},
		{"patch", http.MethodPatch, "/incidents/incident0001", `{"incident":{"customer_impact":"Slow."}}`},
	} {
		b.Run(bench.name, func(b *testing.B) {
			f := newFixture(b)
			f.large(463, 300)
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(bench.method, f.page+bench.path, strings.NewReader(bench.body))
				r.Header.Set("Authorization", "OAuth "+f.secrets[status.Admin])
				r.Header.Set("Content-Type", jsonType)
				w := httptest.NewRecorder()
				f.echo.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatalf("answered %d: %s", w.Code, w.Body)
				}
			}
		})
	}
}
