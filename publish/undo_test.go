package publish

import (
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// TestWhatWasTakenBackIsNowhere: of an entry that was sent and taken back the page says
// that it was there; its text, which staff keep, is in no document and no message.
func TestWhatWasTakenBackIsNowhere(t *testing.T) {
	v := exampleView()
	v.Page.Locales = []string{"en", "de"}
	site := &status.Site{Now: v.At.Add(-2 * time.Minute), Page: v.Page, Components: v.Components}
	n := &v.Incidents[0]
	for i, sent := range []bool{true, false} {
		id := []string{"sentsentsent", "heldheldheld"}[i]
		if err := n.Apply(site, id, status.Change{
			Body: new("TAKENBACK"), Workaround: &status.Workaround{State: "available", Text: "TAKENBACK"},
			Translations: map[string]status.Texts{"de": {Body: new("TAKENBACK")}},
		}); err != nil {
			t.Fatal(err)
		}
		site.Now = site.Now.Add(time.Minute)
		if err := n.UndoUpdate(site, id, sent); err != nil {
			t.Fatal(err)
		}
	}
	if len(n.Drafts) != 2 || n.Drafts[0].Body != "TAKENBACK" {
		t.Fatalf("staff keep %+v", n.Drafts)
	}
	v.At, v.Events = site.Now, n.Events()
	b := exampleBuilder(t)
	s, err := b.Build(v, nil)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"the status message": string(s.status)}
	for path, d := range s.docs {
		texts[path] = string(d.Body)
	}
	for path, l := range s.lazy {
		d, err := l.make()
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = string(d.body)
	}
	messages, err := b.messages(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		texts["an event"] += string(m.Data)
	}
	for where, text := range texts {
		if strings.Contains(text, "TAKENBACK") {
			t.Errorf("%s holds what was taken back", where)
		}
	}
	gone := 0
	for _, u := range n.Updates {
		if u.Deleted {
			gone++
		}
	}
	for path, sentence := range map[string]string{
		"/incidents/" + n.ID: "This update was withdrawn.", "/de/incidents/" + n.ID: "Diese Aktualisierung wurde zurückgezogen.",
		"/api/v3/incidents/" + n.ID + ".json": `"deleted":true`,
	} {
		if got := strings.Count(texts[path], sentence); got != gone || gone == 0 {
			t.Errorf("%s says %d times that an update was there, want %d", path, got, gone)
		}
	}
}
