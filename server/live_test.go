package server_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"allclear/publish/publishtest"
	"allclear/status"

	"github.com/r3labs/sse/v2"
)

type event struct{ id, name, data, retry string }

// listen opens a stream and hands over its events as they arrive.
func (s *site) listen(t *testing.T, query, lastID string) (<-chan event, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.web.URL+"/events"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" || !strings.Contains(resp.Header.Get("Cache-Control"), "no-transform") {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	out := make(chan event, 100)
	go func() {
		defer resp.Body.Close()
		defer close(out)
		var e event
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "retry":
				e.retry = value
			case "":
				if e.name != "" {
					out <- e
				}
				e = event{}
			}
		}
	}()
	return out, cancel
}

func next(t *testing.T, events <-chan event, name string) event {
	t.Helper()
	select {
	case e, ok := <-events:
		if !ok || e.name != name {
			t.Fatalf("got %+v (open %v), want %s", e, ok, name)
		}
		return e
	case <-time.After(10 * time.Second):
		t.Fatalf("no event %s", name)
	}
	return event{}
}

func (s *site) outage(t *testing.T) string {
	t.Helper()
	id, err := s.src.Open(publishtest.Start.Add(time.Minute), status.Change{
		Name: ptr("Card payments fail"), Components: map[string]status.Level{"cardcardcard": status.MajorOutage},
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestProgramsHearStateThenEvents(t *testing.T) {
	s := newSite(t, options{})
	events, _ := s.listen(t, "", "")
	first := next(t, events, "status")
	if first.id != "epoch1-1" || first.retry == "" || !strings.Contains(first.data, `"state":"operational"`) {
		t.Errorf("first %+v", first)
	}
	s.outage(t)
	next(t, events, "component")
	if e := next(t, events, "incident"); e.id != "epoch1-2" || !strings.Contains(e.data, `"type":"incident.created"`) {
		t.Errorf("event %+v", e)
	}
	s.src.Pass(publishtest.Start.Add(24 * time.Hour))
	if e := next(t, events, "status"); e.id != "epoch1-3" {
		t.Errorf("a change by time alone must be told as status: %+v", e)
	}
}

func TestThePageStreamGreetsAndSendsSections(t *testing.T) {
	s := newSite(t, options{})
	de, _ := s.listen(t, "?stream=page-de", "")
	if e := next(t, de, "hello"); !strings.Contains(e.data, `"hashes":{`) {
		t.Errorf("hello %+v", e)
	}
	s.outage(t)
	if e := next(t, de, "sections"); !strings.Contains(e.data, "Ausfall") || !strings.Contains(e.data, `"state":"major"`) {
		t.Errorf("sections %+v", e)
	}
	for lastID, all := range map[string]bool{"epoch1-1": false, "epoch0-1": true, "rubbish": true, "epoch1-99": true, "epoch1--4": true, "7": true} {
		back, leave := s.listen(t, "?stream=page-en", lastID)
		next(t, back, "hello")
		e := next(t, back, "sections")
		if got := strings.Contains(e.data, `"id":"recent"`); got != all && lastID != "epoch1-1" {
			t.Errorf("Last-Event-ID %s: everything %v, want %v", lastID, got, all)
		}
		leave()
	}
	current, _ := s.listen(t, "?stream=page-en", "epoch1-2")
	next(t, current, "hello")
	s.src.Pass(publishtest.Start.Add(2 * time.Minute))
	next(t, current, "sections") // the next event, not a replay
}

func TestUnknownStreamsAndMethods(t *testing.T) {
	s := newSite(t, options{})
	for path, code := range map[string]int{"/events?stream=page-xx": 404, "/events?stream=secret": 404} {
		if resp, body := s.ask(t, "GET", path); resp.StatusCode != code || !strings.Contains(body, "There is no stream") {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
	if resp, _ := s.ask(t, "HEAD", "/events"); resp.StatusCode != http.StatusOK {
		t.Errorf("HEAD /events: %d", resp.StatusCode)
	}
	if resp, _ := s.ask(t, "POST", "/events"); resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST /events: %d", resp.StatusCode)
	}
}

func TestOverTheCapsClientsAreToldToComeBack(t *testing.T) {
	s := newSite(t, options{maxOpen: 3, perIP: 2})
	for range 2 {
		events, _ := s.listen(t, "", "")
		next(t, events, "status")
	}
	third, _ := s.listen(t, "", "")
	e := next(t, third, "busy")
	var retry int
	if _, err := fmt.Sscan(e.retry, &retry); err != nil || retry < 30000 || retry > 90000 {
		t.Errorf("retry %q", e.retry)
	}
	if _, open := <-third; open {
		t.Error("the stream must end after busy")
	}
}

func TestTheLibrarysOwnClientReadsTheStream(t *testing.T) {
	s := newSite(t, options{})
	client := sse.NewClient(s.web.URL + "/events")
	got := make(chan string, 10)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		_ = client.SubscribeRawWithContext(ctx, func(m *sse.Event) { got <- string(m.Event) + " " + string(m.ID) })
	}()
	select {
	case first := <-got:
		if first != "status epoch1-1" {
			t.Errorf("got %s", first)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("nothing arrived")
	}
}

// A reader that never reads must not slow anybody else: the library alone stops for good.
func TestAStalledReaderHarmsNobody(t *testing.T) {
	s := newSite(t, options{})
	healthy := make([]<-chan event, 20)
	for i := range healthy {
		healthy[i], _ = s.listen(t, "?stream=page-en", "")
		next(t, healthy[i], "hello")
	}
	stalled, err := net.Dial("tcp", s.web.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer stalled.Close()
	if err := stalled.(*net.TCPConn).SetReadBuffer(1024); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(stalled, "GET /events?stream=page-en HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	for s.hub.Listeners() < 21 {
		runtime.Gosched()
	}
	id := s.outage(t)
	for _, events := range healthy {
		next(t, events, "sections")
	}
	for n := range 300 {
		impact := fmt.Sprintf("%d %s", n, strings.Repeat("Nobody can pay. ", 700))
		if err := s.src.Apply(publishtest.Start.Add(2*time.Minute), id, status.Change{CustomerImpact: &impact}); err != nil {
			t.Fatal(err)
		}
		if err := s.live.Wait(t.Context(), int64(n+3)); err != nil {
			t.Fatal(err)
		}
		for i, events := range healthy {
			if e := next(t, events, "sections"); e.id != fmt.Sprintf("epoch1-%d", n+3) {
				t.Fatalf("reader %d got %s after write %d", i, e.id, n)
			}
		}
	}
}

func TestStoppingEndsEveryConnection(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("listen and stop", func(t *testing.T) {
		s := newSite(t, options{})
		var open []<-chan event
		for range 50 {
			events, _ := s.listen(t, "", "")
			next(t, events, "status")
			open = append(open, events)
		}
		s.hub.Close()
		for _, events := range open {
			if _, more := <-events; more {
				t.Error("an event after the end")
			}
		}
	})
	http.DefaultClient.CloseIdleConnections()
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before+3; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines before, %d after", before, runtime.NumGoroutine())
		}
	}
}
