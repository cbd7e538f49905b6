package statuspage_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/status/statuspage"
	"allclear/status/statuspage/conform"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func component() status.Component {
	return status.Component{ID: "c1", PageID: "p1", Name: "API", Level: status.MajorOutage, Position: 1, CreatedAt: noon, UpdatedAt: noon}
}

// told is an incident that holds everything, public and internal.
func told() *status.Incident {
	at := noon
	text := "Dienst gestört"
	return &status.Incident{
		ID: "i1", PageID: "p1", Kind: status.Problem, Name: "API down", Stage: status.Identified, Impact: status.ImpactMajor,
		CreatedAt: at, UpdatedAt: at, StartedAt: at, ComponentIDs: []string{"gone", "c1"}, Severity: status.Serious,
		Urgency: status.UrgencyHigh, Category: "network", SupportLevel: 2, Assignee: "SECRET", InternalNote: "SECRET", Version: 4,
		AffectedUsers: status.AffectedUsers{Mode: "count", Count: 0, Confidence: "measured", Basis: "staff", AsOf: at},
		Workaround:    status.Workaround{State: "none_known", CheckedAt: at}, NextUpdateAt: &at,
		Translations: map[string]status.Texts{"de": {Name: &text, Body: &text}},
		Postmortem:   status.Postmortem{Body: "SECRET draft"},
		Updates: []status.Update{
			{ID: "u3", IncidentID: "i1", Stage: status.Identified, Body: "found", CreatedAt: at, UpdatedAt: at, DisplayAt: at, Translations: map[string]string{"de": "gefunden"}, By: "SECRET"},
			{ID: "u2", IncidentID: "i1", Stage: status.Investigating, Body: "SECRET", CreatedAt: at, UpdatedAt: at, DisplayAt: at, Deleted: true},
			{ID: "u1", IncidentID: "i1", Stage: status.Investigating, Body: "looking", CreatedAt: at, UpdatedAt: at, DisplayAt: at},
		},
	}
}

func telling(n *status.Incident, e status.Event) statuspage.Telling {
	page := status.NewPage("p1", "Example", noon)
	e.ID, e.At, e.Revision, e.Sequence = "e1", noon, 7, 3
	return statuspage.Telling{Page: &page, Components: []status.Component{component()}, Incident: n, Event: e, Links: links}
}

func keysOf(t *testing.T, raw []byte) []string {
	t.Helper()
	var keys []string
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	if _, err := decoder.Token(); err != nil {
		t.Fatal(err)
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key.(string))
		var skip json.RawMessage
		if err := decoder.Decode(&skip); err != nil {
			t.Fatal(err)
		}
	}
	return keys
}

