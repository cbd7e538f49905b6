package templates

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/status/lint"
)

func TestNewsReads(t *testing.T) {
	s := newSet(t)
	en, de := s.Voice("en", "Europe/Berlin"), s.Voice("de", "Europe/Berlin")
	for _, c := range []struct {
		n      News
		en, de string
	}{
		{News{Since: at("2026-11-21 20:50")}, "There is nothing new since 21 Nov 2026, 21:50 CET. We are still working on it.", "Seit 21.11.2026, 21:50 Uhr MEZ gibt es nichts Neues. Wir arbeiten weiter daran."},
		{News{Late: true, Stage: "identified", NoEnd: true}, "This update is late. We are sorry. We have found the cause and are fixing it. We cannot say yet when everything will work again.", "Diese Information kommt zu spät. Das tut uns leid. Wir kennen jetzt die Ursache und arbeiten an der Behebung. Wann alles wieder läuft, können wir noch nicht sagen."},
		{News{Worse: []string{"Cards", "Giro"}}, "The problem now also affects Cards and Giro.", "Die Störung betrifft jetzt auch Cards und Giro."},
		{News{Better: []string{"Cards"}, Still: []string{"Giro"}, Safe: true}, "You can use Cards again. The problem still affects Giro. Your data is safe.", "Sie können Cards wieder nutzen. Die Störung betrifft noch Giro. Ihre Daten sind sicher."},
		{News{Better: []string{"Cards"}}, "You can use Cards again.", "Sie können Cards wieder nutzen."},
		{News{Stage: "monitoring", Better: []string{"Cards"}, Watch: status.Wait{Minutes: 60}, Hint: "reload"}, "We have fixed the problem. You can use Cards again. We will watch for 60 minutes to make sure it stays stable. If it does not work for you yet, please reload the page.", "Wir haben das Problem behoben. Sie können Cards wieder nutzen. Wir beobachten noch 60 Minuten, ob alles stabil bleibt. Wenn es bei Ihnen noch nicht geht, laden Sie bitte die Seite neu."},
		{News{Stage: "monitoring", Watch: status.Wait{Minutes: 120}}, "We have fixed the problem. We will watch for 2 hours to make sure it stays stable.", "Wir haben das Problem behoben. Wir beobachten noch 2 Stunden, ob alles stabil bleibt."},
		{News{Stage: "monitoring", Watch: status.Wait{Days: 1}}, "We have fixed the problem. We will watch for 1 working day to make sure it stays stable.", "Wir haben das Problem behoben. Wir beobachten noch 1 Arbeitstag, ob alles stabil bleibt."},
		{News{Stage: "identified", End: at("2026-11-21 22:00"), Do: "app"}, "We have found the cause and are fixing it. We expect it to work again by about 21 Nov 2026, 23:00 CET. This is an estimate. In the meantime, you can use the app.", "Wir kennen jetzt die Ursache und arbeiten an der Behebung. Wir rechnen damit, dass es bis etwa 21.11.2026, 23:00 Uhr MEZ wieder läuft. Das ist eine Schätzung. Bis dahin können Sie die App nutzen."},
	} {
		if got := en.News(c.n); got != c.en {
			t.Errorf("%+v: %q, want %q", c.n, got, c.en)
		}
		if got := de.News(c.n); got != c.de {
			t.Errorf("%+v: %q, want %q", c.n, got, c.de)
		}
	}
}

func TestNoNewsIsRecognised(t *testing.T) {
	s := newSet(t)
	for _, locale := range []string{"en", "de"} {
		v := s.Voice(locale, "Europe/Berlin")
		quiet := v.News(News{Since: at("2026-11-21 20:50")})
		if !v.SaysNoNews(quiet) || !v.SaysNoNews(v.News(News{Late: true, Since: at("2026-11-21 20:50"), NoEnd: true})) {
			t.Errorf("%s: %q is no news", locale, quiet)
		}
		for _, body := range []string{"", v.News(News{Stage: "identified"}), quiet[:len(quiet)-3]} {
			if v.SaysNoNews(body) {
				t.Errorf("%s: %q is news", locale, body)
			}
		}
	}
}

