package status_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"allclear/status"
)

func zone(t tb, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func span(at string, l status.Level) status.Span {
	from, err := time.Parse("2006-01-02 15:04", at)
	if err != nil {
		panic(err)
	}
	return status.Span{From: from, Level: l}
}

func TestDays(t *testing.T) {
	history := []status.Span{
		span("2026-11-20 06:00", ok), span("2026-11-21 12:00", degraded), span("2026-11-21 13:00", major),
		span("2026-11-21 13:30", ok), span("2026-11-22 23:00", care), span("2026-11-23 01:00", ok),
	}
	same(t, "days", status.Days(history, time.UTC, noon, 5), []status.Day{
		{Date: "2026-11-19", Minutes: map[status.Level]float64{}}, // nothing is known of it
		{Date: "2026-11-20", Worst: ok, Minutes: map[status.Level]float64{ok: 1080}},
		{Date: "2026-11-21", Worst: major, Minutes: map[status.Level]float64{ok: 1350, degraded: 60, major: 30}},
		{Date: "2026-11-22", Worst: care, Minutes: map[status.Level]float64{ok: 1380, care: 60}},
		{Date: "2026-11-23", Worst: care, Minutes: map[status.Level]float64{care: 60, ok: 660}}, // until noon
	})
	same(t, "without history", status.Days(nil, time.UTC, noon, 1), []status.Day{{Date: "2026-11-23", Minutes: map[status.Level]float64{}}})
}

// What begins at midnight belongs to the new day only, and shows at once.
func TestDaysAtMidnight(t *testing.T) {
	midnight := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	history := []status.Span{span("2026-11-22 00:00", ok), span("2026-11-23 00:00", major)}
	none := map[status.Level]float64{}
	yesterday := status.Day{Date: "2026-11-22", Worst: ok, Minutes: map[status.Level]float64{ok: 1440}}
	same(t, "at the moment", status.Days(history, time.UTC, midnight, 2), []status.Day{yesterday, {Date: "2026-11-23", Worst: major, Minutes: none}})
	same(t, "an hour later", status.Days(history, time.UTC, midnight.Add(time.Hour), 2),
		[]status.Day{yesterday, {Date: "2026-11-23", Worst: major, Minutes: map[status.Level]float64{major: 60}}})
	same(t, "what lies ahead", status.Days(history, time.UTC, midnight.Add(-24*time.Hour), 1), []status.Day{{Date: "2026-11-22", Worst: ok, Minutes: none}})
}

// Days of 23 and 25 hours, and days that begin at 01:00 because 00:00 was skipped.
func TestDaysWhenClocksChange(t *testing.T) {
	for _, c := range []struct {
		zone, date string
		hours      float64
	}{
		{"Europe/Berlin", "2026-03-29", 23}, {"Europe/Berlin", "2026-10-25", 25}, {"Europe/Berlin", "2026-10-26", 24},
		{"America/New_York", "2026-03-08", 23}, {"America/New_York", "2026-11-01", 25}, {"Asia/Kolkata", "2026-03-29", 24},
		{"America/Havana", "2026-03-07", 24}, {"America/Havana", "2026-03-08", 23}, {"America/Havana", "2026-11-01", 25},
		{"Africa/Cairo", "2026-04-24", 23}, {"America/Santiago", "2026-09-06", 23}, {"Australia/Lord_Howe", "2026-10-04", 23.5},
	} {
		day, err := time.ParseInLocation(time.DateOnly, c.date, zone(t, c.zone))
		if err != nil {
			t.Fatal(err)
		}
		got := status.Days([]status.Span{{From: day.AddDate(0, 0, -9), Level: ok}}, day.Location(), day.AddDate(0, 0, 2).Add(12*time.Hour), 5)
		i := slices.IndexFunc(got, func(d status.Day) bool { return d.Date == c.date })
		if i < 0 || got[i].Minutes[ok] != c.hours*60 {
			t.Errorf("%s in %s: %v, want %v hours", c.date, c.zone, got, c.hours)
		}
	}
}

// Midnight never goes back and never stands still, whatever clocks do.
func TestMidnightIsTheFirstMoment(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Havana", "Africa/Cairo", "America/Santiago", "Asia/Beirut", "Atlantic/Azores", "America/Sao_Paulo"} {
		day := time.Date(2018, 1, 1, 12, 0, 0, 0, zone(t, name))
		for i := range 3000 {
			at := status.Midnight(day, i)
			if want := day.AddDate(0, 0, i).Format(time.DateOnly); at.Format(time.DateOnly) != want || at.Add(-1).Format(time.DateOnly) >= want {
				t.Fatalf("%s: %s begins at %v", name, want, at)
			}
		}
	}
}

func TestMidnightWithoutTransitions(t *testing.T) {
	odd := time.FixedZone("odd", 3723)
	same(t, "fixed zone", status.Midnight(noon.In(odd), 1).Format(time.RFC3339), "2026-11-24T00:00:00+01:02")
}

