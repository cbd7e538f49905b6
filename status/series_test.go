package status_test

import (
	"strings"
	"testing"
	"time"

	"allclear/status"
)

// weekly is the maintenance of these stories, repeated each Monday from 22:00 to 23:00.
func weekly() status.Change {
	c := planned()
	c.Recurrence = status.Some("FREQ=WEEKLY")
	return c
}

// swap puts another window into a text, as days.
func swap(p *status.Page, locale, text string, was, now status.Window) string {
	day := func(w status.Window) string { return w.From.In(p.Zone()).Format("2006-01-02") }
	return strings.ReplaceAll(text, day(was), day(now)+" "+locale)
}

// goOn lets the clock plan the next date; nil when it does not.
func (d *desk) goOn() *status.Incident {
	d.t.Helper()
	var next *status.Incident
	if err := d.write(func(n *status.Incident, site *status.Site) (_ *status.Incident, err error) {
		next, err = n.Continue(site, "notice000002", "next", swap)
		return n, err
	}); err != nil {
		d.t.Fatal(err)
	}
	return next
}

func TestSeriesBegins(t *testing.T) {
	d := newDesk(t).open(weekly())
	first := status.Window{From: noon.Add(10 * time.Hour), Until: noon.Add(11 * time.Hour)}
	same(t, "recurrence", d.n.Recurrence, "FREQ=WEEKLY")
	same(t, "series", *d.n.Series, status.Series{ID: d.n.Series.ID, Number: 1, Since: 1, First: first, Said: first})
	if d.n.Series.ID != d.n.ID || d.n.Continues() || d.goOn() != nil {
		t.Error("a maintenance that lies ahead goes on")
	}
	week := 7 * 24 * time.Hour
	same(t, "coming", d.n.Coming(&d.site.Page, noon, 2), []status.Window{
		{From: first.From.Add(week), Until: first.Until.Add(week)}, {From: first.From.Add(2 * week), Until: first.Until.Add(2 * week)},
	})
	same(t, "from then on", d.n.Coming(&d.site.Page, first.From.Add(week), 1)[0].From, first.From.Add(2*week))
	if window(t).n.Coming(&d.site.Page, noon, 1) != nil {
		t.Error("what does not repeat comes again")
	}
}

func TestSeriesRefused(t *testing.T) {
	repeat := func(rule string) status.Change { return status.Change{Recurrence: status.Some(rule)} }
	old := window(t)
	old.n.Imported = true
	back := planned()
	back.Backfilled, back.ComponentIDs = new(true), &[]string{}
	for _, c := range []struct {
		name, sentence string
		err            error
	}{
		{"nonsense", `"OFTEN" is no part of a recurrence`, window(t).tryApply(repeat("often"))},
		{"another day", "The maintenance begins on Monday, 23 November 2026; this recurrence leaves that day out.", window(t).tryApply(repeat("FREQ=WEEKLY;BYDAY=SU"))},
		{"over before it begins", "leaves that day out.", window(t).tryApply(repeat("FREQ=WEEKLY;UNTIL=20261122"))},
		{"a problem", "Only a maintenance can repeat.", newDesk(t).open(status.Change{}).tryApply(repeat("FREQ=WEEKLY"))},
		{"imported", "An imported maintenance cannot repeat; plan a new one.", old.tryApply(repeat("FREQ=WEEKLY"))},
		{"over", "This maintenance is over", window(t).to(status.Completed).tryApply(repeat("FREQ=WEEKLY"))},
	} {
		t.Run(c.name, func(t *testing.T) { refused(t, c.err, "incident.recurrence", c.sentence) })
	}
}

