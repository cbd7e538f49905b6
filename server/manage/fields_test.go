package manage

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"testing"

	"allclear/status"
)

// fields are the property names of the OpenAPI file's schemas that this API implements.
type fields struct {
	Request map[string]map[string]struct {
		Type   string   `json:"type"`
		Format string   `json:"format"`
		Enum   []string `json:"enum"`
	} `json:"request"`
	Response map[string][]string `json:"response"`
}

func loadFields(t *testing.T) fields {
	t.Helper()
	raw, err := os.ReadFile("testdata/fields.json")
	if err != nil {
		t.Fatal(err)
	}
	var f fields
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// sample is a value that a field of the schema may have; what depends on other fields
// has its own.
func (f *fixture) sample(object, field string, kind, format string, enum []string) any {
	special := map[string]any{
		"incident.status": "scheduled", "incident_patch.status": "in_progress",
		"scheduled_for": "2026-11-23T10:00:00Z", "scheduled_until": "2026-11-23T12:00:00Z", "backfill_date": "2026-11-20",
		"backfilled": false, "display_at": "2026-11-22T09:30:00Z", "start_date": "2026-11-01", "metadata": map[string]any{"a": map[string]any{"b": "c"}},
		"incident.components": map[string]any{f.api: "degraded_performance"}, "incident_patch.components": map[string]any{f.api: "operational"},
		"component_group.components": []string{f.api}, "component_ids": []string{f.api, f.web}, "time_zone": "Europe/Berlin", "group_id": nil,
	}
	for _, name := range []string{object + "." + field, field} {
		if v, ok := special[name]; ok {
			return v
		}
	}
	switch {
	case len(enum) > 0:
		return enum[1]
	case kind == "boolean":
		return true
	}
	return "some text"
}

// TestEveryFieldIsAccepted sends every property of the request schemas.
func TestEveryFieldIsAccepted(t *testing.T) {
	schemas := loadFields(t)
	f := newFixture(t)
	c := f.as(status.Admin)
	body := func(object, wrapper string) string {
		inner := map[string]any{}
		for name, p := range schemas.Request[object] {
			inner[name] = f.sample(object, name, p.Type, p.Format, p.Enum)
		}
		raw, err := json.Marshal(map[string]any{wrapper: inner})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	c.patch("", body("page", "page")).want(http.StatusOK).has("css_greens", "some text").has("hidden_from_search", "true").has("branding", "premium")
	c.post("/components", body("component", "component")).want(http.StatusCreated).has("status", "under_maintenance")
	c.post("/component-groups", body("component_group", "component_group")).want(http.StatusCreated).has("components.0", f.api)
	made := c.post("/incidents", body("incident", "incident")).want(http.StatusCreated)
	url := "/incidents/" + made.text("id")
	c.patch(url, body("incident_patch", "incident")).want(http.StatusOK).has("status", "in_progress")
	c.post("/incident_templates", body("template", "template")).want(http.StatusCreated).has("components.1.name", "Website")
	c.patch(url+"/incident_updates/"+made.text("incident_updates.0.id"), body("incident_update", "incident_update")).want(http.StatusOK)
}

// TestAnswersHaveEveryKey compares the keys of answers with the response schemas, and
// what is more with the list of our own fields.
func TestAnswersHaveEveryKey(t *testing.T) {
	schemas := loadFields(t)
	f := newFixture(t)
	c := f.as(status.Admin)
	incident := c.post("/incidents", fmt.Sprintf(`{"incident":{"name":"Slow","body":"One.","components":{%q:"partial_outage"}}}`, f.api)).want(http.StatusCreated)
	group := c.post("/component-groups", fmt.Sprintf(`{"component_group":{"name":"All","components":[%q]}}`, f.web)).want(http.StatusCreated)
	own := map[string][]string{
		"page": {
			"version", "organization", "locales", "default_locale", "brand_color", "footer_links", "uptime_weights", "cadence",
			"severity_matrix", "priority_matrix", "vendor_allow_list", "public_domains", "on_duty", "working_hours",
			"users", "many_zones", "tell_reports", "customer_names", "approval",
		},
		"component":       {"audience", "criticality", "version"},
		"component_group": {"status", "version"},
		"incident_update": {"translations", "facts", "edited_at", "deleted"},
		"template": {
			"customer_impact", "not_affected", "severity", "urgency", "symptom", "category", "third_party", "workaround",
			"translations", "slots", "created_at", "updated_at", "version",
		},
		"incident": {
			"started_at", "backfilled", "severity", "urgency", "priority", "category", "symptom", "support_level", "assignee", "internal_note",
			"customer_impact", "not_affected", "detected_at", "affected_users", "workaround", "third_party", "next_update_at", "next_update_overdue",
			"expected_resolution_at", "resolution", "translations", "security", "draft", "drafts", "approval", "version", "warnings",
			"recurrence", "series",
		},
	}
	for object, got := range map[string]any{
		"page": c.get("").tree(), "component": c.get("/components/" + f.api).tree(), "component_group": group.tree(),
		"incident": incident.tree(), "incident_update": incident.at("incident_updates.0"), "template": c.get("/incident_templates").at("0"),
		"component_uptime": c.get("/components/" + f.api + "/uptime").want(http.StatusOK).tree(),
		"group_uptime":     c.get("/component-groups/" + group.text("id") + "/uptime").want(http.StatusOK).tree(),
	} {
		members := got.(map[string]any)
		for _, key := range append(slices.Clone(schemas.Response[object]), own[object]...) {
			if _, ok := members[key]; !ok {
				t.Errorf("%s lacks %q", object, key)
			}
			delete(members, key)
		}
		for key := range members {
			t.Errorf("%s has %q, which nobody documents", object, key)
		}
	}
}

// TestOwnFieldsComeBack writes every field of ours and reads it.
func TestOwnFieldsComeBack(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	c.patch("/components/"+f.api, `{"component":{"audience":1200,"criticality":"core"}}`).want(http.StatusOK).has("audience", "1200").has("criticality", "core")
	c.post("/incidents", `{"incident":{"name":"Slow","body":"One.","severity":"critical","urgency":"high","category":"network","symptom":"slow","support_level":3,
		"assignee":"Kim","internal_note":"Row 7.","customer_impact":"Pages take long.","not_affected":"Mail.","detected_at":"2026-11-22T09:50:00Z","started_at":"2026-11-22T09:40:00Z",
		"affected_users":{"mode":"range","low":10,"high":20,"confidence":"measured","basis":"monitoring"},"workaround":{"state":"none_known"},"third_party":{"state":"unnamed"},
		"next_update_at":"2026-11-22T11:00:00Z","expected_resolution_at":"2026-11-22T12:00:00Z","impact_override":"minor",
		"translations":{"de":{"name":"Langsam","body":"Eins.","customer_impact":"Seiten brauchen lange.","not_affected":"Post."}}}}`).want(http.StatusCreated).
		has("severity", "critical").has("urgency", "high").has("priority", "P1").has("category", "network").has("symptom", "slow").has("support_level", "3").
		has("assignee", "Kim").has("internal_note", "Row 7.").has("customer_impact", "Pages take long.").has("not_affected", "Mail.").
		has("detected_at", "2026-11-22T09:50:00.000Z").has("started_at", "2026-11-22T09:40:00.000Z").has("affected_users.low", "10").has("affected_users.high", "20").
		has("affected_users.basis", "monitoring").has("workaround.state", "none_known").has("third_party.state", "unnamed").
		has("next_update_at", "2026-11-22T11:00:00.000Z").has("next_update_overdue", "false").has("expected_resolution_at", "2026-11-22T12:00:00.000Z").
		has("impact", "minor").has("impact_override", "minor").has("translations.de.not_affected", "Post.").has("incident_updates.0.facts.severity", "critical")
	f.pass(2 * 60 * 60 * 1e9)
	c.get("/incidents").has("0.next_update_overdue", "true")
}

func TestPageIsRead(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	c.get("/v1/pages").want(http.StatusOK).has("0.name", "Status").has("0.url", "https://status.example.com").has("0.domain", "status.example.com")
	c.get("/v1/pages.json").want(http.StatusOK)
	c.get(f.page+".json").want(http.StatusOK).has("allow_page_subscribers", "true")
	c.form(http.MethodPut, "", url.Values{"page[name]": {"Acme"}, "page[time_zone]": {"Europe/Berlin"}, "page[allow_sms_subscribers]": {"true"}}).
		want(http.StatusOK).has("name", "Acme").has("time_zone", "Europe/Berlin").has("allow_sms_subscribers", "true")
	c.get("").has("created_at", "2026-11-22T11:00:00.010+01:00")
}
