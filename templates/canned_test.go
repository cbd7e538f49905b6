package templates

import (
	"fmt"
	"time"
)

// The organisation of these tests: a made-up bank on a bad evening.

func at(clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", clock)
	if err != nil {
		panic(err)
	}
	return t
}

func cannedChrome(locale, path, state string) Chrome {
	return Chrome{
		Locale: locale, DefaultLocale: "en", Locales: []string{"en", "de"}, Path: path,
		PageName: "Example Bank Status", Organisation: "Example Bank AG", Zone: "Europe/Berlin", State: state,
		FooterLinks: []Link{{"Impressum", "https://example.org/impressum"}, {"Datenschutz", "https://example.org/datenschutz"}},
	}
}

func word(locale, en, de string) string {
	if locale == "de" {
		return de
	}
	return en
}

func cannedIncident(locale string) Notice {
	return Notice{
		Kind: KindIncident, ID: "k3v9x0p2m4aa", Stage: "identified", Level: "major", Severity: "critical",
		Title:       word(locale, "SEPA direct debits are not carried out", "SEPA-Lastschriften werden nicht ausgeführt"),
		Impact:      word(locale, "Direct debits due today stay open. No money is lost.", "Heute fällige Lastschriften bleiben offen. Es geht kein Geld verloren."),
		NotAffected: word(locale, "Cards and cash machines work normally.", "Karten und Geldautomaten arbeiten normal."),
		Components:  []Affected{{"c01", word(locale, "Payments", "Zahlungsverkehr"), "major_outage"}, {"c02", word(locale, "Direct debit authorisations", "Lastschriftmandatsverwaltung"), "partial_outage"}},
		Users:       Estimate{Mode: "count", Count: 1234, SharePercent: 8, Confidence: "first_look", AsOf: at("2026-11-21 20:50")},
		Workaround: Workaround{State: "available", CheckedAt: at("2026-11-21 21:00"),
			Text: word(locale, "Urgent payments work as an **instant transfer** in the [app](https://example.org/app).", "Eilige Zahlungen gehen als **Echtzeitüberweisung** in der [App](https://example.org/app).")},
		ThirdParty: ThirdParty{State: "unnamed"},
		StartedAt:  at("2026-11-21 20:12"), NextUpdate: at("2026-11-21 21:30"), ExpectedAt: at("2026-11-21 23:00"),
		Updates: []Update{
			{ID: "u4", Stage: "identified", At: at("2026-11-21 21:05"), Body: word(locale, "We have found the cause and are fixing it. We cannot say yet when everything will work again.", "Wir kennen jetzt die Ursache und arbeiten an der Behebung. Wann alles wieder läuft, können wir noch nicht sagen.")},
			{ID: "u3", Stage: "investigating", At: at("2026-11-21 20:45"), EditedAt: at("2026-11-21 20:48"), Body: word(locale, "There is nothing new since 21:20. We are still working on it.\n- Transfers work\n- Cards work", "Seit 21:20 gibt es nichts Neues. Wir arbeiten weiter daran.\n- Überweisungen gehen\n- Karten gehen")},
			{ID: "u2", Stage: "investigating", At: at("2026-11-21 20:30"), Deleted: true},
			{ID: "u1", Stage: "investigating", At: at("2026-11-21 20:20"), Body: "We have confirmed the problem and are looking for the cause.", Lang: word(locale, "", "en")},
		},
	}
}

func cannedSlow(locale string) Notice {
	return Notice{
		Kind: KindIncident, ID: "b7w1q8z5t6bb", Stage: "monitoring", Level: "degraded", Severity: "minor",
		Title:      word(locale, "Online banking responds slowly", "Das Onlinebanking reagiert langsam"),
		Components: []Affected{{"c05", "Onlinebanking", "degraded_performance"}},
		Users:      Estimate{Mode: "unknown"},
		Workaround: Workaround{State: "none_known"},
		StartedAt:  at("2026-11-21 17:40"), NextUpdate: at("2026-11-21 20:00"), Overdue: true,
		Updates: []Update{{ID: "v1", Stage: "monitoring", At: at("2026-11-21 19:00"), Body: word(locale, "We have fixed the problem and watch it.", "Wir haben das Problem behoben und beobachten es.")}},
	}
}

func cannedResolved(locale string) Notice {
	n := cannedSlow(locale)
	n.ID, n.Stage, n.Overdue, n.NextUpdate = "d2f5h7j9l1cc", "resolved", false, time.Time{}
	n.Title = word(locale, "Account statements were missing", "Kontoauszüge fehlten")
	n.StartedAt, n.EndedAt = at("2026-11-19 07:10"), at("2026-11-19 10:22")
	n.Users = Estimate{Mode: "range", Low: 1012, High: 1488, Confidence: "final", AsOf: at("2026-11-19 12:00")}
	n.Resolution = &Resolution{
		WhatHappened: word(locale, "From 8:10 to 11:22 customers could not open statements. The reason was a fault in an update.", "Von 8:10 bis 11:22 Uhr konnten Kundinnen und Kunden keine Auszüge öffnen. Grund war ein Fehler in einer Aktualisierung."),
		FullyFixed:   "with_limits", Limits: word(locale, "Statements of October follow tomorrow.", "Auszüge vom Oktober folgen morgen."),
		DataLoss: "none", CanRecur: "possible", FollowUpBy: "2026-11-27",
		Prevention: word(locale, "We test changes in a small part first.", "Wir prüfen Änderungen zuerst in einem kleinen Teil."),
	}
	n.Updates = append([]Update{{ID: "w2", Stage: "resolved", At: at("2026-11-19 10:25"), Body: word(locale, "The problem is fully fixed.", "Die Störung ist vollständig behoben.")}}, n.Updates...)
	return n
}

