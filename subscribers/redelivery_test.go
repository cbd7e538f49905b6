package subscribers

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
)

// What staff send again says so, keeps its id and is otherwise the same.
func TestRedelivery(t *testing.T) {
	w := newWorld(t, time.Now)
	w.hook("https://hooks.example.com/in")
	id := w.outage("Outage")
	// send runs the engine until the webhook was posted and what came of it is on record.
	send := func(a Answer) (Parcel, store.Message) {
		t.Helper()
		posts := newBox()
		stop := w.running(w.engine(nothing(t), func(ctx context.Context, p Parcel) Answer {
			posts.take(ctx, p)
			return a
		}))
		p := posts.wait(t, 1)[0]
		stop()
		list, _, err := w.store.Messages(t.Context(), store.MessageFilter{Incident: id, Limit: 10})
		if err != nil || len(list) != 1 {
			t.Fatalf("%d messages (%v)", len(list), err)
		}
		return p, list[0]
	}
	first, m := send(Answer{Verdict: Refused, Text: "The endpoint answered 500."})
	if m.State != status.Failed || m.Redelivery {
		t.Fatalf("%+v", m)
	}
	for range 2 { // the first had failed, the second had arrived
		if _, err := w.store.RetryMessage(t.Context(), store.By{Actor: "test"}, id, m.ID); err != nil {
			t.Fatal(err)
		}
		p, now := send(Answer{Verdict: Delivered})
		var body, before map[string]any
		if json.Unmarshal(p.Body, &body) != nil || json.Unmarshal(first.Body, &before) != nil {
			t.Fatalf("%s", p.Body)
		}
		if body["redelivery"] != true || before["redelivery"] != nil || p.ID != first.ID || len(body) != len(before)+1 || now.State != status.Sent {
			t.Errorf("again %s, %s: %s", p.ID, now.State, p.Body)
		}
	}
	payload, err := w.service.Payload(t.Context(), m.ID)
	if err != nil || !strings.Contains(payload, `/subscriptions/…/unsubscribe"`) || !json.Valid([]byte(payload)) {
		t.Errorf("payload (%v): %s", err, payload)
	}
	if text, err := w.service.Payload(t.Context(), "nothing"); text != "" || err != nil {
		t.Errorf("of nothing: %q (%v)", text, err)
	}
}
