package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// settle claims everything that is due on a channel and ends it as outcome says.
func settle(t testing.TB, s *Store, channel status.Channel, outcome func(address string, d *status.Delivery)) {
	t.Helper()
	for {
		d := claimOne(t, s, channel)
		if d.ID == "" {
			return
		}
		sub := must(s.Subscriber(t.Context(), d.SubscriberID))(t)
		d.State = status.Sent
		outcome(sub.Address, &d)
		finish(t, s, d, d.State)
	}
}

func TestTellings(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		for i := range 5 {
			reader(t, s, fmt.Sprintf("r%d@example.com", i))
		}
		hook(t, s, "https://example.com/hook")
		quiet := outage("Quiet", nil)
		quiet.Notify = new(false)
		if got := must(s.Telling(t.Context(), openNotice(t, s, quiet).ObjectID))(t); got != nil {
			t.Errorf("nobody is told, but %+v", got)
		}
		id := openNotice(t, s, outage("Outage", nil)).ObjectID
		held := must(s.Telling(t.Context(), id))(t)
		if !held.Held.Equal(c.read().Add(30*time.Second)) || !held.Listing || held.Finished() || held.UpdateID == "" {
			t.Errorf("held: %+v", held)
		}
		c.add(30 * time.Second)
		if _, _, err := s.ExpandEvents(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		if part := must(s.Telling(t.Context(), id))(t); !part.Listing || part.All().Waiting != 2 || !part.Held.IsZero() {
			t.Errorf("listing: %+v", part)
		}
		expandAll(t, s, c)
		settle(t, s, status.Email, func(address string, d *status.Delivery) {
			switch address {
			case "r0@example.com":
				d.State = status.Failed
			case "r1@example.com":
				d.State, d.NextAt = status.Waiting, c.read().Add(time.Minute)
			}
		})
		now := must(s.Telling(t.Context(), id))(t)
		if now.Channels[status.Email] != (status.Tally{Waiting: 1, Sent: 3, Failed: 1}) || now.Channels[status.Webhook].Waiting != 1 ||
			now.Later != 1 || !now.Next.Equal(c.read().Add(time.Minute)) || now.Listing || now.Finished() {
			t.Errorf("%+v", now)
		}
		change(t, s, id, status.Change{Body: new("More.")})
		expandAll(t, s, c)
		all := must(s.Tellings(t.Context(), id))(t)
		if len(all) != 2 || all[0].All() != (status.Tally{Waiting: 6}) || all[1].Channels[status.Email] != (status.Tally{Superseded: 1, Sent: 3, Failed: 1}) ||
			all[1].Channels[status.Webhook] != (status.Tally{Superseded: 1}) || all[1].EventID != now.EventID {
			t.Errorf("%+v", all)
		}
	})
}

func TestDomains(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		for _, a := range []string{"a@big.example", "b@big.example", "c@big.example", `"odd@name"@two.example`, "e@two.example", "f@one.example", "g@another.example"} {
			reader(t, s, a)
		}
		hook(t, s, "https://example.com/hook")
		id := told(t, s, c, "Outage")
		event := must(s.Telling(t.Context(), id))(t).EventID
		settle(t, s, status.Email, func(address string, d *status.Delivery) {
			if address == "a@big.example" || address == "f@one.example" {
				d.State = status.Failed
			}
		})
		var got []string
		for _, d := range must(s.Domains(t.Context(), id, event, 2))(t) {
			got = append(got, fmt.Sprintf("%s %d/%d", d.Domain, d.Sent, d.Failed))
		}
		if want := []string{"big.example 2/1", "two.example 2/0", " 1/1"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if all := must(s.Domains(t.Context(), id, event, 20))(t); len(all) != 4 {
			t.Errorf("%+v", all)
		}
	})
}

func TestTroubles(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		reader(t, s, "ann@example.com")
		reader(t, s, "bob@example.com")
		told(t, s, c, "Fine")
		settle(t, s, status.Email, func(string, *status.Delivery) {})
		bad := told(t, s, c, "Bad")
		settle(t, s, status.Email, func(address string, d *status.Delivery) {
			if address == "ann@example.com" {
				d.State = status.Failed
			}
		})
		if got := must(s.Troubles(t.Context(), c.read().Add(-time.Hour)))(t); len(got) != 1 || got[0].Incident != bad || got[0].Tally != (status.Tally{Sent: 1, Failed: 1}) {
			t.Errorf("%+v", got)
		}
		if got := must(s.Troubles(t.Context(), c.read().Add(time.Second)))(t); len(got) != 0 {
			t.Errorf("later: %+v", got)
		}
	})
}

// addresses lists whom messages are for.
func addresses(list []Message) string {
	var out []string
	for _, m := range list {
		out = append(out, string(m.State)+" "+m.Address)
	}
	return strings.Join(out, ", ")
}

