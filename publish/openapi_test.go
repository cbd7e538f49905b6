package publish

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"allclear/status"
	"allclear/status/statuspage"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// described compiles the schemas of the served description; formats are asserted.
func described(t *testing.T, body []byte) func(name string) *jsonschema.Schema {
	t.Helper()
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("api.json", tree); err != nil {
		t.Fatal(err)
	}
	return func(name string) *jsonschema.Schema {
		t.Helper()
		s, err := c.Compile("api.json#/components/schemas/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

func conforms(t *testing.T, s *jsonschema.Schema, what string, body []byte) {
	t.Helper()
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if err := s.Validate(tree); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// openapi is the part of a description that the tests walk.
type openapi struct {
	OpenAPI string `json:"openapi"`
	Servers []struct{ URL string }
	Paths   map[string]map[string]struct {
		Responses map[string]struct {
			Content map[string]struct {
				Schema struct {
					Ref string `json:"$ref"`
				}
			}
		}
	}
}

// schemaOf is the schema of a path's answer; "" when it has none of its own.
func (o openapi) schemaOf(path string) string {
	return strings.TrimPrefix(o.Paths[path]["get"].Responses["200"].Content["application/json"].Schema.Ref, "#/components/schemas/")
}

func describedViews(t *testing.T) map[string]*status.View {
	return map[string]*status.View{
		"example": exampleView(), "empty": {Page: status.NewPage("pagepagepage", "New", moment(1, 8, 0)), At: moment(22, 8, 0), Revision: 1},
		"captured": capturedView(t, "github/summary-three-incidents.json"), "maintenances": capturedView(t, "cloudflare/summary-4-incidents-47-maintenances.json"),
	}
}

// TestEveryAnswerIsAsDescribed holds every document of the interface against the served
// description, in which no key may be missing and none may be unknown.
func TestEveryAnswerIsAsDescribed(t *testing.T) {
	for name, v := range describedViews(t) {
		b := exampleBuilder(t)
		s, err := b.Build(v, nil)
		if err != nil {
			t.Fatal(err)
		}
		description, err := s.Document("/api/v3/openapi.json")
		if err != nil || description == nil {
			t.Fatal(description, err)
		}
		var api openapi
		if err := json.Unmarshal(description.Body, &api); err != nil || api.OpenAPI != "3.1.0" || api.Servers[0].URL != exampleBase {
			t.Fatal(api.OpenAPI, api.Servers, err)
		}
		schema, seen := described(t, description.Body), map[string]bool{}
		for _, path := range s.Paths() {
			template := templateOf(api, path)
			if strings.HasPrefix(path, "/api/v3/") && template == "" {
				t.Errorf("%s: %s is not described", name, path)
			}
			if api.schemaOf(template) == "" {
				continue
			}
			d, err := s.Document(path)
			if err != nil {
				t.Fatal(path, err)
			}
			conforms(t, schema(api.schemaOf(template)), name+path, d.Body)
			seen[template] = true
		}
		for path := range api.Paths {
			if api.schemaOf(path) != "" && !seen[path] && name == "example" {
				t.Errorf("%s is described and nothing answers", path)
			}
		}
		conforms(t, schema("StatusEvent"), "event: status", s.status)
	}
}

// templateOf is the described path that an address belongs to.
func templateOf(api openapi, path string) string {
	if _, ok := api.Paths[path]; ok {
		return path
	}
	for template := range api.Paths {
		before, after, ok := strings.Cut(template, "{id}")
		id, found := strings.CutPrefix(path, before)
		id, ends := strings.CutSuffix(id, after)
		if ok && found && ends && id != "" && !strings.Contains(id, "/") {
			return template
		}
	}
	return ""
}

func TestEveryMessageIsAsDescribed(t *testing.T) {
	b, v := exampleBuilder(t), exampleView()
	d, err := b.describe(v.Page.CreatedAt)
	if err != nil {
		t.Fatal(err)
	}
	schema := described(t, d.body)("Envelope")
	for _, kind := range []status.EventType{
		status.IncidentCreated, status.IncidentUpdated, status.IncidentResolved, status.IncidentReopened, status.IncidentWithdrawn,
		status.MaintenanceScheduled, status.MaintenanceUpdated, status.MaintenanceReminder, status.MaintenanceStarted,
		status.MaintenanceCompleted, status.MaintenanceCancelled, status.MaintenanceWithdrawn,
	} {
		notice := &v.Incidents[0]
		if strings.HasPrefix(string(kind), "maintenance") {
			notice = &v.Maintenances[0]
		}
		for _, telling := range []statuspage.Telling{
			{Incident: notice, Unsubscribe: exampleBase + "/subscriptions/x", Redelivery: true},
			{}, // withdrawn, or gone meanwhile
		} {
			telling.Page, telling.Components, telling.Links = &v.Page, v.Components, statuspage.Links{Base: exampleBase}
			telling.Event = status.Event{ID: "eventeventev", Type: kind, At: v.At, Revision: 7, Sequence: 2, IncidentID: notice.ID}
			body, err := telling.EventJSON()
			if err != nil {
				t.Fatal(err)
			}
			conforms(t, schema, string(kind), body)
		}
	}
	moved := statuspage.Telling{
		Page: &v.Page, Components: v.Components, Links: statuspage.Links{Base: exampleBase},
		Event: status.Event{ID: "eventeventev", Type: status.ComponentUpdated, At: v.At, ComponentID: "cardcardcard", OldLevel: status.Operational, NewLevel: status.PartialOutage},
	}
	body, err := moved.EventJSON()
	if err != nil {
		t.Fatal(err)
	}
	conforms(t, schema, "component.updated", body)
}

// TestUptimeOfFewerDays asks for parts of the range and for what no range is.
func TestUptimeOfFewerDays(t *testing.T) {
	b, v := exampleBuilder(t), exampleView()
	s, err := b.Build(v, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Document(uptimePath("cardcardcard"))
	if err != nil {
		t.Fatal(err)
	}
	var whole, week uptimeShape
	fewer, err := b.uptimeDays(v, "cardcardcard", "7")
	if err := errors.Join(err, json.Unmarshal(d.Body, &whole), json.Unmarshal(fewer.body, &week)); err != nil {
		t.Fatal(err)
	}
	if week.Days != 7 || len(week.History) != 7 || whole.Days != barDays || len(whole.History) != barDays {
		t.Fatalf("days: %d of %d, %d of %d", len(week.History), week.Days, len(whole.History), whole.Days)
	}
	if week.RangeTo != whole.RangeTo || week.RangeFrom != whole.History[barDays-7].Date {
		t.Errorf("range: %s to %s", week.RangeFrom, week.RangeTo)
	}
	for i, day := range week.History {
		if day.Minutes != whole.History[barDays-7+i].Minutes {
			t.Errorf("%s: %v in a week, %v in the whole", day.Date, day.Minutes, whole.History[barDays-7+i].Minutes)
		}
	}
	for _, wrong := range []string{"0", "91", "07", "-1", "x", "1.5"} {
		if _, err := b.uptimeDays(v, "cardcardcard", wrong); status.FaultCode(err) != status.CodeMalformed {
			t.Errorf("days=%s: %v", wrong, err)
		}
	}
	for _, nobody := range []string{"paypaypaypay", "nobodynobody"} { // a group has no history of its own
		if made, err := b.uptimeDays(v, nobody, "7"); made.body != nil || err != nil {
			t.Errorf("%s: %s, %v", nobody, made.body, err)
		}
	}
}

// TestUptimeAsATable reads the table with another reader and holds it against the JSON.
func TestUptimeAsATable(t *testing.T) {
	b, v := exampleBuilder(t), exampleView()
	s, err := b.Build(v, nil)
	if err != nil {
		t.Fatal(err)
	}
	table, err := s.Document("/components/cardcardcard/uptime.csv")
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Document(uptimePath("cardcardcard"))
	if err != nil {
		t.Fatal(err)
	}
	var whole uptimeShape
	if err := json.Unmarshal(d.Body, &whole); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(table.Body)).ReadAll()
	if err != nil || len(rows) != barDays+1 || rows[0][0] != "date" || len(rows[0]) != 8 {
		t.Fatalf("%d rows, head %v: %v", len(rows), rows[0], err)
	}
	for i, row := range rows[1:] {
		day := whole.History[barDays-1-i]
		if row[0] != day.Date || row[5] != strconv.FormatFloat(day.Minutes.Major, 'f', -1, 64) || day.Worst != nil && row[1] != *day.Worst {
			t.Errorf("row %v, day %+v", row, day)
		}
	}
}