func TestIncidentEnvelope(t *testing.T) {
	tell := telling(told(), status.Event{Type: status.IncidentUpdated, IncidentID: "i1"})
	tell.Unsubscribe, tell.GeneratedAt = "https://status.example.org/u", noon.Add(time.Minute)
	body := encoded(t, tell.Envelope())
	if want := []string{"meta", "page", "incident", "id", "type", "revision", "sequence", "timestamp"}; !slices.Equal(keysOf(t, body), want) {
		t.Errorf("keys = %v, want %v", keysOf(t, body), want)
	}
	var got struct {
		Meta     struct{ Unsubscribe, Documentation, GeneratedAt string }
		Page     map[string]string
		Incident json.RawMessage
		Type     string
		Revision int
		Sequence int
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if got.Meta.Unsubscribe != "https://status.example.org/u" || got.Type != "incident.updated" || got.Revision != 7 || got.Sequence != 3 ||
		got.Page["status_indicator"] != "critical" || got.Page["status_description"] != "Major System Outage" {
		t.Errorf("envelope = %+v", got)
	}
	if strings.Contains(string(body), "SECRET") {
		t.Errorf("the envelope tells what is internal: %s", body)
	}
	keys := keysOf(t, got.Incident)
	for want := range strings.FieldsSeq(`id name status created_at updated_at monitoring_at resolved_at impact shortlink started_at page_id incident_updates components
		postmortem_body postmortem_body_last_updated_at postmortem_ignored postmortem_notified_subscribers postmortem_notified_twitter postmortem_published_at
		backfilled impact_override scheduled_for scheduled_until scheduled_auto_in_progress scheduled_auto_completed scheduled_remind_prior scheduled_reminded_at
		severity category symptom customer_impact not_affected detected_at affected_users workaround third_party next_update_at next_update_overdue
		expected_resolution_at resolution translations`) {
		if !slices.Contains(keys, want) {
			t.Errorf("the incident lacks %s", want)
		}
	}
	for _, internal := range []string{"urgency", "priority", "support_level", "assignee", "internal_note", "draft", "version"} {
		if slices.Contains(keys, internal) {
			t.Errorf("the incident tells %s", internal)
		}
	}
	var incident struct {
		Updates []struct {
			ID           string
			Wants        *bool                        `json:"wants_twitter_update"`
			Translations map[string]map[string]string `json:"translations"`
		} `json:"incident_updates"`
		Components   []struct{ ID string }
		Users        map[string]any               `json:"affected_users"`
		Translations map[string]map[string]string `json:"translations"`
		Overdue      bool                         `json:"next_update_overdue"`
	}
	if err := json.Unmarshal(got.Incident, &incident); err != nil {
		t.Fatal(err)
	}
	if len(incident.Updates) != 2 || incident.Updates[0].ID != "u3" || incident.Updates[0].Wants == nil || incident.Updates[0].Translations["de"]["body"] != "gefunden" {
		t.Errorf("updates = %+v", incident.Updates)
	}
	if len(incident.Components) != 1 || incident.Users["count"] != 0.0 || incident.Translations["de"]["name"] != "Dienst gestört" || len(incident.Translations["de"]) != 1 || !incident.Overdue {
		t.Errorf("incident = %+v", incident)
	}
}

func TestComponentEnvelope(t *testing.T) {
	tell := telling(nil, status.Event{Type: status.ComponentUpdated, ComponentID: "c1", OldLevel: status.Operational, NewLevel: status.PartialOutage})
	want := `{"meta":{"unsubscribe":null,"documentation":"https://status.example.org/feeds","generated_at":"2026-11-21T12:00:00.000Z"},
		"page":{"id":"p1","status_indicator":"critical","status_description":"Major System Outage"},
		"component":{"status":"major_outage","name":"API","created_at":"2026-11-21T12:00:00.000Z","updated_at":"2026-11-21T12:00:00.000Z","position":1,"description":null,"showcase":false,"id":"c1","page_id":"p1","group_id":null},
		"component_update":{"old_status":"operational","new_status":"partial_outage","created_at":"2026-11-21T12:00:00.000Z","component_type":"Component","id":"e1","component_id":"c1"},
		"id":"e1","type":"component.updated","revision":7,"sequence":3,"timestamp":"2026-11-21T12:00:00.000Z"}`
	if diff := conform.Diff([]byte(want), encoded(t, tell.Envelope())); diff != "" {
		t.Error(diff)
	}
	tell.Event.ComponentID = "gone"
	if keys := keysOf(t, encoded(t, tell.Envelope())); slices.Contains(keys, "component") || !slices.Contains(keys, "component_update") {
		t.Errorf("keys for a component that is gone: %v", keys)
	}
}

func TestOtherEnvelopes(t *testing.T) {
	withdrawn := telling(nil, status.Event{Type: status.IncidentWithdrawn, IncidentID: "i9"}).Envelope()
	if body := string(encoded(t, withdrawn)); !strings.Contains(body, `"incident":{"id":"i9","page_id":"p1"}`) {
		t.Errorf("withdrawn: %s", body)
	}
	tell := telling(nil, status.Event{Type: status.SubscriptionTest})
	tell.Redelivery = true
	if keys := keysOf(t, encoded(t, tell.Envelope())); slices.Contains(keys, "incident") || !slices.Contains(keys, "redelivery") {
		t.Errorf("keys of a test: %v", keys)
	}
	n := told()
	n.Kind, n.Stage, n.ScheduledFor, n.ScheduledUntil = status.Maintenance, status.Cancelled, &noon, &noon
	n.Updates[0].Stage = status.Cancelled
	body := string(encoded(t, telling(n, status.Event{Type: status.MaintenanceCancelled, IncidentID: "i1"}).Envelope()))
	if strings.Contains(body, `"cancelled"`) || !strings.Contains(body, `"status":"completed"`) || strings.Contains(body, `"severity":"serious"`) ||
		!strings.Contains(body, `"shortlink":"https://status.example.org/maintenances/i1"`) {
		t.Errorf("a cancelled maintenance: %s", body)
	}
}

func TestLargeEventsKeepTheNewestUpdate(t *testing.T) {
	n := told()
	small, err := telling(n, status.Event{Type: status.IncidentUpdated, IncidentID: "i1"}).EventJSON()
	if err != nil || strings.Contains(string(small), "truncated") || !strings.Contains(string(small), "looking") {
		t.Errorf("small event: %v, %s", err, small)
	}
	n.Updates[2].Body = "looking" + strings.Repeat("x", statuspage.MaxEvent)
	large, err := telling(n, status.Event{Type: status.IncidentUpdated, IncidentID: "i1"}).EventJSON()
	if err != nil || len(large) > statuspage.MaxEvent || !strings.Contains(string(large), `"truncated":true`) ||
		!strings.Contains(string(large), `"id":"u3"`) || strings.Contains(string(large), "looking") {
		t.Errorf("large event: %v, %d bytes", err, len(large))
	}
}

func TestCategoryIsHiddenInMattersOfSecurity(t *testing.T) {
	n := told()
	v := status.ViewOf(status.NewPage("p1", "Example", noon), []status.Component{component()}, []status.Incident{*n})
	e := statuspage.NewEncoder(&v.Page, v.Components, links)
	if p := e.PublicIncident(n, noon); p.Category == nil || *p.Category != "network" {
		t.Errorf("category = %v", p.Category)
	}
	n.Security = true
	if p := e.PublicIncident(n, noon); p.Category != nil {
		t.Errorf("category = %q", *p.Category)
	}
}

func TestStampsFollowTheZone(t *testing.T) {
	for zone, want := range map[string]statuspage.Stamp{
		"Etc/UTC": "2026-11-21T12:00:00.000Z", "UTC": "2026-11-21T12:00:00.000Z", "Europe/London": "2026-11-21T12:00:00.000+00:00",
		"America/New_York": "2026-11-21T07:00:00.000-05:00", "Asia/Kathmandu": "2026-11-21T17:45:00.000+05:45", "No/Where": "2026-11-21T12:00:00.000Z",
	} {
		page := status.NewPage("p1", "Example", noon)
		page.TimeZone = zone
		if got := statuspage.NewEncoder(&page, nil, links).Stamp(noon.Add(999 * time.Microsecond)); got != want {
			t.Errorf("%s: %s, want %s", zone, got, want)
		}
	}
}

func TestPublishedPostmortemIsPublic(t *testing.T) {
	n := told()
	n.Postmortem.PublishedAt, n.Postmortem.BodyUpdatedAt, n.Postmortem.Notified = &noon, &noon, true
	v := status.ViewOf(status.NewPage("p1", "Example", noon), nil, []status.Incident{*n})
	long := statuspage.NewEncoder(&v.Page, v.Components, links).Long(n)
	if long.PostmortemBody == nil || *long.PostmortemBody != "SECRET draft" || long.PostmortemPublishedAt == nil || !long.PostmortemNotifiedSubscribers {
		t.Errorf("long = %+v", long.Long)
	}
}

func TestRedeliveredIsMarked(t *testing.T) {
	body := encoded(t, telling(told(), status.Event{Type: status.IncidentUpdated, IncidentID: "i1"}).Envelope())
	before, after := keysOf(t, body), keysOf(t, statuspage.Redelivered(body))
	if slices.Contains(before, "redelivery") || !slices.Contains(after, "redelivery") || len(after) != len(before)+1 {
		t.Errorf("keys %v", after)
	}
	if got := string(statuspage.Redelivered([]byte("text"))); got != "text" {
		t.Errorf("what is no object became %s", got)
	}
}