func TestMessagesPageByPage(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		for i := range 9 {
			reader(t, s, fmt.Sprintf("r%d@example.com", i))
		}
		hook(t, s, "https://example.com/hook")
		id := told(t, s, c, "Outage")
		settle(t, s, status.Email, func(address string, d *status.Delivery) {
			if address < "r4" {
				d.State, d.Answer = status.Failed, "550 5.1.1 unknown"
			}
		})
		change(t, s, id, status.Change{Body: new("More.")})
		expandAll(t, s, c)
		seen := map[string]bool{}
		var order []status.DeliveryState
		after := ""
		for pages := 1; ; pages++ {
			list, next, err := s.Messages(t.Context(), MessageFilter{Incident: id, After: after, Limit: 3})
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range list {
				if seen[m.ID] {
					t.Errorf("%s twice", m.ID)
				}
				seen[m.ID] = true
				order = append(order, m.State)
			}
			if after = next; next == "" {
				if pages != 7 {
					t.Errorf("%d pages", pages)
				}
				break
			}
		}
		order = slices.Compact(order)
		if want := []status.DeliveryState{status.Failed, status.Waiting, status.Sent, status.Superseded}; len(seen) != 20 || !slices.Equal(order, want) {
			t.Errorf("%d messages in the order %v", len(seen), order)
		}
		newest := must(s.Telling(t.Context(), id))(t).EventID
		list, _, err := s.Messages(t.Context(), MessageFilter{Incident: id, Event: newest, State: status.Waiting, Limit: 20})
		if err != nil || len(list) != 10 || list[9].Endpoint != "https://example.com/hook" || list[0].Subscription != status.Active {
			t.Errorf("%s (%v)", addresses(list), err)
		}
		if list, next, err := s.Messages(t.Context(), MessageFilter{Incident: id, State: status.Sending, Limit: 20}); len(list) != 0 || next != "" || err != nil {
			t.Errorf("%s (%v)", addresses(list), err)
		}
		_, _, err = s.Messages(t.Context(), MessageFilter{Incident: id, After: "x", Limit: 1})
		fault(t, err, status.CodeInvalid, "after", "This is not a place in the list; begin without it.")
	})
}

// failing tells a notice of which the mails to some addresses fail.
func failing(t testing.TB, s *Store, c *clock, addresses ...string) string {
	t.Helper()
	id := told(t, s, c, "Outage")
	settle(t, s, status.Email, func(address string, d *status.Delivery) {
		if slices.Contains(addresses, address) {
			d.State, d.Answer = status.Failed, "550 5.1.1 unknown"
		}
	})
	return id
}

func TestRetryOne(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		reader(t, s, "ann@example.com")
		bob := reader(t, s, "bob@example.com")
		id := failing(t, s, c, "ann@example.com")
		list, _, err := s.Messages(t.Context(), MessageFilter{Incident: id, Limit: 10})
		if err != nil || len(list) != 2 {
			t.Fatal(addresses(list), err)
		}
		failed, sent := list[0], list[1]
		c.add(48 * time.Hour)
		got, err := s.RetryMessage(t.Context(), staff, id, failed.ID)
		if err != nil || got.State != status.Waiting || !got.Redelivery || got.FirstAt != nil || got.Attempts != 1 || !got.NextAt.Equal(c.read()) {
			t.Errorf("%+v (%v)", got, err)
		}
		if d := claimOne(t, s, status.Email); d.ID != failed.ID || !d.Redelivery || d.Attempts != 2 || !d.FirstAt.Equal(c.read()) {
			t.Errorf("claimed %+v", d)
		}
		_, err = s.RetryMessage(t.Context(), staff, id, failed.ID)
		fault(t, err, status.CodeConflict, "", "This message is being sent now.")
		_, err = s.RetryMessage(t.Context(), staff, "", sent.ID)
		fault(t, err, status.CodeConflict, "", "This mail has arrived; it is not sent twice.")
		_, err = s.RetryMessage(t.Context(), staff, "other", failed.ID)
		fault(t, err, status.CodeNotFound, "", `There is no delivery "`+failed.ID+`".`)
		if n := count(t, s, `SELECT COUNT(*) FROM audit WHERE action = 'delivery.retry' AND object = '`+id+`'`); n != 1 {
			t.Errorf("%d lines in the log", n)
		}
		if n := count(t, s, `SELECT COUNT(*) FROM deliveries WHERE attempts = 0`); n != 0 {
			t.Error("the attempts of before are forgotten")
		}
		execute(t, s, `UPDATE deliveries SET state = 'failed' WHERE subscriber_id = '`+bob.ID+`'`)
		change(t, s, id, status.Change{Body: new("More.")})
		expandAll(t, s, c)
		_, err = s.RetryMessage(t.Context(), staff, id, sent.ID)
		fault(t, err, status.CodeConflict, "", "A newer message about this already waits for the same recipient.")
		if err := s.SuppressRecipient(t.Context(), staff, id, sent.ID); err != nil {
			t.Fatal(err)
		}
		if sub := must(s.Subscriber(t.Context(), bob.ID))(t); sub.State != status.Suppressed || states(t, s, bob.ID) != "failed cancelled" {
			t.Errorf("%s: %s", sub.State, states(t, s, bob.ID))
		}
		_, err = s.RetryMessage(t.Context(), staff, id, sent.ID)
		fault(t, err, status.CodeConflict, "", "This subscription has ended; nothing more is sent to it.")
		err = s.SuppressRecipient(t.Context(), staff, id, "nothing")
		fault(t, err, status.CodeNotFound, "", `There is no delivery "nothing".`)
	})
}