// minuteByMinute is the plainest reading of the rule: walk through time, ask what holds.
func minuteByMinute(history []status.Span, z *time.Location, now time.Time, days []status.Day) []status.Day {
	at := make(map[string]*status.Day, len(days))
	out := make([]status.Day, len(days))
	for i, d := range days {
		out[i] = status.Day{Date: d.Date, Minutes: map[status.Level]float64{}}
		at[d.Date] = &out[i]
	}
	level := func(m time.Time) (l status.Level) {
		for _, s := range history {
			if !s.From.After(m) {
				l = s.Level
			}
		}
		return l
	}
	for m := now.Add(-time.Duration(len(days)+2) * 24 * time.Hour); !m.After(now); m = m.Add(time.Minute) {
		d, l := at[m.In(z).Format(time.DateOnly)], level(m)
		if d == nil || l == "" {
			continue
		}
		if m.Before(now) {
			d.Minutes[l]++
		}
		if d.Worst == "" || l.Rank() > d.Worst.Rank() {
			d.Worst = l
		}
	}
	return out
}

// exactly is the uptime in hundredths of a percent, in whole numbers only.
func exactly(days []status.Day, major, partial, degraded int64) (hundredths int64, known bool) {
	var minutes, lost int64
	for _, d := range days {
		for l, weight := range map[status.Level]int64{ok: 0, status.DegradedPerformance: degraded, status.PartialOutage: partial, status.MajorOutage: major} {
			minutes += int64(d.Minutes[l])
			lost += weight * int64(d.Minutes[l])
		}
	}
	if minutes == 0 {
		return 0, false
	}
	all := minutes * 1000
	hundredths = (all - lost) * 10000 / all
	if lost > 0 {
		hundredths = min(hundredths, 9999)
	}
	return hundredths, true
}

func TestUptimeAgainstMinutes(t *testing.T) {
	anchors := []struct{ zone, date string }{
		{"UTC", "2026-11-23"}, {"Asia/Kolkata", "2026-11-23"}, {"Europe/Berlin", "2026-03-29"}, {"Europe/Berlin", "2026-10-25"},
		{"America/New_York", "2026-03-08"}, {"America/New_York", "2026-11-01"}, {"America/Havana", "2026-03-08"},
		{"America/Havana", "2026-11-01"}, {"Africa/Cairo", "2026-04-24"}, {"America/Santiago", "2026-09-06"},
	}
	rapid.Check(t, func(t *rapid.T) {
		anchor := rapid.SampledFrom(anchors).Draw(t, "anchor")
		z := zone(t, anchor.zone)
		day, err := time.ParseInLocation(time.DateOnly, anchor.date, z)
		if err != nil {
			t.Fatal(err)
		}
		now := day.Add(time.Duration(rapid.IntRange(-1500, 3*1440).Draw(t, "minutes")) * time.Minute)
		n := rapid.IntRange(1, 4).Draw(t, "days")
		var history []status.Span
		for _, ago := range rapid.SliceOfN(rapid.IntRange(-60, 6*1440), 0, 8).Draw(t, "ages") {
			history = append(history, status.Span{From: now.Add(-time.Duration(ago) * time.Minute), Level: rapid.SampledFrom(status.Levels()).Draw(t, "level")})
		}
		slices.SortStableFunc(history, func(a, b status.Span) int { return a.From.Compare(b.From) })

		got := status.Days(history, z, now, n)
		if len(got) != n || got[n-1].Date != now.In(z).Format(time.DateOnly) {
			t.Fatalf("%d days up to %s", len(got), got[len(got)-1].Date)
		}
		if diff := cmp.Diff(minuteByMinute(history, z, now, got), got); diff != "" {
			t.Fatalf("minute by minute (-want +got):\n%s", diff)
		}
		weight := rapid.IntRange(0, 1000)
		ma, pa, de := weight.Draw(t, "major"), weight.Draw(t, "partial"), weight.Draw(t, "degraded")
		percent, known := status.Uptime(got, status.UptimeWeights{Major: float64(ma) / 1000, Partial: float64(pa) / 1000, Degraded: float64(de) / 1000})
		want, wantKnown := exactly(got, int64(ma), int64(pa), int64(de))
		if known != wantKnown || percent != float64(want)/100 {
			t.Fatalf("uptime %v %v, want %v %v", percent, known, float64(want)/100, wantKnown)
		}
	})
}

func TestUptimeIsRoundedDown(t *testing.T) {
	usual := status.UptimeWeights{Major: 1, Partial: 0.3}
	day := func(minutes map[status.Level]float64) []status.Day { return []status.Day{{Minutes: minutes}} }
	for _, c := range []struct {
		name    string
		minutes map[status.Level]float64
		want    float64
	}{
		{"all well", map[status.Level]float64{ok: 1440}, 100},
		{"degraded costs nothing", map[status.Level]float64{ok: 1000, degraded: 440}, 100},
		{"maintenance does not count", map[status.Level]float64{ok: 100, care: 1340}, 100},
		{"a tenth of a percent exactly", map[status.Level]float64{ok: 999, major: 1}, 99.90},
		{"partial counts three tenths", map[status.Level]float64{ok: 90, partial: 10}, 97},
		{"one minute in 90 days", map[status.Level]float64{ok: 129599, major: 1}, 99.99},
		{"one minute in ten years", map[status.Level]float64{ok: 5256000, major: 1}, 99.99},
		{"two thirds", map[status.Level]float64{ok: 2, major: 1}, 66.66},
		{"nothing worked", map[status.Level]float64{major: 1440}, 0},
	} {
		if got, known := status.Uptime(day(c.minutes), usual); !known || got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	for name, minutes := range map[string]map[status.Level]float64{"nothing": nil, "maintenance only": {care: 1440}} {
		if got, known := status.Uptime(day(minutes), usual); known || got != 0 {
			t.Errorf("%s: %v is known", name, got)
		}
	}
}