func TestSeriesGoesOn(t *testing.T) {
	c := weekly()
	c.Body, c.RemindPrior, c.ToMaintenance, c.NotifyAtEnd = new("On 2026-11-23 we work."), new(true), new(false), new(false)
	c.CustomerImpact, c.NotAffected, c.InternalNote = new("No sign-in."), new("Mail works."), new("Row 7.")
	c.Workaround = &status.Workaround{State: "available", Text: "Call us."}
	c.Translations = map[string]status.Texts{"de": {Name: new("Neue Datenbank"), Body: new("Am 2026-11-23 arbeiten wir.")}, "fr": {Name: new("Base")}}
	d := newDesk(t).open(c).later(12 * time.Hour)
	d.to(status.InProgress).to(status.Completed)
	if !d.n.Continues() {
		t.Fatal("the series does not go on")
	}
	d.site.Page.Locales = []string{"en", "de"} // one language fewer meanwhile
	next := d.goOn()
	week := 7 * 24 * time.Hour
	if next.Stage != status.Scheduled || !next.ScheduledFor.Equal(noon.Add(week+10*time.Hour)) || !next.ScheduledUntil.Equal(noon.Add(week+11*time.Hour)) {
		t.Errorf("%s from %v until %v", next.Stage, next.ScheduledFor, next.ScheduledUntil)
	}
	want := d.n.Auto
	want.RemindAfter = new(d.site.Now)
	same(t, "by itself", next.Auto, want)
	same(t, "components", next.ComponentIDs, []string{"web"})
	same(t, "texts", []string{next.Name, next.CustomerImpact, next.NotAffected, next.InternalNote, next.Workaround.Text},
		[]string{"New database", "No sign-in.", "Mail works.", "Row 7.", "Call us."})
	same(t, "translations", next.Translations, map[string]status.Texts{"de": {Name: new("Neue Datenbank")}})
	same(t, "announced", next.Updates[0].Body, "On 2026-11-30 en we work.")
	same(t, "announced in German", next.Updates[0].Translations, map[string]string{"de": "Am 2026-11-30 de arbeiten wir."})
	same(t, "rule", next.Recurrence, "FREQ=WEEKLY")
	s := *next.Series
	if s.ID != d.n.Series.ID || s.Number != 2 || s.Since != 1 || s.First != d.n.Series.First || !s.Said.From.Equal(*next.ScheduledFor) || s.Done {
		t.Errorf("series %+v", s)
	}
	same(t, "what is told", told(next.Events()[0]), "maintenance.scheduled")
	if d.n.Series.Next != "notice000002" || d.n.Continues() || d.goOn() != nil {
		t.Errorf("it goes on twice: %+v", d.n.Series)
	}
	refused(t, d.tryApply(status.Change{Recurrence: status.Some("FREQ=DAILY")}), "incident.recurrence", "change the recurrence of its next date")
}

func TestSeriesIsQuietWhereItsAnnouncementWas(t *testing.T) {
	c := weekly()
	c.Notify = new(false)
	next := newDesk(t).open(c).to(status.Completed).goOn()
	same(t, "what is told", told(next.Events()[0]), "maintenance.scheduled, quietly")
}

// The rule counts; what happened to single dates does not shift it.
func TestSeriesKeepsItsRhythm(t *testing.T) {
	week := 7 * 24 * time.Hour
	at := func(by time.Duration) status.Maybe[time.Time] { return status.Some(noon.Add(by)) }
	for _, c := range []struct {
		name   string
		act    func(d *desk)
		number int
		from   time.Time // zero: the series is over
	}{
		{"completed", func(d *desk) { d.later(11 * time.Hour).to(status.Completed) }, 2, noon.Add(week + 10*time.Hour)},
		{"cancelled before it began", func(d *desk) { d.to(status.Cancelled) }, 2, noon.Add(week + 10*time.Hour)},
		{"moved and extended", func(d *desk) {
			d.apply(status.Change{ScheduledFor: at(30 * time.Hour), ScheduledUntil: at(40 * time.Hour)}).later(40 * time.Hour).to(status.Completed)
		}, 2, noon.Add(week + 10*time.Hour)},
		{"over late: what was missed is left out", func(d *desk) { d.later(2*week + 11*time.Hour).to(status.Completed) }, 4, noon.Add(3*week + 10*time.Hour)},
		{"another rule", func(d *desk) {
			d.apply(status.Change{Recurrence: status.Some("FREQ=WEEKLY;INTERVAL=2")}).later(11 * time.Hour).to(status.Completed)
		}, 2, noon.Add(2*week + 10*time.Hour)},
		{"the same rule and another window", func(d *desk) {
			d.apply(status.Change{Recurrence: status.Some("FREQ=WEEKLY"), ScheduledFor: at(30 * time.Hour), ScheduledUntil: at(31 * time.Hour)}).later(31 * time.Hour).to(status.Completed)
		}, 2, noon.Add(week + 30*time.Hour)},
		{"the same rule and the same window", func(d *desk) {
			d.later(11 * time.Hour).apply(status.Change{Recurrence: status.Some("FREQ=WEEKLY"), Stage: new(status.Completed)})
		}, 2, noon.Add(week + 10*time.Hour)},
		{"ended with its last date", func(d *desk) {
			d.apply(status.Change{Stage: new(status.Cancelled), Recurrence: status.Maybe[string]{Set: true}})
		}, 0, time.Time{}},
		{"ended in advance", func(d *desk) { d.apply(status.Change{Recurrence: status.Some("")}).to(status.Completed) }, 0, time.Time{}},
		{"ended when it was over", func(d *desk) { d.to(status.Completed).apply(status.Change{Recurrence: status.Some("")}) }, 0, time.Time{}},
		{"taken up again", func(d *desk) {
			d.apply(status.Change{Recurrence: status.Some("")}).apply(status.Change{Recurrence: status.Some("FREQ=DAILY")}).to(status.Completed)
		}, 2, noon.Add(34 * time.Hour)},
		{"the last one of its number", func(d *desk) {
			d.apply(status.Change{Recurrence: status.Some("FREQ=WEEKLY;COUNT=1")}).to(status.Completed)
		}, 0, time.Time{}},
		{"taken back and done again", func(d *desk) {
			d.later(11 * time.Hour).to(status.Completed)
			d.undo(false).to(status.Completed)
		}, 2, noon.Add(week + 10*time.Hour)},
		{"a draft that was moved", func(d *desk) {
			c := weekly()
			c.Draft = new(true)
			d.open(c).apply(status.Change{ScheduledFor: at(30 * time.Hour), ScheduledUntil: at(31 * time.Hour)}).apply(status.Change{Draft: new(false)})
			d.later(31 * time.Hour).to(status.Completed)
		}, 2, noon.Add(week + 30*time.Hour)},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t).open(weekly())
			c.act(d)
			next := d.goOn()
			if next == nil != c.from.IsZero() {
				t.Fatalf("next date %+v of %+v", next, d.n.Series)
			}
			if next != nil && (next.Series.Number != c.number || !next.ScheduledFor.Equal(c.from)) {
				t.Errorf("number %d at %v, want %d at %v", next.Series.Number, next.ScheduledFor, c.number, c.from)
			}
			if d.n.Continues() {
				t.Error("the clock looks again")
			}
		})
	}
}

