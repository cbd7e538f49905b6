package subscribers

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"allclear/status"
	"allclear/store"
)

// onDuty makes this the address of whoever is on duty.
func (w *world) onDuty(address string) {
	w.t.Helper()
	_, err := w.store.EditPage(w.t.Context(), store.By{Actor: "test"}, 0, func(p *status.Page) error {
		p.OnDuty = address
		return nil
	})
	w.check(err)
}

// promise publishes a notice that owes an update after that time.
func (w *world) promise(name string, in time.Duration) string {
	w.t.Helper()
	id := w.outage(name)
	w.update(id, status.Change{NextUpdateAt: status.Some(w.now().Add(in))})
	return id
}

func (w *world) tick() bool {
	w.t.Helper()
	moved, err := w.store.Tick(w.t.Context())
	w.check(err)
	return moved
}

// From the clock to the wire: what the mail server gets, at each step once, and nothing
// more once the promise is met.
func TestDutyMail(t *testing.T) {
	c := newClock()
	w := newWorld(t, c.now)
	w.onDuty("Night <duty@example.org>")
	id := w.promise("Login does not work", 30*time.Minute)
	came := make(chan int, 10)
	s := &sink{got: func(n int) { came <- n }}
	mail := sender(t, SMTPOptions{Port: s.serve(t, plainListener, nil), TLS: TLSNone})
	e := w.engine(nothing(t), nothing(t), func(o *Options) { o.Mail = mail })
	stop := w.running(e)
	for _, after := range []time.Duration{25 * time.Minute, 30 * time.Minute} {
		c.ms.Store(start.Add(after).UnixMilli())
		if !w.tick() || w.tick() {
			t.Fatalf("after %v: not reminded once", after)
		}
		e.Wake()
		<-came
	}
	stop()

	// A worker claims the next one and dies before it sends; the next start takes it over.
	c.add(5 * time.Minute)
	w.tick()
	if claimed, _, err := w.store.Exchange(t.Context(), status.Email, "dead", time.Minute, nil, nil, 1); err != nil || len(claimed) != 1 {
		t.Fatalf("%v %v", claimed, err)
	}
	e = w.engine(nothing(t), nothing(t), func(o *Options) { o.Mail = mail })
	stop = w.running(e)
	<-came
	w.update(id, status.Change{Body: new("More."), NextUpdateAt: status.Some(c.now().Add(time.Hour))})
	stop()

	mails := s.all()
	if len(mails) != 3 {
		t.Fatalf("%d mails", len(mails))
	}
	ids := map[string]bool{}
	for i, subject := range []string{"Update due by 09:30 UTC: Login does not work [Status]", "Update due now: Login does not work [Status]", "Update overdue since 09:30 UTC: Login does not work [Status]"} {
		m, err := netmail.ReadMessage(strings.NewReader(mails[i]))
		w.check(err)
		if got := m.Header.Get("Subject"); got != subject || m.Header.Get("To") != "<duty@example.org>" || m.Header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("%q to %s", got, m.Header.Get("To"))
		}
		if m.Header.Get("List-Unsubscribe") != "" || m.Header.Get("List-Id") != "" {
			t.Error("a reminder can be unsubscribed from")
		}
		body, err := io.ReadAll(m.Body)
		w.check(err)
		if link := baseURL + "/admin/incidents/" + id + "#update"; !bytes.Contains(bytes.ReplaceAll(body, []byte("=\r\n"), nil), []byte(link)) {
			t.Errorf("no way to the form in\n%s", body)
		}
		ids[m.Header.Get("Message-Id")] = true
	}
	if len(ids) != 3 {
		t.Errorf("message ids %v", ids)
	}
}

// A node that dies while it sends may have sent: the next one sends the same bytes again,
// under the same id.
func TestDutyMailSentTwiceIsTheSame(t *testing.T) {
	c := newClock()
	w := newWorld(t, c.now)
	w.onDuty("duty@example.org")
	id := w.promise("Login does not work", 30*time.Minute)
	c.add(30 * time.Minute)
	w.tick()
	first, second, dead := make(chan Parcel, 1), newBox(), make(chan struct{})
	w.running(w.engine(func(ctx context.Context, p Parcel) Answer {
		first <- p
		<-dead
		return Answer{Verdict: NotTried}
	}, nothing(t)))
	p := <-first
	w.update(id, status.Change{Name: new("Login works again for some")}) // the promise stays
	stop := w.running(w.engine(second.take, nothing(t)))
	again := second.wait(t, 1)[0]
	stop()
	close(dead)
	if again.ID != p.ID || !bytes.Equal(again.Body, p.Body) {
		t.Errorf("first %s\n%s\nthen %s\n%s", p.ID, p.Body, again.ID, again.Body)
	}
}

