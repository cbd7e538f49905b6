package manage

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// enlist adds somebody who was confirmed before anything happened.
func (f *fixture) enlist(address, endpoint string) {
	f.t.Helper()
	at := start.Add(-time.Hour)
	sub := status.Subscriber{ID: status.NewID(), Channel: status.Email, Address: address, Endpoint: endpoint, State: status.Active, Locale: "en", Generation: 1, CreatedAt: at, ConfirmedAt: &at}
	if endpoint != "" {
		sub.Channel, sub.Format = status.Webhook, "statuspage"
	}
	err := f.desk.Store.AskSubscriber(f.t.Context(), sub, address, func(*status.Subscriber, int, time.Time) (status.Subscriber, bool, bool, bool) {
		return sub, true, false, false
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// settle makes the messages of everything that happened and lets each attempt end so.
func (f *fixture) settle(state status.DeliveryState, answer string) {
	f.t.Helper()
	for {
		if _, next, err := f.desk.Store.ExpandEvents(f.t.Context(), 100); err != nil {
			f.t.Fatal(err)
		} else if next.IsZero() {
			break
		}
	}
	for _, channel := range []status.Channel{status.Email, status.Webhook} {
		list, _, err := f.desk.Store.Exchange(f.t.Context(), channel, "worker", time.Minute, nil, nil, 100)
		if err != nil {
			f.t.Fatal(err)
		}
		for i := range list {
			list[i].State, list[i].Answer = state, answer
		}
		if _, _, err := f.desk.Store.Exchange(f.t.Context(), channel, "worker", time.Minute, list, nil, 0); err != nil {
			f.t.Fatal(err)
		}
	}
}

// failed is the id of a message about a notice that did not arrive.
func (f *fixture) failed(incident string) string {
	f.t.Helper()
	f.enlist("failed-"+incident+"@example.com", "")
	f.as(status.Admin).patch("/incidents/"+incident, `{"incident":{"body":"More."}}`).want(http.StatusOK)
	f.settle(status.Failed, "550 5.1.1 unknown")
	return f.as(status.Admin).get("/deliveries?incident_id=" + incident).want(http.StatusOK).text("deliveries.0.id")
}

func TestDeliveries(t *testing.T) {
	f := newFixture(t)
	f.enlist("ann@example.com", "")
	f.enlist("owner@example.com", "https://hooks.example.com/T0/secret")
	incident := f.as(status.Publisher).post("/incidents", `{"incident":{"name":"Slow","body":"One."}}`).want(http.StatusCreated).text("id")
	path := "/deliveries?incident_id=" + incident
	f.as(status.Viewer).get(path).want(http.StatusOK).has("counts.total", "0").has("events.0.finished", "false").has("next", "<nil>")
	f.settle(status.Failed, "550 5.1.1 No such user")
	got := f.as(status.Admin).get(path).want(http.StatusOK)
	got.has("counts.total", "2").has("counts.failed", "2").has("events.0.counts.email.failed", "1").has("events.0.finished", "true").has("events.0.type", "incident.created")
	mail := got.at("deliveries.0").(map[string]any)
	if mail["recipient"] != "ann@example.com" || mail["reason"] != "no_mailbox" || mail["code"] != "550 5.1.1" || mail["state"] != "failed" || mail["next_attempt_at"] != nil || mail["done_at"] == nil {
		t.Errorf("%v", mail)
	}
	if hook := got.at("deliveries.1").(map[string]any); hook["recipient"] != "https://hooks.example.com/T0/secret" || hook["reason"] != "other" || hook["code"] != nil {
		t.Errorf("%v", hook)
	}
	viewer := string(f.as(status.Viewer).get(path).want(http.StatusOK).body)
	if strings.Contains(viewer, "ann@") || strings.Contains(viewer, "secret") || !strings.Contains(viewer, "a…@example.com") {
		t.Errorf("a viewer reads %s", viewer)
	}
	first := f.as(status.Viewer).get(path + "&limit=1").want(http.StatusOK)
	if second := f.as(status.Viewer).get(path + "&limit=1&after=" + first.text("next")).want(http.StatusOK); first.length("deliveries") != 1 ||
		second.text("deliveries.0.id") == first.text("deliveries.0.id") || second.text("next") != "<nil>" {
		t.Error("the second page is the first")
	}
	if n := f.as(status.Viewer).get(path + "&state=sent").want(http.StatusOK).length("deliveries"); n != 0 {
		t.Errorf("%d arrived", n)
	}
	for query, want := range map[string]int{"": 422, "?incident_id=nothing12345": 404, "?incident_id=" + incident + "&state=lost": 422, "?incident_id=" + incident + "&after=x": 422, "?incident_id=" + incident + "&limit=0": 422} {
		f.as(status.Viewer).get("/deliveries" + query).want(want)
	}
}

func TestRetryDelivery(t *testing.T) {
	f := newFixture(t)
	f.enlist("ann@example.com", "")
	incident := f.as(status.Publisher).post("/incidents", `{"incident":{"name":"Slow","body":"One."}}`).want(http.StatusCreated).text("id")
	f.settle(status.Failed, "451 later")
	id := f.as(status.Viewer).get("/deliveries?incident_id=" + incident).want(http.StatusOK).text("deliveries.0.id")
	c, before := f.as(status.Publisher).with("Idempotency-Key", "once"), f.revision()
	got := c.post("/deliveries/"+id+"/retry", "").want(http.StatusOK).has("state", "waiting").has("redelivery", "true").has("attempts", "1").has("reason", "busy")
	if f.woken != 1 || f.revision() != before {
		t.Errorf("woken %d times, revision %d of %d", f.woken, f.revision(), before)
	}
	f.settle(status.Sent, "250 ok")
	if again := c.post("/deliveries/"+id+"/retry", "").want(http.StatusOK); string(again.body) != string(got.body) || f.woken != 1 {
		t.Errorf("the same key answers %s", again.body)
	}
	f.as(status.Viewer).get("/deliveries/"+id).want(http.StatusOK).has("state", "sent").has("attempts", "2").has("reason", "<nil>")
	f.as(status.Publisher).post("/deliveries/"+id+"/retry", "").want(http.StatusConflict).has("error", "This mail has arrived; it is not sent twice.")
	f.as(status.Publisher).post("/deliveries/"+strings.Repeat("x", 12)+"/retry", "").want(http.StatusNotFound)
	f.as(status.Viewer).get(fmt.Sprintf("/deliveries/%s.json", id)).want(http.StatusOK)
}
