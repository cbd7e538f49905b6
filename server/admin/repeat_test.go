package admin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// windowForm fills in a maintenance on Tuesday, 24 November 2026, from 22:00 to 01:00 in Berlin.
func windowForm(b *browser, more ...string) url.Values {
	return with(b.get("/admin/maintenances/new").form("/admin/maintenances/new"), append([]string{
		"name", "New database", "scheduled_for", "2026-11-24T22:00", "scheduled_until", "2026-11-25T01:00",
		"customer_impact", "You cannot export.", "translations.de.name", "Neue Datenbank", "translations.de.customer_impact", "Sie können nicht exportieren."}, more...)...)
}

func TestRepeatIsChosen(t *testing.T) {
	w := newWorld(t)
	w.berlin()
	b := w.as(status.Publisher)
	for _, c := range []struct {
		fields []string
		rule   string
		says   string
	}{
		{nil, "", ""},
		{[]string{"repeat", "weekly"}, "FREQ=WEEKLY", "Repeats every Tuesday. This is date 1."},
		{[]string{"repeat", "biweekly", "repeat_ends", "count", "repeat_count", " 5 "}, "FREQ=WEEKLY;INTERVAL=2;COUNT=5", "Repeats every 2 weeks on Tuesday, 5 times in all."},
		{[]string{"repeat", "monthly_weekday", "repeat_ends", "until", "repeat_until", "2027-03-01"}, "FREQ=MONTHLY;BYDAY=4TU;UNTIL=20270301", "Repeats every month on the fourth Tuesday, until 1 Mar 2027."},
		{[]string{"repeat", "monthly_weekday", "scheduled_for", "2026-12-29T22:00", "scheduled_until", "2026-12-29T23:00"}, "FREQ=MONTHLY;BYDAY=-1TU", "Repeats every month on the last Tuesday."},
		{[]string{"repeat", "monthly_day", "repeat_count", "7"}, "FREQ=MONTHLY;BYMONTHDAY=24", "Repeats every month on day 24."},
		{[]string{"repeat", "own", "recurrence", " freq=daily;byday=tu,th ", "repeat_ends", "count", "repeat_count", "2"}, "FREQ=DAILY;BYDAY=TU,TH", "Repeats every Tuesday and Thursday."},
	} {
		p := b.follow(b.post("/admin/maintenances/new", windowForm(b, c.fields...)))
		n := w.incidents()[0]
		if n.Recurrence != c.rule || !strings.Contains(p.text(), c.says) {
			t.Errorf("%v: %q; the page says\n%s", c.fields, n.Recurrence, p.text())
		}
		// The form of its facts shows the same choice, and saving it changes nothing.
		form := b.get(staffPath(&n) + "/edit").form(staffPath(&n) + "/edit")
		b.follow(b.post(staffPath(&n)+"/edit", form))
		if again := w.incident(n.ID); again.Recurrence != n.Recurrence || again.Series != nil && *again.Series != *n.Series {
			t.Errorf("%v: saved as it was, it became %q, %+v", c.fields, again.Recurrence, again.Series)
		}
		w.pass(time.Minute)
	}
}

func TestRepeatRefused(t *testing.T) {
	w := newWorld(t)
	w.berlin()
	b := w.as(status.Publisher)
	for _, c := range []struct {
		fields      []string
		field, says string
	}{
		{[]string{"repeat", "weekly", "repeat_ends", "count", "repeat_count", "some"}, "f-repeat_count", "Give a number of dates."},
		{[]string{"repeat", "weekly", "repeat_ends", "until", "repeat_until", ""}, "f-repeat_until", "Give a day."},
		{[]string{"repeat", "weekly", "repeat_ends", "until", "repeat_until", "2026-11-23"}, "f-recurrence", "leaves that day out"},
		{[]string{"repeat", "own"}, "f-recurrence", "Write the rule"},
		{[]string{"repeat", "own", "recurrence", "every Sunday"}, "f-recurrence", "is no part of a recurrence"},
		{[]string{"repeat", "own", "recurrence", "FREQ=WEEKLY;BYDAY=SU"}, "f-recurrence", "The maintenance begins on Tuesday, 24 November 2026"},
	} {
		p := b.post("/admin/maintenances/new", windowForm(b, c.fields...))
		p.wantFault(http.StatusUnprocessableEntity, c.field, c.says)
		form := p.form("/admin/maintenances/new")
		for i := 0; i < len(c.fields); i += 2 {
			if form.Get(c.fields[i]) != c.fields[i+1] {
				t.Errorf("%s came back as %q", c.fields[i], form.Get(c.fields[i]))
			}
		}
	}
	if list := w.incidents(); len(list) != 0 {
		t.Errorf("%d notices", len(list))
	}
}

