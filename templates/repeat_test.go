package templates

import (
	"strings"
	"testing"
	"time"

	"allclear/status"
)

func TestRepeatSentence(t *testing.T) {
	s := newSet(t)
	for _, c := range []struct{ rule, en, de string }{
		{"FREQ=DAILY", "Repeats every day", "Wird täglich wiederholt"},
		{"FREQ=DAILY;INTERVAL=3", "Repeats every 3 days", "Wird alle 3 Tage wiederholt"},
		{"FREQ=WEEKLY", "Repeats every Tuesday", "Wird jeden Dienstag wiederholt"},
		{"FREQ=WEEKLY;BYDAY=SU", "Repeats every Sunday", "Wird jeden Sonntag wiederholt"},
		{"FREQ=WEEKLY;INTERVAL=2", "Repeats every 2 weeks on Tuesday", "Wird alle 2 Wochen am Dienstag wiederholt"},
		{"FREQ=WEEKLY;BYDAY=MO,TH,SA", "Repeats every Monday, Thursday and Saturday", "Wird jeden Montag, Donnerstag und Samstag wiederholt"},
		{"FREQ=DAILY;BYDAY=SA,SU", "Repeats every Saturday and Sunday", "Wird jeden Samstag und Sonntag wiederholt"},
		{"FREQ=DAILY;INTERVAL=2;BYDAY=SA", "Repeats on certain days", "Wird an bestimmten Tagen wiederholt"},
		{"FREQ=MONTHLY", "Repeats every month on day 24", "Wird jeden Monat am 24. wiederholt"},
		{"FREQ=MONTHLY;BYMONTHDAY=1,15", "Repeats every month on day 1 and day 15", "Wird jeden Monat am 1. und 15. wiederholt"},
		{"FREQ=MONTHLY;BYMONTHDAY=-1", "Repeats every month on the last day", "Wird jeden Monat am letzten Tag wiederholt"},
		{"FREQ=MONTHLY;BYMONTHDAY=-2", "Repeats on certain days", "Wird an bestimmten Tagen wiederholt"},
		{"FREQ=MONTHLY;BYDAY=2TU", "Repeats every month on the second Tuesday", "Wird jeden Monat am zweiten Dienstag wiederholt"},
		{"FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", "Repeats every 3 months on the last Friday", "Wird alle 3 Monate am letzten Freitag wiederholt"},
		{"FREQ=MONTHLY;BYDAY=-2FR", "Repeats on certain days", "Wird an bestimmten Tagen wiederholt"},
		{"FREQ=MONTHLY;BYDAY=TU", "Repeats every Tuesday", "Wird jeden Dienstag wiederholt"},
		{"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "Repeats on certain days", "Wird an bestimmten Tagen wiederholt"},
		{"FREQ=YEARLY", "Repeats every year on 24 Nov", "Wird jedes Jahr am 24.11. wiederholt"},
		{"FREQ=WEEKLY;COUNT=12", "Repeats every Tuesday, 12 times in all", "Wird jeden Dienstag wiederholt, insgesamt 12-mal"},
		{"FREQ=WEEKLY;COUNT=1", "Repeats every Tuesday, once", "Wird jeden Dienstag wiederholt, einmal"},
		{"FREQ=WEEKLY;UNTIL=20270301", "Repeats every Tuesday, until 1 Mar 2027", "Wird jeden Dienstag wiederholt, bis 01.03.2027"},
		{"FREQ=WEEKLY;UNTIL=20270228T233000Z", "Repeats every Tuesday, until 1 Mar 2027", "Wird jeden Dienstag wiederholt, bis 01.03.2027"},
	} {
		rule, err := status.ParseRepeatRule(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		// At 23:30 in UTC it is the next day in Berlin already.
		r := Repeats{Rule: rule, From: at("2026-11-23 23:30")}
		for locale, want := range map[string]string{"en": c.en, "de": c.de} {
			if got := s.Voice(locale, "Europe/Berlin").RepeatSentence(r); got != want {
				t.Errorf("%s: %q, want %q", c.rule, got, want)
			}
		}
	}
	if got := s.Voice("en", "UTC").RepeatSentence(Repeats{}); got != "" {
		t.Errorf("what does not repeat: %q", got)
	}
}

// Only what is still to come is promised.
func TestRepeatsOf(t *testing.T) {
	n := status.Incident{Kind: status.Maintenance, Stage: status.Scheduled, Recurrence: "FREQ=WEEKLY", Series: &status.Series{First: status.Window{From: at("2026-11-24 22:00")}}}
	if r := RepeatsOf(&n); r.Rule.Freq != "WEEKLY" || !r.From.Equal(at("2026-11-24 22:00")) {
		t.Errorf("%+v", r)
	}
	n.Stage = status.Completed
	if r := RepeatsOf(&n); r.Rule.Freq != "" {
		t.Errorf("over: %+v", r)
	}
	n.Stage, n.Recurrence = status.Scheduled, ""
	if r := RepeatsOf(&n); r.Rule.Freq != "" {
		t.Errorf("ended: %+v", r)
	}
}

func TestPublicPageSaysThatItRepeats(t *testing.T) {
	s := newSet(t)
	rule, err := status.ParseRepeatRule("FREQ=WEEKLY;BYDAY=SU")
	if err != nil {
		t.Fatal(err)
	}
	for locale, want := range map[string]string{"en": "Repeats every Sunday", "de": "Wird jeden Sonntag wiederholt"} {
		n := cannedMaintenance(locale, "m1", "scheduled", "2026-11-24 22:00", "2026-11-25 01:00")
		n.Repeats = Repeats{Rule: rule, From: n.From}
		var page strings.Builder
		if err := s.NoticePage(&page, NoticePage{cannedChrome(locale, "/maintenances/m1", "operational"), n}); err != nil {
			t.Fatal(err)
		}
		if strings.Count(page.String(), "<dd>"+want+"</dd>") != 1 {
			t.Errorf("%s: the page does not say %q once", locale, want)
		}
	}
}

// What the program writes about a window can be said of another one: over the change of
// the clocks, over midnight, and in text that people wrote in the same way.
func TestRetell(t *testing.T) {
	s := newSet(t)
	was := status.Window{From: at("2027-03-21 21:00"), Until: at("2027-03-21 22:00")}
	now := status.Window{From: at("2027-03-28 20:00"), Until: at("2027-03-28 21:00")}
	long := func(w status.Window) status.Window {
		return status.Window{From: w.From, Until: w.Until.Add(3 * time.Hour)}
	}
	for _, locale := range s.Locales() {
		v := s.Voice(locale, "Europe/Berlin")
		for _, w := range [][2]status.Window{{was, now}, {long(was), long(now)}} {
			a, b := w[0], w[1]
			for _, say := range []func(status.Window) string{
				func(w status.Window) string {
					return v.Window(Window{From: w.From, Until: w.Until, Names: []string{"Giro"}, Unusable: true})
				},
				func(w status.Window) string { return "On " + v.Range(w.From, w.Until) + " we work." },
				func(w status.Window) string { return v.Day(w.From.Format(time.DateOnly)) + ": from " + v.Clock(w.From) },
			} {
				if got := v.Retell(say(a), a, b); got != say(b) {
					t.Errorf("%s: %q became %q, want %q", locale, say(a), got, say(b))
				}
			}
		}
	}
	v := s.Voice("en", "UTC")
	fourth := status.Window{From: at("2026-11-04 22:00"), Until: at("2026-11-04 23:00")}
	eleventh := status.Window{From: at("2026-11-11 22:00"), Until: at("2026-11-11 23:00")}
	if got := v.Retell("On 4 Nov 2026, not on 24 Nov 2026.", fourth, eleventh); got != "On 11 Nov 2026, not on 24 Nov 2026." {
		t.Errorf("%q", got)
	}
}
