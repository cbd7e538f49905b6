package manage

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"allclear/status"
)

func TestComponentLife(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	group := c.post("/component-groups", fmt.Sprintf(`{"description":"What customers see","component_group":{"name":"Front","components":[%q,%q]}}`, f.web, f.api)).
		want(http.StatusCreated).has("components.0", f.web).has("components.1", f.api).has("description", "What customers see").text("id")
	id := c.post("/components", fmt.Sprintf(`{"component":{"name":"Search","description":"Finds things.","status":"degraded_performance","group_id":%q,"showcase":false,"start_date":"2026-11-01","only_show_if_degraded":true}}`, group)).
		want(http.StatusCreated).has("name", "Search").has("status", "degraded_performance").has("group_id", group).has("position", "3").
		has("showcase", "false").has("start_date", "2026-11-01").has("only_show_if_degraded", "true").has("criticality", "normal").has("audience", "<nil>").text("id")
	c.get("/component-groups/"+group).has("components.2", id).has("status", "degraded_performance")
	c.patch("/components/"+id, `{"component":{"status":"operational","description":null,"start_date":null,"group_id":"null"}}`).
		want(http.StatusOK).has("status", "operational").has("description", "<nil>").has("start_date", "<nil>").has("group_id", "<nil>")
	c.patch("/components/"+id, `{"component":{"description":"","name":null}}`).want(http.StatusOK).has("description", "").has("name", "Search")
	c.get("/components/"+id+".json").want(http.StatusOK).has("id", id)
	if n := c.get("/components.json?per_page=1100").length(""); n != 5 {
		t.Errorf("%d components and groups, want 5", n)
	}
	if n := c.get("/components?per_page=2&page=3").length(""); n != 1 {
		t.Errorf("%d on the last page, want 1", n)
	}
	if n := c.get("/components?per_page=5000&page=2").length(""); n != 0 {
		t.Errorf("%d on a page behind the last", n)
	}
	if got := c.delete("/components/" + id).want(http.StatusNoContent); len(got.body) != 0 {
		t.Error("a deletion has a body")
	}
	c.get("/components/" + id).want(http.StatusNotFound)
}

func TestComponentByForm(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	group := c.form(http.MethodPost, "/component-groups", url.Values{"component_group[name]": {"Front"}, "component_group[components][]": {f.api, f.web}, "description": {"All"}}).
		want(http.StatusCreated).has("components.0", f.api).has("description", "All").text("id")
	c.form(http.MethodPatch, "/component-groups/"+group, url.Values{"component_group[components][]": {""}, "component_group[description]": {"None"}}).
		want(http.StatusOK).has("description", "None").has("name", "Front")
	if n := c.get("/component-groups/" + group).length("components"); n != 0 {
		t.Errorf("%d members left", n)
	}
	id := c.form(http.MethodPost, "/components", url.Values{"component[name]": {"Search"}, "component[audience]": {"12"}, "component[showcase]": {"false"}, "component[group_id]": {group}}).
		want(http.StatusCreated).has("audience", "12").has("showcase", "false").has("group_id", group).text("id")
	c.form(http.MethodPut, "/components/"+id, url.Values{"component[status]": {"major_outage"}, "component[group_id]": {""}}).
		want(http.StatusOK).has("status", "major_outage").has("group_id", "<nil>")
	if n := c.get("/component-groups?per_page=1").want(http.StatusOK).length(""); n != 1 {
		t.Errorf("%d groups", n)
	}
}

func TestGroupLife(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	group := c.post("/component-groups", fmt.Sprintf(`{"component_group":{"name":"Front","components":[%q]}}`, f.api)).want(http.StatusCreated).text("id")
	c.patch("/component-groups/"+group, fmt.Sprintf(`{"component_group":{"name":"Back","components":[%q,%q]}}`, f.mail, f.web)).
		want(http.StatusOK).has("name", "Back").has("components.0", f.mail).has("components.1", f.web)
	c.get("/components/"+f.api).has("group_id", "<nil>")
	c.patch("/component-groups/"+group, `{"description":"Only this"}`).want(http.StatusOK).has("description", "Only this").has("components.0", f.mail)
	c.delete("/component-groups/"+group).want(http.StatusOK).has("name", "Back").has("components.1", f.web)
	c.get("/components/"+f.mail).want(http.StatusOK).has("group_id", "<nil>")
}

// A publisher's change of status is told and remembered.
func TestStatusAlone(t *testing.T) {
	f := newFixture(t)
	before := f.revision()
	f.as(status.Publisher).patch("/components/"+f.api, `{"component":{"status":"major_outage"}}`).want(http.StatusOK).has("status", "major_outage")
	v, err := f.desk.Store.Public(t.Context(), before)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Events) != 1 || v.Events[0].Type != status.ComponentUpdated || v.Events[0].NewLevel != status.MajorOutage {
		t.Errorf("events %v", v.Events)
	}
}

func TestUptime(t *testing.T) {
	f := newFixture(t)
	c := f.as(status.Admin)
	group := c.post("/component-groups", fmt.Sprintf(`{"component_group":{"name":"Front","components":[%q,%q]}}`, f.api, f.web)).want(http.StatusCreated).text("id")
	incident := c.post("/incidents", fmt.Sprintf(`{"incident":{"name":"Down","components":{%q:"major_outage"}}}`, f.api)).want(http.StatusCreated).text("id")
	f.pass(time.Hour)
	c.patch("/incidents/"+incident, fmt.Sprintf(`{"incident":{"status":"resolved","components":{%q:"operational"}}}`, f.api)).want(http.StatusOK)
	f.pass(9 * time.Hour)
	url := "/components/" + f.api + "/uptime"
	got := c.get(url).want(http.StatusOK).has("id", f.api).has("name", "API").has("partial_outage", "0").has("major_outage", "3600").
		has("warnings", "<nil>").has("related_events.0.id", incident).has("range_start", "2026-08-25T00:00:00.000Z")
	if got.text("uptime_percentage") != "90" && got.text("uptime_percentage") != "89.99" {
		t.Errorf("10 hours with one lost are %s %%", got.text("uptime_percentage"))
	}
	c.get("/component-groups/"+group+"/uptime").want(http.StatusOK).has("major_outage", "3600").has("name", "Front").
		has("related_events.0.component_id", f.api).has("related_events.0.incidents.0.id", incident)
	c.get(url+"?start=2026-01-01&end=2027-01-01").want(http.StatusOK).has("range_start", "2026-08-25T00:00:00.000Z").
		has("warnings", "End date was adjusted to today. See range_end field in response for end date used. Start date was adjusted: history of 90 days is available. See range_start field in response for start date used.")
	past := c.get(url+"?start=2026-11-01&end=2026-11-20").want(http.StatusOK).has("range_start", "2026-11-01T00:00:00.000Z").
		has("range_end", "2026-11-21T00:00:00.000Z").has("uptime_percentage", "<nil>").has("major_outage", "0")
	if n := past.length("related_events"); n != 0 {
		t.Errorf("%d events before there was one", n)
	}
	c.get("/components/" + group + "/uptime").want(http.StatusNotFound)
}
