package manage

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"allclear/status"
)

// subscribe adds a mail subscription that was confirmed now.
func (f *fixture) subscribe() {
	f.t.Helper()
	now := f.clock()
	sub := status.Subscriber{
		ID: status.NewID(), Channel: status.Email, Address: "ann@example.com", State: status.Active, Locale: "en", Generation: 1,
		Consent:   status.Consent{Source: "page", URL: "https://status.example.com/subscribe", TextVersion: "1", AskedAt: now},
		CreatedAt: now, ConfirmedAt: &now,
	}
	err := f.desk.Store.AskSubscriber(f.t.Context(), sub, "box", func(*status.Subscriber, int, time.Time) (status.Subscriber, bool, bool, bool) {
		return sub, true, false, false
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// deliver sends everything that waits to be told.
func (f *fixture) deliver() {
	f.t.Helper()
	for next := start; !next.IsZero(); {
		var err error
		if _, next, err = f.desk.Store.ExpandEvents(f.t.Context(), 100); err != nil {
			f.t.Fatal(err)
		}
	}
	list, _, err := f.desk.Store.Exchange(f.t.Context(), status.Email, "worker", time.Minute, nil, nil, 100)
	if err != nil || len(list) == 0 {
		f.t.Fatalf("sent %d mails (%v)", len(list), err)
	}
	for i := range list {
		list[i].State = status.Sent
	}
	if _, _, err := f.desk.Store.Exchange(f.t.Context(), status.Email, "worker", time.Minute, list, nil, 0); err != nil {
		f.t.Fatal(err)
	}
}

func TestUndoOfAnUpdate(t *testing.T) {
	f := newFixture(t)
	f.subscribe()
	c := f.as(status.Publisher)
	first := c.post("/incidents", `{"incident":{"name":"Slow","body":"One.","affected_users":{"mode":"count","count":5}}}`).want(http.StatusCreated)
	id, promise := first.text("id"), first.text("next_update_at")
	f.pass(time.Hour)
	second := c.patch("/incidents/"+id, fmt.Sprintf(`{"incident":{"body":"Two.","status":"monitoring","components":{%q:"major_outage"},"affected_users":{"mode":"none"},
		"workaround":{"state":"available","text":"Wait."},"translations":{"de":{"body":"Zwei."}}}}`, f.api)).want(http.StatusOK)
	url := "/incidents/" + id + "/incident_updates/" + second.text("incident_updates.0.id")

	before := f.revision()
	stale := c.with("If-Match", `"1"`).delete(url).want(http.StatusConflict).has("current_version", "2").has("current.status", "monitoring")
	if f.revision() != before || stale.length("current.incident_updates") != 2 {
		t.Error("a stale version was written")
	}
	f.as(status.Author).delete(url).want(http.StatusForbidden)
	got := c.with("If-Match", `"2"`).delete(url).want(http.StatusOK)
	got.has("id", id).has("status", "investigating").has("affected_users.count", "5").has("workaround.state", "unknown").has("next_update_at", promise).
		has("monitoring_at", "<nil>").has("version", "3").has("draft", "false").
		has("drafts.0.id", second.text("incident_updates.0.id")).has("drafts.0.body", "Two.").has("drafts.0.status", "monitoring").
		has("drafts.0.translations.de.body", "Zwei.").has("drafts.0.components."+f.api, "major_outage")
	if got.length("incident_updates") != 1 || got.length("components") != 0 || got.text("drafts.0.taken_back_at") == "<nil>" {
		t.Errorf("the answer is %s", got.body)
	}
	if got.header.Get(revisionHeader) != fmt.Sprint(f.revision()) || f.revision() != before+1 {
		t.Error("taking back is one revision")
	}
	c.get("/components/"+f.api).has("status", "operational")
	c.delete(url).want(http.StatusNotFound)
	c.delete("/incidents/"+id+"/incident_updates/"+first.text("incident_updates.0.id")).want(http.StatusConflict).
		has("error", "The first update is the notice itself; set draft to true to take it back.")
	c.delete("/incidents/nothing00000/incident_updates/x").want(http.StatusNotFound)
}

func TestUndoOfASentUpdate(t *testing.T) {
	f := newFixture(t)
	f.subscribe()
	c := f.as(status.Publisher)
	id := c.post("/incidents", `{"incident":{"name":"Slow","body":"One."}}`).want(http.StatusCreated).text("id")
	f.pass(time.Minute)
	update := c.patch("/incidents/"+id, `{"incident":{"body":"Secret."}}`).want(http.StatusOK).text("incident_updates.0.id")
	f.deliver()
	url := "/incidents/" + id + "/incident_updates/" + update
	c.delete(url).want(http.StatusOK).has("incident_updates.0.deleted", "true").has("incident_updates.0.body", "").has("drafts.0.body", "Secret.")
	c.delete(url).want(http.StatusNotFound)
	c.patch(url, `{"incident_update":{"body":"x"}}`).want(http.StatusNotFound)
	if n := c.get("/incidents?q=secret").want(http.StatusOK).length(""); n != 0 {
		t.Error("what was taken back is still found")
	}
	c.delete("/incidents/"+id+"/incident_updates/"+c.get("/incidents/"+id).text("incident_updates.1.id")).want(http.StatusConflict).
		has("error", "Already sent; post a correction.")
}

func TestWithdraw(t *testing.T) {
	f := newFixture(t)
	f.subscribe()
	c := f.as(status.Publisher)
	id := c.post("/incidents", fmt.Sprintf(`{"incident":{"name":"Slow","body":"One.","components":{%q:"major_outage"}}}`, f.api)).want(http.StatusCreated).text("id")
	url := "/incidents/" + id
	before := f.revision()
	c.patch(url, `{"incident":{"draft":true,"name":"Other"}}`).want(http.StatusUnprocessableEntity).
		has("fields", `map[incident.draft:`+"Take the notice back first: send draft alone, then change the draft."+`]`)
	f.as(status.Author).patch(url, `{"incident":{"draft":true}}`).want(http.StatusForbidden)
	c.with("If-Match", "7").patch(url, `{"incident":{"draft":true}}`).want(http.StatusConflict).has("current_version", "1")
	if f.revision() != before {
		t.Error("a refused write made a revision")
	}
	c.patch(url, `{"incident":{"draft":true}}`).want(http.StatusOK).has("draft", "true").has("drafts.0.body", "One.").
		has("drafts.0.components."+f.api, "major_outage").has("drafts.0.taken_back_at", "<nil>").has("components.0.status", "operational")
	if n := c.get("/incidents/unresolved").length(""); n != 0 {
		t.Error("it is still listed")
	}
	c.patch(url, `{"incident":{"draft":true}}`).want(http.StatusOK).has("draft", "true")
	c.patch(url, `{"incident":{"draft":false}}`).want(http.StatusOK).has("components.0.status", "major_outage").has("incident_updates.0.body", "One.")
	f.deliver()
	c.patch(url, `{"incident":{"draft":true}}`).want(http.StatusConflict).has("error", "Already sent; post a correction.").
		has("fields", `map[incident.draft:`+"Already sent; post a correction."+`]`)
	c.patch("/incidents/nothing00000", `{"incident":{"draft":true}}`).want(http.StatusNotFound)
}
