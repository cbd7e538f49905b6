package subscribers

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// asking is a world and the confirmation links that were mailed.
type asking struct {
	*world
	clock *clock
}

func newAsking(t *testing.T) *asking {
	c := newClock()
	return &asking{world: newWorld(t, c.now), clock: c}
}

// mailed sends everything that waits and returns the mails.
func (a *asking) mailed() []Parcel {
	a.t.Helper()
	var all []Parcel
	for {
		list, _, err := a.store.Exchange(a.t.Context(), status.Email, "test", time.Minute, nil, nil, 1)
		a.check(err)
		if len(list) == 0 {
			return all
		}
		p, err := a.engine(nil, nil).pack(a.t.Context(), &list[0])
		a.check(err)
		all = append(all, p)
		list[0].State = status.Sent
		_, _, err = a.store.Exchange(a.t.Context(), status.Email, "test", time.Minute, list, nil, 0)
		a.check(err)
	}
}

// link finds the signed part of a link that a mail holds.
func link(t testing.TB, p Parcel, what string) string {
	t.Helper()
	text := strings.ReplaceAll(string(p.Body), "=\r\n", "")
	found := regexp.MustCompile(`/subscriptions/([A-Za-z0-9_-]+)` + what + `\s`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no link …%s in:\n%s", what, text)
	}
	return found[1]
}

func (a *asking) begin(r Request) string {
	a.t.Helper()
	if r.Channel == "" {
		r.Channel = status.Email
	}
	handle, err := a.service.Begin(a.t.Context(), r)
	a.check(err)
	return handle
}

func TestSubscribeConfirmLeave(t *testing.T) {
	a := newAsking(t)
	ctx := t.Context()
	a.begin(Request{Email: "Ann@Example.com", Locale: "de", Source: "page", Path: "/de/subscribe", Scope: status.Scope{Level: "start_and_end"}})
	mails := a.mailed()
	if len(mails) != 1 || mails[0].To != "Ann@example.com" {
		t.Fatalf("mailed %+v", mails)
	}
	body := strings.ReplaceAll(string(mails[0].Body), "=\r\n", "")
	if strings.Contains(body, "List-") {
		t.Error("a confirmation has nothing to unsubscribe from")
	}
	if !strings.Contains(body, baseURL+"/de/subscriptions/") {
		t.Error("the link does not lead to the page in the reader's language")
	}
	token := link(t, mails[0], "/confirm")
	sub, err := a.service.Look(ctx, ForConfirm, token)
	if err != nil || sub.State != status.Pending {
		t.Fatalf("looking at the link: %+v, %v", sub, err)
	}
	for range 2 {
		done, err := a.service.Confirm(ctx, token)
		if err != nil || done.Subscriber.State != status.Active || done.Secret != "" {
			t.Fatalf("confirmed: %+v, %v", done, err)
		}
		sub = done.Subscriber
	}
	if sub.Consent.URL != baseURL+"/de/subscribe" || sub.Consent.Source != "page" || !sub.Consent.AskedAt.Equal(start) || sub.ConfirmedAt == nil {
		t.Errorf("the record of consent is %+v, confirmed %v", sub.Consent, sub.ConfirmedAt)
	}
	a.outage("Outage")
	_, _, err = a.store.ExpandEvents(ctx, 10)
	a.check(err)
	news := a.mailed()
	if len(news) != 1 {
		t.Fatalf("%d mails about the outage", len(news))
	}
	leave := link(t, news[0], "/unsubscribe")
	for range 2 {
		a.check(a.service.End(ctx, leave))
	}
	if _, err := a.service.Look(ctx, ForConfirm, token); !errors.Is(err, ErrExpired) {
		t.Errorf("the confirmation link of an ended subscription: %v", err)
	}
	if _, err := a.service.Confirm(ctx, token); !errors.Is(err, ErrExpired) {
		t.Errorf("a mail scanner must not bring back who left: %v", err)
	}
}

func TestBeginRefuses(t *testing.T) {
	a := newAsking(t)
	for _, c := range []struct {
		request Request
		field   string
	}{
		{Request{Channel: status.Email, Email: "nonsense"}, "email"},
		{Request{Channel: "sms", Email: "ann@example.com"}, "channel"},
		{Request{Channel: status.Webhook, Email: "ann@example.com", Endpoint: "http://example.com"}, "endpoint"},
		{Request{Channel: status.Webhook, Endpoint: "https://example.com"}, "email"},
		{Request{Channel: status.Webhook, Email: "ann@example.com", Endpoint: "https://example.com", Format: "fax"}, "format"},
		{Request{Channel: status.Email, Email: "ann@example.com", Locale: "xx"}, "subscriber.locale"},
		{Request{Channel: status.Email, Email: "ann@example.com", Scope: status.Scope{ComponentIDs: []string{"none"}}}, "subscriber.component_ids"},
		{Request{Channel: status.Email, Email: "ann@example.com", Scope: status.Scope{IncidentID: "none"}}, "subscriber.incident_id"},
	} {
		_, err := a.service.Begin(t.Context(), c.request)
		if f, ok := status.FaultOf(err); !ok || f.Field != c.field {
			t.Errorf("%+v: %v, want a fault at %s", c.request, err, c.field)
		}
	}
	if mails := a.mailed(); len(mails) != 0 {
		t.Errorf("%d mails for refused requests", len(mails))
	}
}