// What lost its reason between queue and worker is not sent.
func TestDutyIsNotCalledForNothing(t *testing.T) {
	for name, act := range map[string]func(w *world, c *clock, id string){
		"met": func(w *world, _ *clock, id string) { w.update(id, status.Change{Body: new("More.")}) },
		"the next step has come": func(_ *world, c *clock, _ string) {
			c.add(5 * time.Minute)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			w := newWorld(t, c.now)
			w.onDuty("duty@example.org")
			id := w.promise("Login does not work", 30*time.Minute)
			c.add(30 * time.Minute)
			w.tick()
			claimed, _, err := w.store.Exchange(t.Context(), status.Email, "me", time.Minute, nil, nil, 1)
			w.check(err)
			act(w, c, id)
			e := w.engine(nothing(t), nothing(t))
			out, _ := e.mails.send(t.Context(), carry(nothing(t)), claimed[0])
			if out.delivery.State != status.Withdrawn {
				t.Errorf("%+v", out.delivery)
			}
		})
	}
}

func TestDutyHook(t *testing.T) {
	c := newClock()
	w := newWorld(t, c.now)
	type request struct {
		header http.Header
		body   []byte
	}
	came := make(chan request, 10)
	code := http.StatusGone // even that does not end a setting
	receiver := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		rw.WriteHeader(code)
		came <- request{r.Header, body}
	}))
	defer receiver.Close()
	w.onDuty(receiver.URL)
	id := w.promise("Login does not work", 90*time.Minute)
	w.update(id, status.Change{Stage: new(status.Monitoring), Body: new("We watch it."), NextUpdateAt: status.Some(start.Add(24 * time.Hour))})
	site, err := w.store.Site(t.Context())
	w.check(err)
	secret := w.service.DutySecret(&site.Page)
	reader, err := standardwebhooks.NewWebhook(secret)
	w.check(err)

	for _, step := range []struct {
		at       time.Duration
		kind     string
		resolve  bool
		promised string
	}{
		{120 * time.Minute, "watch.over", true, `"2026-03-11T09:00:00.000Z"`},
		{24*time.Hour + 5*time.Minute, "promise.overdue", true, `"2026-03-11T09:00:00.000Z"`},
	} {
		c.ms.Store(start.Add(step.at).UnixMilli())
		w.tick()
		stop := w.running(w.engine(nothing(t), nothing(t), func(o *Options) { o.Hooks = Hooks{Guard: loopback} }))
		last := <-came
		stop()
		var got struct {
			ID, Type string
			Resolve  bool
			Incident struct{ ID, Name, Status, Priority, URL string }
			Next     json.RawMessage `json:"next_update_at"`
		}
		w.check(json.Unmarshal(last.body, &got))
		form := "#update"
		if step.kind == "watch.over" {
			form = "#resolve"
		}
		if got.Type != step.kind || got.Resolve != step.resolve || got.ID != last.header.Get("webhook-id") || string(got.Next) != step.promised {
			t.Errorf("%s", last.body)
		}
		if n := got.Incident; n.ID != id || n.Name != "Login does not work" || n.Status != "monitoring" || n.Priority != "P3" || n.URL != baseURL+"/admin/incidents/"+id+form {
			t.Errorf("%+v", n)
		}
		if err := reader.VerifyIgnoringTimestamp(last.body, last.header); err != nil {
			t.Error(err)
		}
		code = http.StatusOK
	}
	if other := w.keys.DutySecret("https://elsewhere.example.org"); other == secret || w.service.DutySecret(&status.Page{OnDuty: "duty@example.org"}) != "" {
		t.Error("another address knows the secret")
	}
}

// The steps come at their times, whatever the mail server does meanwhile.
func TestDutyByTheClock(t *testing.T) {
	virtual(t, func(t *testing.T) {
		w := newWorld(t, time.Now)
		w.onDuty("duty@example.org")
		begin := time.Now()
		w.promise("Login does not work", 30*time.Minute)
		var mu sync.Mutex
		var at []time.Duration
		over := make(chan struct{})
		e := w.engine(func(_ context.Context, p Parcel) Answer {
			mu.Lock()
			defer mu.Unlock()
			at = append(at, time.Since(begin).Round(time.Second))
			if len(at) == 2 {
				return Answer{Verdict: Again, Text: "450 later"}
			}
			if len(at) == 4 {
				close(over)
			}
			return Answer{Verdict: Delivered}
		}, nothing(t))
		stop := w.running(e)
		beat := time.NewTicker(time.Second)
		defer beat.Stop()
		for done := false; !done; {
			select {
			case <-over:
				done = true
			case <-beat.C:
				if w.tick() {
					e.Wake()
				}
			}
		}
		stop()
		want := []time.Duration{25 * time.Minute, 30 * time.Minute, 31 * time.Minute, 35 * time.Minute}
		if !slices.Equal(at, want) {
			t.Errorf("reminded at %v, want %v", at, want)
		}
	})
}
