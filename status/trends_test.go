package status

import (
	"math"
	"slices"
	"testing"
	"time"
)

// monday is noon of a Monday.
var monday = time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC)

func after(minutes int) time.Time { return monday.Add(time.Duration(minutes) * time.Minute) }

// problem is a case that began at monday + start and lasted some minutes.
func problem(start, minutes int, edit ...func(*Case)) Case {
	c := Case{ID: "c", Category: "network", Severity: Serious, Priority: P2, ComponentIDs: []string{"a"}, StartedAt: after(start), First: -1, Final: -1}
	if minutes >= 0 {
		c.EndedAt = after(start + minutes)
		c.ResolvedAt = c.EndedAt
	}
	for _, e := range edit {
		e(&c)
	}
	return c
}

func TestWeeks(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 4, 10, 0, 0, 0, time.UTC) // a Wednesday; the clocks changed on 25 October
	w := WeeksOf(now, 30, berlin)
	starts := w.Starts()
	if len(starts) != 5 || starts[0].Format(time.DateOnly) != "2026-10-05" || w.From.Format(time.DateTime) != "2026-10-05 00:00:00" {
		t.Fatalf("%v from %v", starts, w.From)
	}
	for _, s := range starts {
		if s.Weekday() != time.Monday || s.Hour() != 0 {
			t.Errorf("%v is no beginning of a week", s)
		}
	}
	for moment, want := range map[time.Time]int{
		w.From: 0, w.From.Add(-1): -1, now: -1, now.Add(-1): 4, starts[1]: 1, starts[1].Add(-1): 0, starts[4].Add(time.Hour): 4,
	} {
		if got := w.Of(moment); got != want {
			t.Errorf("%v lies in week %d, want %d", moment, got, want)
		}
	}
	if n := len(WeeksOf(now, 365, berlin).Starts()); n != 53 {
		t.Errorf("a year has %d weeks", n)
	}
	list := w.Cases([]Case{{StartedAt: now.Add(-time.Hour)}, {StartedAt: w.From.Add(-time.Hour)}})
	if len(list) != 1 {
		t.Errorf("%d cases", len(list))
	}
}

func TestCourses(t *testing.T) {
	w := WeeksOf(after(30*24*60), 60, time.UTC)
	week := w.Of(monday)
	detected := func(d, n int) func(*Case) {
		return func(c *Case) { c.DetectedAt, c.NoticedAt = after(d), after(n) }
	}
	said := func(at ...int) func(*Case) {
		return func(c *Case) {
			for _, m := range at {
				c.Updates = append(c.Updates, after(m))
			}
		}
	}
	p3 := func(c *Case) { c.Priority = P3 }
	cases := []Case{
		problem(0, 10, detected(0, 5), said(5, 25, 65)), problem(60, 30, detected(60, 80)), problem(120, 100, detected(130, 125), said(125, 135), p3),
		problem(7*24*60, 50), problem(200, -1), problem(0, 20, func(c *Case) { c.NoticedAt = after(3) }), problem(0, 5, func(c *Case) { c.EndedAt = after(-5) }),
		problem(-100*24*60, 77),
	}
	minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
	for _, c := range []struct {
		name        string
		got         Course
		count       int
		median, p90 time.Duration
		week        Stretch
	}{
		{"notice", TimeToNotice(cases, w), 3, minutes(5), minutes(20), Stretch{w.Starts()[week], 3, minutes(5), minutes(20)}},
		{"resolve", TimeToResolve(cases, w), 5, minutes(30), minutes(100), Stretch{w.Starts()[week], 4, minutes(25), minutes(100)}},
		{"interval", UpdateInterval(cases, w), 2, minutes(30), minutes(40), Stretch{w.Starts()[week], 2, minutes(30), minutes(40)}},
		{"nothing", TimeToNotice(nil, w), 0, 0, 0, Stretch{Start: w.Starts()[week]}},
	} {
		if c.got.Count != c.count || c.got.Median != c.median || c.got.P90 != c.p90 || c.got.Weeks[week] != c.week || len(c.got.Weeks) != len(w.Starts()) {
			t.Errorf("%s: %d, %v, %v; week %+v", c.name, c.got.Count, c.got.Median, c.got.P90, c.got.Weeks[week])
		}
	}
}

