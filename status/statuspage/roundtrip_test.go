package statuspage_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
	"allclear/status/statuspage/conform"
)

var links = statuspage.Links{Base: "https://status.example.org"}

func capture(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func read(t *testing.T, name string, data []byte) status.Import {
	t.Helper()
	in, err := statuspage.Read(map[string][]byte{name: data})
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return in
}

// viewOf is what the public sees after an import into a fresh instance.
func viewOf(in status.Import) status.View {
	page, _ := status.MergePage(status.NewPage("fresh", "Fresh", time.Time{}), in.Page)
	return status.ViewOf(page, in.Components, in.Incidents)
}

func encoded(t *testing.T, shape any) []byte {
	t.Helper()
	body, err := statuspage.JSON(shape)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestCapturedDocumentsComeBackEqual(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.json")
	if err != nil || len(files) < 15 {
		t.Fatalf("captures: %v, %v", files, err)
	}
	compared := 0
	for _, file := range files {
		name := strings.TrimPrefix(file, "testdata/")
		base := filepath.Base(file)
		if base == "status.json" || base == "incidents-observed.json" {
			continue
		}
		compared++
		t.Run(name, func(t *testing.T) {
			data := capture(t, name)
			v := viewOf(read(t, base, data))
			e := statuspage.NewEncoder(&v.Page, v.Components, links)
			var ours []byte
			if strings.HasPrefix(name, "components/") {
				ours = encoded(t, e.ComponentList(&v))
			} else {
				ours = encoded(t, e.Summary(&v))
			}
			if diff := conform.Diff(data, ours); diff != "" {
				t.Error(diff)
			}
		})
	}
	if compared != 18 {
		t.Errorf("compared %d documents, want 18", compared)
	}
}

func TestStatusDocument(t *testing.T) {
	in := read(t, "status.json", capture(t, "github/status.json"))
	if in.Page == nil || in.Page.Name != "GitHub" || in.Components != nil || in.Incidents != nil {
		t.Errorf("Read = %+v", in)
	}
	v := viewOf(in)
	e := statuspage.NewEncoder(&v.Page, v.Components, links)
	ours := encoded(t, struct {
		Page   statuspage.Page   `json:"page"`
		Status statuspage.Status `json:"status"`
	}{e.Page(v.UpdatedAt()), statuspage.StatusOf(v.RollUp())})
	if diff := conform.Diff(capture(t, "github/status.json"), ours); diff != "" {
		t.Error(diff)
	}
}

func TestObservedIncidentsComeBackEqualEachAlone(t *testing.T) {
	total := 0
	for _, source := range []string{"github", "cloudflare"} {
		var list []json.RawMessage
		if err := json.Unmarshal(capture(t, source+"/incidents-observed.json"), &list); err != nil {
			t.Fatal(err)
		}
		for _, raw := range list {
			total++
			in := read(t, "incidents.json", append(append([]byte("["), raw...), ']'))
			v := viewOf(in)
			e := statuspage.NewEncoder(&v.Page, v.Components, links)
			var ours []byte
			if len(v.Maintenances) == 1 {
				ours = encoded(t, e.Maintenance(&v.Maintenances[0]))
			} else {
				ours = encoded(t, e.Incident(&v.Incidents[0]))
			}
			if diff := conform.Diff(raw, ours); diff != "" {
				t.Errorf("%s %s: %s", source, in.Incidents[0].ID, diff)
			}
			if len(in.Components) != len(in.Incidents[0].ComponentIDs) {
				t.Errorf("%s: %d components, the notice names %d", in.Incidents[0].ID, len(in.Components), len(in.Incidents[0].ComponentIDs))
			}
		}
	}
	if total != 627 {
		t.Errorf("compared %d incidents, want 627", total)
	}
}

func TestObservedIncidentsTogether(t *testing.T) {
	in := read(t, "incidents-observed.json", capture(t, "cloudflare/incidents-observed.json"))
	if len(in.Incidents) != 327 || in.Page == nil || in.Page.ID != "yh6f0r4529hb" || in.Page.Name != "" {
		t.Fatalf("%d incidents, page %v", len(in.Incidents), in.Page)
	}
	newest := map[string]time.Time{}
	var raw []struct {
		Components []struct {
			ID        string    `json:"id"`
			UpdatedAt time.Time `json:"updated_at"`
		} `json:"components"`
	}
	if err := json.Unmarshal(capture(t, "cloudflare/incidents-observed.json"), &raw); err != nil {
		t.Fatal(err)
	}
	for _, n := range raw {
		for _, c := range n.Components {
			if c.UpdatedAt.After(newest[c.ID]) {
				newest[c.ID] = c.UpdatedAt
			}
		}
	}
	if len(in.Components) != len(newest) {
		t.Errorf("%d components, want %d", len(in.Components), len(newest))
	}
	for _, c := range in.Components {
		if !c.UpdatedAt.Equal(newest[c.ID].Truncate(time.Millisecond)) {
			t.Errorf("component %s is of %v, the newest seen is of %v", c.ID, c.UpdatedAt, newest[c.ID])
		}
	}
}
