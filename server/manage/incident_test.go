package manage

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

func TestStatuspageClientFlow(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Publisher)

	made := c.post("/incidents", fmt.Sprintf(`{"incident":{"name":"Sign-in fails","status":"investigating","body":"We are looking.",
		"component_ids":[%q],"components":{%q:"partial_outage"},"deliver_notifications":false,"metadata":{"jira":{"key":"OPS-1"}}}}`, f.api, f.api)).want(http.StatusCreated)
	id := made.text("id")
	made.has("status", "investigating").has("impact", "minor").has("incident_updates.0.body", "We are looking.").
		has("incident_updates.0.affected_components.0.old_status", "operational").
		has("incident_updates.0.affected_components.0.new_status", "partial_outage").
		has("incident_updates.0.deliver_notifications", "false").
		has("components.0.id", f.api).has("components.0.status", "partial_outage").
		has("metadata.jira.key", "OPS-1").has("severity", "moderate").has("urgency", "normal").has("priority", "P3").
		has("shortlink", "https://status.example.com/incidents/"+id).has("version", "1").has("resolved_at", "<nil>")
	if made.text("next_update_at") == "<nil>" {
		t.Error("an open incident owes a next update")
	}
	c.get("/components/"+f.api).want(http.StatusOK).has("status", "partial_outage")
	if n := c.get("/incidents/unresolved").want(http.StatusOK).length(""); n != 1 {
		t.Errorf("%d unresolved incidents, want 1", n)
	}

	f.pass(10 * time.Minute)
	c.patch("/incidents/"+id, fmt.Sprintf(`{"incident":{"status":"identified","body":"A bad release.","components":{%q:"major_outage"}}}`, f.web)).
		want(http.StatusOK).has("incident_updates.0.status", "identified").has("components.1.status", "major_outage").
		has("incident_updates.0.affected_components.0.old_status", "partial_outage").has("version", "2").has("impact", "major")

	f.pass(10 * time.Minute)
	done := c.send(http.MethodPut, "/incidents/"+id, jsonType, `{"incident":{"status":"resolved","body":"All is well.","resolution":{"what_happened":"A bad release.","fully_fixed":"yes","data_loss":"none"}}}`).want(http.StatusOK)
	done.has("status", "resolved").has("next_update_at", "<nil>").has("resolution.data_loss", "none").has("resolved_at", "2026-11-22T10:20:00"+millis(done.text("resolved_at")))
	for _, component := range []string{f.api, f.web} {
		c.get("/components/"+component).has("status", "operational")
	}
	if n := c.get("/incidents/unresolved").length(""); n != 0 {
		t.Errorf("%d unresolved incidents, want 0", n)
	}
	c.get("/incidents?q=bad+release&limit=10&page=1").want(http.StatusOK).has("0.id", id)
	if n := c.get("/incidents?q=nothing").want(http.StatusOK).length(""); n != 0 {
		t.Errorf("%d hits, want 0", n)
	}
	c.delete("/incidents/"+id).want(http.StatusOK).has("id", id)
	c.get("/incidents/" + id).want(http.StatusNotFound)
}

// millis is the fraction and zone of a stamp, which the test's clock makes.
func millis(stamp string) string { return stamp[len("2006-01-02T15:04:05"):] }