func TestPromisesKept(t *testing.T) {
	w := WeeksOf(after(10*24*60), 20, time.UTC)
	c := Case{Promises: []Promise{{DueAt: after(0), KeptAt: after(-5)}, {DueAt: after(30), KeptAt: after(40)}, {DueAt: after(7 * 24 * 60)}}}
	all, weeks := PromisesKept([]Case{c}, w)
	if all.Made != 3 || all.Kept != 1 || len(weeks) != len(w.Starts()) {
		t.Errorf("%+v", all)
	}
	n := w.Of(monday)
	if got := weeks[n]; got.Made != 2 || got.Kept != 1 || got.Lateness != 10*time.Minute || weeks[n+1].Made != 1 || weeks[n+1].Kept != 0 || weeks[0].Made != 0 {
		t.Errorf("%+v", weeks)
	}
}

func TestShares(t *testing.T) {
	cases := []Case{
		problem(0, 10), problem(0, 20, func(c *Case) { c.Category, c.ComponentIDs = "change", []string{"a", "b"} }),
		problem(0, 90, func(c *Case) { c.Category = "overload" }), problem(0, -1), problem(0, 1, func(c *Case) { c.ComponentIDs = nil }),
	}
	if got := ByCategory(cases); !slices.Equal(got, []Share{{"network", 3, 11}, {"overload", 1, 90}, {"change", 1, 20}}) {
		t.Errorf("%v", got)
	}
	if got := ByComponent(cases); !slices.Equal(got, []Share{{"a", 4, 120}, {"b", 1, 20}}) {
		t.Errorf("%v", got)
	}
}

func TestImpactMinutes(t *testing.T) {
	w := WeeksOf(after(30*24*60), 60, time.UTC)
	hit := func(n int64, s Severity) func(*Case) { return func(c *Case) { c.Final, c.Severity = n, s } }
	total, weeks, unknown := ImpactMinutes([]Case{
		problem(0, 10, hit(100, Minor)), problem(60, 2, hit(50, Minor)), problem(0, 5, hit(0, Serious)), problem(7*24*60, 1, hit(7, Critical)),
		problem(0, -1, hit(5, Minor)), problem(0, 5),
	}, w)
	n := w.Of(monday)
	if total != 1107 || unknown != 2 || weeks[n].By[Minor] != 1100 || weeks[n].By[Serious] != 0 || weeks[n+1].By[Critical] != 7 {
		t.Errorf("%v, %d unknown: %v", total, unknown, weeks)
	}
}

func TestGuesses(t *testing.T) {
	guess := func(first, final int64) func(*Case) { return func(c *Case) { c.First, c.Final = first, final } }
	list, middle := Guesses([]Case{
		problem(20, 1, guess(200, 100)), problem(0, 1, guess(50, 100)), problem(0, 1, guess(-1, 5)), problem(0, 1, guess(5, 0)), problem(0, -1, guess(5, 5)),
	})
	if len(list) != 2 || list[0].Ratio != 0.5 || list[1].Ratio != 2 || math.Abs(middle-1) > 1e-9 {
		t.Errorf("%v, middle %v", list, middle)
	}
	if _, middle := Guesses(nil); middle != 0 {
		t.Errorf("the middle of nothing is %v", middle)
	}
}

