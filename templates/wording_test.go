package templates

import (
	"strings"
	"testing"
	"time"
)

func TestBannerTitle(t *testing.T) {
	s := newSet(t)
	for _, c := range []struct {
		name   string
		banner Banner
		en, de string
	}{
		{"calm", Banner{State: "operational"}, "No known problems", "Keine Störungen bekannt"},
		{"reports", Banner{ElevatedReports: true}, "We have received more problem reports than usual and are checking", "Es gehen mehr Meldungen ein als üblich. Wir prüfen das."},
		{"degraded", Banner{Open: 1, Title: "X", Level: "degraded"}, "Limited: X", "Eingeschränkt: X"},
		{"partial", Banner{Open: 1, Title: "X", Level: "partial_outage"}, "Partly down: X", "Teilausfall: X"},
		{"major", Banner{Open: 1, Title: "X", Level: "major"}, "Down: X", "Ausfall: X"},
		{"an incident is never called operational", Banner{Open: 1, Title: "X", Level: "operational"}, "Limited: X", "Eingeschränkt: X"},
		{"many", Banner{Open: 3, Title: "X", Level: "major"}, "3 problems, most serious: X", "3 Störungen, am schwersten: X"},
		{"watching", Banner{Watching: 1, Title: "X"}, "Fixed, being watched: X", "Behoben, unter Beobachtung: X"},
		{"watching many", Banner{Watching: 2, Title: "X"}, "2 problems fixed and being watched", "2 Störungen behoben, unter Beobachtung"},
		{"open before watching", Banner{Open: 1, Watching: 4, Title: "X", Level: "major"}, "Down: X", "Ausfall: X"},
		{"maintenance", Banner{Maintenance: true}, "Planned maintenance is under way", "Eine geplante Wartung läuft"},
		{"maintenance never hides an outage", Banner{Maintenance: true, Open: 1, Title: "X", Level: "major"}, "Down: X", "Ausfall: X"},
		{"component under maintenance is no impairment", Banner{Maintenance: true, Impaired: 1, WorstComponent: "App", WorstLevel: "under_maintenance"}, "Planned maintenance is under way", "Eine geplante Wartung läuft"},
		{"one component", Banner{Impaired: 1, WorstComponent: "App", WorstLevel: "major_outage"}, "App: Down", "App: Ausfall"},
		{"components", Banner{Impaired: 2, WorstComponent: "App", WorstLevel: "partial_outage"}, "2 services are impaired, worst: App: Partly down", "2 Dienste sind gestört, am schwersten: App: Teilausfall"},
		{"component worse than the incident", Banner{Open: 1, Title: "X", Level: "degraded", Impaired: 1, WorstComponent: "App", WorstLevel: "major_outage"}, "App: Down", "App: Ausfall"},
		{"component no worse than the incident", Banner{Open: 1, Title: "X", Level: "major", Impaired: 1, WorstComponent: "App", WorstLevel: "major_outage"}, "Down: X", "Ausfall: X"},
		{"resolved", Banner{ResolvedTitle: "X", ResolvedAt: at("2026-11-21 20:40")}, "Resolved at 21:40 CET: X", "Behoben um 21:40 Uhr MEZ: X"},
		{"stale before all", Banner{Stale: true, CheckedAt: at("2026-11-21 20:40"), Open: 1, Title: "X"}, "Status may be out of date. Last checked 21 Nov 2026, 21:40 CET", "Der Stand ist möglicherweise veraltet. Zuletzt geprüft: 21.11.2026, 21:40 Uhr MEZ"},
	} {
		if got := s.BannerTitle("en", "Europe/Berlin", c.banner); got != c.en {
			t.Errorf("%s, en: %q, want %q", c.name, got, c.en)
		}
		if got := s.BannerTitle("de", "Europe/Berlin", c.banner); got != c.de {
			t.Errorf("%s, de: %q, want %q", c.name, got, c.de)
		}
	}
}

