package admin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"allclear/status"
	"allclear/status/lint"
)

// add appends values to a form, as chips of one row do.
func add(form url.Values, name string, values ...string) url.Values {
	form[name] = append(form[name], values...)
	return form
}

// TestChipsBecomeSentences: each choice of an update writes its sentence in both
// languages, and does what it says.
func TestChipsBecomeSentences(t *testing.T) {
	for _, c := range []struct {
		name   string
		pairs  []string
		en, de string
		check  func(t *testing.T, w *world, n status.Incident)
	}{
		{"nothing", []string{"say", "no_news"}, "There is nothing new since 23 Nov 2026, 09:00 UTC.", "Seit 23.11.2026, 09:00 Uhr UTC gibt es nichts Neues.", nil},
		{"data safe", []string{"say", "data_safe", "status", "identified"}, "We have found the cause and are fixing it. Your data is safe.", "Wir kennen jetzt die Ursache und arbeiten an der Behebung. Ihre Daten sind sicher.", nil},
		{"no end in sight", []string{"eta", "unknown"}, "We cannot say yet when everything will work again.", "Wann alles wieder läuft, können wir noch nicht sagen.", func(t *testing.T, _ *world, n status.Incident) {
			t.Helper()
			if n.ExpectedResolutionAt != nil {
				t.Errorf("expected at %v", n.ExpectedResolutionAt)
			}
		}},
		{"an end", []string{"eta", "60"}, "We expect it to work again by about 23 Nov 2026, 10:05 UTC. This is an estimate.", "bis etwa 23.11.2026, 10:05 Uhr UTC wieder läuft.", func(t *testing.T, _ *world, n status.Incident) {
			t.Helper()
			if want := start.Add(65 * time.Minute); n.ExpectedResolutionAt == nil || !n.ExpectedResolutionAt.Equal(want) {
				t.Errorf("expected at %v, want %v", n.ExpectedResolutionAt, want)
			}
		}},
		{"a workaround", []string{"do", "phone", "status", "identified"}, "In the meantime, you can call us.", "Bis dahin können Sie uns anrufen.", func(t *testing.T, _ *world, n status.Incident) {
			t.Helper()
			if n.Workaround.State != "available" || n.Workaround.Text != "In the meantime, you can call us." || *n.Translations["de"].WorkaroundText != "Bis dahin können Sie uns anrufen." {
				t.Errorf("%+v", n.Workaround)
			}
		}},
		{"watching", []string{"status", "monitoring", "hint", "reload"}, "We have fixed the problem. We will watch for 60 minutes to make sure it stays stable. If it does not work for you yet, please reload the page.", "laden Sie bitte die Seite neu.", func(t *testing.T, w *world, n status.Incident) {
			t.Helper()
			if l := w.level(n.ComponentIDs[0]); l != status.MajorOutage {
				t.Errorf("nobody ticked that it works, and it is %s", l)
			}
		}},
		{"working", []string{"status", "monitoring", "works", "1"}, "We have fixed the problem. You can use Payments again. We will watch", "Sie können Payments wieder nutzen.", func(t *testing.T, w *world, n status.Incident) {
			t.Helper()
			if l := w.level(n.ComponentIDs[0]); l != status.Operational {
				t.Errorf("it works, and is %s", l)
			}
		}},
		{"ticked too early", []string{"status", "identified", "works", "1"}, "We have found the cause and are fixing it.", "Wir kennen jetzt die Ursache", func(t *testing.T, w *world, n status.Incident) {
			t.Helper()
			if l := w.level(n.ComponentIDs[0]); l != status.MajorOutage {
				t.Errorf("%s before anything is watched", l)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			b := w.as(status.Publisher)
			n := w.open(status.Change{Severity: new(status.Serious), Components: map[string]status.Level{w.component("Payments", status.Operational, ""): status.MajorOutage}})
			w.pass(time.Minute)
			b.follow(b.step(n, "update", c.pairs...))
			n = w.incident(n.ID)
			if u := n.Updates[0]; !strings.Contains(u.Body, c.en) || !strings.Contains(u.Translations["de"], c.de) {
				t.Errorf("%q and %q", u.Body, u.Translations["de"])
			}
			if c.check != nil {
				c.check(t, w, n)
			}
		})
	}
}

// TestWorseAndBetter: components move, and the text says which.
func TestWorseAndBetter(t *testing.T) {
	w := newWorld(t)
	pay, cards, web := w.component("Payments", status.Operational, ""), w.component("Cards", status.Operational, ""), w.component("Web", status.Operational, "")
	b := w.as(status.Publisher)
	n := w.open(status.Change{Symptom: new(status.Symptom("unreachable")), Components: map[string]status.Level{pay: status.MajorOutage}})
	w.pass(time.Minute)
	path, form := b.stepForm(n, "update")
	b.follow(b.post(path, add(form, "worse", cards, web, "nonsense")))
	n = w.incident(n.ID)
	if u := n.Updates[0]; u.Body != "The problem now also affects Cards and Web." || w.level(cards) != status.MajorOutage || w.level(web) != status.MajorOutage {
		t.Errorf("worse: %q %s", u.Body, w.level(cards))
	}
	w.pass(time.Minute)
	path, form = b.stepForm(n, "update")
	b.follow(b.post(path, add(with(form, "components."+web, "degraded_performance"), "better", cards)))
	n = w.incident(n.ID)
	if u := n.Updates[0]; u.Body != "You can use Cards again. The problem still affects Payments and Web." || u.Translations["de"] != "Sie können Cards wieder nutzen. Die Störung betrifft noch Payments und Web." {
		t.Errorf("better: %+v", u)
	}
	if w.level(cards) != status.Operational || w.level(web) != status.DegradedPerformance || w.level(pay) != status.MajorOutage {
		t.Errorf("%s %s %s", w.level(cards), w.level(web), w.level(pay))
	}
}

// TestLateUpdatesSaySorry unless somebody takes the tick away.
func TestLateUpdatesSaySorry(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{})
	w.pass(48 * time.Hour)
	b.signIn(b.account.Email, password)
	if b.get(staffPath(&n)).form(staffPath(&n)+"/update").Get("late") != "1" {
		t.Error("the excuse is not offered")
	}
	b.follow(b.step(n, "update"))
	if body := w.incident(n.ID).Updates[0].Body; !strings.HasPrefix(body, "This update is late. We are sorry. There is nothing new") {
		t.Errorf("late: %q", body)
	}
	w.pass(48 * time.Hour)
	b.signIn(b.account.Email, password)
	path, form := b.stepForm(n, "update")
	b.follow(b.post(path, without(form, "late")))
	if body := w.incident(n.ID).Updates[0].Body; !strings.HasPrefix(body, "There is nothing new") {
		t.Errorf("without the excuse: %q", body)
	}
}

