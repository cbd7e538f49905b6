package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"allclear/status"
	"allclear/templates"
)

const (
	followEvery    = time.Second
	countShare     = 5                // at most one part in so many of the time is spent counting
	followBeat     = 20 * time.Second // a comment line, so that proxies keep the line open
	followFor      = 10 * time.Minute // then the browser comes back, and through the gate again
	followPatience = 10 * time.Second
	mostTellings   = 64
)

// tellings counts messages for everybody who looks at the same notice, once a second at
// most, and remembers the last counts to say how fast they leave.
type tellings struct {
	mu   sync.Mutex
	kept map[string]*counted
}

// counted is the last count of one notice.
type counted struct {
	mu       sync.Mutex
	at       time.Time // zero: never
	rest     time.Duration
	telling  *status.Telling
	meter    status.Meter
	expected int
}

func (t *tellings) of(incident string) *counted {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept == nil || len(t.kept) >= mostTellings && t.kept[incident] == nil {
		t.kept = map[string]*counted{} // whoever looks now makes theirs anew
	}
	if t.kept[incident] == nil {
		t.kept[incident] = &counted{}
	}
	return t.kept[incident]
}

// telling is how far the newest messages about a notice have come; nil when nobody was to
// be told.
func (d *desk) telling(ctx context.Context, n *status.Incident, fresh bool) (*templates.Progress, error) {
	c := d.tellings.of(n.ID)
	c.mu.Lock()
	defer c.mu.Unlock()
	now := d.Now()
	if fresh || c.at.IsZero() || now.Sub(c.at) >= c.rest {
		if err := c.count(ctx, d, n, now); err != nil {
			return nil, err
		}
	}
	if c.telling == nil {
		return nil, nil
	}
	p := templates.Progress{Telling: *c.telling, Tally: c.telling.All(), Expected: c.expected, Path: staffPath(n) + "/deliveries"}
	if left, ok := c.meter.Left(p.Tally.Open() - p.Later); ok {
		p.Left = left
	}
	return &p, nil
}

// count asks the database. A large notice is counted less often.
func (c *counted) count(ctx context.Context, d *desk, n *status.Incident, now time.Time) error {
	begun := time.Now()
	t, err := d.Store.Telling(ctx, n.ID)
	if err != nil {
		return err
	}
	c.rest = max(followEvery*9/10, countShare*time.Since(begun))
	if t == nil || c.telling == nil || t.EventID != c.telling.EventID {
		c.meter, c.expected = status.Meter{}, 0
	}
	c.at, c.telling = now, t
	if t == nil {
		return nil
	}
	if t.Held.IsZero() {
		c.meter.Note(now, t.All().Over())
	}
	if t.Listing && c.expected == 0 && d.Audience != nil {
		if a, err := d.Audience(ctx, n); err == nil { // without it the bar begins shorter
			c.expected = a.Told()
		}
	}
	return nil
}

// progress is for a notice's page; when it cannot be read, the page is worth more.
func (v *visit) progress(n *status.Incident) *templates.Progress {
	p, err := v.telling(v.ctx(), n, true)
	if err != nil {
		v.Log.Warn("how far a notice was told could not be counted", "error", err)
		return nil
	}
	return p
}

// eventsPath is where a page follows what is still on its way; "" when nothing is.
func eventsPath(p *templates.Progress) string {
	if p == nil || p.Finished() {
		return ""
	}
	return p.Path + "/events"
}

// news is one event of the stream.
type deliveryNews struct {
	Value   int    `json:"value"`
	Max     int    `json:"max"`
	Quarter int    `json:"quarter"`
	Text    string `json:"text"`
	Say     string `json:"say"`
	Late    bool   `json:"late"`
}

// deliveryEvents follows the messages of a notice until all is done, the browser leaves
// or the server stops. Whoever is signed out meanwhile is turned away at the next visit.
func (d *desk) deliveryEvents(v *visit) error {
	n, err := v.known()
	if err != nil {
		return err
	}
	w := v.c.Response()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")
	s := &stream{visit: v, notice: &n, out: http.NewResponseController(w)}
	s.follow()
	return nil
}

// stream is one browser that follows.
type stream struct {
	*visit
	notice *status.Incident
	out    *http.ResponseController
	last   string
	spoke  time.Time
}

func (s *stream) follow() {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	life := time.NewTimer(followFor)
	defer life.Stop()
	for {
		if !s.tell() {
			return
		}
		select {
		case <-tick.C:
		case <-life.C:
			return
		case <-s.Closing:
			return
		case <-s.ctx().Done():
			return
		}
	}
}

// tell writes what is new; false when there is nothing more to follow.
func (s *stream) tell() bool {
	p, err := s.telling(s.ctx(), s.notice, false)
	if err != nil {
		if s.ctx().Err() == nil {
			s.Log.Warn("how far a notice was told could not be counted", "error", err)
		}
		return false
	}
	if p == nil {
		s.write("event: done\ndata: {}\n\n")
		return false
	}
	body, err := json.Marshal(deliveryNews{
		Value: p.Value(), Max: p.Max(), Quarter: p.Quarter(), Text: s.voice.Told(*p), Say: s.voice.Announcement(*p), Late: p.Troubled(),
	})
	if err != nil {
		return false
	}
	frame := fmt.Sprintf("event: progress\ndata: %s\n\n", body)
	switch {
	case p.Finished():
		s.write(frame + "event: done\ndata: {}\n\n")
		return false
	case frame != s.last:
		s.last = frame
		return s.write(frame)
	case time.Since(s.spoke) >= followBeat:
		return s.write(":\n\n")
	}
	return true
}

func (s *stream) write(frame string) bool {
	s.spoke = time.Now()
	_ = s.out.SetWriteDeadline(s.spoke.Add(followPatience)) // where it cannot be set, there is none
	if _, err := s.c.Response().Write([]byte(frame)); err != nil {
		return false
	}
	return s.out.Flush() == nil
}