// A waiting message that staff hurry is no redelivery; a webhook that arrived can be.
func TestRetryOfWaitingAndArrived(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		reader(t, s, "ann@example.com")
		hook(t, s, "https://example.com/hook")
		id := told(t, s, c, "Outage")
		settle(t, s, status.Email, func(_ string, d *status.Delivery) { d.State, d.NextAt = status.Waiting, c.read().Add(time.Hour) })
		settle(t, s, status.Webhook, func(string, *status.Delivery) {})
		list, _, err := s.Messages(t.Context(), MessageFilter{Incident: id, Limit: 10})
		if err != nil || len(list) != 2 {
			t.Fatal(addresses(list), err)
		}
		once := By{Actor: "token x", Once: &Once{Scope: "x", Key: "k", Hash: "h"}}
		for range 2 {
			if got, err := s.RetryMessage(t.Context(), once, id, list[0].ID); err != nil || got.Redelivery || !got.NextAt.Equal(c.read()) {
				t.Errorf("%+v (%v)", got, err)
			}
			settle(t, s, status.Email, func(string, *status.Delivery) {})
		}
		if got, err := s.RetryMessage(t.Context(), staff, id, list[1].ID); err != nil || !got.Redelivery {
			t.Errorf("%+v (%v)", got, err)
		}
		if d := claimOne(t, s, status.Webhook); d.ID != list[1].ID {
			t.Errorf("claimed %+v", d)
		}
	})
}

func TestRetryFailed(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		ann, bob, cyd := reader(t, s, "ann@example.com"), reader(t, s, "bob@example.com"), reader(t, s, "cyd@example.com")
		id := failing(t, s, c, "ann@example.com", "bob@example.com", "cyd@example.com")
		first := must(s.Telling(t.Context(), id))(t).EventID
		change(t, s, id, status.Change{Body: new("More.")})
		expandAll(t, s, c)
		settle(t, s, status.Email, func(address string, d *status.Delivery) {
			if address != "bob@example.com" {
				d.State = status.Failed
			}
		})
		if err := s.SuppressRecipient(t.Context(), staff, id, must(s.Telling(t.Context(), id))(t).EventID); status.FaultCode(err) != status.CodeNotFound {
			t.Errorf("an event is no delivery: %v", err)
		}
		execute(t, s, `UPDATE subscribers SET state = 'ended' WHERE id = '`+cyd.ID+`'`)
		if n, next, err := s.RetryFailed(t.Context(), staff, id, "", ""); n != 1 || next != "" || err != nil {
			t.Errorf("%d are sent again (%v), want ann's newest", n, err)
		}
		if got := states(t, s, ann.ID); got != "failed waiting" {
			t.Errorf("ann: %s", got)
		}
		if got := states(t, s, bob.ID); got != "failed sent" {
			t.Errorf("bob knows more already: %s", got)
		}
		if n, _, err := s.RetryFailed(t.Context(), staff, id, first, ""); n != 0 || err != nil {
			t.Errorf("again: %d (%v)", n, err)
		}
		if n, _, err := s.RetryFailed(t.Context(), staff, "nothing", "", ""); n != 0 || err != nil {
			t.Errorf("of nothing: %d (%v)", n, err)
		}
	})
}

func TestSilencedHooks(t *testing.T) {
	clocked(t, func(t *testing.T, s *Store, c *clock) {
		gone := hook(t, s, "https://example.com/gone")
		hook(t, s, "https://example.com/fine")
		told(t, s, c, "Outage")
		settle(t, s, status.Webhook, func(_ string, d *status.Delivery) {
			if d.SubscriberID == gone.ID {
				finish(t, s, *d, status.Failed, gone.ID)
			}
		})
		if list := must(s.SilencedHooks(t.Context(), c.read().Add(-time.Hour)))(t); len(list) != 1 || list[0].ID != gone.ID {
			t.Errorf("%+v", list)
		}
		if list := must(s.SilencedHooks(t.Context(), c.read()))(t); len(list) != 0 {
			t.Errorf("%+v", list)
		}
	})
}