func TestAffectedSentence(t *testing.T) {
	s := newSet(t)
	en, de := s.Voice("en", "Europe/Berlin"), s.Voice("de", "Europe/Berlin")
	for _, c := range []struct {
		e      Estimate
		en, de string
	}{
		{Estimate{}, "We are still checking how many people are affected.", "Wie viele Personen betroffen sind, prüfen wir noch."},
		{Estimate{Mode: "none"}, "Nobody is affected.", "Niemand ist betroffen."},
		{Estimate{Mode: "count", Count: 3}, "A few people.", "Einzelne Personen."},
		{Estimate{Mode: "count", Count: 1234}, "About 1,200 people.", "Etwa 1.200 Personen."},
		{Estimate{Mode: "count", Count: 1250, SharePercent: 8}, "About 1,300 people (around 8%).", "Etwa 1.300 Personen (rund 8\u00a0%)."},
		{Estimate{Mode: "range", Low: 1012, High: 98765}, "Between 1,000 and 99,000 people.", "Zwischen 1.000 und 99.000 Personen."},
		{Estimate{Mode: "share", SharePercent: 12}, "About 12% of the people who use it.", "Etwa 12\u00a0% der Nutzerinnen und Nutzer."},
		{Estimate{Mode: "count"}, "Nobody is affected.", "Niemand ist betroffen."},
		{Estimate{Mode: "count", Count: 9, SharePercent: 8}, "A few people.", "Einzelne Personen."},
		{Estimate{Mode: "count", Count: 120, SharePercent: .4}, "About 120 people.", "Etwa 120 Personen."},
		{Estimate{Mode: "range", Low: 3, High: 9}, "A few people.", "Einzelne Personen."},
		{Estimate{Mode: "range", Low: 3, High: 44}, "Up to 44 people.", "Bis zu 44 Personen."},
		{Estimate{Mode: "range", Low: 1021, High: 1034}, "About 1,000 people.", "Etwa 1.000 Personen."},
		{Estimate{Mode: "range", Low: 120, High: 240, SharePercent: 8}, "Between 120 and 240 people (around 8%).", "Zwischen 120 und 240 Personen (rund 8\u00a0%)."},
		{Estimate{Mode: "share", SharePercent: .4}, "Less than 1% of the people who use it.", "Weniger als 1\u00a0% der Nutzerinnen und Nutzer."},
		{Estimate{Mode: "count", Count: 20, AsOf: at("2026-11-21 20:50")}, "About 20 people. Estimated at 21 Nov 2026, 21:50 CET.", "Etwa 20 Personen. Geschätzt: 21.11.2026, 21:50 Uhr MEZ."},
		{Estimate{Mode: "count", Count: 20, AsOf: at("2026-11-21 20:50"), Confidence: "final"}, "About 20 people. Final figure as of 21 Nov 2026, 21:50 CET.", "Etwa 20 Personen. Endgültige Zahl, Stand 21.11.2026, 21:50 Uhr MEZ."},
	} {
		if got := en.AffectedSentence(c.e); got != c.en {
			t.Errorf("%+v: %q, want %q", c.e, got, c.en)
		}
		if got := de.AffectedSentence(c.e); got != c.de {
			t.Errorf("%+v: %q, want %q", c.e, got, c.de)
		}
	}
}

func TestWorkaroundUnknownIsNotNoneKnown(t *testing.T) {
	v := newSet(t).Voice("en", "UTC")
	seen := map[string]string{}
	for _, state := range []string{"unknown", "none_known", "none_possible", "not_needed"} {
		text := v.WorkaroundSentence(Workaround{State: state})
		if other, taken := seen[text]; taken || text == "" {
			t.Errorf("%s and %s both say %q", state, other, text)
		}
		seen[text] = state
	}
	if got := v.WorkaroundSentence(Workaround{}); got != "We are still looking for a way around this." {
		t.Errorf("an unset workaround says %q", got)
	}
	if got := v.WorkaroundSentence(Workaround{State: "available", Text: "x"}); got != "" {
		t.Errorf("an available workaround says %q beside its text", got)
	}
}

func TestThirdPartyNamesNobodyByItself(t *testing.T) {
	v := newSet(t).Voice("en", "UTC")
	if got := v.ThirdPartySentence(ThirdParty{State: "unnamed", Vendor: "Secret Inc"}); strings.Contains(got, "Secret") || got == "" {
		t.Errorf("unnamed says %q", got)
	}
	if got := v.ThirdPartySentence(ThirdParty{State: "named", Vendor: "Public Inc"}); !strings.Contains(got, "Public Inc") {
		t.Errorf("named says %q", got)
	}
	if got := v.ThirdPartySentence(ThirdParty{}); got != "" {
		t.Errorf("no third party says %q", got)
	}
}

