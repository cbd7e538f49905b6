package subscribers

import (
	"context"
	"time"

	"allclear/status"
)

// clerk keeps the queue for the workers of a pool. While one transaction runs, further
// workers come to the desk; the next transaction serves all of them.
type clerk struct {
	*pool
	timer   *time.Timer // when the next message falls due
	desk    []ask       // whose outcome must be recorded next
	parked  []ask       // recorded, waiting for a message
	trouble time.Duration
}

// serve works until every worker has left.
func (c *clerk) serve(ctx, hard context.Context, done <-chan struct{}) {
	defer c.timer.Stop()
	stopping := ctx.Done()
	for {
		select {
		case a := <-c.asks:
			c.desk = append(c.desk, a)
			c.gather()
		case <-c.wake:
		case <-c.timer.C:
		case <-stopping:
			stopping = nil
		case <-done:
			return
		}
		c.exchange(hard, ctx.Err() != nil)
	}
}

// gather takes everybody who stands at the desk already.
func (c *clerk) gather() {
	for {
		select {
		case a := <-c.asks:
			c.desk = append(c.desk, a)
		default:
			return
		}
	}
}

// exchange is one transaction: outcomes in, messages out. When the database fails, the
// outcomes stay on the desk: a worker is not released before its mark is durable.
func (c *clerk) exchange(hard context.Context, stopping bool) {
	done, gone := c.outcomes()
	want := 0
	if !stopping {
		want = c.wanting()
	}
	if len(done) == 0 && want == 0 { // when we stop, whoever stands here only wants a message
		c.parked, c.desk = append(c.parked, c.desk...), nil
		c.release(stopping)
		return
	}
	claimed, next, err := c.e.store.Exchange(context.WithoutCancel(hard), c.channel, c.e.owner, lease, done, gone, want)
	if err != nil {
		c.e.log.Error("the outbox cannot be written", "channel", c.channel, "error", err)
		c.trouble = min(max(2*c.trouble, troubleWait), mostTrouble)
		c.timer.Reset(c.trouble)
		if hard.Err() != nil { // the time to stop is over; the leases will tell
			c.parked, c.desk = append(c.parked, c.desk...), nil
			c.release(true)
		}
		return
	}
	c.trouble = 0
	c.parked, c.desk = append(c.parked, c.desk...), nil
	c.hand(claimed)
	c.release(stopping)
	if !next.IsZero() {
		c.timer.Reset(max(next.Sub(c.e.now()), time.Millisecond))
	}
}

func (c *clerk) outcomes() (done []status.Delivery, gone []string) {
	for _, a := range c.desk {
		if a.done == nil {
			continue
		}
		done = append(done, a.done.delivery)
		if a.done.gone {
			gone = append(gone, a.done.delivery.SubscriberID)
		}
	}
	return done, gone
}

// wanting counts the workers who want a message, at the desk or parked.
func (c *clerk) wanting() int {
	n := len(c.parked)
	for _, a := range c.desk {
		if a.want {
			n++
		}
	}
	return n
}

// hand gives messages to those who want one, first come first served.
func (c *clerk) hand(claimed []status.Delivery) {
	rest := c.parked[:0]
	for _, a := range c.parked {
		switch {
		case a.want && len(claimed) > 0:
			a.reply <- &claimed[0]
			claimed = claimed[1:]
		case a.want:
			rest = append(rest, a)
		default:
			a.reply <- nil
		}
	}
	c.parked = rest
}

// release sends the waiting workers home when we stop.
func (c *clerk) release(stopping bool) {
	if !stopping {
		return
	}
	for _, a := range c.parked {
		a.reply <- nil
	}
	c.parked = nil
}