func cannedMaintenance(locale, id, stage, from, to string) Notice {
	return Notice{
		Kind: KindMaintenance, ID: id, Stage: stage, Level: "maintenance",
		Title:      word(locale, "Renewal of the card system", "Erneuerung des Kartensystems"),
		Impact:     word(locale, "You cannot pay by card during this time.", "In dieser Zeit können Sie nicht mit Karte zahlen."),
		Components: []Affected{{"c03", word(locale, "Cards", "Karten"), "under_maintenance"}},
		From:       at(from), To: at(to),
		Updates: []Update{{ID: "m1", Stage: "scheduled", At: at("2026-11-15 09:00"), Body: word(locale, "Please keep some cash at hand.", "Bitte halten Sie etwas Bargeld bereit.")}},
	}
}

// cannedDays is a history with a few bad days, different for each component.
func cannedDays(seed int) []string {
	days := make([]string, 90)
	for i := range days {
		days[i] = "operational"
		switch (i*7 + seed*13) % 97 {
		case 3:
			days[i] = "degraded_performance"
		case 17:
			days[i] = "partial_outage"
		case 41:
			days[i] = "major_outage"
		case 59:
			days[i] = "under_maintenance"
		}
	}
	return days
}

func cannedGroups(locale string, count int) []Group {
	names := []string{"Payments", "Direct debit authorisations", "Cards", "Cash machines", "Onlinebanking", "App", "Account statements", "Securities"}
	if locale == "de" {
		names = []string{"Zahlungsverkehr", "Lastschriftmandatsverwaltung", "Karten", "Geldautomaten", "Onlinebanking", "App", "Kontoauszüge", "Wertpapierdepotführung"}
	}
	levels := map[int]string{0: "major_outage", 1: "partial_outage", 2: "under_maintenance", 4: "degraded_performance"}
	groups := []Group{{ID: "g1", Name: word(locale, "Everyday banking", "Alltagsgeschäfte")}, {ID: "g2", Name: word(locale, "Saving and investing", "Sparen und Anlegen"), Description: word(locale, "Everything long term", "Alles Langfristige")}, {}}
	for i := range count {
		level, ok := levels[i]
		if !ok {
			level = "operational"
		}
		name := names[i%len(names)]
		if i >= len(names) {
			name = fmt.Sprintf("%s %d", name, i/len(names)+1)
		}
		c := Component{ID: fmt.Sprintf("c%02d", i+1), Name: name, Level: level, Days: cannedDays(i), Uptime: Uptime{Known: true, Percent: 99.95}}
		if i == 5 {
			for d := range 60 {
				c.Days[d] = ""
			}
			c.Uptime.Since = "2026-10-23"
		}
		g := &groups[i*len(groups)/count]
		g.Components = append(g.Components, c)
	}
	return groups
}

func cannedStart(locale string) StartPage {
	incident, slow := cannedIncident(locale), cannedSlow(locale)
	d := StartPage{
		Chrome:            cannedChrome(locale, "/", "major"),
		Banner:            Banner{State: "major", Open: 1, Watching: 1, Title: incident.Title, Level: "major", Working: 20, Total: 24, AsOf: at("2026-11-21 21:05"), NextUpdate: incident.NextUpdate, Way: incident.Workaround},
		Incidents:         []Notice{incident, slow},
		ActiveMaintenance: []Notice{cannedMaintenance(locale, "m0active0000", "in_progress", "2026-11-21 20:00", "2026-11-21 22:30")},
		Soon:              []Notice{cannedMaintenance(locale, "m1soon000000", "scheduled", "2026-11-22 06:00", "2026-11-22 07:15")},
		Scheduled:         []Notice{cannedMaintenance(locale, "m2later00000", "scheduled", "2026-11-24 22:00", "2026-11-25 01:00")},
		Groups:            cannedGroups(locale, 24), BarDays: 90,
	}
	for i := range 7 {
		day := Day{Date: at("2026-11-21 00:00").AddDate(0, 0, -i).Format(time.DateOnly)}
		if i == 2 {
			day.Notices = []Notice{cannedResolved(locale)}
		}
		d.Recent = append(d.Recent, day)
	}
	return d
}

func cannedCalm(locale string) StartPage {
	d := cannedStart(locale)
	d.State = "operational"
	d.Banner = Banner{State: "operational", Working: 24, Total: 24, AsOf: at("2026-11-21 21:05")}
	d.Incidents, d.ActiveMaintenance, d.Soon = nil, nil, nil
	for g := range d.Groups {
		for c := range d.Groups[g].Components {
			d.Groups[g].Components[c].Level = "operational"
		}
	}
	return d
}

func cannedComponent(locale string) ComponentPage {
	groups := cannedGroups(locale, 24)
	return ComponentPage{
		Chrome: cannedChrome(locale, "/components/c02", "major"), Component: groups[0].Components[1], Group: groups[0].Name,
		Open: []Notice{cannedIncident(locale)}, BarDays: 90, Weights: Weights{Major: 1, Partial: .3},
		BadDays: []BadDay{
			{Date: "2026-11-21", Level: "partial_outage", Minutes: 192, Notices: []Notice{cannedIncident(locale)}},
			{Date: "2026-10-02", Level: "degraded_performance", Minutes: 35},
		},
	}
}

func cannedLetter(locale string) Letter {
	return Letter{
		Locale: locale, DefaultLocale: "en", Zone: "Europe/Berlin", PageName: "Example Bank Status", Organisation: "Example Bank AG",
		ManageURL: "https://status.example.org/subscriptions/PERSONAL-LINK", UnsubscribeURL: "https://status.example.org/subscriptions/PERSONAL-LINK/unsubscribe",
	}
}
