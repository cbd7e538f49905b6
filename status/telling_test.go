package status

import (
	"testing"
	"time"
)

func TestTally(t *testing.T) {
	var sum Tally
	for _, s := range []DeliveryState{Waiting, Sending, Sent, Failed, Withdrawn, Superseded} {
		sum.Add(s, 10)
	}
	sum = sum.Plus(Tally{Waiting: 1, Sending: 2, Sent: 3, Failed: 4, Cancelled: 5, Superseded: 6})
	want := Tally{11, 12, 13, 14, 15, 16}
	if sum != want {
		t.Errorf("%+v", sum)
	}
	if sum.Open() != 23 || sum.Over() != 27 || sum.Total() != 50 {
		t.Errorf("%d open, %d over of %d", sum.Open(), sum.Over(), sum.Total())
	}
}

func TestTroubled(t *testing.T) {
	for _, c := range []struct {
		sent, failed int
		want         bool
	}{{0, 0, false}, {100, 0, false}, {98, 2, false}, {97, 3, true}, {0, 1, true}, {1000, 20, false}} {
		if got := (Tally{Sent: c.sent, Failed: c.failed, Waiting: 5}).Troubled(); got != c.want {
			t.Errorf("%d sent, %d failed: %v", c.sent, c.failed, got)
		}
	}
}

func TestFinished(t *testing.T) {
	open := map[Channel]Tally{Email: {Sent: 3}, Webhook: {Waiting: 1}}
	over := map[Channel]Tally{Email: {Sent: 3, Superseded: 4}, Webhook: {Failed: 1}}
	for _, c := range []struct {
		t    Telling
		want bool
	}{{Telling{Channels: open}, false}, {Telling{Channels: over}, true}, {Telling{Channels: over, Listing: true}, false}, {Telling{}, true}} {
		if got := c.t.Finished(); got != c.want {
			t.Errorf("%+v: %v", c.t, got)
		}
	}
}

func TestQuarter(t *testing.T) {
	for _, c := range []struct{ over, total, want int }{
		{0, 0, 0}, {0, 4, 0}, {1, 5, 0}, {1, 4, 25}, {499, 1000, 25}, {500, 1000, 50}, {999, 1000, 75}, {1000, 1000, 100}, {5, 4, 100},
	} {
		if got := Quarter(c.over, c.total); got != c.want {
			t.Errorf("%d of %d: %d, want %d", c.over, c.total, got, c.want)
		}
	}
}

func TestMeter(t *testing.T) {
	at := func(seconds int) time.Time { return time.Unix(int64(seconds), 0) }
	var m Meter
	m.Note(at(0), 0)
	if _, ok := m.Left(100); ok {
		t.Error("one look measures nothing")
	}
	m.Note(at(1), 50)
	if left, ok := m.Left(100); !ok || left != 2*time.Second {
		t.Errorf("left %v %v", left, ok)
	}
	for s := 2; s <= 40; s++ { // five a second from here on
		m.Note(at(s), 50+5*(s-1))
	}
	if left, _ := m.Left(100); left != 20*time.Second {
		t.Errorf("the beginning still counts: %v", left)
	}
	if len(m.seen) > 13 {
		t.Errorf("%d readings are kept", len(m.seen))
	}
	for s := 41; s <= 60; s++ {
		m.Note(at(s), 245)
	}
	if left, ok := m.Left(100); ok {
		t.Errorf("nothing moves, left %v", left)
	}
	m.Note(at(61), 200)
	m.Note(at(62), 210)
	if left, ok := m.Left(5); !ok || left != 500*time.Millisecond {
		t.Errorf("after some are sent again: %v %v", left, ok)
	}
}

func TestReasonOf(t *testing.T) {
	for _, c := range []struct {
		channel Channel
		answer  string
		why     Reason
		code    string
	}{
		{Email, "550 5.1.1 No such user", NoMailbox, "550 5.1.1"},
		{Email, "550 User unknown", NoMailbox, "550"},
		{Email, "553 sorry, no such mailbox", NoMailbox, "553"},
		{Email, "550 5.1.2 Host unknown", NoMailDomain, "550 5.1.2"},
		{Email, "550 5.4.4 no route", NoMailDomain, "550 5.4.4"},
		{Email, "552 5.2.2 over quota", MailboxFull, "552 5.2.2"},
		{Email, "452-4.2.2 The recipient's inbox is out of storage", MailboxFull, "452 4.2.2"},
		{Email, "552 too much", MailboxFull, "552"},
		{Email, "550 5.2.1 disabled", MailboxOff, "550 5.2.1"},
		{Email, "552 5.3.4 too large", MailTooBig, "552 5.3.4"},
		{Email, "550 5.7.1 blocked by policy 550", MailPolicy, "550 5.7.1"},
		{Email, "535 5.7.8 wrong password", MailSignIn, "535 5.7.8"},
		{Email, "530 sign in first", MailSignIn, "530"},
		{Email, "451 4.3.0 try again", MailBusy, "451 4.3.0"},
		{Email, "421", MailBusy, "421"},
		{Email, "554 5.0.0 no", MailRefused, "554 5.0.0"},
		{Email, "550 5.5.0 protocol", MailRefused, "550 5.5.0"},
		{Email, "The mail server refuses to talk: 554 no", MailRefused, "554"},
		{Email, "The mail server cannot be reached.", MailAway, ""},
		{Email, "The connection to the mail server broke.", MailAway, ""},
		{Email, "The mail server fell silent after the end of the mail; it may have arrived.", MailSilent, ""},
		{Email, "The subscription has ended.", NotWanted, ""},
		{Email, "The notice was withdrawn.", NotWanted, ""},
		{Email, "", OtherReason, ""},
		{Email, "Tel. 5501234", OtherReason, ""},
		{Webhook, "The endpoint answered 410.", HookGone, "410"},
		{Webhook, "The endpoint answered 404.", HookRefused, "404"},
		{Webhook, "The endpoint answered 302.", HookMoved, "302"},
		{Webhook, "The endpoint answered 429.", HookBusy, "429"},
		{Webhook, "The endpoint answered 503.", HookBusy, "503"},
		{Webhook, "The endpoint answered 500.", HookBroken, "500"},
		{Webhook, "The endpoint did not answer within 15 seconds.", HookSlow, ""},
		{Webhook, "The endpoint's TLS certificate or encryption was not accepted.", HookUntrusted, ""},
		{Webhook, "The endpoint is not reachable from the internet.", HookPrivate, ""},
		{Webhook, "The endpoint could not be reached.", HookAway, ""},
		{Webhook, "The message could not be written; see the server's log.", OtherReason, ""},
	} {
		if why, code := ReasonOf(c.channel, c.answer); why != c.why || code != c.code {
			t.Errorf("%s %q: %s %q, want %s %q", c.channel, c.answer, why, code, c.why, c.code)
		}
	}
}

func TestMayRetry(t *testing.T) {
	for _, c := range []struct {
		channel Channel
		state   DeliveryState
		want    bool
	}{
		{Email, Failed, true}, {Email, Waiting, true}, {Email, Sent, false}, {Email, Sending, false}, {Email, Withdrawn, false}, {Email, Superseded, false},
		{Webhook, Failed, true}, {Webhook, Sent, true}, {Webhook, Sending, false}, {Webhook, Superseded, false},
	} {
		d := Delivery{Channel: c.channel, State: c.state}
		if err := d.MayRetry(); (err == nil) != c.want || err != nil && FaultCode(err) != CodeConflict {
			t.Errorf("%s %s: %v", c.channel, c.state, err)
		}
	}
}