func TestClosingReads(t *testing.T) {
	s := newSet(t)
	en, de := s.Voice("en", "Europe/Berlin"), s.Voice("de", "Europe/Berlin")
	c := Closing{
		Symptom: "unreachable", Names: []string{"Cards", "Giro"}, Start: at("2026-11-21 20:50"), End: at("2026-11-21 22:10"), Cause: "overload",
		Limited: true, Limits: []string{"Giro"}, Measures: []string{"test", "reserve"}, Action: "repeat", Sorry: true,
	}
	for _, w := range []struct {
		got, want ClosingTexts
	}{
		{en.Closing(c), ClosingTexts{
			"The main problem is fixed. There are still limits in Giro. We are sorry for the trouble.",
			"The problem lasted from 21:50 to 23:10 CET on 21 Nov 2026. During this time, you could not reach Cards and Giro. The reason was too many requests at once.",
			"There are still limits in Giro.", "We test changes in a small part first. We add reserve capacity.", "Please do again what did not work.",
		}},
		{de.Closing(c), ClosingTexts{
			"Das Hauptproblem ist behoben. Bei Giro geht noch nicht alles. Wir bitten um Entschuldigung.",
			"Die Störung dauerte am 21.11.2026 von 21:50 bis 23:10 Uhr MEZ. In dieser Zeit konnten Sie Cards und Giro nicht erreichen. Grund waren zu viele Anfragen gleichzeitig.",
			"Bei Giro geht noch nicht alles.", "Wir prüfen Änderungen zuerst in einem kleinen Teil. Wir stellen mehr Reserve bereit.", "Bitte wiederholen Sie, was nicht ging.",
		}},
		{en.Closing(Closing{Start: at("2026-11-21 20:50"), End: at("2026-11-22 01:10")}), ClosingTexts{
			Body: "The problem is fully fixed.", WhatHappened: "The problem lasted from 21 Nov 2026, 21:50 CET to 22 Nov 2026, 02:10 CET. During this time, not everything worked as usual.",
		}},
		{de.Closing(Closing{Names: []string{"Giro"}, Start: at("2026-11-21 20:50"), End: at("2026-11-22 01:10"), Limits: []string{"Giro"}}), ClosingTexts{
			Body: "Die Störung ist vollständig behoben.", WhatHappened: "Die Störung dauerte vom 21.11.2026, 21:50 Uhr MEZ bis zum 22.11.2026, 02:10 Uhr MEZ. In dieser Zeit lief bei Giro nicht alles wie gewohnt.",
		}},
	} {
		if w.got != w.want {
			t.Errorf("got\n%+v, want\n%+v", w.got, w.want)
		}
	}
}

