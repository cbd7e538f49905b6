package templates

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"allclear/static"
)

// dump writes every page and asset into a folder, to be looked at in a browser.
var dump = flag.String("dump", "", "folder that receives every rendered page")

func newSet(t *testing.T) *Set {
	t.Helper()
	s, err := New(Options{BaseURL: "https://status.example.org/"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rendering is one page or mail part from canned data.
type rendering struct {
	name string
	file string // the template that it must have executed
	do   func(w io.Writer) error
}

// everyPage renders each public page in each of its faces.
func everyPage(s *Set, locale string) []rendering {
	chrome := func(path string) Chrome { return cannedChrome(locale, path, "major") }
	groups := cannedGroups(locale, 24)
	fault := FieldFault{Field: "email", Message: word(locale, "Please give a complete e-mail address.", "Bitte geben Sie eine vollständige E-Mail-Adresse an.")}
	return append(startFaces(s, locale), []rendering{
		{"incident", "public/notice.html", func(w io.Writer) error {
			return s.NoticePage(w, NoticePage{chrome("/incidents/k3v9x0p2m4aa"), cannedIncident(locale)})
		}},
		{"resolved", "public/notice.html", func(w io.Writer) error {
			return s.NoticePage(w, NoticePage{chrome("/incidents/d2f5h7j9l1cc"), cannedResolved(locale)})
		}},
		{"maintenance", "public/notice.html", func(w io.Writer) error {
			return s.NoticePage(w, NoticePage{chrome("/maintenances/m1soon000000"), cannedMaintenance(locale, "m1soon000000", "scheduled", "2026-11-24 22:00", "2026-11-25 01:00")})
		}},
		{"component", "public/component.html", func(w io.Writer) error { return s.ComponentPage(w, cannedComponent(locale)) }},
		{"history", "public/history.html", func(w io.Writer) error {
			return s.HistoryPage(w, HistoryPage{chrome("/history"), []Month{{"2026-11", 3, 1}, {"2026-10", 1, 0}}})
		}},
		{"month", "public/month.html", func(w io.Writer) error {
			return s.MonthPage(w, MonthPage{chrome("/history/2026-10"), "2026-10", "2026-09", "2026-11", []Day{{"2026-10-03", []Notice{cannedResolved(locale), cannedMaintenance(locale, "m3", "cancelled", "2026-10-03 22:00", "2026-10-04 01:00")}}}, 2, 3})
		}},
		{"subscribe", "public/subscribe.html", func(w io.Writer) error {
			return s.SubscribePage(w, SubscribePage{Chrome: chrome("/subscribe"), Groups: groups, Email: "someone@", Fault: fault, Choices: Choices{ComponentIDs: []string{"c01"}}})
		}},
		{"subscribe-incident", "public/subscribe.html", func(w io.Writer) error {
			return s.SubscribePage(w, SubscribePage{Chrome: chrome("/subscribe"), IncidentID: "k3v9x0p2m4aa", IncidentTitle: cannedIncident(locale).Title})
		}},
		{"checkmail", "public/checkmail.html", func(w io.Writer) error { return s.CheckMailPage(w, CheckMailPage{chrome("/subscribe")}) }},
		{"confirm", "public/confirm.html", func(w io.Writer) error {
			return s.ConfirmPage(w, ConfirmPage{Chrome: chrome("/subscribe"), Action: "/subscriptions/TOKEN/confirm"})
		}},
		{"confirmed", "public/confirm.html", func(w io.Writer) error {
			return s.ConfirmPage(w, ConfirmPage{Chrome: chrome("/subscribe"), Done: true, ManageURL: "/subscriptions/TOKEN", Secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
		}},
		{"expired", "public/confirm.html", func(w io.Writer) error {
			return s.ConfirmPage(w, ConfirmPage{Chrome: chrome("/subscribe"), Expired: true})
		}},
		{"manage", "public/manage.html", func(w io.Writer) error {
			return s.ManagePage(w, ManagePage{Chrome: chrome("/subscribe"), Action: "/subscriptions/TOKEN", UnsubscribeURL: "/subscriptions/TOKEN/unsubscribe", Address: "someone@example.org", Groups: groups, Saved: true, Choices: Choices{GroupIDs: []string{"g2"}, Level: "start_and_end", MinimumSeverity: "serious", PausedUntil: "2026-12-01"}})
		}},
		{"manage-less", "public/manage.html", func(w io.Writer) error {
			return s.ManagePage(w, ManagePage{Chrome: chrome("/subscribe"), Action: "/subscriptions/TOKEN", Address: "someone@example.org", Groups: groups, OfferEnds: true})
		}},
		{"unsubscribe", "public/unsubscribe.html", func(w io.Writer) error {
			return s.UnsubscribePage(w, UnsubscribePage{Chrome: chrome("/subscribe"), Action: "/subscriptions/TOKEN/unsubscribe", ManageURL: "/subscriptions/TOKEN"})
		}},
		{"unsubscribed", "public/unsubscribe.html", func(w io.Writer) error {
			return s.UnsubscribePage(w, UnsubscribePage{Chrome: chrome("/subscribe"), Done: true})
		}},
		{"owndata", "public/owndata.html", func(w io.Writer) error {
			return s.OwnDataPage(w, OwnDataPage{Chrome: chrome("/subscribe"), Action: "/subscriptions/TOKEN/data", Address: "someone@example.org"})
		}},
		{"owndata-deleted", "public/owndata.html", func(w io.Writer) error {
			return s.OwnDataPage(w, OwnDataPage{Chrome: chrome("/subscribe"), Deleted: true})
		}},
		{"manage-sent", "public/manage.html", func(w io.Writer) error {
			return s.ManagePage(w, ManagePage{Chrome: chrome("/subscribe"), Action: "/subscriptions/TOKEN", Address: "someone@example.org", Groups: groups, DataSent: true})
		}},
		{"report", "public/report.html", func(w io.Writer) error {
			return s.ReportPage(w, ReportPage{Chrome: chrome("/report"), Groups: groups, ComponentIDs: []string{"c02"}, Symptom: "slow", Fault: fault})
		}},
		{"reported", "public/reported.html", func(w io.Writer) error {
			return s.ReportThanksPage(w, ReportThanksPage{chrome("/report"), "R-4F7K", at("2026-11-21 21:10")})
		}},
		{"feeds", "public/feeds.html", func(w io.Writer) error { return s.FeedsPage(w, FeedsPage{chrome("/feeds")}) }},
		{"accessibility", "public/accessibility.html", func(w io.Writer) error {
			return s.AccessibilityPage(w, AccessibilityPage{Chrome: chrome("/accessibility"), Contact: "barriers@example.org", Updated: at("2026-11-01 09:00")})
		}},
		{"error404", "error.html", func(w io.Writer) error { return s.ErrorPage(w, ErrorPage{Chrome: chrome("/nowhere"), Code: 404}) }},
		{"error500", "error.html", func(w io.Writer) error {
			return s.ErrorPage(w, ErrorPage{Chrome: chrome("/x"), Code: 500, RequestID: "a1b2c3"})
		}},
		{"error503", "error.html", func(w io.Writer) error { return s.ErrorPage(w, ErrorPage{Chrome: chrome("/x"), Code: 503}) }},
		{"error429", "error.html", func(w io.Writer) error {
			return s.ErrorPage(w, ErrorPage{Chrome: chrome("/x"), Code: 429, Message: "Please wait a minute before you try again."})
		}},
	}...)
}

func startFaces(s *Set, locale string) []rendering {
	start := func(name string, d StartPage) rendering {
		return rendering{name, "public/start.html", func(w io.Writer) error { return s.StartPage(w, d) }}
	}
	empty := StartPage{Chrome: cannedChrome(locale, "/", "operational"), Banner: Banner{State: "operational"}}
	many := cannedStart(locale)
	many.Groups = cannedGroups(locale, 160)
	return []rendering{start("start", cannedStart(locale)), start("calm", cannedCalm(locale)), start("empty", empty), start("many", many)}
}

func rendered(t *testing.T, r rendering) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := r.do(&buf); err != nil {
		t.Fatalf("%s: %v", r.name, err)
	}
	return buf.Bytes()
}

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	s := newSet(t)
	executed := map[string]bool{}
	for _, locale := range s.Locales() {
		for _, r := range everyPage(s, locale) {
			html := rendered(t, r)
			executed[r.file] = true
			checkPage(t, locale+"/"+r.name, html)
			keep(t, locale+"-"+r.name+".html", html)
		}
	}
	for _, d := range publicPages() {
		if !executed[d.file] {
			t.Errorf("no test renders %s", d.file)
		}
	}
	for _, a := range static.Assets() {
		keep(t, filepath.Join("s", a.Hashed), a.Body)
	}
}

// keep writes a file into the -dump folder, when one is given.
func keep(t *testing.T, name string, body []byte) {
	t.Helper()
	if *dump == "" {
		return
	}
	file := filepath.Join(*dump, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, body, 0o644); err != nil {
		t.Fatal(err)
	}
}
