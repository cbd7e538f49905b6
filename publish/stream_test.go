package publish_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"allclear/publish"
	"allclear/publish/publishtest"
	"allclear/status"
)

type sections struct {
	Revision int64  `json:"revision"`
	Title    string `json:"title"`
	State    string `json:"state"`
	Jitter   int64  `json:"jitter_ms"`
	Sections []struct {
		ID, Hash string
		HTML     *string `json:"html"`
	} `json:"sections"`
	Hashes map[string]string `json:"hashes"`
}

func decode(t *testing.T, m publish.Message) sections {
	t.Helper()
	var s sections
	if err := json.Unmarshal(m.Data, &s); err != nil || strings.Contains(string(m.Data), "\n") {
		t.Fatalf("%s: not one line of JSON: %v", m.Data, err)
	}
	return s
}

func TestHelloNamesTheHashesOfThePage(t *testing.T) {
	src := publishtest.New()
	outage(src, t)
	s := started(t, src).Current()
	h := decode(t, s.Hello("de", 40))
	if h.Revision != 2 || h.State != "major" || h.Jitter != 40 || !strings.Contains(h.Title, "Kartenzahlungen") {
		t.Errorf("hello %+v", h)
	}
	page := body(t, s, "/de/")
	if len(h.Hashes) == 0 {
		t.Fatal("no hashes")
	}
	for id, hash := range h.Hashes {
		if !strings.Contains(page, fmt.Sprintf(`data-h="%s"`, hash)) {
			t.Errorf("the page has no section %s with hash %s", id, hash)
		}
	}
}

func TestOnlyChangedSectionsTravel(t *testing.T) {
	src := publishtest.New()
	l := started(t, src)
	running(t, l)
	outage(src, t)
	if err := l.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	e := decode(t, l.Current().Sections("en", 1, 0))
	got := map[string]string{}
	for _, s := range e.Sections {
		if s.HTML == nil {
			t.Fatalf("section %s came without html although the event is small", s.ID)
		}
		got[s.ID] = *s.HTML
	}
	if !strings.Contains(got["incidents"], "Card payments fail") || got["banner"] == "" {
		t.Errorf("sections %v", got)
	}
	if _, ok := got["scheduled"]; ok {
		t.Error("an unchanged section travelled")
	}
	if e := decode(t, l.Current().Sections("en", 2, 0)); len(e.Sections) != 0 {
		t.Errorf("nothing changed after revision 2, got %v", e.Sections)
	}
}

func TestALargeEventLeavesTheHTMLOut(t *testing.T) {
	src := publishtest.New()
	l := started(t, src)
	running(t, l)
	long := strings.Repeat("Customers cannot pay by card. ", 700)
	if _, err := src.Open(publishtest.Start.Add(time.Minute), status.Change{Name: ptr("Long"), Body: &long}); err != nil {
		t.Fatal(err)
	}
	if err := l.Wait(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	m := l.Current().Sections("en", 1, 0)
	if len(m.Data) > 16<<10 {
		t.Errorf("%d bytes", len(m.Data))
	}
	for _, s := range decode(t, m).Sections {
		if s.HTML != nil || s.Hash == "" {
			t.Errorf("section %s: html must be out, hash in", s.ID)
		}
	}
}

func TestProgramsHearEveryEventOnce(t *testing.T) {
	src := publishtest.New()
	l := started(t, src)
	var heard []string
	done := make(chan struct{})
	l.Follow(func(_, next *publish.Snapshot) {
		for _, m := range next.Messages {
			var e struct{ Type string }
			if err := json.Unmarshal(m.Data, &e); err != nil {
				t.Error(err)
			}
			heard = append(heard, m.Event+" "+e.Type)
		}
		if next.Revision == 3 {
			close(done)
		}
	})
	id := outage(src, t)
	if err := src.Apply(publishtest.Start.Add(time.Hour), id, status.Change{Stage: publishtest.Ptr(status.Resolved), Body: ptr("All works again.")}); err != nil {
		t.Fatal(err)
	}
	running(t, l) // both revisions become one build
	<-done
	want := "component component.updated|incident incident.created|component component.updated|incident incident.resolved"
	if got := strings.Join(heard, "|"); got != want {
		t.Errorf("heard %s", got)
	}
}