func TestLabels(t *testing.T) {
	v := newSet(t).Voice("de", "UTC")
	for got, want := range map[string]string{
		v.StageLabel("identified"): "Ursache gefunden", v.StageLabel("new stage"): "new stage",
		v.LevelLabel("under_maintenance"): "Wartung", v.LevelLabel("major"): "Ausfall", v.LevelLabel("?"): "Keine Daten",
		v.SeverityLabel("serious"): "Schwer", v.SeverityLabel(""): "",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestMaintenanceMovesByItselfInWords(t *testing.T) {
	s := newSet(t)
	for _, c := range []struct{ locale, stage, want string }{
		{"en", "in_progress", "The work has started."}, {"en", "completed", "The planned work has ended."},
		{"de", "in_progress", "Die Arbeiten haben begonnen."}, {"de", "completed", "Die geplanten Arbeiten sind beendet."},
	} {
		if got := s.Voice(c.locale, "UTC").ByItself(c.stage); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.locale, c.stage, got, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	s := newSet(t)
	summer, winter := at("2026-07-01 10:05"), at("2026-11-21 21:05")
	for _, c := range []struct{ got, want string }{
		{s.Voice("en", "Europe/Berlin").Time(winter), "21 Nov 2026, 22:05 CET"},
		{s.Voice("de", "Europe/Berlin").Time(winter), "21.11.2026, 22:05 Uhr MEZ"},
		{s.Voice("de", "Europe/Berlin").Time(summer), "01.07.2026, 12:05 Uhr MESZ"},
		{s.Voice("en", "America/Sao_Paulo").Time(winter), "21 Nov 2026, 18:05 UTC−3"},
		{s.Voice("en", "Asia/Kathmandu").Clock(winter), "02:50 UTC+5:45"},
		{s.Voice("en", "No/Where").Clock(winter), "21:05 UTC"},
		{s.Voice("xx", "UTC").Clock(winter), "21:05 UTC"},
		{s.Voice("de", "Europe/Berlin").Date(at("2026-11-21 23:30")), "22.11.2026"},
		{s.Voice("en", "Europe/Berlin").Range(winter, winter.Add(time.Hour)), "21 Nov 2026, 22:05–23:05 CET"},
		{s.Voice("de", "Europe/Berlin").Range(winter, winter.Add(3*time.Hour)), "21.11.2026, 22:05 – 22.11.2026, 01:05 Uhr MEZ"},
		{s.Voice("en", "UTC").Day("2026-11-21"), "Saturday, 21 November 2026"},
		{s.Voice("de", "America/New_York").Day("2026-11-21"), "Samstag, 21. November 2026"},
		{s.Voice("de", "UTC").ShortDay("2026-01-02"), "02.01.2026"},
		{s.Voice("de", "UTC").Month("2026-03"), "März 2026"},
		{s.Voice("de", "UTC").Month("soon") + s.Voice("de", "UTC").Day("soon") + s.Voice("de", "UTC").ShortDay("soon"), "soonsoonsoon"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestLettersAddUTC(t *testing.T) {
	s := newSet(t)
	berlin := s.Voice("en", "Europe/Berlin").letter()
	for got, want := range map[string]string{
		berlin.Time(at("2026-11-21 21:05")):                        "21 Nov 2026, 22:05 CET (21:05 UTC)",
		berlin.Time(at("2026-11-21 23:05")):                        "22 Nov 2026, 00:05 CET (21 Nov 2026, 23:05 UTC)",
		s.Voice("en", "UTC").letter().Time(at("2026-11-21 21:05")): "21 Nov 2026, 21:05 UTC",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	s := newSet(t)
	for d, want := range map[time.Duration][2]string{
		20 * time.Second: {"under a minute", "unter einer Minute"},
		35 * time.Minute: {"35 min", "35 Min."},
		3*time.Hour + 12*time.Minute + 5*time.Second: {"3 h 12 min", "3 Std. 12 Min."},
		24 * time.Hour:             {"1 day", "1 Tag"},
		50*time.Hour + time.Minute: {"2 days 2 h 1 min", "2 Tage 2 Std. 1 Min."},
	} {
		if got := s.Voice("en", "UTC").Duration(d); got != want[0] {
			t.Errorf("%v: %q, want %q", d, got, want[0])
		}
		if got := s.Voice("de", "UTC").Duration(d); got != want[1] {
			t.Errorf("%v: %q, want %q", d, got, want[1])
		}
	}
}

func TestPercentClaimsNothingExtra(t *testing.T) {
	v := newSet(t).Voice("en", "UTC")
	for percent, want := range map[float64]string{100: "100%", 0: "0%", 99.99: "99.99%", 99.9: "99.90%"} {
		if got := v.Percent(percent, 2); got != want {
			t.Errorf("%v is %q, want %q", percent, got, want)
		}
	}
}

func TestPromiseIsBriefOnlyOnItsDay(t *testing.T) {
	v := newSet(t).Voice("en", "Europe/Berlin")
	n := Notice{Updates: []Update{{At: at("2026-11-21 22:30")}}, NextUpdate: at("2026-11-21 22:50")}
	if got := v.promiseMoment(n).text(v); got != "23:50 CET" {
		t.Errorf("on the same day: %q", got)
	}
	n.NextUpdate = at("2026-11-21 23:10") // after midnight in Berlin
	if got := v.promiseMoment(n).text(v); got != "22 Nov 2026, 00:10 CET" {
		t.Errorf("on the next day: %q", got)
	}
	n.NextUpdate, n.Overdue = at("2026-11-21 22:50"), true
	if got := v.promiseMoment(n).text(v); got != "21 Nov 2026, 23:50 CET" {
		t.Errorf("overdue: %q", got)
	}
}

func TestShorten(t *testing.T) {
	for in, want := range map[string]string{
		"short": "short", "one two three four": "one two…", "a\nb": "a b", "Donaudampfschifffahrt": "Donaudampf…",
	} {
		if got := shorten(in, 11); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestNoKeyIsEverShown(t *testing.T) {
	s := newSet(t)
	keys := keysOf(s.catalogues["en"])
	for _, locale := range s.Locales() {
		for _, r := range everyPage(s, locale) {
			text := words(parse(t, rendered(t, r)).root)
			for _, key := range keys {
				if strings.Contains(" "+text+" ", " "+key+" ") {
					t.Errorf("%s/%s shows the key %s", locale, r.name, key)
				}
			}
		}
	}
}

func TestAMissingWordFailsTheTemplateNotTheReader(t *testing.T) {
	v := newSet(t).Voice("en", "UTC")
	if _, err := v.strictText("no.such_key"); err == nil {
		t.Error("a template may use a missing word")
	}
	if _, err := v.strictHTML("promise.by"); err == nil {
		t.Error("a template may leave a hole in a sentence")
	}
	if got := v.T("no.such_key"); got != "no.such_key" {
		t.Errorf("T says %q", got)
	}
	if got := v.H("no.such_<key"); got != "no.such_&lt;key" {
		t.Errorf("H says %q", got)
	}
}

func TestTheBannerSaysTheWayWithoutAddresses(t *testing.T) {
	v := newSet(t).Voice("en", "UTC")
	for _, c := range []struct {
		b    Banner
		want string
	}{
		{Banner{}, ""},
		{Banner{Way: Workaround{State: "none_known"}}, "We do not know of a workaround yet."},
		{Banner{Way: Workaround{State: "available", Text: "Use the [app](https://example.org/app) & wait."}}, "Use the app &amp; wait."},
		{Banner{Way: Workaround{State: "available", Text: "Bitte warten."}, WayLang: "de"}, `<span lang="de">Bitte warten.</span>`},
	} {
		if got := string(v.wayHTML(c.b)); got != c.want {
			t.Errorf("%+v says %q, want %q", c.b.Way, got, c.want)
		}
	}
	long := v.wayHTML(Banner{Way: Workaround{State: "available", Text: strings.Repeat("Please wait. ", 50)}})
	if len(long) > wayLimit+4 || !strings.HasSuffix(string(long), "…") {
		t.Errorf("a long way is said as %q", long)
	}
}
