package subscribers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"allclear/status"
)

// pool sends the messages of one channel. Its workers never touch the queue themselves:
// the clerk does it for all of them, so that their marks share one commit.
type pool struct {
	e       *Engine
	channel status.Channel
	sender  Sender
	workers int
	pace    *pace
	asks    chan ask
	wake    chan struct{}
}

// outcome is what became of a worker's last message.
type outcome struct {
	delivery status.Delivery
	gone     bool
}

// ask is a worker at the clerk's desk: it hands in an outcome, and may want a message.
type ask struct {
	done  *outcome
	want  bool
	reply chan *status.Delivery // nil when nothing is wanted, or we stop
}

func newPool(e *Engine, channel status.Channel, sender Sender, workers, usual int, rate float64) *pool {
	if workers <= 0 {
		workers = usual
	}
	return &pool{
		e: e, channel: channel, sender: sender, workers: workers, pace: newPace(rate, e.now),
		asks: make(chan ask, workers), wake: make(chan struct{}, 1),
	}
}

// run works until ctx ends and everything in flight is recorded; hard ends what takes
// longer than it may.
func (p *pool) run(ctx, hard context.Context) {
	var workers sync.WaitGroup
	for range p.workers {
		workers.Go(func() { p.work(ctx, hard) })
	}
	done := make(chan struct{})
	go func() {
		workers.Wait()
		close(done)
	}()
	(&clerk{pool: p, timer: time.NewTimer(0)}).serve(ctx, hard, done)
}

// work is one worker: it takes the next message only when the fate of the last one is
// durable.
func (p *pool) work(ctx, hard context.Context) {
	c := p.sender.Carrier()
	defer c.Close()
	var last *outcome
	wait := time.Second
	for {
		if !p.pace.take() {
			p.turn(last, false)
			last = nil
			if !p.pace.wait(ctx) {
				return
			}
		}
		d := p.turn(last, true)
		if d == nil {
			return
		}
		next, reached := p.send(hard, c, *d)
		last = &next
		if reached {
			wait = time.Second
			continue
		}
		p.turn(last, false)
		last = nil
		sleep(ctx, wait)
		wait = min(2*wait, longestPause)
	}
}

// turn hands in an outcome and, if wanted, waits for the next message.
func (p *pool) turn(done *outcome, want bool) *status.Delivery {
	if done == nil && !want {
		return nil
	}
	a := ask{done: done, want: want, reply: make(chan *status.Delivery, 1)}
	p.asks <- a
	return <-a.reply
}

// send carries one message; reached is false when our own mail server is not there, so
// that it is no use to try the next one at once.
func (p *pool) send(ctx context.Context, c Carrier, d status.Delivery) (out outcome, reached bool) {
	parcel, err := p.e.pack(ctx, &d)
	var a Answer
	switch {
	case errors.Is(err, errNotWanted):
		d.State, d.Answer = status.Withdrawn, err.Error()
		return outcome{delivery: d}, true
	case ctx.Err() != nil:
		a = Answer{Verdict: NotTried}
	case err != nil:
		p.e.log.Error("a message cannot be written", "delivery", d.ID, "error", err)
		a = Answer{Verdict: Again, Text: "The message could not be written; see the server's log."}
	default:
		a = c.Carry(ctx, parcel)
	}
	judge(&d, a, p.e.now(), p.e.spread())
	if d.Kind == status.CallMessage {
		a.Gone = false // the address is a setting, not a subscription
		if a.Verdict != Delivered && a.Verdict != NotTried {
			p.e.log.Warn("whoever is on duty could not be reminded", "notice", d.IncidentID, "answer", a.Text)
		}
	}
	return outcome{delivery: d, gone: a.Gone}, a.Verdict != Unreached
}

// errNotWanted: between queue and worker the reason for the message went away.
var errNotWanted = errors.New("The subscription or the notice is no longer there.")

// pack makes the message of a delivery ready, and fixes what it says if it is new.
func (e *Engine) pack(ctx context.Context, d *status.Delivery) (Parcel, error) {
	if d.Kind == status.CallMessage {
		return e.call(ctx, d)
	}
	sub, err := e.store.Subscriber(ctx, d.SubscriberID)
	if err != nil {
		return Parcel{}, gently(err)
	}
	if !wanted(d.Kind, sub.State) {
		return Parcel{}, errNotWanted
	}
	l, err := e.letter(ctx, d, &sub)
	if err != nil {
		return Parcel{}, gently(err)
	}
	if d.Channel == status.Email {
		return e.mail(l, d, &sub)
	}
	return e.hook(l, d, &sub)
}

// wanted says whether a subscriber in this state is to get a message of this kind.
func wanted(kind status.DeliveryKind, state status.SubscriberState) bool {
	switch kind {
	case status.ConfirmMessage:
		return state == status.Pending || state == status.Active // active: new choices wait
	case status.DisabledMessage:
		return true
	case status.NoticeMessage, status.TestMessage, status.OwnDataMessage, status.CallMessage: // a call is nobody's subscription
	}
	return state == status.Active
}

// gently: what is gone need not be sent; any other error is one.
func gently(err error) error {
	if status.FaultCode(err) == status.CodeNotFound {
		return errNotWanted
	}
	return err
}

// letter reads what the message says. The first time it renders it and makes it durable
// before anything is sent.
func (e *Engine) letter(ctx context.Context, d *status.Delivery, sub *status.Subscriber) (*letter, error) {
	key, err := e.store.LetterOf(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	if key == "" {
		if key, err = e.fix(ctx, d, sub); err != nil {
			return nil, err
		}
	}
	e.mu.Lock()
	l := e.letters[key]
	e.mu.Unlock()
	if l != nil {
		return l, nil
	}
	raw, err := e.store.Letter(ctx, key)
	if err != nil {
		return nil, err
	}
	l = &letter{}
	if err := json.Unmarshal(raw, l); err != nil {
		return nil, fmt.Errorf("read letter %s: %w", key, err)
	}
	if d.Kind == status.NoticeMessage {
		e.keep(key, l)
	}
	return l, nil
}

func (e *Engine) fix(ctx context.Context, d *status.Delivery, sub *status.Subscriber) (string, error) {
	key, view, err := e.store.News(ctx, d.ID)
	if err != nil {
		return "", err
	}
	raw, err := e.write(ctx, &view, d, sub)
	if err != nil {
		return "", err
	}
	return key, e.store.FixLetter(ctx, d.ID, key, view.Revision, raw)
}

// keep remembers a letter for the other recipients; a few notices are told at a time.
func (e *Engine) keep(key string, l *letter) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.letters) >= keptLetters {
		clear(e.letters)
	}
	e.letters[key] = l
}