// TestThirdUpdateWithoutNews suggests a longer interval.
func TestThirdUpdateWithoutNews(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{})
	const hint = "third update in a row without news"
	for i := range 3 {
		if got := strings.Contains(b.get(staffPath(&n)).text(), hint); got != (i == 2) {
			t.Errorf("after %d updates without news: %v", i, got)
		}
		w.pass(time.Minute)
		b.follow(b.step(n, "update", "say", "no_news"))
	}
	w.pass(time.Minute)
	b.follow(b.step(n, "update", "status", "identified"))
	if strings.Contains(b.get(staffPath(&n)).text(), hint) {
		t.Error("there was news")
	}
}

// TestTheTextIsShownBeforeItIsPublished: without scripts, a press brings the step back
// with the texts in their fields and the card; nothing is saved. What was typed then stays
// whatever is chosen, and what was not typed follows the choice.
func TestTheTextIsShownBeforeItIsPublished(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{Severity: new(status.Serious)})
	w.pass(time.Minute)
	path, form := b.stepForm(n, "update")
	look := staffPath(&n) + "/preview/update"
	revision := w.revision()
	p := b.post(look, with(form, "status", "identified"))
	if p.code != http.StatusOK || w.revision() != revision {
		t.Fatalf("%d %s", p.code, p.text())
	}
	p.wantSound("preview")
	back := p.form(path)
	if back.Get("body") != "We have found the cause and are fixing it." || back.Get("translations.de.body") != "Wir kennen jetzt die Ursache und arbeiten an der Behebung." || back.Get("status") != "identified" {
		t.Errorf("%v", back)
	}
	if card := textOf(p.byID("update-shown")); !strings.Contains(card, "Cause found") || !strings.Contains(card, "Ursache gefunden") {
		t.Errorf("the card: %s", card)
	}
	if fold := p.byID("update"); !has(fold, "open") {
		t.Error("the form is folded away")
	}

	follows := b.post(look, with(back, "status", "monitoring")).form(path)
	if !strings.HasPrefix(follows.Get("body"), "We have fixed the problem.") || !strings.HasPrefix(follows.Get("translations.de.body"), "Wir haben das Problem behoben.") {
		t.Errorf("an untouched text does not follow: %v", follows)
	}
	typed := b.post(look, with(follows, "body", "Our own words: you can pay again.", "status", "identified")).form(path)
	if typed.Get("body") != "Our own words: you can pay again." || typed.Get("translations.de.body") != "" {
		t.Errorf("beside a typed text: %q %q", typed.Get("body"), typed.Get("translations.de.body"))
	}
	anew := b.post(look, with(typed, "body", "")).form(path)
	if anew.Get("body") != "We have found the cause and are fixing it." || anew.Get("translations.de.body") == "" {
		t.Errorf("an emptied text: %q %q", anew.Get("body"), anew.Get("translations.de.body"))
	}
	translated := b.post(look, with(anew, "translations.de.body", "Eigene Worte.", "eta", "unknown")).form(path)
	if translated.Get("translations.de.body") != "Eigene Worte." || !strings.Contains(translated.Get("body"), "We cannot say yet") {
		t.Errorf("a typed translation: %q %q", translated.Get("body"), translated.Get("translations.de.body"))
	}
	b.follow(b.post(path, with(anew, "eta", "unknown"))) // chosen after the last look
	if u := w.incident(n.ID).Updates[0]; u.Body != "We have found the cause and are fixing it. We cannot say yet when everything will work again." {
		t.Errorf("published %q", u.Body)
	}
}