// Before anything is saved, the form shows what the choice means – over the change of the
// clocks, too.
func TestNextDatesAreShown(t *testing.T) {
	w := newWorld(t)
	w.berlin()
	b := w.as(status.Publisher)
	form := windowForm(b, "repeat", "weekly", "scheduled_for", "2027-03-16T22:00", "scheduled_until", "2027-03-17T01:00", "check", "1")
	b.post("/admin/drafts", form).wantText("After this one, the next dates are:",
		"23 Mar 2027, 22:00 – 24 Mar 2027, 01:00 CET", "30 Mar 2027, 22:00 – 31 Mar 2027, 01:00 CEST", "6 Apr 2027, 22:00 – 7 Apr 2027, 01:00 CEST")
	for _, fields := range [][]string{{"repeat", ""}, {"repeat", "own", "recurrence", "nonsense"}, {"scheduled_until", ""}, {"repeat", "own", "recurrence", "FREQ=WEEKLY;BYDAY=SU"}} {
		if p := b.post("/admin/drafts", with(form, fields...)); strings.Contains(p.text(), "the next dates are") {
			t.Errorf("%v has dates", fields)
		}
	}
}

// A published date that is moved does not move the others; a changed rule counts anew.
func TestMovingOneDate(t *testing.T) {
	w := newWorld(t)
	w.berlin()
	b := w.as(status.Publisher)
	b.follow(b.post("/admin/maintenances/new", windowForm(b, "repeat", "monthly_weekday")))
	n := w.incidents()[0]
	edit := staffPath(&n) + "/edit"
	moved := with(b.get(edit).form(edit), "scheduled_for", "2026-11-25T22:00", "scheduled_until", "2026-11-26T01:00")
	b.follow(b.post(edit, moved)).wantText("22 Dec 2026, 22:00", "26 Jan 2027, 22:00")
	if got := w.incident(n.ID); got.Recurrence != "FREQ=MONTHLY;BYDAY=4TU" || got.Series.First != n.Series.First {
		t.Errorf("%q %+v", got.Recurrence, got.Series)
	}
	p := b.get(edit)
	p.wantText("22 Dec 2026, 22:00")
	b.follow(b.post(edit, with(p.form(edit), "repeat", "biweekly"))).wantText("9 Dec 2026, 22:00", "23 Dec 2026, 22:00")
	if got := w.incident(n.ID); got.Series.First.From.Equal(n.Series.First.From) || got.Series.ID != n.Series.ID {
		t.Errorf("%q %+v", got.Recurrence, got.Series)
	}
	b.follow(b.post(edit, with(b.get(edit).form(edit), "repeat", ""))).wantText("This was date 1. No further one follows.")
}

func TestCancelledDate(t *testing.T) {
	w := newWorld(t)
	w.berlin()
	b := w.as(status.Publisher)
	for _, end := range []bool{false, true} {
		b.follow(b.post("/admin/maintenances/new", windowForm(b, "repeat", "weekly")))
		n := w.incidents()[0]
		var fields []string
		if end {
			fields = []string{"end_series", "1"}
		}
		w.pass(time.Minute)
		b.step(n, "cancel", fields...)
		if _, err := w.store.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		n = w.incident(n.ID)
		page := b.get(staffPath(&n))
		if end {
			page.wantText("This was date 1. No further one follows.")
		}
		if n.Stage != status.Cancelled || (n.Series.Next == "") != end || strings.Contains(page.body, "/admin/maintenances/"+n.Series.Next+`"`) == end {
			t.Errorf("ended %v: %s %+v", end, n.Stage, n.Series)
		}
		if !end {
			next := w.incident(n.Series.Next)
			b.get(staffPath(&next)).wantText("Repeats every Tuesday. This is date 2.", "1 Dec 2026, 22:00 – 2 Dec 2026, 01:00 CET")
			b.step(next, "cancel", "end_series", "1")
		}
		w.pass(time.Minute)
	}
	plain := w.open(status.Change{ScheduledFor: status.Some(start.Add(24 * time.Hour)), ScheduledUntil: status.Some(start.Add(25 * time.Hour))})
	if p := b.get(staffPath(&plain)); strings.Contains(p.body, "end_series") || strings.Contains(p.body, "This is date") {
		t.Error("what does not repeat can end its series")
	}
}
