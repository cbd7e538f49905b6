package status_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"allclear/status"
)

func rule(t tb, text string) status.RepeatRule {
	t.Helper()
	r, err := status.ParseRepeatRule(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r
}

func TestRepeatRuleIsRead(t *testing.T) {
	for text, want := range map[string]string{
		"FREQ=WEEKLY":                             "FREQ=WEEKLY",
		"rrule:freq=weekly;interval=1;":           "FREQ=WEEKLY",
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH,MO\n": "FREQ=WEEKLY;BYDAY=MO,TH;INTERVAL=2",
		"BYDAY=-1SU;FREQ=MONTHLY;COUNT=12":        "FREQ=MONTHLY;BYDAY=-1SU;COUNT=12",
		"FREQ=MONTHLY;BYDAY=+2TU":                 "FREQ=MONTHLY;BYDAY=2TU",
		"FREQ=MONTHLY;BYMONTHDAY=15,-1,15":        "FREQ=MONTHLY;BYMONTHDAY=15,-1",
		"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13":     "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
		"FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR":         "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
		"FREQ=YEARLY;UNTIL=20301231":              "FREQ=YEARLY;UNTIL=20301231",
		"FREQ=DAILY;UNTIL=20261231T220000Z":       "FREQ=DAILY;UNTIL=20261231T220000Z",
	} {
		if got := rule(t, text).String(); got != want {
			t.Errorf("%q is spelled %q, want %q", text, got, want)
		}
		if again := rule(t, want).String(); again != want {
			t.Errorf("%q is spelled %q the second time", want, again)
		}
	}
	if got := (status.RepeatRule{}).String(); got != "" {
		t.Errorf("no rule is spelled %q", got)
	}
}

func TestRepeatRuleRefused(t *testing.T) {
	long := "FREQ=WEEKLY;BYDAY="
	for range 100 {
		long += "MO,"
	}
	for text, sentence := range map[string]string{
		"":                                    `"" is no part of a recurrence; write it as FREQ=WEEKLY;BYDAY=SU.`,
		"every sunday":                        `"EVERY SUNDAY" is no part of a recurrence`,
		"INTERVAL=2":                          "Say how often the maintenance repeats",
		"FREQ=HOURLY":                         `"HOURLY" is not possible here; use DAILY, WEEKLY, MONTHLY or YEARLY.`,
		"FREQ=WEEKLY;FREQ=DAILY":              "The recurrence has FREQ twice.",
		"FREQ=WEEKLY;BYHOUR=3":                `"BYHOUR" is not possible in a recurrence; use FREQ, INTERVAL, BYDAY, BYMONTHDAY, COUNT and UNTIL.`,
		"FREQ=WEEKLY;INTERVAL=0":              "INTERVAL=0 is not possible; use a number from 1 to 99.",
		"FREQ=WEEKLY;INTERVAL=x":              "INTERVAL=X is not possible",
		"FREQ=WEEKLY;COUNT=1000":              "COUNT=1000 is not possible; use a number from 1 to 999.",
		"FREQ=WEEKLY;COUNT=3;UNTIL=20270101":  "either after COUNT dates or at UNTIL, not both.",
		"FREQ=WEEKLY;UNTIL=tomorrow":          "UNTIL=TOMORROW is not possible; write a day as 20271231",
		"FREQ=WEEKLY;UNTIL=99990101":          "UNTIL=99990101 is not possible",
		"FREQ=WEEKLY;BYDAY=XX":                "BYDAY=XX is not possible; use MO, TU",
		"FREQ=WEEKLY;BYDAY=":                  "BYDAY= is not possible",
		"FREQ=MONTHLY;BYDAY=6MO":              "BYDAY=6MO is not possible",
		"FREQ=MONTHLY;BYDAY=0MO":              "BYDAY=0MO is not possible",
		"FREQ=WEEKLY;BYDAY=2TU":               "A weekday with a number, such as 2TU, is possible with FREQ=MONTHLY only.",
		"FREQ=YEARLY;BYDAY=TU":                "BYDAY is not possible with FREQ=YEARLY.",
		"FREQ=WEEKLY;BYMONTHDAY=3":            "BYMONTHDAY is possible with FREQ=MONTHLY only.",
		"FREQ=MONTHLY;BYMONTHDAY=0":           "BYMONTHDAY=0 is not possible; use 1 to 31",
		"FREQ=MONTHLY;BYMONTHDAY=32":          "BYMONTHDAY=32 is not possible",
		long:                                  "A recurrence has at most 255 characters.",
		"FREQ=WEEKLY;BYDAY=MO;DTSTART=202611": `"DTSTART" is not possible`,
	} {
		_, err := status.ParseRepeatRule(text)
		refused(t, err, "incident.recurrence", sentence)
	}
}

func inBerlin(t tb) *time.Location {
	t.Helper()
	return berlin(t, "2026-11-23 12:00").Location()
}

// The dates are days and hours of the page's zone: 22:00 stays 22:00.
func TestDates(t *testing.T) {
	zone := inBerlin(t)
	for _, c := range []struct {
		rule, start string
		want        []string // of the first, nil: the rule leaves the start out
	}{
		{"FREQ=WEEKLY", "2026-10-18 22:00", []string{"2026-10-18 22:00", "2026-10-25 22:00", "2026-11-01 22:00"}},
		{"FREQ=WEEKLY", "2027-03-21 22:00", []string{"2027-03-21 22:00", "2027-03-28 22:00", "2027-04-04 22:00"}},
		{"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU", "2026-11-22 01:00", []string{"2026-11-22 01:00", "2026-11-30 01:00", "2026-12-06 01:00", "2026-12-14 01:00"}},
		{"FREQ=DAILY;COUNT=3", "2026-10-24 02:30", []string{"2026-10-24 02:30", "2026-10-25 02:30", "2026-10-26 02:30"}},
		{"FREQ=DAILY;BYDAY=SA,SU", "2026-11-22 04:00", []string{"2026-11-22 04:00", "2026-11-28 04:00", "2026-11-29 04:00"}},
		{"FREQ=MONTHLY", "2027-01-31 03:00", []string{"2027-01-31 03:00", "2027-03-31 03:00", "2027-05-31 03:00"}}, // where there is such a day
		{"FREQ=MONTHLY;BYMONTHDAY=-1", "2027-01-31 03:00", []string{"2027-01-31 03:00", "2027-02-28 03:00", "2027-03-31 03:00"}},
		{"FREQ=MONTHLY;BYDAY=2TU", "2026-12-08 23:00", []string{"2026-12-08 23:00", "2027-01-12 23:00", "2027-02-09 23:00"}},
		{"FREQ=MONTHLY;BYDAY=-1SU", "2026-11-29 23:00", []string{"2026-11-29 23:00", "2026-12-27 23:00", "2027-01-31 23:00"}},
		{"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2026-11-13 20:00", []string{"2026-11-13 20:00", "2027-08-13 20:00"}},
		{"FREQ=YEARLY", "2028-02-29 10:00", []string{"2028-02-29 10:00", "2032-02-29 10:00"}},
		{"FREQ=WEEKLY;UNTIL=20261206", "2026-11-29 22:00", []string{"2026-11-29 22:00", "2026-12-06 22:00"}},
		{"FREQ=WEEKLY;UNTIL=20261206T205959Z", "2026-11-29 22:00", []string{"2026-11-29 22:00"}},
		{"FREQ=MONTHLY;INTERVAL=12;BYDAY=5MO", "2028-02-28 10:00", nil},
		{"FREQ=MONTHLY;INTERVAL=12;BYDAY=5TU", "2028-02-29 10:00", []string{"2028-02-29 10:00", "2056-02-29 10:00"}},
		{"FREQ=WEEKLY;BYDAY=SU", "2026-11-23 10:00", nil},
		{"FREQ=MONTHLY;BYDAY=2TU", "2026-12-15 23:00", nil},
		{"FREQ=MONTHLY;BYDAY=-1SU", "2026-11-22 23:00", nil},
		{"FREQ=MONTHLY;BYMONTHDAY=15", "2026-11-14 23:30", nil},
		{"FREQ=WEEKLY;UNTIL=20261128", "2026-11-29 22:00", nil},
		// At 23:30 in Berlin it is the same day in UTC, at 00:30 it is not.
		{"FREQ=WEEKLY;BYDAY=MO", "2026-11-23 00:30", []string{"2026-11-23 00:30", "2026-11-30 00:30"}},
	} {
		start, err := time.ParseInLocation("2006-01-02 15:04", c.start, zone)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, at := range rule(t, c.rule).Dates(start.UTC(), zone, max(len(c.want), 1)) {
			got = append(got, at.In(zone).Format("2006-01-02 15:04"))
		}
		same(t, c.rule+" from "+c.start, got, c.want)
	}
	start := noon
	if n := len(rule(t, "FREQ=DAILY;COUNT=5").Dates(start, zone, 100)); n != 5 {
		t.Errorf("%d dates of 5", n)
	}
	if n := len(rule(t, "FREQ=YEARLY").Dates(start, zone, 1000)); n != 74 {
		t.Errorf("%d years until the century ends", n)
	}
}

// Whatever the rule, a start that it holds is its first date, all dates rise, are held by
// it and begin at the same hour of the wall clock, unless the clocks skip that.
func TestDatesAreThoseOfTheRule(t *testing.T) {
	zone := inBerlin(t)
	rapid.Check(t, func(t *rapid.T) {
		start := noon.Add(time.Duration(rapid.IntRange(0, 3*366*24*4).Draw(t, "quarter")) * 15 * time.Minute)
		text := "FREQ=" + rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY", "WEEKLY;BYDAY=MO,WE,SU", "DAILY;BYDAY=SA",
			"MONTHLY;BYDAY=1MO,-1FR", "MONTHLY;BYMONTHDAY=1,29,-2", "MONTHLY;BYDAY=SU"}).Draw(t, "rule")
		text += fmt.Sprintf(";INTERVAL=%d", rapid.IntRange(1, 14).Draw(t, "interval"))
		r := rule(t, text)
		list := r.Dates(start, zone, 8)
		if r.Holds(start, zone) != (len(list) > 0) || len(list) > 0 && !list[0].Equal(start) {
			t.Fatalf("%s from %v: %v", text, start.In(zone), list)
		}
		for i, at := range list {
			if i > 0 && !at.After(list[i-1]) || !r.Holds(at, zone) {
				t.Fatalf("%s from %v: %v", text, start.In(zone), list)
			}
			if local := at.In(zone); local.Minute() != start.In(zone).Minute() || local.Hour() != start.In(zone).Hour() && start.In(zone).Hour() != 2 {
				t.Fatalf("%s: %v after %v", text, local, start.In(zone))
			}
		}
	})
}
