package publish

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"allclear/status"
	"allclear/templates"
)

// typeCalendar is the type of a calendar that programs subscribe to.
const typeCalendar = "text/calendar; charset=utf-8"

// calendarDays is how long a finished maintenance stays in the calendar.
const calendarDays = 90

// calendarRefresh is how often a calendar program should look again.
const calendarRefresh = "PT1H"

// promiseCalendars promises the calendar of maintenance in every language.
func (b *Builder) promiseCalendars(v *status.View, s *Snapshot) {
	planned := inCalendar(v)
	key := calendarKey(v, planned)
	for _, locale := range v.Page.Locales {
		p := newPages(b, v, locale)
		s.promise(p.path("/calendar.ics"), key, func() (doc, error) { return p.calendar(planned) })
	}
}

// inCalendar lists what the calendar holds, in order of its windows: every maintenance
// that is not over, and those that ended in the last 90 days. Days are counted from
// midnight, so that time changes the calendar only when it changes everything else.
func inCalendar(v *status.View) []*status.Incident {
	since := status.Midnight(v.At.In(v.Page.Zone()), -calendarDays)
	var list []*status.Incident
	for i := range v.Maintenances {
		n := &v.Maintenances[i]
		if n.ScheduledFor != nil && (n.Open() || !windowEnd(n).Before(since)) {
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(a, b *status.Incident) int {
		return cmp.Or(a.ScheduledFor.Compare(*b.ScheduledFor), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// windowEnd is the end of a planned window; one that nobody gave ends where it begins.
func windowEnd(n *status.Incident) time.Time {
	if n.ScheduledUntil == nil || n.ScheduledUntil.Before(*n.ScheduledFor) {
		return *n.ScheduledFor
	}
	return *n.ScheduledUntil
}

// calendarKey changes whenever a calendar does: with the page's name, a maintenance, or
// the name of a component that one touches.
func calendarKey(v *status.View, planned []*status.Incident) string {
	var key strings.Builder
	fmt.Fprint(&key, v.Page.Version)
	for _, n := range planned {
		fmt.Fprint(&key, " ", n.ID, " ", n.Revision, " ", n.UpdatedAt.UnixMilli())
		for _, id := range n.ComponentIDs {
			if c := v.Component(id); c != nil {
				key.WriteString(c.Name)
			}
		}
	}
	return key.String()
}

// calendar is the calendar of a language. Its bytes come from the data alone: the same
// maintenance gives the same event, whenever and wherever it is written.
func (p pages) calendar(planned []*status.Incident) (doc, error) {
	voice := p.voice()
	cal := ics.NewCalendar()
	cal.SetProductId("-//All Clear//Status page//" + strings.ToUpper(p.locale))
	cal.SetMethod(ics.MethodPublish)
	cal.SetName(calendarText(voice.CalendarName(p.v.Page.Name)))
	cal.SetXWRTimezone(p.v.Page.TimeZone)
	cal.SetUrl(p.b.Base + p.path("/"))
	cal.SetRefreshInterval(calendarRefresh)
	cal.SetXPublishedTTL(calendarRefresh)
	d := doc{path: p.path("/calendar.ics"), contentType: typeCalendar, changed: p.v.Page.CreatedAt}
	for _, n := range planned {
		p.appoint(cal, voice, n)
		d.changed = later(d.changed, n.UpdatedAt)
	}
	cal.SetLastModified(d.changed)
	var buf bytes.Buffer
	if err := cal.SerializeTo(&buf, ics.WithNewLineWindows); err != nil {
		return d, fmt.Errorf("publish: %s: %w", d.path, err)
	}
	d.body = buf.Bytes()
	return d, nil
}

// appoint adds a maintenance. Its sequence is the revision of its last change, which only
// ever rises.
func (p pages) appoint(cal *ics.Calendar, voice *templates.Voice, n *status.Incident) {
	e := cal.AddEvent(n.ID + "@" + p.b.host())
	e.SetDtStampTime(n.UpdatedAt)
	e.SetCreatedTime(n.CreatedAt)
	e.SetModifiedAt(n.UpdatedAt)
	e.SetSequence(int(n.Revision))
	e.SetStartAt(*n.ScheduledFor)
	if end := windowEnd(n); end.After(*n.ScheduledFor) {
		e.SetEndAt(end)
	}
	said := p.notice(n)
	word, state := voice.T("kind.maintenance"), ics.ObjectStatusConfirmed
	if n.Stage == status.Cancelled {
		word, state = voice.StageLabel(said.Stage), ics.ObjectStatusCancelled
	}
	e.SetStatus(state)
	e.SetSummary(calendarText(voice.T("notice.title", "stage", word, "title", said.Title)))
	e.SetDescription(calendarText(p.described(voice, said)))
	e.SetURL(p.b.Base + p.path(noticePath(n)))
	e.AddCategory(calendarText(voice.T("kind.maintenance")))
	e.SetTimeTransparency(ics.TransparencyTransparent)
}

// described says what a maintenance is about: what customers notice, the newest text,
// what is touched and where more is to be read.
func (p pages) described(voice *templates.Voice, n templates.Notice) string {
	var parts []string
	for _, text := range []string{n.Impact, templates.PlainText(n.Latest().Body)} {
		if text = strings.TrimSpace(text); text != "" {
			parts = append(parts, text)
		}
	}
	var names []string
	for _, c := range n.Components {
		names = append(names, c.Name)
	}
	if len(names) > 0 {
		parts = append(parts, voice.T("mail.affected", "names", strings.Join(names, ", ")))
	}
	return strings.Join(append(parts, p.b.Base+p.path(n.Path())), "\n\n")
}

// calendarText is a text without what a calendar's line cannot hold: control characters,
// and line ends of any other kind than the one that the format escapes.
func calendarText(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(plain(s))
	return strings.Map(func(r rune) rune {
		if r == 0x7f || r > 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, s)
}

// host is the name of the site, which makes ids its own.
func (b *Builder) host() string {
	if u, err := url.Parse(b.Base); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "localhost"
}
