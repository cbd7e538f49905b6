package publish

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	goical "github.com/emersion/go-ical"

	"allclear/status"
)

func calendarsOf(t testing.TB, v *status.View) map[string]doc {
	t.Helper()
	s := &Snapshot{lazy: map[string]*lazy{}}
	exampleBuilder(t).promiseCalendars(v, s)
	docs := map[string]doc{}
	for path, l := range s.lazy {
		d, err := l.make()
		if err != nil {
			t.Fatal(err)
		}
		docs[path] = d
	}
	return docs
}

func TestCalendarsOfTheExample(t *testing.T) {
	docs := calendarsOf(t, exampleView())
	golden(t, "calendar.ics", docs["/calendar.ics"].body)
	golden(t, "calendar.de.ics", docs["/de/calendar.ics"].body)
	if len(docs) != 2 {
		t.Errorf("%d calendars, want one for each language", len(docs))
	}
	if d := docs["/calendar.ics"]; !d.changed.Equal(moment(19, 12, 0)) || d.contentType != typeCalendar {
		t.Errorf("changed %v, type %s", d.changed, d.contentType)
	}
}

// TestEveryCalendarIsValid reads each calendar with two readers and by the letter of the
// format.
func TestEveryCalendarIsValid(t *testing.T) {
	for name, v := range map[string]*status.View{"example": exampleView(), "hostile": hostileView(), "empty": emptyView(), "big": capturedView(t, "cloudflare/summary-100-maintenances.json")} {
		for path, d := range calendarsOf(t, v) {
			t.Run(name+path, func(t *testing.T) {
				checkLines(t, d.body)
				if bytes.Contains(d.body, []byte("SECRET")) {
					t.Error("the calendar tells what is internal")
				}
				first, second := readOne(t, d.body), readOther(t, d.body)
				if !slices.Equal(first, second) {
					t.Errorf("two readers disagree:\n%v\n%v", first, second)
				}
				want := 0
				for i := range v.Maintenances {
					if v.Maintenances[i].ScheduledFor != nil {
						want++
					}
				}
				if len(first) != want {
					t.Errorf("%d events of %d maintenances", len(first), want)
				}
			})
		}
	}
}

// checkLines wants the lines of RFC 5545: CRLF, at most 75 octets, whole characters, no
// control character, and a name before each colon.
func checkLines(t *testing.T, body []byte) {
	t.Helper()
	if !bytes.HasSuffix(body, []byte("END:VCALENDAR\r\n")) || !bytes.HasPrefix(body, []byte("BEGIN:VCALENDAR\r\n")) {
		t.Error("the calendar does not begin or end as one")
	}
	if bytes.Count(body, []byte("\n")) != bytes.Count(body, []byte("\r\n")) || bytes.Count(body, []byte("\r")) != bytes.Count(body, []byte("\r\n")) {
		t.Error("a line does not end with CRLF")
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(body), "\r\n"), "\r\n") {
		if len(line) > 75 || line == "" || !utf8.ValidString(line) {
			t.Errorf("line of %d octets: %q", len(line), line)
		}
		if strings.ContainsFunc(line, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }) {
			t.Errorf("line with a control character: %q", line)
		}
	}
	unfolded := strings.ReplaceAll(string(body), "\r\n ", "")
	for line := range strings.SplitSeq(strings.TrimSuffix(unfolded, "\r\n"), "\r\n") {
		name, _, ok := strings.Cut(line, ":")
		if !ok || strings.Trim(strings.Split(name, ";")[0], "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
			t.Errorf("no property: %q", line)
		}
	}
}

// appointment is what both readers must find.
type appointment struct {
	id, summary, text, url, state, sequence string
	from, to                                time.Time
}