func TestRecurrences(t *testing.T) {
	named := func(id string, category Category, components ...string) func(*Case) {
		return func(c *Case) { c.ID, c.Category, c.ComponentIDs = id, category, components }
	}
	const day = 24 * 60
	var got []string
	for _, r := range Recurrences([]Case{
		problem(30*day, 1, named("4", "network", "b")), problem(0, 1, named("1", "network", "a", "b")), problem(10*day, 1, named("2", "network", "a")),
		problem(10*day, 1, named("x", "change", "a")), problem(50*day, 1, named("5", "network", "a")), problem(1*day, 1, named("u", "unknown", "a")), problem(2*day, 1, named("v", "unknown", "a")),
	}) {
		got = append(got, r.ComponentID+r.Earlier.ID+r.Now.ID)
	}
	if want := []string{"b14", "a12"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestPeople(t *testing.T) {
	for _, c := range []struct {
		a    AffectedUsers
		want int64
	}{
		{AffectedUsers{Mode: "unknown"}, -1}, {AffectedUsers{Mode: "none"}, 0}, {AffectedUsers{Mode: "count", Count: 7}, 7}, {AffectedUsers{Mode: "range", Low: 10, High: 20}, 15},
		{AffectedUsers{Mode: "share", SharePercent: 5}, -1}, {AffectedUsers{Mode: "share", SharePercent: 5, Count: 50}, 50}, {AffectedUsers{}, -1},
	} {
		if got := People(c.a); got != c.want {
			t.Errorf("%+v: %d, want %d", c.a, got, c.want)
		}
	}
}

func TestCaseOf(t *testing.T) {
	page := NewPage("p", "Example", monday)
	at := func(n int) *time.Time { t := after(n); return &t }
	entry := func(n int, mode string, count int64) Update {
		return Update{CreatedAt: after(n), Facts: &Facts{AffectedUsers: AffectedUsers{Mode: mode, Count: count}, NextUpdateAt: at(n + 30)}}
	}
	whole := Incident{
		ID: "i", Kind: Problem, Stage: Resolved, Severity: Critical, Urgency: UrgencyNormal, Category: "network", StartedAt: after(0), DetectedAt: at(2), ResolvedAt: at(100),
		AffectedUsers: AffectedUsers{Mode: "count", Count: 900}, Resolution: &Resolution{EndedAt: at(90), FollowUpBy: "2026-11-20"},
		Updates: []Update{{CreatedAt: after(100)}, entry(40, "count", 800), entry(20, "count", 500), entry(5, "unknown", 0)},
	}
	c := CaseOf(&whole, &page)
	if c.Priority != P1 || c.First != 500 || c.Final != 900 || !c.NoticedAt.Equal(after(5)) || !c.EndedAt.Equal(after(90)) || len(c.Updates) != 4 || len(c.Promises) != 3 || c.FollowedUp {
		t.Errorf("%+v", c)
	}
	if !c.Owes("2026-11-20") || c.Owes("2026-11-19") {
		t.Error("the report is owed from its day on")
	}
	later := whole
	later.Updates = append([]Update{{CreatedAt: after(2000)}}, whole.Updates...)
	if c := CaseOf(&later, &page); !c.FollowedUp || c.Owes("2026-12-01") || len(c.Updates) != 4 {
		t.Errorf("%+v", c)
	}
	copied := whole
	copied.Imported = true
	if c := CaseOf(&copied, &page); !c.DetectedAt.IsZero() || c.Promises != nil || !c.NoticedAt.IsZero() || c.First != -1 {
		t.Errorf("imported: %+v", c)
	}
	if m, ok := c.Minutes(); !ok || m != 90 {
		t.Errorf("%v minutes", m)
	}
	past := whole
	past.Backfilled = true
	if c := CaseOf(&past, &page); !c.EndedAt.IsZero() || c.Updates != nil || c.ResolvedAt.IsZero() {
		t.Errorf("backfilled: %+v", c)
	}
}

// BenchmarkTrends works all figures out for ten thousand problems of a year.
func BenchmarkTrends(b *testing.B) {
	w := WeeksOf(monday, 365, time.UTC)
	var cases []Case
	for i := range 10_000 {
		cases = append(cases, problem(-i*52, i%300, func(c *Case) {
			c.ComponentIDs = []string{string(rune('a' + i%26)), string(rune('A' + i%7))}
			c.First, c.Final = int64(i%90), int64(i%100)
			c.DetectedAt, c.NoticedAt = c.StartedAt, c.StartedAt.Add(4*time.Minute)
			for n := range 4 {
				c.Updates = append(c.Updates, c.StartedAt.Add(time.Duration(n*20)*time.Minute))
				c.Promises = append(c.Promises, Promise{DueAt: c.StartedAt.Add(time.Duration(n*20+15) * time.Minute), KeptAt: c.StartedAt.Add(time.Duration(n*20+10) * time.Minute)})
			}
		}))
	}
	for b.Loop() {
		TimeToNotice(cases, w)
		TimeToResolve(cases, w)
		UpdateInterval(cases, w)
		PromisesKept(cases, w)
		ByCategory(cases)
		ByComponent(cases)
		ImpactMinutes(cases, w)
		Guesses(cases)
		Recurrences(cases)
	}
}
