package manage

import (
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// FuzzBody: whatever is sent, the answer is a fault that names what is wrong, or a change.
func FuzzBody(f *testing.F) {
	f.Add(true, `{"incident":{"name":"a","components":{"x":"operational"},"metadata":{"a":{"b":[1,null,"\u00e9"]}}}}`)
	f.Add(true, `{"incident":{"next_update_at":null,"affected_users":{"mode":"share","share_percent":1e2}}}`)
	f.Add(true, `[[[[`)
	f.Add(true, `{"a":"\ud800"}`)
	f.Add(false, `incident[name]=a&incident[component_ids][]=x&incident[translations][de][body]=b`)
	f.Add(false, `incident[]]=1&[=2&a[b]c=3;d`)
	f.Fuzz(func(t *testing.T, isJSON bool, body string) {
		contentType := formType
		if isJSON {
			contentType = jsonType
		}
		tree, err := parseBody(contentType, []byte(body))
		if err == nil {
			oldComponentList(tree)
			var in incidentBody
			err = binder{zone: time.UTC}.bind(tree, &in)
			if err == nil && in.Incident != nil && in.Incident.Metadata != nil && len(in.Incident.Metadata) == 0 {
				t.Error("metadata became empty bytes, which are no JSON")
			}
		}
		if err == nil {
			return
		}
		fault, ok := status.FaultOf(err)
		if !ok {
			t.Fatalf("%q answered %v, which is no fault", body, err)
		}
		if fault.Message == "" || len(fault.Message) > 1000 || strings.Contains(fault.Message, "%!") {
			t.Errorf("said %q", fault.Message)
		}
	})
}

func TestSuggestion(t *testing.T) {
	for given, want := range map[string]string{
		"nmae": "name", "Name": "name", "component_id": "component_ids", "stauts": "status", "xyz": "", "": "", strings.Repeat("n", 100): "",
	} {
		tree := &node{kind: object}
		tree.put("incident", &node{kind: object})
		tree.member("incident").put(given, &node{kind: null})
		var in incidentBody
		err := binder{zone: time.UTC}.bind(tree, &in)
		fault, ok := status.FaultOf(err)
		if !ok {
			t.Fatalf("%q was accepted", given)
		}
		_, suggested, _ := strings.Cut(fault.Message, `did you mean "incident.`)
		if got := strings.TrimSuffix(suggested, `"?`); got != want {
			t.Errorf("%q suggests %q, want %q", given, got, want)
		}
	}
}

// A date begins at midnight where the page is; a time keeps its moment.
func TestTimes(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{
		"2026-11-22": "2026-11-21T23:00:00Z", "2026-07-01": "2026-06-30T22:00:00Z",
		"2026-11-22T10:00:00+02:00": "2026-11-22T08:00:00Z", "2026-11-22T10:00:00.1239Z": "2026-11-22T10:00:00.123Z",
	} {
		tree := &node{kind: object}
		tree.put("at", &node{kind: text, text: given})
		var in struct {
			At status.Maybe[time.Time] `json:"at"`
		}
		if err := (binder{zone: berlin}).bind(tree, &in); err != nil {
			t.Fatal(err)
		}
		if got := in.At.Value.Format(time.RFC3339Nano); got != want {
			t.Errorf("%s is %s, want %s", given, got, want)
		}
	}
}