func readOne(t *testing.T, body []byte) []appointment {
	t.Helper()
	cal, err := ics.ParseCalendar(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var list []appointment
	for _, e := range cal.Events() {
		get := func(p ics.ComponentProperty) string {
			if found := e.GetProperty(p); found != nil {
				return found.Value
			}
			return ""
		}
		a := appointment{
			id: e.Id(), summary: get(ics.ComponentPropertySummary), text: get(ics.ComponentPropertyDescription),
			url: get(ics.ComponentPropertyUrl), state: get(ics.ComponentPropertyStatus), sequence: get(ics.ComponentPropertySequence),
		}
		var err error
		if a.from, err = e.GetStartAt(); err != nil {
			t.Fatal(err)
		}
		if a.to, err = e.GetEndAt(); err != nil {
			a.to = a.from
		}
		if at, err := e.GetDtStampTime(); err != nil || at.IsZero() {
			t.Errorf("DTSTAMP %v: %v", at, err)
		}
		list = append(list, a)
	}
	return list
}

func readOther(t *testing.T, body []byte) []appointment {
	t.Helper()
	decoder := goical.NewDecoder(bytes.NewReader(body))
	cal, err := decoder.Decode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := decoder.Decode(); !errors.Is(err, io.EOF) {
		t.Errorf("after the calendar comes %v", err)
	}
	var list []appointment
	for _, e := range cal.Events() {
		get := func(name string) string {
			found := e.Props.Get(name)
			if found == nil {
				return ""
			}
			if text, err := found.Text(); err == nil && name != goical.PropURL {
				return text
			}
			return found.Value
		}
		a := appointment{
			id: get(goical.PropUID), summary: get(goical.PropSummary), text: get(goical.PropDescription),
			url: get(goical.PropURL), state: get(goical.PropStatus), sequence: get(goical.PropSequence),
		}
		var err error
		if a.from, err = e.DateTimeStart(time.UTC); err != nil {
			t.Fatal(err)
		}
		if a.to, err = e.DateTimeEnd(time.UTC); err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	return list
}

func TestAMaintenanceInTheCalendar(t *testing.T) {
	v := exampleView()
	list := readOther(t, calendarsOf(t, v)["/calendar.ics"].body)
	want := []appointment{{
		"stopstopstop@status.example.org", "Cancelled: New router", "This work is not needed.\n\nAffected: Card payments.\n\nhttps://status.example.org/maintenances/stopstopstop",
		"https://status.example.org/maintenances/stopstopstop", "CANCELLED", "2", moment(22, 22, 0), moment(22, 23, 0),
	}, {
		"workworkwork@status.example.org", "Maintenance: New database", "We move to a new database.\n\nAffected: Website.\n\nhttps://status.example.org/maintenances/workworkwork",
		"https://status.example.org/maintenances/workworkwork", "CONFIRMED", "3", moment(24, 22, 0), moment(25, 1, 0),
	}}
	if !slices.Equal(list, want) {
		t.Errorf("the calendar has\n%+v, want\n%+v", list, want)
	}
	german := readOther(t, calendarsOf(t, v)["/de/calendar.ics"].body)
	if german[0].id != want[0].id || german[0].summary != "Abgesagt: New router" || german[1].url != "https://status.example.org/de/maintenances/workworkwork" {
		t.Errorf("the German calendar has %+v", german)
	}
	n := v.Incident("workworkwork")
	n.Revision, n.UpdatedAt, n.ScheduledUntil = 10, moment(21, 21, 30), new(moment(25, 3, 0))
	moved := readOther(t, calendarsOf(t, v)["/calendar.ics"].body)[1]
	if moved.id != want[1].id || moved.sequence != "10" || !moved.to.Equal(moment(25, 3, 0)) {
		t.Errorf("after the window was extended: %+v", moved)
	}
}

// TestHostileTextComesBackWhole: what was typed is what readers show, and nothing of it
// becomes a property.
func TestHostileTextComesBackWhole(t *testing.T) {
	v := exampleView()
	n := v.Incident("workworkwork")
	n.Name = "a\r\nSTATUS:CANCELLED\nX-EVIL;A=B:c\\n, \\; \"quoted\" " + strings.Repeat("straße😀", 40)
	n.Updates[0].Body = "BEGIN:VEVENT\r\nUID:evil\r\nEND:VEVENT\u2028END:VCALENDAR\u0085x\x00y\x7fz"
	d := calendarsOf(t, v)["/calendar.ics"]
	checkLines(t, d.body)
	got := readOther(t, d.body)
	if len(got) != 2 || !slices.Equal(got, readOne(t, d.body)) {
		t.Fatalf("%d events", len(got))
	}
	e := got[1]
	if want := "Maintenance: a\nSTATUS:CANCELLED\nX-EVIL;A=B:c\\n, \\; \"quoted\" " + strings.Repeat("straße😀", 40); e.summary != want {
		t.Errorf("summary %q, want %q", e.summary, want)
	}
	if e.state != "CONFIRMED" || e.id != "workworkwork@status.example.org" || !strings.HasPrefix(e.text, "BEGIN:VEVENT\nUID:evil\nEND:VEVENT\nEND:VCALENDARxyz") {
		t.Errorf("event %+v", e)
	}
}

func TestHowLongAMaintenanceStaysInTheCalendar(t *testing.T) {
	v := exampleView() // at 22:00 on 21 November in Berlin: the horizon is 23 August, 0:00 there
	done := v.Incident("stopstopstop")
	done.Stage = status.Completed
	for _, tc := range []struct {
		end  time.Time
		want int
	}{
		{time.Date(2026, 8, 22, 22, 0, 0, 0, time.UTC), 2}, {time.Date(2026, 8, 22, 21, 59, 0, 0, time.UTC), 1},
		{moment(30, 0, 0), 2},
	} {
		done.ScheduledFor, done.ScheduledUntil = new(tc.end.Add(-time.Hour)), &tc.end
		if got := len(inCalendar(v)); got != tc.want {
			t.Errorf("finished at %v: %d events, want %d", tc.end, got, tc.want)
		}
	}
	late := v.Incident("workworkwork")
	late.Stage, late.ScheduledFor, late.ScheduledUntil = status.InProgress, new(moment(1, 0, 0).AddDate(-1, 0, 0)), nil
	if list := inCalendar(v); len(list) != 2 || list[0].ID != late.ID {
		t.Error("what is not finished left the calendar")
	}
	late.ScheduledFor = nil
	if list := inCalendar(v); len(list) != 1 {
		t.Error("a maintenance that nobody gave a time is in the calendar")
	}
}

// TestTheCalendarChangesOnlyWithItsContent: other notices and later revisions leave it.
func TestTheCalendarChangesOnlyWithItsContent(t *testing.T) {
	b, v := exampleBuilder(t), exampleView()
	key := func() string {
		s := &Snapshot{lazy: map[string]*lazy{}}
		b.promiseCalendars(v, s)
		return s.lazy["/calendar.ics"].key
	}
	before, body := key(), calendarsOf(t, v)["/calendar.ics"].body
	v.Incidents[0].Revision, v.Incidents[0].UpdatedAt = 10, moment(21, 21, 30)
	v.Revision, v.At = 10, moment(21, 21, 30)
	slices.Reverse(v.Maintenances)
	if key() != before || !bytes.Equal(calendarsOf(t, v)["/calendar.ics"].body, body) {
		t.Error("another notice changed the calendar")
	}
	v.Component("webwebwebweb").Name = "Shop"
	if key() == before || bytes.Equal(calendarsOf(t, v)["/calendar.ics"].body, body) {
		t.Error("the new name of a component is not in the calendar")
	}
}