// TestAWorkaroundIsTakenBack: a chosen one stands in its field; without the choice the old
// one is back.
func TestAWorkaroundIsTakenBack(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n := w.open(status.Change{Workaround: &status.Workaround{State: "available", Text: "Pay at the counter."}})
	path, form := b.stepForm(n, "update")
	look := staffPath(&n) + "/preview/update"
	chosen := b.post(look, with(form, "do", "app")).form(path)
	if chosen.Get("workaround.text") != "In the meantime, you can use the app." || chosen.Get("translations.de.workaround_text") != "Bis dahin können Sie die App nutzen." {
		t.Errorf("chosen: %v", chosen)
	}
	other := b.post(look, with(chosen, "do", "mail")).form(path)
	if other.Get("workaround.text") != "In the meantime, you can write to us." {
		t.Errorf("chosen anew: %q", other.Get("workaround.text"))
	}
	back := b.post(look, with(other, "do", "")).form(path)
	if back.Get("workaround.text") != "Pay at the counter." || back.Get("workaround.state") != "available" || back.Get("translations.de.workaround_text") != "" {
		t.Errorf("taken back: %v", back)
	}
}

func TestPreviewOfAStep(t *testing.T) {
	w := newWorld(t)
	b := w.as(status.Publisher)
	n, m := w.open(status.Change{}), w.maintenance(time.Hour, 2*time.Hour)
	if p := b.get(staffPath(&n) + "?step=resolve"); !has(p.byID("resolve"), "open") || has(p.byID("update"), "open") {
		t.Error("the step that was asked for is not the open one")
	}
	if p := b.post(staffPath(&n)+"/preview/reopen", nil); p.to() != staffPath(&n) {
		t.Errorf("a step that is not possible: %d %s", p.code, p.to())
	}
	if p := b.post("/admin/incidents/unknown/preview/update", nil); p.code != http.StatusNotFound {
		t.Errorf("unknown: %d", p.code)
	}
	bad := b.post(staffPath(&n)+"/preview/update", with(b.get(staffPath(&n)).form(staffPath(&n)+"/update"), "next_update", "at"))
	bad.wantText("The preview comes back")
	if bad.code != http.StatusUnprocessableEntity {
		t.Errorf("a field that cannot be read: %d", bad.code)
	}
	shown := b.post(staffPath(&m)+"/preview/start", b.get(staffPath(&m)).form(staffPath(&m)+"/start"))
	shown.wantText("The work has started.", "Die Arbeiten haben begonnen.")
	if got := shown.form(staffPath(&m) + "/start").Get("body"); !strings.HasPrefix(got, "The work has started.") {
		t.Errorf("the text of a start: %q", got)
	}
}

// TestWhatIsPublishedByTapsPassesTheLint in both languages.
func TestWhatIsPublishedByTapsPassesTheLint(t *testing.T) {
	w := newWorld(t)
	pay, cards := w.component("Payments", status.Operational, ""), w.component("Cards", status.Operational, "")
	b := w.as(status.Publisher)
	n := w.open(status.Change{Name: new("Payments: not available"), CustomerImpact: new("You cannot reach Payments at the moment."), Severity: new(status.Serious), Symptom: new(status.Symptom("unreachable")), Components: map[string]status.Level{pay: status.MajorOutage}})
	rules, err := w.store.LintRules(t.Context(), "en")
	if err != nil {
		t.Fatal(err)
	}
	rules.ManyZones = true
	check := func(what string) {
		n = w.incident(n.ID)
		texts := map[string]lint.Texts{"en": {lint.Body: n.Updates[0].Body}, "de": {lint.Body: n.Updates[0].Translations["de"]}}
		if r := n.Resolution; r != nil {
			texts["en"][lint.WhatHappened], texts["en"][lint.Prevention] = r.WhatHappened, r.Prevention
			texts["de"][lint.WhatHappened], texts["de"][lint.Prevention] = *n.Translations["de"].WhatHappened, *n.Translations["de"].Prevention
		}
		for _, f := range lint.Check(lint.Notice{Locales: []string{"en", "de"}, Texts: texts, Now: w.now()}, rules) {
			t.Errorf("%s: %s %s %s %q: %s", what, f.Rule, f.Locale, f.Field, f.Match, f.Message)
		}
	}
	for _, s := range [][]string{
		{"update", "worse", cards}, {"update", "status", "identified", "eta", "120", "say", "data_safe"}, {"update", "better", cards, "do", "app"},
		{"update", "status", "monitoring", "works", "1", "hint", "sign_in"},
		{"resolve", "cause", "provider", "resolution.data_loss", "none", "resolution.can_recur", "unlikely", "measure", "warn", "action", "repeat"},
	} {
		w.pass(10 * time.Minute)
		b.follow(b.step(n, s[0], s[1:]...))
		check(strings.Join(s, " "))
	}
}
