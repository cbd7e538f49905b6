package admin

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/store"
)

// delivery is the id of a message about a notice; when there is none, of nothing.
func (w *world) delivery(incident string) string {
	w.t.Helper()
	list, _, err := w.store.Messages(w.t.Context(), store.MessageFilter{Incident: incident, Limit: 1})
	if err != nil {
		w.t.Fatal(err)
	}
	if len(list) == 0 {
		return "nothing"
	}
	return list[0].ID
}

// enlist adds somebody who is told of what happens from now on.
func (w *world) enlist(address, endpoint string) status.Subscriber {
	w.t.Helper()
	now := w.now()
	sub := status.Subscriber{ID: status.NewID(), Channel: status.Email, Address: address, Endpoint: endpoint, State: status.Active, Locale: "en", Generation: 1, CreatedAt: now, ConfirmedAt: &now}
	if endpoint != "" {
		sub.Channel, sub.Format = status.Webhook, "statuspage"
	}
	err := w.store.AskSubscriber(w.t.Context(), sub, address, func(*status.Subscriber, int, time.Time) (status.Subscriber, bool, bool, bool) {
		return sub, true, false, false
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return sub
}

// make lets holds pass and makes the messages of everything that happened.
func (w *world) make() {
	w.t.Helper()
	w.pass(30 * time.Second)
	for next := w.now(); !next.IsZero() && !next.After(w.now()); {
		var err error
		if _, next, err = w.store.ExpandEvents(w.t.Context(), 100); err != nil {
			w.t.Fatal(err)
		}
	}
}

// attempt tries at most so many messages of a channel and notes what outcome says.
func (w *world) attempt(channel status.Channel, most int, outcome func(address string, d *status.Delivery)) {
	w.t.Helper()
	list, _, err := w.store.Exchange(w.t.Context(), channel, "worker", time.Minute, nil, nil, most)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range list {
		sub, err := w.store.Subscriber(w.t.Context(), list[i].SubscriberID)
		if err != nil {
			w.t.Fatal(err)
		}
		list[i].State = status.Sent
		outcome(sub.Address, &list[i])
	}
	if _, _, err := w.store.Exchange(w.t.Context(), channel, "worker", time.Minute, list, nil, 0); err != nil {
		w.t.Fatal(err)
	}
}

func arrived(string, *status.Delivery) {}

func refused(_ string, d *status.Delivery) {
	d.State, d.Answer = status.Failed, "550 5.1.1 <x> No such user"
}

func TestDeliveryView(t *testing.T) {
	w := newWorld(t)
	var woken int
	w.desk.Wake = func() { woken++ }
	w.desk.Payload = func(context.Context, string) (string, error) { return `{"id":"x"}`, nil }
	for i := range 6 {
		w.enlist(fmt.Sprintf("reader%d@mail%d.example", i, i%2), "")
	}
	w.enlist("owner@example.com", "https://hooks.example.com/T0/secret")
	admin, publisher, viewer := w.as(status.Admin), w.as(status.Publisher), w.as(status.Viewer)
	quiet := w.open(status.Change{Notify: new(false)})
	none := viewer.get(staffPath(&quiet) + "/deliveries")
	none.wantText("Nobody was to be told of this.")
	none.wantSound("nobody")
	n := w.open(status.Change{})
	path := staffPath(&n) + "/deliveries"
	viewer.get(path).wantText("About 1,204 messages wait for the undo time to pass")
	w.make()
	w.attempt(status.Email, 2, arrived)
	w.attempt(status.Email, 1, refused)
	w.attempt(status.Email, 1, func(_ string, d *status.Delivery) {
		d.State, d.NextAt, d.Answer = status.Waiting, w.now().Add(time.Minute), "451 4.3.0 later"
	})
	w.attempt(status.Webhook, 1, func(_ string, d *status.Delivery) { d.State, d.Answer = status.Failed, "The endpoint answered 500." })
	page := viewer.get(path)
	page.wantText("2 of 7 sent, 2 failed, 3 waiting; 1 is tried again at 09:01 UTC", "mail0.example", "The mailbox does not exist. (550 5.1.1)", "The receiving system has an error of its own. (500)",
		"Answer of the server 550 5.1.1 <x> No such user", "…@mail", "https://hooks.example.com/…", "1 attempt", "next attempt")
	page.wantSound("deliveries")
	if strings.Contains(page.body, "secret") || strings.Contains(page.body, "reader0@") || strings.Contains(page.body, "Retry") {
		t.Error("a viewer sees or may do too much")
	}
	if bar := page.byID("told"); attr(bar, "value") != "4" || attr(bar, "max") != "7" || attr(bar, "data-quarter") != "50" {
		t.Errorf("the bar: %v", bar.Attr)
	}
	viewer.get(staffPath(&n)).wantText("2 of 7 sent, 2 failed, 3 waiting")
	admin.get(path+"?state=failed#messages").wantText("secret", "Retry 2 failed messages")
	if p := publisher.get(path + "?state=sent"); strings.Contains(p.text(), "The mailbox does not exist.") || len(p.all(byTag("h3"))) != 2 {
		t.Errorf("only what arrived: %s", p.text())
	}
	if p := publisher.get(path + "?after=x"); p.code != http.StatusUnprocessableEntity {
		t.Errorf("no place: %d", p.code)
	}
	publisher.follow(publisher.post(path+"/retry", url.Values{})).wantText("2 messages are sent again.", "sent again on request")
	if woken != 1 {
		t.Errorf("woken %d times", woken)
	}
}

func TestOneMessage(t *testing.T) {
	w := newWorld(t)
	w.desk.Payload = func(_ context.Context, id string) (string, error) { return `{"told":"` + id + `"}`, nil }
	sub := w.enlist("owner@example.com", "https://hooks.example.com/T0/secret")
	n := w.open(status.Change{})
	w.make()
	w.attempt(status.Webhook, 1, func(_ string, d *status.Delivery) { d.State, d.Answer = status.Failed, "The endpoint answered 404." })
	id := w.delivery(n.ID)
	path := staffPath(&n) + "/deliveries/" + id
	viewer, publisher, admin := w.as(status.Viewer), w.as(status.Publisher), w.as(status.Admin)
	page := viewer.get(path)
	page.wantText("https://hooks.example.com/…", "The endpoint refuses the message. (404)", `{ "told": "`+id+`" }`)
	page.wantSound("message")
	if len(page.all(func(x *htmlNode) bool { return x.Data == "form" && strings.HasPrefix(attr(x, "action"), path) })) != 0 {
		t.Error("a viewer may act")
	}
	publisher.follow(publisher.post(path+"/retry", url.Values{})).wantText("1 message is sent again.")
	w.attempt(status.Webhook, 1, arrived)
	publisher.get(path).wantText("Send again", "sent again on request")
	if p := publisher.post(path+"/suppress", url.Values{}); p.code != http.StatusForbidden {
		t.Errorf("a publisher may end subscriptions: %d", p.code)
	}
	admin.get(path).wantText("Switch this webhook off")
	after := admin.follow(admin.post(path+"/suppress", url.Values{}))
	after.wantText("Nothing more is sent there.", "subscription has ended")
	if s, err := w.store.Subscriber(t.Context(), sub.ID); err != nil || s.State != status.Suppressed {
		t.Errorf("%s (%v)", s.State, err)
	}
	if p := publisher.post(path+"/retry", url.Values{}); p.code != http.StatusConflict {
		t.Errorf("sent to whom it has ended: %d", p.code)
	}
	other := w.open(status.Change{})
	if p := publisher.get(staffPath(&other) + "/deliveries/" + id); p.code != http.StatusNotFound {
		t.Errorf("below another notice: %d", p.code)
	}
	admin.get("/admin/audit").wantText("delivery.retry", "subscriber.suppress")
}

func TestDeliveriesAsTable(t *testing.T) {
	w := newWorld(t)
	w.enlist("=cmd@example.com", "")
	n := w.open(status.Change{})
	w.make()
	w.attempt(status.Email, 1, func(_ string, d *status.Delivery) { d.State, d.Answer = status.Failed, "-550 \"quoted\", refused" })
	p := w.as(status.Admin).get(staffPath(&n) + "/deliveries.csv?state=failed")
	rows, err := csv.NewReader(strings.NewReader(p.body)).ReadAll()
	if err != nil || len(rows) != 2 || p.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(p.header.Get("Content-Disposition"), "deliveries-"+n.ID+".csv") {
		t.Fatalf("%v (%v): %s", rows, err, p.body)
	}
	if r := rows[1]; r[3] != "'=cmd@example.com" || r[4] != "failed" || r[10] != "550" || r[11] != "The mailbox does not exist." || r[12] != "'-550 \"quoted\", refused" || r[14] != "false" {
		t.Errorf("%q", r)
	}
	if p := w.as(status.Viewer).get(staffPath(&n) + "/deliveries.csv"); !strings.Contains(p.body, "'=…@example.com") || strings.Contains(p.body, "=cmd") {
		t.Errorf("a viewer reads %s", p.body)
	}
	if p := w.as(status.Viewer).get(staffPath(&n) + "/deliveries.csv?state=sent"); strings.Count(p.body, "\n") != 1 {
		t.Errorf("%s", p.body)
	}
}

// live is an answer that is read while it is written.
type live struct {
	header http.Header
	pipe   *io.PipeWriter
}

func (l *live) Header() http.Header         { return l.header }
func (l *live) WriteHeader(int)             {}
func (l *live) Write(p []byte) (int, error) { return l.pipe.Write(p) }
func (l *live) Flush()                      {}

// follower reads the stream of a notice's messages.
type follower struct {
	t     testing.TB
	lines *bufio.Scanner
	leave context.CancelFunc
	done  chan struct{}
}

func (b *browser) listen(path string) *follower {
	b.w.t.Helper()
	ctx, leave := context.WithCancel(b.w.t.Context())
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://status.test"+path, nil)
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	in, out := io.Pipe()
	answer := &live{header: http.Header{}, pipe: out}
	f := &follower{t: b.w.t, lines: bufio.NewScanner(in), leave: leave, done: make(chan struct{})}
	go func() {
		defer close(f.done)
		b.w.echo.ServeHTTP(answer, r)
		_ = out.Close()
	}()
	b.w.t.Cleanup(func() { leave(); _ = in.Close(); <-f.done })
	return f
}

// event is the next event and its data; "" at the end.
func (f *follower) event() (name string, news deliveryNews) {
	f.t.Helper()
	for f.lines.Scan() {
		switch line := f.lines.Text(); {
		case strings.HasPrefix(line, "event: "):
			name = strings.TrimPrefix(line, "event: ")
		case strings.HasPrefix(line, "data: "):
			if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &news); err != nil {
				f.t.Fatal(err)
			}
		case line == "" && name != "":
			return name, news
		}
	}
	return name, news
}

func TestDeliveryEvents(t *testing.T) {
	w := newWorld(t)
	for i := range 4 {
		w.enlist(fmt.Sprintf("r%d@example.com", i), "")
	}
	n := w.open(status.Change{})
	w.make()
	path := staffPath(&n) + "/deliveries/events"
	f := w.as(status.Viewer).listen(path)
	if name, news := f.event(); name != "progress" || news.Value != 0 || news.Max != 4 || news.Quarter != 0 || news.Text != "0 of 4 sent, 4 waiting" || news.Late {
		t.Errorf("%s %+v", name, news)
	}
	w.attempt(status.Email, 2, refused)
	w.pass(2 * time.Second)
	if _, news := f.event(); news.Value != 2 || news.Quarter != 50 || news.Text != "0 of 4 sent, 2 failed, 2 waiting, about 2 s left" || !news.Late || !strings.HasPrefix(news.Say, "50% done. 0 of 4 sent") {
		t.Errorf("%+v", news)
	}
	w.attempt(status.Email, 2, arrived)
	w.pass(2 * time.Second)
	if _, news := f.event(); news.Value != 4 || news.Quarter != 100 || news.Text != "2 of 4 sent, 2 failed" {
		t.Errorf("%+v", news)
	}
	if name, _ := f.event(); name != "done" {
		t.Errorf("then %q", name)
	}
	<-f.done
	over := w.as(status.Viewer).get(path)
	if over.header.Get("Content-Type") != "text/event-stream" || !strings.Contains(over.header.Get("Cache-Control"), "no-store") || !strings.HasSuffix(over.body, "event: done\ndata: {}\n\n") {
		t.Errorf("%v %q", over.header, over.body)
	}
	if p := w.browser().get(path); p.code != http.StatusSeeOther {
		t.Errorf("a stranger gets %d", p.code)
	}
}

// A stream ends when the browser leaves, and when the server stops.
func TestDeliveryEventsEnd(t *testing.T) {
	w := newWorld(t)
	w.enlist("ann@example.com", "")
	n := w.open(status.Change{})
	b, path := w.as(status.Viewer), staffPath(&n)+"/deliveries/events"
	first, second := b.listen(path), b.listen(path)
	for _, f := range []*follower{first, second} {
		if name, news := f.event(); name != "progress" || news.Text != "About 1,204 messages wait for the undo time to pass" {
			t.Errorf("%s %+v", name, news)
		}
	}
	first.leave()
	<-first.done
	close(w.closing)
	if name, _ := second.event(); name != "" {
		t.Errorf("after the end comes %s", name)
	}
	<-second.done
}

func TestHarmless(t *testing.T) {
	got := strings.Join(harmless([]string{"=1", "+1", "-1", "@a", "\tx", "\rx", "a=b", "", "1"}), "|")
	if want := "'=1|'+1|'-1|'@a|'\tx|'\rx|a=b||1"; got != want {
		t.Errorf("%q", got)
	}
}