func TestWindowReads(t *testing.T) {
	s := newSet(t)
	from, until := at("2026-11-24 21:00"), at("2026-11-25 00:00")
	full := Window{From: from, Until: until, Names: []string{"Giro"}, Unusable: true, Prepare: "save"}
	for _, c := range []struct {
		locale string
		w      Window
		want   string
	}{
		{"en", Window{From: from, Until: until}, "We will do maintenance. It lasts from 24 Nov 2026, 22:00 CET to 25 Nov 2026, 01:00 CET."},
		{"en", full, "We will do maintenance on Giro. It lasts from 24 Nov 2026, 22:00 CET to 25 Nov 2026, 01:00 CET. You cannot use Giro during this time. Everything else keeps working. Please save your work beforehand."},
		{"de", full, "Wir führen bei Giro eine Wartung durch. Sie dauert vom 24.11.2026, 22:00 Uhr MEZ bis zum 25.11.2026, 01:00 Uhr MEZ. In dieser Zeit können Sie Giro nicht nutzen. Alles andere läuft weiter. Bitte sichern Sie vorher Ihre Arbeit."},
		{"de", Window{From: from, Until: until, Unusable: true, Prepare: "early"}, "Wir führen eine Wartung durch. Sie dauert vom 24.11.2026, 22:00 Uhr MEZ bis zum 25.11.2026, 01:00 Uhr MEZ. Bitte erledigen Sie Dringendes vorher."},
	} {
		if got := s.Voice(c.locale, "Europe/Berlin").Window(c.w); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if got, want := s.Voice("en", "Europe/Berlin").Longer(until, []string{"Giro"}), "We need longer, until about 25 Nov 2026, 01:00 CET. You cannot use Giro until then."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// everyNews are updates with each choice that there is.
func everyNews() map[string]News {
	out := map[string]News{
		"late": {Late: true, Since: at("2026-11-21 20:50")}, "worse": {Worse: []string{"Card payments"}, NoEnd: true},
		"better": {Better: []string{"Card payments"}, Still: []string{"Giro"}, End: at("2026-11-21 22:00")},
		"fixed":  {Stage: "monitoring", Better: []string{"Card payments"}, Watch: status.Wait{Minutes: 60}}, "safe": {Stage: "identified", Safe: true},
	}
	for _, do := range DoWords() {
		out["do "+do] = News{Stage: "identified", Do: do}
	}
	for _, hint := range HintWords() {
		out["hint "+hint] = News{Stage: "monitoring", Watch: status.Wait{Days: 1}, Hint: hint}
	}
	return out
}

func everyClosing() map[string]Closing {
	out := map[string]Closing{}
	add := func(name string, c Closing) {
		c.Names, c.Start, c.End = []string{"Card payments"}, at("2026-11-21 20:50"), at("2026-11-21 22:10")
		out[name] = c
	}
	for _, w := range symptoms() {
		add("symptom "+w, Closing{Symptom: w, Sorry: true})
	}
	for _, w := range CauseWords() {
		add("cause "+w, Closing{Cause: w, Limited: true, Limits: []string{"Giro"}})
	}
	for _, w := range MeasureWords() {
		add("measure "+w, Closing{Measures: []string{w}, Symptom: "slow"})
	}
	for _, w := range ActionWords() {
		add("action "+w, Closing{Action: w, Symptom: "errors"})
	}
	return out
}

// TestWhatTheProgramWritesIsPlain: every choice gives texts that read easily in both
// languages, keep their sentences short, and leave the lint nothing to say.
func TestWhatTheProgramWritesIsPlain(t *testing.T) {
	s := newSet(t)
	check := func(what string, texts func(*Voice) map[lint.Field]string) {
		n := lint.Notice{Locales: []string{"en", "de"}, Texts: map[string]lint.Texts{}, Now: at("2026-11-21 21:00")}
		for locale, longest := range map[string]int{"en": 25, "de": 20} {
			n.Texts[locale] = texts(s.Voice(locale, "Europe/Berlin"))
			var all []string
			for _, text := range n.Texts[locale] {
				all = append(all, text)
			}
			readsEasily(t, what, locale, strings.TrimSpace(strings.Join(all, " ")), longest)
		}
		for _, f := range lint.Check(n, lint.Rules{ManyZones: true, Terms: []string{"Card payments", "Giro"}}) {
			t.Errorf("%s: %s %s %s %q: %s", what, f.Rule, f.Locale, f.Field, f.Match, f.Message)
		}
	}
	for what, n := range everyNews() {
		check(what, func(v *Voice) map[lint.Field]string { return map[lint.Field]string{lint.Body: v.News(n)} })
	}
	for what, c := range everyClosing() {
		check(what, func(v *Voice) map[lint.Field]string {
			out := v.Closing(c)
			return map[lint.Field]string{lint.Body: out.Body, lint.WhatHappened: out.WhatHappened, lint.Limits: out.Limits, lint.Prevention: out.Prevention, lint.CustomerAction: out.CustomerAction}
		})
	}
	window := Window{From: at("2026-11-24 21:00"), Until: at("2026-11-25 00:00"), Names: []string{"Giro"}, Unusable: true}
	for _, w := range append(PrepareWords(), "") {
		window.Prepare = w
		check(fmt.Sprintf("window %q", w), func(v *Voice) map[lint.Field]string { return map[lint.Field]string{lint.Body: v.Window(window)} })
	}
	check("longer", func(v *Voice) map[lint.Field]string {
		return map[lint.Field]string{lint.Body: v.Longer(window.Until.Add(time.Hour), window.Names)}
	})
}