func TestIncidentByForm(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Publisher)
	made := c.form(http.MethodPost, "/incidents", url.Values{
		"incident[name]": {"Slow"}, "incident[body]": {"Pages are slow."}, "incident[deliver_notifications]": {"0"},
		"incident[component_ids][]": {f.web, f.api}, "incident[components][" + f.web + "]": {"degraded_performance"},
		"incident[affected_users][mode]": {"share"}, "incident[affected_users][share_percent]": {"12.5"},
		"incident[workaround][state]": {"available"}, "incident[workaround][text]": {"Try again."},
		"incident[translations][de][name]": {"Langsam"}, "incident[translations][de][body]": {"Seiten sind langsam."},
		"incident[support_level]": {"2"}, "incident[metadata][jira][key]": {"OPS-2"}, "incident[impact_override]": {""},
	}).want(http.StatusCreated)
	made.has("components.0.id", f.web).has("components.1.id", f.api).has("affected_users.share_percent", "12.5").
		has("workaround.text", "Try again.").has("translations.de.name", "Langsam").has("support_level", "2").
		has("incident_updates.0.translations.de.body", "Seiten sind langsam.").has("incident_updates.0.deliver_notifications", "false").
		has("metadata.jira.key", "OPS-2").has("impact", "minor")
	if strings.Contains(made.text("translations.de"), "body") {
		t.Error("the body's translation belongs to the update")
	}
	id := made.text("id")
	c.form(http.MethodPatch, "/incidents/"+id, url.Values{"incident[status]": {"resolved"}, "incident[body]": {"Fast again."}}).
		want(http.StatusOK).has("status", "resolved")
	update := c.get("/incidents/" + id).text("incident_updates.0.id")
	c.form(http.MethodPut, "/incidents/"+id+"/incident_updates/"+update, url.Values{"incident_update[body]": {"Fast again, sorry."}}).
		want(http.StatusOK).has("body", "Fast again, sorry.").has("wants_twitter_update", "false")
}

func TestOldComponentList(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Publisher)
	c.post("/incidents", fmt.Sprintf(`{"incident":{"name":"Slow","components":[%q,%q]}}`, f.web, f.api)).
		want(http.StatusCreated).has("components.0.id", f.web).has("components.1.id", f.api).has("components.0.status", "operational")
	c.post("/incidents", fmt.Sprintf(`{"incident":{"name":"Slow","components":{%q:""}}}`, f.web)).want(http.StatusCreated)
}

func TestUpdateIsCorrected(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Publisher)
	id := c.post("/incidents", `{"incident":{"name":"Slow","body":"One."}}`).want(http.StatusCreated).text("id")
	url := "/incidents/" + id + "/incident_updates/"
	update := c.get("/incidents/" + id).text("incident_updates.0.id")
	got := c.patch(url+update, `{"incident_update":{"body":"Two.","display_at":"2026-11-22T09:00:00Z","deliver_notifications":false,"wants_twitter_update":true}}`).want(http.StatusOK)
	got.has("body", "Two.").has("display_at", "2026-11-22T09:00:00.000Z").has("deliver_notifications", "false").has("incident_id", id)
	if got.text("edited_at") == "<nil>" {
		t.Error("a corrected text says when")
	}
	c.patch(url+"nothing", `{"incident_update":{"body":"x"}}`).want(http.StatusNotFound)
	c.patch(url+update, `{"body":"x"}`).want(http.StatusUnprocessableEntity).has("fields.body", `There is no field "body" here.`)
}

func TestMaintenanceLists(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Publisher)
	plan := func(name string) string {
		return c.post("/incidents", fmt.Sprintf(`{"incident":{"name":%q,"status":"scheduled","scheduled_for":"2026-11-23T10:00:00+01:00","scheduled_until":"2026-11-23T12:00:00+01:00",
			"component_ids":[%q],"scheduled_auto_in_progress":true,"scheduled_auto_completed":true,"scheduled_remind_prior":true,"auto_transition_to_operational_state":false}}`, name, f.web)).want(http.StatusCreated).
			has("impact", "maintenance").has("scheduled_for", "2026-11-23T09:00:00.000Z").has("scheduled_auto_in_progress", "true").
			has("scheduled_auto_completed", "true").has("scheduled_remind_prior", "true").has("auto_transition_to_maintenance_state", "true").
			has("auto_transition_to_operational_state", "false").has("auto_transition_deliver_notifications_at_end", "true").text("id")
	}
	first, second, third := plan("One"), plan("Two"), plan("Three")
	c.patch("/incidents/"+second, `{"incident":{"status":"in_progress"}}`).want(http.StatusOK).has("components.0.status", "under_maintenance")
	c.patch("/incidents/"+third, `{"incident":{"status":"cancelled"}}`).want(http.StatusOK).has("status", "cancelled")
	for list, want := range map[string][]string{
		"scheduled": {second, first}, "upcoming": {first}, "active_maintenance": {second}, "unresolved": {},
	} {
		got := c.get("/incidents/" + list + ".json?page=1&per_page=5").want(http.StatusOK)
		if n := got.length(""); n != len(want) {
			t.Fatalf("%s holds %d, want %d", list, n, len(want))
		}
		for i, id := range want {
			got.has(fmt.Sprint(i, ".id"), id)
		}
	}
	if n := c.get("/incidents").length(""); n != 3 {
		t.Errorf("%d notices, want 3", n)
	}
	if n := c.get("/incidents?limit=2&page=2").length(""); n != 1 {
		t.Errorf("%d notices on the second page, want 1", n)
	}
}

