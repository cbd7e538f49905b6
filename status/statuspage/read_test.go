package statuspage_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
)

func TestBrokenFilesAreRefusedWithOneSentence(t *testing.T) {
	const page = `"page":{"id":"p1","name":"P","updated_at":"2026-01-01T00:00:00Z"}`
	component := func(s string) string {
		return `{` + page + `,"components":[{"id":"c1","name":"C","status":"operational","created_at":"2026-01-01T00:00:00Z"},` + s + `]}`
	}
	incident := func(fields string) string {
		return `{` + page + `,"incidents":[{"id":"i1","name":"I","status":"resolved","impact":"minor","created_at":"2026-01-01T00:00:00Z",` + fields + `}]}`
	}
	entry := func(content string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title><updated>2026-01-01T00:00:00Z</updated>` +
			`<link href="https://x.example/incidents/abc"/><content type="html">` + content + `</content></entry></feed>`
	}
	tests := map[string]struct{ file, data, want string }{
		"empty":           {"summary.json", " \n", "summary.json is empty."},
		"cut off":         {"summary.json", "{\n" + page + ",\n\"components\":[{\"id\":", "summary.json, line 3: The file ends in the middle of a value; it seems to be cut off."},
		"no JSON":         {"components.json", "{\n" + page + ",\n oops}", "components.json, line 3: This is not valid JSON"},
		"trailing":        {"components.json", "{" + page + "}\n{}", "components.json, line 2: This is not valid JSON"},
		"not UTF-8":       {"incidents.json", "{\n\"page\":\"\xff\"}", "incidents.json, line 2: The text is not valid UTF-8."},
		"a number":        {"incidents.json", "7", "incidents.json, line 1: Expected an object, not a number."},
		"nothing in it":   {"incidents.json", `{"incident":[]}`, "incidents.json: The file holds neither a page nor components nor incidents."},
		"wrong type":      {"components.json", component(`{"id":"c2","position":"one"}`), "components.json, line 1: components.position must be a whole number, not a text."},
		"list, not text":  {"incidents.json", incident(`"shortlink":[1]`), "shortlink must be a text, not a list."},
		"bad id":          {"components.json", component(`{"id":"../x"}`), `components.json, components[1].id: "../x" is not an id.`},
		"twice":           {"components.json", component(`{"id":"c1","name":"D","status":"operational","created_at":"2026-01-01T00:00:00Z"}`), `components[1].id: The id "c1" appears twice.`},
		"no name":         {"components.json", component(`{"id":"c2","status":"operational","created_at":"2026-01-01T00:00:00Z"}`), "components[1].name: The name must not be empty."},
		"bad level":       {"components.json", component(`{"id":"c2","name":"D","status":"fine","created_at":"2026-01-01T00:00:00Z"}`), `components[1].status: "fine" is not a component status`},
		"bad time":        {"components.json", component(`{"id":"c2","name":"D","status":"operational","created_at":"yesterday"}`), `components[1].created_at: "yesterday" is not a time such as`},
		"impossible time": {"components.json", component(`{"id":"c2","name":"D","status":"operational","created_at":"0001-01-01T00:00:00Z"}`), "The year of"},
		"bad date":        {"components.json", component(`{"id":"c2","name":"D","status":"operational","created_at":"2026-01-01T00:00:00Z","start_date":"soon"}`), "components[1].start_date: "},
		"negative":        {"components.json", component(`{"id":"c2","name":"D","status":"operational","created_at":"2026-01-01T00:00:00Z","position":-1}`), "components[1].position: "},
		"bad group":       {"components.json", component(`{"id":"c2","name":"D","status":"operational","created_at":"2026-01-01T00:00:00Z","group_id":"a b"}`), "components[1].group_id: "},
		"bad page":        {"summary.json", `{"page":{"id":"p1","name":""}}`, "summary.json, page.name: The name must not be empty."},
		"bad impact":      {"incidents.json", strings.Replace(incident(`"x":1`), `"minor"`, `"huge"`, 1), `incidents[0].impact: "huge" is not an impact`},
		"bad stage":       {"incidents.json", strings.Replace(incident(`"x":1`), `"resolved"`, `"done"`, 1), `incidents[0].status: "done" is not a status`},
		"two-line name":   {"incidents.json", strings.Replace(incident(`"x":1`), `"I"`, `"I\nJ"`, 1), "incidents[0].name: The name must be one line."},
		"bad update":      {"incidents.json", incident(`"incident_updates":[{"id":"u1","status":"resolved","created_at":"2026-01-01T00:00:00Z","body":"a\u0000b"}]`), "incidents[0].incident_updates[0].body: The text contains the control character U+0000."},
		"overlong update": {"incidents.json", incident(`"incident_updates":[{"id":"u1","status":"resolved","created_at":"2026-01-01T00:00:00Z","body":"` + strings.Repeat("x", 25001) + `"}]`), "The text has 25001 characters; at most 25000 are possible."},
		"bad affected":    {"incidents.json", incident(`"incident_updates":[{"id":"u1","status":"resolved","created_at":"2026-01-01T00:00:00Z","affected_components":[{"name":"C","new_status":"meh"}]}]`), "incident_updates[0].affected_components[0].new_status: "},
		"bad in list":     {"all.json", `[{"id":"i1","name":"I","status":"resolved","impact":"minor","created_at":"2026"}]`, `all.json, [0].created_at: "2026" is not a time`},
		"cut off feed":    {"history.atom", `<feed xmlns="http://www.w3.org/2005/Atom"><entry>`, "history.atom, line 1: The file ends before the feed does"},
		"bad XML":         {"history.atom", "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<entry></feed>", "history.atom, line 2: This is not valid XML"},
		"no feed":         {"history.atom", "<html></html>", "history.atom, line 1: This is not an Atom feed"},
		"no updates":      {"history.atom", entry("hello"), "history.atom, entry 1.content: The text holds no dated update."},
		"bad label": {"history.atom", entry("&lt;p&gt;&lt;small&gt;Jan &lt;var&gt;1&lt;/var&gt;, &lt;var&gt;00:00&lt;/var&gt; UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Odd&lt;/strong&gt; - x&lt;/p&gt;"),
			`history.atom, entry 1.update[1]: "Odd" is not a status`},
		"bad day": {"history.atom", entry("&lt;p&gt;&lt;small&gt;Feb &lt;var&gt;30&lt;/var&gt;, &lt;var&gt;00:00&lt;/var&gt; UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Resolved&lt;/strong&gt; - x&lt;/p&gt;"),
			`history.atom, entry 1.update[1]: "Feb 30 00:00" is not a date.`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := statuspage.Read(map[string][]byte{test.file: []byte(test.data)})
			fault, ok := status.FaultOf(err)
			if !ok {
				t.Fatalf("Read = %v, want a fault", err)
			}
			if !strings.Contains(fault.Message, test.want) || !strings.HasPrefix(fault.Message, test.file) || strings.Contains(fault.Message, "\n") {
				t.Errorf("message %q\nwant    %q", fault.Message, test.want)
			}
		})
	}
}

// TestEveryTruncationIsRefused cuts a real file at many places: a part is never read as a whole.
func TestEveryTruncationIsRefused(t *testing.T) {
	for _, name := range []string{"github/summary-three-incidents.json", "github/history.atom"} {
		data := bytes.TrimSpace(capture(t, name))
		for cut := 0; cut < len(data); cut += 997 {
			if _, err := statuspage.Read(map[string][]byte{name: data[:cut]}); status.FaultCode(err) == "" {
				t.Errorf("%s cut at %d: %v", name, cut, err)
			}
		}
	}
}

func TestToleratesOtherPages(t *testing.T) {
	in := read(t, "summary.json", []byte("\xef\xbb\xbf"+`{"page":{"id":"01HZXPA9X4WNB3Y0M2V7T6K5QC","name":"Clone","url":"https://x.example","updated_at":"2026-03-01T10:00:00+01:00"},
		"components":[{"id":"01HZXPA9X4WNB3Y0M2V7T6K5QD","name":"API","status":"operational","created_at":"2026-03-01T10:00:00Z","unknown":1}],
		"incidents":[{"id":"01HZXPA9X4WNB3Y0M2V7T6K5QE","name":"Slow","status":"resolved","impact":"minor","created_at":"2026-03-01T10:00:00Z","reminder_intervals":[1,2]},
			{"id":"old","name":"Old","status":"resolved","impact":"none","created_at":"2016-03-01T10:00:00.123456Z","incident_updates":[
			{"id":"u","status":"resolved","body":"","created_at":"2016-03-01T10:00:00Z","affected_components":[{"name":"No components were affected by this update."}]}]}],
		"scheduled_maintenances":[{"id":"m","name":"Work","status":"completed","created_at":"2026-03-01T10:00:00Z","incident_updates":[
			{"id":"u2","status":"completed","body":"","created_at":"2026-03-01T12:00:00Z"},{"id":"u1","status":"in_progress","body":"","created_at":"2026-03-01T11:00:00Z"}]}]}`))
	if in.Page.TimeZone != "" || !in.Page.UpdatedAt.Equal(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("page = %q, %v", in.Page.TimeZone, in.Page.UpdatedAt)
	}
	if c := in.Components[0]; c.PageID != in.Page.ID || c.Position != 1 || !c.UpdatedAt.Equal(c.CreatedAt) {
		t.Errorf("component = %+v", c)
	}
	if old := in.Incidents[1]; old.CreatedAt.Nanosecond() != 123_000_000 || old.Updates[0].Affected[0] != (status.AffectedComponent{Name: "No components were affected by this update."}) {
		t.Errorf("incident = %+v", old)
	}
	if in.Incidents[0].ReminderIntervals != nil {
		t.Errorf("reminder_intervals = %v", *in.Incidents[0].ReminderIntervals)
	}
	m := in.Incidents[2]
	if m.Impact != status.ImpactMaintenance || m.ScheduledFor.Hour() != 11 || m.ScheduledUntil.Hour() != 12 {
		t.Errorf("maintenance = %v, %v to %v", m.Impact, m.ScheduledFor, m.ScheduledUntil)
	}
	v := viewOf(in)
	e := statuspage.NewEncoder(&v.Page, v.Components, links)
	if body := encoded(t, e.Incident(v.Incident("old"))); !bytes.Contains(body, []byte(`"affected_components":[{"name":"No components were affected by this update."}]`)) {
		t.Errorf("the odd entry came back as %s", body)
	}
}

func TestImportedNoticesAreWellFormed(t *testing.T) {
	for _, name := range []string{"github/incidents-observed.json", "cloudflare/summary-100-maintenances.json", "github/history.atom"} {
		for _, n := range read(t, name, capture(t, name)).Incidents {
			if !n.Imported || n.Draft || n.NextUpdateAt != nil || n.Severity.Rank() < 0 || n.Urgency == "" || n.Category == "" || n.Order == 0 ||
				n.AffectedUsers.Mode != "unknown" || n.Workaround.State != "unknown" || n.ThirdParty.State != "none" || n.ComponentIDs == nil {
				t.Errorf("%s: %+v", name, n)
			}
			if n.Severity != status.SeverityOf(n.Impact) || status.KindOf(n.Stage) != n.Kind {
				t.Errorf("%s %s: severity %s of impact %s, stage %s of %s", name, n.ID, n.Severity, n.Impact, n.Stage, n.Kind)
			}
			if n.Kind == status.Maintenance && (n.ScheduledFor == nil || n.ScheduledUntil == nil) {
				t.Errorf("%s %s has no window", name, n.ID)
			}
		}
	}
}

func TestReadIsRepeatable(t *testing.T) {
	files := map[string][]byte{
		"summary.json": capture(t, "github/summary-three-incidents.json"), "incidents.json": capture(t, "github/incidents-observed.json"),
		"history.atom": capture(t, "github/history.atom"), "status.json": capture(t, "github/status.json"),
	}
	first, err := statuspage.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	second, _ := statuspage.Read(files)
	if !reflect.DeepEqual(first, second) {
		t.Error("the second reading differs")
	}
	for _, n := range first.Incidents {
		if _, verdict := status.MergeIncident(&n, n, statuspage.FromFeed); verdict != status.Same {
			t.Errorf("importing %s again changes it: %v", n.ID, verdict)
		}
	}
	for _, c := range first.Components {
		if _, verdict := status.MergeComponent(&c, c); verdict != status.Same {
			t.Errorf("importing %s again changes it: %v", c.ID, verdict)
		}
	}
}

func TestTheNewerSourceWins(t *testing.T) {
	incident := func(name, updated string) []byte {
		return fmt.Appendf(nil, `{"incidents":[{"id":"bhbcjn4n3jzp","name":%q,"status":"identified","impact":"major","created_at":"2026-08-20T10:00:00.500Z","updated_at":%q,
			"components":[{"id":"c1","name":"C","status":"operational","created_at":"2020-01-01T00:00:00Z"}]}]}`, name, updated)
	}
	feed := capture(t, "github/history.atom") // holds it, updated 2026-08-21T00:37:20Z
	tests := map[string]struct {
		files map[string][]byte
		name  string
		feed  bool
	}{
		"newer document":   {map[string][]byte{"summary.json": incident("old", "2026-08-20T11:00:00Z"), "incidents.json": incident("new", "2026-08-20T12:00:00Z")}, "new", false},
		"equal documents":  {map[string][]byte{"incidents.json": incident("second", "2026-08-20T11:00:00Z"), "summary.json": incident("first", "2026-08-20T11:00:00Z")}, "first", false},
		"JSON before Atom": {map[string][]byte{"history.atom": feed, "x.json": incident("JSON", "2026-08-21T00:37:20Z")}, "JSON", false},
		"newer feed":       {map[string][]byte{"history.atom": feed, "x.json": incident("JSON", "2026-08-20T12:00:00Z")}, "Intermittent failures creating agent tasks", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			in, err := statuspage.Read(test.files)
			if err != nil {
				t.Fatal(err)
			}
			n := in.Incidents[0]
			if n.Name != test.name || (len(n.Updates) > 0) != test.feed {
				t.Errorf("name %q, %d updates", n.Name, len(n.Updates))
			}
			if n.Impact != status.ImpactMajor || len(n.ComponentIDs) != 1 || n.CreatedAt.Nanosecond() == 0 {
				t.Errorf("impact %s, components %v, created %v: the document's are lost", n.Impact, n.ComponentIDs, n.CreatedAt)
			}
		})
	}
}

func TestListedComponentsGoBeforeEmbeddedOnes(t *testing.T) {
	in, err := statuspage.Read(map[string][]byte{
		"incidents.json": capture(t, "github/incidents-observed.json"), "components.json": capture(t, "github/summary-latest.json"),
	})
	if err != nil {
		t.Fatal(err)
	}
	var listed struct{ Components []struct{ ID, Status string } }
	if err := json.Unmarshal(capture(t, "github/summary-latest.json"), &listed); err != nil {
		t.Fatal(err)
	}
	for i, c := range listed.Components {
		if in.Components[i].ID != c.ID || string(in.Components[i].Level) != c.Status || in.Components[i].Order != int64(i+1) {
			t.Errorf("component %d = %+v, want %+v", i, in.Components[i], c)
		}
	}
}