func TestConfirmationsAreCapped(t *testing.T) {
	a := newAsking(t)
	variants := []string{"ann@gmail.com", "ann+%d@gmail.com", "a.nn@gmail.com", "ANN@googlemail.com"}
	sent := 0
	for day := range 6 {
		for i := range 25 {
			address := variants[i%len(variants)]
			if strings.Contains(address, "%d") {
				address = fmt.Sprintf(address, i)
			}
			a.begin(Request{Email: address})
		}
		mails := len(a.mailed())
		if mails > 1 {
			t.Errorf("day %d: %d mails to one mailbox", day, mails)
		}
		sent += mails
		a.clock.add(25 * time.Hour)
	}
	if sent != MostAskings {
		t.Errorf("%d confirmations without an answer, want %d", sent, MostAskings)
	}
	a.begin(Request{Email: "bob@example.com"})
	if n := len(a.mailed()); n != 1 {
		t.Errorf("somebody else got %d mails", n)
	}
}

// The decision table of Begin.
func TestDecide(t *testing.T) {
	ask := status.Subscriber{ID: "new", Generation: 1, Locale: "en", State: status.Pending}
	other := ask
	other.Scope.Level = "start_and_end"
	have := func(s status.SubscriberState) *status.Subscriber {
		return &status.Subscriber{ID: "old", Generation: 3, Locale: "en", State: s}
	}
	hourAgo := start.Add(-time.Hour)
	for _, c := range []struct {
		name string
		ask  status.Subscriber
		have *status.Subscriber
		sent int
		want string // what is done
	}{
		{"unknown", ask, nil, 0, "new/1 write mail created"},
		{"unknown, asked an hour ago", ask, nil, 1, "new/1"},
		{"pending", ask, have(status.Pending), 0, "old/3 write mail"},
		{"pending, asked an hour ago", ask, have(status.Pending), 1, "old/3 write"},
		{"left before", ask, have(status.Ended), 0, "old/4 write mail created"},
		{"left before, asked an hour ago", ask, have(status.Ended), 1, "old/4"},
		{"active, same choices", ask, have(status.Active), 0, "old/3"},
		{"active, other choices", other, have(status.Active), 0, "old/3 wish mail"},
		{"active, other choices, asked an hour ago", other, have(status.Active), 1, "old/3"},
		{"suppressed", ask, have(status.Suppressed), 0, "old/3"},
	} {
		d := decide(c.ask, c.have, c.sent, hourAgo, start)
		got := fmt.Sprintf("%s/%d", d.save.ID, d.save.Generation)
		for _, x := range []struct {
			name string
			is   bool
		}{{"write", d.write}, {"wish", d.wish}, {"mail", d.mail}, {"created", d.created}} {
			if x.is {
				got += " " + x.name
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestHandleTakesBackOnlyItsOwn(t *testing.T) {
	a := newAsking(t)
	ctx := t.Context()
	handle := a.begin(Request{Email: "ann@example.com"})
	other := a.begin(Request{Email: "ann@example.com"})
	if len(handle) != len(other) || handle == other {
		t.Errorf("handles %q and %q tell apart known and unknown", handle, other)
	}
	token := link(t, a.mailed()[0], "/confirm")
	a.check(a.service.TakeBack(ctx, other))
	if _, err := a.service.Look(ctx, ForConfirm, token); err != nil {
		t.Errorf("a foreign handle took it back: %v", err)
	}
	a.check(a.service.TakeBack(ctx, handle))
	if _, err := a.service.Look(ctx, ForConfirm, token); !errors.Is(err, ErrExpired) {
		t.Errorf("after taking it back: %v", err)
	}
	a.check(a.service.TakeBack(ctx, handle))
}

func TestNewChoicesNeedTheOwner(t *testing.T) {
	a := newAsking(t)
	ctx := t.Context()
	sub := a.subscriber("ann@example.com", func(s *status.Subscriber) { s.Scope.Level = "start_and_end" })
	a.begin(Request{Email: "ann@example.com", Locale: "de"})
	mails := a.mailed()
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	if got, _ := a.store.Subscriber(ctx, sub.ID); got.Scope.Level != "start_and_end" {
		t.Errorf("changed before the confirmation: %+v", got)
	}
	if _, err := a.service.Confirm(ctx, link(t, mails[0], "/confirm")); err != nil {
		t.Fatal(err)
	}
	if got, _ := a.store.Subscriber(ctx, sub.ID); got.Scope.Level != "" || got.Locale != "de" {
		t.Errorf("after the confirmation: %+v", got)
	}
	a.begin(Request{Email: "ann@example.com", Locale: "de"})
	if n := len(a.mailed()); n != 0 {
		t.Errorf("%d mails for choices that are as they were", n)
	}
}

func TestWebhookSecretIsShownOnce(t *testing.T) {
	a := newAsking(t)
	ctx := t.Context()
	a.begin(Request{Channel: status.Webhook, Email: "ann@example.com", Endpoint: "https://example.com/hook"})
	token := link(t, a.mailed()[0], "/confirm")
	first, err := a.service.Confirm(ctx, token)
	if err != nil || !strings.HasPrefix(first.Secret, "whsec_") {
		t.Fatalf("confirmed: %+v, %v", first, err)
	}
	again, err := a.service.Confirm(ctx, token)
	if err != nil || again.Secret != "" {
		t.Errorf("the second time: %+v, %v", again, err)
	}
	stored := first.Subscriber.Secrets
	if len(stored) != 1 || strings.Contains(stored[0], first.Secret[6:]) {
		t.Errorf("stored %q", stored)
	}
	if got, err := a.keys.Unseal(stored[0], first.Subscriber.ID); err != nil || got != first.Secret {
		t.Errorf("unsealed %q, %v", got, err)
	}
}

func TestChange(t *testing.T) {
	a := newAsking(t)
	ctx := t.Context()
	incident := a.outage("Outage")
	ann := a.subscriber("ann@example.com")
	one := a.subscriber("one@example.com", func(s *status.Subscriber) { s.Scope.IncidentID = incident })
	manage := func(s status.Subscriber) string {
		return a.keys.Token(Claim{Purpose: ForManage, Subscriber: s.ID, Generation: s.Generation})
	}
	until := start.Add(time.Hour)
	got, err := a.service.Change(ctx, manage(ann), status.Scope{Level: "start_and_end", PausedUntil: &until}, "de")
	if err != nil || got.Locale != "de" || got.Scope.Level != "start_and_end" || got.Scope.PausedUntil == nil {
		t.Errorf("changed to %+v, %v", got, err)
	}
	if _, err := a.service.Change(ctx, manage(ann), status.Scope{Level: "loud"}, "de"); status.FaultCode(err) != status.CodeInvalid {
		t.Errorf("an impossible level: %v", err)
	}
	if got, err := a.service.Change(ctx, manage(one), status.Scope{Level: "start_and_end"}, "en"); err != nil || got.Scope.IncidentID != incident {
		t.Errorf("who follows one notice goes on to: %+v, %v", got, err)
	}
	stale := a.keys.Token(Claim{Purpose: ForManage, Subscriber: ann.ID, Generation: ann.Generation - 1})
	if _, err := a.service.Change(ctx, stale, status.Scope{}, "en"); !errors.Is(err, ErrExpired) {
		t.Errorf("a renewed link still works: %v", err)
	}
	ender := a.keys.Token(Claim{Purpose: ForUnsubscribe, Subscriber: ann.ID, Generation: ann.Generation})
	if _, err := a.service.Change(ctx, ender, status.Scope{}, "en"); !errors.Is(err, errLink) {
		t.Errorf("an unsubscribe link can only end: %v", err)
	}
	a.check(a.service.End(ctx, ender))
	if _, err := a.service.Change(ctx, manage(ann), status.Scope{}, "en"); !errors.Is(err, ErrExpired) {
		t.Errorf("an ended subscription was changed: %v", err)
	}
}

func TestPurge(t *testing.T) {
	a := newAsking(t)
	a.begin(Request{Email: "ann@example.com"})
	token := link(t, a.mailed()[0], "/confirm")
	a.clock.add(ConfirmFor - time.Minute)
	a.check(a.service.Purge(context.Background()))
	if _, err := a.service.Look(t.Context(), ForConfirm, token); err != nil {
		t.Errorf("within 7 days: %v", err)
	}
	a.clock.add(2 * time.Minute)
	a.check(a.service.Purge(context.Background()))
	if _, err := a.service.Look(t.Context(), ForConfirm, token); !errors.Is(err, ErrExpired) {
		t.Errorf("after 7 days: %v", err)
	}
	a.begin(Request{Email: "ann@example.com"})
	if n := len(a.mailed()); n != 1 {
		t.Errorf("asked again later: %d mails", n)
	}
}