func TestBackfilledIncident(t *testing.T) {
	f := newFixture(t)
	got := f.as(status.Publisher).post("/incidents", `{"incident":{"name":"Last week","backfilled":true,"backfill_date":"2026-11-15","body":"It was slow."}}`).want(http.StatusCreated)
	got.has("created_at", "2026-11-15T00:00:00.000Z").has("status", "resolved").has("backfilled", "true").has("incident_updates.0.deliver_notifications", "false")
}

func TestDrafts(t *testing.T) {
	f := newFixture(t)
	author, publisher := f.as(status.Author), f.as(status.Publisher)
	before := f.revision()
	for _, body := range []string{`{"incident":{"name":"Slow"}}`, `{"incident":{"name":"Slow","draft":false}}`} {
		author.post("/incidents", body).want(http.StatusForbidden)
	}
	if f.revision() != before {
		t.Error("a refused write made a revision")
	}
	made := author.post("/incidents", fmt.Sprintf(`{"incident":{"name":"Slow","body":"One.","draft":true,"components":{%q:"major_outage"}}}`, f.api)).want(http.StatusCreated)
	id := made.text("id")
	made.has("draft", "true").has("drafts.0.body", "One.").has("drafts.0.components."+f.api, "major_outage").has("components.0.status", "operational")
	author.patch("/incidents/"+id, `{"incident":{"body":"Two."}}`).want(http.StatusOK).has("drafts.0.body", "Two.")
	update := author.get("/incidents/" + id).text("incident_updates.0.id")
	author.patch("/incidents/"+id+"/incident_updates/"+update, `{"incident_update":{"body":"Three."}}`).want(http.StatusOK)
	author.patch("/incidents/"+id, `{"incident":{"draft":false}}`).want(http.StatusForbidden)
	if n := publisher.get("/incidents/unresolved").length(""); n != 0 {
		t.Error("a draft is listed as unresolved")
	}
	publisher.patch("/incidents/"+id, `{"incident":{"draft":false}}`).want(http.StatusOK).
		has("draft", "false").has("incident_updates.0.body", "Three.").has("components.0.status", "major_outage")
	if n := publisher.get("/incidents/" + id).length("drafts"); n != 0 {
		t.Error("a published notice still holds a draft")
	}
	for _, body := range []string{`{"incident":{"body":"Four."}}`, `{"incident":{"draft":true}}`} {
		author.patch("/incidents/"+id, body).want(http.StatusForbidden)
	}
	update = author.get("/incidents/" + id).text("incident_updates.0.id")
	author.patch("/incidents/"+id+"/incident_updates/"+update, `{"incident_update":{"body":"Four."}}`).want(http.StatusForbidden)
}

func TestSecurityKeepsCategoryForStaff(t *testing.T) {
	f := newFixture(t)
	f.as(status.Publisher).post("/incidents", `{"incident":{"name":"Closed for now","category":"security","security":true,"approval_reason":"Nobody else is there."}}`).
		want(http.StatusCreated).has("category", "security").has("security", "true")
}
