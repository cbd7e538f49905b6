package status_test

import (
	"math"
	"testing"
	"time"

	"allclear/status"
)

func berlin(t tb, at string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	out, err := time.ParseInLocation("2006-01-02 15:04", at, zone)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The cadence table, row by row: Monday noon, so that no working hours interfere.
func TestPromiseByTable(t *testing.T) {
	type row struct{ first, early, later, watch string }
	table := map[status.Priority]row{
		status.P1: {"10m", "20m", "60m", "60m"},
		status.P2: {"30m", "45m", "2h", "60m"},
		status.P3: {"4h", "4h", "21h", "2h"},    // later: eight hours would end after 17:00
		status.P4: {"21h", "21h", "45h", "21h"}, // 9:00 on the next working day, or the one after
	}
	page := status.NewPage("p", "Shop", noon)
	for prio, want := range table {
		for _, c := range []struct {
			what  string
			stage status.Stage
			first bool
			since time.Duration
			want  string
		}{
			{"first", status.Investigating, true, 0, want.first},
			{"first, monitoring already", status.Monitoring, true, 0, want.watch},
			{"within two hours", status.Identified, false, 2*time.Hour - 1, want.early},
			{"after two hours", status.Identified, false, 2 * time.Hour, want.later},
			{"monitoring", status.Monitoring, false, time.Minute, want.watch},
			{"monitoring for long", status.Monitoring, false, 9 * time.Hour, want.watch},
		} {
			wait, err := time.ParseDuration(c.want)
			if err != nil {
				t.Fatal(err)
			}
			if got := page.Promise(prio, c.stage, c.first, noon.Add(-c.since), noon); !got.Equal(noon.Add(wait)) {
				t.Errorf("%s %s: in %v, want %v", prio, c.what, got.Sub(noon), wait)
			}
		}
	}
}

// A first notice that comes late still promises its scope quickly, where the table says so.
func TestFirstPromiseOfALateNotice(t *testing.T) {
	page := status.NewPage("p", "Shop", noon)
	for prio, want := range map[status.Priority]time.Duration{status.P1: 10 * time.Minute, status.P2: 30 * time.Minute, status.P3: 21 * time.Hour} {
		if got := page.Promise(prio, status.Investigating, true, noon.Add(-3*time.Hour), noon).Sub(noon); got != want {
			t.Errorf("%s: in %v, want %v", prio, got, want)
		}
	}
}

// Promises of low priority fall due in working hours, 9 to 17 in the page's zone.
func TestPromiseKeepsWorkingHours(t *testing.T) {
	page := status.NewPage("p", "Laden", noon)
	page.TimeZone = "Europe/Berlin"
	for _, c := range []struct {
		what      string
		prio      status.Priority
		now, want string
	}{
		{"within the day", status.P3, "2026-11-23 10:00", "2026-11-23 14:00"},
		{"exactly at the end", status.P3, "2026-11-23 13:00", "2026-11-23 17:00"},
		{"just after the end", status.P3, "2026-11-23 13:01", "2026-11-24 09:00"},
		{"exactly at the opening", status.P3, "2026-11-23 05:00", "2026-11-23 09:00"},
		{"before the opening", status.P3, "2026-11-23 01:00", "2026-11-23 09:00"},
		{"over midnight", status.P3, "2026-11-23 22:00", "2026-11-24 09:00"},
		{"Friday evening", status.P3, "2026-11-27 16:00", "2026-11-30 09:00"},
		{"Saturday", status.P3, "2026-11-28 10:00", "2026-11-30 09:00"},
		{"Saturday at night", status.P3, "2026-11-28 01:00", "2026-11-30 09:00"},
		{"Sunday evening into Monday", status.P3, "2026-11-29 22:00", "2026-11-30 09:00"},
		{"over the end of the year", status.P3, "2026-12-31 16:00", "2027-01-01 09:00"},
		{"next working day", status.P4, "2026-11-23 10:00", "2026-11-24 09:00"},
		{"next working day after Friday", status.P4, "2026-11-27 08:00", "2026-11-30 09:00"},
		{"next working day after Saturday", status.P4, "2026-11-28 08:00", "2026-11-30 09:00"},
		// Clocks go back on 25 October 2026 and forward on 28 March 2027: both Sundays.
		{"over the change to winter", status.P3, "2026-10-23 16:00", "2026-10-26 09:00"},
		{"over the change to summer", status.P4, "2027-03-26 16:00", "2027-03-29 09:00"},
		{"high priority does not wait", status.P1, "2026-11-28 03:00", "2026-11-28 03:20"},
		{"nor by night", status.P2, "2026-11-23 22:30", "2026-11-23 23:15"},
	} {
		now := berlin(t, c.now)
		if got, want := page.Promise(c.prio, status.Identified, false, now, now), berlin(t, c.want); !got.Equal(want) {
			t.Errorf("%s: %v, want %v", c.what, got.In(want.Location()), want)
		}
	}
	// Four hours are four hours on the night of the change, too.
	page.WorkingHours = status.WorkingHours{}
	for _, c := range []struct{ now, want string }{
		{"2026-10-25 01:00", "2026-10-25 04:00"}, {"2027-03-28 01:00", "2027-03-28 06:00"},
	} {
		now := berlin(t, c.now)
		if got, want := page.Promise(status.P3, status.Identified, false, now, now), berlin(t, c.want); !got.Equal(want) {
			t.Errorf("%s: %v, want %v", c.now, got.In(want.Location()), want)
		}
	}
}

func TestPromiseIsOfAFullMinute(t *testing.T) {
	page := status.NewPage("p", "Shop", noon)
	now := noon.Add(29*time.Second + 300*time.Millisecond)
	for _, prio := range []status.Priority{status.P1, status.P4} {
		for _, hours := range []status.WorkingHours{status.DefaultWorkingHours(), {}} {
			page.WorkingHours = hours
			if got := page.Promise(prio, status.Identified, false, now, now); got.Second() != 0 || got.Nanosecond() != 0 || !got.After(now) {
				t.Errorf("%s: %v", prio, got)
			}
		}
	}
}

func TestPromiseWithoutSettings(t *testing.T) {
	page := status.NewPage("p", "Shop", noon)
	page.Cadence = nil
	same(t, "the default table", page.Promise(status.P1, status.Identified, false, noon, noon), noon.Add(20*time.Minute))
	saturday := noon.AddDate(0, 0, 5)
	for what, hours := range map[string]status.WorkingHours{
		"no days": {From: 540, To: 1020}, "no such day": {Days: []time.Weekday{7}, From: 540, To: 1020}, "no hours": {Days: []time.Weekday{1}},
	} {
		page.WorkingHours = hours
		same(t, what+", P3", page.Promise(status.P3, status.Identified, false, saturday, saturday), saturday.Add(4*time.Hour))
		same(t, what+", P4", page.Promise(status.P4, status.Identified, false, saturday, saturday), saturday.AddDate(0, 0, 1))
	}
}

func TestCadenceSettingsRefused(t *testing.T) {
	minutes := func(n int) status.Wait { return status.Wait{Minutes: n} }
	good := status.Pace{Early: minutes(1), Later: minutes(1), Watch: minutes(1)}
	pace := func(change func(*status.Pace)) status.Cadence {
		p := good
		change(&p)
		return status.Cadence{status.P2: p}
	}
	const wait = "A wait of P2 must be between 0 and 527040 minutes, or at most 260 working days."
	const needs = "P2 needs a wait for the first two hours, one for the time after and one while monitoring."
	for _, c := range []struct {
		table    status.Cadence
		sentence string
	}{
		{status.Cadence{"P5": good}, `"P5" is not a priority; use P1, P2, P3 or P4.`},
		{pace(func(p *status.Pace) { p.First = minutes(-1) }), wait},
		{pace(func(p *status.Pace) { p.Scope = minutes(math.MaxInt32) }), wait},
		{pace(func(p *status.Pace) { p.Later = status.Wait{Days: 261} }), wait},
		{pace(func(p *status.Pace) { p.Watch = status.Wait{Days: -1} }), wait},
		{pace(func(p *status.Pace) { p.Early = status.Wait{} }), needs},
		{pace(func(p *status.Pace) { p.Later = status.Wait{} }), needs},
		{pace(func(p *status.Pace) { p.Watch = status.Wait{} }), needs},
	} {
		page := status.NewPage("p", "Shop", noon)
		page.Cadence = c.table
		refused(t, page.Check(), "page.cadence", c.sentence)
	}
	for _, c := range []struct {
		hours    status.WorkingHours
		sentence string
	}{
		{status.WorkingHours{Days: []time.Weekday{1, 7}, From: 540, To: 1020}, "7 is not a day of the week; use 0 for Sunday to 6 for Saturday."},
		{status.WorkingHours{Days: []time.Weekday{-1}, From: 540, To: 1020}, "-1 is not a day of the week"},
		{status.WorkingHours{Days: []time.Weekday{1}, From: 1020, To: 540}, "Working hours must run from an earlier to a later minute of the day"},
		{status.WorkingHours{Days: []time.Weekday{1}, From: 600, To: 600}, "Working hours must run"},
		{status.WorkingHours{From: -1, To: 10}, "Working hours must run"},
		{status.WorkingHours{From: 0, To: 1441}, "Working hours must run"},
	} {
		page := status.NewPage("p", "Shop", noon)
		page.WorkingHours = c.hours
		refused(t, page.Check(), "page.working_hours", c.sentence)
	}
	page := status.NewPage("p", "Shop", noon)
	longest := good
	longest.First, longest.Later, longest.Watch = minutes(0), minutes(366*24*60), status.Wait{Days: 260}
	page.Cadence, page.WorkingHours = status.Cadence{status.P4: good, status.P3: longest}, status.WorkingHours{}
	if err := page.Check(); err != nil {
		t.Errorf("promises around the clock: %v", err)
	}
	for day, ahead := range map[time.Weekday]int{time.Saturday: 5, time.Sunday: 6} {
		page.WorkingHours = status.WorkingHours{Days: []time.Weekday{day}, From: 0, To: 1440}
		if err := page.Check(); err != nil {
			t.Errorf("%s only: %v", day, err)
		}
		same(t, day.String()+" only", page.Promise(status.P3, status.Identified, false, noon, noon), noon.AddDate(0, 0, ahead).Add(-12*time.Hour))
	}
}