// From one date to the next, over both changes of the clocks, and to the end.
func TestSeriesOverAYear(t *testing.T) {
	d := newDesk(t)
	d.site.Page.TimeZone = "Europe/Berlin"
	c := weekly()
	c.ScheduledFor, c.ScheduledUntil = status.Some(berlin(t, "2026-11-29 22:00").UTC()), status.Some(berlin(t, "2026-11-30 01:00").UTC())
	c.Recurrence = status.Some("FREQ=MONTHLY;BYDAY=-1SU;COUNT=12")
	d.open(c)
	var got []string
	for d.n != nil {
		zone := d.site.Page.Zone()
		got = append(got, d.n.ScheduledFor.In(zone).Format("2006-01-02 15:04")+d.n.ScheduledUntil.In(zone).Format(" 02 15:04"))
		d.site.Now = *d.n.ScheduledUntil
		d.to(status.Completed)
		d.n = d.goOn()
	}
	same(t, "dates", got, []string{
		"2026-11-29 22:00 30 01:00", "2026-12-27 22:00 28 01:00", "2027-01-31 22:00 01 01:00", "2027-02-28 22:00 01 01:00",
		"2027-03-28 22:00 29 01:00", "2027-04-25 22:00 26 01:00", "2027-05-30 22:00 31 01:00", "2027-06-27 22:00 28 01:00",
		"2027-07-25 22:00 26 01:00", "2027-08-29 22:00 30 01:00", "2027-09-26 22:00 27 01:00", "2027-10-31 22:00 01 01:00",
	})
}

// The night in which an hour is missing or comes twice.
func TestSeriesInTheNightOfTheClocks(t *testing.T) {
	for start, want := range map[string]string{
		"2027-03-21 01:30 02:30": "2027-03-28 01:30 03:30", // 02:30 does not exist
		"2026-10-18 01:30 04:00": "2026-10-25 01:30 04:00",
	} {
		d := newDesk(t)
		d.site.Page.TimeZone = "Europe/Berlin"
		from := berlin(t, start[:16])
		until := berlin(t, start[:11]+start[17:])
		d.site.Now = from.Add(-time.Hour).UTC()
		c := weekly()
		c.ScheduledFor, c.ScheduledUntil = status.Some(from.UTC()), status.Some(until.UTC())
		d.open(c)
		w := d.n.Coming(&d.site.Page, d.site.Now, 1)[0]
		zone := d.site.Page.Zone()
		same(t, start, w.From.In(zone).Format("2006-01-02 15:04")+w.Until.In(zone).Format(" 15:04"), want)
	}
}

// What a second person must approve waits as a draft.
func TestSeriesOfASecurityMatterWaits(t *testing.T) {
	d := newDesk(t).open(weekly()).to(status.Completed)
	d.n.Security = true
	next := d.goOn()
	if !next.Draft || len(next.Events()) != 0 || next.Series.Number != 2 {
		t.Errorf("%+v", next)
	}
}

// A series whose next date was taken back to a draft does not plan another one.
func TestWithdrawnDateOfASeries(t *testing.T) {
	d := newDesk(t).open(weekly())
	if err := d.tryWithdraw(false); err != nil {
		t.Fatal(err)
	}
	if d.n.Stage = status.Completed; d.n.Continues() {
		t.Error("a draft goes on")
	}
	d.n.Stage = status.Scheduled
	d.apply(status.Change{Draft: new(false)})
	if d.n.Series.Number != 1 || d.n.Series.Done || d.n.Recurrence == "" {
		t.Errorf("%+v", d.n.Series)
	}
}
