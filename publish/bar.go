package publish

import (
	"fmt"
	"sync"
	"time"

	"allclear/status"
	"allclear/templates"
)

// bar is a component's last days. They are folded when a page first shows them, once for
// all languages, and kept until the day or the history changes.
type bar struct {
	key     string
	until   time.Time // the figures count up to here
	history []status.Span
	zone    *time.Location
	weights status.UptimeWeights
	folded  func() *days
}

// days is a folded history.
type days struct {
	list   []status.Day
	worst  []string
	uptime templates.Uptime
}

// barCache keeps the bars of the last build, so that a publication never folds the
// history of components that did not change.
type barCache struct {
	last map[string]*bar
}

func (c *barCache) of(v *status.View) map[string]*bar {
	next := make(map[string]*bar, len(v.Components))
	zone := v.Page.Zone()
	local := v.At.In(zone)
	midnight := status.Midnight(local, 0)
	for i := range v.Components {
		x := &v.Components[i]
		if x.Group {
			continue
		}
		b := newBar(v, x, zone, midnight)
		if old := c.last[x.ID]; old != nil && old.key == b.key {
			b = old
		}
		next[x.ID] = b
	}
	c.last = next
	return next
}

// newBar fixes up to when the figures count: for a component that works, the later of
// midnight and its last change, because a figure that crept on with every revision would
// change documents whose content did not change; for one that does not, the moment of
// the revision, because every minute is lost.
func newBar(v *status.View, x *status.Component, zone *time.Location, midnight time.Time) *bar {
	history := v.History[x.ID]
	b := &bar{until: midnight, history: history, zone: zone, weights: v.Page.UptimeWeights}
	b.folded = sync.OnceValue(b.fold)
	if n := len(history); n > 0 && history[n-1].From.After(b.until) && !history[n-1].From.After(v.At) {
		b.until = history[n-1].From
	}
	if x.Level != status.Operational {
		b.until = v.At
	}
	b.key = fmt.Sprint(b.until.UnixMilli(), len(history), zone, v.Page.UptimeWeights)
	if len(history) > 0 {
		b.key += fmt.Sprint(" ", history[0].From.UnixMilli())
	}
	return b
}

func (b *bar) fold() *days {
	d := &days{list: status.Days(b.history, b.zone, b.until, barDays)}
	since := ""
	for _, day := range d.list {
		d.worst = append(d.worst, string(day.Worst))
		if since == "" && day.Worst != "" {
			since = day.Date
		}
	}
	d.uptime.Percent, d.uptime.Known = status.Uptime(d.list, b.weights)
	if since != d.list[0].Date {
		d.uptime.Since = since
	}
	return d
}
